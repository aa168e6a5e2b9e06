"""What two rows may have in common, although an index is over it."""

import psycopg
import pytest

from .cases.world import ALICE, BCRYPT, BOB, DIANA, NOON, Row, insert

PAIRS: dict[str, tuple[str, list[Row]]] = {
    "time of leaving": (
        "users",
        [{"username": name, "password_hash": BCRYPT, "deleted_at": NOON} for name in ("eve", "mallory")],
    ),
    "creator": (
        "chats",
        [{"type": "group", "name": name, "slug": name, "created_by": ALICE} for name in ("friends", "family")],
    ),
    "time of a request": (
        "contacts",
        [
            {"user_id": user, "contact_id": contact, "requested_by": requested_by}
            for requested_by in (ALICE, BOB)
            for user, contact in ((requested_by, DIANA), (DIANA, requested_by))
        ],
    ),
}


@pytest.mark.parametrize("common", PAIRS)
def test_two_may_have_the_same(world: psycopg.Connection, common: str) -> None:
    table, rows = PAIRS[common]
    insert(world, table, *rows)
