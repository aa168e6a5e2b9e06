"""The statements an application runs all day, one parameterised .sql file each.

Each file begins with its name, as pgtyped and aiosql read it, and a header: what it is for, then one field a line:
Parameters, Returns, Nullable (which of its columns may be NULL), Indexes, Pages, Locks, Errors. Parameters are written
`:name`, as aiosql, pgtyped, SQLAlchemy's text(), psql and pgbench take them.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, overload
from uuid import UUID

import aiosql
from aiosql.types import SQLOperationType

from messenger_db.hot_paths.statements import ROW_CLASSES, AsyncStatements, Statements

# The statements that are others where chats are sharded (docs/clusters.md), and one that is needed there alone.
_SHARDED = Path(str(files("messenger_db"))) / "hot_paths_sharded"

_FIELD = re.compile(r"^([A-Z][a-z]+): ")


@dataclass(frozen=True)
class HotPath:
    """A statement with its header: `purpose`, and `fields` by name, such as Returns and Pages.

    `sql` begins with the line that names it for aiosql.
    """

    name: str
    sql: str
    purpose: str
    fields: dict[str, str]

    @cached_property
    def _query(self) -> Any:
        return getattr(aiosql.from_str(self.sql, "psycopg", mandatory_parameters=False), self.name)

    @property
    def for_psycopg(self) -> str:
        """The statement with its parameters as psycopg takes them: `%(name)s`."""
        statement: str = self._query.sql
        return statement

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters, each once, in the order in which they come."""
        return [name for name in self._query.__signature__.parameters if name != "self"]

    @property
    def is_one_row(self) -> bool:
        """Whether it returns one row at most."""
        return bool(self._query.operation == SQLOperationType.SELECT_ONE)

    @property
    def row_class(self) -> str:
        """The name of the class of its rows, in `messenger_db.hot_paths.statements`."""
        return "".join(word.capitalize() for word in self.name.split("_")) + "Row"

    @property
    def nullable(self) -> set[str]:
        """The columns that may be NULL."""
        return set(self.fields["Nullable"].split(", ")) - {"none"}

    @property
    def indexes(self) -> set[str]:
        """The indexes that its plan may use, `*` for any end; those that keys are checked with are not named."""
        return set(self.fields["Indexes"].split(", "))

    def pages(self, **counts: int) -> int:
        """Return the most pages a call touches, its foreign keys' checks included, whatever the size of the database.

        `counts` says how many there are of what the bound depends on, such as recipient=10. Raises KeyError when one of
        them is missing.
        """
        base, *terms = (term.partition(" ") for term in self.fields["Pages"].split(" + "))
        return int(base[0]) + sum(
            int(each) * counts[unit.removeprefix("a ").removeprefix("an ").replace(" ", "_")] for each, _, unit in terms
        )


class FoldPresenceRow(NamedTuple):
    """A row of fold_presence."""

    user_id: UUID
    status: str
    last_seen_at: datetime


class ShardedStatements(Statements, Protocol):
    """What queries() returns for psycopg and psycopg2 where chats are sharded."""

    def fold_presence(self, conn: Any, *, heard_after: datetime) -> Iterator[FoldPresenceRow]:
        """Bring users and their sessions up to their heartbeats."""


class AsyncShardedStatements(AsyncStatements, Protocol):
    """What queries() returns for asyncpg and apsycopg where chats are sharded."""

    def fold_presence(self, conn: Any, *, heard_after: datetime) -> AsyncIterator[FoldPresenceRow]:
        """Bring users and their sessions up to their heartbeats."""


@overload
def queries(driver: Literal["psycopg", "psycopg2"], *, sharded: Literal[False] = False) -> Statements: ...
@overload
def queries(driver: Literal["apsycopg", "asyncpg"], *, sharded: Literal[False] = False) -> AsyncStatements: ...
@overload
def queries(driver: Literal["psycopg", "psycopg2"], *, sharded: Literal[True]) -> ShardedStatements: ...
@overload
def queries(driver: Literal["apsycopg", "asyncpg"], *, sharded: Literal[True]) -> AsyncShardedStatements: ...
def queries(driver: str, *, sharded: bool = False) -> Statements | AsyncStatements:
    """Return all hot paths as functions for a driver, by the name that aiosql has for it.

    Each takes a connection, whose rows are tuples, and its parameters by name, and returns rows of named fields:
    `queries("psycopg").send_message(connection, chat_id=..., ...)`. With `sharded`, they are those for a messenger that
    make db-distribute has sharded by chat: they are called alike and return the same.
    """
    loaded: Any = aiosql.from_path(Path(str(files(__name__))), driver, record_classes=ROW_CLASSES)
    if sharded:
        classes = {**ROW_CLASSES, "FoldPresenceRow": FoldPresenceRow}
        others = aiosql.from_path(_SHARDED, driver, record_classes=classes)
        for name in sharded_names():
            setattr(loaded, name, getattr(others, name))
    typed: Statements | AsyncStatements = loaded
    return typed


@cache
def names() -> list[str]:
    """Return the names of all hot paths."""
    return sorted(path.name.removesuffix(".sql") for path in files(__name__).iterdir() if path.name.endswith(".sql"))


@cache
def sharded_names() -> list[str]:
    """Return the names of those that are others where chats are sharded."""
    return sorted(path.stem for path in _SHARDED.glob("*.sql"))


@cache
def hot_path(name: str, *, sharded: bool = False) -> HotPath:
    """Return the hot path of `<name>.sql`; with `sharded`, what is called in its place where chats are sharded."""
    folder = _SHARDED if sharded and name in sharded_names() else files(__name__)
    sql = folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")
    _at_name, _dash_name, _record_class, *lines = sql.splitlines()
    header = takewhile(lambda line: line.startswith("--"), lines)
    return HotPath(name, sql, *_header([line.removeprefix("--").strip() for line in header]))


def _header(lines: list[str]) -> tuple[str, dict[str, str]]:
    texts = {"": ""}
    field = ""
    for line in lines:
        if match := _FIELD.match(line):
            field = match[1]
            texts[field] = line[match.end() :]
        else:
            texts[field] = f"{texts[field]} {line}".strip()
    return texts.pop(""), texts
