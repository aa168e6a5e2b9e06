"""make db-up, db-down and db-status: yoyo with the checkout's migrations on the database in use."""

import glob

from yoyo import read_migrations
from yoyo.migrations import MigrationList

from messenger_db import folders, history
from messenger_db.backend import MessengerBackend, open_backend
from messenger_db.confirm import is_embedded
from messenger_db.connection import Target
from messenger_db.database_in_use import current_target, current_url
from messenger_db.errors import MessengerError, printable
from messenger_db.sql import statement


def migrations() -> MigrationList:
    """Return the checkout's migrations."""
    return read_migrations(glob.escape(str(folders.migrations_folder())))


def apply() -> None:
    """Apply all pending migrations."""
    with open_backend(current_url()) as backend:
        backend.apply_migrations(backend.to_apply(migrations()))


def up() -> None:
    """Apply all pending migrations, and say how to connect."""
    apply()
    print("connect with make db-shell, or by the URL that make -s db-url prints")


def down(steps: int | None) -> None:
    """Roll back the newest `steps` migrations, all of them where None."""
    with existing() as backend:
        backend.rollback_migrations(backend.to_rollback(migrations())[:steps])


def existing() -> MessengerBackend:
    """Return a backend of the database in use, which it would create: looking, or taking back, must not."""
    url = current_url()
    Target.from_url(url).connect().close()
    return open_backend(url)


def status() -> None:
    """Print where the database is, what it is, and which migrations are applied."""
    with existing() as backend:
        version, size = backend.execute(statement("server_facts")).fetchone()
        applied = backend.applied_at()
        print(f"{backend.target}{' (embedded)' if is_embedded(backend.target) else ''}")
    print(printable(f"PostgreSQL {version}, {size}"))
    here = {migration.id for migration in migrations()}
    for name in sorted(applied.keys() | here):
        above = min((id_ for id_ in applied if id_ > name), default=None)
        state = (
            f"applied {applied[name]}" if name in applied else f"pending{f', though {above} is applied' * bool(above)}"
        )
        print(f"  {printable(name)}: {state}{'' if name in here else ', but its file is not here'}")
    if absent := history.absent(applied, here):
        print(f"the database {history.ahead(absent)}: {history.way_out(absent, backend.target)}")


def refuse_unless_embedded() -> None:
    """Raise MessengerError unless the database in use is the embedded one."""
    target = current_target()
    if not is_embedded(target):
        raise MessengerError(f"refused: make db-reset deletes all, and {target} is not the embedded database")
