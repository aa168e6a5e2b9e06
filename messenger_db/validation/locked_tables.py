"""That a transaction locks one existing table at most.

Whoever waits for a second lock keeps the first one meanwhile, and lock_timeout bounds each wait, not their sum.
"""

from collections.abc import Iterator

from pglast.enums import ObjectType

from messenger_db.sql_analysis.effects import RELATIONS, created, tables_of_indexes
from messenger_db.sql_analysis.locks import strong_locks
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.nodes import ast
from messenger_db.sql_analysis.parse import Statement
from messenger_db.validation.refusal import Problem


def check_one_table(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a half that strongly locks two tables which its migration does not make."""
    indexes = tables_of_indexes(statement for _, statement in folder.statements)
    for forward, rollback in folder.migrations:
        new: set[str] = set()  # what the forward half makes is new to its rollback too
        for half in (forward, rollback):
            locked = _locked(half, new, indexes)
            if len(locked) > 1 and not _is_foreign_key(locked):
                (first, before), (second, after), *_ = locked.items()
                text = (
                    f"locks {second} while line {before.line} keeps {first} locked, so whoever needs either waits for"
                    " both; lock one existing table a migration, and add a foreign key to a second one by itself"
                )
                yield Problem(half.file, after.line, text)


def _locked(half: MigrationFile, new: set[str], indexes: dict[str, str]) -> dict[str, Statement]:
    """Give the tables that a half locks, each with the first statement that does; adds to the new ones."""
    locked: dict[str, Statement] = {}
    old_names: dict[str, str] = {}
    for statement in half.statements:
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
    """Tell whether all locks are those of one ALTER TABLE on two tables: a foreign key, which cannot be split."""
    statement, *others = locked.values()
    single = all(other is statement for other in others)
    return single and len(locked) == 2 and isinstance(statement.node, ast.AlterTableStmt)  # noqa: PLR2004
