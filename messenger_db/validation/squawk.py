"""What squawk, the SQL linter, finds in the files, and how its rules are waived."""

import json
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from messenger_db.sql_analysis.effects import created
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.nodes import ast
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

# Ours, in a checkout and in a wheel: for folders of migrations that have none next to them.
SETTINGS = (Path(__file__).parents[2] / ".squawk.toml", Path(__file__).with_name("squawk.toml"))

WAIVER = re.compile(r"-- squawk-ignore [a-z-]+(, ?[a-z-]+)* -- \S.*")

# A rollback file is for dropping and renaming back, which clients of the newer schema have to stand.
NOT_FOR_ROLLBACKS = ("ban-drop-", "renaming-")

CONCURRENT_BUILD = "require-concurrent-index-creation"
UNKNOWN_RULE = "unused-ignore"  # in a waiver


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find what would block or break a busy database, and waivers of that without a rule or a reason."""
    for file in folder.parsed:
        for comment in file.comments:
            if re.match(r"(--|/\*)\s*squawk-", comment.text) and not WAIVER.fullmatch(comment.text):
                yield SQUAWK_WAIVER.at(file.file, comment.line, "a waiver has its rule and its reason")
    squawk = shutil.which("squawk", path=sysconfig.get_path("scripts"))
    if not squawk:
        yield SQUAWK_NOT_RUN.at("squawk", 0, "is not installed")
        return
    for flag, in_transaction in (("--assume-in-transaction", True), ("--no-assume-in-transaction", False)):
        files = {file.file: file for file in folder.parsed if folder.in_transaction(file) == in_transaction}
        if files:
            yield from _findings([squawk, flag, *files], folder.path, files)


def _findings(command: list[str], folder: Path, files: dict[str, MigrationFile]) -> Iterator[Problem]:
    config = next(filter(Path.exists, (folder.parent / ".squawk.toml", *SETTINGS)))
    settings = ["--config", str(config), "--reporter", "json"]
    done = subprocess.run([*command, *settings], cwd=folder, capture_output=True, text=True, check=False)
    if not done.stdout:
        yield SQUAWK_NOT_RUN.at(
            "squawk", 0, f"failed: {' '.join(done.stderr.split())}", "correct .squawk.toml, or reinstall squawk"
        )
        return
    for finding in json.loads(done.stdout):
        file, line, rule = files[finding["file"]], finding["line"] + 1, finding["rule_name"]
        is_known = file.is_rollback and rule.startswith(NOT_FOR_ROLLBACKS)
        if not is_known and not (rule == CONCURRENT_BUILD and _is_on_new_relation(file, line)):
            yield _problem(file.file, line, rule, finding)


def _is_on_new_relation(file: MigrationFile, line: int) -> bool:
    """Return whether the index of a line is on a relation of the same file; squawk knows that of tables only."""
    nodes = [statement.node for statement in file.statements if statement.line <= line <= statement.end_line]
    new = {effect.name for statement in file.statements for effect in created(statement.node)}
    return bool(nodes) and all(isinstance(node, ast.IndexStmt) and node.relation.relname in new for node in nodes)


def _problem(file: str, line: int, rule: str, finding: dict[str, Any]) -> Problem:
    text = " ".join(f"{finding['message']} {finding['help'] or ''}".split())
    cure = "; correct the waiver" if rule == UNKNOWN_RULE else f" (to waive: -- squawk-ignore {rule} -- REASON)"
    return Problem(file, line, f"{text}{cure}", f"squawk/{rule}")
