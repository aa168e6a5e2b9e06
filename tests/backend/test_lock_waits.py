"""Neither a migration nor its bookkeeping waits longer for a lock than LOCK_TIMEOUT_MS."""

from pathlib import Path

import pytest
from workflow.databases import Database
from yoyo import read_migrations

from messenger_db.backend import open_backend

# Fails in a session whose lock timeout is another one, and then takes the timeout away.
LIMITED = """
DO $$ BEGIN
    ASSERT current_setting('lock_timeout') = '1234ms', current_setting('lock_timeout');
    -- What lets Citus hand the limit on to its nodes.
    ASSERT current_setting('citus.propagate_set_commands', true) = 'local', 'not handed on';
END $$;
SET lock_timeout = 0;
"""

BOOKED = """
CREATE FUNCTION limited() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    ASSERT current_setting('lock_timeout') = '1234ms', current_setting('lock_timeout');
    RETURN NEW;
END $$;
CREATE TRIGGER limited BEFORE INSERT ON _yoyo_log FOR EACH ROW EXECUTE FUNCTION limited();
"""


def test_each_migration_and_its_bookkeeping_has_the_limit(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCK_TIMEOUT_MS", "1234")
    monkeypatch.setenv("CONFIRM", database.name)
    (tmp_path / "0001_one.sql").write_text(f"{BOOKED}{LIMITED}")
    (tmp_path / "0001_one.rollback.sql").write_text(LIMITED)
    (tmp_path / "0002_two.sql").write_text(f"-- depends: 0001_one\n{LIMITED}")
    (tmp_path / "0002_two.rollback.sql").write_text(LIMITED)
    migrations = read_migrations(str(tmp_path))
    with open_backend(database.url()) as backend:
        backend.apply_migrations(backend.to_apply(migrations))
        assert list(backend.applied_at()) == ["0001_one", "0002_two"]
        backend.rollback_migrations(backend.to_rollback(migrations))
        assert backend.applied_at() == {}
