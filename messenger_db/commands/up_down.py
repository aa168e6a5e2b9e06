"""messenger-db up, down and reset: yoyo with the checkout's migrations on the database in use."""

from messenger_db import settings
from messenger_db.backend import MessengerBackend
from messenger_db.backfilling.backfill_runs import leaves_out
from messenger_db.confirm import is_embedded
from messenger_db.database_in_use import backend_in_use, current_target
from messenger_db.each_tenant import TenantRun, on_each_tenant
from messenger_db.errors import MessengerError
from messenger_db.folders import migrations
from messenger_db.sql import QUERIES


def apply(on_error: str = "") -> None:
    """Apply all pending migrations."""
    with backend_in_use(create=True) as backend:
        backend.on_error = on_error
        backend.apply_migrations(backend.to_apply(migrations()))


def up(tenants: str = "", on_error: str = "") -> TenantRun[None] | None:
    """Apply all pending migrations, and print how to connect; for tenants, to all schemas that match the pattern.

    Raises MessengerError as `on_each_tenant` does.
    """
    if tenants:
        goes_on = leaves_out(on_error or settings.value("ON_ERROR"))
        files = migrations()  # read once

        def apply_to_tenant(backend: MessengerBackend) -> None:
            _refuse_foreign(backend)
            backend.on_error = on_error
            backend.apply_migrations(backend.to_apply(files))

        return on_each_tenant(tenants, apply_to_tenant, goes_on=goes_on)
    apply(on_error)
    print("connect with make db-shell, or by the URL that make -s db-url prints")
    return None


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


def _refuse_foreign(backend: MessengerBackend) -> None:
    """Raise MessengerError for a schema that has tables, but not the migration tables: a pattern can match too much."""
    if backend.run(QUERIES["tenants.is_foreign"]).fetchone() == (True,):
        raise MessengerError(
            f"{backend.target} has tables, but no migration tables: correct TENANTS if it is not a tenant; if it is, "
            "name it with ?schema= in DATABASE_URL, for make db-adopt after a dump was restored, else for make db-up"
        )
