"""Whether migrations keep the rows that were there before them.

Before each migration the rows of data/NNNN_name.sql are put in, beside those of the migrations before it. After up,
down and up again all rows must still be there and right. The first migration finds no table: its rows are put in right
after it, a value in every column, for all the others to keep.

A migration that means to change what is there, or to move it, brings data/NNNN_name.wrong.sql too: one query, which
returns what is not right after it, and answers for the tables that it reads. Taken back, the rows must be as they were,
and the catalog too.

One that takes a column away for good says so among its rows, in lines of their own: `-- drops: table.column`, and
`-- loses: table.column` where taking it back does not bring the values back.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql
from yoyo.migrations import read_sql_migration

from messenger_db.catalog import Catalog, differences, snapshot
from messenger_db.checksums import rollback_path
from messenger_db.concurrently import without_concurrently

QUERIES = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Rows:
    """The rows of a table, each as JSON by column, with how often it is there."""

    columns: list[str]
    values: list[dict[str, object]]

    def of(self, columns: list[str]) -> Counter[str]:
        return Counter(json.dumps({column: row[column] for column in columns}, sort_keys=True) for row in self.values)


World = dict[str, Rows]


def problems(db: psycopg.Connection, migrations: Path, data: Path) -> list[str]:
    """Run each migration of a folder up, down and up again; return a line for whatever is missing or not kept."""
    db.autocommit = True
    ids = sorted(path.stem for path in migrations.glob("[0-9]*.sql") if not path.stem.endswith(".rollback"))
    first, *later = ids
    found = [
        f"{path.name} is for no migration: rename it, or delete it"
        for path in sorted(data.glob("*.sql"))
        if path.name.removesuffix(".sql").removesuffix(".wrong") not in ids
    ]
    run(db, migrations / f"{first}.sql")
    empty = world(db)
    put_in(db, data / f"{first}.sql")
    found += missing(empty, world(db), set(empty), first)
    return found + [problem for id_ in later for problem in one(db, migrations / f"{id_}.sql", data)]


def one(db: psycopg.Connection, forward: Path, data: Path) -> list[str]:
    """Return what a migration does not keep; it is up afterwards."""
    id_, wrong = forward.stem, data / f"{forward.stem}.wrong.sql"
    drops, loses = (declared(data / f"{id_}.sql", word) for word in ("drops", "loses"))
    rowless, schema = world(db), catalog(db)
    put_in(db, data / f"{id_}.sql")
    before, there = world(db), tables(db)
    touched = run(db, forward)
    found = missing(rowless, before, {table for relation, table in there.items() if relation in touched}, id_)
    found += changed(db, before, id_, wrong, drops)
    try:
        run(db, Path(rollback_path(str(forward))))
    except psycopg.Error as error:
        return [*found, f"{id_} is not taken back with rows in the tables: {error.diag.message_primary}"]
    found += lost(before, world(db), id_, loses)
    found += [f"{id_} taken back leaves {difference}" for difference in differences(schema, catalog(db))]
    run(db, forward)
    again = changed(db, before, id_, wrong, drops | loses)
    return found + [f"{problem} (up again)" for problem in again if problem not in found]


def declared(rows: Path, word: str) -> set[tuple[str, str]]:
    """Return the tables and columns that a migration's rows name after a word."""
    text = rows.read_text("utf-8") if rows.exists() else ""
    return set(re.findall(rf"^-- {word}: (\w+)\.(\w+)$", text, re.MULTILINE))


def catalog(db: psycopg.Connection) -> Catalog:
    """Return what the schema holds, but for rows."""
    with db.transaction():
        return snapshot(cast("Any", db))  # the cursors of both drivers do what this needs


def run(db: psycopg.Connection, path: Path) -> set[int]:
    """Run a half of a migration in one transaction; return the OIDs of what it touched."""
    *_, statements = read_sql_migration(str(path))
    with db.transaction():
        for text in statements:
            db.execute(without_concurrently(text).encode())
        return locked(db)


def locked(db: psycopg.Connection) -> set[int]:
    """Return the OIDs of what this transaction has touched."""
    return {relation for (relation,) in db.execute((QUERIES / "locked.sql").read_bytes())}


def tables(db: psycopg.Connection) -> dict[int, str]:
    return dict(db.execute((QUERIES / "tables.sql").read_bytes()).fetchall())


def world(db: psycopg.Connection) -> World:
    """Return the rows of all tables."""
    columns, rows = (QUERIES / "columns.sql").read_bytes(), (QUERIES / "rows.sql").read_text()
    return {
        table: Rows(
            [column for (column,) in db.execute(columns, [table])],
            [row for (row,) in db.execute(sql.SQL(rows).format(table=sql.Identifier(table)))],
        )
        for table in tables(db).values()
    }


def put_in(db: psycopg.Connection, rows: Path) -> None:
    if rows.exists():
        db.execute(rows.read_bytes())


def missing(rowless: World, before: World, touched: set[str], id_: str) -> list[str]:
    """Return what the rows of a migration leave out of the tables that it touches."""
    names = sorted(touched)
    if rowless == before:
        into = f"into {', '.join(names)}" if names else "into some table"
        return [f"{id_} has no rows to keep: write {id_}.sql, INSERTs {into} that run before it"]
    return [
        *(
            f"{id_}.sql puts no row into {table}, which {id_} touches: add an INSERT"
            for table in names
            if len(before[table].values) == len(rowless[table].values)
        ),
        *(
            f"{id_}.sql leaves {table}.{column} without a value in all rows: give it one in an INSERT"
            for table in names
            for column in before[table].columns
            if before[table].values and all(row[column] is None for row in before[table].values)
        ),
    ]


def changed(db: psycopg.Connection, before: World, id_: str, wrong: Path, dropped: set[tuple[str, str]]) -> list[str]:
    """Return what is not right after a migration, but for the columns that it drops on purpose."""
    meant = f"if that is meant, write {wrong.name}, a query that returns what is not right afterwards"
    found, judged = [], set()
    if wrong.exists():
        with db.transaction():
            found += [f"{id_} leaves what {wrong.name} finds: {row}" for row in db.execute(wrong.read_bytes())]
            judged = {table for relation, table in tables(db).items() if relation in locked(db)}
    after = world(db)
    for table, rows in before.items():
        if table not in after:
            found += [] if wrong.exists() else [f"{id_} takes {table} away; {meant}"]
        elif table not in judged:
            columns = [column for column in rows.columns if column in after[table].columns]
            gone = [column for column in rows.columns if column not in columns and (table, column) not in dropped]
            found += [f"{id_} takes {column} of {table} away; {meant}" for column in gone]
            gone_rows = rows.of(columns) - after[table].of(columns)
            found += [f"{id_} loses or changes a row of {table}: {row}; {meant}" for row in gone_rows]
    return found


def lost(before: World, after: World, id_: str, loses: set[tuple[str, str]]) -> list[str]:
    """Return what taking a migration back does not put back, but for the values that it loses on purpose."""
    if before.keys() != after.keys():
        return [f"{id_} taken back leaves other tables: {', '.join(sorted(before.keys() ^ after.keys()))}"]
    found = []
    for table, rows in before.items():
        if sorted(rows.columns) != sorted(after[table].columns):
            found.append(f"{id_} taken back leaves {table} other columns: {', '.join(after[table].columns)}")
            continue
        columns = [column for column in rows.columns if (table, column) not in loses]
        less = rows.of(columns) - after[table].of(columns)
        more = after[table].of(columns) - rows.of(columns)
        found += [f"{id_} taken back loses or changes a row of {table}: {row}" for row in less]
        found += [f"{id_} taken back leaves a row of {table} that was not there: {row}" for row in more]
    return found
