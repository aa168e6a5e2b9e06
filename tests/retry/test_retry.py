"""Real deadlocks and serialization failures, tried again with each driver."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import psycopg
import psycopg2
import pytest

from messenger_db.retry import retry, retry_async, sqlstate

RAISE = "UPDATE counters SET value = value + 1 WHERE id = %s"
READ = "SELECT sum(value) FROM counters"
SERIALIZABLE = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"

# How one who counts both counters up goes about it: the counters in their order, and a wait in between, once.
Steps = Callable[[], None]


@pytest.fixture
def counters(postgresql: psycopg.Connection) -> psycopg.Connection:
    """Two counters, in a database where a deadlock is found at once."""
    database = postgresql.info.dbname
    postgresql.autocommit = True
    postgresql.execute(f'ALTER DATABASE "{database}" SET deadlock_timeout = 10'.encode())
    postgresql.execute("CREATE TABLE counters (id integer PRIMARY KEY, value integer NOT NULL)")
    postgresql.execute("INSERT INTO counters VALUES (1, 0), (2, 0)")
    return postgresql


def values(db: psycopg.Connection) -> list[int]:
    return [value for (value,) in db.execute("SELECT value FROM counters ORDER BY id")]


class Meeting:
    """Where two meet on their first try, each holding what the other wants next; later tries pass by."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)
        self.tries = [0, 0]

    def wait(self, one: int) -> None:
        self.tries[one] += 1
        if self.tries[one] == 1:
            self._barrier.wait(30)


def with_psycopg(url: str, order: list[int], wait: Steps) -> None:
    with psycopg.connect(url) as connection:

        def count() -> None:
            with connection.transaction():
                connection.execute(RAISE, [order[0]])
                wait()
                connection.execute(RAISE, [order[1]])

        retry(count)


def with_psycopg2(url: str, order: list[int], wait: Steps) -> None:
    connection = psycopg2.connect(url)

    def count() -> None:
        with connection, connection.cursor() as cursor:
            cursor.execute(RAISE, [order[0]])
            wait()
            cursor.execute(RAISE, [order[1]])

    retry(count)
    connection.close()


def with_psycopg_async(url: str, order: list[int], wait: Steps) -> None:
    async def run() -> None:
        async with await psycopg.AsyncConnection.connect(url) as connection:

            async def count() -> None:
                async with connection.transaction():
                    await connection.execute(RAISE, [order[0]])
                    wait()
                    await connection.execute(RAISE, [order[1]])

            await retry_async(count)

    asyncio.run(run())


def with_asyncpg(url: str, order: list[int], wait: Steps) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)

        async def count() -> None:
            async with connection.transaction():
                await connection.execute(RAISE.replace("%s", "$1"), order[0])
                wait()
                await connection.execute(RAISE.replace("%s", "$1"), order[1])

        await retry_async(count)
        await connection.close()

    asyncio.run(run())


@pytest.mark.parametrize("counting", [with_psycopg, with_psycopg2, with_psycopg_async, with_asyncpg])
def test_a_deadlock_is_tried_again(
    counters: psycopg.Connection, messenger_db_url: str, counting: Callable[[str, list[int], Steps], None]
) -> None:
    meeting = Meeting()
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(counting, messenger_db_url, order, lambda one=one: meeting.wait(one))  # type: ignore[misc]
            for one, order in enumerate([[1, 2], [2, 1]])
        ]
        for one in both:
            one.result()
    assert sorted(meeting.tries) == [1, 2]
    assert values(counters) == [2, 2]


def test_a_serialization_failure_is_tried_again(counters: psycopg.Connection, messenger_db_url: str) -> None:
    tries: list[int] = []
    with psycopg.connect(messenger_db_url) as connection:

        def count() -> int:
            with connection.transaction():
                connection.execute(SERIALIZABLE)
                connection.execute(READ)
                tries.append(len(tries) + 1)
                if len(tries) == 1:
                    counters.execute(RAISE, [1])
                connection.execute(RAISE, [1])
                return len(tries)

        assert retry(count) == 2
    assert values(counters) == [2, 0]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that are made, which take no time."""
    made: list[float] = []

    async def pause(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr("messenger_db.retry.time.sleep", made.append)
    monkeypatch.setattr("messenger_db.retry.asyncio.sleep", pause)
    return made


def deadlock() -> None:
    raise psycopg.errors.DeadlockDetected


def run(function: Callable[[], Any], **options: int) -> None:
    retry(function, **options)


def run_async(function: Callable[[], Any], **options: int) -> None:
    async def called() -> None:
        function()

    asyncio.run(retry_async(called, **options))


BOTH = pytest.mark.parametrize("running", [run, run_async])


@BOTH
@pytest.mark.parametrize(("options", "tries"), [({}, 3), ({"tries": 1}, 1), ({"tries": 5}, 5)])
def test_tries_are_bounded(
    pauses: list[float], running: Callable[..., None], options: dict[str, int], tries: int
) -> None:
    calls = []

    def fails() -> None:
        calls.append(1)
        deadlock()

    with pytest.raises(psycopg.errors.DeadlockDetected):
        running(fails, **options)
    assert (len(calls), len(pauses)) == (tries, tries - 1)


@BOTH
def test_pauses_are_random_and_grow(pauses: list[float], running: Callable[..., None]) -> None:
    for _ in range(50):
        with pytest.raises(psycopg.errors.DeadlockDetected):
            running(deadlock)
    first, second = pauses[::2], pauses[1::2]
    assert len(set(pauses)) == 100
    assert max(first) <= 0.05 < max(second) <= 0.1


@BOTH
@pytest.mark.parametrize("error", [psycopg.errors.UniqueViolation, psycopg.errors.LockNotAvailable, ValueError])
def test_any_other_error_is_raised_at_once(
    pauses: list[float], running: Callable[..., None], error: type[Exception]
) -> None:
    def fails() -> None:
        raise error

    with pytest.raises(error):
        running(fails)
    assert pauses == []


@BOTH
@pytest.mark.parametrize("tries", [0, -1])
def test_less_than_one_try_is_refused(running: Callable[..., None], tries: int) -> None:
    with pytest.raises(ValueError, match=f"tries={tries} is not a number of tries: 1 runs"):
        running(deadlock, tries=tries)


def test_an_error_without_an_sqlstate_has_none() -> None:
    class OddError(Exception):
        sqlstate = 40001

    assert [sqlstate(error) for error in (ValueError(), OddError(), psycopg2.Error(), psycopg.Error())] == [None] * 4


def test_no_driver_is_imported() -> None:
    drivers = "{'psycopg', 'psycopg2', 'asyncpg'}"
    program = f"import sys, messenger_db.retry; sys.exit(bool({drivers} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", program], check=True)
