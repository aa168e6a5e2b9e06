"""Whether functions with the rights of their owner are safe to call, and those in constraints stay as they were."""

from collections.abc import Iterator

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.schema_changes import steps
from messenger_db.sql_analysis.schema_state import SchemaState, functions_in
from messenger_db.validation.refusal import Problem, Refusal

SECURITY_DEFINER = Refusal(
    "security-definer",
    "A function with the rights of its owner finds its tables, functions and operators by the search_path of whoever"
    " calls it, who can put others in front of them.",
    "add SET search_path = pg_catalog, pg_temp, or write the body as BEGIN ATOMIC or RETURN",
    is_waivable=True,
)
FUNCTION_IN_USE = Refusal(
    "function-in-use",
    "A CHECK, a default, a generated column or an index keeps what the old function said of the rows: they are neither"
    " checked nor computed again.",
    "create a function of another name, and a constraint, default or index that uses it",
    is_waivable=True,
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find SECURITY DEFINER without a search_path, and functions replaced while others rely on them."""
    for file, statement, state in steps(folder):
        node = statement.node
        if isinstance(node, ast.CreateFunctionStmt | ast.AlterFunctionStmt) and _is_unsafe(node):
            wrong = "runs with the rights of its owner and the search_path of whoever calls it"
            yield SECURITY_DEFINER.at(file.file, statement.line, wrong)
        if isinstance(node, ast.CreateFunctionStmt) and node.replace and not file.is_rollback:
            name = words(node.funcname)[-1]
            if user := _user(name, state):
                wrong = f"replaces {name}(), which {user} uses"
                yield FUNCTION_IN_USE.at(file.file, statement.line, wrong)


def _is_unsafe(node: Node) -> bool:
    is_created = isinstance(node, ast.CreateFunctionStmt)
    options = {option.defname: option.arg for option in (node.options if is_created else node.actions) or ()}
    is_definer = bool("security" in options and options["security"].boolval)
    settings = [
        option.arg.name for option in (node.options if is_created else node.actions) or () if option.defname == "set"
    ]
    is_resolved = is_created and node.sql_body is not None  # when it is created, by the search_path of the migration
    return is_definer and not is_resolved and "search_path" not in settings


def _user(name: str, state: SchemaState) -> str | None:
    """Return what relies on a function, of the tables that were there before."""
    for table_name, table in state.tables.items():
        if table_name in state.new:
            continue
        for check_name, constraint in table.checks.items():
            if name in functions_in(constraint.expression):
                return f"the CHECK {check_name}"
        expressions = [
            expression for column in table.columns.values() for expression in (column.default, column.generated)
        ]
        if any(name in functions_in(expression) for expression in expressions):
            return f"a default or a generated column of {table_name}"
    for index_name, index in state.indexes.items():
        indexed = (*index.columns, index.statement.whereClause if index.statement else None)
        if index.table not in state.new and any(name in functions_in(expression) for expression in indexed):
            return f"the index {index_name}"
    return None
