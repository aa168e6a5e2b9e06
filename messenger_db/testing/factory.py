"""messenger_factory and messenger_async_factory: valid rows with as little as possible said."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import psycopg
from psycopg import AsyncClientCursor, AsyncConnection, AsyncCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row
from psycopg2 import sql
from psycopg2.extensions import TRANSACTION_STATUS_INERROR
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from messenger_db.sql import QUERIES
from messenger_db.testing.models import Attachment, Chat, Message, Reaction, Session, User
from messenger_db.testing.row_plans import RowPlans, Steps

if TYPE_CHECKING:
    from faker import Faker

T = TypeVar("T")


class Factory:
    """Makes rows on one connection. Each method is one statement; `commits` says whether it is committed at once.

    What is not said is made up by `faker`. Where the connection is limited to a `role`, the factory is not. Whatever
    breaks a rule of the schema raises psycopg2's error.
    """

    def __init__(self, connection: Connection, faker: "Faker", *, commits: bool, role: str = "") -> None:
        self._connection = connection
        self._plans = RowPlans(faker)
        self._commits = commits
        self._role = role

    def user(self, username: str | None = None, display_name: str | None = None) -> User:
        """Make a person."""
        return self._make(self._plans.user(username, display_name))

    def direct_chat(self, a: User | None = None, b: User | None = None) -> Chat:
        """Make a direct chat of two people, making those who are not given."""
        return self._make(self._plans.direct_chat(a, b))

    def group_chat(self, *members: User, name: str | None = None) -> Chat:
        """Make a group; the first member owns it. Where none is given, three are made."""
        return self._make(self._plans.group_chat(*members, name=name))

    def message(
        self,
        chat: Chat,
        sender: User | None = None,
        content: str | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Send a text message to a chat, from its first member if nobody else is named.

        All other members who have not left get a pending receipt and an unread row.
        """
        return self._make(self._plans.message(chat, sender, content, reply_to))

    def reaction(self, message: Message, user: User | None = None, emoji: str | None = None) -> Reaction:
        """Put an emoji to a message, from the first member who did not send it if nobody is named."""
        return self._make(self._plans.reaction(message, user, emoji))

    def attachment(self, message: Message) -> Attachment:
        """Put a picture to a message, behind those that it has; the database takes five."""
        return self._make(self._plans.attachment(message))

    def session(self, user: User) -> Session:
        """Log somebody in on the web, for thirty days."""
        return self._make(self._plans.session(user))

    def _make(self, steps: Steps[T]) -> T:
        row: tuple[Any, ...] | None = None
        while True:
            try:
                query, values = steps.send(row) if row else next(steps)
            except StopIteration as end:
                made: T = end.value
                return made
            row = self._insert(query, values)

    def _insert(self, query: str, values: dict[str, object]) -> tuple[Any, ...]:
        """Execute a query that inserts, and return the one row that it answers with."""
        # Plain rows, whatever cursors the test has asked its connection for; ids as text, as the test may not have
        # told psycopg2 about UUIDs.
        with self._connection.cursor(cursor_factory=Cursor) as cursor, self._without_role(cursor):
            QUERIES[query].execute(cursor, **_plain(values))
            (row,) = cursor.fetchall()
        if self._commits:
            self._connection.commit()
        return tuple(row)

    @contextmanager
    def _without_role(self, cursor: Cursor) -> Iterator[None]:
        if self._role:
            QUERIES["sessions.set_no_role"].execute(cursor)
        try:
            yield
        finally:
            # The end of a transaction that has failed brings the role back, too.
            if self._role and self._connection.info.transaction_status != TRANSACTION_STATUS_INERROR:
                QUERIES["sessions.set_role"].naming(role=sql.Identifier(self._role)).execute(cursor)


class AsyncFactory:
    """As Factory, on an asynchronous connection: each method is awaited, and what it makes is committed at once.

    Whatever breaks a rule of the schema raises psycopg's error.
    """

    def __init__(self, connection: AsyncConnection, faker: "Faker", *, role: str = "") -> None:
        self._connection = connection
        self._plans = RowPlans(faker)
        self._role = role

    async def user(self, username: str | None = None, display_name: str | None = None) -> User:
        """Make a person."""
        return await self._make(self._plans.user(username, display_name))

    async def direct_chat(self, a: User | None = None, b: User | None = None) -> Chat:
        """Make a direct chat of two people, making those who are not given."""
        return await self._make(self._plans.direct_chat(a, b))

    async def group_chat(self, *members: User, name: str | None = None) -> Chat:
        """Make a group; the first member owns it. Where none is given, three are made."""
        return await self._make(self._plans.group_chat(*members, name=name))

    async def message(
        self,
        chat: Chat,
        sender: User | None = None,
        content: str | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Send a text message to a chat, from its first member if nobody else is named.

        All other members who have not left get a pending receipt and an unread row.
        """
        return await self._make(self._plans.message(chat, sender, content, reply_to))

    async def reaction(self, message: Message, user: User | None = None, emoji: str | None = None) -> Reaction:
        """Put an emoji to a message, from the first member who did not send it if nobody is named."""
        return await self._make(self._plans.reaction(message, user, emoji))

    async def attachment(self, message: Message) -> Attachment:
        """Put a picture to a message, behind those that it has; the database takes five."""
        return await self._make(self._plans.attachment(message))

    async def session(self, user: User) -> Session:
        """Log somebody in on the web, for thirty days."""
        return await self._make(self._plans.session(user))

    async def _make(self, steps: Steps[T]) -> T:
        row: tuple[Any, ...] | None = None
        while True:
            try:
                query, values = steps.send(row) if row else next(steps)
            except StopIteration as end:
                made: T = end.value
                return made
            row = await self._insert(query, values)

    async def _insert(self, query: str, values: dict[str, object]) -> tuple[Any, ...]:
        # Values become part of the statement, as psycopg2 does it: the queries leave their types to the server.
        async with (
            AsyncClientCursor(self._connection, row_factory=tuple_row) as cursor,
            self._without_role(cursor),
        ):
            await cursor.execute(QUERIES[query].text, _plain(values))
            (row,) = await cursor.fetchall()
        await self._connection.commit()
        return row

    @asynccontextmanager
    async def _without_role(self, cursor: AsyncCursor[Any]) -> AsyncIterator[None]:
        if self._role:
            await cursor.execute(QUERIES["sessions.set_no_role"].text)
        try:
            yield
        finally:
            if self._role and self._connection.info.transaction_status != TransactionStatus.INERROR:
                set_role = psycopg.sql.SQL(QUERIES["sessions.set_role"].text)
                await cursor.execute(set_role.format(role=psycopg.sql.Identifier(self._role)))


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: object) -> object:
    if isinstance(value, list):
        return [_text(element) for element in value]
    return str(value) if isinstance(value, UUID) else value
