"""make db-adopt: record the migrations of a database without migration tables, such as a restored dump, as applied."""

from yoyo.migrations import MigrationList

from messenger_db.advisory_locks import alone
from messenger_db.backend import MessengerBackend
from messenger_db.catalog import Difference, differences, snapshot
from messenger_db.commands.check import counted
from messenger_db.database_in_use import backend_in_use
from messenger_db.errors import MessengerError, printable
from messenger_db.folders import migrations
from messenger_db.history import absent, files_beside, refuse_absent
from messenger_db.scratch_schema import build, enter, rolled_back


def adopt() -> None:
    """Record as applied the migrations that create what is there: all, or the first ones in an older database.

    Raises MessengerError, with nothing written, when some are recorded already or the database differs; then each
    difference from what all of them make is printed.
    """
    with backend_in_use() as backend, alone(backend.connection, backend.target):
        here = migrations()
        if applied := backend.applied_at():
            refuse_absent(absent(applied, files_beside(here)), backend.target)
            raise MessengerError(
                f"{backend.target} has its migrations recorded as applied: there is nothing to adopt, "
                "make db-check compares it"
            )
        pending = backend.to_apply(here)
        adopted = pending[: _made_by(backend, pending)]
        backend.mark_under_lock(adopted)
        print(printable(f"recorded as applied: {', '.join(migration.id for migration in adopted)}"))
        if len(adopted) < len(pending):
            print("make db-up applies the others")


def _made_by(backend: MessengerBackend, migrations: MigrationList) -> int:
    """Return how many of the migrations create what is there. Raises MessengerError when no number does."""
    drifts: list[list[Difference]] = []
    with rolled_back(backend.connection):
        found = snapshot(backend.connection)
        if not found:
            raise MessengerError(f"{backend.target} has nothing to adopt: make db-up creates the schema")
        schema = enter(backend.connection)
        for migration in migrations:
            build(backend.connection, migration, schema)
            drifts.append(differences(snapshot(backend.connection), found))
    for number, drift in reversed(list(enumerate(drifts, start=1))):
        if not drift:
            return number
    for line in drifts[-1]:
        print(line)
    raise MessengerError(
        f"nothing was recorded: {counted(drifts[-1])} between {backend.target} and what the migrations create; "
        "correct them, then try again"
    )
