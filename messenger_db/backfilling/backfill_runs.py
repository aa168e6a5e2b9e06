"""A run of a backfill: one session at a time, from where the last one ended, at a pace that others can live with."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from messenger_db import settings
from messenger_db.advisory_locks import POLL_SECONDS, backfill_lock
from messenger_db.backfilling import backfill_records
from messenger_db.backfilling.backfill_files import FOLDER, Backfill
from messenger_db.backfilling.batches import Column, Fill, texts
from messenger_db.backfilling.pacing import FIRST_ROWS
from messenger_db.backfilling.progress_line import ProgressLine
from messenger_db.backfilling.short_transactions import Step
from messenger_db.backfilling.throttle import Throttle
from messenger_db.connection import Target
from messenger_db.errors import MessengerError, details_of, printable, reason_of
from messenger_db.sql import QUERIES

STOP, SKIP = "stop", "skip"

# Rows whose keys are printed.
MOST_NAMED = 10


class Taken(NamedTuple):
    """What the steps of a run did: the rows, the seconds of all, and those of the longest transaction."""

    rows: int
    seconds: float
    longest: float

    @property
    def time(self) -> str:
        """How long it took, for people."""
        return f"in {self.seconds:.1f} s, longest batch {self.longest:.2f} s"


def run(connection: Connection, target: Target, backfill: Backfill, *, skip: bool) -> None:
    """Run a backfill to its end, or wait for the process that does; return at once where it is complete.

    `skip` leaves out rows that cannot be changed, and says so at the end.

    Raises MessengerError, with what was done kept, when it stops at a row or leaves one out, when the server refuses
    something or is gone, and when the file is not the one it began with.
    """
    with explained(connection, target, backfill.id), _in_turn(connection, target, backfill):
        fill = start(connection, backfill, skip=skip)
        if fill:
            _finish(fill, connection, target)


def leaves_out(word: str) -> bool:
    """Return what ON_ERROR says of a row that cannot be changed. Raises MessengerError for another word."""
    if word not in (STOP, SKIP):
        raise MessengerError(f"ON_ERROR={word} is not stop or skip: set ON_ERROR=skip, or leave it out")
    return word == SKIP


def start(connection: Connection, backfill: Backfill, *, skip: bool = False) -> Fill | None:
    """Return the run of a backfill, whose lock the connection holds; None where it is complete.

    Raises MessengerError where its header does not fit the database.
    """
    backfill_records.create(connection)
    record = backfill_records.records(connection).get(backfill.id)
    if record and record.checksum != backfill.checksum:
        _accept_changed(connection, backfill)
    if record and record.completed_at:
        return None
    key = _key(connection, backfill)
    if not record:
        _record_start(connection, backfill, key)
        record = backfill_records.records(connection)[backfill.id]
    return Fill(connection, backfill, record, key, skip=skip)


def take_steps(
    step: Callable[[], Step | None], connection: Connection, throttle: Throttle, progress: ProgressLine
) -> Taken:
    """Take all steps there are, with the pause after each, and with others while the server is behind."""
    started, rows, longest = time.monotonic(), 0, 0.0
    try:
        with connection.cursor() as cursor:
            while taken := step():
                rows += taken.rows
                longest = max(longest, taken.seconds)
                progress.add(taken.rows)
                time.sleep(taken.pause)
                throttle.wait(cursor, progress.tell)
    finally:
        progress.close()
    return Taken(rows, time.monotonic() - started, longest)


def _finish(fill: Fill, connection: Connection, target: Target) -> None:
    backfill = fill.backfill
    record = backfill_records.records(connection)[backfill.id]
    progress = ProgressLine(backfill.id, record.rows_expected, record.rows_done)
    taken = take_steps(fill.step, connection, Throttle(backfill.table), progress)
    if fill.left:
        raise _left(fill, target)
    print(f"filled {printable(backfill.id)}: {taken.rows:,} rows {taken.time}", flush=True)


def _left(fill: Fill, target: Target) -> MessengerError:
    shown = [printable(f"{fill.named(row.key)}: {row.reason}") for row in fill.left[:MOST_NAMED]]
    if len(fill.left) > MOST_NAMED:
        shown.append(f"and {len(fill.left) - MOST_NAMED} more: see rows_left in {backfill_records.TABLE}")
    rows = "1 row was" if len(fill.left) == 1 else f"{len(fill.left)} rows were"
    return MessengerError(
        f"{target}: {fill.backfill.id} is done but for what was left out, and {rows}: correct them, then run it again, "
        "which takes only those",
        *shown,
    )


@contextmanager
def explained(connection: Connection, target: Target, name: str) -> Iterator[None]:
    """Raise MessengerError where the server refuses something or is gone: what was done by then is kept."""
    try:
        yield
    except psycopg2.Error as error:
        kept, details = "what was done is kept, and the next run goes on from there", details_of(error)
        if connection.closed:
            kept, details = f"the connection was lost; {kept}", []
        raise MessengerError(f"{target}: {name} failed: {reason_of(error)} ({kept})", *details) from None


@contextmanager
def _in_turn(connection: Connection, target: Target, backfill: Backfill) -> Iterator[None]:
    """Hold the lock of a backfill, waiting for whoever has it as long as they get on.

    Raises MessengerError, naming the holder, when the cursor has not moved for MIGRATION_WAIT_SECONDS.
    """
    lock = backfill_lock(backfill.id)
    patience = settings.number("MIGRATION_WAIT_SECONDS")
    deadline, seen, told = time.monotonic() + patience, None, False
    while not lock.acquired(connection, target):
        holder = lock.holder(connection, target)
        record = backfill_records.records(connection).get(backfill.id)
        if record != seen:
            deadline, seen = time.monotonic() + patience, record
        if time.monotonic() > deadline:
            raise MessengerError(
                f"{holder} is running {backfill.id} on {target}, and does not get on: wait for it, or end it, then try "
                "again"
            )
        if not told:
            print(f"waiting: {holder} is running {printable(backfill.id)} on {target}", flush=True)
            told = True
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        lock.release(connection, target)


def _accept_changed(connection: Connection, backfill: Backfill) -> None:
    if backfill.id not in settings.value("ACCEPT").split(","):
        raise MessengerError(
            f"{FOLDER}/{backfill.path.name} has changed since it was begun: restore it, and write the change as a new "
            f"backfill; or go on with the file as it is with ACCEPT={backfill.id}"
        )
    with connection.cursor() as cursor:
        QUERIES["backfills.record_changed_file"].execute(cursor, id=backfill.id, sha256=backfill.checksum)


def _key(connection: Connection, backfill: Backfill) -> list[Column]:
    """Return the columns of the table's primary key. Raises MessengerError where the header says something else."""
    name = f"{FOLDER}/{backfill.path.name}"
    with connection.cursor() as cursor:
        QUERIES["backfills.key"].execute(cursor, table=backfill.table)
        key = [Column(*row) for row in cursor]
        if not key:
            raise MessengerError(
                f"{name} is for the table {backfill.table}, which is not here or has no primary key: correct -- table:"
            )
        if tuple(column.name for column in key) != backfill.key:
            raise MessengerError(
                f"{name} goes by {', '.join(backfill.key)}, but the primary key of {backfill.table} is "
                f"{', '.join(column.name for column in key)}: correct -- key:"
            )
        if backfill.trigger:
            QUERIES["backfills.has_trigger"].execute(cursor, table=backfill.table, trigger=backfill.trigger)
            if cursor.fetchone() != (True,):
                raise MessengerError(
                    f"{name} relies on the trigger {backfill.trigger}, which does not fire for each new row of "
                    f"{backfill.table} here: create or enable it first"
                )
    return key


def _record_start(connection: Connection, backfill: Backfill, key: list[Column]) -> None:
    """Record that a backfill begins, and the largest key: rows that come later are covered."""
    if backfill.is_covered_by_application:
        _wait_for_writers(connection, backfill)
    table = sql.Identifier(backfill.table)
    descending = sql.SQL(", ").join(sql.SQL("{} DESC").format(sql.Identifier("filled", column.name)) for column in key)
    with connection.cursor() as cursor:
        QUERIES["backfills.largest_key"].naming(texts=texts(key), table=table, descending=descending).execute(cursor)
        last_key = cursor.fetchone()
        QUERIES["backfills.expected_rows"].naming(table=table).execute(cursor)
        [([plan],)] = cursor.fetchall()
        QUERIES["backfills.record_start"].execute(
            cursor,
            id=backfill.id,
            depends=backfill.depends,
            sha256=backfill.checksum,
            last_key=list(last_key) if last_key else None,
            rows=plan["Plan"]["Plan Rows"],
            batch_rows=FIRST_ROWS,
        )


def _wait_for_writers(connection: Connection, backfill: Backfill) -> None:
    """Wait until all transactions have ended that have written to the table: their rows may not be covered.

    A default or a trigger needs no waiting: creating it did wait for them.
    """
    with connection.cursor() as cursor:
        QUERIES["backfills.writers"].execute(cursor, table=backfill.table)
        writers = set(cursor.fetchall())
        told = False
        while writers:
            time.sleep(POLL_SECONDS)
            QUERIES["backfills.writers"].execute(cursor, table=backfill.table)
            writers &= set(cursor.fetchall())
            if writers and not told:
                print(f"waiting for transactions that have written to {backfill.table}", flush=True)
                told = True
