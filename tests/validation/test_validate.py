"""Every refusal has a case that is refused with the right words, and nothing else; correct files pass."""

import re
import subprocess
import sys
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from pkgutil import iter_modules

import pytest

from messenger_db import validation
from messenger_db.validation import squawk
from messenger_db.validation.checks import CHECKS, MODULES, REFUSALS, refusals, run, validate
from validation.tables_of_cases import CASES, HAZARDS, TABLES, Case, read_cases

REPOSITORY = Path(__file__).parent.parent.parent


def name_of(case: Case) -> str:
    return f"{case.module}-{case.name}"


def matches(problem: str, expected: str) -> bool:
    """Compare lines of which the expected one can have three dots for what differs between squawk's releases."""
    return bool(re.fullmatch(".+".join(map(re.escape, expected.split("..."))), problem))


def test_no_two_cases_share_a_name() -> None:
    assert len(CASES) == sum(len(read_cases(table)) for table in TABLES)


@pytest.mark.parametrize("case", CASES.values(), ids=name_of)
def test_refused_in_these_lines_and_no_others(case: Case, tmp_path: Path) -> None:
    problems = list(map(str, validate(case.write(tmp_path))))
    pairs = zip_longest(problems, case.problems, fillvalue="")
    assert [expected if matches(problem, expected) else problem for problem, expected in pairs] == case.problems
    # Each is one line, and names no folder of the machine.
    assert not [problem for problem in problems if "\n" in problem or str(tmp_path) in problem]


def test_each_refusal_has_a_case_in_the_table_of_its_module_or_of_hazards() -> None:
    expected = {(case.module, problem.rpartition("[")[2][:-1]) for case in CASES.values() for problem in case.problems}
    declared = {(module.__name__.rpartition(".")[2], refusal.id) for module in MODULES for refusal in refusals(module)}
    in_hazards = {hazard.get("refused") for hazard in HAZARDS}
    left = {(module, id_) for module, id_ in declared - expected if id_ not in in_hazards}
    assert left == {("squawk", "squawk-not-run")}  # which no file can cause; see below


def test_no_check_is_forgotten() -> None:
    modules = [import_module(f"{validation.__name__}.{module.name}") for module in iter_modules(validation.__path__)]
    assert [module for module in modules if "check" in vars(module)] == sorted(CHECKS, key=lambda check: check.__name__)


def test_no_two_refusals_share_an_id() -> None:
    assert len(REFUSALS) == sum(len(refusals(module)) for module in MODULES)


def test_the_migrations_of_this_repository_are_valid() -> None:
    assert validate(REPOSITORY / "migrations") == []


def test_run_counts_what_is_valid(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(CASES["one_table"].write(tmp_path)) == 0
    assert run(CASES["column_added"].write(tmp_path)) == 0
    assert capsys.readouterr() == ("1 migration is valid\n2 migrations are valid\n", "")


def test_run_prints_problems_in_the_order_of_files_and_lines(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = CASES["several_problems"].write(tmp_path)
    assert run(folder) == 1
    out, err = capsys.readouterr()
    assert out == ""
    *lines, grammar, last = err.splitlines()
    assert lines == list(map(str, validate(folder)))
    assert re.fullmatch(r"the grammar is that of PostgreSQL \d\d, which refuses what is new in a later one", grammar)
    assert last == "docs/validation.md gives the reason and the cure for each [id], and whether it can be waived"
    assert [line.split(": ")[0] for line in lines] == [
        "0003_more.sql",
        "0003_more.sql",
        "0003_more.sql:3",
        "0004_last.rollback.sql:1",
        "0004_last.sql:3",
    ]


@pytest.mark.parametrize(("case", "status"), [("one_table", 0), ("rollback_missing", 1)])
def test_run_as_a_module_takes_the_folder_beside_yoyo_ini(case: str, status: int, tmp_path: Path) -> None:
    CASES[case].write(tmp_path).rename(tmp_path / "migrations")
    (tmp_path / "yoyo.ini").touch()
    done = subprocess.run([sys.executable, "-m", "messenger_db", "validate"], cwd=tmp_path, check=False)
    assert done.returncode == status


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (problem,) = validate(tmp_path / "migrations")
    assert str(problem) == "migrations: is not a folder; run this where the migrations are [no-migration]"


def test_squawk_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    (problem,) = validate(CASES["one_table"].write(tmp_path))
    assert str(problem) == "squawk: is not installed; run pip install -e '.[dev]' [squawk-not-run]"


def test_squawk_that_fails_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[")
    monkeypatch.setattr(squawk, "SETTINGS", (broken,))
    (problem,) = validate(CASES["one_table"].write(tmp_path))
    assert problem.id == "squawk-not-run"
    assert str(problem).startswith("squawk: failed: ")


def test_yoyo_reads_an_accepted_folder_as_one_line(tmp_path: Path) -> None:
    program = (
        "import sys; from yoyo import read_migrations;"
        "print([sorted(d.id for d in m.depends) for m in read_migrations(sys.argv[1])])"
    )
    folder = CASES["constraint_not_valid_then_validated"].write(tmp_path)
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[[], ['0001_notes'], ['0002_more']]"
