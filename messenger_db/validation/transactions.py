"""Whether a file can run in one transaction, which yoyo begins and ends."""

from collections.abc import Iterator

from pglast.enums import ReindexObjectType

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast, is_concurrent
from messenger_db.validation.refusal import Problem, Refusal

TRANSACTION_CONTROL = Refusal(
    "transaction-control",
    "yoyo, or psql -1, runs each file in one transaction; after a COMMIT in it, a failure leaves a part of it.",
    "remove this statement",
)
CONCURRENTLY_IN_TRANSACTION = Refusal(
    "concurrently-in-transaction",
    "PostgreSQL builds and drops indexes CONCURRENTLY, and detaches partitions so, only outside a transaction.",
    "write -- transactional: false in the header of the forward file",
)
MAINTENANCE = Refusal(
    "maintenance",
    "VACUUM, REINDEX CONCURRENTLY and the like do not run in a transaction. They do not change the schema, so each"
    " database needs them at another time.",
    "leave it to autovacuum, or run it by itself when the migration is applied",
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find statements that begin or end a transaction, and those that cannot run in one."""
    for file, statement in folder.statements:
        node = statement.node
        if isinstance(node, ast.TransactionStmt):
            command = node.kind.name.removeprefix("TRANS_STMT_").replace("_", " ")
            wrong = f"{command} interferes with the transaction in which yoyo runs the file"
            yield TRANSACTION_CONTROL.at(file.file, statement.line, wrong)
        if is_maintenance(node):
            wrong = f"{statement.tokens[0].text.upper()} does not work in a transaction, and does not change the schema"
            yield MAINTENANCE.at(file.file, statement.line, wrong)
        elif is_concurrent(node) and folder.in_transaction(file):
            cure = f"write -- transactional: false in the header of {file.id}.sql"
            wrong = "CONCURRENTLY does not work in a transaction"
            yield CONCURRENTLY_IN_TRANSACTION.at(file.file, statement.line, wrong, cure)


def is_maintenance(node: Node) -> bool:
    """Return whether a statement cannot run in a transaction and changes no schema."""
    match node:
        case ast.VacuumStmt():
            return bool(node.is_vacuumcmd)
        case ast.ClusterStmt():
            return node.relation is None
        case ast.ReindexStmt():
            is_of_one = node.kind in (ReindexObjectType.REINDEX_OBJECT_INDEX, ReindexObjectType.REINDEX_OBJECT_TABLE)
            return not is_of_one or any(option.defname == "concurrently" for option in node.params or ())
    return isinstance(node, ast.CheckPointStmt)
