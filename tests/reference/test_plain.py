"""What is shown of an expression means what the catalog holds: PostgreSQL makes the same of both."""

import psycopg2
import pytest
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from messenger_db.reference.pages import expression
from messenger_db.reference.plain import plain_expression, plain_statement
from messenger_db.reference.schema import Schema, read


def test_every_rule_means_the_same(connection: Connection) -> None:
    before = read(connection)
    with connection.cursor() as cursor:
        for table in before.tables:
            for rule in table.rules:
                names = {"table": sql.Identifier(table.name), "rule": sql.Identifier(rule.name)}
                cursor.execute(sql.SQL("ALTER TABLE {table} DROP CONSTRAINT {rule}").format(**names))
                plain = sql.SQL(expression(table, rule.expression))
                cursor.execute(
                    sql.SQL("ALTER TABLE {table} ADD CONSTRAINT {rule} CHECK ({plain})").format(**names, plain=plain)
                )
    assert rules(read(connection)) == rules(before)


def test_every_default_means_the_same(connection: Connection) -> None:
    before = read(connection)
    with connection.cursor() as cursor:
        for table in before.tables:
            for column in table.columns:
                if column.default:
                    plain = sql.SQL(expression(table, column.default))
                    names = {"table": sql.Identifier(table.name), "column": sql.Identifier(column.name)}
                    alter = sql.SQL("ALTER TABLE {table} ALTER {column} SET DEFAULT {plain}")
                    cursor.execute(alter.format(**names, plain=plain))
    assert [table.columns for table in read(connection).tables] == [table.columns for table in before.tables]


def test_every_index_means_the_same(connection: Connection) -> None:
    before = read(connection)
    with connection.cursor() as cursor:
        for table in before.tables:
            texts = {column.name for column in table.columns if column.type.startswith(("text", "varchar"))}
            for index in table.indexes:
                cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index.name)))
                cursor.execute(plain_statement(index.definition, texts))
    definitions = [[index.definition for index in table.indexes] for table in before.tables]
    assert [[index.definition for index in table.indexes] for table in read(connection).tables] == definitions


@pytest.mark.parametrize(
    ("catalog", "plain"),
    [
        ("status::text = ANY (ARRAY['a'::character varying, 'b'::character varying]::text[])", "status IN ('a', 'b')"),
        ("status::text <> ALL (ARRAY['a'::character varying]::text[])", "status NOT IN ('a')"),
        ("is_blank(status::text)", "is_blank(status)"),
        ("replace(id::text, '-'::text, ''::text)", "replace(CAST(id AS text), '-', '')"),
        ("number > 1::numeric", "number > 1"),
    ],
)
def test_only_what_is_implied_goes(catalog: str, plain: str) -> None:
    assert plain_expression(catalog, {"status"}) == plain


def rules(schema: Schema) -> list[list[tuple[str, str]]]:
    return [[(rule.name, rule.expression) for rule in table.rules] for table in schema.tables]


def test_another_meaning_would_be_noticed(connection: Connection) -> None:
    before = rules(read(connection))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users DROP CONSTRAINT users_status_valid")
        cursor.execute("ALTER TABLE users ADD CONSTRAINT users_status_valid CHECK (status IN ('online', 'offline'))")
    assert rules(read(connection)) != before
    with pytest.raises(psycopg2.Error), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users ADD CHECK (no_column)")
