"""Whether the files leave alone the settings that guard a run and its log, and do not wait."""

import re
from collections.abc import Iterator

from pglast.enums import VariableSetKind

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.schema_changes import steps
from messenger_db.validation.refusal import Problem, Refusal

SESSION_SETTING = Refusal(
    "session-setting",
    "Apply limits how long a statement waits for a lock, and writes its log as the role that it connected as. Some"
    " settings switch that off, others switch off constraints and triggers, or change what the same file means.",
    "remove it; LOCK_TIMEOUT_MS and the other settings of apply are for all files",
    is_waivable=True,
)
SESSION_WAIT = Refusal(
    "session-wait",
    "The transaction keeps its locks while it waits, and all who need them wait too.",
    "remove it",
    is_waivable=True,
)

# search_path has a refusal of its own.
GUARDED = re.compile(
    r"(?!search_path$)"
    r"(.*_timeout|role|session_authorization|session_replication_role|(default_)?transaction_.*|row_security"
    r"|event_triggers|allow_.*|ignore_.*|zero_damaged_pages|standard_conforming_strings|backslash_quote"
    r"|default_(tablespace|table_access_method|toast_compression|with_oids)"
    r"|client_encoding|datestyle|intervalstyle|timezone|bytea_output|extra_float_digits)"
)
WAITS = re.compile(r"pg_sleep(_for|_until)?|pg_advisory(_xact)?_lock(_shared)?")


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find settings of the session that guard the run, and waits."""
    for file, statement, state in steps(folder):
        for node in state.running(statement):
            name = _setting(node)
            if name and GUARDED.fullmatch(name.lower()):
                yield SESSION_SETTING.at(file.file, statement.line, f"changes {name.lower()}, on which apply relies")
            if isinstance(node, ast.FuncCall) and WAITS.fullmatch(words(node.funcname)[-1]):
                yield SESSION_WAIT.at(file.file, statement.line, f"{words(node.funcname)[-1]} can wait")


def _setting(node: Node) -> str | None:
    """Return the name of the setting that a node changes."""
    match node:
        case ast.VariableSetStmt(kind=VariableSetKind.VAR_RESET_ALL):
            return "role"
        case ast.VariableSetStmt(kind=VariableSetKind.VAR_SET_MULTI):
            return "transaction_isolation"
        case ast.VariableSetStmt(name=name):
            return str(name)
        case ast.DiscardStmt():
            return "role"
        case ast.FuncCall(args=(ast.A_Const(val=ast.String(sval=name)), *_)) if (
            words(node.funcname)[-1] == "set_config"
        ):
            return str(name)
    return None
