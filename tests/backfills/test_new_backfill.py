"""make db-new BACKFILL=."""

import shutil

import pytest

from .items import Items


@pytest.fixture
def empty(items: Items) -> Items:
    """A project whose newest migration adds a column, and which has no backfill."""
    shutil.rmtree(items.folder / "backfills")
    items.write_migration("0002_more", "ALTER TABLE items ADD COLUMN more int;")
    return items


def test_it_is_for_the_column_that_the_newest_migration_adds(empty: Items) -> None:
    assert "wrote backfills/0001_fill_more.sql" in empty.said("new", "--backfill", "fill_more").out
    text = (empty.folder / "backfills" / "0001_fill_more.sql").read_text()
    assert "-- depends: 0002_more\n-- table: items\n-- key: part, name\n" in text
    assert "SET more = items.more" in text
    assert "WHERE items.part = batch.part AND items.name = batch.name;" in text
    empty.said("new", "--backfill", "fill_again")
    assert (empty.folder / "backfills" / "0002_fill_again.sql").exists()


def test_a_trigger_of_the_table_covers(empty: Items) -> None:
    empty.write_migration(
        "0003_cover",
        "CREATE TRIGGER items_cover BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION cover();",
    )
    empty.said("new", "--backfill", "fill_more")
    assert "-- covered: trigger items_cover\n" in (empty.folder / "backfills" / "0001_fill_more.sql").read_text()


@pytest.mark.parametrize("name", ["Fill", "fill-more", "1fill", "fill_"])
def test_a_bad_name_is_refused(empty: Items, name: str) -> None:
    assert f"BACKFILL={name} is not a name for a backfill" in empty.said("new", "--backfill", name).error
    assert not (empty.folder / "backfills").exists()


def test_the_same_name_again_is_refused(empty: Items) -> None:
    empty.said("new", "--backfill", "fill_more")
    assert "0001_fill_more has that name already" in empty.said("new", "--backfill", "fill_more").error
