"""Print the change feed of the database in use, a transaction a line of JSON, and go on after every failure.

Run: make db-feed, then .venv/bin/python -m examples.follow_feed SLOT >> changes.jsonl

A transaction is confirmed when its line is written, so none is lost; after a failure, the last lines can come again,
with the same lsn. The server keeps all WAL for the slot while nobody reads from it: make db-status shows how much.
"""

import json
import sys
import time
from datetime import datetime

import psycopg2
from psycopg2.extensions import make_dsn

from messenger_db.change_feed import ChangeFeed
from messenger_db.database_in_use import current_target
from messenger_db.feed_publication import publication_name

PAUSE_SECONDS = 1.0


def main() -> None:
    """Print until it is ended."""
    if len(sys.argv) < 2:  # noqa: PLR2004 (a slot)
        sys.exit("name a slot of your own: python -m examples.follow_feed SLOT")
    target = current_target()
    url, publication = make_dsn(**target.parameters), publication_name(target.schema or "public")
    while True:
        try:
            with ChangeFeed(url, sys.argv[1], publication) as feed:
                for transaction in feed:
                    print(json.dumps(transaction._asdict(), default=datetime.isoformat), flush=True)
                    feed.confirm(transaction.lsn)
        except psycopg2.Error as error:
            print(f"the next try is in {PAUSE_SECONDS:.0f} s: {error}", file=sys.stderr, flush=True)
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
