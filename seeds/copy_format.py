"""The text format of COPY: times, escaped texts, lines; and the units of time, in microseconds since 1970."""

from datetime import UTC, datetime
from functools import lru_cache

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NULL = r"\N"


@lru_cache(maxsize=10_000)
def _to_the_minute(minute: int) -> str:
    return f"{datetime.fromtimestamp(minute * 60, UTC):%Y-%m-%d %H:%M}"


def stamp(time: int) -> str:
    """Return a time, in microseconds since 1970, as PostgreSQL reads it."""
    minute, micros = divmod(time, MINUTE)
    return f"{_to_the_minute(minute)}:{micros // SECOND:02d}.{micros % SECOND:06d}+00"


def stamp_or_null(time: int | None) -> str:
    """Return a time as `stamp` does, or what COPY takes for NULL."""
    return NULL if time is None else stamp(time)


def escaped(text: str) -> str:
    """Return a text as COPY's text format wants it."""
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


def escaped_or_null(text: str | None) -> str:
    """Return a text as `escaped` does, or what COPY takes for NULL."""
    return NULL if text is None else escaped(text)


def line(*fields: str | int) -> str:
    """Return one row for COPY; texts are escaped already."""
    return "\t".join(map(str, fields)) + "\n"
