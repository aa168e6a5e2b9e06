"""How many rows the next batch has, and how long to pause after it."""

# As Synapse begins: few enough for a slow statement, and from the second batch on the first one's rate decides.
FIRST_ROWS = 100
MOST_ROWS = 50_000

# A batch takes at most this many times as long as is aimed at: after that it is rolled back, and tried with fewer rows.
PATIENCE = 2.0

# Half the time is the others'.
PAUSE_RATIO = 1.0
PAUSE_RATIO_WHEN_WAITED_FOR = 4.0

# However busy the server is, a batch is tried this often.
LONGEST_PAUSE_SECONDS = 60.0


class Pace:
    """Adapts batches to a time in seconds each, and to a limit of WAL in bytes per second, 0 for none."""

    def __init__(self, rows: int, seconds: float, wal_limit: int = 0) -> None:
        """Begin with so many rows."""
        self.rows = rows
        self.seconds = seconds
        self.wal_limit = wal_limit
        self._wal: tuple[float, int] | None = None
        self._paid_at = 0.0  # when the server may have written what it has

    def succeeded(self, rows: int, seconds: float, waiting: int, wal: int) -> None:
        """Learn from a batch of so many rows: how long it took, how many sessions waited for it, and its WAL in bytes.

        Never more than twice the rows of the last batch: the rate of a few rows says little, and neither does that of
        rows which had nothing to change.
        """
        ideal = rows * self.seconds / max(seconds, 0.001)
        if waiting:
            ideal = min(ideal, rows / 2)
        if self.wal_limit and wal > 0:
            ideal = min(ideal, rows * self.wal_limit / wal)  # a batch has the WAL of a second at most
        self.rows = min(max(1, int(ideal)), max(rows, self.rows) * 2, MOST_ROWS)

    def failed(self, rows: int) -> None:
        """Learn from a batch that took too long, or did not get its locks in time."""
        self.rows = max(1, rows // 2)

    def pause(self, seconds: float, waiting: int) -> float:
        """Return how many seconds to pause after a batch."""
        ratio = PAUSE_RATIO_WHEN_WAITED_FOR if waiting else PAUSE_RATIO
        return min(LONGEST_PAUSE_SECONDS, seconds * ratio)

    def wal_pause(self, now: float, position: int) -> float:
        """Return how many seconds to wait yet, where the server's WAL is at a position in bytes at the time `now`.

        All that it wrote since the last call counts, also what others wrote.
        """
        if not self.wal_limit:
            return 0.0
        if self._wal:
            then, before = self._wal
            self._paid_at = max(self._paid_at, then) + (position - before) / self.wal_limit
        self._wal = (now, position)
        self._paid_at = min(self._paid_at, now + LONGEST_PAUSE_SECONDS)
        return max(0.0, self._paid_at - now)
