"""Backfills that are interrupted: the next run goes on where the last one was, whatever ended it."""

import random
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from children import until
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from safety.projects import executor_of, new_project
from workflow.databases import Database, new_database

from bench.backfill_kills import Lane
from messenger_db.backfilling import throttle
from messenger_db.backfilling.backfill_runs import start
from messenger_db.backfilling.batches import Fill
from messenger_db.connection import Target
from messenger_db.embedded.server import Server
from messenger_db.errors import MessengerError

from .items import FILL, STATEMENT, TRIGGER, Items, take_steps
from .test_others import reason, until_dead

SLOW = STATEMENT.replace("length(items.body)", "length(items.body || pg_sleep(0.001)::text)")


def at_work(items: Items) -> bool:
    """Whether a session of a backfill is in a batch."""
    return bool(
        items.ask(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'messenger-db' "
            "AND wait_event = 'PgSleep'"
        )
    )


def test_killed_backfills_of_messages_that_people_send_and_edit(database: Database) -> None:
    # A sample of what the measurement does for long.
    with new_project(database) as project:
        counts = Lane(project, str(random.randrange(2**32))).run(3, messages=400)
    assert counts["killed"] == 3
    assert counts["sends"]
    assert [counts[word] for word in ("stuck", "missed", "twice", "wrong")] == [0, 0, 0, 0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_ended_loses_and_repeats_nothing(items: Items, number: signal.Signals) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    items.up(rows=400)
    items.write_backfill(SLOW)
    ended = 0
    for _ in range(2):
        process = items.start("backfill", BACKFILL_BATCH_MS="50")
        until(lambda: at_work(items) or process.poll() is not None)  # noqa: B023 (called here)
        time.sleep(moments.uniform(0, 0.2))
        process.send_signal(number)
        process.communicate()
        ended += process.returncode != 0
        assert set(items.fills()) <= {(0, False), (1, True)}
    assert ended
    assert items.said("backfill").error == ""
    assert items.fills() == {(1, True): 400}


def test_a_lost_connection_ends_it_with_one_line(items: Items) -> None:
    items.up(rows=500)
    items.write_backfill(SLOW)
    process = items.start("backfill")
    until(lambda: at_work(items))
    items.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'messenger-db'"
    )
    _, error = process.communicate()
    assert process.returncode == 1
    assert f"{FILL} failed: " in error
    assert "(the connection was lost; what was done is kept, and the next run goes on from there)" in error
    assert len(error.splitlines()) == 1
    items.said("backfill")
    assert items.fills() == {(1, True): 500}


def test_a_person_who_cancels_the_statement_ends_it(items: Items) -> None:
    items.up(rows=500)
    items.write_backfill(SLOW)
    process = items.start("backfill", BACKFILL_BATCH_MS="5000")
    until(lambda: at_work(items))
    items.ask(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'messenger-db'"
    )
    _, error = process.communicate()
    assert f"{FILL} failed: canceling statement due to user request" in error


def test_a_server_that_is_killed_loses_nothing(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with new_database(executor_of(server)) as database:
        items = Items(tmp_path / "project", database, monkeypatch)
        items.up(rows=500)
        items.write_backfill(SLOW)
        process = items.start("backfill", BACKFILL_BATCH_MS="50")
        until(lambda: at_work(items) and items.fills().get((1, True), 0) > 0)
        assert server.pid
        main = psutil.Process(server.pid)
        main.send_signal(signal.SIGQUIT)
        main.wait()
        process.communicate()
        assert process.returncode == 1
        server.start()
        before = items.fills()
        assert set(before) <= {(0, False), (1, True)}
        items.said("backfill")
        assert items.fills() == {(1, True): 500}
        # This server has autovacuum, which the tests' own has not.
        monkeypatch.setattr(throttle, "DEAD_ROWS", 10)
        monkeypatch.setattr(throttle, "DEAD_ROWS_FACTOR", 0.0)
        until_dead(items)
        assert "autovacuum is behind: table items has" in (reason(items) or "")
        items.ask("ALTER TABLE items SET (autovacuum_enabled = off)")
        assert reason(items) is None


# What happens to the rows while they are filled. Numbers are drawn for which row it happens to.
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["step", "step", "lose", "restart", "insert", "edit", "delete", "hold", "release", "other"]),
        st.integers(0, 199),
    ),
    max_size=30,
)


class World:
    """The rows, the run that fills them, and a writer that can hold one of them."""

    def __init__(self, items: Items) -> None:
        self.items = items
        self.writer = psycopg.connect(items.database.url())
        self.connections: list[Connection] = []
        self.fill: Fill | None = None
        self.restart(0)

    def act(self, action: str, number: int) -> None:
        """Do one thing."""
        getattr(self, action)(number)

    def step(self, _: int) -> None:
        """Take a step of the run."""
        if self.fill:
            self.fill.step()

    def lose(self, number: int) -> None:
        """Lose the connection in the middle of a batch, before or after its rows are changed."""
        if self.fill:
            connection, run = self.fill.connection, self.fill._run  # noqa: SLF001 (between the rows and the cursor)

            def interrupted(cursor: Cursor, arrays: Sequence[str | list[str]]) -> None:
                if number % 2:
                    run(cursor, arrays)
                connection.close()
                raise MessengerError("lost")

            self.fill._run = interrupted  # type: ignore[method-assign] # noqa: SLF001
            with suppress(MessengerError):
                self.fill.step()
        self.restart(number)

    def restart(self, _: int) -> None:
        """Let another process go on; there is none when it is complete."""
        if self.connections:
            self.connections[-1].close()
        self.connections.append(Target.from_url(self.items.database.url()).connect())
        self.fill = start(self.connections[-1], self.items.backfill)

    def insert(self, number: int) -> None:
        """Insert a row anywhere."""
        self._write(
            "INSERT INTO items (part, name, body) VALUES (%s, 'new', 'xy') ON CONFLICT DO NOTHING", number // 10
        )

    def edit(self, number: int) -> None:
        """Edit a row."""
        self._write("UPDATE items SET body = body || 'y' WHERE name = %s", f"n{number}")

    def delete(self, number: int) -> None:
        """Delete a row."""
        self._write("DELETE FROM items WHERE name = %s", f"n{number}")

    def hold(self, number: int) -> None:
        """Edit a row, and commit later."""
        self.writer.execute("SET lock_timeout = '10ms'")
        try:
            self.writer.execute("UPDATE items SET body = body || 'y' WHERE name = %s", [f"n{number}"])
        except psycopg.errors.LockNotAvailable:
            self.writer.rollback()

    def release(self, _: int) -> None:
        """Commit what was held."""
        self.writer.commit()

    def other(self, _: int) -> None:
        """Let a second run go on as if nothing kept it from that, which the first one then notices."""
        first = self.fill
        self.connections.append(Target.from_url(self.items.database.url()).connect())
        self.fill = start(self.connections[-1], self.items.backfill)
        if first and self.fill and self.fill.step():
            with suppress(MessengerError):
                first.step()

    def _write(self, query: str, value: object) -> None:
        with psycopg.connect(self.items.database.url(), autocommit=True) as db:
            db.execute("SET lock_timeout = '10ms'")
            with suppress(psycopg.errors.LockNotAvailable):  # the writer holds it
                db.execute(query.encode(), [value])

    def end(self) -> None:
        """Close all sessions."""
        self.writer.close()
        for connection in self.connections:
            connection.close()


def test_whatever_happens_meanwhile_each_row_is_filled_once(items: Items) -> None:
    items.up()
    items.ask(TRIGGER)
    items.ask("ALTER TABLE items DISABLE TRIGGER items_set_size")
    items.write_backfill(covered="trigger items_set_size")

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(ACTIONS, st.integers(1, 60))
    def holds(actions: list[tuple[str, int]], rows: int) -> None:
        items.ask("TRUNCATE items")
        items.ask("DROP TABLE IF EXISTS _yoyo_backfills")
        items.ask("ALTER TABLE items DISABLE TRIGGER items_set_size")
        items.add(200)
        items.ask("ALTER TABLE items ENABLE TRIGGER items_set_size")
        world = World(items)
        try:
            for action, number in actions:
                if world.fill:
                    world.fill.pace.rows = rows
                    world.fill.pace.seconds = 0.01
                world.act(action, number)
            world.writer.commit()
            world.restart(0)
            if world.fill:
                take_steps(world.fill)
        finally:
            world.end()
        found = items.ask("SELECT name, fills, size = length(body) FROM items")
        assert all(is_right for _, _, is_right in found)
        assert {fills for name, fills, _ in found if name != "new"} <= {1}
        # A new row can be filled too, where it comes before the cursor.
        assert {fills for name, fills, _ in found if name == "new"} <= {0, 1}

    holds()


EXAMPLES = 10
