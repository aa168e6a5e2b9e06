"""Several migrations at once, and two people on two branches: nobody is stuck, and nobody's rows are lost."""

import shutil
from pathlib import Path

import pytest
from drift.commands import Commands

from messenger_db.checksums import MANIFEST
from messenger_db.commands import check, new, up_down
from messenger_db.commands.renumber import renumber
from messenger_db.errors import MessengerError
from messenger_db.numbering import ids
from messenger_db.validation.checks import validate

from .databases import Database

RELEASED = "# Released with 0.1.0: the files above never change.\n"
FIRST = ("CREATE TABLE notes (\n    id uuid NOT NULL\n);\n", "DROP TABLE notes;\n")


class Desk:
    """A checkout of made-up migrations, of which the first was released, and a database."""

    def __init__(self, commands: Commands) -> None:
        self.commands, self.folder = commands, commands.folder / "migrations"
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        self.write("0001_notes", "", *FIRST)
        new.write_checksums()
        with (self.folder / MANIFEST).open("a") as manifest:
            manifest.write(RELEASED)

    def write(self, id_: str, depends: str, forward: str, rollback: str) -> None:
        """Write both files of a migration."""
        (self.folder / f"{id_}.sql").write_text(f"-- Why: a test.\n{depends}\n\n{forward}")
        (self.folder / f"{id_}.rollback.sql").write_text(rollback)

    def table(self, id_: str, depends: str = "0001_notes") -> None:
        """Write a migration that creates a table of its name."""
        name = id_[5:]
        self.write(
            id_, f"-- depends: {depends}", f"CREATE TABLE {name} (\n    id uuid NOT NULL\n);\n", f"DROP TABLE {name};\n"
        )

    def append(self, file: str, text: str) -> None:
        """Put text at the end of a file."""
        with (self.folder / file).open("a") as opened:
            opened.write(text)

    def delete(self, id_: str) -> None:
        """Delete both files of a migration."""
        for path in self.folder.glob(f"{id_}.*"):
            path.unlink()

    def problems(self) -> list[str]:
        """Return the ids of what validate refuses."""
        return [problem.id for problem in validate(self.folder)]

    def up(self, accept: str = "") -> str | None:
        """Run make db-up, and return its error."""
        self.commands.environment.setenv("ACCEPT", accept)
        return self.commands.run(up_down.apply).error

    def down(self, steps: int, accept: str = "") -> str | None:
        """Run make db-down, and return its error."""
        self.commands.environment.setenv("ACCEPT", accept)
        return self.commands.run(up_down.down, steps).error

    def is_content(self) -> bool:
        """Return whether make db-check finds no difference."""
        return self.commands.run(check.check).error is None


@pytest.fixture
def desk(commands: Commands) -> Desk:
    return Desk(commands)


@pytest.fixture
def applied(desk: Desk, database: Database) -> Desk:
    """A desk with a database of its own, to which the first migration is applied."""
    desk.commands.environment.setenv("DATABASE_URL", database.url())
    desk.commands.environment.setenv("CONFIRM", database.name)
    assert desk.up() is None
    return desk


def depends(desk: Desk) -> list[str]:
    """Return the ids of the migrations, each with what it depends on."""
    return [
        f"{id_} {(desk.folder / f'{id_}.sql').read_text().split('depends: ')[1].split()[0]}"
        for id_ in ids(desk.folder)[1:]
    ]


def test_a_second_new_migration_follows_a_first_one_that_was_written_meanwhile(desk: Desk) -> None:
    new.new("add_pins")
    desk.append("0002_add_pins.sql", "CREATE TABLE pins (\n    id uuid NOT NULL\n);\n")
    desk.append("0002_add_pins.rollback.sql", "DROP TABLE pins;\n")
    new.new("pins_key")
    assert depends(desk) == ["0002_add_pins 0001_notes", "0003_pins_key 0002_add_pins"]
    assert desk.problems() == ["no-statement", "no-statement"]  # of the one that is not written yet
    desk.append("0003_pins_key.sql", "ALTER TABLE pins\n    ADD COLUMN key text;\n")
    desk.append("0003_pins_key.rollback.sql", "ALTER TABLE pins\n    DROP COLUMN key;\n")
    new.write_checksums()
    assert desk.problems() == []


def test_what_is_not_released_changes_while_newer_ones_exist(desk: Desk) -> None:
    desk.table("0002_pins")
    desk.table("0003_polls", "0002_pins")
    new.write_checksums()
    desk.append("0002_pins.sql", "\nCOMMENT ON TABLE pins IS 'Pins.';\n")
    assert desk.problems() == ["checksum-differs"]
    new.write_checksums()
    assert desk.problems() == []


def test_a_dropped_migration_leaves_no_gap(desk: Desk) -> None:
    for id_, before in (("0002_a", "0001_notes"), ("0003_b", "0002_a"), ("0004_c", "0003_b")):
        desk.table(id_, before)
    new.write_checksums()
    desk.delete("0003_b")
    assert set(desk.problems()) == {"file-missing", "number-gap", "depends-not-previous"}
    renumber("")
    assert depends(desk) == ["0002_a 0001_notes", "0003_c 0002_a"]
    assert desk.problems() == []


def test_two_branches_that_made_the_same_number_become_one_sequence(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.table("0002_pins")
    new.write_checksums()
    theirs = (desk.folder / MANIFEST).read_text().splitlines(keepends=True)[-2:]
    desk.delete("0002_pins")
    desk.table("0002_polls")
    desk.table("0003_votes", "0002_polls")
    new.write_checksums()
    *released, first, second, third, fourth = (desk.folder / MANIFEST).read_text().splitlines(keepends=True)
    desk.table("0002_pins")
    ours = [first, second, third, fourth]
    conflict = [*released, "<<<<<<< HEAD\n", *ours, "=======\n", *theirs, ">>>>>>> theirs\n"]
    (desk.folder / MANIFEST).write_text("".join(conflict))
    notes = desk.folder.parent / "docs" / "notes.md"
    notes.parent.mkdir()
    notes.write_text("First.\n0003_votes counts, 0003_votes_more does not.\n")
    data = desk.folder.parent / "tests" / "migrations" / "data"
    data.mkdir(parents=True)
    (data / "0003_votes.wrong.sql").touch()

    assert set(desk.problems()) == {"number-double", "depends-not-previous", "manifest-format"}
    for refused, name in ((new.new, "more"), (renumber, "")):
        with pytest.raises(MessengerError, match="0002_pins and 0002_polls have one number: make db-renumber NAME="):
            refused(name)
    capsys.readouterr()
    renumber("0002_polls")
    assert capsys.readouterr().out.splitlines() == [
        "0002_polls is now 0003_polls",
        "0003_votes is now 0004_votes",
        "a database that has one of them applied has the old number: make db-up there says how to go on, with its rows",
        "docs/notes.md:2: names 0003_votes; write 0004_votes",
    ]
    assert depends(desk) == ["0002_pins 0001_notes", "0003_polls 0002_pins", "0004_votes 0003_polls"]
    assert [path.name for path in data.iterdir()] == ["0004_votes.wrong.sql"]
    assert desk.problems() == []
    assert (desk.folder / MANIFEST).read_text().startswith("".join(released))


def test_a_released_number_stays_and_the_other_one_moves_without_being_named(desk: Desk) -> None:
    desk.table("0002_theirs")
    new.write_checksums()
    manifest = desk.folder / MANIFEST
    manifest.write_text(manifest.read_text().replace(RELEASED, "") + RELEASED.replace("0.1", "0.2"))
    desk.table("0002_ours")
    renumber("")
    assert depends(desk) == ["0002_theirs 0001_notes", "0003_ours 0002_theirs"]
    assert desk.problems() == []


def test_one_migration_is_put_last_alone_where_no_other_has_its_number(desk: Desk) -> None:
    for id_, before in (("0002_a", "0001_notes"), ("0003_b", "0002_a"), ("0004_c", "0003_b")):
        desk.table(id_, before)
    renumber("a")
    assert depends(desk) == ["0002_b 0001_notes", "0003_c 0002_b", "0004_a 0003_c"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("0001_notes", "NAME=0001_notes was released: renumber the other one"),
        ("0007_none", "NAME=0007_none is not a migration that can be renumbered: 0002_pins, 0003_pins"),
        ("", "two migrations have the name pins"),
    ],
)
def test_what_cannot_be_renumbered_is_left_as_it_is(desk: Desk, name: str, words: str) -> None:
    desk.table("0002_pins")
    desk.table("0003_pins", "0002_pins")
    before = {path: path.read_bytes() for path in desk.folder.iterdir()}
    with pytest.raises(MessengerError, match=words):
        renumber(name)
    assert {path: path.read_bytes() for path in desk.folder.iterdir()} == before


@pytest.mark.parametrize("fails", ["write_bytes", "rename", "write_text"])
def test_a_disk_that_fails_leaves_all_as_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    desk.table("0002_pins")
    desk.table("0002_polls")
    desk.table("0003_votes", "0002_polls")
    before = {path: path.read_bytes() for path in desk.folder.iterdir()}
    calls = iter(range(100))
    whole = getattr(Path, fails)

    def fail_once(path: Path, *arguments: object, **words: object) -> object:
        if next(calls) == (1 if fails == "rename" else 0):
            raise OSError(28, "No space left on device", str(path))
        return whole(path, *arguments, **words)

    with monkeypatch.context() as patch:
        patch.setattr(Path, fails, fail_once)
        with pytest.raises(MessengerError, match="No space left on device; nothing was renumbered"):
            renumber("0002_polls")
    assert {path: path.read_bytes() for path in desk.folder.iterdir()} == before


def test_a_database_goes_on_under_the_new_number_with_its_rows(applied: Desk, database: Database) -> None:
    applied.table("0002_polls")
    applied.table("0003_votes", "0002_polls")
    assert applied.up() is None
    database.execute("INSERT INTO polls VALUES (gen_random_uuid())")
    before = database.contents()["polls"]
    applied.table("0002_pins")
    renumber("0002_polls")
    for refused in (applied.up(), applied.down(1)):
        assert refused
        assert "0002_polls is applied to " in refused
        assert "and is 0003_polls in this checkout, the same but for its number: make db-up" in refused
        assert "ACCEPT=0002_pins,0003_polls,0004_votes records the new number, keeps all rows" in refused
    assert database.contents()["polls"] == before
    assert applied.up("0002_pins,0003_polls,0004_votes") is None
    assert database.contents()["polls"] == before
    assert applied.is_content()
    assert applied.down(4) is None
    assert not {table for table in database.tables() if "yoyo" not in table}


def test_what_was_renumbered_and_changed_too_is_not_taken_for_the_same(applied: Desk) -> None:
    applied.table("0002_polls")
    assert applied.up() is None
    applied.table("0002_pins")
    renumber("0002_polls")
    applied.append("0003_polls.sql", "\nCOMMENT ON TABLE polls IS 'Polls.';\n")
    refused = applied.up("0003_polls")
    assert refused
    assert "its file is not in this checkout" in refused


def test_an_edited_migration_that_is_not_released_is_rolled_back_and_applied_again(
    applied: Desk, database: Database
) -> None:
    applied.table("0002_pins")
    assert applied.up() is None
    database.execute("INSERT INTO notes VALUES (gen_random_uuid())")
    applied.append("0002_pins.sql", "\nCOMMENT ON TABLE pins IS 'Pins.';\n")
    refused = applied.up()
    assert refused
    assert "0002_pins has changed since it was applied to " in refused
    assert "make db-down STEPS=1 ACCEPT=0002_pins, then make db-up" in refused
    assert applied.down(1, "0002_pins") is None
    assert applied.up() is None
    assert applied.is_content()
    assert len(database.contents()["notes"]) == 1


def test_an_edited_migration_can_be_followed_by_hand_instead(applied: Desk, database: Database) -> None:
    applied.table("0002_pins")
    assert applied.up() is None
    applied.append("0002_pins.sql", "\nCOMMENT ON TABLE pins IS 'Pins.';\n")
    assert "or change the database by hand until make db-check is content" in (applied.up() or "")
    assert not applied.is_content()
    database.execute("COMMENT ON TABLE pins IS 'Pins.'")
    assert applied.is_content()
    assert applied.up("0002_pins") is None
    assert applied.up() is None


def test_a_rollback_by_changed_files_that_fails_still_has_the_change_refused(applied: Desk) -> None:
    applied.table("0002_pins")
    assert applied.up() is None
    applied.append("0002_pins.rollback.sql", "\nDROP TABLE nothing;\n")
    assert 'table "nothing" does not exist' in (applied.down(1, "0002_pins") or "")
    assert "0002_pins has changed since it was applied to " in (applied.up() or "")


def test_a_released_migration_that_was_edited_is_to_be_restored(applied: Desk) -> None:
    applied.append("0001_notes.sql", "\nCOMMENT ON TABLE notes IS 'Notes.';\n")
    refused = applied.up()
    assert refused
    assert "restore its files and write the change as a new migration" in refused
    assert "make db-down" not in refused
