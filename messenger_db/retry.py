"""Running a function again after a deadlock or a serialization failure, whichever driver it uses.

PostgreSQL has rolled the transaction back by then, so nothing of it is left. The function runs as a whole each time: it
must hold the whole transaction, from its first statement to its commit.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import SystemRandom
from typing import TypeVar

Result = TypeVar("Result")

TRIES = 3

# Whoever the deadlock was with goes on meanwhile. A deadlock is found only after deadlock_timeout, one second.
FIRST_PAUSE_SECONDS = 0.05

# serialization_failure, deadlock_detected
_SQLSTATES = ("40001", "40P01")

_random = SystemRandom()


def sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE of a driver's error, None where it has none: of psycopg, psycopg2 and asyncpg."""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return state if isinstance(state, str) else None


def retry(function: Callable[[], Result], *, tries: int = TRIES) -> Result:
    """Return what a function returns, and run it again when its transaction was rolled back as above.

    It runs at most `tries` times, after pauses of a random length, at most 50 ms after the first try and twice as long
    each time. Raises what it raises on its last try, and any other error at once; ValueError for less than one try.
    """
    for tried in _numbered(tries):
        try:
            return function()
        except Exception as error:
            if not _is_tried_again(error, tried, tries):
                raise
            time.sleep(_pause_seconds(tried))
    raise AssertionError("the last try returns or raises")


async def retry_async(function: Callable[[], Awaitable[Result]], *, tries: int = TRIES) -> Result:
    """Return what an asynchronous function returns, and run it again as `retry` does."""
    for tried in _numbered(tries):
        try:
            return await function()
        except Exception as error:
            if not _is_tried_again(error, tried, tries):
                raise
            await asyncio.sleep(_pause_seconds(tried))
    raise AssertionError("the last try returns or raises")


def _numbered(tries: int) -> range:
    if tries < 1:
        raise ValueError(f"tries={tries} is not a number of tries: 1 runs the function once")
    return range(1, tries + 1)


def _is_tried_again(error: Exception, tried: int, tries: int) -> bool:
    return tried < tries and sqlstate(error) in _SQLSTATES


def _pause_seconds(tried: int) -> float:
    """Return a pause that is random from zero on: two that met must not meet again."""
    longest: float = FIRST_PAUSE_SECONDS * 2 ** (tried - 1)
    return _random.uniform(0, longest)
