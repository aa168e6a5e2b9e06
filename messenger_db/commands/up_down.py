"""messenger-db up, down and reset: yoyo with the checkout's migrations on the database in use."""

from messenger_db.confirm import is_embedded
from messenger_db.database_in_use import backend_in_use, current_target
from messenger_db.errors import MessengerError
from messenger_db.folders import migrations


def apply() -> None:
    """Apply all pending migrations."""
    with backend_in_use(create=True) as backend:
        backend.apply_migrations(backend.to_apply(migrations()))


def up() -> None:
    """Apply all pending migrations, and print how to connect."""
    apply()
    print("connect with make db-shell, or by the URL that make -s db-url prints")


def down(steps: int | None) -> None:
    """Roll back the newest `steps` migrations, all of them where None."""
    with backend_in_use() as backend:
        backend.rollback_migrations(backend.to_rollback(migrations())[:steps])


def reset() -> None:
    """Roll all back and apply it again. Raises MessengerError unless the database in use is the embedded one."""
    target = current_target()
    if not is_embedded(target):
        raise MessengerError(f"refused: make db-reset deletes all, and {target} is not the embedded database")
    down(None)
    up()
