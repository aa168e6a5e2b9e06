"""make db-plan: what db-up, or db-down, would run, as a script for psql, without running it."""

import sys
from contextlib import closing
from pathlib import Path

from messenger_db import folders
from messenger_db.checksums import rollback_path
from messenger_db.commands.up_down import existing, migrations
from messenger_db.connection import Target
from messenger_db.database_in_use import current_target
from messenger_db.errors import MessengerError, printable
from messenger_db.process_exit import exact_output
from messenger_db.sql import statement
from messenger_db.sql_analysis.hazards import hazards
from messenger_db.sql_analysis.migration_files import read


def plan(down: bool, steps: int | None) -> None:
    """Print the SQL of the migrations that wait, or of the rollbacks of the newest `steps` that are applied.

    What deletes data, or locks out those who use a table, is named on stderr. Raises MessengerError where db-up or
    db-down would refuse.
    """
    if steps and not down:
        raise MessengerError(f"STEPS={steps} is for going down: say make db-plan DOWN=1 STEPS={steps}")
    target = current_target()
    files, standing = _files(target, down, steps)
    if not files:
        print(f"-- nothing to {f'roll back: {target} has no migration applied' if down else f'apply: {standing}'}")
        return
    folder = read(folders.migrations_folder())
    halves = {half.file: half for half in (*folder.forwards.values(), *folder.rollbacks.values())}
    missing = [file.name for file in files if file.name not in halves]
    if missing:
        raise MessengerError(f"{missing[0]} is not there or has another name than migrations have: see make validate")
    exact_output()
    print(f"-- {'db-down' if down else 'db-up'} on {target}, but for the bookkeeping of yoyo")
    search_path = [_search_path(target)] if target.schema else []
    for line in search_path:
        print(line)
    for number, file in enumerate(files):
        if number:
            # As db-up does between two migrations.
            print("", statement("clean_settings").strip(), *search_path, sep="\n")
        text = file.read_text(encoding="utf-8").strip()
        script = ["BEGIN;", text, "COMMIT;"] if folder.in_transaction(halves[file.name]) else [text]
        print("", f"-- {printable(file.name)}", *script, sep="\n")
    sys.stdout.flush()
    for hazard in hazards(folder, [halves[file.name] for file in files]):
        print(printable(str(hazard)), file=sys.stderr)


def _files(target: Target, down: bool, steps: int | None) -> tuple[list[Path], str]:
    """Return the files that would run, first to last, and how the database stands if there are none.

    On a database that is not there all migrations are pending.
    """
    if not target.exists():
        return [] if down else [Path(migration.path) for migration in migrations()], ""
    # Asking for what waits records the checksums of a migration that ACCEPT names.
    with existing() as backend, backend.transaction(rollback_on_exit=True):
        if not down:
            return [Path(migration.path) for migration in backend.to_apply(migrations())], backend.standing()
        selected = backend.to_rollback(migrations())[:steps]
        backend.refuse_rollback(selected)
        return [Path(rollback_path(migration.path)) for migration in selected], ""


def _search_path(target: Target) -> str:
    with closing(target.connect()) as connection, connection.cursor() as cursor:
        return cursor.mogrify(statement("set_schema"), {"schema": target.schema}).decode()
