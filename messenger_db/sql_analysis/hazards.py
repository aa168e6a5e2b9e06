"""Statements in migration files that delete data, or block sessions that use a table."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pglast.enums import AlterTableType, ConstrType, ObjectType

from messenger_db.sql_analysis.effects import RELATIONS, created, tables_of_indexes
from messenger_db.sql_analysis.locks import strong_locks
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.parse import Statement

STOPS_ALL = "ACCESS EXCLUSIVE on {} stops readers and writers"
STOPS_WRITERS = "SHARE ROW EXCLUSIVE on {} stops writers"
STOPS_WRITERS_FOR_A_BUILD = "SHARE on {} stops writers until the index is built"
IS_LOCKED = "{} stays locked until the transaction ends"


class Hazard(NamedTuple):
    """The effect of a statement on others; line 0 stands for the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Write it as compilers do."""
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


def hazards(folder: MigrationFolder, files: Sequence[MigrationFile]) -> Iterator[Hazard]:
    """Yield the hazards in files that run in that order, but for those to tables that the files create.

    A file that cannot be read has one hazard, its error.
    """
    indexes = tables_of_indexes(statement for _, statement in folder.statements)
    new: set[str] = set()
    for file in files:
        if file.error:
            yield Hazard(file.file, file.error.line, str(file.error))
        for statement in file.statements:
            new.update(effect.name for effect in created(statement.node) if effect.kind in RELATIONS)
            head = file.text.split("\n")[statement.line - 1].strip(" ;(")
            for text in (*_losses(statement, new), *_locks(statement, indexes, new)):
                yield Hazard(file.file, statement.line, f"{head}: {text}")


def _losses(statement: Statement, new: set[str]) -> Iterator[str]:
    if isinstance(statement.node, ast.CreateFunctionStmt):
        return  # its body runs later
    for node in statement.nodes:
        for table, text in _lost(node):
            if table not in new:
                yield text


def _lost(node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case ast.DropStmt():
            for table in _dropped(node):
                yield table, f"the rows of {table} are lost"
        case ast.TruncateStmt():
            for relation in node.relations:
                yield relation.relname, f"the rows of {relation.relname} are lost"
        case ast.DeleteStmt():
            yield node.relation.relname, f"rows of {node.relation.relname} are lost"
        case ast.AlterTableStmt():
            for command in node.cmds:
                if command.subtype == AlterTableType.AT_DropColumn:
                    yield node.relation.relname, f"the values of {node.relation.relname}.{command.name} are lost"


def _dropped(node: Node) -> list[str]:
    is_table = isinstance(node, ast.DropStmt) and node.removeType == ObjectType.OBJECT_TABLE
    return [words(name)[-1] for name in node.objects] if is_table else []


def _locks(statement: Statement, indexes: dict[str, str], new: set[str]) -> Iterator[str]:
    """Yield the locks on tables that stay; of a table that is dropped, the lost rows say enough."""
    for table in dict.fromkeys(strong_locks(statement, indexes)):
        if table not in new and table not in _dropped(statement.node):
            yield _lock(statement.node, table).format(table)


def _lock(node: Node, table: str) -> str:
    match node:
        case ast.IndexStmt():
            return STOPS_WRITERS_FOR_A_BUILD
        case ast.LockStmt():
            return IS_LOCKED
        case ast.CreateStmt(inhRelations=parents) if table not in [parent.relname for parent in parents or ()]:
            return STOPS_WRITERS  # a new table's foreign key
        case ast.CreateTrigStmt():
            return STOPS_WRITERS
        case ast.AlterTableStmt() if all(map(_stops_writers_only, node.cmds)) or _references(node, table):
            return STOPS_WRITERS
    return STOPS_ALL


def _references(node: Node, table: str) -> bool:
    """Return whether an ALTER TABLE locks a table only because a new foreign key references it."""
    return node.relation.relname != table and not any(
        isinstance(command.def_, ast.PartitionCmd) for command in node.cmds
    )


def _stops_writers_only(command: Node) -> bool:
    """Return whether a form of ALTER TABLE adds a foreign key, or enables or disables triggers."""
    is_key = isinstance(command.def_, ast.Constraint) and command.def_.contype == ConstrType.CONSTR_FOREIGN
    return is_key or "Trig" in command.subtype.name
