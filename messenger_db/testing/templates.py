"""Templates: databases with the schema in them, named by what they were made from, and kept while the server lives."""

import contextlib
import glob
import hashlib
import io
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from pytest_postgresql.config import PostgreSQLConfig
from pytest_postgresql.janitor import DatabaseJanitor

from messenger_db import folders
from messenger_db.errors import MessengerError, reason_of
from messenger_db.sql import QUERIES
from messenger_db.testing import claims, databases
from messenger_db.testing.project_sources import NOTHING_MORE, Sources
from messenger_db.testing.server_address import Place

# Part of each name: counted up when templates are made in another way.
RECIPE = "1"

# Of those not in use: whoever goes back and forth between branches finds them made.
TEMPLATES_KEPT = 5

MAKING_SECONDS = 120
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Project:
    """What the ini file of a project says of its databases: messenger_sources and messenger_role."""

    sources: tuple[Path, ...] = ()
    role: str = ""


@dataclass(frozen=True)
class Content:
    """The rows of a test's database: the demo people, or so many generated messages, or none."""

    demo: bool = False
    messages: int = 0


NO_ROWS = Content()


def world_of(*args: object, **arguments: object) -> Content:
    """Return what messenger_world(messages=...) asks for. Raises MessengerError for other arguments."""
    arguments |= dict(zip(("messages",), args, strict=False))
    messages = arguments.pop("messages", 0)
    if len(args) > 1 or arguments or type(messages) is not int or messages < 1:
        raise MessengerError("no test database: write messenger_world(messages=10_000), with the number of messages")
    return Content(messages=messages)


@dataclass(frozen=True)
class Template:
    """A template: its name, the database that it begins as, and what fills that."""

    name: str
    base: str
    fill: Callable[[str], None]

    @property
    def unfinished(self) -> str:
        """Its name while it is made."""
        return f"{self.name}_unfinished"

    @property
    def claim(self) -> str:
        """What processes that use it claim."""
        return self.name.split("_")[2][:8]


def plain(place: Place, settings: PostgreSQLConfig, run: str, project: Project) -> Template:
    """Return the template that the migrations make, with what --postgresql-load and the project name on top.

    Raises MessengerError where the ini file names what cannot be.
    """
    scripts = [element for element in settings.load if isinstance(element, Path)]
    files = [*sorted(folders.shipped_folder("migrations").glob("*.sql")), *scripts]
    sources = Sources.of(project.sources)
    role = project.role

    def fill(database: str) -> None:
        if role:
            _create_role(place, database, role)
        migrate(place.private_url(database), sources, role)
        for element in settings.load:
            _janitor(place, settings, database).load(element)
        with closing(place.connect(database)) as connection:
            sources.load(connection)

    # What a callable does may change unseen: such a template is this run's own.
    suffix = f"_{run}" if len(scripts) < len(settings.load) else ""
    # What is in a template belongs to the role that made it, and in the copies too: each role has its own.
    base = str((place.private or place.parameters)["user"])
    if role:
        from messenger_db import hot_paths
        from messenger_db.privileges import names_a_role

        if not names_a_role(role):
            raise MessengerError(f"no test database: messenger_role = {role} does not name a role of your own")
        base += f" {role}"
        files += sorted(Path(hot_paths.__file__).parent.glob("*.sql"))
    return Template(_name((*files, *sources.files()), base) + suffix, "template0", fill)


def demo(place: Place, base: Template, run: str) -> Template:
    """Return a template with the demo people: this run's own, as their sessions count from now."""
    people = folders.shipped_folder("seeds") / "demo" / "demo_people.sql"

    def fill(database: str) -> None:
        with closing(place.connect(database)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(people.read_text(encoding="utf-8"))

    return Template(f"{_name((people,), base.name)}_{run}", base.name, fill)


def world(place: Place, base: Template, messages: int) -> Template:
    """Return a template with so many generated messages, and whoever writes and reads them, until now.

    It is another one each day. Where the generator changes, it is another one too.
    """
    generator = folders.shipped_folder("seeds")
    files = [file for file in sorted(generator.rglob("*")) if file.suffix in (".py", ".sql", ".toml", ".txt")]
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    def fill(database: str) -> None:
        from messenger_db.rehearsal.generated_world import fill, world_size

        fill(place.private_url(database), world_size(messages, {}), now=f"{today:%Y-%m-%dT%H:%M:%SZ}")

    return Template(_name(files, f"{base.name} {messages} {today:%Y-%m-%d}"), base.name, fill)


def make(connection: Connection, place: Place, template: Template) -> None:
    """Make a template unless it is there; of several processes one makes it, and the others wait.

    The process has a claim on it from then on. Raises MessengerError where it cannot be made.
    """
    deadline = time.monotonic() + MAKING_SECONDS
    while not claims.share(connection, claims.TEMPLATE, template.claim):
        _wait(deadline, template)  # somebody is about to drop it, as too old
    while not claims.alone(connection, claims.MAKING, template.claim):
        if _exists(connection, template.name):
            return
        _wait(deadline, template)
    try:
        if not _exists(connection, template.name):
            _make(connection, place, template)
        comment = QUERIES["test_databases.comment"].naming(database=sql.Identifier(template.name))
        last_used = datetime.now(UTC).isoformat(timespec="seconds")
        databases.execute(connection, comment, comment=f"messenger-db test template, last used {last_used}")
        _drop_old(connection)
    except psycopg2.Error as error:
        raise databases.refusal(connection, error) from None
    finally:
        if not connection.closed:
            claims.release(connection, claims.MAKING, template.claim)


def _wait(deadline: float, template: Template) -> None:
    if time.monotonic() > deadline:
        raise MessengerError(f"no test database: another process has been making {template.name} for too long")
    time.sleep(POLL_SECONDS)


def _exists(connection: Connection, name: str) -> bool:
    return databases.rows(connection, QUERIES["servers.database_exists"], name=name) == [(True,)]


def _make(connection: Connection, place: Place, template: Template) -> None:
    """Make it under another name: what has its name is whole."""
    unfinished = sql.Identifier(template.unfinished)
    drop(connection, template.unfinished)
    if template.base == "template0":
        databases.execute(connection, QUERIES["servers.create_database"].naming(database=unfinished))
    else:
        databases.clone(connection, template.base, template.unfinished, "file_copy")
    template.fill(template.unfinished)
    _compact(place, template.unfinished)
    # A first session leaves a file behind that later ones start faster with, in each copy too.
    place.connect(template.unfinished).close()
    databases.await_no_session(connection, template.unfinished, databases.END_SECONDS)
    databases.execute(connection, QUERIES["test_databases.seal"].naming(database=unfinished))
    rename = QUERIES["test_databases.rename"].naming(database=unfinished, name=sql.Identifier(template.name))
    databases.execute(connection, rename)


def drop(connection: Connection, name: str) -> None:
    """Drop a template, whole or half, if it exists."""
    if _exists(connection, name):
        databases.execute(connection, QUERIES["test_databases.unseal"].naming(database=sql.Identifier(name)))
        databases.drop(connection, name)


def _drop_old(connection: Connection) -> None:
    """Drop those that nobody uses, but for the latest."""
    found = databases.rows(connection, QUERIES["test_databases.templates"], what=claims.TEMPLATE)
    whole = [name for name, _, is_half in found if not is_half]
    for name, claim, _ in found:
        if name not in whole[:TEMPLATES_KEPT] and claims.alone(connection, claims.TEMPLATE, str(claim)):
            drop(connection, str(name))
            claims.release(connection, claims.TEMPLATE, str(claim))


def migrate(url: str, sources: Sources = NOTHING_MORE, role: str = "") -> None:
    """Apply the migrations of the package and of the project, and grant the application's role what it needs."""
    from yoyo import read_migrations

    from messenger_db.backend import open_backend

    with contextlib.redirect_stdout(io.StringIO()), open_backend(url) as backend:
        sources.migrate(backend)
        if role:
            from messenger_db.privileges import grant_privileges

            # Those of the project grant for themselves, as after make db-grant.
            own = read_migrations(glob.escape(str(folders.shipped_folder("migrations"))))
            grant_privileges(backend, role, list(reversed(backend.to_rollback(own))))


def _create_role(place: Place, database: str, role: str) -> None:
    """Create the application's role unless it is there; its password is the one of the role that does this."""
    with closing(place.connect(database)) as connection:
        connection.autocommit = True
        identifier = sql.Identifier(role)
        try:
            if not databases.rows(connection, QUERIES["privileges.role_exists"], role=role):
                create = QUERIES["servers.create_login_role"].naming(role=identifier)
                # Another run may be faster.
                with contextlib.suppress(psycopg2.errors.DuplicateObject, psycopg2.errors.UniqueViolation):
                    databases.execute(connection, create, password=place.parameters.get("password"))
            if databases.rows(connection, QUERIES["servers.is_member"], role=role) != [(True,)]:
                databases.execute(connection, QUERIES["servers.join_role"].naming(role=identifier))
        except psycopg2.Error as error:
            user = connection.info.user
            raise MessengerError(
                f"no test database: {reason_of(error)} (messenger_role: as another role, CREATE ROLE {role} LOGIN, and "
                f"GRANT it to {user})"
            ) from None


def _compact(place: Place, database: str) -> None:
    """Rewrite what has maps beside it: a tenth less to copy, for each test."""
    with closing(place.connect(database)) as connection:
        connection.autocommit = True
        for (table,) in databases.rows(connection, QUERIES["test_databases.loose_tables"]):
            rewrite = QUERIES["test_databases.rewrite_table"].naming(table=sql.SQL(str(table)))
            databases.execute(connection, rewrite)


def _janitor(place: Place, settings: PostgreSQLConfig, database: str) -> DatabaseJanitor:
    """Return what loads SQL files and callables, as pytest-postgresql does it."""
    parameters = place.private or place.parameters
    return DatabaseJanitor(
        user=parameters["user"],
        host=parameters.get("host", "localhost"),
        port=parameters.get("port", "5432"),
        password=parameters.get("password"),
        dbname=database,
        maintenance_dbname=place.maintenance,
        autocommit=settings.load_autocommit,
    )


def _name(files: Iterable[Path], base: str) -> str:
    parts = [RECIPE, base, *(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files)]
    return f"messenger_template_{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"
