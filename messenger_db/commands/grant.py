"""make db-grant: what an application's or a reporting role can do, and no more."""

from collections.abc import Iterator

from messenger_db.advisory_locks import alone
from messenger_db.database_in_use import backend_in_use
from messenger_db.errors import MessengerError, printable
from messenger_db.folders import migrations
from messenger_db.privileges import Right, grant_privileges, names_a_role
from messenger_db.scratch_schema import applied_migrations


def grant(role: str, readonly: bool) -> None:
    """Let an existing role do what the hot paths do, or `readonly` read; take from it, and from PUBLIC, all else.

    Prints its rights. Raises MessengerError, with nothing changed, when that cannot be done, or the role could do more
    all the same.
    """
    if not role:
        raise MessengerError("no role was named: make db-grant ROLE=messenger_app")
    if not names_a_role(role):
        raise MessengerError(
            f"ROLE={role} does not name a role of your own: CREATE ROLE messenger_app LOGIN, then ROLE=messenger_app"
        )
    with backend_in_use() as backend, alone(backend.connection, backend.target):
        rights = grant_privileges(backend, role, applied_migrations(backend, migrations()), readonly=readonly)
        print(f"{printable(role)} can do this in {backend.target}, and nothing else in its schema:")
        for line in _lines(rights):
            print(f"  {printable(line)}")
        print("if your own statements need more, GRANT it by column after this; the next make db-grant revokes it")


def _lines(rights: list[Right]) -> Iterator[str]:
    """Yield a line for each table: what a role can do with it."""
    for table in dict.fromkeys(right.table for right in rights):
        words = [
            right.privilege + (f" ({', '.join(right.columns)})" if right.columns else "")
            for right in rights
            if right.table == table
        ]
        yield f"{table}: {', '.join(words)}"
