"""make seed when its server is killed or its disk is full: one line, no row, an exit status that is not 0."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import children
import psycopg
import pytest
from workflow.checkouts import refusal

from messenger_db.embedded.server import Server

pytestmark = pytest.mark.xdist_group("lost_server")  # one worker starts the server

ROOT = Path(__file__).parents[2]

# Keeps COPY busy until the server is killed.
SLOW = """
    CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON users FOR EACH ROW
        WHEN (NEW.username NOT IN ('alice', 'bob', 'charlie', 'diana')) EXECUTE FUNCTION be_slow();
"""


@contextmanager
def new_server(folder: Path) -> Iterator[Server]:
    """A server of the test's own, with the schema in its database postgres."""
    server = Server(folder, {"fsync": "off", "autovacuum": "off"})
    try:
        server.start()
        yoyo = [str(Path(sys.executable).with_name("yoyo")), "apply", "--batch"]
        subprocess.run(yoyo, cwd=ROOT, env=environment(server), capture_output=True, check=True)
        yield server
    finally:
        server.remove()


def environment(server: Server, **options: str) -> dict[str, str]:
    return os.environ | options | {"DATABASE_URL": server.url("postgres"), "CONFIRM": "postgres"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with new_server(Path(tempfile.mkdtemp(prefix="messenger-db-tests-"))) as server:
        with psycopg.connect(server.url("postgres")) as db:
            db.execute(SLOW)
        yield server


def start_seeding(server: Server, **options: str) -> subprocess.Popen[str]:
    return children.start((sys.executable, "-m", "seeds"), cwd=ROOT, env=environment(server, **options))


def busy_process(db: psycopg.Connection, statement: str) -> int:
    """Wait until the server is in the middle of such a statement; return the process that executes it."""
    busy = "SELECT pid FROM pg_stat_activity WHERE starts_with(query, %s) AND wait_event = 'PgSleep'"
    children.until(lambda: db.execute(busy, [statement]).rowcount)
    [(pid,)] = db.execute(busy, [statement]).fetchall()
    return int(pid)


def only_line(process: subprocess.Popen[str], begins: str = "messenger-db: nothing was ") -> str:
    done = children.finished(process)
    assert (done.returncode, done.stdout) == (1, "")
    line = refusal(done)
    assert line.startswith(begins)
    return line


@pytest.mark.parametrize(
    ("killed", "words"),
    [
        ("session", "the server runs, and has ended this session"),
        ("session's process", "the server "),
        ("server", "the server has ended: cannot connect"),
    ],
)
def test_a_killed_server(server: Server, killed: str, words: str) -> None:
    server.start()
    with psycopg.connect(server.url("postgres"), autocommit=True) as db:
        process = start_seeding(server)
        try:
            pid = busy_process(db, "COPY")
            if killed == "session":
                # From now on the server warns each session that it lets in, as it does when it ends one at once.
                db.execute("UPDATE pg_database SET datcollversion = 'another'")
                db.execute("SELECT pg_terminate_backend(%s)", [pid])
            elif killed == "server":
                assert server.pid
                os.kill(server.pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
            assert words in only_line(process)
        finally:
            server.stop()
            server.start()
            with psycopg.connect(server.url("postgres"), autocommit=True) as again:
                again.execute("UPDATE pg_database SET datcollversion = NULL")
                users = again.execute("SELECT FROM users").rowcount
    assert users == 0


# With a user in it the database keeps its constraints, and a trigger can be pending until the commit.
SLOW_COMMIT = """
    ALTER TABLE users DISABLE TRIGGER slow;
    INSERT INTO users (username, password_hash) VALUES ('somebody', '$2b$12$' || repeat('x', 53));
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON contacts DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION be_slow();
"""


def test_a_commit_whose_end_is_not_known(server: Server) -> None:
    server.start()
    with psycopg.connect(server.url("postgres"), autocommit=True) as db:
        db.execute(SLOW_COMMIT)
        try:
            process = start_seeding(server, MESSAGES="100", USERS="10", SEED="3")
            os.kill(busy_process(db, "COMMIT"), signal.SIGKILL)
            line = only_line(process, "messenger-db: the commit did not end")
            assert "has either all rows or none" in line
            assert "whether SEED=3 is there" in line
        finally:
            server.stop()
            server.start()
            with psycopg.connect(server.url("postgres")) as again:
                again.execute("DROP TRIGGER slow ON contacts")
                again.execute("ALTER TABLE users ENABLE TRIGGER slow")
                again.execute("UPDATE users SET deleted_at = now()")
                assert again.execute("DELETE FROM users").rowcount == 1


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system on which a server fits and little else."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        pytest.skip("mounting a file system needs root, on Linux")
    folder = Path(tempfile.mkdtemp(prefix="messenger-db-tests-", dir="/tmp"))
    folder.chmod(0o755)
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=80m,mode=755", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mount.returncode:
        folder.rmdir()
        pytest.skip(f"mount: {mount.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


def test_a_full_disk(small_disk: Path) -> None:
    with new_server(small_disk / "server") as server:
        line = only_line(start_seeding(server, MESSAGES="60000", USERS="300"))
        assert "disk is full" in line
