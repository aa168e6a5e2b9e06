"""messenger-db backfill: change the rows that the files of backfills/ say, in batches, while others work."""

from messenger_db.backend import MessengerBackend
from messenger_db.backfilling.backfill_files import Backfill, find
from messenger_db.backfilling.backfill_runs import leaves_out, run
from messenger_db.backfilling.backfill_states import BackfillState, states
from messenger_db.database_in_use import backend_in_use
from messenger_db.each_tenant import TenantRun, on_each_tenant
from messenger_db.errors import MessengerError, printable
from messenger_db.folders import migrations_folder


def backfill(name: str, on_error: str, tenants: str = "") -> TenantRun[None] | None:
    """Run the backfill of that id, number or name; all that are due where it is empty.

    For tenants, runs it in all schemas that match the pattern.

    Raises MessengerError where there is none of that name, it is not due, or it does not get to its end; for tenants,
    as `on_each_tenant` does.
    """
    skip = leaves_out(on_error)
    if tenants:
        return on_each_tenant(tenants, lambda backend: _fill(backend, name, skip=skip), goes_on=skip)
    with backend_in_use() as backend:
        _fill(backend, name, skip=skip)
    return None


def _fill(backend: MessengerBackend, name: str, *, skip: bool) -> None:
    known = states(backend.connection, migrations_folder(), backend.applied_at())
    due = [_named(name, known)] if name else [state.file for state in known if state.file and state.is_due]
    for file in due:
        if file:
            run(backend.connection, backend.target, file, skip=skip)
    if not any(due):
        print(f"nothing to fill: {backend.target} has no backfill that is due")


def _named(name: str, known: list[BackfillState]) -> Backfill | None:
    """Return the file of the backfill of that name; None where it is complete."""
    by_id = {state.id: state for state in known}
    found = find(name, by_id)
    if len(found) != 1:
        what = "is more than one backfill" if found else "is not a backfill of this checkout"
        there = ", ".join(by_id) or "none"
        raise MessengerError(f"NAME={name} {what}: there is {there}")
    state = by_id[found[0]]
    if not state.file:
        raise MessengerError(f"the file of {state.id} is not in this checkout: check out the branch that has it")
    if not state.is_complete and not state.depends_is_applied:
        raise MessengerError(f"{state.id} depends on {state.file.depends}, which is not applied: run make db-up first")
    if state.is_complete:
        print(printable(f"{state.id}: {state.line()}"))
        return None
    return state.file
