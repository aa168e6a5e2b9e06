"""The Dockerfile against the checkout, as no engine builds it here."""

import os

from .images import APP, ROOT


def copied() -> list[list[str]]:
    """Return what each COPY of the Dockerfile takes from the checkout."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    return [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from=" not in line]


def test_what_is_copied_exists_and_gets_past_dockerignore() -> None:
    passing = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = {source for sources in copied() for source in sources}
    assert sources == passing
    assert all((ROOT / source).exists() for source in sources)


def test_these_tests_lay_out_the_same() -> None:
    *_, files, migrations, backfills = copied()
    assert (*files, *migrations, *backfills) == APP


def test_the_entrypoint_may_be_executed() -> None:
    assert os.access(ROOT / "docker-entrypoint.sh", os.X_OK)
