"""messenger-db retain: remove messages older than a bound, in batches, while others work."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import UUID

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db.backfilling.backfill_runs import explained
from messenger_db.confirm import confirm
from messenger_db.connection import Target
from messenger_db.database_in_use import backend_in_use
from messenger_db.errors import MessengerError, reason_of
from messenger_db.old_messages import OldMessages, remove
from messenger_db.removed_files import RemovedFiles
from messenger_db.sql import QUERIES

AGE = re.compile(r"[1-9][0-9]* *(second|minute|hour|day|week|month|year)s?")


def retain(before: str, older_than: str, chat: str, keys: str, *, dry_run: bool) -> None:
    """Remove the messages from before a time, or older than an age, of one chat or of all.

    Raises MessengerError where the bound is missing, not readable or in the future, the table or the chat is not there,
    nobody confirms it, or it does not get to its end.
    """
    if bool(before) == bool(older_than):
        given = "both set: set one of them" if before else "not set: set BEFORE=2026-01-01 or OLDER_THAN='90 days'"
        raise MessengerError(f"BEFORE and OLDER_THAN are {given}")
    with backend_in_use() as backend, explained(backend.connection, backend.target, "retain"):
        connection, target = backend.connection, backend.target
        _require_messages(connection, target)
        old = OldMessages(_bound(connection, before, older_than), _chat(connection, target, chat))
        messages, files = old.counted(connection)
        time = f"{old.before.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        what = f"{messages:,} messages with {files:,} files, from before {time}"
        if dry_run:
            print(f"would remove {what}, in {target}")
            return
        if not keys and not messages:
            print(f"nothing to remove: no message is from before {time}, in {target}")
            return
        if not keys:
            raise MessengerError(
                f"KEYS is not set: set KEYS=removed-files.jsonl, which gets the keys of the files of {what}"
            )
        removed_files = RemovedFiles(Path(keys))
        if messages:
            confirm(f"removing {what},", target)
        taken = remove(connection, target, old, removed_files, messages)
        print(f"removed {taken.rows:,} messages {taken.time}; the keys of their files are in {keys}", flush=True)


def _require_messages(connection: Connection, target: Target) -> None:
    with connection.cursor() as cursor:
        QUERIES["retention.has_messages"].execute(cursor)
        if cursor.fetchone() != (True,):
            raise MessengerError(
                f"{target} has no table messages: make db-up creates it; for another schema, set ?schema="
            )


def _bound(connection: Connection, before: str, older_than: str) -> datetime:
    if older_than and not AGE.fullmatch(older_than):
        raise MessengerError(
            f"OLDER_THAN={older_than} is not an age: set OLDER_THAN='90 days', or hours, months, years"
        )
    try:
        with connection.cursor() as cursor:
            QUERIES["retention.bound"].execute(cursor, older_than=older_than or "0 days")
            now, bound = cast("tuple[datetime, datetime]", cursor.fetchone())
    except psycopg2.DataError as error:
        raise MessengerError(f"OLDER_THAN={older_than} is too long: {reason_of(error)}") from None
    if before:
        bound = _time(before)
    if bound > now:
        raise MessengerError(f"BEFORE={before} is in the future: nothing is removed that is yet to be sent")
    return max(bound, datetime.fromtimestamp(0, UTC))


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise MessengerError(
            f"BEFORE={text} is not a time: set BEFORE=2026-01-01, or BEFORE=2026-01-01T12:00+02:00, UTC where nothing "
            "else is given"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _chat(connection: Connection, target: Target, chat: str) -> UUID | None:
    if not chat:
        return None
    try:
        chat_id = UUID(chat)
    except ValueError:
        raise MessengerError(f"CHAT={chat} is not the id of a chat: set CHAT=, its UUID") from None
    with connection.cursor() as cursor:
        QUERIES["retention.has_chat"].execute(cursor, chat_id=str(chat_id))
        if cursor.fetchone() != (True,):
            raise MessengerError(f"CHAT={chat} is not a chat of {target}: nothing was removed")
    return chat_id
