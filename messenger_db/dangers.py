"""What in the files of migrations deletes data, or locks out those who use a table."""

from collections.abc import Iterator, Sequence

from pglast.enums import AlterTableType, ConstrType, ObjectType

from messenger_db.validation.files import Folder, Half, Problem
from messenger_db.validation.locks import strong_locks
from messenger_db.validation.nodes import Node, ast, words
from messenger_db.validation.one_table import tables_of_indexes
from messenger_db.validation.sql import Statement
from messenger_db.validation.things import RELATIONS, made

STOPS_ALL = "ACCESS EXCLUSIVE on {} stops readers and writers"
STOPS_WRITERS = "SHARE ROW EXCLUSIVE on {} stops writers"
STOPS_WRITERS_FOR_A_BUILD = "SHARE on {} stops writers until the index is built"
IS_LOCKED = "{} stays locked until the transaction ends"


def dangers(folder: Folder, halves: Sequence[Half]) -> Iterator[Problem]:
    """Give a line for each danger in files that run in that order; the tables that they make are in none."""
    indexes = tables_of_indexes(folder)
    new: set[str] = set()
    for half in halves:
        if half.error:
            yield half.error
        for statement in half.statements:
            new.update(thing.name for thing in made(statement.node) if thing.kind in RELATIONS)
            head = half.text.splitlines()[statement.line - 1].strip(" ;(")
            for text in (*_losses(statement, new), *_locks(statement, indexes, new)):
                yield Problem(half.file, statement.line, f"{head}: {text}")


def _losses(statement: Statement, new: set[str]) -> Iterator[str]:
    if isinstance(statement.node, ast.CreateFunctionStmt):
        return  # its body runs another time
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
    """Give the locks on tables that stay: whoever uses one that goes is not helped by knowing."""
    for table in dict.fromkeys(strong_locks(statement, indexes)):
        if table not in new and table not in _dropped(statement.node):
            yield _lock(statement.node, table).format(table)


def _lock(node: Node, table: str) -> str:
    match node:
        case ast.IndexStmt():
            return STOPS_WRITERS_FOR_A_BUILD
        case ast.LockStmt():
            return IS_LOCKED
        case ast.CreateTrigStmt() | ast.CreateStmt():  # a new table's foreign key
            return STOPS_WRITERS
        case ast.AlterTableStmt() if node.relation.relname != table or all(map(_stops_writers_only, node.cmds)):
            return STOPS_WRITERS
    return STOPS_ALL


def _stops_writers_only(command: Node) -> bool:
    """Tell whether a form of ALTER TABLE adds a foreign key, or enables or disables triggers."""
    is_key = isinstance(command.def_, ast.Constraint) and command.def_.contype == ConstrType.CONSTR_FOREIGN
    return is_key or "Trig" in command.subtype.name
