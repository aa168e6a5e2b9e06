"""How each statement changes the state of a schema, and the states between the statements of a folder of migrations."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from pglast.enums import AlterTableType, ConstrType, DropBehavior, ObjectType

from messenger_db.sql_analysis.effects import RELATIONS, dropped
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.parse import Statement
from messenger_db.sql_analysis.schema_state import (
    Check,
    Column,
    ForeignKey,
    Index,
    SchemaState,
    Table,
    Trigger,
    column_of,
    columns_in,
    sources_of,
)

T = TypeVar("T")


def steps(folder: MigrationFolder) -> list[tuple[MigrationFile, Statement, SchemaState]]:
    """Return each statement with the state before it, of which `new` has what its migration has created.

    The rollback file of a migration comes after its forward file. Nobody may change the states: all who ask for the
    same folder share them.
    """
    if folder not in _STEPS:
        _STEPS[folder] = [(file, statement, state.copy()) for file, statement, state in _walk(folder)]
    return _STEPS[folder]


# Most checks of a folder go through them.
_STEPS: WeakKeyDictionary[MigrationFolder, list[tuple[MigrationFile, Statement, SchemaState]]] = WeakKeyDictionary()


def _walk(folder: MigrationFolder) -> Iterator[tuple[MigrationFile, Statement, SchemaState]]:
    state = SchemaState()
    for key, forward in folder.forwards.items():
        state.new.clear()
        for statement in forward.statements:
            yield forward, statement, state
            apply(state, statement)
        if rollback := folder.rollbacks.get(key):
            undone = state.copy()
            for statement in rollback.statements:
                yield rollback, statement, undone
                apply(undone, statement)


def state_after(forwards: Iterable[MigrationFile]) -> SchemaState:
    """Return the state after forward files, from the first on."""
    state = SchemaState()
    for forward in forwards:
        for statement in forward.statements:
            apply(state, statement)
    return state


def apply(state: SchemaState, statement: Statement) -> None:
    """Change a state as the schema changes when a statement has run."""
    if isinstance(statement.node, ast.CreateFunctionStmt):
        name = words(statement.node.funcname)[-1]
        state.functions[name] = statement
        state.new.add(name)
    for node in state.running(statement):
        if change := CHANGES.get(type(node)):
            change(state, node)


def _create_table(state: SchemaState, node: Node) -> None:
    name = node.relation.relname
    parents = [parent.relname for parent in node.inhRelations or ()]
    columns = {key: column for parent in parents for key, column in state.table(parent).columns.items()}
    is_partition = node.partbound is not None
    _add(
        state,
        name,
        Table(
            columns,
            parent=parents[0] if is_partition else "",
            is_default=is_partition and bool(node.partbound.is_default),
        ),
    )
    for element in node.tableElts or ():
        match element:
            case ast.ColumnDef():
                _add_column(state, name, element)
            case ast.Constraint():
                _add_constraint(state, name, element, is_new=True)  # nothing is NOT VALID in a new table
            case ast.TableLikeClause():
                copied = state.table(element.relation.relname).columns
                _change(state, name, columns={**state.table(name).columns, **copied})


def _create_as(state: SchemaState, node: Node) -> None:
    _add(state, node.into.rel.relname, Table(sources=tuple(sources_of(node.query))))


def _create_view(state: SchemaState, node: Node) -> None:
    is_there = node.view.relname in state.tables
    state.tables[node.view.relname] = Table(sources=tuple(sources_of(node.query)))
    if not is_there:
        state.new.add(node.view.relname)


def _create_index(state: SchemaState, node: Node) -> None:
    columns = tuple(element.name or element.expr for element in node.indexParams)
    names = [column if isinstance(column, str) else "expr" for column in columns]
    name = node.idxname or "_".join([node.relation.relname, *names, "idx"])
    state.indexes[name] = Index(node.relation.relname, columns, node.unique, statement=node)
    state.new.add(name)


def _create_statistics(state: SchemaState, node: Node) -> None:
    if node.defnames:
        state.statistics[words(node.defnames)[-1]] = node.relations[0].relname


def _create_type(state: SchemaState, node: Node) -> None:
    state.new.add(words(node.typeName)[-1])


def _create_policy(state: SchemaState, node: Node) -> None:
    table = node.table.relname
    _change(state, table, policies=state.table(table).policies | {node.policy_name})


def _create_trigger(state: SchemaState, node: Node) -> None:
    if node.row:
        table = node.relation.relname
        trigger = Trigger(node.events, frozenset(words(node.columns or ())))
        _change(state, table, triggers={**state.table(table).triggers, node.trigname: trigger})


def _comment(state: SchemaState, node: Node) -> None:
    if node.objtype not in (ObjectType.OBJECT_COLUMN, ObjectType.OBJECT_TABCONSTRAINT):
        return
    *_, table, name = words(node.object)
    known = state.table(table)
    if node.objtype == ObjectType.OBJECT_COLUMN and name in known.columns:
        _set_column(state, table, name, known.columns[name]._replace(comment=node.comment or ""))
    elif node.objtype == ObjectType.OBJECT_TABCONSTRAINT and name in known.checks:
        check = known.checks[name]._replace(comment=node.comment or "")
        _change(state, table, checks={**known.checks, name: check})


def _alter_table(state: SchemaState, node: Node) -> None:
    if node.objtype == ObjectType.OBJECT_TABLE:
        for command in node.cmds:
            if change := COMMANDS.get(command.subtype):
                change(state, node.relation.relname, command)


def _rename(state: SchemaState, node: Node) -> None:
    table, old, new = (node.relation.relname if node.relation else ""), node.subname, node.newname
    known = state.table(table)
    match node.renameType:
        case ObjectType.OBJECT_TABLE | ObjectType.OBJECT_VIEW | ObjectType.OBJECT_MATVIEW if table in state.tables:
            _rename_table(state, table, new)
        case ObjectType.OBJECT_INDEX if table in state.indexes:
            state.indexes = _renamed(state.indexes, table, new)
        case ObjectType.OBJECT_COLUMN if old in known.columns:
            _rename_column(state, table, old, new)
        case ObjectType.OBJECT_TABCONSTRAINT:
            keys = _renamed(known.foreign_keys, old, new)
            _change(state, table, checks=_renamed(known.checks, old, new), foreign_keys=keys)
            state.indexes = _renamed(state.indexes, old, new)
        case ObjectType.OBJECT_TRIGGER if old in known.triggers:
            _change(state, table, triggers=_renamed(known.triggers, old, new))


def _rename_table(state: SchemaState, old: str, new: str) -> None:
    for name, table in _renamed(state.tables, old, new).items():
        keys = {
            key: found._replace(target=new) if found.target == old else found
            for key, found in table.foreign_keys.items()
        }
        parent = new if table.parent == old else table.parent
        state.tables[name] = replace(table, foreign_keys=keys, parent=parent)
    del state.tables[old]
    for name, index in state.indexes.items():
        if index.table == old:
            state.indexes[name] = index._replace(table=new)
    if old in state.new:
        state.new.add(new)


def _rename_column(state: SchemaState, table: str, old: str, new: str) -> None:
    known = state.table(table)
    keys = {
        name: key._replace(columns=tuple(new if column == old else column for column in key.columns))
        for name, key in known.foreign_keys.items()
    }
    _change(state, table, columns=_renamed(known.columns, old, new), foreign_keys=keys)
    for name, index in state.indexes.items():
        if index.table == table:
            columns = tuple(new if column == old else column for column in index.columns)
            state.indexes[name] = index._replace(columns=columns)


def _drop(state: SchemaState, node: Node) -> None:
    for effect in dropped(node):
        if effect.kind in RELATIONS:
            _drop_table(state, effect.name, is_cascade=node.behavior == DropBehavior.DROP_CASCADE)
        elif effect.kind == "index":
            state.indexes.pop(effect.name, None)
        elif effect.kind == "function":
            state.functions.pop(effect.name, None)
        elif effect.kind == "policy" and effect.table in state.tables:
            policy = effect.name.removeprefix(f"{effect.table}.")
            _change(state, effect.table, policies=state.tables[effect.table].policies - {policy})
        elif effect.kind == "trigger" and effect.table in state.tables:
            trigger = effect.name.removeprefix(f"{effect.table}.")
            _change(state, effect.table, triggers=_without(state.tables[effect.table].triggers, trigger))


def _drop_table(state: SchemaState, name: str, *, is_cascade: bool) -> None:
    for gone in (name, *state.partitions(name)):
        state.tables.pop(gone, None)
        state.indexes = {key: index for key, index in state.indexes.items() if index.table != gone}
    for other in state.referencing(name) if is_cascade else ():
        keys = {key: found for key, found in state.table(other).foreign_keys.items() if found.target != name}
        _change(state, other, foreign_keys=keys)


def _add_column_by_command(state: SchemaState, table: str, command: Node) -> None:
    _add_column(state, table, command.def_)


def _drop_column(state: SchemaState, table: str, command: Node) -> None:
    known, name = state.table(table), command.name
    keys = {key: found for key, found in known.foreign_keys.items() if name not in found.columns}
    checks = {key: found for key, found in known.checks.items() if name not in columns_in(found.expression)}
    _change(state, table, columns=_without(known.columns, name), foreign_keys=keys, checks=checks)
    state.indexes = {
        key: index for key, index in state.indexes.items() if index.table != table or name not in index.columns
    }


def _change_type(state: SchemaState, table: str, command: Node) -> None:
    new = column_of(command.def_)
    known = state.table(table).columns.get(command.name, new)
    column = known._replace(type=new.type, modifiers=new.modifiers, declaration=command.def_)
    _set_column(state, table, command.name, column)


def _change_nullability(state: SchemaState, table: str, command: Node) -> None:
    if command.name in state.table(table).columns:
        column = state.table(table).columns[command.name]
        is_not_null = command.subtype == AlterTableType.AT_SetNotNull
        _set_column(state, table, command.name, column._replace(is_not_null=is_not_null))


def _set_default(state: SchemaState, table: str, command: Node) -> None:
    known = state.table(table).columns.get(command.name, Column())
    _set_column(state, table, command.name, known._replace(default=command.def_))


def _add_constraint_by_command(state: SchemaState, table: str, command: Node) -> None:
    _add_constraint(state, table, command.def_)


def _validate(state: SchemaState, table: str, command: Node) -> None:
    checks = state.table(table).checks
    if command.name in checks:
        valid = checks[command.name]._replace(is_valid=True)
        _change(state, table, checks={**checks, command.name: valid})


def _drop_constraint(state: SchemaState, table: str, command: Node) -> None:
    known, name = state.table(table), command.name
    _change(state, table, checks=_without(known.checks, name), foreign_keys=_without(known.foreign_keys, name))
    if name in state.indexes and not state.indexes[name].statement:
        del state.indexes[name]


def _attach(state: SchemaState, table: str, command: Node) -> None:
    is_default = bool(command.def_.bound.is_default)
    _change(state, command.def_.name.relname, parent=table, is_default=is_default)


def _detach(state: SchemaState, _table: str, command: Node) -> None:
    _change(state, command.def_.name.relname, parent="", is_default=False)


def _switch_row_security(state: SchemaState, table: str, command: Node) -> None:
    _change(state, table, has_row_security=command.subtype == AlterTableType.AT_EnableRowSecurity)


CHANGES = {
    ast.CreateStmt: _create_table,
    ast.CreateTableAsStmt: _create_as,
    ast.ViewStmt: _create_view,
    ast.IndexStmt: _create_index,
    ast.CreateStatsStmt: _create_statistics,
    ast.CreateEnumStmt: _create_type,
    ast.CreatePolicyStmt: _create_policy,
    ast.CreateTrigStmt: _create_trigger,
    ast.CommentStmt: _comment,
    ast.AlterTableStmt: _alter_table,
    ast.RenameStmt: _rename,
    ast.DropStmt: _drop,
}

# By the form of ALTER TABLE.
COMMANDS = {
    AlterTableType.AT_AddColumn: _add_column_by_command,
    AlterTableType.AT_DropColumn: _drop_column,
    AlterTableType.AT_AlterColumnType: _change_type,
    AlterTableType.AT_SetNotNull: _change_nullability,
    AlterTableType.AT_DropNotNull: _change_nullability,
    AlterTableType.AT_ColumnDefault: _set_default,
    AlterTableType.AT_AddConstraint: _add_constraint_by_command,
    AlterTableType.AT_ValidateConstraint: _validate,
    AlterTableType.AT_DropConstraint: _drop_constraint,
    AlterTableType.AT_AttachPartition: _attach,
    AlterTableType.AT_DetachPartition: _detach,
    AlterTableType.AT_EnableRowSecurity: _switch_row_security,
    AlterTableType.AT_DisableRowSecurity: _switch_row_security,
}


def _add(state: SchemaState, name: str, table: Table) -> None:
    state.tables[name] = table
    state.new.add(name)


def _change(state: SchemaState, name: str, **changes: Any) -> None:
    state.tables[name] = replace(state.table(name), **changes)


def _set_column(state: SchemaState, table: str, name: str, column: Column) -> None:
    _change(state, table, columns={**state.table(table).columns, name: column})


def _add_column(state: SchemaState, table: str, node: Node) -> None:
    if node.typeName:  # a partition's own constraints name no type
        _set_column(state, table, node.colname, column_of(node))
    for constraint in node.constraints or ():
        _add_constraint(state, table, constraint, node.colname)


def _add_constraint(state: SchemaState, table: str, node: Node, column: str = "", *, is_new: bool = False) -> None:
    known = state.table(table)
    match node.contype:
        case ConstrType.CONSTR_NOTNULL | ConstrType.CONSTR_IDENTITY if not node.skip_validation:
            _set_not_null(state, table, [column] if column else words(node.keys or ()))
        case ConstrType.CONSTR_DEFAULT:
            _set_column(state, table, column, known.columns.get(column, Column())._replace(default=node.raw_expr))
        case ConstrType.CONSTR_GENERATED:
            _set_column(state, table, column, known.columns.get(column, Column())._replace(generated=node.raw_expr))
        case ConstrType.CONSTR_CHECK:
            check = Check(node.raw_expr, is_new or not node.skip_validation)
            _change(state, table, checks={**known.checks, node.conname or f"{table}_{column}_check": check})
        case ConstrType.CONSTR_FOREIGN:
            columns = (column,) if column else tuple(words(node.fk_attrs))
            name = node.conname or "_".join([table, *columns, "fkey"])
            key = ForeignKey(columns, node.pktable.relname, tuple(words(node.pk_attrs or ())))
            _change(state, table, foreign_keys={**known.foreign_keys, name: key})
        case ConstrType.CONSTR_PRIMARY | ConstrType.CONSTR_UNIQUE | ConstrType.CONSTR_EXCLUSION:
            _add_index_constraint(state, table, node, column)


def _add_index_constraint(state: SchemaState, table: str, node: Node, column: str) -> None:
    columns: tuple[Node, ...] = (column,) if column else tuple(words(node.keys or ()))
    if node.exclusions:
        columns = tuple(element.name or element.expr for element, _ in node.exclusions)
    if node.indexname in state.indexes:
        columns = state.indexes.pop(node.indexname).columns
    names = [name for name in columns if isinstance(name, str)]
    is_primary = node.contype == ConstrType.CONSTR_PRIMARY
    name = node.conname or node.indexname or "_".join([table, *(("pkey",) if is_primary else (*names, "key"))])
    state.indexes[name] = Index(table, columns, not node.exclusions, is_primary)
    state.new.add(name)
    if is_primary:
        _set_not_null(state, table, names)


def _set_not_null(state: SchemaState, table: str, names: list[str]) -> None:
    for name in names:
        if name in state.table(table).columns:
            _set_column(state, table, name, state.table(table).columns[name]._replace(is_not_null=True))


def _without(values: Mapping[str, T], name: str) -> dict[str, T]:
    return {key: value for key, value in values.items() if key != name}


def _renamed(values: Mapping[str, T], old: str, new: str) -> dict[str, T]:
    return {new if key == old else key: value for key, value in values.items()}
