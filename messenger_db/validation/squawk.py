"""What squawk, the SQL linter, finds in the files, and how its rules are waived.

squawk sees one file at a time. What the migrations before it make harmless is left out.
"""

import json
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Generator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pglast.enums import AlterTableType

from messenger_db.sql_analysis.in_use import effects
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.parse import Statement
from messenger_db.sql_analysis.schema_changes import steps
from messenger_db.sql_analysis.schema_state import SchemaState
from messenger_db.sql_analysis.work import Kind
from messenger_db.validation.refusal import Problem, Refusal

SQUAWK_NOT_RUN = Refusal(
    "squawk-not-run",
    "Without squawk, statements that block or break a busy database pass.",
    "run pip install -e '.[dev]'",
)
SQUAWK_WAIVER = Refusal(
    "squawk-waiver",
    "A waiver of squawk's rules names them and gives the reason; for a whole file, it would hide what is added later.",
    "write -- squawk-ignore RULE -- REASON above the statement",
)
SQUAWK_WAIVER_UNUSED = Refusal(
    "squawk-waiver-unused",
    "A waiver that waives nothing hides the next fault in its place.",
    "remove it, correct its rule, or write it above the statement that is refused",
)

# Ours, in a checkout and in a wheel: for folders of migrations that have none next to them.
SETTINGS = (Path(__file__).parents[2] / ".squawk.toml", Path(__file__).with_name("squawk.toml"))

WAIVER = re.compile(r"-- squawk-ignore ([a-z-]+(?:, ?[a-z-]+)*) -- \S.*")

# A rollback file is for dropping and renaming back, which clients of the newer schema have to stand.
NOT_FOR_ROLLBACKS = ("ban-drop-", "renaming-")

# Rules for tables in use. The others are about what is defined.
OF_TABLES_IN_USE = re.compile(
    r"adding-|ban-drop-|ban-set-|changing-|constraint-|disallowed-|renaming-|require-concurrent-"
)

# Rules against reads and rewrites of a table under a strong lock, which may not be needed.
OF_LONG_LOCKS = ("adding-field-with-default", "adding-not-nullable-field", "changing-column-type")


class Finding(NamedTuple):
    """What squawk says: the file, the line, the rule, and the text."""

    file: str
    line: int
    rule: str
    text: str

    @property
    def problem(self) -> Problem:
        """The problem, with its cure."""
        cure = f"(to waive: -- squawk-ignore {self.rule} -- REASON)"
        return Problem(self.file, self.line, f"{self.text} {cure}", f"squawk/{self.rule}")


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find what would block or break a busy database, and waivers of that without a rule, a reason or an effect."""
    squawk = shutil.which("squawk", path=sysconfig.get_path("scripts"))
    if not squawk:
        yield SQUAWK_NOT_RUN.at("squawk", 0, "is not installed")
        return
    found: set[Finding] = set()
    for flag, in_transaction in (("--assume-in-transaction", True), ("--no-assume-in-transaction", False)):
        files = [file for file in folder.parsed if folder.in_transaction(file) == in_transaction]
        result = _run([squawk, flag], folder.path, files) if files else []
        if isinstance(result, Problem):
            yield result
            return
        found.update(result)
    waived = yield from _waived(folder, found)
    yield from (finding.problem for finding in found - waived - _harmless(folder, found))


def _run(command: list[str], folder: Path, files: list[MigrationFile]) -> list[Finding] | Problem:
    config = next(filter(Path.exists, (folder.absolute().parent / ".squawk.toml", *SETTINGS)))
    settings = ["--config", str(config), "--reporter", "json"]
    with TemporaryDirectory() as copies:
        for file in files:
            # We apply the waivers: squawk's own have no effect in some layouts of a statement.
            text = file.text.replace("squawk-ignore", "squawk_ignore")
            Path(copies, file.file).write_text(text, encoding="utf-8")
        names = [file.file for file in files]
        done = subprocess.run([*command, *names, *settings], cwd=copies, capture_output=True, text=True, check=False)
    if not done.stdout:
        cure = "correct .squawk.toml, or reinstall squawk"
        return SQUAWK_NOT_RUN.at("squawk", 0, f"failed: {' '.join(done.stderr.split())}", cure)
    return [
        Finding(
            found["file"],
            found["line"] + 1,
            found["rule_name"],
            " ".join(f"{found['message']} {found['help'] or ''}".split()),
        )
        for found in json.loads(done.stdout)
    ]


def _waived(folder: MigrationFolder, found: set[Finding]) -> Generator[Problem, None, set[Finding]]:
    """Return the findings that the files waive, and yield what is wrong with the waivers."""
    waived: set[Finding] = set()
    for file in folder.parsed:
        for comment in file.comments:
            if not re.match(r"(--|/\*)\s*squawk-", comment.text):
                continue
            match = WAIVER.fullmatch(comment.text)
            if not match:
                yield SQUAWK_WAIVER.at(file.file, comment.line, "a waiver has its rule and its reason")
                continue
            lines, rules = file.lines_of(comment), re.split(", ?", match[1])
            here = {one for one in found if one.file == file.file and one.rule in rules and one.line in lines}
            waived |= here
            if not here:
                wrong = f"squawk finds no {' or '.join(rules)} here to waive"
                yield SQUAWK_WAIVER_UNUSED.at(file.file, comment.line, wrong)
    return waived


def _harmless(folder: MigrationFolder, found: set[Finding]) -> set[Finding]:
    """Return the findings that what was before the statement makes harmless."""
    rollbacks = {file.file for file in folder.rollbacks.values()}
    harmless = {one for one in found if one.file in rollbacks and one.rule.startswith(NOT_FOR_ROLLBACKS)}
    # PostgreSQL's own grammar has read the files, so what squawk cannot read is right.
    harmless |= {one for one in found if one.rule == "syntax-error"}
    for file, statement, state in steps(folder):
        for finding in found:
            is_here = finding.file == file.file and statement.line <= finding.line <= statement.end_line
            if is_here and _is_harmless(finding.rule, statement, state):
                harmless.add(finding)
    return harmless


def _is_harmless(rule: str, statement: Statement, state: SchemaState) -> bool:
    node = statement.node
    if rule == "require-enum-value-ordering":
        return words(node.typeName)[-1] in state.new
    if rule == "ban-drop-constraint" and isinstance(node, ast.AlterTableStmt):
        return all(_is_replaced(command, node, state) for command in node.cmds if _drops_constraint(command))
    if rule == "require-concurrent-partition-detach" and state.default_partition(node.relation.relname):
        return True  # CONCURRENTLY is not possible
    if OF_TABLES_IN_USE.match(rule):
        found = effects(statement, state)
        is_elsewhere = not found.locks and not _drops_what_is_old(node, state)
        return is_elsewhere or (rule in OF_LONG_LOCKS and found.longest.kind == Kind.MOMENT)
    return False


def _drops_what_is_old(node: Node, state: SchemaState) -> bool:
    """Return whether a statement drops or renames something else than a table that was there before."""
    match node:
        case ast.DropStmt():
            return not all(words(name)[-1] in state.new for name in node.objects)
        case ast.RenameStmt():
            name = node.relation.relname if node.relation else words(node.object or ())[-1:]
            return not isinstance(name, str) or not {name, state.table_of_index(name)} & state.new
        case ast.AlterTableStmt() | ast.IndexStmt():
            return False
    return True


def _drops_constraint(command: Node) -> bool:
    return bool(command.subtype == AlterTableType.AT_DropConstraint)


def _is_replaced(command: Node, node: Node, state: SchemaState) -> bool:
    """Return whether the same statement adds a constraint of that name, or NOT NULL says what the constraint did."""
    added = [
        other.def_.conname for other in node.cmds if other.subtype == AlterTableType.AT_AddConstraint and other.def_
    ]
    table = state.table(node.relation.relname)
    check = table.checks.get(command.name)
    return command.name in added or bool(
        check
        and isinstance(check.expression, ast.NullTest)
        and (column := words(check.expression.arg.fields)[-1]) in table.columns
        and table.columns[column].is_not_null
    )
