"""The effects of a statement on tables in use: those that are there before the migration begins."""

from collections.abc import Iterator
from typing import NamedTuple

from pglast.enums import AlterTableType, GrantTargetType, ObjectType

from messenger_db.sql_analysis.effects import created
from messenger_db.sql_analysis.locks import Lock, locks
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.parse import Statement
from messenger_db.sql_analysis.schema_state import SchemaState
from messenger_db.sql_analysis.work import Kind, Work, work


class Effects(NamedTuple):
    """A statement's locks, the strongest on each table, what it reads or rewrites, and what it costs besides."""

    statement: Statement
    locks: list[Lock]
    work: list[Work]
    losses: list[str]

    @property
    def longest(self) -> Work:
        """The work that takes longest."""
        return max(self.work, key=lambda work: work.kind, default=Work(Kind.MOMENT, ""))


def effects(statement: Statement, state: SchemaState) -> Effects:
    """Return the effects of a statement on relations that are not new in the state before it."""
    nodes = state.running(statement)
    own = state.new | {node.ctename for node in nodes if isinstance(node, ast.CommonTableExpr)}
    own |= {effect.name for effect in created(statement.node) if effect.act == "creates"}

    def is_in_use(table: str) -> bool:
        return table not in own and not table.startswith("pg_")

    strongest: dict[str, Lock] = {}
    for lock in (lock for node in nodes for lock in locks(node, state) if is_in_use(lock.table)):
        other = strongest.get(lock.table, lock)
        strongest[lock.table] = Lock(lock.table, max(lock.mode, other.mode), lock.is_implied and other.is_implied)
    works = [found for node in nodes for found in work(node, state) if is_in_use(found.table)]
    losses = [text for node in nodes for table, text in _lost(node) if is_in_use(table)]
    return Effects(statement, list(strongest.values()), works, losses)


def _lost(node: Node) -> Iterator[tuple[str, str]]:
    """Yield what a statement costs besides its locks, each with the relation that it concerns."""
    match node:
        case ast.DropStmt(removeType=ObjectType.OBJECT_TABLE):
            for name in node.objects:
                table = words(name)[-1]
                yield table, f"the rows of {table} are lost"
        case ast.TruncateStmt(relations=relations):
            yield from ((relation.relname, f"the rows of {relation.relname} are lost") for relation in relations)
        case ast.DeleteStmt():
            yield node.relation.relname, f"rows of {node.relation.relname} are lost"
        case ast.AlterTableStmt(relation=relation, cmds=commands):
            dropped = (command.name for command in commands if command.subtype == AlterTableType.AT_DropColumn)
            yield from ((relation.relname, f"the values of {relation.relname}.{name} are lost") for name in dropped)
        case ast.IndexStmt(unique=True):
            yield node.relation.relname, f"fails where rows of {node.relation.relname} are equal in the index"
        case ast.AlterSeqStmt(sequence=sequence, options=options):
            if any(option.defname == "restart" for option in options or ()):
                yield sequence.relname, f"numbers of {sequence.relname} can come again"
        case ast.GrantStmt(is_grant=False, targtype=GrantTargetType.ACL_TARGET_OBJECT, objtype=ObjectType.OBJECT_TABLE):
            yield from ((relation.relname, f"rights on {relation.relname} are lost") for relation in node.objects)
