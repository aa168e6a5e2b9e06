"""What goes wrong gives one line, and changes nothing."""

import socket
from pathlib import Path

import pytest

from messenger_db import connection
from messenger_db.backend import open_backend
from messenger_db.errors import MessengerError

from .checkouts import Checkout, failure, lines, refusal, succeeded
from .databases import Database, contents

MALFORMED = [
    "s3cret",
    "mysql://alice:s3cret@localhost/messenger",
    "host=localhost user=alice password=s3cret dbname=messenger",
    "postgresql:/alice:s3cret@localhost/messenger",
    "postgresql://alice:s3cret@localhost:port/messenger",
    "postgresql://alice:s3cret@localhost:5432",
    "postgresql://alice:s3cret@localhost:5432/",
    "postgresql://alice:s3cret@localhost:99999999/messenger",
    "postgresql://alice:s3cret@[::1/messenger",
    "postgresql://alice:s3cret@localhost/messenger?nonsense=1",
    "postgresql://alice:s3cret@localhost/messenger?schema=",
    "postgresql://alice:s3cret@localhost/messenger?sslmode",
    "postgresql://alice:s3cret@localhost/messenger?sslmode=s0metimes",
    # Passwords with characters that must be percent-encoded.
    "postgresql://alice:at@s3cret@localhost/messenger",
    "postgresql://alice:slash/s3cret@localhost/messenger",
    "postgresql://alice:1234/s3cret@localhost/messenger",
    "postgresql://alice:question?s3cret@localhost/messenger",
    "postgresql://alice:1234?s3cret=@localhost/messenger",
    "postgresql://alice:percent%s3cret@localhost/messenger",
    "postgresql://alice:colon:[s3cret@localhost:port/messenger",
]


@pytest.fixture
def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@pytest.mark.parametrize("url", MALFORMED)
def test_a_malformed_url_is_refused_and_not_repeated(untouched: Checkout, url: str) -> None:
    done = untouched.target("db-up", DATABASE_URL=url)
    assert "s3cret" not in done.stdout + done.stderr
    assert "DATABASE_URL" in refusal(done)
    assert (untouched.processes(), untouched.server_homes) == ([], [])


def test_a_malformed_url_in_the_env_file_is_refused_and_not_repeated(checkout: Checkout) -> None:
    (checkout.folder / ".env").write_text("DATABASE_URL=postgresql://alice:slash/s3cret@localhost/messenger\n")
    done = checkout.target("db-status")
    assert "s3cret" not in done.stdout + done.stderr
    assert "DATABASE_URL" in refusal(done)


def test_an_unknown_host_is_named(untouched: Checkout) -> None:
    done = untouched.target("db-up", DATABASE_URL="postgresql://alice:s3cret@nowhere.invalid/messenger")
    said = refusal(done)
    assert "nowhere.invalid" in said
    assert "check the host name" in said
    assert "s3cret" not in said


@pytest.mark.parametrize("target", ["db-up", "db-status", "db-shell", "db-down", "seed"])
def test_nobody_listens(untouched: Checkout, free_port: int, target: str) -> None:
    url = f"postgresql://alice:s3cret@127.0.0.1:{free_port}/messenger"
    settings = {"CONFIRM": "messenger", "DATABASE_URL": url}
    said = refusal(untouched.target(target, **settings))
    assert "Connection refused" in said
    assert str(free_port) in said
    assert "s3cret" not in said


def test_no_server_in_the_socket_folder(untouched: Checkout, tmp_path: Path) -> None:
    said = refusal(untouched.target("db-up", DATABASE_URL=f"postgresql://alice:s3cret@/messenger?host={tmp_path}"))
    assert "check the socket folder" in said.lower()
    assert str(tmp_path) in said
    assert "s3cret" not in said


def test_a_wrong_password_is_refused_and_the_right_one_works(untouched: Checkout, started: Checkout) -> None:
    password = (started.server_home / "password").read_text()
    port = (started.server_home / "port").read_text()
    before = contents(started.url())
    url = "postgresql://postgres:{}@127.0.0.1:{}/messenger"

    said = refusal(untouched.target("db-up", DATABASE_URL=url.format("s3cret", port)))
    assert "password authentication failed" in said
    assert "check user and password" in said
    assert "s3cret" not in said
    assert password not in said
    done = untouched.target("db-up", DATABASE_URL=url.format(password, port))
    assert password not in succeeded(done)
    assert contents(started.url()) == before


def test_a_missing_password_is_refused(untouched: Checkout, started: Checkout) -> None:
    port = (started.server_home / "port").read_text()
    said = refusal(untouched.target("db-up", DATABASE_URL=f"postgresql://postgres@127.0.0.1:{port}/messenger"))
    assert "no password supplied" in said


def test_tls_where_the_server_has_none_is_refused(untouched: Checkout, started: Checkout) -> None:
    port = (started.server_home / "port").read_text()
    url = f"postgresql://postgres:s3cret@127.0.0.1:{port}/messenger?sslmode=require"
    said = refusal(untouched.target("db-up", DATABASE_URL=url))
    assert "check sslmode" in said
    assert "s3cret" not in said


def test_an_unknown_role_is_named(untouched: Checkout, database: Database) -> None:
    said = refusal(untouched.target("db-up", DATABASE_URL=database.url(user="stranger")))
    assert 'role "stranger" does not exist' in said
    assert database.tables() == set()


def test_a_role_that_may_not_create_the_database(untouched: Checkout, missing: Database, role: str) -> None:
    said = refusal(untouched.target("db-up", DATABASE_URL=missing.url(user=role)))
    assert missing.name in said
    assert "permission denied to create database" in said
    assert not missing.exists()


def test_a_role_that_may_not_create_tables(untouched: Checkout, database: Database, role: str) -> None:
    said = refusal(untouched.target("db-up", DATABASE_URL=database.url(user=role)))
    assert "permission denied for schema public" in said
    assert database.tables() == set()


def test_a_role_that_may_not_enter_the_database(untouched: Checkout, database: Database, role: str) -> None:
    with database.maintenance() as db:
        db.execute(f'REVOKE CONNECT ON DATABASE "{database.name}" FROM PUBLIC'.encode())
    said = refusal(untouched.target("db-up", DATABASE_URL=database.url(user=role)))
    assert "permission denied for database" in said
    assert database.tables() == set()


@pytest.mark.parametrize("table", ["users", "messages"])
def test_a_table_of_that_name_is_left_alone(untouched: Checkout, database: Database, table: str) -> None:
    database.execute(f"CREATE TABLE {table} AS SELECT 1 AS mine")
    before = database.contents()
    said = failure(untouched.target("db-up", DATABASE_URL=database.url()))
    assert f'relation "{table}" already exists' in said
    assert "\n  at migrations/0001_initial_schema.sql:" in said
    assert database.contents() == before


def test_a_server_that_is_too_old_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OLDEST_SERVER", 990000)
    with pytest.raises(MessengerError, match=r"is PostgreSQL .* or newer is needed") as refused:
        open_backend(database.url())
    assert len(lines(str(refused.value))) == 1
    assert database.tables() == set()
