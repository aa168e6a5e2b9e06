"""Whether no statement names a schema; the session's search_path decides, so that each tenant can have its own."""

from collections.abc import Iterator

from pglast.enums import GrantTargetType, ObjectType

from messenger_db.sql_analysis.effects import own_parts
from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.validation.refusal import Problem, Refusal

SCHEMA_NAME = Refusal(
    "schema-name",
    "The session chooses the schema, so that each tenant can have its own in one database.",
    "remove the schema",
    is_waivable=True,
)
SEARCH_PATH = Refusal(
    "search-path",
    "The session's search_path decides where the tables are created; yoyo's own tables are found by it too.",
    "remove the setting",
    is_waivable=True,
)

# Attributes that hold the name of a function, type, operator, collation and so on.
NAMES = (
    "funcname",
    "names",
    "name",
    "objname",
    "collname",
    "collation",
    "opclass",
    "opclassname",
    "opfamilyname",
    "operName",
    "useOp",
    "defnames",
    "domainname",
    "typeName",
)

# Statements about named objects of any kind: where the kind stands, and where the name.
OBJECTS = {
    ast.DropStmt: ("removeType", "objects"),
    ast.GrantStmt: ("objtype", "objects"),
    ast.CommentStmt: ("objtype", "object"),
    ast.AlterOwnerStmt: ("objectType", "object"),
    ast.RenameStmt: ("renameType", "object"),
}


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find names of schemas, pg_catalog aside, and settings of search_path."""
    for file, statement in folder.statements:
        for node in statement.nodes:
            for name in (*_in_names(node), *_in_statements(node), *_in_objects(node)):
                if name and name != "pg_catalog":
                    yield SCHEMA_NAME.at(file.file, statement.line, f"names the schema {name}")
            if _sets_search_path(node) and not _is_of_a_function(node, statement.node):
                yield SEARCH_PATH.at(file.file, statement.line, "sets search_path")


def _in_names(node: Node) -> Iterator[str | None]:
    for attribute in NAMES:
        if isinstance(name := getattr(node, attribute, None), tuple):
            yield _schema(name, 2 if getattr(node, "pct_type", False) else 1)
    if isinstance(node, ast.ColumnRef):
        yield _schema(node.fields, 2)


def _in_statements(node: Node) -> Iterator[str | None]:
    match node:
        case ast.RangeVar() | ast.CreateSchemaStmt():
            yield node.schemaname
        case ast.AlterObjectSchemaStmt():
            yield node.newschema
        case ast.DefElem(defname="schema" | "schemas"):
            yield from words(node.arg)
        case ast.GrantStmt(targtype=GrantTargetType.ACL_TARGET_ALL_IN_SCHEMA):
            yield from (words(name)[0] for name in node.objects)
        case ast.RenameStmt(renameType=ObjectType.OBJECT_SCHEMA):
            yield node.subname


def _in_objects(node: Node) -> Iterator[str | None]:
    if type(node) not in OBJECTS:
        return
    kind, names = (getattr(node, attribute) for attribute in OBJECTS[type(node)])
    for name in (names or ()) if isinstance(node, ast.DropStmt | ast.GrantStmt) else (names,):
        if kind == ObjectType.OBJECT_SCHEMA and name:
            yield words(name)[0]
        elif isinstance(name, tuple):  # a node, not a name, has its own turn
            yield _schema(name, own_parts(kind))


def _schema(name: Node, own: int) -> str | None:
    """Return the schema before a name that has `own` parts without one."""
    parts = words(name)
    return parts[-own - 1] if len(parts) > own else None


def _is_of_a_function(node: Node, statement: Node) -> bool:
    """Return whether a function keeps to PostgreSQL's own objects, as one with its owner's rights has to."""
    is_function = isinstance(statement, ast.CreateFunctionStmt | ast.AlterFunctionStmt)
    values = [getattr(value.val, "sval", "") for value in getattr(node, "args", None) or () if hasattr(value, "val")]
    is_own = isinstance(node, ast.VariableSetStmt) and set(values) <= {"pg_catalog", "pg_temp", ""}
    return is_function and is_own and bool(values)


def _sets_search_path(node: Node) -> bool:
    match node:
        case ast.VariableSetStmt(name="search_path"):
            return True
        case ast.FuncCall(args=(ast.A_Const(val=ast.String(sval="search_path")), *_)):
            return words(node.funcname)[-1] == "set_config"
    return False
