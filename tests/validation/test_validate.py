"""Every refusal has a folder that is refused with the right words, and nothing else; what is right passes."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from messenger_db import validation
from messenger_db.sql_analysis.migration_files import read
from messenger_db.sums import MANIFEST, record
from messenger_db.validation import squawk
from messenger_db.validation.checks import CHECKS, run, validate

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
REFUSED = sorted(path for path in (HERE / "refused").iterdir() if path.is_dir())
ACCEPTED = sorted(path for path in (HERE / "accepted").iterdir() if path.is_dir())


def name_of(case: object) -> str:
    return str(getattr(case, "name", None) or getattr(case, "__name__", case))


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[Path], Path]:
    """Copy a case without the words that it expects, which are no migration; with a manifest unless it has its own."""

    def copy(case: Path) -> Path:
        folder = shutil.copytree(case, tmp_path / case.name, ignore=shutil.ignore_patterns("expected.txt"))
        if not (folder / MANIFEST).exists():
            record(folder)
        return folder

    return copy


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_refused_with_the_right_words_and_no_others(case: Path, copy: Callable[[Path], Path]) -> None:
    expected = (case / "expected.txt").read_text(encoding="UTF-8").splitlines()
    problems = validate(copy(case))
    unmatched = [words for words in expected if not any(words in problem for problem in problems)]
    assert not unmatched, problems
    assert len(problems) == len(expected), problems
    # Each is one line, and names no folder of the machine.
    assert not [problem for problem in problems if "\n" in problem or str(HERE) in problem]


@pytest.mark.parametrize("case", ACCEPTED, ids=name_of)
def test_accepted(case: Path, copy: Callable[[Path], Path]) -> None:
    assert validate(copy(case)) == []


def test_every_check_refuses_one_of_the_folders(copy: Callable[[Path], Path]) -> None:
    idle = set(CHECKS)
    for case in REFUSED:
        folder = read(copy(case))
        idle -= {check for check in idle if any(check(folder))}
    assert {check.__name__ for check in idle} == set()


def test_no_check_is_forgotten() -> None:
    modules = [import_module(f"{validation.__name__}.{module.name}") for module in iter_modules(validation.__path__)]
    written = {name for module in modules for name in vars(module) if name.startswith("check_")}
    assert {check.__name__ for check in CHECKS} == written


def test_the_migrations_of_this_repository_are_valid() -> None:
    assert validate(REPOSITORY / "migrations") == []


def test_a_manifest_that_is_missing(copy: Callable[[Path], Path]) -> None:
    folder = copy(HERE / "accepted" / "column_added")
    (folder / MANIFEST).unlink()
    assert validate(folder) == [
        "SHA256SUMS: is missing; put it back, and only if no migration is shipped yet: make db-sums"
    ]


def test_run_counts_what_is_valid(capsys: pytest.CaptureFixture[str], copy: Callable[[Path], Path]) -> None:
    assert run(copy(HERE / "accepted" / "one_table")) == 0
    assert run(copy(HERE / "accepted" / "column_added")) == 0
    assert capsys.readouterr() == ("1 migration is valid\n2 migrations are valid\n", "")


def test_run_prints_problems_in_the_order_of_files_and_lines(
    capsys: pytest.CaptureFixture[str], copy: Callable[[Path], Path]
) -> None:
    folder = copy(HERE / "refused" / "several_problems")
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


@pytest.mark.parametrize(("case", "status"), [("accepted/one_table", 0), ("refused/rollback_missing", 1)])
def test_run_as_a_module_takes_the_folder_beside_yoyo_ini(
    case: str, status: int, tmp_path: Path, copy: Callable[[Path], Path]
) -> None:
    copy(HERE / case).rename(tmp_path / "migrations")
    (tmp_path / "yoyo.ini").touch()
    done = subprocess.run([sys.executable, "-m", "messenger_db.validation"], cwd=tmp_path, check=False)
    assert done.returncode == status


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert validate(tmp_path / "migrations") == ["migrations: is no folder; run this where the migrations are"]


def test_squawk_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, copy: Callable[[Path], Path]) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    (problem,) = validate(copy(HERE / "accepted" / "one_table"))
    assert problem == "squawk: is not installed; run pip install -e '.[dev]'"


def test_squawk_that_fails_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, copy: Callable[[Path], Path]
) -> None:
    monkeypatch.setattr(squawk, "SETTINGS", tmp_path / "missing.toml")
    (problem,) = validate(copy(HERE / "accepted" / "one_table"))
    assert problem.startswith("squawk: failed: ")


def test_yoyo_reads_an_accepted_folder_as_one_line() -> None:
    program = (
        "import sys; from yoyo import read_migrations;"
        "print([sorted(d.id for d in m.depends) for m in read_migrations(sys.argv[1])])"
    )
    folder = HERE / "accepted" / "constraint_not_valid_then_validated"
    done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[[], ['0001_notes'], ['0002_more']]"
