"""A command on each tenant of a database: the schemas that match TENANTS, the first one alone, then several at once."""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stdout
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import TextIOBase
from typing import Any, Generic, TextIO, TypeVar

import psycopg2

from messenger_db import settings
from messenger_db.backend import CURES, MessengerBackend, open_backend
from messenger_db.confirm import is_embedded
from messenger_db.connection import Target
from messenger_db.database_in_use import url_of_tenants
from messenger_db.errors import MessengerError, printable
from messenger_db.process_exit import line_of
from messenger_db.sql import QUERIES

Result = TypeVar("Result")

# Of the connections that the server has left, this part is taken unless TENANT_CONNECTIONS says otherwise.
SHARE_OF_CONNECTIONS = 4

# Tenants that are named in one line.
MOST_NAMED = 10

_tenant: ContextVar[str] = ContextVar("tenant", default="")


@dataclass
class TenantRun(Generic[Result]):
    """What became of each tenant, by its name."""

    target: Target
    names: list[str]
    done: dict[str, Result] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)

    @property
    def not_tried(self) -> list[str]:
        """The tenants that were left alone after another one had failed."""
        return [name for name in self.names if self.state(name) == "not tried"]

    @property
    def exit_status(self) -> int:
        """1 unless all tenants are done."""
        return 1 if self.failed or self.not_tried else 0

    def state(self, name: str) -> str:
        """Return what became of a tenant in a word or two, for programs."""
        if name in self.failed:
            return "failed"
        return "done" if name in self.done else "dropped" if name in self.dropped else "not tried"

    def print(self) -> None:
        """Print how many are done, and on stderr the others with the reasons."""
        print(f"{len(self.done):,} of {len(self.names):,} tenants of {self.target} are done")
        if self.exit_status:
            sys.stdout.flush()
            print(self.failure(), file=sys.stderr)

    def failure(self) -> MessengerError:
        """Return which tenants failed and which were not tried."""
        parts = [f"{some_of(self.failed)} failed"] if self.failed else []
        parts += [f"{some_of(self.not_tried)} not tried"] if self.not_tried else []
        return MessengerError(f"{' and '.join(parts)}: correct what is said above, then run it again")

    def as_json(self, details: Callable[[Result], dict[str, Any]] = lambda _: {}) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes, with the details of what is done."""
        return {
            "database": {"address": str(self.target)},
            "tenants": [
                {"schema": name, "state": self.state(name), "error": self.failed.get(name)}
                | (details(self.done[name]) if name in self.done else {})
                for name in self.names
            ],
        }


def some_of(names: Collection[str]) -> str:
    """Return how many tenants these are, with the names of the first ones."""
    shown = ", ".join(map(printable, list(names)[:MOST_NAMED]))
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"{len(names):,} {'tenant' if len(names) == 1 else 'tenants'} ({shown}{more})"


def on_each_tenant(
    pattern: str, work: Callable[[MessengerBackend], Result], *, goes_on: bool, changes: bool = True
) -> TenantRun[Result]:
    """Do the work on all schemas that match a LIKE pattern, and return what became of each.

    Work that `changes` something is done on the first one alone: where it fails, no other is touched. Then it is done
    on several at once, as TENANT_CONNECTIONS says; where one fails, the others are done all the same if `goes_on`, and
    otherwise those that have begun.

    Raises MessengerError where no schema matches, or not all the connections can be opened.
    """
    url = url_of_tenants()
    with ExitStack() as stack:
        first = stack.enter_context(open_backend(url, create=is_embedded(Target.from_url(url))))
        names = _matching(first, pattern)
        others = [
            stack.enter_context(open_backend(url, create=False))
            for _ in range(min(_connections(first), len(names) - 1) - 1)
        ]
        stack.enter_context(redirect_stdout(_NamedLines(sys.stdout)))
        run: TenantRun[Result] = TenantRun(first.target, names)
        waiting = deque(names)
        while changes and waiting and not (run.done or run.failed):  # one that was dropped shows nothing
            _Crew(url, work, run, deque([waiting.popleft()]), goes_on).take_turns(first)
        if not run.failed:
            crew = _Crew(url, work, run, waiting, goes_on)
            with ThreadPoolExecutor(max_workers=len(others) + 1) as threads:
                list(threads.map(crew.take_turns, [first, *others]))
    return run


def _matching(backend: MessengerBackend, pattern: str) -> list[str]:
    names = [name for (name,) in backend.run(QUERIES["tenants.matching"], pattern=pattern)]
    if not names:
        raise MessengerError(
            f"TENANTS={pattern} matches no schema of {backend.target}: correct the pattern, or CREATE SCHEMA first; "
            "public is a tenant only with TENANTS=public"
        )
    return names


def _connections(backend: MessengerBackend) -> int:
    """Return how many tenants are worked on at once."""
    if settings.value("TENANT_CONNECTIONS"):
        return settings.number("TENANT_CONNECTIONS")
    [(free,)] = backend.run(QUERIES["tenants.free_connections"]).fetchall()
    return max(1, min(2 * (os.cpu_count() or 1), int(free) // SHARE_OF_CONNECTIONS))


@dataclass
class _Crew(Generic[Result]):
    """Worker threads, each with a connection of its own, that take tenants in turn."""

    url: str
    work: Callable[[MessengerBackend], Result]
    run: TenantRun[Result]
    waiting: deque[str]
    goes_on: bool

    def take_turns(self, backend: MessengerBackend) -> None:
        """Do the work on tenants until none is waiting."""
        with ExitStack() as stack:
            while name := self._next():
                _tenant.set(name)
                try:
                    if backend.connection.closed:
                        backend = stack.enter_context(open_backend(self.url, create=False))
                    _enter(backend, name)
                    self.run.done[name] = self.work(backend)
                except Exception as error:
                    self._fail(backend, name, error)
        _tenant.set("")

    def _next(self) -> str | None:
        try:
            return self.waiting.popleft()
        except IndexError:
            return None

    def _fail(self, backend: MessengerBackend, name: str, error: Exception) -> None:
        """Note why a tenant failed, and say so. Raises a fault of ours again."""
        reason = str(error) if isinstance(error, MessengerError) else line_of(error)
        if reason is None:
            self.waiting.clear()
            raise error
        if _is_dropped(backend, name):
            self.run.dropped.append(name)
            print("was dropped meanwhile")
            return
        self.run.failed[name] = reason.removeprefix("messenger-db: ")
        if not self.goes_on:
            self.waiting.clear()
        print(f"messenger-db: {printable(name)}: {self.run.failed[name]}", file=sys.stderr, flush=True)


def _enter(backend: MessengerBackend, name: str) -> None:
    """Go on in the schema of a tenant. Raises MessengerError where it is not there for the role."""
    backend.enter(name)
    if backend.run(QUERIES["tenants.is_usable"]).fetchone() != (True,):
        raise MessengerError(f"{backend.target}: {CURES['3F000']}")


def _is_dropped(backend: MessengerBackend, name: str) -> bool:
    try:
        return backend.run(QUERIES["tenants.exists"], name=name).fetchone() == (False,)
    except (MessengerError, psycopg2.Error):
        return False  # the connection is gone, too


class _NamedLines(TextIOBase):
    """Standard output that is written line by line, with the tenant before each line of its thread."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._begun: dict[str, str] = {}

    def write(self, text: str) -> int:
        """Write the lines that the text ends, and keep what is behind them."""
        tenant = _tenant.get()
        name = f"{printable(tenant)}: " if tenant else ""
        with self._lock:
            *lines, self._begun[tenant] = (self._begun.get(tenant, "") + text).split("\n")
            self._stream.write("".join(f"{name}{line}\n" for line in lines))
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()
