"""The example of the guide, from the first to the last command, while people send, edit and read."""

import shutil

import pytest
from drift.commands import Commands
from workflow.databases import Database

from bench.live_messages import fill_chats, load
from messenger_db import cli
from messenger_db.validation.checks import validate

from .guide import ROOT, steps

MESSAGES = 300

LEFT = """
    SELECT
        count(*),
        count(*) FILTER (WHERE content_length IS DISTINCT FROM char_length(content)),
        (SELECT bool_and(attnotnull) FROM pg_attribute WHERE attname = 'content_length')
    FROM messages
"""


def test_the_example_works_from_the_first_to_the_last_command(
    commands: Commands, migrated: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / ".squawk.toml", commands.folder)
    monkeypatch.setenv("DATABASE_URL", migrated.url())
    monkeypatch.setenv("CONFIRM", migrated.name)
    chats = fill_chats(migrated, MESSAGES)
    with load(migrated, chats) as waits:
        for step in steps():
            if step.file:
                path = commands.folder / step.file
                assert path.exists(), f"make db-new did not write {step.file}"
                path.write_text(step.text)
                continue
            with monkeypatch.context() as settings:
                for name, value in step.settings:
                    settings.setenv(name, value)
                assert cli.run([step.target.removeprefix("db-")]) == cli.DONE
    out = capsys.readouterr().out
    assert "filled 0001_fill_content_length: " in out
    assert "backfill 0001_fill_content_length: complete" in out
    assert "_content_length_not_null (" in out
    assert "matches its applied migrations" in out
    assert validate(commands.folder / "migrations") == []
    with migrated.connect() as db:
        [(messages, wrong, is_required)] = db.execute(LEFT).fetchall()
    assert messages == MESSAGES + len(waits.sends)
    assert (wrong, is_required) == (0, True)
    assert waits.edits
    # And back.
    monkeypatch.setenv("STEPS", "3")
    assert cli.run(["down"]) == cli.DONE
    assert cli.run(["check"]) == cli.DONE
