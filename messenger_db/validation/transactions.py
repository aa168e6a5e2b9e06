"""What a file must not hold because it runs in one transaction, which yoyo begins and ends."""

from collections.abc import Iterator

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import ast
from messenger_db.validation.refusal import Problem


def check_transaction_control(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse statements that begin or end a transaction: yoyo does, and psql -1."""
    for half, statement in folder.statements:
        if isinstance(statement.node, ast.TransactionStmt):
            word = statement.node.kind.name.removeprefix("TRANS_STMT_").replace("_", " ")
            yield Problem(half.file, statement.line, f"{word}: yoyo holds the transaction; take this statement out")


def check_in_transaction(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse concurrent builds and drops of indexes in a transaction, where the server does."""
    for half, statement in folder.statements:
        concurrent = isinstance(statement.node, ast.IndexStmt | ast.DropStmt) and statement.node.concurrent
        if concurrent and folder.in_transaction(half):
            cure = f"write -- transactional: false at the head of {half.id}.sql"
            yield Problem(half.file, statement.line, f"CONCURRENTLY does not work in a transaction; {cure}")
