"""make db-check: whether the database in use is still as its applied migrations made it."""

from messenger_db.catalog import differences, snapshot
from messenger_db.commands.up_down import existing
from messenger_db.errors import MessengerError
from messenger_db.scratch_schema import build_applied, rolled_back


def check() -> None:
    """Print a line for each difference. Raises MessengerError when there is one, or nothing to compare with."""
    with existing() as backend:
        with rolled_back(backend.connection):
            found = snapshot(backend.connection)
            build_applied(backend)
            expected = snapshot(backend.connection)
        drift = differences(expected, found)
        for line in drift:
            print(line)
        if drift:
            raise MessengerError(
                f"{counted(drift)} between {backend.target} and what its applied migrations make: "
                "put back what nobody meant, and write what is meant as a migration"
            )
        print(f"{backend.target} is as its applied migrations make it")


def counted(drift: list[str]) -> str:
    """Say how many differences there are."""
    return "1 difference" if len(drift) == 1 else f"{len(drift)} differences"
