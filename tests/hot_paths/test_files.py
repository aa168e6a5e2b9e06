"""The files: headers that can be read, and parameters that psql, pgbench and psycopg understand alike."""

import re
from pathlib import Path

import children
import psycopg
import pytest

from messenger_db.binaries import wheel
from messenger_db.hot_paths import HotPath, hot_path, names

from .calls import call_one


@pytest.mark.parametrize("name", names())
def test_header_says_all(name: str) -> None:
    path = hot_path(name)
    assert path.purpose
    assert list(path.fields) == ["Parameters", "Returns", "Indexes", "Pages", "Locks", "Errors"]
    described = re.findall(r"(?:^|, |: )(\w+) (?:uuid|text|jsonb|bytea|integer|boolean)\b", path.fields["Parameters"])
    assert sorted(described) == sorted(path.parameters)


@pytest.mark.parametrize("name", names())
def test_each_use_of_a_parameter_names_its_type(name: str) -> None:
    # So that every driver, and a prepared statement, can tell what it is.
    path = hot_path(name)
    assert re.findall(r"%\((\w+)\)s(?!::)", path.for_psycopg) == []
    assert path.for_psycopg.count("%(") == len(re.findall(r"(?<!:):\w+::", path.sql))


def test_only_parameters_are_replaced() -> None:
    sql = "-- at 12:30, or :now\nSELECT ':no', 'it''s :no', id::text, '5%', :yes::text, :yes_2 WHERE a = :yes;"
    path = HotPath("example", sql, "", {})
    assert path.parameters == ["yes", "yes_2"]
    assert path.for_psycopg == (
        "-- at 12:30, or :now\nSELECT ':no', 'it''s :no', id::text, '5%%', %(yes)s::text, %(yes_2)s WHERE a = %(yes)s;"
    )


def test_bound_of_pages_is_read_from_the_header() -> None:
    path = HotPath("example", "", "", {"Pages": "40 + 2 a chat + 3 an unread message"})
    assert path.pages(chat=10, unread_message=100) == 40 + 20 + 300
    with pytest.raises(KeyError):
        path.pages(chat=10)


# Values that suit no row: what counts is that each statement is understood.
VALUES = {"status": "away", "content": "Hello", "content_type": "text", "emoji": "x", "words": "hello"}
NIL = "00000000-0000-0000-0000-000000000000"


def value(parameter: str) -> str:
    match parameter:
        case "metadata":
            return "{}"
        case "message_ids":
            return f"{{{NIL},{NIL}}}"
        case "token_hash":
            return r"\\x00"
        case "before_is_pinned":
            return "true"
        case "batch" | "max_messages":
            return "10"
        case _:
            return VALUES.get(parameter, NIL)


def test_pgbench_runs_every_file(shared_database: str, tmp_path: Path) -> None:
    scripts = [f"--file={file}@1" for name in names() for file in [tmp_path / f"{name}.sql"]]
    for name in names():
        (tmp_path / f"{name}.sql").write_text(hot_path(name).sql, encoding="utf-8")
    parameters = {parameter for name in names() for parameter in hot_path(name).parameters}
    done = children.run(
        [
            str(wheel() / "bin" / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            "--transactions=300",
            "--random-seed=1",
            *(f"--define={parameter}={value(parameter)}" for parameter in parameters),
            *scripts,
            psycopg.conninfo.make_conninfo(shared_database),
        ],
        check=True,
    )
    assert "number of failed transactions: 0" in done.stdout
    assert done.stderr.count("ERROR") == 0


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
