"""The sessions beside a migration: the mission's mix of hot paths, and a reader and a writer for each table."""

from collections.abc import Collection, Sequence
from itertools import accumulate
from random import Random
from typing import Any

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from messenger_db.hot_paths import hot_path
from messenger_db.rehearsal.mix import MIX, SENDS, Caller, execute_statement, prepare_statement
from messenger_db.rehearsal.traffic import Call, Session
from messenger_db.sql import QUERIES

# Calls of the whole mix.
EVERY_SECOND = SENDS + sum(MIX.values())

READER, WRITER, HOT_PATH = "readers", "writers", "hot path"

# The sessions of the mix: as many as are needed for it, as each has to plan all of it first.
SESSIONS = 8
# How often each table's reader and writer look whether they are let in.
PROBE_SECONDS = 0.02

# Rows of a page that a probe aims at: every page of these tables that is full has more.
ROWS_PER_PAGE = 10


def mix_sessions(callers: Sequence[Caller], working: Collection[str]) -> list[Session]:
    """Return the sessions of the mission's load; none where there is nobody to call for.

    Only hot paths that are `working` are called: others may wait for the migration that is rehearsed.
    """
    rates = {name: rate for name, rate in {"send_message": SENDS, **MIX}.items() if name in working}
    if not callers or not rates:
        return []
    names, limits = list(rates), list(accumulate(rates.values()))
    prepared = (prepare_statement(hot_path(name)).rstrip().rstrip(";") for name in names)
    prepare = ";".join(["SET plan_cache_mode = force_generic_plan", *prepared])
    # The same calls in each rehearsal.
    random = Random("mix")  # noqa: S311 (a load needs no secret randomness)

    def next_call(cursor: Any) -> Call:
        [name] = random.choices(names, cum_weights=limits)
        return Call(HOT_PATH, name, execute_statement(cursor, name, random.choice(callers)))

    return [Session(SESSIONS / EVERY_SECOND, next_call, prepare) for _ in range(SESSIONS)]


def probe_sessions(connection: Connection) -> list[Session]:
    """Return a reader and a writer for each table, who take a row at random; the writer leaves it as it was.

    They find it by its place: that needs no index, key or column which a migration could be about.
    """
    with connection.cursor() as cursor:
        QUERIES["rehearsal.probed_tables"].execute(cursor)
        tables = cursor.fetchall()
    return [
        _probe(kind, name, pages, column)
        for name, pages, column in tables
        for kind in (READER, WRITER)
        if kind == READER or column
    ]


def _probe(kind: str, table: str, pages: int, column: str) -> Session:
    form = (
        "SELECT FROM {table} WHERE ctid = %s"
        if kind == READER
        else ("UPDATE {table} SET {column} = {column} WHERE ctid = %s")
    )
    statement = sql.SQL(form).format(table=sql.Identifier(table), column=sql.Identifier(column or ""))
    random = Random(f"{kind} {table}")  # noqa: S311 (as above)

    def next_call(cursor: Any) -> Call:
        place = f"({random.randrange(max(pages, 1))},{random.randint(1, ROWS_PER_PAGE)})"
        return Call(kind, table, cursor.mogrify(statement, [place]).decode())

    return Session(PROBE_SECONDS, next_call, is_over_at_error=True)
