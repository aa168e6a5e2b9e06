"""The size of batches and the pauses between them."""

import pytest

from messenger_db.backfilling import progress_line
from messenger_db.backfilling.pacing import LONGEST_PAUSE_SECONDS, MOST_ROWS, Pace
from messenger_db.backfilling.progress_line import ProgressLine


def test_batches_grow_to_the_time_that_is_aimed_at() -> None:
    pace = Pace(100, 0.1)
    seen = []
    for _ in range(8):
        pace.succeeded(pace.rows, pace.rows / 10_000, 0, 0)
        seen.append(pace.rows)
    assert seen == [200, 400, 800, 1000, 1000, 1000, 1000, 1000]


def test_batches_shrink_at_once() -> None:
    pace = Pace(1000, 0.1)
    pace.succeeded(1000, 1.0, 0, 0)
    assert pace.rows == 100
    pace.failed(100)
    assert pace.rows == 50


def test_batches_have_a_row_at_least_and_a_limit() -> None:
    pace = Pace(1, 0.1)
    pace.succeeded(1, 5.0, 0, 0)
    pace.failed(1)
    assert pace.rows == 1
    pace = Pace(MOST_ROWS, 0.1)
    pace.succeeded(MOST_ROWS, 0.0, 0, 0)
    assert pace.rows == MOST_ROWS


def test_a_few_last_rows_do_not_make_the_next_batch_small() -> None:
    pace = Pace(1000, 0.1)
    pace.succeeded(10, 0.001, 0, 0)
    assert pace.rows == 1000


def test_others_that_wait_halve_the_batch_and_lengthen_the_pause() -> None:
    pace = Pace(1000, 0.1)
    assert pace.pause(0.1, 1) == 4 * pace.pause(0.1, 0) == pytest.approx(0.4)
    pace.succeeded(1000, 0.1, 3, 0)
    assert pace.rows == 500
    assert pace.pause(1000, 0) == LONGEST_PAUSE_SECONDS


def test_a_limit_of_wal_makes_batches_small_and_pauses_long() -> None:
    pace = Pace(1000, 0.1, wal_limit=1_000_000)
    pace.succeeded(1000, 0.1, 0, 4_000_000)
    assert pace.rows == 250
    now, written = 100.0, 7
    for _ in range(10):
        now += 0.1  # the batch
        written += 500_000
        now += pace.wal_pause(now, written)
    # The first call only notes where the WAL is: nine batches at a million bytes per second.
    assert now == pytest.approx(100.1 + 9 * 0.5)
    # What was saved in a quiet time is not spent at once, and however much others write, the pause has an end.
    assert pace.wal_pause(now + 1000, written + 500_000) == 0
    assert pace.wal_pause(now + 1000, written + 3_500_000) == pytest.approx(3.0)
    assert pace.wal_pause(now + 1000, written + 10**12) == LONGEST_PAUSE_SECONDS
    assert Pace(1000, 0.1).wal_pause(now, written) == 0


def progress(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> ProgressLine:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    moment = {"now": 0.0}
    monkeypatch.setattr("time.monotonic", lambda: moment.setdefault("now", 0.0))
    line = ProgressLine("0001_fill", 1000)
    for moment["now"], rows in ((1.0, 100), (5.0, 0), (11.0, 500)):
        line.add(rows)
    return line


def test_progress_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    progress(monkeypatch, terminal=False).close()
    assert capsys.readouterr().out == "0001_fill: 60 %, 600 of about 1,000 rows, 83 per second, 5 s left\n"


def test_progress_at_a_terminal_is_written_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    line = progress(monkeypatch, terminal=True)
    line.tell("replica tokyo is 7 s behind")
    out = capsys.readouterr().out
    assert out.count("\r") == 3
    assert "\r[##..................] 0001_fill: 10 %, 100 of about 1,000 rows, 100 per second, 9 s left" in out
    assert out.endswith("\n0001_fill: waiting, as replica tokyo is 7 s behind\n")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.7, "1 min 0 s"), (3599, "59 min 59 s"), (7260, "2 h 1 min")]
)
def test_times_are_for_people(seconds: float, words: str) -> None:
    assert progress_line._time(seconds) == words  # noqa: SLF001 (what the lines above would take hours to show)
