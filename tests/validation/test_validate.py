"""Every refusal has a case that is refused with the right words, and nothing else; correct files pass."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from messenger_db import validation
from messenger_db.sql_analysis.migration_files import read
from messenger_db.sums import MANIFEST
from messenger_db.validation import squawk
from messenger_db.validation.checks import CHECKS, run, validate
from validation.tables_of_cases import CASES, TABLES, Case, read_cases

REPOSITORY = Path(__file__).parent.parent.parent


def name_of(case: Case) -> str:
    return f"{case.module}-{case.name}"


def test_no_two_cases_share_a_name() -> None:
    assert len(CASES) == sum(len(read_cases(table)) for table in TABLES)


@pytest.mark.parametrize("case", CASES.values(), ids=name_of)
def test_refused_with_the_right_words_and_no_others(case: Case, tmp_path: Path) -> None:
    problems = validate(case.write(tmp_path))
    unmatched = [words for words in case.problems if not any(words in problem for problem in problems)]
    assert not unmatched, problems
    assert len(problems) == len(case.problems), problems
    # Each is one line, and names no folder of the machine.
    assert not [problem for problem in problems if "\n" in problem or str(tmp_path) in problem]


def test_every_check_refuses_one_of_the_cases(tmp_path: Path) -> None:
    idle = set(CHECKS)
    for case in CASES.values():
        folder = read(case.write(tmp_path))
        idle -= {check for check in idle if any(check(folder))}
    assert {check.__name__ for check in idle} == set()


def test_no_check_is_forgotten() -> None:
    modules = [import_module(f"{validation.__name__}.{module.name}") for module in iter_modules(validation.__path__)]
    written = {name for module in modules for name in vars(module) if name.startswith("check_")}
    assert {check.__name__ for check in CHECKS} == written


def test_the_migrations_of_this_repository_are_valid() -> None:
    assert validate(REPOSITORY / "migrations") == []


def test_a_manifest_that_is_missing(tmp_path: Path) -> None:
    folder = CASES["column_added"].write(tmp_path)
    (folder / MANIFEST).unlink()
    assert validate(folder) == [
        "SHA256SUMS: is missing; put it back, and only if no migration is shipped yet: make db-sums"
    ]


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
    assert err.splitlines() == validate(folder)
    assert [line.split(": ")[0] for line in err.splitlines()] == [
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
    done = subprocess.run([sys.executable, "-m", "messenger_db.validation"], cwd=tmp_path, check=False)
    assert done.returncode == status


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert validate(tmp_path / "migrations") == ["migrations: is no folder; run this where the migrations are"]


def test_squawk_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    (problem,) = validate(CASES["one_table"].write(tmp_path))
    assert problem == "squawk: is not installed; run pip install -e '.[dev]'"


def test_squawk_that_fails_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(squawk, "SETTINGS", tmp_path / "missing.toml")
    (problem,) = validate(CASES["one_table"].write(tmp_path))
    assert problem.startswith("squawk: failed: ")


def test_yoyo_reads_an_accepted_folder_as_one_line(tmp_path: Path) -> None:
    program = (
        "import sys; from yoyo import read_migrations;"
        "print([sorted(d.id for d in m.depends) for m in read_migrations(sys.argv[1])])"
    )
    folder = CASES["constraint_not_valid_then_validated"].write(tmp_path)
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[[], ['0001_notes'], ['0002_more']]"
