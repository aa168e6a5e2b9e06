"""Connections to PostgreSQL, and how the hot paths are run on them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

from messenger_db.hot_paths import queries
from messenger_db.retry import retry_async

hot = queries("apsycopg")
Row = TypeVar("Row")


class Database:
    """A pool of connections; each hot path is a transaction by itself, and tried again after a deadlock."""

    def __init__(self, url: str) -> None:
        parameters: dict[str, Any] = conninfo_to_dict(url)
        # Every hot path is good under a generic plan: planned once per connection, not anew at its first calls.
        parameters["options"] = f"{parameters.get('options') or ''} -c plan_cache_mode=force_generic_plan"
        settings = {"autocommit": True, "prepare_threshold": 0}
        self.pool = AsyncConnectionPool(
            make_conninfo("", **parameters), min_size=1, max_size=8, open=False, kwargs=settings
        )

    async def first(self, call: Callable[[AsyncConnection], Awaitable[Row | None]]) -> Row | None:
        """Return the row of a hot path that returns one at most."""

        async def run() -> Row | None:
            async with self.pool.connection() as connection:
                return await call(connection)

        return await retry_async(run)

    async def one(self, call: Callable[[AsyncConnection], Awaitable[Row | None]]) -> Row:
        """Return the row of a hot path that always returns one."""
        row = await self.first(call)
        assert row is not None  # noqa: S101 (as its header says)
        return row

    async def rows(self, call: Callable[[AsyncConnection], AsyncIterator[Row]]) -> list[Row]:
        """Return all rows of a hot path."""

        async def run() -> list[Row]:
            async with self.pool.connection() as connection:
                return [row async for row in call(connection)]

        return await retry_async(run)
