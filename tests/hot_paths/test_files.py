"""The files: headers that can be read, and parameters that psql, pgbench and psycopg understand alike."""

import re
from pathlib import Path

import children
import psycopg
import pytest

from messenger_db.embedded.binaries import wheel
from messenger_db.hot_paths import HotPath, hot_path, names

from .calls import call_one


@pytest.mark.parametrize("name", names())
def test_header_says_all(name: str) -> None:
    path = hot_path(name)
    assert path.purpose
    assert list(path.fields) == ["Parameters", "Returns", "Nullable", "Indexes", "Pages", "Locks", "Errors"]
    described = re.findall(
        r"(?:^|, |: )(\w+) (?:uuid|text|jsonb|bytea|integer|boolean|timestamptz|inet)\b", path.fields["Parameters"]
    )
    assert sorted(described) == sorted(path.parameters)


@pytest.mark.parametrize("name", names())
def test_both_names_are_the_file_s_and_all_parameters_are_declared(name: str) -> None:
    path = hot_path(name)
    at_name, dash_name, record_class, *_ = path.sql.splitlines()
    one_row = "^" if path.fields["Returns"].startswith(("one row", "as send_message")) else ""
    assert at_name == f"/* @name {name} */"
    assert dash_name == f"-- name: {name}({', '.join(path.parameters)}){one_row}"
    assert record_class == f"-- record_class: {path.row_class}"


@pytest.mark.parametrize("name", names())
def test_each_use_of_a_parameter_names_its_type(name: str) -> None:
    # So that every driver, and a prepared statement, can tell what it is.
    statement = hot_path(name).for_psycopg
    assert re.findall(r"(?<!CAST\()%\(\w+\)s|%\(\w+\)s(?! AS \w+(?:\[\])?\))", statement) == []


@pytest.mark.parametrize("name", names())
def test_nothing_is_in_a_driver_s_way(name: str) -> None:
    # psycopg wants a literal % doubled, and a cast by two colons joins the name of a parameter for SQLAlchemy.
    assert not re.search(r"%|:\w+::", hot_path(name).sql)


def statement(name: str) -> str:
    """Return a hot path without its header."""
    sql = hot_path(name).sql
    return sql[re.search(r"^(?!--|/\*)", sql, re.MULTILINE).start() :]  # type: ignore[union-attr]


def without(sql: str, first: str, last: str) -> str:
    """Return a statement without what stands from one text up to another."""
    before, _, rest = sql.partition(first)
    return before + last + rest.partition(last)[2]


def test_what_two_statements_share_is_the_same() -> None:
    # One statement a file, so what several need is written several times.
    images = without(statement("send_images"), "files AS (", "receipts AS (")
    assert images.replace("'image',", "CAST(:content_type AS text),") == statement("send_message")
    receipts = statement("send_system_message").partition("receipts AS (")[2].partition(")\nSELECT")[0]
    own = "    WHERE message.is_new\n        AND members.user_id <> message.sender_id\n"
    assert own in statement("send_message")
    assert receipts in statement("send_message").replace(own, "    WHERE message.is_new\n")
    page = statement("history_before").rstrip(";\n")
    assert re.sub(r"^", "    ", page, flags=re.MULTILINE) in statement("history_with_names")
    pairs = {
        statement(name).partition("\n)")[0] + statement(name).partition("pair AS MATERIALIZED")[2].partition("\n)")[0]
        for name in ("accept_contact", "remove_contact", "unblock_contact")
    }
    assert len(pairs) == 1


def test_bound_of_pages_is_read_from_the_header() -> None:
    path = HotPath("example", "", "", {"Pages": "40 + 2 a chat + 3 an unread message"})
    assert path.pages(chat=10, unread_message=100) == 40 + 20 + 300
    with pytest.raises(KeyError):
        path.pages(chat=10)


NIL = "00000000-0000-0000-0000-000000000000"

# Values that suit no row: what counts is that each statement is understood. Whatever is not here is an id.
VALUES = {
    "batch": "10",
    "before_is_pinned": "true",
    "content": "Hello",
    "content_type": "text",
    "deleted_before": "2100-01-01",
    "device_type": "web",
    "emoji": "x",
    "expired_before": "2000-01-01",
    "expires_at": "2100-01-01",
    "files": "[]",
    "ip_address": "127.0.0.1",
    "is_pinned": "true",
    "max_messages": "10",
    "max_sessions": "10",
    "max_users": "10",
    "member_ids": f"{{{NIL}}}",
    "message_ids": f"{{{NIL},{NIL}}}",
    "metadata": "{}",
    "muted_until": "2100-01-01",
    "new_token_hash": r"\\x01",
    "password_hash": "$2b$12$" + "a" * 53,
    "role": "admin",
    "status": "away",
    "token_hash": r"\\x00",
    "user_ids": f"{{{NIL},{NIL}}}",
    "username": "somebody",
    "words": "hello",
}


def test_pgbench_runs_every_file(shared_database: str, tmp_path: Path) -> None:
    scripts = [f"--file={file}@1" for name in names() for file in [tmp_path / f"{name}.sql"]]
    for name in names():
        script = f"BEGIN;\n{hot_path(name).sql}ROLLBACK;\n"
        (tmp_path / f"{name}.sql").write_text(script, encoding="utf-8")
    parameters = {parameter for name in names() for parameter in hot_path(name).parameters}
    done = children.run(
        [
            str(wheel() / "bin" / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            "--transactions=300",
            "--random-seed=1",
            *(f"--define={parameter}={VALUES.get(parameter, NIL)}" for parameter in parameters),
            *scripts,
            psycopg.conninfo.make_conninfo(shared_database),
        ],
        check=False,
    )
    assert "ERROR" not in done.stderr
    assert "number of failed transactions: 0" in done.stdout


def test_psql_runs_a_file(db: psycopg.Connection, shared_database: str) -> None:
    done = children.run(
        [
            str(wheel() / "bin" / "psql"),
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            f"--set=user_id='{NIL}'",
            f"--set=chat_id='{NIL}'",
            f"--dbname={shared_database}",
        ],
        stdin=hot_path("unread_count").sql,
        check=True,
    )
    assert done.stdout.strip() == str(call_one(db, "unread_count", user_id=NIL, chat_id=NIL)["unread"])
