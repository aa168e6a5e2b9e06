"""Where DATABASE_URL leads."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from messenger_db import settings
from messenger_db.connection import Target
from messenger_db.errors import MessengerError

from .checkouts import Checkout, refusal, succeeded
from .databases import Database, contents

if TYPE_CHECKING:
    from messenger_db.testing.session import Run

SCHEMA = "0001_initial_schema"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_environment_leads_to_another_server(untouched: Checkout, database: Database, scheme: str) -> None:
    assert f"applied {SCHEMA}" in succeeded(untouched.target("db-up", DATABASE_URL=database.url(scheme=scheme)))
    assert "users" in database.tables()
    assert (untouched.processes(), untouched.server_homes) == ([], [])


def test_words_behind_make_lead_there_too(untouched: Checkout, database: Database) -> None:
    assert f"applied {SCHEMA}" in succeeded(untouched.make("db-up", f"DATABASE_URL={database.url()}"))
    assert "users" in database.tables()


def test_env_file_leads_to_another_server(checkout: Checkout, database: Database) -> None:
    (checkout.folder / ".env").write_text(f"# the team's server\nDATABASE_URL={database.url()}\n")
    assert f"applied {SCHEMA}" in succeeded(checkout.target("db-up"))
    assert "users" in database.tables()
    assert (checkout.processes(), checkout.server_homes) == ([], [])


def test_environment_wins_over_env_file(checkout: Checkout, database: Database, missing: Database) -> None:
    (checkout.folder / ".env").write_text(f"DATABASE_URL={missing.url()}\n")
    succeeded(checkout.target("db-up", DATABASE_URL=database.url()))
    assert "users" in database.tables()
    assert not missing.exists()


def test_an_empty_one_is_none(stopped: Checkout) -> None:
    (stopped.folder / ".env").write_text("DATABASE_URL=\n")
    assert "embedded" in succeeded(stopped.target("db-status", DATABASE_URL=""))


def test_up_creates_a_missing_database(untouched: Checkout, missing: Database) -> None:
    assert f"applied {SCHEMA}" in succeeded(untouched.target("db-up", DATABASE_URL=missing.url()))
    assert "users" in missing.tables()


def test_a_name_with_odd_characters_is_created(untouched: Checkout, missing: Database) -> None:
    odd = Database(missing.server, f'{missing.name} "ä" 100%')
    try:
        succeeded(untouched.target("db-up", DATABASE_URL=odd.url()))
        assert "users" in odd.tables()
        assert "users" in succeeded(untouched.target("db-shell", stdin="\\dt\n", DATABASE_URL=odd.url()))
    finally:
        odd.drop()


def test_two_tenants_live_in_one_database(untouched: Checkout, database: Database) -> None:
    for tenant in ("tenant_a", "tenant_b"):
        database.execute(f"CREATE SCHEMA {tenant}")
    a, b = database.url(schema="tenant_a"), database.url(schema="tenant_b")

    assert f"applied {SCHEMA}" in succeeded(untouched.target("db-up", DATABASE_URL=a))
    assert f"{SCHEMA}: pending" in succeeded(untouched.target("db-status", DATABASE_URL=b))
    assert f"applied {SCHEMA}" in succeeded(untouched.target("db-up", DATABASE_URL=b))
    tables = database.tables()
    assert {"tenant_a.users", "tenant_b.users", "tenant_a._yoyo_migration", "tenant_b._yoyo_migration"} <= tables
    assert all(table.startswith("tenant_") for table in tables)

    confirm = f"CONFIRM={database.name}"
    succeeded(untouched.target("seed", confirm, DATABASE_URL=b))
    succeeded(untouched.target("db-down", confirm, DATABASE_URL=a))
    assert len(database.contents()["tenant_b.users"]) == 54
    assert f"{SCHEMA}: pending" in succeeded(untouched.target("db-status", DATABASE_URL=a))
    assert f"{SCHEMA}: applied" in succeeded(untouched.target("db-status", DATABASE_URL=b))


def test_a_schema_that_is_not_there_is_refused(untouched: Checkout, database: Database) -> None:
    said = refusal(untouched.target("db-up", DATABASE_URL=database.url(schema="tenant_x")))
    assert "tenant_x" in said
    assert "CREATE SCHEMA" in said
    assert database.tables() == set()


def test_libpq_settings_pass(untouched: Checkout, database: Database) -> None:
    url = database.url(sslmode="prefer", application_name="maps", connect_timeout="3")
    said = succeeded(untouched.target("db-shell", stdin="SHOW application_name;\n", DATABASE_URL=url))
    assert "maps" in said


ENV_FILES = {
    "YAML": b"DATABASE_URL: postgresql://alice:s3cret@localhost/messenger\n",
    "a space instead of the equals sign": b"DATABASE_URL postgresql://alice:s3cret@localhost/messenger\n",
    "a name alone": b"DATABASE_URL\n",
    "a quote that is not closed": b'DATABASE_URL="postgresql://alice:s3cret@localhost/messenger\n',
    "a name in quotes": b'"DATABASE_URL"=postgresql://alice:s3cret@localhost/messenger\n',
    "PowerShell": b'$env:DATABASE_URL="postgresql://alice:s3cret@localhost/messenger"\n',
    "cmd": b"set DATABASE_URL=postgresql://alice:s3cret@localhost/messenger\n",
    "a shell's semicolon": b"DATABASE_URL='postgresql://alice:s3cret@localhost/messenger'; export DATABASE_URL\n",
    "a merge conflict": b"<<<<<<< HEAD\nDATABASE_URL=postgresql://alice:s3cret@localhost/messenger\n=======\n",
    "UTF-16": "DATABASE_URL=postgresql://alice:s3cret@localhost/messenger\n".encode("utf-16"),
    "UTF-16 without a mark": "DATABASE_URL=postgresql://alice:s3cret@localhost/messenger\n".encode("utf-16-le"),
    "Latin-1": "PASSWORD=s3cret-ä\n".encode("latin-1"),
}


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the .env of a checkout would be, which is the working directory, without a DATABASE_URL around it."""
    (tmp_path / "yoyo.ini").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / ".env"


@pytest.mark.parametrize("kind", ENV_FILES)
def test_an_env_file_that_does_not_parse_is_refused_and_not_repeated(env_file: Path, kind: str) -> None:
    env_file.write_bytes(ENV_FILES[kind])
    with pytest.raises(MessengerError, match=r"/\.env (line 1 is not NAME=value|is not UTF-8|holds a null)") as refused:
        settings.value("DATABASE_URL")
    assert "s3cret" not in str(refused.value)


def test_the_line_is_counted_as_editors_do(env_file: Path) -> None:
    env_file.write_bytes(b"# ours\r\n\r\nOTHER='two\nlines'\n\n\nDATABASE_URL\n")
    with pytest.raises(MessengerError, match="line 7 "):
        settings.value("DATABASE_URL")


def _folder(path: Path) -> None:
    path.mkdir()


def _link_to_nothing(path: Path) -> None:
    path.symlink_to("/nowhere/env")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [_folder, _link_to_nothing, _link_to_itself, _device])
def test_an_env_file_that_is_not_a_file_is_refused(env_file: Path, make: Callable[[Path], None]) -> None:
    make(env_file)
    with pytest.raises(MessengerError, match=r"/\.env (is|cannot be read)"):
        settings.value("DATABASE_URL")


def test_a_named_pipe_is_not_waited_for(checkout: Checkout) -> None:
    os.mkfifo(checkout.folder / ".env")
    for target in ("db-up", "db-down"):
        assert ".env is not a file" in refusal(checkout.target(target))
    assert (checkout.processes(), checkout.server_homes) == ([], [])


def test_an_unreadable_env_file_is_refused(checkout: Checkout) -> None:
    (checkout.folder / ".env").touch(mode=0)
    without = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root reads every file, and there is no setpriv that takes that away")
        without = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    done = checkout.run(*without, ".venv/bin/python", "-m", "messenger_db", "up")
    assert ".env cannot be read: Permission denied" in refusal(done)
    assert (checkout.processes(), checkout.server_homes) == ([], [])


def test_an_env_file_of_windows_is_taken(env_file: Path) -> None:
    env_file.write_bytes(
        "\ufeff# the team's\r\n\r\nexport DATABASE_URL = 'postgresql://a@b/c' # ours\r\nOTHER=\r\n".encode()
    )
    assert settings.value("DATABASE_URL") == "postgresql://a@b/c"


def test_no_env_file_is_no_setting(env_file: Path) -> None:
    assert settings.value("DATABASE_URL") == ""
    env_file.symlink_to("elsewhere")
    env_file.with_name("elsewhere").write_text("DATABASE_URL=postgresql://a@b/c\n")
    assert settings.value("DATABASE_URL") == "postgresql://a@b/c"


# Variables of libpq that lead elsewhere, or nowhere.
VARIABLES = {
    "PGHOST": "elsewhere.invalid",
    "PGHOSTADDR": "127.0.0.1",
    "PGPORT": "1",
    "PGDATABASE": "elsewhere",
    "PGUSER": "elsewhere",
    "PGPASSWORD": "elsewhere",
    "PGSERVICE": "elsewhere",
    "PGSERVICEFILE": "/nowhere/pg_service.conf",
    "PGOPTIONS": "-c nonsense=1",
    "PGCLIENTENCODING": "LATIN1",
    "PGSSLMODE": "nonsense",
    "PGGSSENCMODE": "require",
    "PGCHANNELBINDING": "require",
    "PGREQUIREAUTH": "gss",
    "PGREQUIREPEER": "elsewhere",
    "PGTARGETSESSIONATTRS": "standby",
    "PGLOADBALANCEHOSTS": "nonsense",
    "PGCONNECT_TIMEOUT": "nonsense",
    "PGMINPROTOCOLVERSION": "nonsense",
    "PGTZ": "nonsense",
}


@pytest.mark.parametrize("names", [["PGHOSTADDR"], ["PGSERVICE"], list(VARIABLES)], ids=["address", "service", "all"])
def test_no_variable_reaches_the_embedded_server(started: Checkout, names: list[str]) -> None:
    variables = {name: VARIABLES[name] for name in names}
    said = succeeded(started.run(".venv/bin/python", "-m", "messenger_db", "status", **variables))
    assert said.startswith(f"database messenger on {started.server_home} port ")
    assert "(embedded)" in said


def test_nor_the_programs_that_commands_become(started: Checkout) -> None:
    query = "SELECT inet_server_addr() IS NULL AS local;\n"
    said = succeeded(started.target("db-shell", stdin=query, **VARIABLES))
    assert " t\n" in said


@pytest.mark.parametrize("variables", [{"PGHOSTADDR": "127.0.0.1"}, {"PGSERVICE": "elsewhere"}], ids=str)
def test_the_url_of_the_embedded_server_alone_is_not_trusted(
    started: Checkout, service_file: Callable[..., str], variables: dict[str, str]
) -> None:
    """By the same URL libpq goes elsewhere now, and there somebody has to be asked."""
    port = (started.server_home / "port").read_text()
    password = (started.server_home / "password").read_text()
    elsewhere = service_file(hostaddr="127.0.0.1")
    before = contents(started.url())
    said = refusal(
        started.target("db-down", DATABASE_URL=started.url(), PGSERVICEFILE=elsewhere, PGPASSWORD=password, **variables)
    )
    assert f"in database messenger on 127.0.0.1 port {port}. To go on, set CONFIRM=messenger" in said
    assert contents(started.url()) == before


@pytest.fixture
def service_file(tmp_path: Path) -> Callable[..., str]:
    """Write a service file with the section elsewhere, and return its name."""

    def write(**parameters: str) -> str:
        lines = [f"{name}={value}\n" for name, value in parameters.items()]
        file = tmp_path / "pg_service.conf"
        file.write_text("".join(["[elsewhere]\n", *lines]))
        return str(file)

    return write


@pytest.mark.parametrize("target", ["db-down", "seed"])
@pytest.mark.parametrize("is_variable", [False, True])
def test_a_question_names_where_a_service_leads(
    untouched: Checkout, migrated: Database, service_file: Callable[..., str], target: str, is_variable: bool
) -> None:
    server = migrated.server
    file = service_file(host=server.host, port=str(server.port), user=server.user, password=server.password or "")
    url = f"postgresql:///{migrated.name}" + ("" if is_variable else "?service=elsewhere")
    variables = {"PGSERVICE": "elsewhere"} if is_variable else {}
    said = refusal(untouched.target(target, DATABASE_URL=url, PGSERVICEFILE=file, **variables))
    assert f"in database {migrated.name} on {server.host} port {server.port}. To go on, set CONFIRM=" in said


def test_a_service_that_leads_nowhere(untouched: Checkout, service_file: Callable[..., str]) -> None:
    url = "postgresql:///messenger?service=elsewhere"
    said = refusal(
        untouched.target("db-up", DATABASE_URL=url, PGSERVICEFILE=service_file(hostaddr="127.0.0.1", port="1"))
    )
    assert 'database messenger of service elsewhere: connection to server at "127.0.0.1", port 1 failed: ' in said
    said = refusal(untouched.target("db-up", DATABASE_URL=url.replace("elsewhere", "nowhere")))
    assert 'definition of service "nowhere" not found (check service in DATABASE_URL' in said


@pytest.fixture
def by_tcp(_messenger_run: "Run") -> tuple[str, str, str]:
    """User, password and port of the tests' server, which listens on 127.0.0.1."""
    place = _messenger_run.place.parameters
    if place["host"] != "127.0.0.1":
        pytest.skip("the server that these tests run on is not this machine's own")
    return place["user"], place.get("password", ""), place["port"]


def test_the_address_that_libpq_took_is_named(
    by_tcp: tuple[str, str, str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, password, port = by_tcp
    monkeypatch.setenv("PGPASSWORD", password)

    def reached(url: str) -> str:
        target = Target.from_url(url)
        target.connect().close()
        return str(target)

    there = f"database {database.name} on 127.0.0.1 port {port}"
    assert reached(f"postgresql://{user}@name.invalid:{port}/{database.name}?hostaddr=127.0.0.1") == there
    assert reached(f"postgresql://{user}@127.0.0.1:1,127.0.0.1:{port}/{database.name}") == there
    assert reached(f"postgresql://{user}@/{database.name}?host=/nowhere,127.0.0.1&port={port}") == there
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    assert reached(f"postgresql://{user}@name.invalid:{port}/{database.name}") == there


@pytest.mark.parametrize(
    ("url", "variables", "where"),
    [
        ("postgresql://alice@/messenger", {}, "the local socket port 5432"),
        ("postgresql://alice@/messenger", {"PGHOST": "a", "PGPORT": "1"}, "a port 1"),
        ("postgresql://alice@b/messenger", {"PGHOST": "a", "PGPORT": "1"}, "b port 1"),
        ("postgresql://alice@b/messenger", {"PGHOSTADDR": "10.0.0.1"}, "10.0.0.1 port 5432"),
        ("postgresql://alice@b/messenger?hostaddr=10.0.0.2", {"PGHOSTADDR": "10.0.0.1"}, "10.0.0.2 port 5432"),
        ("postgresql://alice@a:1,b,c:3/messenger", {}, "a port 1 or b port 5432 or c port 3"),
        ("postgresql://alice@/messenger?host=a,b&port=7", {}, "a port 7 or b port 7"),
    ],
)
def test_before_connecting_the_address_is_the_one_that_libpq_will_take(
    url: str, variables: dict[str, str], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert str(Target.from_url(url)) == f"database messenger on {where}"


@pytest.mark.parametrize("url", ["postgresql://alice@host/%FF", "postgresql://al\udcffice@host/messenger"])
def test_a_url_that_is_not_utf8_is_refused(url: str) -> None:
    with pytest.raises(MessengerError, match="not a PostgreSQL URL"):
        Target.from_url(url)
