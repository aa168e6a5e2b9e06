"""Whether a file can run in one transaction, which yoyo begins and ends."""

from collections.abc import Iterator

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import ast
from messenger_db.validation.refusal import Problem, Refusal

TRANSACTION_CONTROL = Refusal(
    "transaction-control",
    "yoyo, or psql -1, runs each file in one transaction; after a COMMIT in it, a failure leaves a part of it.",
    "remove this statement",
)
CONCURRENTLY_IN_TRANSACTION = Refusal(
    "concurrently-in-transaction",
    "PostgreSQL builds and drops indexes CONCURRENTLY only outside a transaction.",
    "write -- transactional: false in the header of the forward file",
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find statements that begin or end a transaction, and those that cannot run in one."""
    for file, statement in folder.statements:
        node = statement.node
        if isinstance(node, ast.TransactionStmt):
            command = node.kind.name.removeprefix("TRANS_STMT_").replace("_", " ")
            wrong = f"{command} interferes with the transaction in which yoyo runs the file"
            yield TRANSACTION_CONTROL.at(file.file, statement.line, wrong)
        is_concurrent = isinstance(node, ast.IndexStmt | ast.DropStmt) and node.concurrent
        if is_concurrent and folder.in_transaction(file):
            cure = f"write -- transactional: false in the header of {file.id}.sql"
            wrong = "CONCURRENTLY does not work in a transaction"
            yield CONCURRENTLY_IN_TRANSACTION.at(file.file, statement.line, wrong, cure)
