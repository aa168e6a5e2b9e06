"""The reader of the change feed, on servers of its own: a slot waits for the transactions of all other tests."""

import json
from itertools import islice
from pathlib import Path

import psycopg
import psycopg2
import pytest
from children import until
from hot_paths.people import HASH, join, new_group, new_user, send
from workflow.checkouts import ROOT, Checkout, refusal, succeeded
from workflow.test_commands import documented, keys

from bench.feed_kills import Run
from messenger_db.change_feed import Change, ChangeFeed
from messenger_db.embedded.server import Server
from messenger_db.numbering import ids

NEXT = f"{int(ids(ROOT / 'migrations')[-1][:4]) + 1:04}_other_bio"
LONG = " ".join(str(number) for number in range(2000))  # stored outside the row


def test_no_change_is_lost_when_readers_and_the_server_are_killed(
    stopped: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(stopped.server_home)
    server.start()
    monkeypatch.setenv("DATABASE_URL", server.url("messenger"))
    counts = Run(server, tmp_path / "changes.jsonl", (0.0, 0.1), (0.6, 1.0)).measure(1000)
    assert counts["changes"] >= 1000
    assert counts["readers killed"] > 1
    assert counts["servers killed"] > 0
    assert [
        counts[wrong] for wrong in ("lost", "invented", "came again otherwise", "without a chat", "other rows")
    ] == [0] * 5


def next_changes(feed: ChangeFeed, transactions: int) -> list[Change]:
    """Return the changes of the next transactions, and confirm them."""
    found = list(islice(feed, transactions))
    feed.confirm(found[-1].lsn)
    return [change for transaction in found for change in transaction.changes]


def shows_its_slot(stopped: Checkout) -> None:
    """Look at what the commands say of a slot while it is read."""
    found = json.loads(succeeded(stopped.command("status", "--json")))
    of_slots = {key for key in documented("status") if key.startswith("slots")}
    assert {key for key in keys(found) if key.startswith("slots")} == of_slots
    [slot] = found["slots"]
    assert (slot["name"], slot["is_active"], slot["wal_status"]) == ("reader", True, "reserved")
    assert 0 <= slot["behind_bytes"] <= slot["held_bytes"]
    assert "slot reader (pgoutput): " in succeeded(stopped.target("db-status"))


def test_set_up_read_and_watched(stopped: Checkout) -> None:
    server = Server(stopped.server_home, {"wal_level": "replica"})
    server.start()
    # By TCP it is any server, which is not ours to restart.
    elsewhere = {"DATABASE_URL": server.url_by_loopback("messenger")}
    assert "has wal_level = replica, and a change feed needs logical: " in refusal(
        stopped.target("db-feed", **elsewhere)
    )
    done = stopped.target("db-feed")
    assert done.returncode == 0
    assert "the embedded server is restarted, with wal_level = logical" in done.stderr
    url = stopped.url()
    with psycopg.connect(url, autocommit=True) as db, ChangeFeed(url, "reader") as feed:
        alice, bob = new_user(db), new_user(db)
        with db.transaction():
            chat = new_group(db, alice)
            join(db, chat, bob, alice)
        joined = next_changes(feed, 3)[-1]
        assert joined.table == "chat_participants"
        assert (joined.row["chat_id"], joined.row["user_id"], joined.row["left_at"]) == (str(chat), str(bob), None)

        message = str(send(db, chat, alice, content=LONG)["message_id"])
        db.execute("UPDATE messages SET metadata = '{\"a\": [1]}' WHERE id = %s", [message])
        db.execute("DELETE FROM unread_messages; DELETE FROM message_delivery; DELETE FROM messages")
        db.execute("UPDATE users SET id = gen_random_uuid() WHERE id = (SELECT %s::uuid)", [new_user(db)])
        sent, (kind, _, changed, old) = next_changes(feed, 1), next_changes(feed, 1)[0]
        assert sent[0].kind == "insert"
        assert (sent[0].row["content"], sent[0].row["is_deleted"]) == (LONG, False)
        # A long value that stayed the same is not sent again.
        assert (kind, changed["metadata"], "content" in changed, old) == ("update", {"a": [1]}, False, {})
        assert next_changes(feed, 1)[-1] == Change("delete", "messages", {"chat_id": str(chat), "id": message}, {})
        _, moved = next_changes(feed, 2)
        assert moved.old.keys() == {"id"}
        assert moved.old != {"id": moved.row["id"]}
        db.execute("TRUNCATE attachments")
        assert next_changes(feed, 1) == [Change("truncate", "attachments", {}, {})]

        stopped.write_migration(
            NEXT, "UPDATE users SET bio = 'x';\nALTER TABLE users ALTER bio TYPE text;\n", "SELECT 1;\n"
        )
        succeeded(stopped.target("db-up"))
        db.execute("UPDATE users SET bio = 'y'")
        by_migration, after = next_changes(feed, 1), next_changes(feed, 1)
        # While its list is put aside, a table is published with its key alone: never with what is secret.
        assert {tuple(change.row) for change in by_migration} == {("id",)}
        assert {change.row["bio"] for change in after} == {"y"}
        assert not any("password_hash" in change.row or HASH in change.row.values() for change in after)

        shows_its_slot(stopped)
        with pytest.raises(psycopg2.Error, match="is active for PID"):
            ChangeFeed(url, "reader")
        db.execute("TRUNCATE attachments")
        unconfirmed = next(iter(feed))
        feed.__exit__()
        until(lambda: not db.execute("SELECT FROM pg_replication_slots WHERE active").rowcount)
        with ChangeFeed(url, "reader") as again:
            assert next(iter(again)) == unconfirmed
    said = succeeded(stopped.target("db-feed", "REMOVE=1"))
    assert "WARNING: no consumer, " in said
    assert "start it, or SELECT pg_drop_replication_slot('reader')" in said
