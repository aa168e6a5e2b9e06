"""A measurement that is ended leaves nothing behind."""

import os
import signal
import sys
from pathlib import Path

import children
import pytest
from children import until

ROOT = Path(__file__).parents[2]

WAITS = """
import time
from bench.common import new_server

with new_server() as server:
    print(server.host, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_its_server_is_removed(end: signal.Signals) -> None:
    process = children.start([sys.executable, "-c", WAITS], env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert process.stdout
    home = Path(process.stdout.readline().strip())
    pid = int((home / "data" / "postmaster.pid").read_text().split()[0])
    process.send_signal(end)
    done = children.finished(process)
    assert (done.returncode, done.stderr) == (128 + end, "")
    assert not home.exists()
    until(lambda: not Path(f"/proc/{pid}").exists())
