"""What a release of the application does with a database: seeds, the factory's rows, the hot paths and the reference.

Run as a program, with PYTHONPATH naming the checkout of another release, it does so with that one's code.
"""

import sys
from contextlib import closing, redirect_stdout
from datetime import UTC, datetime
from functools import cache
from io import StringIO

import psycopg
from faker import Faker

from messenger_db.backend import open_backend
from messenger_db.connection import Target
from messenger_db.reference.hot_path_types import described, typed
from messenger_db.reference.pages import pages
from messenger_db.reference.schema import Schema, read
from messenger_db.testing.factory import Factory
from seeds.demo.demo_people import add_demo
from seeds.loading.loader import Hooks, load
from seeds.options import Options
from seeds.people.dataset import Dataset
from seeds.realism import preview
from seeds.realism.report import reading
from seeds.tables import COPIED, Batch

SIZE = {"messages": 300, "users": 12, "chats": 8, "largest_group": 8}


def seed(url: str, number: int) -> None:
    """Add a data set and the demo people, as make seed does."""
    options, batches = dataset(number)
    with closing(Target.from_url(url).connect()) as connection:
        connection.autocommit = False
        loaded = load(
            connection,
            batches,
            now=options.now,
            hooks=Hooks(before_rows=lambda cursor: add_demo(cursor, options.now)),
        )
        assert all(loaded[table] for table in COPIED), loaded
        connection.commit()


@cache
def dataset(number: int) -> tuple[Options, list[Batch]]:
    """Return a data set, made once, as that takes most of the time."""
    options = Options(**SIZE, seed=number, locales=("en_US",), now=datetime.now(UTC))
    return options, list(Dataset(options, []).batches())


def make_rows(url: str) -> None:
    """Make one of each kind of row, as tests with messenger_factory do."""
    with closing(Target.from_url(url).connect()) as connection:
        faker = Faker("en_US")
        factory = Factory(connection, faker, commits=True)
        people = [factory.user(f"made_{faker.hexify('^' * 12)}") for _ in range(3)]
        factory.direct_chat(*people[:2])
        message = factory.message(factory.group_chat(*people))
        factory.message(message.chat, reply_to=message)
        factory.reaction(message)
        factory.attachment(message)
        factory.session(people[0])


def measure(url: str) -> None:
    """Measure the chats and show some, as make seed-report and make seed-preview do."""
    with reading(Target.from_url(url)) as connection:
        preview.page(connection, "database", datetime.now(UTC).replace(tzinfo=None))


def docs(url: str) -> tuple[Schema, dict[str, str], str]:
    """Return what make docs reads, and what it writes: the pages, and the types of the hot paths."""
    with redirect_stdout(StringIO()), open_backend(url) as backend:
        schema = read(backend.connection)
    with psycopg.connect(url) as connection:
        return schema, pages(schema, "newest"), typed(described(connection))


if __name__ == "__main__":
    seed(sys.argv[1], int(sys.argv[2]))
    make_rows(sys.argv[1])
    measure(sys.argv[1])
    docs(sys.argv[1])
