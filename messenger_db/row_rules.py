"""The rules that rows must keep, read from the catalog, each with the statement that finds what breaks it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from messenger_db.queries import Query, identifiers
from messenger_db.reference.kept import broken_rows, kept_by_the_application
from messenger_db.sql import QUERIES

AND = sql.SQL(" AND ")

# Not IS NOT NULL, which asks the parts of a composite value.
SET = "IS DISTINCT FROM NULL"


@dataclass(frozen=True)
class Table:
    """A table, its size in pages, and the columns that tell its rows apart: ctid where it has no primary key."""

    name: str
    pages: int
    identity: tuple[str, ...] = ("ctid",)


@dataclass(frozen=True)
class Breaks:
    """How many rows break a rule, and the first of them by `columns`."""

    rows: int
    columns: list[str]
    first: list[list[str | None]]


@dataclass(frozen=True)
class Rule:
    """A rule about a table's rows; `definition` says what it is, in SQL where it is from the catalog."""

    table: Table
    kind: str
    name: str
    definition: str

    def breaks(self, cursor: Cursor) -> Breaks | None:
        """Return the rows that break it; None without one. Raises psycopg2.Error where it cannot be asked."""
        return _first_broken(cursor, self.broken(cursor))

    def broken(self, cursor: Cursor) -> sql.Composable:
        """Return the SELECT of the rows that break it."""
        raise NotImplementedError


@dataclass(frozen=True)
class RowRule(Rule):
    """A rule about each row by itself: CHECK, NOT NULL, that of a domain, the bound of a partition."""

    is_broken: str

    def broken(self, cursor: Cursor) -> sql.Composable:
        """Return the SELECT of the rows that break it."""
        return _part(QUERIES["rules.broken_rows"], cursor, self.table, is_broken=sql.SQL(self.is_broken))


@dataclass(frozen=True)
class Key(Rule):
    """A primary key, or a unique constraint or index: no two rows of those that it is about have the same parts."""

    parts: Sequence[str]
    predicate: str
    are_nulls_equal: bool

    def breaks(self, cursor: Cursor) -> Breaks | None:
        """Return the rows that break it; None without one. Raises psycopg2.Error where it cannot be asked."""
        present = [sql.SQL("true")] if self.are_nulls_equal else [sql.SQL(f"{part} {SET}") for part in self.parts]
        QUERIES["rules.has_shared_keys"].naming(
            table=sql.Identifier(self.table.name),
            predicate=sql.SQL(self.predicate),
            is_present=AND.join(present),
            parts=sql.SQL(", ".join(self.parts)),
        ).execute(cursor)
        # Which rows they are is asked only then, as that sorts the whole table.
        return super().breaks(cursor) if cursor.fetchone() == (True,) else None

    def broken(self, cursor: Cursor) -> sql.Composable:
        """Return the SELECT of the rows that share their key with another."""
        parts = ", ".join(self.parts)
        return _part(
            QUERIES["rules.shared_keys"],
            cursor,
            self.table,
            parts=sql.SQL(parts),
            predicate=sql.SQL(self.predicate),
            is_whole=sql.SQL("true" if self.are_nulls_equal else f"num_nulls({parts}) = 0"),
        )


@dataclass(frozen=True)
class Exclusion(Rule):
    """An exclusion constraint, or a key WITHOUT OVERLAPS: no two rows for which all of its operators are true."""

    parts: Sequence[str]
    operators: Sequence[str]
    predicate: str

    def breaks(self, cursor: Cursor) -> Breaks | None:
        """Return the rows that break it; None without one. Raises psycopg2.Error where it cannot be asked."""
        QUERIES["rules.use_indexes"].execute(cursor)
        return super().breaks(cursor)

    def broken(self, cursor: Cursor) -> sql.Composable:
        """Return the SELECT of the rows that conflict with another."""
        names = [f'"part {number}"' for number, _ in enumerate(self.parts)]
        parts = ", ".join(f"{part} AS {name}" for part, name in zip(self.parts, names, strict=True))
        conflicts = [
            f"one.{name} {operator} other.{name}" for name, operator in zip(names, self.operators, strict=True)
        ]
        words = {"parts": parts, "predicate": self.predicate, "is_conflict": " AND ".join(conflicts)}
        return _part(QUERIES["rules.conflicting_keys"], cursor, self.table, **{k: sql.SQL(v) for k, v in words.items()})


@dataclass(frozen=True)
class ForeignKey(Rule):
    """A foreign key; `source` and `target` are what stands behind FROM."""

    source: str
    target: str
    columns: list[str]
    target_columns: list[str]
    operators: list[str]
    nullable: list[str]
    is_match_full: bool
    is_temporal: bool

    def broken(self, cursor: Cursor) -> sql.Composable:
        """Return the SELECT of the rows that refer to none."""
        pairs = [
            (sql.Identifier("parent", target), sql.Identifier("child", column))
            for target, column in zip(self.target_columns, self.columns, strict=True)
        ]
        refers = [
            sql.SQL(f"{{}} {operator} {{}}").format(*pair) for pair, operator in zip(pairs, self.operators, strict=True)
        ]
        having: sql.Composable = sql.SQL("")
        if self.is_temporal:
            # The last column is a period, which one or more rows cover.
            refers[-1] = sql.SQL("{} && {}").format(*pairs[-1])
            having = sql.SQL("HAVING range_agg({}) @> {}").format(*pairs[-1])
        present = [sql.SQL(f"{{}} {SET}").format(sql.Identifier(column)) for column in self.nullable]
        missing = f'"missing parts" < {len(self.columns)}' if self.is_match_full else '"missing parts" = 0'
        return _part(
            QUERIES["rules.orphans"],
            cursor,
            self.table,
            source=sql.SQL(self.source),
            target=sql.SQL(self.target),
            columns=identifiers(self.columns),
            read=identifiers(dict.fromkeys([*self.table.identity, *self.columns])),
            is_present=AND.join(present) if present and not self.is_match_full else sql.SQL("true"),
            is_referred=AND.join(refers),
            having=having,
            is_whole=sql.SQL(missing),
        )


@dataclass(frozen=True)
class BTree(Rule):
    """That an index agrees with its table, as amcheck sees it: it raises psycopg2.errors.IndexCorrupted where not."""

    schema: str

    def breaks(self, cursor: Cursor) -> None:
        """Return None where it does. Raises psycopg2.Error as amcheck does."""
        check = QUERIES["rules.check_b_tree"].naming(schema=sql.Identifier(self.schema))
        check.execute(cursor, index=self.name)


@dataclass(frozen=True)
class Kept(Rule):
    """A rule that the application keeps, and the rows can show broken."""

    def broken(self, cursor: Cursor) -> sql.Composable:
        """Return the SELECT of the rows that break it."""
        return sql.SQL(broken_rows(self.name).statement(cursor).rstrip("\n;"))


@dataclass(frozen=True)
class TableRules:
    """The rules of a table; those about single rows can be asked in one reading of it."""

    table: Table
    of_rows: list[RowRule]
    others: list[Rule]

    @property
    def readings(self) -> int:
        """How many times the table is read."""
        return bool(self.of_rows) + len(self.others)


def read_rules(cursor: Cursor) -> list[TableRules]:
    """Return the tables of the schema in the search_path, in the order of their names, with their rules."""
    QUERIES["catalog.narrow_search_path"].execute(cursor)

    def rows(query: str) -> list[tuple[Any, ...]]:
        QUERIES[f"rules.{query}"].execute(cursor)
        return cursor.fetchall()

    identity = {table: [tuple(key)] for table, key in rows("identity")}
    tables = {name: Table(name, pages, *identity.get(name, ())) for name, pages in rows("table")}
    kept = [each for each in kept_by_the_application() if tables and "table" in each]
    for each in kept:
        # The rules of a table that is not there cannot be asked, which is told.
        tables.setdefault(each["table"], Table(each["table"], 0))

    def of_tables(query: str) -> Iterator[tuple[Any, ...]]:
        return ((tables[name], *facts) for name, *facts in rows(query) if name in tables)

    of_rows = [RowRule(*facts) for facts in of_tables("row_rule")]
    others: list[Rule] = [
        *(_key(*facts) for facts in of_tables("key")),
        *(ForeignKey(*facts) for facts in of_tables("foreign_key")),
        *(BTree(table, "index", name, "bt_index_check", schema) for table, name, schema in of_tables("b_tree")),
        *(Kept(tables[each["table"]], "application", each["id"], each["rule"]) for each in kept),
    ]
    return [
        TableRules(
            table,
            [rule for rule in of_rows if rule.table is table],
            [rule for rule in others if rule.table is table],
        )
        for _, table in sorted(tables.items())
    ]


def explain(cursor: Cursor, rule: RowRule) -> None:
    """Ask the server whether it would answer for a rule. Raises psycopg2.Error where not, as without a privilege."""
    query = QUERIES["rules.explain_broken"]
    query.naming(table=sql.Identifier(rule.table.name), is_broken=sql.SQL(rule.is_broken)).execute(cursor)


def count_broken(cursor: Cursor, table: Table, rules: Sequence[RowRule]) -> tuple[int, list[RowRule]]:
    """Return how many rows a table has, and those of the rules that some break. Raises psycopg2.Error."""
    counts = ["count(*)", *(f"count(*) FILTER (WHERE {rule.is_broken})" for rule in rules)]
    query = QUERIES["rules.count_broken"]
    query.naming(table=sql.Identifier(table.name), counts=sql.SQL(", ".join(counts))).execute(cursor)
    [(rows, *broken)] = cursor.fetchall()
    return rows, [rule for rule, times in zip(rules, broken, strict=True) if times]


def _key(table: Table, kind: str, name: str, definition: str, *facts: Any) -> Rule:
    parts, operators, predicate, are_nulls_equal = facts
    if operators:
        return Exclusion(table, kind, name, definition, parts, operators, predicate)
    return Key(table, kind, name, definition, parts, predicate, are_nulls_equal)


def _part(query: Query, cursor: Cursor, table: Table, **names: sql.Composable) -> sql.Composable:
    """Return a query about the rows of a table, as a part of another one."""
    named = {"table": sql.Identifier(table.name), "identity": identifiers(table.identity)} | names
    return sql.SQL(query.naming(**named).statement(cursor))


def _first_broken(cursor: Cursor, broken: sql.Composable) -> Breaks | None:
    QUERIES["rules.first_broken"].naming(broken=broken).execute(cursor)
    found = cursor.fetchall()
    if not found:
        return None
    _, *columns = [column.name for column in cursor.description or ()]
    first = [[None if value is None else str(value) for value in row] for _, *row in found]
    return Breaks(found[0][0], columns, first)
