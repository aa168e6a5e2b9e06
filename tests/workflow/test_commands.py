"""What docs/commands.md and docs/configuration.md promise: exit statuses, the shape of JSON, settings."""

import json
import re
from typing import Any

import pytest

from messenger_db.numbering import ids
from messenger_db.settings import SETTINGS

from .checkouts import ROOT, Checkout, refusal, succeeded
from .databases import Database

COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def documented(command: str) -> set[str]:
    """Return the keys of a command's JSON that the guide names."""
    section = COMMANDS.partition(f"### {command}\n")[2].partition("\n#")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {key for row in rows for key in re.findall(r"`([^`]+)`", row)}


def keys(found: Any, path: str = "") -> set[str]:
    """Return the paths of all values, as the guide writes them."""
    if isinstance(found, dict):
        return {key for name, below in found.items() for key in keys(below, f"{path}.{name}" if path else name)}
    if isinstance(found, list) and found and isinstance(found[0], dict):
        return {key for each in found for key in keys(each, f"{path}[]")}
    return {path}


# A backfill that cannot change its row.
BACKFILL = """\
-- depends: 0001_initial_schema
-- table: users
-- key: id
-- covered: default

UPDATE users SET status = 'lost' FROM batch WHERE users.id = batch.id;
"""
USER = f"INSERT INTO users (username, password_hash) VALUES ('alice', '$2b$12${'a' * 53}')"


def test_status_in_json_and_by_exit_code(untouched: Checkout, checkout: Checkout, database: Database) -> None:
    url = database.url()
    assert untouched.command("status", "--exit-code", DATABASE_URL=url).returncode == 3
    before = json.loads(succeeded(untouched.command("status", "--json", DATABASE_URL=url)))
    assert before["pending"] == ids(ROOT / "migrations")
    assert before["migrations"][0]["applied_at"] is None
    succeeded(untouched.command("up", DATABASE_URL=url))
    succeeded(untouched.command("feed", DATABASE_URL=url))
    done = untouched.command("status", "--exit-code", "--json", DATABASE_URL=url)
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["backfills"] == []
    (checkout.folder / "backfills" / "0001_lose.sql").write_text(BACKFILL)
    database.execute(USER)
    assert checkout.command("backfill", "--on-error", "skip", DATABASE_URL=url).returncode == 1
    found = json.loads(succeeded(checkout.command("status", "--json", DATABASE_URL=url)))
    # What a slot has is looked at where one is made, on a server without other tests.
    assert keys(found) == {key for key in documented("status") if not key.startswith("slots")} | {"slots"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["migrations"][0]["applied_at"])
    assert (found["pending"], found["ahead"], found["database"]["is_embedded"]) == ([], [], False)


def test_plan_in_json(untouched: Checkout, database: Database) -> None:
    url = database.url()
    up = json.loads(succeeded(untouched.command("plan", "--json", DATABASE_URL=url)))
    assert (up["direction"], up["hazards"]) == ("up", [])
    assert "CREATE TABLE users (" in up["files"][0]["sql"]
    succeeded(untouched.command("up", DATABASE_URL=url))
    down = json.loads(succeeded(untouched.command("plan", "--down", "--json", DATABASE_URL=url)))
    assert keys(down) == documented("plan")
    assert down["direction"] == "down"
    nothing = json.loads(succeeded(untouched.command("plan", "--json", DATABASE_URL=url)))
    assert nothing["files"] == []


def test_check_in_json(untouched: Checkout, database: Database) -> None:
    url = database.url()
    succeeded(untouched.command("up", DATABASE_URL=url))
    assert json.loads(succeeded(untouched.command("check", "--json", DATABASE_URL=url)))["differences"] == []
    database.execute("ALTER TABLE users ALTER status SET DEFAULT 'away'")
    done = untouched.command("check", "--json", DATABASE_URL=url)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert keys(found) == documented("check")
    assert [(each["object"], each["fact"]) for each in found["differences"]] == [("users.status", "default")]


def test_verify_in_json(untouched: Checkout, database: Database) -> None:
    url = database.url()
    succeeded(untouched.command("up", DATABASE_URL=url))
    nothing = json.loads(succeeded(untouched.command("verify", "--json", DATABASE_URL=url)))
    assert (nothing["violations"], nothing["unverified"], nothing["stopped_at"]) == ([], [], None)
    database.execute("""
        INSERT INTO users (username, password_hash) VALUES ('somebody', '$2b$12$' || repeat('x', 53));
        ALTER TABLE users ADD CONSTRAINT users_odd CHECK (username < 'b') NOT VALID;
        ALTER TABLE users ADD CONSTRAINT users_zero CHECK (1 / (length(username) - 8) > 0) NOT VALID;
    """)
    done = untouched.command("verify", "--json", "--start-at", "user_sessions", DATABASE_URL=url)
    assert (done.returncode, done.stderr) == (4, "")
    found = json.loads(done.stdout)
    assert keys(found) == documented("verify")
    assert [table["table"] for table in found["tables"]] == ["user_sessions", "users"]
    [violation] = found["violations"]
    assert (violation["table"], violation["kind"], violation["rule"]) == ("users", "CHECK", "users_odd")
    assert (violation["rows"], violation["columns"], len(violation["first"])) == (1, ["id"], 1)
    assert [(each["rule"], each["reason"]) for each in found["unverified"]] == [("users_zero", "division by zero")]


def test_words_that_do_not_exist_end_with_2(untouched: Checkout) -> None:
    assert untouched.command("climb").returncode == untouched.command("up", "--fast").returncode == 2


@pytest.mark.parametrize(
    ("words", "setting"),
    [
        (("down", "--steps", "x"), "STEPS"),
        (("plan",), "DOWN"),
        (("grant",), "READONLY"),
        (("feed",), "REMOVE"),
        (("rehearse",), "MESSAGES"),
    ],
)
def test_a_refused_value_names_its_setting(untouched: Checkout, words: tuple[str, ...], setting: str) -> None:
    assert f"{setting}=x " in refusal(untouched.command(*words, **{setting: "x"}))


def test_the_guide_lists_every_setting_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", CONFIGURATION, re.MULTILINE))
    expected = {
        setting.name: setting.meaning if setting.is_for_one_call else f"{setting.default} | {setting.meaning}".strip()
        for setting in SETTINGS.values()
    }
    assert rows == expected


def test_what_answers_a_single_call_is_not_read_from_the_env_file(untouched: Checkout, database: Database) -> None:
    succeeded(untouched.command("up", DATABASE_URL=database.url()))
    env_file = untouched.folder / ".env"
    env_file.write_text(f"CONFIRM={database.name}\nLOCK_ATTEMPTS=x\n")
    try:
        assert "LOCK_ATTEMPTS=x" in refusal(
            untouched.command("down", DATABASE_URL=database.url(), CONFIRM=database.name)
        )
        assert "set CONFIRM=" in refusal(untouched.command("down", DATABASE_URL=database.url()))
    finally:
        env_file.unlink()
