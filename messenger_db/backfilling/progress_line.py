"""How far a backfill is: a line that is written over on a terminal, and a line now and then elsewhere."""

import shutil
import sys
import time

SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_BARS = 0.2
RATE_SECONDS = 10.0
BAR_WIDTH = 20


class ProgressLine:
    """Shows how far one run is, at what rate, and how long it takes yet."""

    def __init__(self, name: str, expected: int, done: int = 0) -> None:
        """Begin where so many rows of those that are expected are done."""
        self._name = name
        self._expected = expected
        self._done = done
        self._is_terminal = sys.stdout.isatty()
        self._shown = time.monotonic()
        self._since = [(self._shown, self._done)]
        self._is_open = False

    def add(self, rows: int) -> None:
        """Show that so many more rows are done."""
        self._done += rows
        now = time.monotonic()
        self._since = [*(past for past in self._since if now - past[0] < RATE_SECONDS), (now, self._done)]
        if now - self._shown > (SECONDS_BETWEEN_BARS if self._is_terminal else SECONDS_BETWEEN_LINES):
            self._shown = now
            self._show(self._bar() if self._is_terminal else self.line())

    def tell(self, reason: str) -> None:
        """Show why the backfill waits."""
        self.close()
        print(f"{self._name}: waiting, as {reason}", flush=True)

    def close(self) -> None:
        """Leave the line as it is."""
        if self._is_open:
            print(flush=True)
        self._is_open = False

    def line(self) -> str:
        """Return how far it is."""
        expected = max(self._expected, self._done)
        rate = self._rate()
        left = f", {_time((expected - self._done) / rate)} left" if rate else ""
        percent = int(min(99, 100 * self._done / max(expected, 1)))
        return f"{self._name}: {percent} %, {self._done:,} of about {expected:,} rows, {rate:,.0f} per second{left}"

    def _bar(self) -> str:
        filled = int(BAR_WIDTH * self._done / max(self._expected, self._done, 1))
        return f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {self.line()}"

    def _show(self, text: str) -> None:
        if not self._is_terminal:
            print(text, flush=True)
            return
        width = shutil.get_terminal_size().columns - 1
        print(f"\r{text[:width]:<{width}}", end="", flush=True)
        self._is_open = True

    def _rate(self) -> float:
        (start, before), (end, after) = self._since[0], self._since[-1]
        return (after - before) / (end - start) if end > start else 0.0


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
