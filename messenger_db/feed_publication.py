"""The publication of the change feed: one for each schema, which its migrations do not create.

All columns are published but those of SECRET_COLUMNS. A deleted row is published with its key, so the key is one that
names the chat. PostgreSQL drops or retypes no column that a publication lists: a migration that does so puts the lists
aside in its transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import Json

from messenger_db.queries import identifiers
from messenger_db.secret_columns import SECRET_COLUMNS
from messenger_db.sql import QUERIES

LONGEST_NAME_BYTES = 63  # PostgreSQL's


@dataclass(frozen=True)
class FeedTable:
    """A table of the schema: how it should be published, and how it is; None as columns are all of them.

    `identity` is d for the primary key, i for an index, f for the whole row, None where the table has no key at all;
    `found_identity` is another word where it is something else.
    """

    name: str
    is_partition: bool
    columns: list[str] | None
    identity: str | None
    index: str | None
    key: list[str] | None
    found_identity: str
    is_published: bool
    published_columns: list[str] | None

    @property
    def is_wanted(self) -> bool:
        """Whether it should be published: a partition is so with its table."""
        return bool(self.identity) and not self.is_partition

    @property
    def is_as_wanted(self) -> bool:
        """Whether the publication needs no change for it."""
        if not self.is_wanted:
            return not self.is_published
        return self.is_published and set(self.columns or ()) == set(self.published_columns or ())

    @property
    def is_identified(self) -> bool:
        """Whether a deleted row is published with what it should be, or more: other tools ask for the whole row."""
        return self.found_identity == self.identity or (self.found_identity == "f" and not self.columns)

    def __str__(self) -> str:
        """Say what of it should be published."""
        columns = ", ".join(self.columns) if self.columns else "all columns"
        return f"{self.name}: {columns}; of a deleted row {', '.join(self.key) if self.key else 'all columns'}"


class Feed(NamedTuple):
    """The publication of a schema, which need not be there; `is_foreign` if one of its name is not make db-feed's."""

    name: str
    comment: str
    owner: str | None
    is_ours: bool
    is_foreign: bool
    tables: list[FeedTable]

    @property
    def exists(self) -> bool:
        """Whether the publication is there."""
        return self.owner is not None

    @property
    def is_changeable(self) -> bool:
        """Whether it is there, this package's, and this role's to change."""
        return self.is_ours and not self.is_foreign

    @property
    def out_of_date(self) -> list[str]:
        """What `update` would change, in words."""
        return [
            *(f"the columns of {table.name}" for table in self.tables if not table.is_as_wanted),
            *(
                f"the replica identity of {table.name}"
                for table in self.tables
                if not table.is_identified and table.identity
            ),
        ]

    def line(self) -> str:
        """Say how it stands in one line."""
        published = sum(table.is_published for table in self.tables)
        outdated = f"; out of date ({', '.join(self.out_of_date)}): make db-feed" if self.out_of_date else ""
        return f"{self.name}: {published} tables{outdated}"

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        published = [table.name for table in self.tables if table.is_published]
        return {"publication": self.name, "tables": published, "out_of_date": self.out_of_date}


def publication_name(schema: str) -> str:
    """Return the name that a schema's publication gets; it is known by its comment, and can be renamed."""
    name = "messenger_feed" if schema == "public" else f"messenger_feed_{schema}"
    return name.encode()[:LONGEST_NAME_BYTES].decode(errors="ignore")


def feed(cursor: Cursor) -> Feed:
    """Return the feed of the current schema."""
    return _with_tables(cursor, _publication(cursor))


def _with_tables(cursor: Cursor, found: Feed) -> Feed:
    QUERIES["feed.tables"].execute(cursor, name=found.name, secrets=Json(SECRET_COLUMNS))
    return found._replace(tables=[FeedTable(*row) for row in cursor])


def existing(cursor: Cursor) -> Feed | None:
    """Return the feed of the current schema, None where there is none of make db-feed's."""
    found = _publication(cursor)
    return _with_tables(cursor, found) if found.exists and not found.is_foreign else None


def _publication(cursor: Cursor) -> Feed:
    """Return the feed without its tables."""
    QUERIES["privileges.current_schema"].execute(cursor)
    [(schema,)] = cursor.fetchall()
    name = publication_name(schema or "")
    comment = f"The change feed of schema {schema}, kept by make db-feed of messenger-db."
    QUERIES["feed.publication"].execute(cursor, name=name, comment=comment)
    name, owner, is_ours, is_kept = cursor.fetchone() or (name, None, False, True)
    return Feed(name, comment, owner, is_ours, not is_kept, [])


def create(cursor: Cursor, found: Feed) -> None:
    """Create the publication if it is missing, and bring it up to date."""
    if not found.exists:
        QUERIES["feed.create"].naming(name=sql.Identifier(found.name)).execute(cursor, comment=found.comment)
    update(cursor, found)


def update(cursor: Cursor, found: Feed) -> None:
    """Bring a publication up to date, touching only the tables that need it."""
    changed = [table for table in found.tables if not table.is_as_wanted]
    _replace(cursor, found, changed, {table.name: table.columns for table in changed if table.is_wanted})
    for table in found.tables:
        if table.identity and not table.is_identified:
            index = sql.SQL("USING INDEX {}").format(sql.Identifier(table.index or ""))
            _identify(cursor, table, {"d": sql.SQL("DEFAULT"), "f": sql.SQL("FULL"), "i": index}[table.identity])


def follow(cursor: Cursor) -> None:
    """Bring the publication of the schema up to date after a migration, if there is one that this role can change."""
    found = _publication(cursor)
    if found.is_changeable:
        update(cursor, _with_tables(cursor, found))


def has_lists(cursor: Cursor) -> bool:
    """Return whether the publication of the schema lists columns, and this role can put the lists aside."""
    found = _publication(cursor)
    return found.is_changeable and bool(_listed(_with_tables(cursor, found)))


def put_lists_aside(cursor: Cursor) -> None:
    """Publish keys alone of the tables with lists, until `follow`."""
    found = feed(cursor)
    _replace(cursor, found, _listed(found), {table.name: table.key for table in _listed(found)})


def remove(cursor: Cursor, found: Feed) -> None:
    """Drop the publication, and let the tables have PostgreSQL's default replica identity again."""
    QUERIES["feed.drop"].naming(name=sql.Identifier(found.name)).execute(cursor)
    for table in found.tables:
        if table.found_identity == table.identity != "d":
            _identify(cursor, table, sql.SQL("DEFAULT"))


def _listed(found: Feed) -> list[FeedTable]:
    return [table for table in found.tables if table.is_published and table.published_columns and table.key]


def _replace(cursor: Cursor, found: Feed, outdated: Iterable[FeedTable], wanted: dict[str, list[str] | None]) -> None:
    published = [table.name for table in outdated if table.is_published]
    if published:
        tables = sql.SQL(", ").join(map(_only, published))
        leave_out = QUERIES["feed.leave_out"].naming(name=sql.Identifier(found.name), tables=tables)
        leave_out.execute(cursor)
    if wanted:
        tables = sql.SQL(", ").join(
            sql.SQL("{} ({})").format(_only(name), identifiers(columns)) if columns else _only(name)
            for name, columns in wanted.items()
        )
        QUERIES["feed.add"].naming(name=sql.Identifier(found.name), tables=tables).execute(cursor)


def _only(table: str) -> sql.Composable:
    """Name a table without those that inherit from it, which are published by themselves."""
    return sql.SQL("ONLY {}").format(sql.Identifier(table))


def _identify(cursor: Cursor, table: FeedTable, identity: sql.Composable) -> None:
    QUERIES["feed.identify"].naming(table=sql.Identifier(table.name), identity=identity).execute(cursor)
