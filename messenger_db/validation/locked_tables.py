"""Whether a transaction locks one existing table at most."""

from collections.abc import Iterator

from pglast.enums import ObjectType

from messenger_db.sql_analysis.effects import RELATIONS, created, tables_of_indexes
from messenger_db.sql_analysis.locks import strong_locks
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.nodes import ast
from messenger_db.sql_analysis.parse import Statement
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
    indexes = tables_of_indexes(statement for _, statement in folder.statements)
    for forward, rollback in folder.migrations:
        new: set[str] = set()  # what the forward file creates is new to its rollback too
        for file in (forward, rollback):
            locked = _locked(file, new, indexes)
            if len(locked) > 1 and not _is_foreign_key(locked):
                (first, before), (second, after), *_ = locked.items()
                wrong = (
                    f"locks {second} while line {before.line} keeps {first} locked,"
                    " so that a session that needs either waits for both"
                )
                yield LOCK_TWO_TABLES.at(file.file, after.line, wrong)


def _locked(file: MigrationFile, new: set[str], indexes: dict[str, str]) -> dict[str, Statement]:
    """Return the tables that a file locks, each with the first statement that does; add to the new ones."""
    locked: dict[str, Statement] = {}
    old_names: dict[str, str] = {}
    for statement in file.statements:
        node = statement.node
        new.update(effect.name for effect in created(node) if effect.act == "creates" and effect.kind in RELATIONS)
        for name in strong_locks(statement, indexes):
            table = old_names.get(name, name)
            if table not in new:
                locked.setdefault(table, statement)
        if isinstance(node, ast.RenameStmt) and node.renameType == ObjectType.OBJECT_TABLE:
            old_names[node.newname] = old_names.get(node.relation.relname, node.relation.relname)
            if node.relation.relname in new:
                new.add(node.newname)
    return locked


def _is_foreign_key(locked: dict[str, Statement]) -> bool:
    """Return whether all locks are those of one ALTER TABLE on two tables: a foreign key, which cannot be split."""
    statement, *others = locked.values()
    return isinstance(statement.node, ast.AlterTableStmt) and len(others) == 1 and others[0] is statement
