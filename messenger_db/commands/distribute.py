"""messenger-db distribute: shard the messenger of a Citus coordinator by chat, or print how."""

import psycopg2

from messenger_db import settings, sharding
from messenger_db.advisory_locks import alone
from messenger_db.backend import MessengerBackend
from messenger_db.confirm import confirm
from messenger_db.database_in_use import backend_in_use
from messenger_db.errors import MessengerError, details_of, printable, reason_of
from messenger_db.folders import migrations
from messenger_db.sql import QUERIES


def distribute(plan: bool) -> None:
    """Distribute the tables that are not, in one transaction; with `plan`, print its statements and change nothing.

    Raises MessengerError, with nothing changed, where that cannot be done: not on a coordinator, a migration pending.
    """
    with backend_in_use() as backend:
        if plan:
            _print(backend, _steps(backend))
            return
        with alone(backend.connection, backend.target):
            steps = _steps(backend)
            if not steps:
                print(f"all tables of {backend.target} are distributed")
                return
            confirm("distributing copies all rows to the nodes, and locks the tables until it ends", backend.target)
            try:
                with backend.transaction(), backend.cursor() as cursor:
                    limit = settings.number("LOCK_TIMEOUT_MS")
                    QUERIES["migrations.set_lock_timeout"].execute(cursor, milliseconds=limit)
                    for step in steps:
                        cursor.execute(step.sql)
            except psycopg2.Error as error:
                raise MessengerError(
                    f"nothing was distributed in {backend.target}: {reason_of(error)}", *details_of(error)
                ) from None
            print(f"{backend.target} is sharded by chat: use the statements of queries(driver, sharded=True)")


def _steps(backend: MessengerBackend) -> list[sharding.Step]:
    with backend.cursor() as cursor:
        QUERIES["sharding.has_citus"].execute(cursor)
        if cursor.fetchone() != (True,):
            raise MessengerError(
                f"{backend.target} has no extension citus: CREATE EXTENSION it on all nodes, and name the coordinator"
            )
        if pending := backend.to_apply(migrations()):
            raise MessengerError(f"{pending[0].id} is pending in {backend.target}: make db-up, then make db-distribute")
        QUERIES["sharding.distributed"].execute(cursor)
        distributed = frozenset(name for (name,) in cursor)
        return sharding.steps(cursor, distributed=distributed, is_new=not sharding.is_sharded(backend.connection))


def _print(backend: MessengerBackend, steps: list[sharding.Step]) -> None:
    print(f"-- db-distribute on {backend.target}{'' if steps else ': nothing to do'}")
    for sql in ("BEGIN", *(step.sql for step in steps), "COMMIT") if steps else ():
        # A comment of a constraint can have line breaks, which are part of the statement.
        print("\n".join(printable(line) for line in f"{sql};".splitlines()))
