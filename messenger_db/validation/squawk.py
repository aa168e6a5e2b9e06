"""What squawk, the SQL linter, makes of the files, and how its rules are waived."""

import json
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.validation.refusal import Problem

SETTINGS = Path(__file__).parent.parent.parent / ".squawk.toml"

WAIVER = re.compile(r"-- squawk-ignore [a-z-]+(, ?[a-z-]+)* -- \S.*")

# A rollback is for dropping and renaming back: that clients may miss it is known.
NOT_FOR_ROLLBACKS = ("ban-drop-", "renaming-")


def check_waivers(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a waiver of squawk's rules that does not name them, or say why, or is for a whole file."""
    for half in folder.parsed:
        for comment in half.comments:
            if re.match(r"(--|/\*)\s*squawk-", comment.text) and not WAIVER.fullmatch(comment.text):
                cure = "write -- squawk-ignore RULE -- REASON above the statement"
                yield Problem(half.file, comment.line, f"a waiver needs its rule and its reason; {cure}")


def check_squawk(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse what squawk finds: it would block or break a busy database."""
    squawk = shutil.which("squawk", path=sysconfig.get_path("scripts"))
    if not squawk:
        yield Problem("squawk", 0, "is not installed; run pip install -e '.[dev]'")
        return
    for flag, in_transaction in (("--assume-in-transaction", True), ("--no-assume-in-transaction", False)):
        files = [half.file for half in folder.parsed if folder.in_transaction(half) == in_transaction]
        if files:
            yield from _findings([squawk, flag, *files], folder.path)


def _findings(command: list[str], folder: Path) -> Iterator[Problem]:
    settings = ["--config", str(SETTINGS), "--reporter", "json"]
    done = subprocess.run([*command, *settings], cwd=folder, capture_output=True, text=True, check=False)
    if not done.stdout:
        yield Problem("squawk", 0, f"failed: {' '.join(done.stderr.split())}")
        return
    for finding in json.loads(done.stdout):
        if not (finding["file"].endswith(".rollback.sql") and finding["rule_name"].startswith(NOT_FOR_ROLLBACKS)):
            yield _problem(finding)


def _problem(finding: dict[str, Any]) -> Problem:
    rule, message, cure = finding["rule_name"], finding["message"], finding["help"] or ""
    text = " ".join(f"{rule}: {message} {cure}".split())
    waiver = f"if it must be, write -- squawk-ignore {rule} -- REASON above it"
    return Problem(finding["file"], finding["line"] + 1, f"{text} ({waiver})")
