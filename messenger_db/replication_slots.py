"""The replication slots of a database: how far their consumers are, and the WAL that the server keeps for them."""

from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import connection as Connection

from messenger_db.errors import printable
from messenger_db.sql import QUERIES


@dataclass(frozen=True)
class Slot:
    """A slot: the bytes of WAL that its consumer has not confirmed, and those that the server keeps for it.

    Both are None where the slot has lost its place; the texts are the same for people.
    """

    name: str
    plugin: str
    is_active: bool
    behind_bytes: int | None
    behind: str | None
    held_bytes: int | None
    held: str | None
    wal_status: str | None

    def line(self) -> str:
        """Say how it stands in one line, and what to do where nobody reads from it."""
        drop = "SELECT pg_drop_replication_slot('{}')".format(self.name.replace("'", "''"))
        if self.wal_status == "lost" or self.held_bytes is None:
            said = f"lost: its consumer stayed away too long, and begins anew after {drop}"
        else:
            said = f"{self.behind} behind, holds back {self.held} of WAL"
            if self.wal_status == "unreserved":
                said += ", and is lost at the next checkpoint if it does not catch up"
            if not self.is_active:
                said = f"WARNING: no consumer, {said}: start it, or {drop}"
        return printable(f"slot {self.name} ({self.plugin}): {said}")

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        names = ("name", "plugin", "is_active", "behind_bytes", "held_bytes", "wal_status")
        return {name: getattr(self, name) for name in names}


def slots(connection: Connection) -> list[Slot]:
    """Return the slots of the connection's database."""
    with connection.cursor() as cursor:
        QUERIES["feed.slots"].execute(cursor)
        return [Slot(*row) for row in cursor]
