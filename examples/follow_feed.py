"""Print the change feed of the database in use, a transaction a line of JSON, and go on after every failure.

Run: make db-feed, then .venv/bin/python -m examples.follow_feed SLOT >> changes.jsonl

A transaction is confirmed when its line is written, so none is lost; after a failure, the last lines can come again,
with the same lsn. The server keeps all WAL for the slot while nobody reads from it: make db-status shows how much.
"""

import json
import sys
import time
from contextlib import closing
from datetime import datetime

from messenger_db.process_exit import end_plainly

if __name__ == "__main__":
    end_plainly()  # before the other imports, which take a while: Ctrl-C is not an error then either

import psycopg2
from psycopg2.extensions import make_dsn

from messenger_db.change_feed import ChangeFeed
from messenger_db.database_in_use import current_target
from messenger_db.errors import MessengerError
from messenger_db.feed_publication import existing

PAUSE_SECONDS = 1.0


def follow(slot: str) -> None:
    """Print until the server ends. Raises psycopg2.Error then, and MessengerError where it cannot be reached."""
    target = current_target()
    with closing(target.connect()) as connection, connection.cursor() as cursor:
        found = existing(cursor)
    if not found:
        sys.exit(f"{target} has no change feed: make db-feed")
    with ChangeFeed(make_dsn(**target.parameters), slot, found.name) as feed:
        for transaction in feed:
            print(json.dumps(transaction._asdict(), default=datetime.isoformat), flush=True)
            feed.confirm(transaction.lsn)


def main() -> None:
    """Print until it is ended."""
    if not sys.argv[1:]:
        sys.exit("name a slot of your own: python -m examples.follow_feed SLOT")
    while True:
        try:
            follow(sys.argv[1])
        except (psycopg2.Error, MessengerError) as error:
            print(f"the next try is in {PAUSE_SECONDS:.0f} s: {str(error).strip()}", file=sys.stderr, flush=True)
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
