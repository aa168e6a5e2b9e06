"""Drivers that docs/testing.md only names, where they are installed."""

import pytest

from .foreign import Foreign

ASYNCPG = """
import asyncio

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

def test_asyncpg(messenger_db_url, messenger_factory):
    messenger_factory.user("alice")

    async def count():
        connection = await asyncpg.connect(messenger_db_url)
        try:
            return await connection.fetchval("SELECT count(*) FROM users")
        finally:
            await connection.close()

    assert asyncio.run(count()) == 1

def test_sqlalchemy(messenger_db_url, messenger_factory):
    messenger_factory.user("alice")

    async def count():
        engine = create_async_engine(messenger_db_url.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.connect() as connection:
            found = await connection.scalar(text("SELECT count(*) FROM users"))
        await engine.dispose()
        return found

    assert asyncio.run(count()) == 1
"""


@pytest.mark.parametrize("server", ["by its socket", "by loopback"])
def test_asyncpg(foreign: Foreign, server: str) -> None:
    if not (foreign.has("asyncpg") and foreign.has("sqlalchemy")):
        pytest.skip("asyncpg is not installed: make test-matrix has it")
    foreign.write(ASYNCPG)
    result = foreign.run() if server == "by its socket" else foreign.run_embedded()
    result.assert_outcomes(passed=2)
