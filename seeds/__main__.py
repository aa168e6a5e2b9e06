"""make seed: the four demo people, and a generated data set of chats."""

import time
from collections.abc import Mapping
from contextlib import closing

from messenger_db.process_exit import end_plainly

if __name__ == "__main__":
    end_plainly()  # before the other imports, which take a while: Ctrl-C is not an error then either

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db.commands import up_down
from messenger_db.confirm import confirm, is_embedded
from messenger_db.connection import Target
from messenger_db.database_in_use import current_target
from messenger_db.errors import MessengerError, reason_of
from messenger_db.sharding import is_sharded

from .demo.demo_people import DEMO_PEOPLE, NAMES, PASSWORD, add_demo
from .loading.loader import Hooks, load
from .loading.lost_server import local_data_folder, what_happened
from .loading.progress import Progress
from .options import Options
from .people.dataset import Dataset
from .people.people import first_id
from .sql import QUERIES


def main() -> None:
    """Seed the database in use and print what was added; a MessengerError ends it with one line."""
    options = Options.from_command_line()
    target = current_target()
    if is_embedded(target):
        up_down.apply()
    with closing(target.connect()) as connection:
        confirm("seeding adds made-up people", target)
        started = time.monotonic()
        loaded, demo = _seed(connection, target, options)
    _print_summary(options, loaded, demo, time.monotonic() - started)


def _seed(connection: Connection, target: Target, options: Options) -> tuple[Mapping[str, int], int]:
    """Seed in one transaction; return the rows of each table, and how many the demo people added."""
    if is_sharded(connection):
        raise MessengerError(f"{target} is sharded by chat: make seed before make db-distribute, which keeps the rows")
    connection.autocommit = False
    data_folder = local_data_folder(connection)
    try:
        loaded, demo = _add(connection, options)
    except (psycopg2.Error, MessengerError) as error:
        if connection.closed:
            raise MessengerError(
                f"nothing was seeded into {target}, as the connection was lost: {what_happened(target, data_folder)}"
            ) from None
        if isinstance(error, MessengerError):
            raise
        if isinstance(error, psycopg2.errors.UndefinedTable):
            raise MessengerError(f"{target} does not have the messenger schema: make db-up first") from None
        raise MessengerError(f"nothing was seeded into {target}: {reason_of(error)}") from None
    try:
        connection.commit()
    except psycopg2.Error as error:
        why = what_happened(target, data_folder) if connection.closed else reason_of(error)
        raise MessengerError(
            f"the commit did not end, and {target} has either all rows or none: {why}; "
            f"the same command again says whether SEED={options.seed} is there"
        ) from None
    return loaded, demo


def _add(connection: Connection, options: Options) -> tuple[Mapping[str, int], int]:
    """Add the data set of the options and the demo people, as far as they are not there.

    Return the rows of each table, none for a data set that is there already, and how many the demo people added.
    """
    with connection.cursor() as cursor:
        QUERIES["loading.lock_seeds"].execute(cursor)
        QUERIES["loading.has_user"].execute(cursor, id=first_id(options.seed))
        if cursor.fetchone() == (True,):
            return {}, add_demo(cursor, options.now)
        QUERIES["loading.usernames"].execute(cursor)
        taken = {name for (name,) in cursor}
    demo: list[int] = []
    guests = () if taken.intersection(NAMES) else DEMO_PEOPLE
    with Progress(options.messages) as progress:
        loaded = load(
            connection,
            Dataset(options, taken.union(NAMES), guests).batches(),
            now=options.now,
            hooks=Hooks(
                before_rows=lambda cursor: demo.append(add_demo(cursor, options.now)),
                progress=progress.messages,
                stage=progress.stage,
            ),
        )
    return loaded, sum(demo)


def _print_summary(options: Options, loaded: Mapping[str, int], demo: int, seconds: float) -> None:
    if loaded:
        rows = sum(loaded.values())
        print(f"seeded SEED={options.seed} in {seconds:.1f} s, {rows / seconds:,.0f} rows per second:")
        for table, count in loaded.items():
            print(f"  {table:<18}{count:>12,}")
    else:
        print(f"SEED={options.seed} is here already: another SEED adds another data set")
        if not all(locale.startswith("en") for locale in options.locales):
            print("the chats are in English, whatever LOCALE is: it sets names, towns and local times")
    if demo:
        print(f"added the demo people {', '.join(NAMES)}: {demo} rows")
    print(f"everybody's password is {PASSWORD}, by one known bcrypt hash: log in as alice, or as anybody else")


if __name__ == "__main__":
    main()
