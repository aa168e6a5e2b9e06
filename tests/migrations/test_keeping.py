"""Rows outlive migrations; and a migration that does not keep them would be noticed."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from .keeping import problems

MIGRATIONS = Path(__file__).parents[2] / "migrations"
DATA = Path(__file__).parent / "data"


class Scratch:
    """A project of made-up migrations. The first makes people; pets are of people."""

    def __init__(self, folder: Path, db: psycopg.Connection) -> None:
        self.migrations, self.data, self.db = folder / "migrations", folder / "data", db
        self.migrations.mkdir()
        self.data.mkdir()
        self.write(
            "0001_people",
            "CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, mail text);"
            "CREATE TABLE pets (id int PRIMARY KEY, owner int REFERENCES people);",
            "DROP TABLE pets; DROP TABLE people;",
            "INSERT INTO people VALUES (1, 'Ada', 'a@example.com'), (2, 'Bob', NULL); INSERT INTO pets VALUES (1, 2);",
        )

    def write(self, id_: str, forward: str, rollback: str, rows: str | None, wrong: str | None = None) -> None:
        (self.migrations / f"{id_}.sql").write_text(forward)
        (self.migrations / f"{id_}.rollback.sql").write_text(rollback)
        for name, text in ((f"{id_}.sql", rows), (f"{id_}.wrong.sql", wrong)):
            if text is not None:
                (self.data / name).write_text(text)

    def problems(self) -> list[str]:
        return problems(self.db, self.migrations, self.data)


@pytest.fixture
def scratch(tmp_path: Path, shared_database: str) -> Iterator[Scratch]:
    """A project of made-up migrations, with a schema of its own."""
    with psycopg.connect(shared_database, autocommit=True) as db:
        db.execute("CREATE SCHEMA scratch")
        db.execute("SET search_path = scratch")
        yield Scratch(tmp_path, db)
        db.execute("SET client_min_messages = warning")
        db.execute("DROP SCHEMA scratch CASCADE")


def test_the_migrations_keep_their_rows(empty_postgresql: psycopg.Connection) -> None:
    found = problems(empty_postgresql, MIGRATIONS, DATA)
    assert not found, "\n".join(["see tests/migrations/data:", *found])


CAT = "INSERT INTO people VALUES (3, 'Cat', 'c@example.com');"
UNPET = "DELETE FROM pets;"
PET = "INSERT INTO pets VALUES (2, 1);"
REPET = "INSERT INTO pets VALUES (1, 2), (2, 1);"
ADD = "ALTER TABLE people ADD age int;"
UNADD = "ALTER TABLE people DROP age;"

# Mail moves into a table of its own.
SPLIT = """
CREATE TABLE mails (person int PRIMARY KEY REFERENCES people, mail text NOT NULL);
INSERT INTO mails SELECT id, mail FROM people WHERE mail IS NOT NULL;
ALTER TABLE people DROP mail;
"""
UNSPLIT = """
ALTER TABLE people ADD mail text;
UPDATE people SET mail = mails.mail FROM mails WHERE person = id;
DROP TABLE mails;
"""
NO_MAIL = "SELECT id FROM people LEFT JOIN mails ON person = id WHERE (mail IS NULL) <> (name = 'Bob')"

KEPT = {
    "a column added": (ADD, UNADD, CAT, None),
    "an index built concurrently": (
        "CREATE INDEX CONCURRENTLY people_name_idx ON people (name);",
        "DROP INDEX CONCURRENTLY people_name_idx;",
        CAT,
        None,
    ),
    "a table split": (SPLIT, UNSPLIT, CAT, NO_MAIL),
    "a table that touches no other": ("CREATE TABLE new (id int);", "DROP TABLE new;", PET, None),
    "a column dropped for good, which says so": (
        "ALTER TABLE people DROP mail;",
        "ALTER TABLE people ADD mail text;",
        f"-- drops: people.mail\n-- loses: people.mail\n{CAT}",
        None,
    ),
    "a row added to a table": (
        "INSERT INTO people VALUES (9, 'System', NULL);",
        "DELETE FROM people WHERE id = 9;",
        CAT,
        None,
    ),
}

# What is wrong, and the words that must say so.
NOT_KEPT = {
    "no rows": (ADD, UNADD, None, None, "write 0002_change.sql, INSERTs into people that run before it"),
    "no row in a table it touches": (ADD, UNADD, PET, None, "0002_change.sql puts no row into people"),
    "no row in a table that a key points to": (
        "ALTER TABLE pets ADD vet int REFERENCES people;",
        "ALTER TABLE pets DROP vet;",
        PET,
        None,
        "0002_change.sql puts no row into people",
    ),
    "no row in the table of an index": (
        "ALTER INDEX people_pkey RENAME TO people_key;",
        "ALTER INDEX people_key RENAME TO people_pkey;",
        PET,
        None,
        "0002_change.sql puts no row into people",
    ),
    "up loses a row": (
        "DELETE FROM people WHERE id = 3;",
        CAT,
        CAT,
        None,
        "0002_change loses or changes a row of people",
    ),
    "up garbles a value": (
        "UPDATE people SET mail = upper(mail);",
        "UPDATE people SET mail = lower(mail);",
        CAT,
        None,
        "write 0002_change.wrong.sql",
    ),
    "up cuts a value short": (
        "ALTER TABLE people ALTER name TYPE varchar(2) USING left(name, 2);",
        "ALTER TABLE people ALTER name TYPE text;",
        CAT,
        None,
        "0002_change loses or changes a row of people",
    ),
    "up takes a column away, and nobody says what is right": (SPLIT, UNSPLIT, CAT, None, "takes mail of people away"),
    "a split that mixes people up": (
        SPLIT.replace("SELECT id, mail", "SELECT 4 - id, mail"),
        UNSPLIT.replace("person = id", "person = 4 - id"),
        CAT,
        NO_MAIL.replace("(mail IS NULL) <> (name = 'Bob')", "name = 'Ada' AND mail <> 'a@example.com'"),
        "0002_change leaves what 0002_change.wrong.sql finds: (1,)",
    ),
    "a split that garbles what its query does not read": (
        SPLIT + UNPET,
        UNSPLIT + REPET,
        CAT + PET,
        NO_MAIL,
        "0002_change loses or changes a row of pets",
    ),
    "down loses a row": (
        ADD,
        UNADD + UNPET,
        CAT + PET,
        None,
        "taken back loses or changes a row of pets",
    ),
    "down loses a value": (
        SPLIT,
        "ALTER TABLE people ADD mail text; DROP TABLE mails;",
        CAT,
        NO_MAIL,
        "0002_change taken back loses or changes a row of people",
    ),
    "down does not take a table back": (
        "CREATE TABLE IF NOT EXISTS new (id int);",
        "SELECT 1;",
        PET,
        None,
        "0002_change taken back leaves other tables: new",
    ),
    "down does not take a column back": (
        "ALTER TABLE people ADD IF NOT EXISTS age int;",
        "SELECT 1;",
        CAT,
        None,
        "0002_change taken back leaves people other columns: id, name, mail, age",
    ),
    "down leaves a row": (
        "INSERT INTO people VALUES (9, 'System', NULL) ON CONFLICT DO NOTHING;",
        "SELECT 1;",
        CAT,
        None,
        "taken back leaves a row of people that was not there",
    ),
    "down leaves an index": (
        "CREATE INDEX IF NOT EXISTS people_name_idx ON people (name);",
        "SELECT 1;",
        CAT,
        None,
        "0002_change taken back leaves people.people_name_idx: index: expected nothing",
    ),
    "a column dropped on purpose whose values do not come back": (
        "ALTER TABLE people DROP mail;",
        "ALTER TABLE people ADD mail text;",
        f"-- drops: people.mail\n{CAT}",
        None,
        "taken back loses or changes a row of people",
    ),
    "down fails": (ADD, "ALTER TABLE people DROP height;", CAT, None, "is not taken back with rows in the tables"),
    "up again loses a row": (
        "DELETE FROM pets WHERE to_regproc('again') IS NOT NULL;",
        "CREATE OR REPLACE FUNCTION again() RETURNS int LANGUAGE sql RETURN 1;",
        CAT + PET,
        None,
        "(up again)",
    ),
}


@pytest.mark.parametrize("case", KEPT)
def test_it_is_content_with(scratch: Scratch, case: str) -> None:
    forward, rollback, rows, wrong = KEPT[case]
    scratch.write("0002_change", forward, rollback, rows, wrong)
    assert scratch.problems() == []


@pytest.mark.parametrize("case", NOT_KEPT)
def test_it_notices(scratch: Scratch, case: str) -> None:
    forward, rollback, rows, wrong, words = NOT_KEPT[case]
    scratch.write("0002_change", forward, rollback, rows, wrong)
    found = scratch.problems()
    assert any(words in problem for problem in found), found
    assert all("0002_change" in problem for problem in found)


def test_the_rows_of_one_migration_are_kept_by_all_later_ones(scratch: Scratch) -> None:
    scratch.write("0002_change", ADD, UNADD, CAT)
    scratch.write(
        "0003_more", "DELETE FROM people WHERE name = 'Cat';", "SELECT 1;", "INSERT INTO people VALUES (4, 'D');"
    )
    assert any("0003_more loses or changes a row of people" in problem for problem in scratch.problems())


def test_a_column_that_an_earlier_migration_made_must_have_a_value(scratch: Scratch) -> None:
    scratch.write("0002_change", ADD, UNADD, CAT)
    more = ("ALTER TABLE people ADD height int;", "ALTER TABLE people DROP height;")
    scratch.write("0003_more", *more, "INSERT INTO people VALUES (4, 'D', NULL, NULL);")
    assert [problem for problem in scratch.problems() if "age" in problem] == [
        "0003_more.sql leaves people.age without a value in all rows: give it one in an INSERT"
    ]


def test_the_first_rows_fill_every_table_and_column(scratch: Scratch) -> None:
    (scratch.data / "0001_people.sql").write_text("INSERT INTO people VALUES (1, 'Ada', NULL)")
    assert scratch.problems() == [
        "0001_people.sql puts no row into pets, which 0001_people touches: add an INSERT",
        "0001_people.sql leaves people.mail without a value in all rows: give it one in an INSERT",
    ]


def test_rows_of_no_migration_are_noticed(scratch: Scratch) -> None:
    (scratch.data / "0002_gone.sql").write_text(CAT)
    assert scratch.problems() == ["0002_gone.sql is for no migration: rename it, or delete it"]
