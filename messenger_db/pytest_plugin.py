"""The pytest plugin: for each test a database of its own, with the messenger's schema in it.

Every run of pytest where this package is installed imports this module, so it imports nothing but pytest itself.
"""

import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg2.extensions import connection as Connection

    from messenger_db.testing.factory import AsyncFactory, Factory
    from messenger_db.testing.own_database import OwnDatabase
    from messenger_db.testing.session import Run
    from messenger_db.testing.templates import Content

    DatabaseFactory = Callable[..., AbstractContextManager[OwnDatabase]]

# Where the processes of a run meet, if one of them needs a server.
FOLDER = pytest.StashKey[Path]()
FOLDER_OF_WORKER = "messenger_db_folder"

# What this process has on the server, or what stood in the way.
RUN = pytest.StashKey["Run | BaseException"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our option and ini keys; pytest-postgresql's choose the server."""
    parser.getgroup("messenger-db").addoption(
        "--messenger-keep-failed",
        action="store_true",
        help="Keep the database of a test that fails, and print its URL",
    )
    parser.addini(
        "messenger_role",
        "Role that tests connect as, with the privileges that make db-grant gives; the server's superuser if not set",
        default="",
    )
    parser.addini(
        "messenger_sources",
        "Folders of the project's own migrations, with backfills next to them, and SQL files, for all test databases",
        type="paths",
        default=[],
    )
    parser.addini(
        "messenger_timezone",
        "Time zone of the messenger's test databases; the default is one in which mistakes show",
        default="Canada/Newfoundland",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Explain the mark, and watch the outcomes of tests only where something is to be kept."""
    config.addinivalue_line(
        "markers",
        "messenger_world(messages): the test's database has so many generated messages in it, and whoever wrote them",
    )
    if config.option.messenger_keep_failed:
        from messenger_db.testing.keep_failed import Keeper

        config.pluginmanager.register(Keeper(_folder(config)))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist the folder of this run."""
    node.workerinput[FOLDER_OF_WORKER] = str(_folder(node.config))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove this run's own server, if it has one, when all workers are through."""
    folder = config.stash.get(FOLDER, None)
    if folder and not hasattr(config, "workerinput") and folder.exists():
        from messenger_db.testing import session_server

        session_server.end_unless_kept(folder)


def _folder(config: pytest.Config) -> Path:
    """Return the folder of this run, which may not be there yet: its name says which process the run ends with."""
    worker: dict[str, str] | None = getattr(config, "workerinput", None)
    if worker:
        return Path(worker[FOLDER_OF_WORKER])
    new = Path(tempfile.gettempdir(), f"messenger-db-{os.getpid()}-{os.urandom(4).hex()}")
    return config.stash.setdefault(FOLDER, new)


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Let an error that a person can correct fail the test with one line, without a traceback."""
    try:
        from messenger_db.errors import MessengerError

        try:
            yield
        except MessengerError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
    except ModuleNotFoundError as error:
        line = f"messenger-db: {error.name} is missing: pip install 'messenger-db[pytest]'"
        raise pytest.fail.Exception(line, pytrace=False) from None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Start the server and make the template for the first test that needs it before that test begins.

    pytest-timeout and others count the fixtures of a test as part of it.
    """
    option = item.config.option
    needs_it = "_messenger_run" in getattr(item, "fixturenames", ())
    if needs_it and not (option.setupplan or option.setuponly or _is_skipped(item)):
        # What goes wrong is raised again where the fixtures do the same: there it is the test's error.
        with suppress(Exception, pytest.fail.Exception):
            _run(item.session).prepare(_content(item))
    return (yield)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End what was begun for a test that did not get as far as its fixtures."""
    run = session.stash.get(RUN, None)
    if run and not isinstance(run, BaseException):
        run.close()


def _is_skipped(item: pytest.Item) -> bool:
    """Return whether a mark skips a test; of a condition as text it is not known before."""
    skipped = any(any(mark.args) for mark in item.iter_markers("skipif"))
    return skipped or item.get_closest_marker("skip") is not None


def _run(session: pytest.Session) -> "Run":
    """Return what this process has on the server, beginning with it at the first call.

    Raises pytest.fail.Exception, or whatever stood in the way, at each call.
    """
    if RUN not in session.stash:
        try:
            with _in_one_line():
                from messenger_db.testing.session import Run

                session.stash[RUN] = Run(session, _folder(session.config))
        except (Exception, pytest.fail.Exception) as error:
            session.stash[RUN] = error
    run = session.stash[RUN]
    if isinstance(run, BaseException):
        raise run
    return run


def _content(item: pytest.Item) -> "Content":
    """Return the rows that a test wants. Raises MessengerError for a mark that cannot be understood."""
    from messenger_db.testing.templates import Content, world_of

    mark = item.get_closest_marker("messenger_world")
    if mark:
        return world_of(*mark.args, **mark.kwargs)
    return Content(demo="messenger_demo" in item.fixturenames)  # type: ignore[attr-defined] # those with fixtures have it


@pytest.fixture(scope="session")
def _messenger_run(request: pytest.FixtureRequest) -> Iterator["Run"]:
    """What this process has on the server: templates, databases made ahead."""
    run = _run(request.session)
    yield run
    del request.session.stash[RUN]
    with _in_one_line():
        run.close()


@pytest.fixture
def _messenger_database(_messenger_run: "Run", request: pytest.FixtureRequest) -> Iterator["OwnDatabase"]:
    """The test's own database, whichever of our fixtures ask for it."""
    connected = not {"messenger_db", "messenger_demo", "messenger_factory"}.isdisjoint(request.fixturenames)
    with ExitStack() as stack:
        with _in_one_line():
            taken = _messenger_run.take(request.node, _content(request.node), connected=connected)
            database = stack.enter_context(taken)
        yield database


@pytest.fixture
def messenger_db_url(_messenger_database: "OwnDatabase") -> str:
    """URL of this test's own database, for an application under test: postgresql://user:password@host:port/name.

    Any driver and any number of connections may use it; what they leave open is ended after the test. With messenger_db
    in the same test, both are the same database; with messenger_demo, the demo people are in it.
    """
    return _messenger_database.url


@pytest.fixture
def messenger_db(_messenger_database: "OwnDatabase") -> "Connection":
    """psycopg2 connection to a database of this test's own, with the messenger's schema and no rows in it.

    The test may do with it whatever it likes, commit and change the schema too: no other test sees it.
    """
    return _messenger_database.connection


@pytest.fixture
def messenger_demo(_messenger_database: "OwnDatabase") -> "Connection":
    """As messenger_db, and the demo people are in the database: alice, bob, charlie and diana, with their chats.

    Each one's password is password123.
    """
    return _messenger_database.connection


@pytest.fixture
def messenger_tx(_messenger_run: "Run", request: pytest.FixtureRequest) -> Iterator["Connection"]:
    """psycopg2 connection in a transaction that is rolled back after the test: the fastest way.

    Other tests use the database, but never at the same time. It is meant for code that does not commit; after a test
    that does, the next one is given another database.
    """
    with ExitStack() as stack:
        with _in_one_line():
            begun = _messenger_run.transaction(request.node, _content(request.node))
            connection = stack.enter_context(begun)
        yield connection


@pytest.fixture
def messenger_factory(request: pytest.FixtureRequest, _messenger_run: "Run") -> "Factory":
    """Makes valid rows with as little as possible said, and returns them as plain objects.

    user(), direct_chat(a, b), group_chat(a, b, c), message(chat), reaction(message), attachment(message) and
    session(user). All values are made up, and the same each time the same test runs. In a test with messenger_tx the
    rows are part of its transaction; otherwise they are committed to the test's own database, where messenger_db and
    applications at messenger_db_url see them.
    """
    in_transaction = "messenger_tx" in request.fixturenames
    connection = request.getfixturevalue("messenger_tx" if in_transaction else "messenger_db")
    with _in_one_line():
        return _messenger_run.factory(request.node, connection, commits=not in_transaction)


@pytest.fixture
def messenger_async_db(_messenger_database: "OwnDatabase") -> Iterator["AsyncConnection"]:
    """psycopg.AsyncConnection to the same database as messenger_db, for tests of pytest-asyncio, anyio or asyncio.run.

    It is open, and works in whichever event loop the test runs.
    """
    with _messenger_database.async_connection() as connection:
        yield connection


@pytest.fixture
def messenger_async_factory(
    messenger_async_db: "AsyncConnection", _messenger_run: "Run", request: pytest.FixtureRequest
) -> "AsyncFactory":
    """messenger_factory for tests with messenger_async_db: the same functions, which are awaited.

    The rows are committed at once, together with what is pending on messenger_async_db.
    """
    with _in_one_line():
        from messenger_db.testing.factory import AsyncFactory
        from messenger_db.testing.row_plans import seeded
        from messenger_db.testing.session import seed_of

        return AsyncFactory(messenger_async_db, seeded(seed_of(request.node)), role=_messenger_run.role)


@pytest.fixture(scope="session")
def messenger_db_factory(_messenger_run: "Run", request: pytest.FixtureRequest) -> "DatabaseFactory":
    """Makes databases for fixtures of a class, a module or the session.

    with messenger_db_factory() as database: yield database

    database.url, database.connection and database.factory are what messenger_db_url, messenger_db and messenger_factory
    are to a test. With demo=True the demo people are in it, with messages=10_000 a generated world.
    """

    @contextmanager
    def make(*, demo: bool = False, messages: int = 0) -> Iterator["OwnDatabase"]:
        with ExitStack() as stack:
            with _in_one_line():
                from messenger_db.testing.templates import Content, world_of

                content = world_of(messages) if messages else Content(demo=demo)
                database = stack.enter_context(_messenger_run.take(request.session, content, connected=True))
            yield database

    return make


@pytest.fixture
def messenger_django(messenger_db_url: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """Leads Django's connection to the test's own database.

    For pytest-django's tests, a fixture django_db_setup in conftest.py requests it. A test that requests it itself
    needs no mark.
    """
    with ExitStack() as stack:
        with _in_one_line():
            from messenger_db.testing.django_connection import leading_to

            stack.enter_context(leading_to(messenger_db_url))
        if request.config.pluginmanager.has_plugin("django"):
            stack.enter_context(request.getfixturevalue("django_db_blocker").unblock())
        yield
