"""The problems that the checks find, as other programs read them: JSON, SARIF 2.1.0 and GitHub's annotations."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from messenger_db import __version__
from messenger_db.errors import printable
from messenger_db.validation.refusal import Problem, Refusal

SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
SQUAWK_RULE = "https://squawkhq.com/docs/{}"


def as_json(problems: Sequence[Problem], folder: Path, refusals: Mapping[str, Refusal]) -> str:
    """Return them in the shape that docs/commands.md describes."""
    found = [
        {
            "file": problem.file,
            "line": problem.line or None,
            "id": problem.id,
            "text": printable(problem.text),
            "is_waivable": _is_waivable(problem.id, refusals),
        }
        for problem in problems
    ]
    return json.dumps({"folder": folder.name, "problems": found}, indent=2)


def as_sarif(problems: Sequence[Problem], folder: Path, refusals: Mapping[str, Refusal]) -> str:
    """Return them as a log of SARIF 2.1.0, in which code scanning shows each at its line."""
    ids = sorted({problem.id for problem in problems})
    driver = {"name": "messenger-db validate", "version": __version__, "rules": [_rule(id_, refusals) for id_ in ids]}
    results = [
        {
            "ruleId": problem.id,
            "ruleIndex": ids.index(problem.id),
            "level": "error",
            "message": {"text": printable(problem.text)},
            "locations": _locations(problem, folder),
        }
        for problem in problems
    ]
    log = {"$schema": SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(log, indent=2)


def as_github(problems: Sequence[Problem], folder: Path, _refusals: Mapping[str, Refusal]) -> str:
    """Return them as commands of a GitHub workflow, which annotate the lines of a pull request."""
    return "\n".join(_annotation(problem, folder) for problem in problems)


FORMATS = {"json": as_json, "sarif": as_sarif, "github": as_github}


def _is_waivable(id_: str, refusals: Mapping[str, Refusal]) -> bool:
    return id_ not in refusals or refusals[id_].is_waivable  # squawk's rules are


def _rule(id_: str, refusals: Mapping[str, Refusal]) -> dict[str, Any]:
    if id_ not in refusals:
        return {"id": id_, "helpUri": SQUAWK_RULE.format(id_.removeprefix("squawk/"))}
    refusal = refusals[id_]
    return {
        "id": id_,
        "shortDescription": {"text": refusal.reason},
        "help": {"text": f"{refusal.cure[0].upper()}{refusal.cure[1:]}."},
    }


def _locations(problem: Problem, folder: Path) -> list[dict[str, Any]]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _path(problem, folder)}}
    if problem.line:
        place["region"] = {"startLine": problem.line}
    return [{"physicalLocation": place}]


def _path(problem: Problem, folder: Path) -> str:
    """Return the path from the checkout of a problem's file; of the folder for what is not in a file."""
    is_file = (folder / problem.file).is_file()
    return f"{folder.name}/{problem.file}" if is_file else folder.name


def _annotation(problem: Problem, folder: Path) -> str:
    line = f",line={problem.line}" if problem.line else ""
    properties = f"file={_property(_path(problem, folder))}{line},title={_property(problem.id)}"
    return f"::error {properties}::{_data(problem.text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
