"""make db-feed: the publication from which real-time servers read every change, by logical replication."""

import sys
from contextlib import closing

import psycopg2
from psycopg2.extensions import cursor as Cursor

from messenger_db import feed_publication
from messenger_db.advisory_locks import alone
from messenger_db.backend import MessengerBackend
from messenger_db.confirm import is_embedded
from messenger_db.database_in_use import backend_in_use, current_target, embedded
from messenger_db.errors import MessengerError, details_of, printable, reason_of
from messenger_db.feed_publication import Feed
from messenger_db.replication_slots import slots
from messenger_db.sql import QUERIES


def feed(remove: bool) -> None:
    """Set up the change feed of the schema, or bring it up to date; or `remove` it. Prints what is published.

    Raises MessengerError, with nothing changed, where the server, the role or another publication does not allow it.
    """
    if not remove:
        _restart_embedded()
    with backend_in_use() as backend, alone(backend.connection, backend.target):
        try:
            if remove:
                _remove(backend)
            else:
                _create(backend)
        except psycopg2.Error as error:
            raise MessengerError(
                f"nothing was changed in {backend.target}: {reason_of(error)}; "
                "do it as the role that applies the migrations, with CREATE on the database",
                *details_of(error),
            ) from None


def _restart_embedded() -> None:
    """Restart an embedded server that an older release started, without what a feed needs."""
    target = current_target()
    if not is_embedded(target):
        return
    with closing(target.connect()) as connection, connection.cursor() as cursor:
        QUERIES["feed.server"].execute(cursor)
        [(wal_level, _, _)] = cursor.fetchall()
    if wal_level != "logical":
        print("the embedded server is restarted, with wal_level = logical", file=sys.stderr)
        embedded().stop()


def _create(backend: MessengerBackend) -> None:
    with backend.cursor() as cursor:
        QUERIES["feed.server"].execute(cursor)
        wal_level, may_replicate, is_standby = cursor.fetchone()
        if is_standby:
            raise MessengerError(f"{backend.target} is on a standby: make db-feed on its primary")
        if wal_level != "logical":
            raise MessengerError(
                f"the server of {backend.target} has wal_level = {wal_level}, and a change feed needs logical: "
                "ALTER SYSTEM SET wal_level = logical as a superuser (a managed server has a setting of its own), "
                "restart it, then make db-feed again"
            )

    def create() -> None:
        with backend.cursor() as cursor:
            found = _found(cursor, backend)
            if not found.tables:
                raise MessengerError(f"{backend.target} has no table to publish: make db-up first")
            feed_publication.create(cursor, found)

    backend.while_busy("the change feed", create)
    with backend.cursor() as cursor:
        found = feed_publication.feed(cursor)
    print(f"publication {printable(found.name)} in {backend.target} publishes every change of")
    for table in found.tables:
        if table.is_wanted:
            print(printable(f"  {table}"))
    for table in found.tables:
        if not table.identity:
            print(printable(f"{table.name} is not published: it has no key"))
    role = printable(backend.connection.info.user)
    who = "the role of a consumer needs LOGIN and REPLICATION"
    print(who if may_replicate else f"{who}, which {role} does not have: ALTER ROLE {role} REPLICATION as a superuser")


def _remove(backend: MessengerBackend) -> None:
    with backend.cursor() as cursor:
        found = _found(cursor, backend)
    if not found.exists:
        print(f"nothing to remove: {backend.target} has no change feed")
        return

    def remove() -> None:
        with backend.cursor() as cursor:
            feed_publication.remove(cursor, found)

    backend.while_busy("the change feed", remove)
    print(printable(f"dropped publication {found.name} in {backend.target}"))
    for slot in slots(backend.connection):
        print(f"  {slot.line()}")


def _found(cursor: Cursor, backend: MessengerBackend) -> Feed:
    """Return the feed. Raises MessengerError for a publication that this command did not make, or cannot change."""
    found = feed_publication.feed(cursor)
    if found.is_foreign:
        raise MessengerError(
            f"publication {found.name} in {backend.target} is not one that make db-feed made: "
            "ALTER PUBLICATION ... RENAME TO another name, then make db-feed again"
        )
    if found.exists and not found.is_ours:
        raise MessengerError(
            f"publication {found.name} in {backend.target} belongs to {found.owner}: "
            f"do it as that role, or ALTER PUBLICATION {found.name} OWNER TO {backend.connection.info.user}"
        )
    return found
