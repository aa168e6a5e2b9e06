"""Which applied migrations stand in the way of a rollback, by their numbers and by what they depend on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from yoyo import read_migrations

from messenger_db import history
from messenger_db.connection import Target
from messenger_db.embedded.home import embedded_home
from messenger_db.errors import MessengerError

TARGET = Target.from_url("postgresql://user@db.example/messenger")
EMBEDDED = Target.from_url(f"postgresql:///messenger?host={embedded_home()}")

Files = dict[str, Path]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Files]:
    """Write migrations, each with the numbers of those that it depends on, and return their files by id."""

    def written(**depends: str) -> Files:
        for id_, others in depends.items():
            header = f"-- depends: {others}\n" if others else ""
            (tmp_path / f"{id_}.sql").write_text(f"{header}SELECT 1;\n")
            (tmp_path / f"{id_}.rollback.sql").write_text("SELECT 1;\n")
        return history.files_beside(read_migrations(str(tmp_path)))

    return written


def test_the_files_are_the_forward_ones_of_the_whole_folder(write: Callable[..., Files], tmp_path: Path) -> None:
    write(m1="", m2="m1")
    only = [migration for migration in read_migrations(str(tmp_path)) if migration.id == "m2"]
    assert history.files_beside(only) == {"m1": tmp_path / "m1.sql", "m2": tmp_path / "m2.sql"}


@pytest.mark.parametrize(
    ("selected", "above", "steps"),
    [
        ({"m1"}, "m3", 3),
        ({"m1", "m3"}, "m2", 3),
        ({"m2"}, "m3", 2),
        ({"m1", "m2"}, "m3", 3),
    ],
)
def test_a_newer_one_or_one_that_depends_on_it_stands_above(
    write: Callable[..., Files], selected: set[str], above: str, steps: int
) -> None:
    files = write(m1="", m2="m1", m3="m2")
    with pytest.raises(MessengerError) as raised:
        history.refuse_below(selected, list(files), files, TARGET)
    chosen = min(selected)
    assert f"{above} is applied to {TARGET} on top of {chosen}: roll it back first" in str(raised.value)
    assert f"STEPS={steps}" in str(raised.value)


def test_the_newest_ones_have_nothing_above_them(write: Callable[..., Files]) -> None:
    files = write(m1="", m2="m1", m3="m2")
    for selected in ({"m3"}, {"m2", "m3"}, {"m1", "m2", "m3"}, set[str]()):
        history.refuse_below(selected, list(files), files, TARGET)


def test_what_a_file_depends_on_is_read_whatever_else_is_in_it(write: Callable[..., Files]) -> None:
    files = write(m1="", m2="m1")
    files["m2"].write_bytes(files["m2"].read_bytes() + b"-- \xff\n")
    assert history.depending("m1", ["m2"], files) == "m2"


def test_an_older_one_that_it_does_not_need_is_not_above_it(write: Callable[..., Files]) -> None:
    files = write(m1="", m2="", m3="m1")
    history.refuse_below({"m3"}, list(files), files, TARGET)


def test_an_older_number_that_depends_on_it_stands_above_and_a_newer_that_it_needs_does_not(
    write: Callable[..., Files],
) -> None:
    # m1 was applied late: it depends on m3, by way of m2.
    files = write(m1="m2", m2="m3", m3="", m4="")
    history.refuse_below({"m1"}, ["m1", "m2", "m3"], files, TARGET)
    with pytest.raises(MessengerError, match=r"m2 is applied to .* on top of m3"):
        history.refuse_below({"m3"}, ["m2", "m3"], files, TARGET)
    with pytest.raises(MessengerError, match=r"m4 is applied to .* on top of m1"):
        history.refuse_below({"m1"}, ["m1", "m2", "m3", "m4"], files, TARGET)


def test_what_is_applied_without_a_file_is_absent_oldest_first_and_refused() -> None:
    assert history.absent(["m3", "m2", "m1"], {"m1"}) == ["m2", "m3"]
    history.refuse_absent([], TARGET)
    with pytest.raises(MessengerError, match=r"m2 is applied to .*, but its file is not in this checkout: check out"):
        history.refuse_absent(["m2"], TARGET)
    with pytest.raises(MessengerError, match=r"m2, m3 are applied to .*, but their files are not .* that has them$"):
        history.refuse_absent(["m2", "m3"], TARGET)


def test_a_database_that_is_ahead_is_said_to_be() -> None:
    one, two = history.ahead(["m2"]), history.ahead(["m2", "m3"])
    assert one == "is ahead of this checkout: m2 is applied, but its file is not here"
    assert two == "is ahead of this checkout: m2, m3 are applied, but their files are not here"


def test_deleting_the_database_is_a_way_out_of_the_embedded_one_alone() -> None:
    assert "make db-remove" not in history.way_out(["m2"], TARGET)
    assert "that has it, or delete the embedded database with make db-remove" in history.way_out(["m2"], EMBEDDED)


def test_the_first_applied_one_that_depends_on_another_is_named(write: Callable[..., Files]) -> None:
    files = write(m1="", m2="m1", m3="m1", m4="")
    assert history.depending("m1", ["m3", "m2", "m4", "gone"], files) == "m2"
    assert history.depending("m1", ["m4", "gone"], files) is None
