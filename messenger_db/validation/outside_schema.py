"""Whether the files change the schema alone, and nothing that belongs to the database, the server or all roles."""

from collections.abc import Iterator

from pglast.enums import ObjectType, RoleSpecType

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast
from messenger_db.validation.refusal import Problem, Refusal

EXTENSION = Refusal(
    "extension",
    "An extension belongs to the database: the migrations of a second schema cannot create it, and db-check compares"
    " without it.",
    "install the extension before the migrations run, as its administrator",
    is_waivable=True,
)
OUTSIDE_SCHEMA = Refusal(
    "outside-schema",
    "Roles, databases, publications and the like belong to the server or the database. The migrations of a second"
    " schema would find them there already, and a rollback of one would take them from the other.",
    "leave it to those who run the server",
    is_waivable=True,
)
GRANT_TO_PUBLIC = Refusal(
    "grant-to-public",
    "PUBLIC has every role, also those of other applications and those that come later.",
    "name the role, or grant by make db-grant",
    is_waivable=True,
)
COPY = Refusal(
    "copy",
    "COPY reads and writes files of the server's machine, or rows that only psql sends: no other database gets the"
    " same by it.",
    "write the rows as an INSERT",
)

OUTSIDE: dict[type, str] = {
    ast.AlterDatabaseRefreshCollStmt: "the database",
    ast.AlterDatabaseSetStmt: "the database",
    ast.AlterDatabaseStmt: "the database",
    ast.AlterEventTrigStmt: "an event trigger",
    ast.AlterFdwStmt: "a foreign data wrapper",
    ast.AlterForeignServerStmt: "a foreign server",
    ast.AlterPublicationStmt: "a publication",
    ast.AlterRoleSetStmt: "a role",
    ast.AlterRoleStmt: "a role",
    ast.AlterSubscriptionStmt: "a subscription",
    ast.AlterSystemStmt: "the server's configuration",
    ast.AlterTableSpaceOptionsStmt: "a tablespace",
    ast.AlterUserMappingStmt: "a user mapping",
    ast.CreateAmStmt: "an access method",
    ast.CreateEventTrigStmt: "an event trigger",
    ast.CreateFdwStmt: "a foreign data wrapper",
    ast.CreateForeignServerStmt: "a foreign server",
    ast.CreatePLangStmt: "a language",
    ast.CreatePublicationStmt: "a publication",
    ast.CreateRoleStmt: "a role",
    ast.CreateSubscriptionStmt: "a subscription",
    ast.CreateTableSpaceStmt: "a tablespace",
    ast.CreateUserMappingStmt: "a user mapping",
    ast.CreatedbStmt: "a database",
    ast.DropOwnedStmt: "all that a role owns",
    ast.DropRoleStmt: "a role",
    ast.DropSubscriptionStmt: "a subscription",
    ast.DropTableSpaceStmt: "a tablespace",
    ast.DropUserMappingStmt: "a user mapping",
    ast.DropdbStmt: "a database",
    ast.GrantRoleStmt: "the members of a role",
    ast.LoadStmt: "the server's process",
    ast.ReassignOwnedStmt: "all that a role owns",
}

# The kinds of object that DROP, ALTER ... RENAME and ALTER ... OWNER name.
KINDS = {
    ObjectType.OBJECT_ACCESS_METHOD: "an access method",
    ObjectType.OBJECT_DATABASE: "the database",
    ObjectType.OBJECT_EVENT_TRIGGER: "an event trigger",
    ObjectType.OBJECT_FDW: "a foreign data wrapper",
    ObjectType.OBJECT_FOREIGN_SERVER: "a foreign server",
    ObjectType.OBJECT_LANGUAGE: "a language",
    ObjectType.OBJECT_PUBLICATION: "a publication",
    ObjectType.OBJECT_ROLE: "a role",
    ObjectType.OBJECT_SUBSCRIPTION: "a subscription",
    ObjectType.OBJECT_TABLESPACE: "a tablespace",
}


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find what reaches out of the schema: changes, files, and rights for all roles."""
    for file, statement in folder.statements:
        for node in statement.nodes:
            kind = _kind(node)
            if _is_extension(node):
                yield EXTENSION.at(file.file, statement.line, "changes which extensions the database has")
            elif what := OUTSIDE.get(type(node)) or KINDS.get(kind):
                yield OUTSIDE_SCHEMA.at(file.file, statement.line, f"changes {what}, which is not in the schema")
            elif isinstance(node, ast.CopyStmt):
                place = f"{'a program' if node.is_program else 'a file'} of the server's machine"
                way = "from" if node.is_from else "to"
                yield COPY.at(file.file, statement.line, f"copies {way} {place if node.filename else 'the client'}")
            elif isinstance(node, ast.GrantStmt) and node.is_grant and any(map(_is_public, node.grantees)):
                yield GRANT_TO_PUBLIC.at(file.file, statement.line, "grants rights to every role")


def _kind(node: Node) -> Node:
    match node:
        case ast.DropStmt():
            return node.removeType
        case ast.RenameStmt():
            return node.renameType
        case ast.AlterOwnerStmt():
            return node.objectType
    return None


def _is_extension(node: Node) -> bool:
    is_own = isinstance(node, ast.CreateExtensionStmt | ast.AlterExtensionStmt | ast.AlterExtensionContentsStmt)
    return is_own or _kind(node) == ObjectType.OBJECT_EXTENSION


def _is_public(role: Node) -> bool:
    return bool(role.roletype == RoleSpecType.ROLESPEC_PUBLIC)
