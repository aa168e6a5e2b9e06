"""A migration and its rollback, run while nobody else works: what they do, which is the same each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection as Connection
from yoyo.migrations import Migration

from messenger_db.checksums import rollback_path
from messenger_db.connection import Target
from messenger_db.errors import details_of, reason_of
from messenger_db.migration_statements import statements_of
from messenger_db.rehearsal.hot_path_plans import PathPlan, plans
from messenger_db.rehearsal.mix import Caller
from messenger_db.rehearsal.rollback_check import RollbackCheck, check_rollback, picture
from messenger_db.rehearsal.statement_effects import Effects, Observer
from messenger_db.session_settings import reset
from messenger_db.sql import QUERIES


@dataclass(frozen=True)
class Alone:
    """The effects of each statement, and the hot paths before and after all of them.

    Where a statement was refused: the effects of those before it, and the server's `error`, line by line.
    """

    effects: list[Effects]
    plans_before: dict[str, PathPlan]
    plans_after: dict[str, PathPlan]
    rollback: RollbackCheck | None
    error: list[str]


def run_alone(connection: Connection, target: Target, migration: Migration, callers: Sequence[Caller]) -> Alone:
    """Run a migration and its rollback, and leave the database as it was.

    One that is transactional runs with its rollback in one transaction, which is rolled back.
    """
    before = picture(connection)
    # What others wrote, and the hot paths that were tried, is gone; but the planner looks at its pages.
    _run(connection, "vacuum")
    plans_before = plans(connection, callers)
    _run(connection, "vacuum")
    _run(connection, "checkpoint")
    reset(connection, target.schema)
    in_transaction = bool(migration.use_transactions)
    connection.autocommit = not in_transaction
    observer = Observer(connection, target, in_transaction)
    effects: list[Effects] = []
    try:
        for each in observer.run(statements_of(Path(migration.path))):
            effects.append(each)  # noqa: PERF402 (those before an error are kept)
        with connection.cursor() as cursor:
            QUERIES["rehearsal.fire_deferred"].execute(cursor)
        plans_after = plans(connection, callers)
        back = check_rollback(connection, before, statements_of(Path(rollback_path(migration.path))))
    except psycopg2.Error as error:
        return Alone(effects, {}, {}, None, [reason_of(error), *details_of(error)])
    finally:
        connection.rollback()
        connection.autocommit = True
        reset(connection, target.schema)
        # The dead rows of this run would be read by the next one.
        _run(connection, "vacuum")
    return Alone(effects, plans_before, plans_after, back, [])


def _run(connection: Connection, query: str) -> None:
    with connection.cursor() as cursor:
        QUERIES[f"rehearsal.{query}"].execute(cursor)
