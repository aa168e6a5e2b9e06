"""A rehearsal finds what migrations do: a sample of the cases that python -m bench.rehearsals runs in a larger one."""

import json
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import children
import pytest
from workflow.checkouts import Checkout, succeeded
from workflow.databases import Database
from workflow.test_commands import documented, keys

from messenger_db.rehearsal.generated_world import MOST_MESSAGES, PREFIX, WorldSize, remove_abandoned, world_size
from messenger_db.rehearsal.rehearsal_report import Rehearsal
from messenger_db.rehearsal.table_sizes import TableSize, growth
from messenger_db.rehearsal.verdict import SENTENCES, level, problems

from .expected import NAME, Case, cases, found, rehearsed

# One statement, of which there is something to say under every key.
FORWARD = """
DO $$
BEGIN
    ALTER TABLE users DROP COLUMN bio;
    UPDATE messages SET created_at = created_at;
END
$$;
"""
BACKFILL = """\
-- Why: messages say where they come from.
-- depends: 0002_change
-- table: messages
-- key: id
-- covered: default
UPDATE messages
SET metadata = '{"from": "here"}'
FROM batch
WHERE messages.id = batch.id;
"""
# The comment is missing, and so are the values.
ROLLBACK = "ALTER TABLE users ADD COLUMN bio varchar(500);\n"

# A chat of two people with enough messages to tell whether all are read.
WORLD = """
INSERT INTO users (username, password_hash)
SELECT name, '$2b$12$' || repeat('a', 53)
FROM unnest('{alice,bob}'::text[]) AS name;

INSERT INTO user_sessions (user_id, token_hash, expires_at)
SELECT id, sha256(username::bytea), '2100-01-01'
FROM users;

INSERT INTO chats (type, name, slug)
VALUES ('group', 'Friends', 'friends');

INSERT INTO chat_participants (chat_id, user_id)
SELECT chats.id, users.id
FROM chats
CROSS JOIN users;

INSERT INTO messages (chat_id, sender_id, content)
SELECT chat_id, user_id, 'Message ' || number
FROM chat_participants
CROSS JOIN generate_series(1, 1000) AS number;

ANALYZE;
"""


@pytest.mark.parametrize("case", [case for case in cases() if case.sample], ids=lambda case: case.name)
def test_a_rehearsal_finds_what_a_migration_does(
    migrated: Database, case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    migrated.execute(WORLD)
    report = rehearsed(migrated.url(), case)
    assert found(report, case) == case.expected(), problems(report)
    whole = Rehearsal("database x", "15.1", "18.6", WorldSize(2_000, 2), 0.1, {}, report.sizes_before, [report])
    assert whole.exit_status == (6 if case.danger else 0)
    capsys.readouterr()
    whole.print()
    said = capsys.readouterr().out
    assert f"\n{NAME}: {SENTENCES[level(problems(report))]}\n" in said
    assert f"\n  line 1: {case.forward.partition(';')[0][:80]}" in said


def rows_of(report: dict[str, Any], name: str) -> int:
    """Return how many rows a table of the rehearsal had, by estimate."""
    [rows] = [table["rows"] for table in report["tables"] if table["table"] == name]
    return int(rows)


def test_it_goes_without_reading_a_row_of_the_database_in_use(
    checkout: Checkout, role: str, migrated: Database
) -> None:
    checkout.write_migration("0002_change", FORWARD, ROLLBACK)
    backfills = checkout.folder / "backfills"
    backfills.mkdir(exist_ok=True)
    (backfills / "0001_mark.sql").write_text(BACKFILL)
    with migrated.connect() as db:
        # All that the role can read.
        db.execute(f"GRANT SELECT ON _yoyo_migration, _yoyo_sums TO {role}".encode())
    # Root's server runs as another user, who must get through.
    with TemporaryDirectory(prefix="rehearsal-") as folder:
        Path(folder).chmod(0o711)
        url = migrated.url(user=role)
        done = checkout.command("rehearse", "--json", DATABASE_URL=url, MESSAGES="1500", TMPDIR=folder)
        assert list(Path(folder).iterdir()) == []
    assert done.returncode == 6, done.stderr
    report = json.loads(done.stdout)
    migration, backfill = report["migrations"]
    assert keys(report | {"migrations": [migration]}) == documented("rehearse")
    assert (migration["id"], migration["verdict"]) == ("0002_change", "danger")
    assert {lost["table"] for lost in migration["rollback"]["lost"]} == {"users"}
    assert rows_of(report, "messages") >= 1_500
    assert (backfill["id"], backfill["rollback"]) == ("backfills/0001_mark", None)
    [statement] = backfill["statements"]
    assert statement["line"] == 6
    [written] = statement["written"]
    # The load has sent more.
    assert written["table"] == "messages"
    assert written["updated"] >= rows_of(report, "messages")
    assert statement["wal_bytes"] > 100 * written["updated"]
    assert checkout.command("status", "--exit-code", DATABASE_URL=url).returncode == 3


def test_there_may_be_nothing_to_rehearse(untouched: Checkout, migrated: Database) -> None:
    said = succeeded(untouched.command("rehearse", DATABASE_URL=migrated.url()))
    assert re.fullmatch(r"nothing to rehearse: database \S+ on .* has no pending migration\n", said)


def test_the_server_of_a_killed_rehearsal_is_deleted_by_the_next(tmp_path: Path) -> None:
    ended = children.start(["true"])
    children.finished(ended)
    homes = [tmp_path / f"{PREFIX}{pid}-x" for pid in (ended.pid, os.getpid(), "mine")]
    for home in homes:
        home.mkdir()
        (home / "lock").touch()
    remove_abandoned(tmp_path)
    assert [home.exists() for home in homes] == [False, True, True]


def test_the_size_is_that_of_the_database_in_use_up_to_a_bound() -> None:
    in_use = {"messages": TableSize(30_000, 1), "users": TableSize(300, 1)}
    assert world_size(None, in_use) == WorldSize(30_000, 300)
    assert world_size(1_000, in_use) == WorldSize(1_000, 50)
    large = {"messages": TableSize(50_000_000, 1), "users": TableSize(500_000, 1)}
    assert world_size(None, large) == WorldSize(MOST_MESSAGES, MOST_MESSAGES // 100)
    assert world_size(None, {"messages": TableSize(None, 0), "users": TableSize(None, 0)}) == world_size(None, {})


def test_a_larger_table_takes_longer_and_a_smaller_one_does_not_take_less() -> None:
    rehearsed = {"users": TableSize(10, 100), "messages": TableSize(10, 1000)}
    in_use = {"users": TableSize(10, 50), "messages": TableSize(10, 12_000)}
    assert growth(in_use, rehearsed, {"users", "messages"}) == 12
    assert growth(in_use, rehearsed, {"users"}) == growth({}, rehearsed, {"messages"}) == 1
