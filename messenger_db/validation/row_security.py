"""Whether row security and its policies go together."""

from collections.abc import Iterator

from pglast.enums import AlterTableType

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import ast
from messenger_db.sql_analysis.schema_changes import state_after
from messenger_db.validation.refusal import Problem, Refusal

POLICY_WITHOUT_ROW_SECURITY = Refusal(
    "policy-without-row-security",
    "A policy has no effect before its table has row security: all rows are open.",
    "add ALTER TABLE ... ENABLE ROW LEVEL SECURITY",
    is_waivable=True,
)
ROW_SECURITY_WITHOUT_POLICY = Refusal(
    "row-security-without-policy",
    "Without a policy, row security hides all rows from everybody but the owner.",
    "create a policy, or leave row security off",
    is_waivable=True,
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find policies of tables that have no row security when all migrations have run, and the opposite."""
    state = state_after(folder.forwards.values())
    for file, statement in folder.statements:
        if file.is_rollback:
            continue
        match statement.node:
            case ast.CreatePolicyStmt() as node if not state.table(node.table.relname).has_row_security:
                wrong = f"{node.table.relname} has no row security, so the policy has no effect"
                yield POLICY_WITHOUT_ROW_SECURITY.at(file.file, statement.line, wrong)
            case ast.AlterTableStmt() as node if any(
                command.subtype == AlterTableType.AT_EnableRowSecurity for command in node.cmds
            ):
                table = state.tables.get(node.relation.relname)
                if table and table.has_row_security and not table.policies:
                    wrong = f"{node.relation.relname} has no policy, so nobody but its owner sees a row"
                    yield ROW_SECURITY_WITHOUT_POLICY.at(file.file, statement.line, wrong)
