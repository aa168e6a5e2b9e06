"""The process that removes a run's server when the run dies: python -m messenger_db.testing.watchdog PID FOLDER."""

import sys
from contextlib import suppress
from pathlib import Path

import psutil

from messenger_db.testing import owner

if __name__ == "__main__":
    main, folder = int(sys.argv[1]), Path(sys.argv[2])
    # The folder may be removed by the next run, when this run and its watchdog died at once.
    with suppress(BlockingIOError, FileNotFoundError):
        owner.hold(folder)
        with suppress(psutil.NoSuchProcess):
            psutil.Process(main).wait()

        from messenger_db.testing import session_server

        session_server.end(folder)
