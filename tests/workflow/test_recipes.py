"""The recipes: the page shows what the commands write; it is valid, and goes up and down with rows in the tables."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from migrations.keeping import catalog, one, put_in, run

from messenger_db.catalog import differences
from messenger_db.checksums import MANIFEST
from messenger_db.commands.new import new, write_checksums
from messenger_db.errors import MessengerError
from messenger_db.numbering import ids
from messenger_db.recipes.recipe import ONE_MORE_ROW, recipes
from messenger_db.recipes.recipes_page import page
from messenger_db.validation.checks import validate

from .checkouts import ROOT

PAGE = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
README = (ROOT / "migrations" / "README.md").read_text(encoding="utf-8")
DATA = Path("tests", "migrations", "data")

# The files that the page shows, by their names.
SHOWN = dict(re.findall(r"^`(\d{4}_\w+(?:\.rollback)?\.sql)`:\n\n```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


FIRST, *_ = ids(ROOT / "migrations")


def write_checkout(folder: Path) -> Path:
    """Make a checkout of the migrations, with the tests' rows for them."""
    shutil.copytree(ROOT / "migrations", folder / "migrations")
    shutil.copytree(ROOT / DATA, folder / DATA)
    (folder / ONE_MORE_ROW).parent.mkdir()
    shutil.copy(ROOT / ONE_MORE_ROW, folder / ONE_MORE_ROW)
    shutil.copy(ROOT / "yoyo.ini", folder)
    return folder


def write(settings: dict[str, str]) -> None:
    """Run make db-new with those settings."""
    name = settings.get("NAME", "")
    new(name, **{key.lower(): value for key, value in settings.items() if key != "NAME"})


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout in which the page was followed from top to bottom."""
    with pytest.MonkeyPatch.context() as patch:
        folder = write_checkout(tmp_path_factory.mktemp("followed") / "checkout")
        patch.chdir(folder)
        for recipe in recipes().values():
            write(recipe.example)
        yield folder


@pytest.fixture
def first(here: Path) -> Path:
    """A checkout of the first migration alone, as the working directory."""
    for path in (*here.glob("migrations/[0-9]*"), *(here / DATA).iterdir()):
        if not path.name.startswith(FIRST):
            path.unlink()
    (here / "migrations" / MANIFEST).unlink()
    write_checksums()
    return here


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout, as the working directory."""
    folder = write_checkout(tmp_path / "checkout")
    monkeypatch.chdir(folder)
    return folder


def test_the_page_is_what_make_docs_writes() -> None:
    assert page(ROOT / "migrations") == PAGE, "run make docs"


def test_each_template_is_a_recipe_that_the_rules_name() -> None:
    templates = {path.stem for path in (ROOT / "messenger_db" / "recipes").glob("*.sql")}
    assert templates == set(recipes())
    assert [recipe.command for recipe in recipes().values() if f"`{recipe.command}`" not in README] == []


def test_the_commands_write_what_the_page_shows(followed: Path) -> None:
    migrations = followed / "migrations"
    new_files = sorted(path.name for path in migrations.glob("*.sql") if not (ROOT / "migrations" / path.name).exists())
    assert sorted(SHOWN) == new_files
    assert {name: (migrations / name).read_text(encoding="utf-8") for name in new_files} == SHOWN
    assert {path.stem for path in (followed / DATA).glob("*.sql")} == set(ids(migrations))


def test_what_the_page_shows_is_valid(followed: Path) -> None:
    assert list(map(str, validate(followed / "migrations"))) == []


def carried(checkout: Path, url: str) -> list[str]:
    """Carry a checkout's migrations up, down and up with rows in the tables; return what is not kept or differs.

    What differs is between the catalog then and that of a schema without rows, as make db-check compares them.
    """
    migrations, data, found = checkout / "migrations", checkout / DATA, []
    with psycopg.connect(url, autocommit=True) as db, psycopg.connect(url, autocommit=True) as empty:
        try:
            for connection, schema in ((db, "with_rows"), (empty, "without_rows")):
                connection.execute(f"CREATE SCHEMA {schema}".encode())
                connection.execute(f"SET search_path = {schema}".encode())
                connection.execute("SET client_min_messages = warning")
            first, *later = ids(migrations)
            run(db, migrations / f"{first}.sql")
            put_in(db, data / f"{first}.sql")
            run(empty, migrations / f"{first}.sql")
            for id_ in later:
                found += one(db, migrations / f"{id_}.sql", data)
                run(empty, migrations / f"{id_}.sql")
                found += [f"{id_}: {difference}" for difference in differences(catalog(empty), catalog(db))]
        finally:
            for schema in ("with_rows", "without_rows"):
                db.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
    return found


def test_what_the_page_shows_goes_up_and_down_with_rows_and_leaves_what_db_check_expects(
    followed: Path, shared_database: str
) -> None:
    assert carried(followed, shared_database) == []


# What is set, and the words that must say what is wrong with it.
REFUSED = {
    "RECIPE=colum": "RECIPE=colum is not a recipe: column, not-null, check",
    "RECIPE=column TABLE=messages TYPE=int": "RECIPE=column needs COLUMN=: make db-new RECIPE=column",
    "RECIPE=column TABLE=messages COLUMN=x TYPE=int,int": "TYPE=int,int is not a column",
    "RECIPE=column TABLE=messages COLUMN=content TYPE=int": "COLUMN=content is a column of messages already",
    "RECIPE=column TABLE=messages COLUMN=x TYPE=int NAME=y": "leave out NAME=y",
    "RECIPE=index TABLE=mesages COLUMN=id": "TABLE=mesages is not a table of the migrations: a",
    "RECIPE=index TABLE=users COLUMN=id,nome": "COLUMN=nome is not a column of users, which has id, ",
    "RECIPE=table TABLE=users": "TABLE=users exists already",
    "RECIPE=table TABLE=Pins": "TABLE=Pins is not a name",
    "RECIPE=wider-varchar TABLE=users COLUMN=display_name LENGTH=100": "LENGTH=100 is not more than users.display_name",
    "RECIPE=wider-varchar TABLE=users COLUMN=display_name LENGTH=x": "LENGTH=x is not more than users.display_name",
    "RECIPE=wider-varchar TABLE=users COLUMN=display_name LENGTH=200": "is in the CHECKs users_display_name_not_blank",
    "RECIPE=wider-varchar TABLE=users COLUMN=id LENGTH=9": "LENGTH=9 is not more than users.id has: uuid",
    "RECIPE=wider-check TABLE=users CONSTRAINT=users_x CHECK=true": "CONSTRAINT=users_x is not a CHECK of users",
    "RECIPE=check TABLE=users CONSTRAINT=users_status_valid CHECK=true": "is a CHECK of users already",
    "RECIPE=check TABLE=users CONSTRAINT=users_x CHECK=)": "CHECK=')' cannot be filled in (syntax error at",
    "RECIPE=foreign-key TABLE=users COLUMN=id REFERENCES=user(id)": "REFERENCES=user(id) names no table",
    "RECIPE=drop-column TABLE=chat_participants COLUMN=pinned_at": "COLUMN=pinned_at is in the CHECK chat_participants_"
    "times_finite, which would be dropped with it: first make db-new RECIPE=wider-check TABLE=chat_participants "
    "CONSTRAINT=chat_participants_times_finite CHECK='isfinite(joined_at) AND isfinite(left_at) AND isfinite(muted_unt",
    "RECIPE=drop-column TABLE=user_sessions COLUMN=replaced_by": "COLUMN=replaced_by is in the CHECK user_sessions_not_"
    "replaced_by_self, which would be dropped with it: first make db-new NAME=drop_user_sessions_not_replaced_by_self,",
    "NAME=initial_schema": "0001_initial_schema has that name already",
    "NAME=Pins": "NAME=Pins is not a name for a migration",
}


@pytest.mark.parametrize("settings", REFUSED)
def test_what_does_not_fit_is_refused_in_one_line_and_writes_nothing(here: Path, settings: str) -> None:
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    with pytest.raises(MessengerError, match=re.escape(REFUSED[settings])) as error:
        write(dict(word.split("=", 1) for word in settings.split(" ")))
    assert "\n" not in str(error.value)
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_a_recipe_goes_by_what_earlier_ones_made_of_the_table(first: Path) -> None:
    values = "content_type IN ('text', 'image', 'system', 'poll'{})"
    wider = {"RECIPE": "wider-check", "TABLE": "messages", "CONSTRAINT": "messages_content_type_valid"}
    for settings in (
        {"RECIPE": "column", "TABLE": "chats", "COLUMN": "is_pinned", "TYPE": "boolean NOT NULL DEFAULT false"},
        {"RECIPE": "drop-column", "TABLE": "chats", "COLUMN": "is_pinned"},
        wider | {"CHECK": values.format("")},
        wider | {"CHECK": values.format(", 'voice'")},
        {"RECIPE": "drop-column", "TABLE": "attachments", "COLUMN": "blurhash"},
        {"RECIPE": "drop-column", "TABLE": "attachments", "COLUMN": "file_type"},
    ):
        write(settings)
    migrations = first / "migrations"
    assert [id_[5:] for id_ in ids(migrations)[1:]] == [
        "add_chats_is_pinned",
        "drop_chats_is_pinned",
        "widen_messages_content_type_valid",
        "validate_wider_messages_content_type_valid",
        "widen_messages_content_type_valid_2",
        "validate_wider_messages_content_type_valid_2",
        "drop_attachments_blurhash",
        "relax_attachments_file_type",
        "drop_attachments_file_type",
    ]
    rollbacks = {path.name[:4]: path.read_text(encoding="utf-8") for path in migrations.glob("*.rollback.sql")}
    assert "WHERE is_pinned IS DISTINCT FROM FALSE)" in rollbacks["0002"]
    assert "ADD COLUMN is_pinned boolean NOT NULL DEFAULT FALSE;" in rollbacks["0003"]
    assert "CHECK (content_type IN ('text', 'image', 'system'));" in rollbacks["0004"]
    assert f"CHECK ({values.format('')});" in rollbacks["0006"]
    assert "ADD COLUMN file_type varchar(50);" in rollbacks["0010"]
    assert "CHECKs (attachments_file_type_valid), foreign keys and indexes" in rollbacks["0010"]
    assert list(map(str, validate(migrations))) == []


def test_rows_of_a_table_that_has_none_in_the_tests_are_asked_for(first: Path) -> None:
    write({"RECIPE": "table", "TABLE": "pins"})
    write({"RECIPE": "column", "TABLE": "pins", "COLUMN": "note", "TYPE": "text"})
    assert "-- Write here an INSERT of one row into pins" in (first / DATA / "0003_add_pins_note.sql").read_text(
        "utf-8"
    )


def test_without_the_folder_of_the_rows_none_are_written(here: Path) -> None:
    shutil.rmtree(here / "tests")
    write({"RECIPE": "table", "TABLE": "pins"})
    assert not (here / "tests").exists()


# What was written first for four features, and refused without a way out.
PINS = """\
CREATE TABLE pins (
    chat_id uuid NOT NULL,
    message_id uuid NOT NULL,
    pinned_by uuid,
    CONSTRAINT pins_pkey PRIMARY KEY (chat_id, message_id),
    CONSTRAINT pins_chat_id_message_id_fkey
        FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, id) ON DELETE CASCADE{}
);
"""
PINNED_BY = """,
    CONSTRAINT pins_chat_id_pinned_by_fkey
        FOREIGN KEY (chat_id, pinned_by) REFERENCES chat_participants (chat_id, user_id)
        ON DELETE SET NULL (pinned_by)"""
PUSH_TOKENS = """\
CREATE TABLE push_tokens (
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    token varchar(500) NOT NULL,
    CONSTRAINT push_tokens_pkey PRIMARY KEY (session_id),
    CONSTRAINT push_tokens_token_key UNIQUE (token),
    CONSTRAINT push_tokens_user_id_session_id_fkey
        FOREIGN KEY (user_id, session_id) REFERENCES user_sessions (user_id, id) ON DELETE CASCADE
);
"""
NULLABLE = """\
ALTER TABLE messages
    -- squawk-ignore ban-drop-not-null -- old releases never read a message without content
    ALTER COLUMN content DROP NOT NULL;
"""
NOT_NULLABLE = """\
DO $$
BEGIN
    IF EXISTS (SELECT FROM messages WHERE content IS NULL) THEN
        RAISE EXCEPTION 'messages without content would be in the way';
    END IF;
END
$$;

ALTER TABLE messages
    -- squawk-ignore adding-not-nullable-field -- the rows were asked for above
    ALTER COLUMN content SET NOT NULL;
"""


def by_hand(here: Path, name: str, forward: str, rollback: str, *tables: str) -> None:
    """Write a migration by hand, with one more row of each of those tables to keep."""
    new(name)
    id_ = ids(here / "migrations")[-1]
    for file, text in ((f"{id_}.sql", forward), (f"{id_}.rollback.sql", rollback)):
        with (here / "migrations" / file).open("a", encoding="utf-8") as opened:
            opened.write(text)
    rows = (here / ONE_MORE_ROW).read_text(encoding="utf-8").split("-- name: ")
    (here / DATA / f"{id_}.sql").write_text("".join(row.partition("\n")[2] for row in rows if row.split()[0] in tables))
    write_checksums()


def test_a_table_with_two_keys_and_two_other_features_are_written_side_by_side(
    here: Path, shared_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    by_hand(here, "add_pins", PINS.format(PINNED_BY), "DROP TABLE pins;\n", "messages")
    assert {problem.id for problem in validate(here / "migrations")} == {"lock-two-tables"}
    for path in here.rglob("????_add_pins*"):
        path.unlink()
    by_hand(here, "add_pins", PINS.format(""), "DROP TABLE pins;\n", "messages")
    by_hand(here, "add_push_tokens", PUSH_TOKENS, "DROP TABLE push_tokens;\n", "user_sessions")
    by_hand(here, "nullable_content", NULLABLE, NOT_NULLABLE, "messages")
    with (here / ONE_MORE_ROW).open("a", encoding="utf-8") as rows:
        rows.write(
            "\n-- name: pins\nINSERT INTO pins SELECT chat_id, id, sender_id FROM messages WHERE sender_id IS NOT NULL"
            " AND id NOT IN (SELECT message_id FROM pins) LIMIT 1;\n"
        )
    key = "chat_participants (chat_id, user_id) ON DELETE SET NULL (pinned_by)"
    write({"RECIPE": "foreign-key", "TABLE": "pins", "COLUMN": "chat_id, pinned_by", "REFERENCES": key})
    said = capsys.readouterr().out
    assert "model_names.toml: where pins_chat_id_pinned_by_fkey leads to" in said
    assert said.endswith("last, make db-checksums and make docs, which write what is generated\n")
    assert list(map(str, validate(here / "migrations"))) == []
    assert carried(here, shared_database) == []


def test_an_example_that_does_not_fit_any_more_is_named(here: Path) -> None:
    write({"RECIPE": "column", "TABLE": "messages", "COLUMN": "language", "TYPE": "text"})
    with pytest.raises(
        MessengerError, match=r"choose another example in messenger_db/recipes/column\.sql: COLUMN=lang"
    ):
        page(here / "migrations")


@pytest.fixture
def in_first(shared_database: str, first: Path) -> Iterator[psycopg.Connection]:
    """A transaction in a schema with the first migration and its rows, rolled back."""
    with psycopg.connect(shared_database) as db:
        db.execute("CREATE SCHEMA in_first")
        db.execute("SET search_path = in_first")
        for file in (first / "migrations" / f"{FIRST}.sql", first / DATA / f"{FIRST}.sql"):
            db.execute(file.read_bytes())
        yield db
        db.rollback()


def forward(here: Path, name: str) -> bytes:
    """Return the text of a migration by its name without a number."""
    (path,) = here.glob(f"migrations/????_{name}.sql")
    return path.read_bytes()


def test_both_names_of_a_column_work_until_the_old_one_is_dropped(first: Path, in_first: psycopg.Connection) -> None:
    write({"RECIPE": "rename-column", "TABLE": "chats", "COLUMN": "description", "TO": "about"})
    in_first.execute(forward(first, "add_chats_about"))

    def row(statement: str) -> tuple[object, ...] | None:
        return in_first.execute(f"{statement} RETURNING description, about".encode()).fetchone()

    new_chat = "INSERT INTO chats (type, name, slug, {}) VALUES ('group', 'Name', '{}', 'Words')"
    assert row(new_chat.format("description", "by-the-old-release")) == ("Words", "Words")
    assert row(new_chat.format("about", "by-the-new-release")) == ("Words", "Words")
    for column in ("description", "about"):
        for value in ("More", None):
            assigned = f"'{value}'" if value else "NULL"
            changed = f"UPDATE chats SET {column} = {assigned} WHERE slug = 'by-the-old-release'"
            assert row(changed) == (value, value)
    # A row from before gets its value with any update, and keeps it.
    kept = "WHERE slug = 'kept-group'"
    assert in_first.execute(f"SELECT description, about FROM chats {kept}".encode()).fetchone() == (
        "What is kept",
        None,
    )
    assert row(f"UPDATE chats SET name = 'Other' {kept}") == ("What is kept", "What is kept")


@pytest.mark.parametrize(
    ("settings", "files", "says"),
    [
        (
            {"RECIPE": "rename-column", "TABLE": "chats", "COLUMN": "description", "TO": "about"},
            ("add_chats_about", "drop_chats_description"),
            "rows of chats have no about yet",
        ),
        (
            {"RECIPE": "not-null", "TABLE": "chats", "COLUMN": "description", "VALUE": "''"},
            ("default_chats_description", "require_chats_description"),
            "rows of chats have no description",
        ),
    ],
    ids=lambda value: value["RECIPE"] if isinstance(value, dict) else "",
)
def test_what_would_come_before_the_fill_refuses(
    first: Path, in_first: psycopg.Connection, settings: dict[str, str], files: tuple[str, str], says: str
) -> None:
    write(settings)
    before, early = files
    in_first.execute(forward(first, before))
    with pytest.raises(psycopg.errors.RaiseException, match=says) as error:
        in_first.execute(forward(first, early))
    assert "in batches first" in (error.value.diag.message_hint or "")


def test_the_other_migrations_of_a_default_go_on_with_rows_of_the_old_release(
    first: Path, in_first: psycopg.Connection
) -> None:
    write({"RECIPE": "not-null", "TABLE": "chats", "COLUMN": "description", "VALUE": "'None'"})
    in_first.execute(forward(first, "default_chats_description"))
    new_chat = "INSERT INTO chats (type, name, slug) VALUES ('group', 'Name', 'name') RETURNING description"
    assert in_first.execute(new_chat.encode()).fetchone() == ("None",)
    in_first.execute("UPDATE chats SET description = 'None' WHERE description IS NULL")
    for name in ("require_chats_description", "set_chats_description_not_null"):
        in_first.execute(forward(first, name))
        assert in_first.execute(new_chat.replace("'name'", f"'{name.replace('_', '-')}'").encode()).fetchone() == (
            "None",
        )
