"""Migrating through PgBouncer: by a session pool, and never by one that parts sessions among clients."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from children import until
from yoyo.migrations import MigrationList

from messenger_db.backend import open_backend
from messenger_db.connection import Target
from messenger_db.errors import MessengerError
from messenger_db.folders import migrations

from .checkouts import Checkout, refusal, succeeded
from .databases import Database

if TYPE_CHECKING:
    from messenger_db.testing.session import Run

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed")

CONFIGURATION = """
[databases]
* = host={host} port={port} user={user} password={password}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = any
pool_mode = {pool_mode}
default_pool_size = {pool_size}
server_round_robin = {round_robin}
"""

ADVISORY_LOCKS = """
    SELECT pid
    FROM pg_locks
    JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND datname = current_database()
"""

Pooler = Callable[..., str]


@contextmanager
def _pgbouncer(folder: Path, **settings: str | int) -> Iterator[int]:
    """Start PgBouncer; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    file = folder / f"{port}.ini"
    file.write_text(CONFIGURATION.format(listen_port=port, **settings))
    is_root = os.geteuid() == 0
    with subprocess.Popen(
        [str(PGBOUNCER), file.name],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        user="nobody" if is_root else None,
        group=pwd.getpwnam("nobody").pw_gid if is_root else None,
        extra_groups=[] if is_root else None,
    ) as process:
        try:
            _await_port(process, port)
            yield port
        finally:
            process.kill()


def _await_port(process: subprocess.Popen[str], port: int) -> None:
    def answers() -> bool:
        assert process.poll() is None, process.communicate()[0]
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        return False

    until(answers)


@pytest.fixture
def pooler(_messenger_run: "Run", database: Database) -> Iterator[Pooler]:
    """Start PgBouncer in front of the tests' server: the URL of the empty database through it."""
    # Not in pytest's folder, which is closed to other users: PgBouncer does not run as root.
    folder = Path(tempfile.mkdtemp(prefix="pooler-"))
    folder.chmod(0o755)
    with ExitStack() as ends:
        ends.callback(shutil.rmtree, folder)

        def start(pool_mode: str, *, pool_size: int = 3, round_robin: int = 0) -> str:
            server = _messenger_run.place.parameters
            place = {name: server[name] for name in ("host", "port", "user", "password")}
            choices: dict[str, str | int] = {"pool_mode": pool_mode, "pool_size": pool_size, "round_robin": round_robin}
            port = ends.enter_context(_pgbouncer(folder, **place, **choices))
            return f"postgresql://{server['user']}@127.0.0.1:{port}/{database.name}"

        yield start


SHARING = ["transaction", "statement"]


@pytest.mark.parametrize("pool_mode", SHARING)
@pytest.mark.parametrize("target", ["db-up", "db-status", "db-backfill", "seed"])
def test_a_pool_that_parts_sessions_is_refused(
    untouched: Checkout, database: Database, pooler: Pooler, pool_mode: str, target: str
) -> None:
    url = pooler(pool_mode)
    said = refusal(untouched.target(target, f"CONFIRM={database.name}", DATABASE_URL=url))
    assert "is behind a pooler" in said
    assert "set DATABASE_URL to a direct connection" in said
    assert database.tables() == set()


@pytest.mark.parametrize("pool_mode", SHARING)
@pytest.mark.parametrize("round_robin", [0, 1])
@pytest.mark.parametrize("pool_size", [1, 2, 5])
def test_whatever_session_it_hands_out_next(pooler: Pooler, pool_mode: str, round_robin: int, pool_size: int) -> None:
    url = pooler(pool_mode, pool_size=pool_size, round_robin=round_robin)
    # Sessions that wait for clients: the pool has several to choose from.
    with ExitStack() as clients:
        for _ in range(pool_size - (pool_mode == "statement")):
            client = clients.enter_context(psycopg.connect(url, autocommit=pool_mode == "statement"))
            client.execute("SELECT")
    for _ in range(5):
        with pytest.raises(MessengerError, match="is behind a pooler"):
            Target.from_url(url).connect()


@pytest.mark.parametrize("round_robin", [0, 1])
def test_others_at_work_do_not_hide_it(pooler: Pooler, round_robin: int) -> None:
    url = pooler("transaction", pool_size=4, round_robin=round_robin)
    ended = threading.Event()

    def work() -> None:
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as client:
            while not ended.is_set():
                client.execute("SELECT pg_sleep(0.001)")

    with ThreadPoolExecutor() as pool:
        others = [pool.submit(work) for _ in range(6)]
        try:
            for _ in range(20):
                with pytest.raises(MessengerError, match="is behind a pooler"):
                    Target.from_url(url).connect()
        finally:
            ended.set()
        for other in others:
            other.result()


def test_nothing_is_left_in_the_sessions_of_others(database: Database, pooler: Pooler) -> None:
    database.execute("CREATE SCHEMA tenant_a")
    url = pooler("transaction", pool_size=1)
    names = ("search_path", "statement_timeout", "client_connection_check_interval", "TimeZone")

    def settings() -> list[object]:
        with psycopg.connect(url) as client:
            return [client.execute(f"SHOW {name}").fetchone() for name in names]

    before = settings()
    with pytest.raises(MessengerError, match="is behind a pooler"):
        Target.from_url(f"{url}?schema=tenant_a").connect_or_create()
    assert settings() == before
    with database.connect() as db:
        assert db.execute(ADVISORY_LOCKS).fetchall() == []


def test_a_missing_database_is_not_created_through_one(missing: Database, pooler: Pooler) -> None:
    url = pooler("transaction")
    with pytest.raises(MessengerError, match="is behind a pooler"):
        Target.from_url(f"{url.rpartition('/')[0]}/{missing.name}").connect_or_create()
    assert not missing.exists()


def test_a_session_pool_serves(untouched: Checkout, database: Database, pooler: Pooler) -> None:
    database.execute("CREATE SCHEMA tenant_a")
    url = f"{pooler('session')}?schema=tenant_a"
    succeeded(untouched.target("db-up", DATABASE_URL=url))
    assert "tenant_a.users" in database.tables()
    assert "0001_initial_schema: applied" in succeeded(untouched.target("db-status", DATABASE_URL=url))
    succeeded(untouched.target("db-down", f"CONFIRM={database.name}", DATABASE_URL=url))
    assert "tenant_a.users" not in database.tables()


def test_a_session_pool_that_has_no_second_session_is_refused(pooler: Pooler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messenger_db.pooler.PATIENCE_SECONDS", 0.5)
    with pytest.raises(MessengerError, match="is behind a pooler"):
        Target.from_url(pooler("session", pool_size=1)).connect()


def test_waiting_for_a_server_needs_no_session(pooler: Pooler) -> None:
    """An application may well go through such a pooler, and its container waits."""
    assert Target.from_url(pooler("transaction")).exists()


def test_a_session_that_was_changed_after_all_migrates_nothing(
    database: Database, pooler: Pooler, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As if the pool had been too busy to show itself."""
    monkeypatch.setattr("messenger_db.connection.may_share_sessions", lambda *_: False)
    url = pooler("transaction")
    with psycopg.connect(url) as client, open_backend(url) as backend:
        pending = backend.to_apply(migrations())

        def to_apply(found: MigrationList) -> MigrationList:
            client.execute("SELECT")  # takes the session that has just been given back, with the lock in it
            return found

        monkeypatch.setattr(backend, "to_apply", to_apply)
        with pytest.raises(MessengerError, match="a pooler has changed the session, and nothing was done"):
            backend.apply_migrations(pending)
    assert database.tables() == set()
    assert capsys.readouterr().out == ""
