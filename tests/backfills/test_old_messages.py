"""make db-retain: what goes and what stays, what is handed back, who is held up, and what an interruption leaves."""

import json
import random
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import psycopg2
import pytest
from children import until
from drift.commands import Commands, Said, url
from hot_paths.calls import call
from hot_paths.people import join, new_group, new_user
from hot_paths.test_concurrency import EXPECTED, verified_meanwhile
from hot_paths.traffic import new_town, run
from support.forks import Fork

from messenger_db.commands.retain import retain
from messenger_db.old_messages import LOCK, OldMessages, Removal
from messenger_db.removed_files import RemovedFiles

LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"

# Sent so long ago, by ids of that time; each has a file with two keys, a receipt and an unread row.
MESSAGES = """
    WITH times AS (
        SELECT n, now() - %(age)s::interval + n * interval '1 ms' AS at
        FROM generate_series(1, %(rows)s) AS n
    ),
    sent AS (
        INSERT INTO messages (id, chat_id, sender_id, content, created_at)
        SELECT
            (
                overlay(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') PLACING '-' FROM 9 FOR 0)
                || '-7' || substr(gen_random_uuid()::text, 16)
            )::uuid,
            %(chat)s,
            %(sender)s,
            'message ' || n,
            at + %(late)s::interval
        FROM times
        RETURNING id
    ),
    files AS (
        INSERT INTO attachments (
            chat_id, message_id, position, file_name, file_type, file_size, storage_key, thumbnail_key, checksum_sha256
        )
        SELECT %(chat)s, id, 1, 'a.png', 'image/png', 1, 'full/' || id, E'small/\\n' || id, sha256('')
        FROM sent
    ),
    receipts AS (
        INSERT INTO message_delivery (chat_id, message_id, user_id, created_at)
        SELECT %(chat)s, id, %(reader)s, now() - interval '1 year'
        FROM sent
        RETURNING *
    ),
    unread AS (
        INSERT INTO unread_messages (chat_id, message_id, user_id)
        SELECT chat_id, message_id, user_id
        FROM receipts
    )
    SELECT id FROM sent ORDER BY id
"""


class World:
    """Two people, their groups, and the command."""

    def __init__(self, db: psycopg.Connection, commands: Commands) -> None:
        db.autocommit = True
        commands.on(db)
        commands.environment.setenv("CONFIRM", db.info.dbname)
        self.db = db
        self.commands = commands
        self.sender, self.reader = new_user(db), new_user(db)
        self.chat, self.other_chat = (new_group(db, self.sender) for _ in range(2))
        for chat in (self.chat, self.other_chat):
            join(db, chat, self.reader)
        self.keys = commands.folder / "removed-files.jsonl"

    def add(self, rows: int, age: str, chat: UUID | None = None, late: str = "0") -> list[UUID]:
        """Add messages of an age, whose ids can be older than they are."""
        values = {"rows": rows, "age": age, "chat": chat or self.chat, "late": late}
        found = self.db.execute(MESSAGES, {**values, "sender": self.sender, "reader": self.reader})
        return [id_ for (id_,) in found]

    def retain(self, **settings: str) -> Said:
        """Run the command."""
        given = {"before": "", "older_than": "", "chat": "", "keys": self.keys.name} | settings
        is_dry = given.pop("dry_run", "0") == "1"
        return self.commands.run(lambda: retain(**given, dry_run=is_dry))

    def ids(self, table: str = "messages", column: str = "id") -> set[UUID]:
        """Return what a column holds."""
        return {id_ for (id_,) in self.db.execute(f"SELECT {column} FROM {table}".encode())}

    def handed(self) -> list[str]:
        """Return the keys that were handed back."""
        return [json.loads(line) for line in self.keys.read_text().splitlines()]


def keys_of(ids: list[UUID]) -> set[str]:
    return {key for id_ in ids for key in (f"full/{id_}", f"small/\n{id_}")}


@pytest.fixture
def world(postgresql: psycopg.Connection, commands: Commands, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("messenger_db.backfilling.pacing.PAUSE_RATIO", 0.0)
    return World(postgresql, commands)


def test_old_messages_go_with_all_that_hangs_on_them(world: World) -> None:
    db = world.db
    old = world.add(150, "300 hours") + world.add(60, "241 hours", world.other_chat)
    late = world.add(1, "241 hours", late="2 hours")
    young = world.add(5, "230 hours")
    reply = {"reply": young[0], "old": old[0]}
    db.execute("UPDATE messages SET reply_to_id = %(old)s WHERE id = %(reply)s", reply)
    call(db, "add_reaction", user_id=world.reader, chat_id=world.chat, message_id=old[0], emoji="x")
    call(db, "add_reaction", user_id=world.reader, chat_id=world.chat, message_id=young[0], emoji="x")

    [would] = world.retain(older_than="240 hours", dry_run="1").lines
    assert would.startswith("would remove 210 messages with 210 files, from before 20")
    assert world.ids() == {*old, *late, *young}
    said = world.retain(older_than="240 hours")
    assert said.error is None
    assert said.lines[-1].startswith("removed 210 messages in")

    assert world.ids() == {*late, *young}
    for table in ("attachments", "message_delivery", "unread_messages"):
        assert world.ids(table, "message_id") == {*late, *young}
    assert world.ids("message_reactions", "message_id") == {young[0]}
    assert world.ids("messages", "reply_to_id") == {None}
    assert sorted(world.handed()) == sorted(keys_of(old))
    # A chat that has lost all of its messages stays, and what is unread is counted anew.
    chats = call(
        db, "chat_list", user_id=world.reader, before_is_pinned=True, before_message_id=LAST, before_chat_id=LAST
    )
    assert [(row["chat_id"], row["message_id"], row["unread"]) for row in chats] == [
        (world.chat, young[-1], 6),
        (world.other_chat, UUID(int=0), 0),
    ]
    assert world.retain(older_than="240 hours").lines[-1].startswith("removed 0 messages")


def test_of_one_chat(world: World) -> None:
    old, others = world.add(3, "3 days"), world.add(3, "3 days", world.other_chat)
    assert world.retain(older_than="1 day", chat=str(world.chat)).error is None
    assert world.ids() == set(others)
    assert set(world.handed()) == keys_of(old)


REFUSALS: list[tuple[dict[str, str], str]] = [
    ({}, "BEFORE and OLDER_THAN are not set: set BEFORE=2026-01-01 or OLDER_THAN='90 days'"),
    ({"before": "2026-01-01", "older_than": "1 day"}, "BEFORE and OLDER_THAN are both set: set one of them"),
    ({"before": "2999-01-01"}, "BEFORE=2999-01-01 is in the future"),
    ({"before": "yesterday"}, "BEFORE=yesterday is not a time: set BEFORE=2026-01-01"),
    ({"older_than": "90"}, "OLDER_THAN=90 is not an age: set OLDER_THAN='90 days'"),
    ({"older_than": "-1 days"}, "OLDER_THAN=-1 days is not an age"),
    ({"older_than": "99999999999 years"}, "OLDER_THAN=99999999999 years is too long"),
    ({"older_than": "1 day", "chat": "general"}, "CHAT=general is not the id of a chat"),
    ({"older_than": "1 day", "chat": LAST}, f"CHAT={LAST} is not a chat of database"),
    ({"older_than": "1 day", "keys": ""}, "KEYS is not set: set KEYS=removed-files.jsonl"),
    ({"older_than": "1 day", "keys": "no/folder"}, "KEYS=no/folder: the keys of removed files cannot be written"),
]


def test_refusals(world: World) -> None:
    world.add(1, "3 days")
    for settings, words in REFUSALS:
        said = world.retain(**settings)
        assert said.error
        assert words in said.error
        assert "\n" not in said.error
    assert len(world.ids()) == 1
    world.db.execute("ALTER TABLE messages RENAME TO elsewhere")
    said = world.retain(older_than="1 day", dry_run="1")
    assert said.error
    assert "has no table messages: make db-up creates it" in said.error


def test_ages_and_times_that_are_long_past(world: World) -> None:
    world.add(1, "3 days")
    for settings in ({"older_than": "4000 years"}, {"before": "1066-10-14"}, {"before": "2020-01-01T00:00+02:00"}):
        assert world.retain(**settings, dry_run="1").lines[0].startswith("would remove 0 messages with 0 files")
    assert (
        world.retain(before="2020-01-01", keys="").lines[0].startswith("nothing to remove: no message is from before")
    )


def test_it_is_confirmed_with_the_name_of_the_database(world: World) -> None:
    world.add(2, "3 days")
    world.commands.environment.setenv("CONFIRM", "other")
    said = world.retain(older_than="1 day")
    assert said.error
    assert said.error.startswith("messenger-db: refused: removing 2 messages with 2 files, from before 20")
    assert said.error.endswith(f"To go on, set CONFIRM={world.db.info.dbname}")
    assert len(world.ids()) == 2


def test_one_process_at_a_time(world: World) -> None:
    world.add(2, "3 days")
    with psycopg.connect(url(world.db), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtext(%s), hashtext(current_schema() || %s))", [LOCK.what, LOCK.part])
        said = world.retain(older_than="1 day")
    assert said.error
    assert "is removing messages from database" in said.error
    assert len(world.ids()) == 2


class KilledError(Exception):
    """The end of a process, at a certain moment."""


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_a_process_that_is_killed_loses_no_key_and_hands_back_none_in_use(
    world: World, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    old = world.add(3, "3 days")

    def killed(*_: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        if moment == "before the commit":
            promise = RemovedFiles.promise

            def promise_and_die(files: RemovedFiles, keys: Any) -> None:
                promise(files, keys)
                killed()

            patch.setattr(RemovedFiles, "promise", promise_and_die)
        else:
            patch.setattr(RemovedFiles, "hand_over", killed)
        with pytest.raises(KilledError):
            world.retain(older_than="1 day")
    is_gone = moment == "after the commit"
    assert world.ids() == (set() if is_gone else set(old))
    assert world.handed() == []
    # A line that was being written is not taken for a key, and what is in use is not handed back.
    world.keys.write_text('"a"\n"b')
    assert world.retain(before="2020-01-01").error is None
    assert set(world.handed()) == {"a"} | (keys_of(old) if is_gone else set())
    assert world.retain(older_than="1 day").error is None
    assert set(world.handed()) == {"a"} | keys_of(old)
    assert list(world.commands.folder.glob("removed-files.jsonl.*")) == []


def test_removals_that_are_killed_go_on(world: World) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    old, young = world.add(600, "3 days"), world.add(20, "1 hour")
    folder = world.commands.folder
    environment = {"DATABASE_URL": url(world.db), "CONFIRM": world.db.info.dbname, "HOME": str(folder)}
    command = ("retain", "--older-than", "1 day", "--keys", world.keys.name)
    size = 0
    for _ in range(3):
        process = Fork(command, cwd=folder, env=environment | {"BACKFILL_BATCH_MS": "10"})
        until(lambda: process.poll() is not None or (world.keys.exists() and world.keys.stat().st_size > size))  # noqa: B023
        time.sleep(moments.uniform(0, 0.03))
        process.send_signal(9)
        process.communicate()
        size = world.keys.stat().st_size
    left = len(world.ids())
    assert left > len(young), "nothing was left to go on with"
    assert world.retain(older_than="1 day").error is None
    assert world.ids() == set(young)
    assert set(world.handed()) == keys_of(old)


def test_somebody_who_holds_a_row_is_waited_for_in_short_turns(world: World) -> None:
    old = world.add(4, "3 days")
    world.commands.environment.setenv("BACKFILL_BATCH_MS", "20")
    world.commands.environment.setenv("LOCK_ATTEMPTS", "3")
    with psycopg.connect(url(world.db)) as other:
        other.execute("SELECT FROM message_delivery WHERE message_id = %s FOR UPDATE", [old[2]])
        said = world.retain(older_than="1 day")
    assert said.error
    assert "canceling statement due to lock timeout" in said.error
    assert world.ids() == set(old[2:])
    assert set(world.handed()) == keys_of(old[:2])


def test_people_send_read_react_and_are_purged_meanwhile(world: World) -> None:
    db = world.db
    town = new_town(db)
    dsn = url(db)
    files, ended = RemovedFiles(world.keys), threading.Event()
    removed = 0

    def remove() -> None:
        nonlocal removed
        with closing(psycopg2.connect(dsn)) as connection:
            connection.autocommit = True
            while not ended.wait(0.02):
                old = OldMessages(datetime.now(UTC) - timedelta(seconds=0.1), None)
                removal = Removal(connection, old, files)
                removal.pace.rows = 20
                while step := removal.step():
                    removed += step.rows

    thread = threading.Thread(target=remove)
    thread.start()
    try:
        with verified_meanwhile(dsn) as found:
            run(dsn, town, sessions=4, seconds=1.0, seed="retention")
    finally:
        ended.set()
        thread.join()
    assert removed
    assert town.errors == {}
    # A reaction to what is being removed.
    assert {outcome for outcome in town.outcomes if outcome.startswith("refused")} <= {
        *EXPECTED,
        "refused: message_reactions_chat_id_message_id_fkey",
    }
    assert [broken for each in found for broken in each.violations if broken.rule.name != "roles"] == []
