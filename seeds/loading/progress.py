"""How far make seed has come: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 10


class Progress:
    """Tells how many messages are in, at what rate, and what is done besides."""

    def __init__(self, messages: int) -> None:
        """Take how many messages there are going to be."""
        self._messages = messages
        self._started = self._told = time.monotonic()
        self._bar = tqdm(total=messages, unit=" messages", unit_scale=True, dynamic_ncols=True, disable=None)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Leave the terminal as it was."""
        self._bar.close()

    def messages(self, done: int) -> None:
        """Tell how many messages are in."""
        self._bar.update(done - self._bar.n)
        now = time.monotonic()
        if self._bar.disable and now - self._told > SECONDS_BETWEEN_LINES:
            self._told = now
            rate = done / (now - self._started)
            left = (self._messages - done) / rate
            print(f"{done:,} of {self._messages:,} messages, {rate:,.0f} a second, {left:.0f} s left", file=sys.stderr)

    def stage(self, what: str) -> None:
        """Tell what is done next."""
        self._bar.set_description(what)
        if self._bar.disable and time.monotonic() - self._started > SECONDS_BETWEEN_LINES:
            print(f"{what} ...", file=sys.stderr)
