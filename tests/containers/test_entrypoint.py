"""The container's entrypoint, run as a container runs it."""

import os
import signal
import socket
import subprocess
import threading
import time
from urllib.parse import quote

import psutil
import pytest
from children import LIMIT_SECONDS, until
from workflow.checkouts import NEWEST, ROOT
from workflow.databases import Database

from messenger_db.embedded.server import Server
from messenger_db.numbering import id_after, ids

from .images import Done, Image

SLOW = id_after(NEWEST, "slow")


def tcp(server: Server, password: str | None = None) -> str:
    secret = password or server.password_file.read_text()
    return f"postgresql://postgres:{quote(secret)}@127.0.0.1:{server.port}/messenger"


def nobody() -> str:
    """Return the URL of a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"postgresql://postgres@127.0.0.1:{free.getsockname()[1]}/messenger"


def refusal(done: Done) -> str:
    """Return the one line with which it must have failed, its command not run."""
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("messenger-db: ")
    return line


def test_a_server_that_starts_late_is_waited_for(image: Image, server: Server) -> None:
    entrypoint = image.popen("echo", "here", DATABASE_URL=tcp(server), RUN_MIGRATIONS="true")
    assert entrypoint.stderr
    said = entrypoint.stderr.readline()
    assert (
        said == f"waiting for database messenger on 127.0.0.1 port {server.port}, up to 60 s (DATABASE_WAIT_SECONDS)\n"
    )
    server.start()
    out, err = entrypoint.communicate(timeout=LIMIT_SECONDS)
    assert (entrypoint.returncode, err) == (0, "")
    assert f"applied {NEWEST}" in out
    assert out.endswith("\nhere\n")


def test_a_missing_socket_is_waited_for(image: Image, server: Server) -> None:
    entrypoint = image.popen("echo", "here", DATABASE_URL=server.url("postgres"))
    assert entrypoint.stderr
    assert "waiting for" in entrypoint.stderr.readline()
    server.start()
    assert entrypoint.communicate(timeout=LIMIT_SECONDS) == ("here\n", "")


def test_waiting_is_bounded(image: Image) -> None:
    begun = time.monotonic()
    done = image.run("echo", "here", DATABASE_URL=nobody(), DATABASE_WAIT_SECONDS="1")
    assert (done.returncode, done.stdout) == (1, "")
    waiting, line = done.stderr.splitlines()
    assert "up to 1 s" in waiting
    assert line.startswith("messenger-db: cannot connect to database messenger on 127.0.0.1")
    assert "Connection refused" in line
    assert 1 < time.monotonic() - begun < 20


def test_a_server_that_is_starting_up_is_waited_for(image: Image) -> None:
    """A recovery long enough to meet is hard to bring about: a socket answers as PostgreSQL does meanwhile."""
    fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
    answer = b"E" + (len(fields) + 4).to_bytes(4) + fields
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_all() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)

        thread = threading.Thread(target=answer_all)
        thread.start()
        url = (
            f"postgresql://postgres@127.0.0.1:{listener.getsockname()[1]}/messenger?sslmode=disable&gssencmode=disable"
        )
        done = image.run("true", DATABASE_URL=url, DATABASE_WAIT_SECONDS="1")
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    waiting, line = done.stderr.splitlines()
    assert waiting.startswith("waiting for")
    assert "starting up" in line


def test_a_wrong_password_is_not_waited_for(image: Image, server: Server) -> None:
    server.start()
    line = refusal(image.run("echo", "here", DATABASE_URL=tcp(server, "wrong"), RUN_MIGRATIONS="true"))
    assert "password authentication failed" in line
    assert "wrong" not in line


def test_a_missing_url_is_not_waited_for(image: Image) -> None:
    assert "DATABASE_URL is not set" in refusal(image.run("echo", "here"))


def test_a_bound_that_is_no_number_is_refused(image: Image) -> None:
    line = refusal(image.run("echo", "here", DATABASE_URL=nobody(), DATABASE_WAIT_SECONDS="1m"))
    assert "DATABASE_WAIT_SECONDS=1m" in line


def test_true_applies_the_migrations(image: Image, database: Database) -> None:
    done = image.run("echo", "here", DATABASE_URL=database.url(), RUN_MIGRATIONS="true")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"applied {NEWEST}" in done.stdout
    assert "users" in database.tables()


def test_a_second_start_finds_nothing_to_apply(image: Image, database: Database) -> None:
    image.run("true", DATABASE_URL=database.url(), RUN_MIGRATIONS="true")
    done = image.run("true", DATABASE_URL=database.url(), RUN_MIGRATIONS="true")
    assert "nothing to apply" in done.stdout


@pytest.mark.parametrize("setting", [{"RUN_MIGRATIONS": "false"}, {"RUN_MIGRATIONS": ""}, {}], ids=str)
def test_anything_less_applies_nothing(image: Image, database: Database, setting: dict[str, str]) -> None:
    done = image.run("echo", "here", DATABASE_URL=database.url(), **setting)
    assert (done.returncode, done.stdout, done.stderr) == (0, "here\n", "")
    assert database.tables() == set()


@pytest.mark.parametrize("word", ["yes", "1", "TRUE"])
def test_another_word_is_refused(image: Image, database: Database, word: str) -> None:
    line = refusal(image.run("echo", "here", DATABASE_URL=database.url(), RUN_MIGRATIONS=word))
    assert f"RUN_MIGRATIONS={word}" in line
    assert database.tables() == set()


def test_a_missing_database_is_made(image: Image, missing: Database) -> None:
    assert image.run("true", DATABASE_URL=missing.url(), RUN_MIGRATIONS="true").returncode == 0
    assert "users" in missing.tables()


def test_a_missing_database_does_not_keep_the_command_from_running(image: Image, missing: Database) -> None:
    assert image.run("echo", "here", DATABASE_URL=missing.url()).stdout == "here\n"
    assert not missing.exists()


def test_the_command_does_not_run_when_migrations_fail(image: Image, database: Database, role: str) -> None:
    line = refusal(image.run("echo", "here", DATABASE_URL=database.url(user=role), RUN_MIGRATIONS="true"))
    assert "missing privilege" in line


def test_exit_status_and_arguments_pass_through(image: Image, database: Database) -> None:
    done = image.run("sh", "-c", 'echo "$@"; exit 7', "sh", "two words", "*", DATABASE_URL=database.url())
    assert (done.returncode, done.stdout) == (7, "two words *\n")


def test_the_command_takes_the_place_of_the_entrypoint(image: Image, database: Database) -> None:
    entrypoint = image.popen("sh", "-c", "echo $$; exec sleep 600", DATABASE_URL=database.url(), RUN_MIGRATIONS="true")
    assert entrypoint.stdout
    *_, pid = (entrypoint.stdout.readline() for _ in (*ids(ROOT / "migrations"), "the pid"))
    assert int(pid) == entrypoint.pid
    entrypoint.send_signal(signal.SIGTERM)
    assert entrypoint.wait(LIMIT_SECONDS) == -signal.SIGTERM


def test_a_signal_ends_the_waiting(image: Image) -> None:
    entrypoint = image.popen("echo", "here", DATABASE_URL=nobody())
    assert entrypoint.stderr
    entrypoint.stderr.readline()
    waiting = psutil.Process(entrypoint.pid).children()
    assert len(waiting) == 1
    entrypoint.send_signal(signal.SIGTERM)
    assert entrypoint.wait(LIMIT_SECONDS) == 143
    assert psutil.wait_procs(waiting, LIMIT_SECONDS)[1] == []


def test_a_signal_ends_a_migration_and_nothing_of_it_is_kept(image: Image, database: Database) -> None:
    (image.app / "migrations" / f"{SLOW}.sql").write_text(f"-- depends: {NEWEST}\nSELECT pg_sleep(600);\n")
    entrypoint = image.popen("echo", "here", DATABASE_URL=database.url(), RUN_MIGRATIONS="true")
    with database.connect() as db:
        sleeping = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        until(lambda: db.execute(sleeping.encode()).rowcount)
    entrypoint.send_signal(signal.SIGTERM)
    assert entrypoint.wait(LIMIT_SECONDS) == 143
    (image.app / "migrations" / f"{SLOW}.sql").write_text(f"-- depends: {NEWEST}\nSELECT pg_sleep(0);\n")
    again = image.run("echo", "here", DATABASE_URL=database.url(), RUN_MIGRATIONS="true")
    assert (again.returncode, again.stderr) == (0, "")
    assert NEWEST not in again.stdout
    assert f"applied {SLOW}" in again.stdout


def test_a_signal_ends_the_waiting_of_a_first_process_too(image: Image) -> None:
    """The kernel keeps signals without a handler from a container's process 1."""
    namespace = ("unshare", "--fork", "--pid", "--kill-child", *(() if os.geteuid() == 0 else ("--map-root-user",)))
    if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no process namespaces here")
    image.entrypoint = (*namespace, *image.entrypoint)
    unshare = image.popen("echo", "here", DATABASE_URL=nobody())
    assert unshare.stderr
    unshare.stderr.readline()
    (entrypoint,) = psutil.Process(unshare.pid).children()
    entrypoint.send_signal(signal.SIGTERM)
    assert unshare.wait(LIMIT_SECONDS) == 143
