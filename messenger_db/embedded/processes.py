"""The processes of a server that are visible here. What cannot be seen counts as alive: the lock decides."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil


def postmaster(cluster: str, uid: int) -> int | None:
    """Return the process that the server's other processes come from; None where none is visible."""
    for process in _children(cluster, uid):
        with suppress(psutil.Error):
            parent = process.parent()
            if parent and parent.name() == "postgres":
                return int(parent.pid)
    return None


def end_orphans(cluster: str, uid: int) -> None:
    """End the sessions that outlived a killed server: next to a new one they would ruin the data."""
    for process in _children(cluster, uid):
        with suppress(psutil.Error):
            parent = process.parent()
            if not (parent and parent.name() == "postgres"):
                process.kill()  # a frozen one, too; it shares nothing with the next server


def end_server_of_deleted(data: Path, uid: int) -> None:
    """End the server whose folder of data was deleted from under it, where it is visible.

    Where it is not, PostgreSQL notices within a minute that its pid file is gone, and ends.
    """
    for process in _postgres(uid):
        with suppress(psutil.Error, OSError):
            # The kernel's word: another namespace may have other data at this path.
            is_deleted = os.readlink(f"/proc/{process.pid}/cwd") == f"{data} (deleted)"  # noqa: PTH115 (not a path)
            parent = process.parent()
            if is_deleted and not (parent and parent.name() == "postgres"):
                process.send_signal(signal.SIGQUIT)


def exists(pid: int) -> bool:
    """Return whether that process exists here, whatever it runs."""
    return psutil.pid_exists(pid)


def is_postgres(pid: int, uid: int) -> bool:
    """Return whether that process is PostgreSQL and runs as that user."""
    return any(process.pid == pid for process in _postgres(uid))


def is_frozen(pid: int | None) -> bool:
    """Return whether a signal has stopped a process, as SIGSTOP does."""
    with suppress(psutil.Error):
        return bool(pid and psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    return False


def _children(cluster: str, uid: int) -> Iterator[psutil.Process]:
    for process in _postgres(uid):
        with suppress(psutil.Error):
            # Anybody can read a title; the working directory of another user's process needs CAP_SYS_PTRACE.
            if " ".join(process.cmdline()).startswith(f"postgres: {cluster}: "):
                yield process


def _postgres(uid: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and process.uids().real == uid:
                yield process
