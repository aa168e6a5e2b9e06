"""The process that removes a run's server when the run dies: python -m messenger_db.testing.watchdog PID FOLDER."""

import sys
from contextlib import suppress
from pathlib import Path

import psutil

if __name__ == "__main__":
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(sys.argv[1])).wait()

    from messenger_db.testing import embedded

    embedded.end(Path(sys.argv[2]))
