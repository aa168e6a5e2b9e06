"""The backfills that a migration needs: it is refused until they are complete."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from messenger_db.backfilling import backfill_records
from messenger_db.backfilling.backfill_files import FOLDER, Backfill, beside, find, needs, read_backfills
from messenger_db.connection import Target
from messenger_db.errors import MessengerError, reason_of
from messenger_db.sql import QUERIES


class BackfillNeededError(MessengerError):
    """A migration that cannot be applied before a backfill is complete."""

    def __init__(self, line: str, backfill: Backfill) -> None:
        """Keep the backfill."""
        super().__init__(line)
        self.backfill = backfill


def needed(migration: Path) -> list[Backfill]:
    """Return the backfills that a migration needs. Raises MessengerError where the file of one is not there."""
    numbers = needs(migration)
    known = read_backfills(beside(migration.parent)) if numbers else {}
    found = {number: find(number, known) for number in numbers}
    for number, ids in found.items():
        if not ids:
            raise MessengerError(
                f"{migration.stem} needs backfill {number}, which is not in {FOLDER}/: restore its file"
            )
    return [known[ids[0]] for ids in found.values()]


def refuse_incomplete(connection: Connection, target: Target, migration: Path) -> None:
    """Raise BackfillNeededError when a migration needs a backfill that is not complete; one of no rows is.

    Raises MessengerError where its file is not there.
    """
    for backfill in needed(migration):
        record = backfill_records.records(connection).get(backfill.id)
        if record and record.completed_at:
            continue
        if _has_rows(connection, target, backfill):
            far = f"{record.fraction:.0%} done" if record else "not begun"
            raise BackfillNeededError(
                f"{migration.stem} needs backfill {backfill.id}, which is {far} on {target}: run make db-backfill "
                f"NAME={backfill.id}, then apply again; or set APPLY_BACKFILLS=1, which does both",
                backfill,
            )


def unmet(connection: Connection, target: Target, pending: Iterable[Path], applied: Collection[str]) -> Iterator[str]:
    """Yield a line for each of the pending migrations before which applying them would stop for a backfill.

    Raises MessengerError where its file is not there.
    """
    for migration in pending:
        later = [backfill for backfill in needed(migration) if backfill.depends not in applied]
        for backfill in later:
            yield (
                f"{migration.stem} needs backfill {backfill.id}, which begins after {backfill.depends} is applied: "
                f"unless {backfill.table} has no rows then, db-up stops before it, or runs it with APPLY_BACKFILLS=1"
            )
        if not later:
            try:
                refuse_incomplete(connection, target, migration)
            except BackfillNeededError as error:
                yield str(error).removeprefix("messenger-db: ")


def _has_rows(connection: Connection, target: Target, backfill: Backfill) -> bool:
    try:
        with connection.cursor() as cursor:
            QUERIES["backfills.has_rows"].naming(table=sql.Identifier(backfill.table)).execute(cursor)
            return bool(cursor.fetchone() == (True,))
    except psycopg2.Error as error:
        raise MessengerError(
            f"{target}: whether {backfill.id} has something to do could not be asked: {reason_of(error)}; correct "
            f"{FOLDER}/{backfill.path.name}, or the database"
        ) from None
