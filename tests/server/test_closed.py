"""The embedded server is closed to others, and goes on by itself."""

import os
import stat

import psutil
import psycopg
import pytest
from workflow.checkouts import Checkout, succeeded
from workflow.databases import contents

from .processes import postmaster


def test_the_folder_is_closed_to_others(started: Checkout) -> None:
    assert stat.S_IMODE(started.server_home.stat().st_mode) == 0o700
    assert stat.S_IMODE((started.server_home / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((started.server_home / "password").stat().st_mode) == 0o600


def test_the_socket_is_in_the_closed_folder_alone(started: Checkout) -> None:
    with psycopg.connect(started.url()) as db:
        assert db.execute("SHOW unix_socket_directories").fetchone() == (f'"{started.server_home}"',)


def test_tcp_is_on_loopback_alone(started: Checkout) -> None:
    listening = [each for each in postmaster(started).net_connections("inet") if each.status == psutil.CONN_LISTEN]
    assert {each.laddr.ip for each in listening} == {"127.0.0.1"}
    assert {str(each.laddr.port) for each in listening} == {(started.server_home / "port").read_text()}


def test_tcp_wants_the_generated_password(started: Checkout) -> None:
    place = f"host=127.0.0.1 port={(started.server_home / 'port').read_text()} user=postgres"
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(place)
    for wrong in ("postgres", "password"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(place, password=wrong)
    password = (started.server_home / "password").read_text()
    assert len(password) >= 24
    psycopg.connect(place, password=password).close()


def test_the_password_is_in_no_command_line(started: Checkout) -> None:
    password = (started.server_home / "password").read_text()
    assert not any(password in word for process in started.processes() for word in process.cmdline())


def test_it_has_a_session_of_its_own(started: Checkout) -> None:
    pid = postmaster(started).pid
    assert os.getsid(pid) == pid


def test_it_survives_the_terminal_that_started_it(stopped: Checkout) -> None:
    status, shown = stopped.at_terminal("", "make", "db-up")
    assert status == 0, shown
    pid = postmaster(stopped).pid
    assert "users" in contents(stopped.url())
    assert postmaster(stopped).pid == pid


def test_it_runs_as_the_owner_of_its_folder_and_never_as_root(started: Checkout) -> None:
    uids = {uid for process in started.processes() for uid in process.uids()}
    assert uids == {started.server_home.stat().st_uid}
    assert 0 not in uids


def test_a_second_start_finds_the_first(started: Checkout) -> None:
    pid = postmaster(started).pid
    succeeded(started.make("db-up"))
    assert postmaster(started).pid == pid
