"""Everything at once: nobody waits for another in a circle, and no row is lost."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import psycopg2

from messenger_db.verification import Findings, Verification

from .traffic import new_town, run

SECONDS = float(os.environ.get("HOT_PATHS_SECONDS", "3"))
SESSIONS = 10
# Who is added, or who adds, may be a visitor who was purged in between.
EXPECTED = {"refused: chat_participants_added_by_fkey", "refused: chat_participants_user_id_fkey"}


class Quiet:
    """Progress that nobody sees."""

    def step(self, *_: object) -> None:
        """Show nothing."""

    def table(self, *_: object) -> None:
        """Show nothing."""


@contextmanager
def verified_meanwhile(dsn: str) -> Iterator[list[Findings]]:
    """Verify the rows again and again, and once more afterwards; what was found is in the list then."""
    found: list[Findings] = []
    ended = threading.Event()

    def verify() -> None:
        with closing(psycopg2.connect(dsn)) as connection:
            while True:
                is_last = ended.is_set()
                verification = Verification(connection)
                verification.run("", Quiet())
                found.append(verification.findings)
                if is_last:
                    return

    thread = threading.Thread(target=verify)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def test_sends_reads_deliveries_leaving_and_purging_at_once(postgresql: psycopg.Connection) -> None:
    db = postgresql
    db.autocommit = True
    town = new_town(db)
    # As if all had been there for long, so that make db-verify asks for their receipts.
    db.execute("UPDATE chat_participants SET joined_at = joined_at - interval '1 h'")
    dsn = f"{db.info.dsn} password={db.info.password or ''}"
    with verified_meanwhile(dsn) as found:
        run(dsn, town, SESSIONS, SECONDS, "traffic")
    assert len(found) > 1
    assert [(each.unverified, each.reason) for each in found] == [([], None)] * len(found)
    # Nobody appoints an owner for the groups of who was purged.
    assert [broken for each in found for broken in each.violations if broken.rule.name != "roles"] == []
    print(dict(sorted(town.outcomes.items())), dict(town.errors))
    assert town.errors == {}
    assert {outcome for outcome in town.outcomes if outcome.startswith("refused")} <= EXPECTED
    assert town.outcomes["send: sent"] > 0
    assert town.purged
    people = {"stay": town.stay, "sent": town.sent, "purged": town.purged}
    lost = db.execute((Path(__file__).parent / "queries" / "lost.sql").read_bytes(), people).fetchall()
    assert [(what, times) for what, times in lost if times] == []
