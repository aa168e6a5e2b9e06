"""make seed-preview: an HTML page that shows a few chats as a messenger does, and the statistics as charts."""

import argparse
import math
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from messenger_db.process_exit import end_plainly

if __name__ == "__main__":
    end_plainly()  # before the other imports, which take a while: Ctrl-C is not an error then either

from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor

from messenger_db import folders
from messenger_db.database_in_use import current_target
from messenger_db.errors import MessengerError

from ..chat_statistics import Statistic
from ..sql import QUERIES
from .charts import charts
from .report import HEADINGS, Measurement, Report, measure, reading, shown

PAGE = "seed-preview.html"

MOST_CHATS = 12
MESSAGES_PER_CHAT = 60

DAYS_PER_WEEK = 7

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A message, and what is shown above it."""

    message: Row
    new_day: str | None
    is_first_unread: bool
    starts_run: bool


@dataclass(frozen=True)
class Chat:
    """A chat of the list with its last messages."""

    row: Row
    lines: list[Line]

    @property
    def newest(self) -> Row:
        """The last message."""
        return self.lines[-1].message


def lines_of(messages: Sequence[Row]) -> Iterator[Line]:
    """Yield the messages with the days, the first unread one, and the first of several by one sender."""
    unread = next((message for message in messages if message["is_unread"]), None)
    for before, message in pairwise([None, *messages]):
        assert message  # noqa: S101 (only the first of the pairs has a None)
        is_new_day = before is None or before["sent_at"].date() != message["sent_at"].date()
        yield Line(
            message,
            day(message["sent_at"]) if is_new_day else None,
            message is unread,
            is_new_day
            or message is unread
            or before is None
            or before["content_type"] == "system"
            or before["sender_id"] != message["sender_id"],
        )


def read_chats(connection: Connection) -> tuple[str, list[Chat]]:
    """Return the name of the person whose list it is, and their chats; "nobody" and none where nobody has written."""
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        QUERIES["preview.person"].execute(cursor)
        person = cursor.fetchone()
        if not person:
            return "nobody", []
        QUERIES["preview.chats"].execute(cursor, person=person["id"], chats=MOST_CHATS)
        rows = cursor.fetchall()
        ids = [row["id"] for row in rows]
        QUERIES["preview.messages"].execute(cursor, person=person["id"], chats=ids, messages=MESSAGES_PER_CHAT)
        messages = {chat: list(of_chat) for chat, of_chat in groupby(cursor, lambda row: row["chat_id"])}
    return person["name"], [Chat(row, list(lines_of(messages[row["id"]]))) for row in rows]


def by_section(report: Report) -> list[tuple[str, list[tuple[Statistic, list[Measurement]]]]]:
    """Return the measurements by section, and within it by statistic."""
    by_statistic = [(one, list(cells)) for one, cells in groupby(report.measurements, lambda one: one.statistic)]
    return [(section, list(part)) for section, part in groupby(by_statistic, lambda pair: pair[0].section)]


def initials(name: str) -> str:
    """Return the first letters of the first and the last word that have one, or a question mark."""
    words = [next((letter for letter in word if letter.isalnum()), "") for word in name.split()]
    found = [letter for letter in words if letter]
    return "".join([*found[:1], *found[1:][-1:]]).upper() or "?"


def hue(name: str) -> int:
    """Return the hue of a name's colour in degrees, the same each time."""
    return zlib.crc32(name.encode()) % 360


def day(time: datetime) -> str:
    """Return a day as text, as in Sunday 22 November 2026."""
    return f"{time:%A} {time.day} {time:%B %Y}"


def short(time: datetime, now: datetime) -> str:
    """Return a time as text for a list: the hour today, the weekday within a week, otherwise the date."""
    days = (now.date() - time.date()).days
    if days <= 0:
        return f"{time:%H:%M}"
    return f"{time:%a}" if days < DAYS_PER_WEEK else f"{time.day} {time:%b %Y}"


def size(number: int) -> str:
    """Return a number of bytes as text."""
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{max(1, round(number / 1e3))} kB"  # noqa: PLR2004 (units)


def page(connection: Connection, name: str, now: datetime) -> str:
    """Return the HTML page of the database of that name; everything from the database is escaped."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        from .faces import Faces
    except ModuleNotFoundError as error:
        raise MessengerError(f"{error.name} is not installed: pip install '.[seed]' in a checkout") from None
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"initials": initials, "hue": hue, "size": size, "shown": shown}
    environment.globals |= {"short": short, "log10": math.log10, "faces": Faces()}
    report = measure(connection)
    person, chats = read_chats(connection)
    return environment.get_template("preview.html").render(
        database=name,
        person=person,
        chats=chats,
        report=report,
        charts=charts(connection, report),
        headings=HEADINGS,
        sections=by_section(report),
        now=now,
    )


def preview(out: Path) -> None:
    """Write the page. Raises MessengerError as `reading` does, and where the file cannot be written."""
    target = current_target()
    with reading(target) as connection:
        text = page(connection, target.name, datetime.now(UTC).replace(tzinfo=None))
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MessengerError(f"cannot write {out}: {error.strerror}; set OUT= to another file") from None
    print(f"open {out.resolve().as_uri()} in a browser")


def main() -> None:
    """Write the page of the checkout's database; a MessengerError ends it with one line."""
    parser = argparse.ArgumentParser(prog="python -m seeds.realism.preview", description=__doc__)
    parser.add_argument(
        "out",
        nargs="?",
        type=Path,
        default=os.environ.get("OUT") or PAGE,
        help=f"the file to write; default the environment variable OUT, or {PAGE}",
    )
    arguments = parser.parse_args()
    os.chdir(folders.checkout())
    preview(arguments.out)


if __name__ == "__main__":
    main()
