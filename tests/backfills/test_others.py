"""Backfills among other sessions: who waits for whom, and for how long."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from messenger_db.advisory_locks import backfill_lock
from messenger_db.backfilling import throttle
from messenger_db.backfilling.pacing import PAUSE_RATIO_WHEN_WAITED_FOR
from messenger_db.backfilling.short_transactions import Step
from messenger_db.backfilling.throttle import Throttle
from messenger_db.connection import Target
from messenger_db.errors import MessengerError

from .items import FILL, STATEMENT, TRIGGER, Items, take_steps


@contextmanager
def locked(items: Items, name: str) -> Iterator[psycopg.Connection]:
    """Have a transaction open that has changed a row."""
    with psycopg.connect(items.database.url()) as db:
        db.execute("UPDATE items SET body = body WHERE name = %s", [name])
        yield db


def until_waiting(db: psycopg.Connection) -> None:
    """Wait until some session waits for a lock."""
    deadline = time.monotonic() + 20
    while not db.execute("SELECT FROM pg_locks WHERE NOT granted").rowcount:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_batch_does_not_wait_long_for_a_row_and_reaches_it_later(items: Items) -> None:
    items.up(rows=300)
    with items.fill() as fill:
        with locked(items, "n150"):
            assert fill.step() is not None  # the first 100 rows
            asked = fill.pace.rows
            step = fill.step()
            assert step
            assert (step.rows, fill.pace.rows) == (0, asked // 2)
            assert 0.1 <= step.seconds < 5
        take_steps(fill)
    assert items.fills() == {(1, True): 300}


def test_a_row_that_stays_locked_stops_it_and_is_named(items: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCK_ATTEMPTS", "2")
    monkeypatch.setenv("BACKFILL_BATCH_MS", "20")
    items.up(rows=20)
    items.ask(TRIGGER)
    items.write_backfill(covered="trigger items_set_size")
    with locked(items, "n5"):
        error = items.said("backfill").error
    assert (
        f"{FILL} stopped at the row of items with part = 0, name = n5: canceling statement due to lock timeout" in error
    )
    assert items.fills() == {(1, True): 5, (0, True): 1, (0, False): 14}
    items.said("backfill")
    assert items.fills() == {(1, True): 20}


def test_a_batch_that_takes_too_long_is_made_smaller_and_a_single_row_is_not(items: Items) -> None:
    items.up(rows=5)
    items.write_backfill(STATEMENT.replace("length(items.body)", "length(items.body || pg_sleep(0.1)::text)"))
    with items.fill() as fill:
        fill.pace.seconds = 0.03
        rows = []
        while step := fill.step():
            rows.append(step.rows)
    assert rows[:2] == [0, 0]
    assert set(rows[2:-1]) == {1}
    assert items.fills() == {(1, True): 5}


def test_batches_are_smaller_and_further_apart_when_others_wait_for_them(items: Items) -> None:
    items.up(rows=300)
    items.write_backfill(STATEMENT.replace("length(items.body)", "length(items.body || pg_sleep(0.002)::text)"))

    def edit() -> None:
        items.ask("UPDATE items SET body = body WHERE name = 'n0'")

    with items.fill() as fill, items.database.connect() as db:
        fill.pace.seconds = 1.0
        with locked(items, "n0") as holder:
            writer = threading.Thread(target=edit)
            writer.start()
            until_waiting(db)
            # The batch queues behind the writer, which has the row before it; a second one waits for the batch.
            runner = threading.Thread(target=lambda: steps.append(fill.step()))
            steps: list[object] = []
            runner.start()
            time.sleep(0.05)
            holder.commit()
            second = threading.Thread(target=edit)
            second.start()
            for thread in (writer, runner, second):
                thread.join()
        [step] = steps
        assert isinstance(step, Step)
        assert step.rows == 100
        assert fill.pace.rows == 50
        assert step.pause == pytest.approx(PAUSE_RATIO_WHEN_WAITED_FOR * step.seconds)
        take_steps(fill)
    assert items.fills() == {(1, True): 300}


def test_two_hosts_take_turns_and_the_second_finds_it_done(items: Items) -> None:
    items.up(rows=300)
    items.write_backfill(STATEMENT.replace("length(items.body)", "length(items.body || pg_sleep(0.002)::text)"))
    hosts = [items.start("backfill") for _ in range(2)]
    ended = [host.communicate() for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], ended
    said = sorted(out for out, _ in ended)
    assert "filled 0001_fill_size: 300 rows" in said[0]
    assert "waiting: process" in said[1]
    assert items.fills() == {(1, True): 300}


def test_a_process_that_does_not_get_on_is_named(items: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGRATION_WAIT_SECONDS", "1")
    items.up(rows=3)
    target = Target.from_url(items.database.url())
    holder = target.connect()
    assert backfill_lock(FILL).acquired(holder, target)
    said = items.said("backfill")
    assert f"process {holder.info.backend_pid} (messenger-db, connected since" in said.error
    assert f"is running {FILL} on database" in said.error
    holder.close()
    assert items.fills() == {(0, False): 3}


def test_two_runs_at_once_would_change_nothing_twice(items: Items) -> None:
    items.up(rows=300)
    with items.fill() as one, items.fill() as other:
        one.step()
        with pytest.raises(MessengerError, match="another session has gone on with 0001_fill_size"):
            other.step()
        take_steps(one)
    assert items.fills() == {(1, True): 300}


def test_rows_of_the_last_release_of_the_application_are_waited_for(items: Items) -> None:
    items.up(rows=3)
    with psycopg.connect(items.database.url()) as db:
        db.execute("INSERT INTO items (part, name, body) VALUES (-1, 'late', 'x')")
        host = items.start("backfill")
        assert host.stdout
        assert "waiting for transactions that have written to items" in host.stdout.readline()
        assert items.ask("SELECT count(*) FROM _yoyo_backfills") == [(0,)]
        db.commit()
        host.communicate()
    assert items.fills() == {(1, True): 4}


def test_where_a_trigger_covers_nobody_is_waited_for(items: Items) -> None:
    items.up(rows=3)
    items.ask(TRIGGER)
    items.write_backfill(covered="trigger items_set_size")
    with psycopg.connect(items.database.url()) as db:
        db.execute("INSERT INTO items (part, name, body) VALUES (-1, 'late', 'x')")
        items.said("backfill")
        db.commit()
    assert items.fills() == {(1, True): 3, (0, True): 1}


def test_it_says_that_a_replication_slot_is_behind(items: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    items.up(rows=3)
    with items.database.connect() as db:
        if db.execute("SHOW wal_level").fetchone() == ("minimal",):
            pytest.skip("the server's wal_level allows no replication slot")
        slot = f"slot_{items.database.name}"
        db.execute("SELECT pg_create_physical_replication_slot(%s, true)", [slot])
        try:
            monkeypatch.setattr(throttle, "REPLICA_BYTES", -1)
            assert f"replication slot {slot} is" in (reason(items) or "")
            monkeypatch.undo()
            assert "slot" not in (reason(items) or "")
        finally:
            db.execute("SELECT pg_drop_replication_slot(%s)", [slot])


def test_nobody_waits_for_an_autovacuum_that_is_switched_off(items: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    items.up(rows=100)
    items.ask("ALTER TABLE items SET (autovacuum_enabled = off)")
    items.ask("UPDATE items SET body = body")
    monkeypatch.setattr(throttle, "DEAD_ROWS", 10)
    monkeypatch.setattr(throttle, "DEAD_ROWS_FACTOR", 0.0)
    until_dead(items)
    assert reason(items) is None


def until_dead(items: Items) -> None:
    """Wait until the statistics know of dead rows."""
    deadline = time.monotonic() + 20
    while items.ask("SELECT n_dead_tup > 10 FROM pg_stat_user_tables WHERE relname = 'items'") != [(True,)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def reason(items: Items) -> str | None:
    """Return what makes a backfill of the table wait."""
    connection = Target.from_url(items.database.url()).connect()
    try:
        with connection.cursor() as cursor:
            return Throttle("items").reason(cursor)
    finally:
        connection.close()


def test_it_waits_while_the_server_is_behind_and_goes_on_all_the_same(
    items: Items, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(throttle, "LONGEST_PAUSE_SECONDS", 0.05)
    items.up(rows=30)
    items.ask("UPDATE items SET body = body")
    monkeypatch.setattr(Throttle, "reason", lambda *_: "replica tokyo is 7 s behind")
    said = items.said("backfill").out
    assert f"{FILL}: waiting, as replica tokyo is 7 s behind" in said
    assert items.fills() == {(1, True): 30}
