"""The keys of removed files, for whoever deletes those from the object store: none is lost, none is still in use.

Before rows are removed, their keys are promised in a file of their own; once the rows are gone, they are handed over. A
process that is killed in between leaves the promise, which the next run keeps. So each key comes at least once.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from messenger_db.errors import MessengerError

# The storage key of a file, which tells it from all others, and the keys of its smaller copies where there are any.
Keys = Sequence[str | None]


class RemovedFiles:
    """A file with the keys of removed files, each a JSON string on a line of its own."""

    def __init__(self, path: Path) -> None:
        """Create the file where it is not there. Raises MessengerError where it cannot be written."""
        self._path = path
        self._promise_path = path.with_name(f"{path.name}.promised")
        self._promised: list[Keys] = []
        with self._explained(), path.open("ab"):
            pass

    def promise(self, files: list[Keys]) -> None:
        """Note the keys of files whose rows are about to go; what was promised before has not gone.

        Raises MessengerError where that cannot be written.
        """
        self._promised = files
        with self._explained():
            if not files:
                self._promise_path.unlink(missing_ok=True)
                return
            new = self._promise_path.with_name(f"{self._promise_path.name}.new")
            with new.open("w", encoding="utf-8") as file:
                json.dump(files, file)
                os.fsync(file.fileno())
            new.replace(self._promise_path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def hand_over(self) -> None:
        """Write the keys that were promised: their rows are gone. Raises MessengerError where that is not possible."""
        if not self._promised:
            return
        with self._explained():
            with self._path.open("a", encoding="ascii") as file:
                file.writelines(f"{json.dumps(key)}\n" for keys in self._promised for key in keys if key is not None)
                file.flush()
                os.fsync(file.fileno())
            self._promise_path.unlink()
        self._promised = []

    def settle(self, in_use: Callable[[list[str]], set[str]]) -> None:
        """Hand over what a run that was killed had promised and removed.

        `in_use` returns which storage keys messages still have. Raises MessengerError as `hand_over` does.
        """
        with self._explained():
            if not self._promise_path.exists():
                return
            files: list[list[str]] = json.loads(self._promise_path.read_text(encoding="utf-8"))
            with self._path.open("r+b") as file:
                # A line that the kill has cut short would be the beginning of another key.
                file.truncate(file.read().rfind(b"\n") + 1)
        kept = in_use([storage_key for storage_key, *_ in files])
        self._promised = [keys for keys in files if keys[0] not in kept]
        self.hand_over()
        self._promise_path.unlink(missing_ok=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise MessengerError(
                f"KEYS={self._path}: the keys of removed files cannot be written there: {error.strerror}; correct it, "
                "then run it again with the same KEYS"
            ) from None
