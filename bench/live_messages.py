"""Messages that people write and edit while a table of theirs is changed, and how long each of them waits."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from hot_paths.calls import call
from hot_paths.people import join, new_group, new_user, send

from bench.common import Database

PEOPLE, GROUPS = 8, 4
AT_ONCE = 20_000  # an id is at most a minute later than the beginning of its transaction

ROWS = """
    INSERT INTO messages (chat_id, sender_id, content)
    SELECT
        (%(chats)s::uuid[])[1 + n %% %(groups)s],
        (%(people)s::uuid[])[1 + n %% %(all)s],
        'message ' || n || repeat(' and so on', n %% 7)
    FROM generate_series(1, %(rows)s) AS n
"""


@dataclass
class Chats:
    """Who writes where."""

    people: list[UUID]
    groups: list[UUID]


def fill_chats(database: Database, messages: int) -> Chats:
    """Make groups with so many messages in a migrated database."""
    with database.connect() as db:
        people = [new_user(db) for _ in range(PEOPLE)]
        groups = [new_group(db, people[0]) for _ in range(GROUPS)]
        for group in groups:
            for user in people[1:]:
                join(db, group, user, people[0])
        for rows in (*[AT_ONCE] * (messages // AT_ONCE), messages % AT_ONCE):
            db.execute(ROWS, {"chats": groups, "people": people, "groups": GROUPS, "all": PEOPLE, "rows": rows})
        db.execute("VACUUM (ANALYZE)")
        return Chats(people, groups)


@dataclass
class Waits:
    """How long each call took, in seconds, by what it was."""

    sends: list[float] = field(default_factory=list)
    edits: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)

    @property
    def writes(self) -> list[float]:
        """Sends and edits."""
        return self.sends + self.edits


def p99(seconds: list[float]) -> float:
    """Return what 99 of 100 stay below."""
    return sorted(seconds)[int(len(seconds) * 0.99)] if seconds else 0.0


@contextmanager
def load(database: Database, chats: Chats, *, pause: float = 0.01) -> Iterator[Waits]:
    """Let one session send, one edit messages of any age, and one read histories; yield how long each call took."""
    waits, ended = Waits(), threading.Event()
    with database.connect() as db:
        ids = [row[0] for row in db.execute("SELECT id FROM messages TABLESAMPLE BERNOULLI (20) LIMIT 20000")]
    errors: list[BaseException] = []

    def work(kind: str, seed: int) -> None:
        choice = random.Random(seed)
        try:
            with psycopg.connect(database.url(), autocommit=True) as db:
                while not ended.wait(pause):
                    group, person = choice.choice(chats.groups), choice.choice(chats.people)
                    started = time.monotonic()
                    if kind == "sends":
                        send(db, group, person)
                    elif kind == "edits":
                        db.execute(
                            "UPDATE messages SET content = content || '.', is_edited = true, edited_at = now() "
                            "WHERE id = %s AND char_length(content) < 9000",
                            [choice.choice(ids)],
                        )
                    else:
                        call(db, "history_before", chat_id=group, before_id=choice.choice(ids), user_id=person)
                    getattr(waits, kind).append(time.monotonic() - started)
        except BaseException as error:
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=(kind, seed)) for seed, kind in enumerate(("sends", "edits", "reads"))
    ]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
