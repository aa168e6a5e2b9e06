"""Whether a transaction locks one existing table at most."""

from collections.abc import Iterator

from pglast.enums import ObjectType

from messenger_db.sql_analysis.in_use import effects
from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import ast
from messenger_db.sql_analysis.parse import Statement
from messenger_db.sql_analysis.schema_changes import steps
from messenger_db.validation.refusal import Problem, Refusal

LOCK_TWO_TABLES = Refusal(
    "lock-two-tables",
    "A transaction that waits for a second table keeps the first one locked meanwhile; lock_timeout limits each wait,"
    " not their sum.",
    "lock one existing table in each migration, and add a foreign key to a second one by itself",
    is_waivable=True,
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find files that strongly lock two tables which their migration does not create."""
    files: dict[str, dict[str, Statement]] = {}
    old: dict[str, dict[str, str]] = {}
    for file, statement, state in steps(folder):
        locked, old_names = files.setdefault(file.file, {}), old.setdefault(file.file, {})
        for lock in effects(statement, state).locks:
            # What the statement does not name cannot be moved to a migration of its own.
            if lock.mode.is_strong and not lock.is_implied:
                locked.setdefault(old_names.get(lock.table, lock.table), statement)
        node = statement.node
        if isinstance(node, ast.RenameStmt) and node.renameType == ObjectType.OBJECT_TABLE:
            old_names[node.newname] = old_names.get(node.relation.relname, node.relation.relname)
    for name, locked in files.items():
        if len(locked) > 1 and not _is_foreign_key(locked):
            (first, before), (second, after), *_ = locked.items()
            wrong = (
                f"locks {second} while line {before.line} keeps {first} locked,"
                " so that a session that needs either waits for both"
            )
            yield LOCK_TWO_TABLES.at(name, after.line, wrong)


def _is_foreign_key(locked: dict[str, Statement]) -> bool:
    """Return whether all locks are those of one ALTER TABLE on two tables: a foreign key, which cannot be split."""
    statement, *others = locked.values()
    return isinstance(statement.node, ast.AlterTableStmt) and len(others) == 1 and others[0] is statement
