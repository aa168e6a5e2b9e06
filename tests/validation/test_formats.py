"""What other programs read of make validate: JSON, SARIF and GitHub's annotations."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from messenger_db.commands.validate import STYLES
from messenger_db.commands.validate import validate as command
from messenger_db.errors import MessengerError
from messenger_db.validation.checks import REFUSALS, run, validate
from messenger_db.validation.formats import FORMATS, as_github, as_sarif
from messenger_db.validation.refusal import Problem
from validation.tables_of_cases import CASES

# A problem with a line and one without, one of squawk's, and one that no waiver is for.
CASE = CASES["several_problems"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return CASE.write(tmp_path)


def printed(folder: Path, style: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(folder, style) == 1
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads(printed(folder, "json", capsys))
    expected = [
        {
            "file": problem.file,
            "line": problem.line or None,
            "id": problem.id,
            "text": problem.text,
            "is_waivable": problem.id.startswith("squawk/") or REFUSALS[problem.id].is_waivable,
        }
        for problem in validate(folder)
    ]
    assert said == {"folder": folder.name, "problems": expected}
    assert {problem["line"] is None for problem in expected} == {True, False}


def test_sarif(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(printed(folder, "sarif", capsys))
    # What the schema of SARIF 2.1.0 requires, and no property that it does not have.
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (one_run,) = log["runs"]
    assert set(one_run) == {"tool", "results"}
    driver = one_run["tool"]["driver"]
    assert set(driver) == {"name", "version", "rules"}
    rules: list[dict[str, Any]] = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert set(rule) <= {"id", "shortDescription", "help", "helpUri"}
    problems = validate(folder)
    for problem, result in zip(problems, one_run["results"], strict=True):
        assert set(result) == {"ruleId", "ruleIndex", "level", "message", "locations"}
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == problem.id
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"] == {"text": problem.text}
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == f"{folder.name}/{problem.file}"
        assert place.get("region") == ({"startLine": problem.line} if problem.line else None)


def test_sarif_of_what_is_in_no_file(tmp_path: Path) -> None:
    problem = Problem("squawk", 0, "is not installed", "squawk-not-run")
    (result,) = json.loads(as_sarif([problem], tmp_path, REFUSALS))["runs"][0]["results"]
    assert result["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": tmp_path.name}}}]


def test_github(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(folder, "github", capsys).splitlines()
    for line, problem in zip(lines, validate(folder), strict=True):
        match = re.fullmatch(r"::error file=([^,:]+)(?:,line=(\d+))?,title=([^,:]+)::(.+)", line)
        assert match
        assert match.groups() == (f"{folder.name}/{problem.file}", str(problem.line or "") or None, *problem[:1:-1])


def test_github_takes_no_text_for_a_command(tmp_path: Path) -> None:
    problem = Problem("0002_a,b: c.sql", 3, "100% wrong\r\n::error::more", "schema-name")
    (tmp_path / problem.file).touch()
    expected = (
        f"::error file={tmp_path.name}/0002_a%2Cb%3A c.sql,line=3,title=schema-name::100%25 wrong%0D%0A::error::more"
    )
    assert as_github([problem], tmp_path, REFUSALS) == expected


@pytest.mark.parametrize("style", FORMATS)
def test_without_a_problem(style: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(CASES["one_table"].write(tmp_path), style) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert ("[]" in out) == (style != "github")


def test_another_style_is_refused() -> None:
    assert ("text", *FORMATS) == STYLES
    with pytest.raises(MessengerError, match="FORMAT=xml is not text, json, sarif or github: set FORMAT=text"):
        command("xml")
