"""make seed: the four demo people, and a generated world of chats."""

import time
from collections.abc import Mapping
from contextlib import closing

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 (psycopg2 gives its class a function's name)

from messenger_db import migrate
from messenger_db.confirm import confirm, is_embedded
from messenger_db.current import current_target
from messenger_db.errors import MessengerError, end_on_interrupt, reason_of

from .demo.demo_people import NAMES, PASSWORD, add_demo
from .loading.loader import load
from .loading.progress import Progress
from .options import Knobs
from .people.dataset import World
from .people.people import first_id
from .sql import statement


def main() -> None:
    """Seed the database in use, in one transaction, and say what was made; a MessengerError ends it with one line."""
    end_on_interrupt()
    knobs = Knobs.from_command_line()
    target = current_target()
    confirm("seeding adds made-up people", target)
    if is_embedded(target):
        migrate.apply()
    with closing(target.connect()) as connection:
        connection.autocommit = False
        started = time.monotonic()
        try:
            made = _add_world(connection, knobs)
            demo = add_demo(connection, knobs.now)
            connection.commit()
        except psycopg2.errors.UndefinedTable:
            raise MessengerError(f"there is no messenger schema in {target}: make db-up first") from None
        except psycopg2.Error as error:
            raise MessengerError(f"nothing was seeded into {target}: {reason_of(error)}") from None
    _say(knobs, made, demo, time.monotonic() - started)


def _add_world(connection: Connection, knobs: Knobs) -> Mapping[str, int]:
    """Load the world of the knobs, and return the rows of each table: none where it is there already."""
    with connection.cursor() as cursor:
        cursor.execute(statement("alone"))
        cursor.execute(statement("has_user"), {"id": first_id(knobs.seed)})
        if cursor.fetchone() == (True,):
            return {}
        cursor.execute(statement("usernames"))
        taken = {name for (name,) in cursor}
    with Progress(knobs.messages) as progress:
        batches = World(knobs, taken.union(NAMES)).batches()
        return load(connection, batches, now=knobs.now, progress=progress.messages, stage=progress.stage)


def _say(knobs: Knobs, made: Mapping[str, int], demo: int, seconds: float) -> None:
    if made:
        rows = sum(made.values())
        print(f"made the world of SEED={knobs.seed} in {seconds:.1f} s, {rows / seconds:,.0f} rows a second:")
        for table, count in made.items():
            print(f"  {table:<18}{count:>12,}")
    else:
        print(f"the world of SEED={knobs.seed} is here already: another SEED adds another one")
    if demo:
        print(f"added the demo people {', '.join(NAMES)}, {demo} rows")
    print(f"everybody's password is {PASSWORD}, by one known bcrypt hash: log in as alice, or anybody else")


if __name__ == "__main__":
    main()
