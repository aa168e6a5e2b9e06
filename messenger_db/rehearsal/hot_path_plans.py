"""The plans of the hot paths and the pages that they touch, before a migration and after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from messenger_db.errors import reason_of
from messenger_db.hot_paths import hot_path, names
from messenger_db.rehearsal.mix import MIX, SELDOM, Caller, execute_statement, prepare_statement
from messenger_db.scratch_schema import rolled_back
from messenger_db.sql import QUERIES

# Hot paths that are called for people of the world; the others are prepared only, which finds a missing column.
CALLED = ("send_message", *MIX, *SELDOM)
PEOPLE = 5


@dataclass(frozen=True)
class PathPlan:
    """How a hot path ran: the pages of a call (None where it was not called), its scans, the server's error if any."""

    pages: int | None
    scans: tuple[str, ...]
    error: str | None


def plans(connection: Connection, callers: Sequence[Caller]) -> dict[str, PathPlan]:
    """Return for each hot path how it runs now, by a plan that serves everybody. Nothing is changed."""
    if connection.autocommit:
        with rolled_back(connection):
            return plans(connection, callers)
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT plans")
        found = {name: _plan(cursor, name, callers[-PEOPLE:]) for name in names()}
        cursor.execute("DEALLOCATE ALL")
    return found


def _plan(cursor: Cursor, name: str, callers: Sequence[Caller]) -> PathPlan:
    try:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(prepare_statement(hot_path(name)))
        if name not in CALLED or not callers:
            return PathPlan(None, (), None)
        calls = [execute_statement(cursor, name, caller) for caller in callers]
        cursor.execute(f"EXPLAIN (FORMAT JSON) {calls[0]}")
        [(plan,)] = cursor.fetchall()
        return PathPlan(round(median(_pages(cursor, call) for call in calls)), tuple(sorted(set(_scans(plan)))), None)
    except psycopg2.Error as error:
        return PathPlan(None, (), reason_of(error))
    finally:
        cursor.execute("ROLLBACK TO SAVEPOINT plans")


def _scans(plan: Any) -> Iterator[str]:
    """Yield the scans of a plan, as EXPLAIN names them."""
    match plan:
        case list():
            for each in plan:
                yield from _scans(each)
        case {"Node Type": str(kind), "Relation Name": str(table), "Index Name": str(index)}:
            yield f"{kind} using {index} on {table}"
        case {"Node Type": str(kind), "Relation Name": str(table)} if "Scan" in kind:
            yield f"{kind} on {table}"
        case {"Node Type": "Bitmap Index Scan", "Index Name": str(index)}:
            yield f"Bitmap Index Scan on {index}"
    if isinstance(plan, dict):
        yield from _scans(plan.get("Plans", plan.get("Plan", [])))


def _pages(cursor: Cursor, call: str) -> int:
    """Return how many pages a call touches that is not the first of its session."""
    pages = 0
    cursor.execute("SAVEPOINT call")
    for _ in range(2):
        before = _pages_so_far(cursor)
        cursor.execute(call)
        pages = _pages_so_far(cursor) - before
        cursor.execute("ROLLBACK TO SAVEPOINT call")
    return pages


def _pages_so_far(cursor: Cursor) -> int:
    QUERIES["rehearsal.pages"].execute(cursor)
    [(pages,)] = cursor.fetchall()
    return int(pages or 0)
