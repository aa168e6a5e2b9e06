"""Rules for the whole schema, read from the catalog."""

import psycopg
import pytest

from .queries import run

# Each query names what breaks its rule; beside it, a statement that breaks it and what must then be named.
RULES = {
    "misnamed_constraints": (b"ALTER TABLE users ADD CONSTRAINT bio_check CHECK (bio <> '')", "bio_check"),
    "misnamed_indexes": (b"CREATE INDEX users_by_bio_idx ON users (bio)", "users_by_bio_idx"),
    "without_comment": (b"ALTER TABLE users ADD motto text", "users.motto"),
    "odd_times": (b"ALTER TABLE users ADD born_at timestamp", "users.born_at"),
    "own_types": (b"CREATE TYPE mood AS ENUM ('good')", "mood"),
    "redundant_indexes": (b"CREATE INDEX users_id_idx ON users (id)", "users_id_idx"),
    "unindexed_foreign_keys": (b"DROP INDEX messages_reply_to_id_set_idx", "messages_chat_id_reply_to_id_fkey"),
    "loose_functions": (b"CREATE FUNCTION loose() RETURNS text LANGUAGE sql AS 'SELECT lower(''A'')'", "loose"),
    "open_functions": (b"CREATE FUNCTION opened() RETURNS integer LANGUAGE sql RETURN 1", "opened"),
    "unvalidated_constraints": (
        b"ALTER TABLE users ADD CONSTRAINT users_new CHECK (bio <> '') NOT VALID",
        "users_new",
    ),
    "changing_columns": (b"CREATE INDEX users_last_seen_at_idx ON users (last_seen_at)", "users_last_seen_at_idx"),
}

NUMBERS = {
    "tables": 10,
    "columns": 97,
    "indexes": 32,
    "foreign keys": 19,
    "checks and uniques": 28,
    "triggers": 2,
    "functions": 1,
}


# A mutant that puts a rule on anew loses its comment, which is no behaviour.
@pytest.mark.parametrize(
    "rule", [pytest.param(rule, marks=[pytest.mark.picture] * (rule == "without_comment")) for rule in RULES]
)
def test_nothing_is_among(db: psycopg.Connection, rule: str) -> None:
    assert run(db, rule) == []


@pytest.mark.picture
@pytest.mark.parametrize("rule", RULES)
def test_it_would_be_found_among(db: psycopg.Connection, rule: str) -> None:
    statement, broken = RULES[rule]
    db.execute(statement)
    assert run(db, rule) == [(broken,)]


@pytest.mark.picture
@pytest.mark.parametrize(
    ("thing", "name"),
    [
        ("CONSTRAINT users_status_valid ON users", "users_status_valid"),
        ("CONSTRAINT chats_created_by_fkey ON chats", "chats_created_by_fkey"),
        ("INDEX users_id_present_idx", "users_id_present_idx"),
        ("TRIGGER users_set_updated_at ON users", "users_set_updated_at"),
        ("TABLE users", "users"),
        ("FUNCTION uuid_v7()", "uuid_v7"),
    ],
)
def test_a_comment_would_be_missed_of_a(db: psycopg.Connection, thing: str, name: str) -> None:
    db.execute(f"COMMENT ON {thing} IS NULL".encode())
    assert run(db, "without_comment") == [(name,)]


@pytest.mark.picture
@pytest.mark.parametrize("what", NUMBERS)
def test_the_data_models_number_is_reached_of(db: psycopg.Connection, what: str) -> None:
    assert dict(run(db, "numbers"))[what] >= NUMBERS[what]


def test_there_is_no_extension(db: psycopg.Connection) -> None:
    assert run(db, "extensions") == []


def test_names_compare_alike_in_every_locale(db: psycopg.Connection) -> None:
    compared_alike = {name for (name,) in run(db, "collations")}
    assert compared_alike >= {
        *("users.username", "users_username_key.username", "users_username_lower_key.lower"),
        *("chats.slug", "chats_slug_key.slug"),
    }
