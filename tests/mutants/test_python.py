"""The mutants of the Python code: some are tried, and what makes and judges them is."""

import os
from pathlib import Path

import pytest

from tools.mutation.python import runner
from tools.mutation.python.__main__ import mutants_of
from tools.mutation.python.lines import ROOT, Lines
from tools.mutation.python.runner import Trial, known, run
from tools.mutation.python.variants import Mutant, mutants

CHECKSUMS = ROOT / "tests" / "validation" / "test_checksums.py"


def changes(source: str) -> set[str]:
    """Return the texts of all mutants of a source, without what is before the last blank line."""
    return {mutant.source.rpartition("\n\n")[2].strip() for mutant in mutants("messenger_db/x.py", source)}


@pytest.mark.parametrize(
    ("source", "others"),
    [
        ("if a and not b:\n    f()", {"if a or not b:", "if a:", "if not b:", "if a and b:"}),
        ("while x < 1:\n    f()", {"while x <= 1:", "while x < 2:"}),
        ("if f(x):\n    f()", {"if not f(x):"}),
        ("r = value('A') == name", {"r = value('AX') == name", "r = value('A') != name"}),
        ("r = x == y.name", {"r = str(x).casefold() == str(y.name).casefold()"}),
        ("r = [p for p in q if p]", {"r = [p for p in q]"}),
        ("r = sorted(q)", {"r = list(q)"}),
        ("r = name.lower()", {"r = name"}),
    ],
)
def test_each_condition_and_value_is_changed(source: str, others: set[str]) -> None:
    made = {text.partition("\n")[0] for text in changes(source)}
    assert made >= others


def test_statements_guards_and_handlers_are_taken_away() -> None:
    source = """def g():
    with alone(c), d as e:
        f(e)
    try:
        h()
    except E:
        k()
    finally:
        m()
"""
    made = [mutant.source for mutant in mutants("messenger_db/x.py", source)]
    assert source.replace("alone(c), ", "") in made
    assert source.replace("        f(e)", "        pass") in made
    assert source.replace("k()", "raise") in made
    assert source.replace("m()", "pass") in made


def test_texts_for_people_types_and_imports_stay() -> None:
    source = '''"""A text."""\nimport a\nx: "b" = f(3.5)\nprint("c", "d")\ny = f"{g('e')} h"\nz = "i j"\n'''
    assert [mutant.name for mutant in mutants("messenger_db/x.py", source)] == ["x.<module>: without print('c', 'd')"]


def test_every_mutant_is_python_and_has_a_name_of_its_own() -> None:
    made = mutants_of("checksums")
    assert len({mutant.name for mutant in made}) == len(made) > 30
    for mutant in made:
        compile(mutant.source, mutant.path, "exec")
        assert mutant.source != (ROOT / mutant.path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """What the tests of the checksums run."""
    lines = Lines(tmp_path_factory.mktemp("state"))
    lines.measure([CHECKSUMS], 1, dict(os.environ))
    return lines


def test_a_mutant_is_tried_by_the_tests_that_run_its_line_and_noticed(
    measured: Lines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "KILLED", tmp_path / "killed.jsonl")
    monkeypatch.setattr(runner, "LEAST_SECONDS", 2)
    made = {mutant.name.partition(": ")[2]: mutant for mutant in mutants_of("checksums")}
    refused = made["now.get(name) != before[name] -> now.get(name) == before[name]"]
    tests = measured.tests_of(refused, [CHECKSUMS])
    assert tests
    assert not any("without_a_manifest" in test for test in tests)
    blind = {f"{CHECKSUMS.relative_to(ROOT)}::test_without_a_manifest_nothing_is_recorded": 0.1}
    hangs = refused.source.replace("    now, before =", "    while True:\n        pass\n    now, before =")
    trials = [
        Trial(refused, tests),
        Trial(Mutant(refused.path, "hangs", hangs, refused.lines), tests),
        Trial(Mutant(refused.path, "unseen", refused.source, refused.lines), blind),
        Trial(Mutant(refused.path, "uncovered", refused.source, refused.lines), {}),
    ]
    noticed, hung, *others = run(trials, 1, dict(os.environ))
    assert noticed.killer in tests
    assert (hung.killer or "").endswith(runner.HUNG)
    assert [(fate.name, fate.killer) for fate in others] == [("unseen", None), ("uncovered", None)]
    assert known(trials)[refused.name] == noticed
    assert refused.source not in (ROOT / refused.path).read_text()
