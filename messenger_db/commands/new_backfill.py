"""messenger-db new with BACKFILL=: the next file of backfills/, for the column that the newest migration adds."""

from typing import NamedTuple

from messenger_db import folders
from messenger_db.backfilling.backfill_files import FOLDER, beside
from messenger_db.errors import MessengerError
from messenger_db.numbering import id_after, ids, refuse_name

TEMPLATE = """\
-- Why: what is filled, and which migration then needs it (README.md has the rules).
-- depends: {depends}
-- table: {table}
-- key: {key}
-- covered: {covered}

UPDATE {table}
SET {column} = {table}.{column} -- the value to fill in
FROM batch
WHERE {join};
"""


class Change(NamedTuple):
    """What the newest migration leaves to fill: a column, the key of its table, and a trigger for each new row."""

    table: str
    column: str
    key: tuple[str, ...]
    trigger: str | None


def new_backfill(name: str) -> None:
    """Write backfills/NNNN_name.sql, for the column that the newest migration adds.

    Raises MessengerError when the name is not lower-case words joined by underscores, or is taken, and where
    PostgreSQL's grammar is not installed.
    """
    folder = beside(folders.migrations_folder())
    refuse_name(name, folder, kind="backfill", setting="BACKFILL", example="fill_language")
    file = folder / f"{id_after(max(ids(folder), default=''), name)}.sql"
    newest, change = _newest()
    text = TEMPLATE.format(
        depends=newest,
        table=change.table,
        column=change.column,
        key=", ".join(change.key),
        covered=f"trigger {change.trigger}" if change.trigger else "application RELEASE, or default, or trigger NAME",
        join=" AND ".join(f"{change.table}.{column} = batch.{column}" for column in change.key),
    )
    try:
        folder.mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise MessengerError(f"{file.stem} could not be written into {folder}: {error.strerror}") from None
    print(f"wrote {FOLDER}/{file.name}")
    print("next, write what it fills in, make validate, then make db-up and make db-backfill")


def _newest() -> tuple[str, Change]:
    """Return the newest migration, and the last column that it or one before it adds."""
    try:
        from messenger_db.sql_analysis.effects import created
        from messenger_db.sql_analysis.migration_files import read
        from messenger_db.sql_analysis.schema_changes import state_after
        from messenger_db.sql_analysis.schema_state import INSERT
    except ModuleNotFoundError as error:
        raise MessengerError(f"{error.name} is not installed here: pip install '.[dev]' in a checkout") from None
    migrations = read(folders.migrations_folder()).forwards
    if not migrations:
        raise MessengerError("no migration found: run this in the folder of yoyo.ini, or below it")
    statements = [statement for file in migrations.values() for statement in file.statements]
    state = state_after(migrations.values())
    added = [
        (effect.table, effect.name.rpartition(".")[2])
        for statement in statements
        for effect in created(statement.node)
        if effect.table in state.tables and effect.kind == "column"
    ]
    table, column = added[-1] if added else (next(iter(state.tables), "messages"), "column_to_fill")
    key = state.primary_key(table) or ("id",)
    triggers = [name for name, trigger in state.table(table).triggers.items() if trigger.events & INSERT]
    return max(migrations), Change(table, column, key, triggers[-1] if triggers else None)
