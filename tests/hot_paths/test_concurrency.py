"""Everything at once: nobody waits for another in a circle, and no row is lost."""

import os
from pathlib import Path

import psycopg

from .traffic import new_town, run

SECONDS = float(os.environ.get("HOT_PATHS_SECONDS", "3"))
SESSIONS = 10
# Who is added, or who adds, may be a visitor who was purged in between.
EXPECTED = {"refused: chat_participants_added_by_fkey", "refused: chat_participants_user_id_fkey"}


def test_sends_reads_deliveries_leaving_and_purging_at_once(postgresql: psycopg.Connection) -> None:
    db = postgresql
    db.autocommit = True
    town = new_town(db)
    run(f"{db.info.dsn} password={db.info.password or ''}", town, SESSIONS, SECONDS, "traffic")
    print(dict(sorted(town.outcomes.items())), dict(town.errors))
    assert town.errors == {}
    assert {outcome for outcome in town.outcomes if outcome.startswith("refused")} <= EXPECTED
    assert town.outcomes["send: sent"] > 0
    assert town.purged
    people = {"stay": town.stay, "sent": town.sent, "purged": town.purged}
    lost = db.execute((Path(__file__).parent / "queries" / "lost.sql").read_bytes(), people).fetchall()
    assert [(what, times) for what, times in lost if times] == []
