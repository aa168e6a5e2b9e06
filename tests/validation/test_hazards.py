"""What others call hazardous is refused by an id, or named by db-plan with its duration; its harmless twin passes."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from messenger_db.sql_analysis.hazards import hazards
from messenger_db.sql_analysis.migration_files import read
from messenger_db.validation.checks import REFUSALS, validate
from validation.tables_of_cases import HAZARD_TABLE, HAZARDS, Case

TWINS = [hazard["twin"] for hazard in HAZARDS if "twin" in hazard]
ALL = {f"{source} {id_}" for source, ids in HAZARD_TABLE["sources"].items() for id_ in ids}

NAME = "0002_more.sql"


def name_of(hazard: dict[str, Any]) -> str:
    return str(hazard["sources"][0]).replace(" ", "-")


def write(folder: Path, sql: str) -> Path:
    forward = f"-- depends: 0001_notes\n{'' if sql.startswith('-- transactional') else chr(10)}{sql.strip()}\n"
    rollback = "SELECT 1;\n"
    case = Case(
        "hazards", "hazard", first=HAZARD_TABLE["base"], first_rollback=rollback, forward=forward, rollback=rollback
    )
    return case.write(folder)


def refused(folder: Path) -> dict[str, int]:
    """Return the ids of what is refused in the forward file, each with the first line of that."""
    found = [problem for problem in validate(folder) if problem.file == NAME]
    return {problem.id: problem.line for problem in reversed(found)}


@pytest.mark.parametrize("hazard", HAZARDS, ids=name_of)
def test_it_is_refused_where_a_waiver_works_or_named(hazard: dict[str, Any], tmp_path: Path) -> None:
    folder = write(tmp_path, hazard["bad"])
    ids = refused(folder)
    assert hazard["refused"] in ids if "refused" in hazard else not ids
    if hazard in WAIVED.values():
        a_waiver_works_above(ids[hazard["refused"]], hazard["refused"], folder)
    if "planned" in hazard:
        files = read(folder)
        lines = [found.text for found in hazards(files, [files.forwards["0002_more"]])]
        assert any(hazard["planned"] in line for line in lines), lines
    assert {"refused", "planned"} & set(hazard)


# One for each refusal, and those of squawk that name a line in the middle of a statement.
WAIVED = {
    hazard["refused"]: hazard
    for hazard in HAZARDS
    if "refused" in hazard and (not hazard["refused"].startswith("squawk/") or "\n" in hazard["bad"])
}


def a_waiver_works_above(line: int, id_: str, folder: Path) -> None:
    """Check that a waiver works where docs/validation.md says: above the line, be it in the middle of a statement."""
    is_waivable = id_.startswith("squawk/") or REFUSALS[id_].is_waivable
    file = folder / NAME
    lines = file.read_text().split("\n")
    tool, rule = ("squawk", id_.removeprefix("squawk/")) if id_.startswith("squawk/") else ("messenger", id_)
    lines.insert(line - 1, f"-- {tool}-ignore {rule} -- nobody uses it")
    file.write_text("\n".join(lines))
    left = refused(folder).keys()
    assert (id_ in left) != is_waivable
    assert left.isdisjoint({"waiver-unused", "squawk-waiver-unused", "waiver-unknown"})
    assert ("waiver-not-allowed" in left) != is_waivable


@pytest.mark.parametrize("twin", TWINS)
def test_its_harmless_twin_passes(twin: str, tmp_path: Path) -> None:
    assert refused(write(tmp_path, twin)) == {}


def test_all_of_the_lists_is_in_the_table() -> None:
    named = [source for hazard in HAZARDS for source in hazard["sources"]]
    assert [source for source, times in Counter(named).items() if times > 1] == []
    others = {source for source in named if not source.startswith("messenger-db ")}
    assert others.isdisjoint(HAZARD_TABLE["left_out"])
    assert others | set(HAZARD_TABLE["left_out"]) == ALL
    assert all(HAZARD_TABLE["left_out"].values())


def test_there_are_enough_harmless_twins() -> None:
    assert len(set(TWINS)) >= 40


def test_no_refusal_is_of_nothing() -> None:
    ids = {hazard["refused"] for hazard in HAZARDS if "refused" in hazard}
    assert {id_ for id_ in ids if not id_.startswith("squawk/")} <= set(REFUSALS)
