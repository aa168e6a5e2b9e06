"""The generated world: the same for the same seed, as large as it was asked for, and of real people's ways."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from messenger_db.errors import MessengerError
from seeds.copy_format import NULL
from seeds.options import Options
from seeds.people import parallel
from seeds.people.dataset import Dataset
from seeds.tables import SessionRow, UserRow

ROOT = Path(__file__).parents[2]
SUM = "import test_dataset; print(test_dataset.sum_of(test_dataset.TWO_PLACES, processes=2))"


SMALL = Options(500, 20, 16, 10, 7, ("en_US",), datetime(2026, 11, 1, 12, tzinfo=UTC))
# Enough messages for several parts that processes write.
TWO_PLACES = replace(SMALL, messages=12_000, locales=("en_US", "ja_JP"))


def sum_of(knobs: Options, processes: int = 1) -> str:
    world = hashlib.sha256()
    for table, text in Dataset(knobs, (), processes=processes).batches():
        world.update(table.encode() + text)
    return world.hexdigest()


def rows(knobs: Options, taken: tuple[str, ...] = (), processes: int = 1) -> dict[str, list[list[str]]]:
    tables: dict[str, list[list[str]]] = {}
    for table, text in Dataset(knobs, taken, processes=processes).batches():
        tables.setdefault(table, []).extend(line.split("\t") for line in text.decode().split("\n")[:-1])
    return tables


def test_the_same_seed_makes_the_same_world_in_other_processes() -> None:
    folders = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    environment = {"PYTHONHASHSEED": "4711", "PYTHONPATH": folders}
    said = subprocess.run([sys.executable, "-c", SUM], capture_output=True, text=True, check=True, env=environment)
    assert said.stdout.strip() == sum_of(TWO_PLACES)


def test_processes_end_when_nobody_wants_more() -> None:
    before = set(psutil.Process().children())
    batches = Dataset(TWO_PLACES, (), processes=2).batches()
    assert next(text for table, text in batches if table == "messages")
    writers = set(psutil.Process().children()) - before
    assert len(writers) == 2
    batches.close()
    assert not any(writer.is_running() for writer in writers)


def test_a_writer_that_is_killed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(psutil.Process().children())
    batches = Dataset(TWO_PLACES, (), processes=2).batches()
    assert next(text for table, text in batches if table == "messages")
    for writer in set(psutil.Process().children()) - before:
        writer.kill()
    with pytest.raises(MessengerError, match="a process that wrote messages was killed"):
        list(batches)
    # One that ends as it learns who there is.
    monkeypatch.setattr(parallel, "WORK", "import os, sys; sys.stdin.read(1); os.abort()")
    with pytest.raises(MessengerError, match="a process that wrote messages was killed"):
        rows(TWO_PLACES, processes=2)


def test_another_seed_makes_another_world() -> None:
    first, second = rows(SMALL), rows(replace(SMALL, seed=8))
    assert not {row[0] for row in first["messages"]} & {row[0] for row in second["messages"]}
    assert not {row[0] for row in first["users"]} & {row[0] for row in second["users"]}


@pytest.mark.parametrize(
    "asked",
    [
        replace(SMALL, messages=1, users=2, chats=1, largest_group=2),
        replace(SMALL, messages=300, users=2, chats=1, largest_group=2),
        replace(SMALL, messages=7, users=3, chats=9, largest_group=3),
        replace(SMALL, messages=777, users=40, chats=30, largest_group=40),
    ],
)
def test_it_is_as_large_as_it_was_asked_for(asked: Options) -> None:
    made = rows(asked)
    assert len(made["messages"]) == asked.messages
    assert len(made["users"]) == asked.users
    assert len(made["chats"]) == asked.chats
    members = Counter(row[0] for row in made["chat_participants"])
    assert max(members.values()) == asked.largest_group


def test_a_name_that_is_taken_is_not_taken_again() -> None:
    names = [row[1] for row in rows(SMALL)["users"]]
    others = [row[1] for row in rows(SMALL, tuple(names[:10]))["users"]]
    assert len(set(names)) == len(names) == len(others)
    assert not set(names[:10]) & set(others)


def test_a_notice_says_the_same_in_its_text_and_in_its_metadata() -> None:
    # Somebody who joins and leaves within one conversation is among them.
    notices = [
        row
        for row in rows(replace(SMALL, messages=60_000, users=500, chats=400, seed=9))["messages"]
        if row[4] == "system"
    ]
    events = Counter(json.loads(row[5])["event"] for row in notices)
    assert events["joined"] > 10
    assert events["left"] > 10
    wrong = [row for row in notices if (json.loads(row[5])["event"] == "left") != row[3].endswith(" left")]
    assert wrong == []


def test_nothing_happens_after_now() -> None:
    newest = max(row[-1] for row in rows(SMALL)["messages"])
    assert "2026-11-01 11:54" < newest < "2026-11-01 12:00"


def test_who_has_deleted_their_account_has_logged_in_before_that() -> None:
    # Most of them are in no chat.
    world = rows(replace(SMALL, messages=50, users=400))
    deleted = {
        user.id: user.deleted_at for user in (UserRow(*row) for row in world["users"]) if user.deleted_at != NULL
    }
    sessions = [SessionRow(*row) for row in world["user_sessions"]]
    created = [(session.created_at, deleted[session.user_id]) for session in sessions if session.user_id in deleted]
    assert len(created) > 5
    assert [pair for pair in created if pair[0] >= pair[1]] == []


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("MESSAGES=0", "from 1 to"),
        ("MESSAGES=many", "whole number"),
        ("MESSAGES=-5", "whole number"),
        ("USERS=1", "from 2 to"),
        ("LARGEST_GROUP=51", "set USERS=51"),
        ("LARGEST_GROUP=301", "to 300"),
        ("SEED=1.5", "whole number"),
        ("LOCALE=xx_YY", "no locale xx_YY"),
        ("LOCALE=th", "no names of people for th"),
        ("NOW=yesterday", "NOW=2026-11-22T18:00:00Z"),
        ("NOW=1970-01-01", "from 2000 to 9000"),
        ("NOW=9999-12-31T23:59:59Z", "from 2000 to 9000"),
        ("LOCALE=,", "no locale ,"),
        ("CHATS=0", "from 1 to"),
    ],
)
def test_impossible_sizes_are_refused_in_one_line(monkeypatch: pytest.MonkeyPatch, setting: str, why: str) -> None:
    name, _, value = setting.partition("=")
    monkeypatch.setattr(sys, "argv", ["seeds"])
    monkeypatch.setenv(name, value)
    with pytest.raises(MessengerError, match=why) as refused:
        Options.from_command_line()
    assert "\n" not in str(refused.value)
    assert value in str(refused.value)


def test_two_people_have_one_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["seeds"])
    monkeypatch.setenv("USERS", "2")
    assert Options.from_command_line().chats == 1
    monkeypatch.setenv("CHATS", "2")
    with pytest.raises(MessengerError, match="more than two people"):
        Options.from_command_line()
