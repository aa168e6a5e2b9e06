"""The mutants of the schema: a sample is tried, and what makes and judges them is."""

import re

import psycopg
import pytest
from pglast import parse_sql
from pglast.stream import RawStream

from tools.mutation.report import wrong
from tools.mutation.schema import catalog, regexes
from tools.mutation.schema.__main__ import equivalents, fate, sample
from tools.mutation.schema.catalog import Mutant
from tools.mutation.schema.runner import ROOT, Verdict, run

NOTICED, EQUIVALENT, UNNOTICED, BROKEN = (
    Mutant("CHECK", "users", "users_status_valid", f"users_status_valid: {what}", "")
    for what in ("noticed", "equivalent", "unnoticed", "broken")
)


def test_the_tests_notice_a_sample(db: psycopg.Connection) -> None:
    equivalent = equivalents()
    noticeable = [mutant for mutant in catalog.mutants(db) if mutant.name not in equivalent]
    chosen = sample(db, noticeable, 5, seed=1)
    verdicts = run(chosen, [str(ROOT / "tests" / "schema")], workers=1)
    assert sorted(verdict.mutant.name for verdict in verdicts) == sorted(mutant.name for mutant in chosen)
    assert wrong(map(fate, verdicts), {}) == []


def test_survivors_and_stale_entries_are_told() -> None:
    verdicts = [
        Verdict(NOTICED, "test_rules.py::one"),
        Verdict(EQUIVALENT, None),
        Verdict(UNNOTICED, None),
        Verdict(BROKEN, None, "cannot be made"),
    ]
    assert wrong(map(fate, verdicts), {EQUIVALENT.name: "because"}) == [
        "users_status_valid: broken: cannot be made",
        "survivor: users_status_valid: unnoticed",
    ]
    assert wrong(map(fate, verdicts[:1]), {NOTICED.name: "because"}) == [
        "users_status_valid: noticed: is listed as equivalent, but test_rules.py::one notices it"
    ]


def test_the_grammar_prints_back_what_it_reads(db: psycopg.Connection) -> None:
    before = catalog.definitions(db)
    varied = [row for row in before if row.what is None and row.kind != "function"]
    assert varied
    for row in varied:
        db.execute(row.script(RawStream()(parse_sql(row.definition)[0])).encode())
    assert [plain(row) for row in catalog.definitions(db)] == [plain(row) for row in before]


def plain(row: catalog.Definition) -> str:
    """Return a definition without casts and parentheses: PostgreSQL adds some to a list that is read again."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", row.definition)


@pytest.mark.parametrize(
    ("pattern", "others"),
    [
        ("^a", {"a", "^."}),
        ("[b-d]{2,3}", {"[b-d]{1,3}", "[b-d]{3,3}", "[b-d]{2,2}", "[b-d]{2,4}", ".{2,3}"}),
        ("x(a|b)+", {"x(a|b)*", "x(b)+", "x(a)+", "x(a|b)", ".(a|b)+"}),
        (r"\$?[^a\u2000]", {r"\$[^a\u2000]", r"\$?[^a]", r"\$?[^\u2000]", r"\$?.", r".?[^a\u2000]"}),
    ],
)
def test_a_pattern_is_changed_in_every_place(pattern: str, others: set[str]) -> None:
    assert {text for _, text in regexes.variants(pattern)} >= others
