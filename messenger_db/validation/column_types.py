"""Whether the types of new columns do what is expected of them."""

from collections.abc import Iterator

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import ast, words
from messenger_db.validation.refusal import Problem, Refusal

JSON_COLUMN = Refusal(
    "json-column",
    "json has no equality, so that SELECT DISTINCT, GROUP BY and UNION of the table fail.",
    "use jsonb",
    is_waivable=True,
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find columns of the type json."""
    for file, statement in folder.statements:
        for node in statement.nodes:
            if isinstance(node, ast.ColumnDef) and node.typeName and words(node.typeName.names)[-1] == "json":
                name = node.colname or "the column"
                yield JSON_COLUMN.at(file.file, statement.line, f"{name} is of the type json")
