"""The progress of make seed: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 10


class Progress:
    """Shows how many messages are loaded, at what rate, and the current step."""

    def __init__(self, messages: int) -> None:
        """Take the number of messages that are to be loaded."""
        self._messages = messages
        self._started = self._shown = time.monotonic()
        self._bar = tqdm(total=messages, unit=" messages", unit_scale=True, dynamic_ncols=True, disable=None)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Close the bar."""
        self._bar.close()

    def messages(self, done: int) -> None:
        """Show how many messages are loaded."""
        self._bar.update(done - self._bar.n)
        now = time.monotonic()
        if self._bar.disable and now - self._shown > SECONDS_BETWEEN_LINES:
            self._shown = now
            rate = done / (now - self._started)
            left = (self._messages - done) / rate
            print(
                f"{done:,} of {self._messages:,} messages, {rate:,.0f} per second, {left:.0f} s left", file=sys.stderr
            )

    def stage(self, name: str) -> None:
        """Show the name of the next step."""
        self._bar.set_description(name)
        if self._bar.disable and time.monotonic() - self._started > SECONDS_BETWEEN_LINES:
            print(f"{name} ...", file=sys.stderr)
