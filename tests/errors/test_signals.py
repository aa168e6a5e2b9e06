"""Signals end a command without a traceback, and without leaving anything behind."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from children import LIMIT_SECONDS, until

from messenger_db.process_exit import ENDS, unwound_by_signals

from .commands import BIN, program

# Sends itself a signal as soon as the module named is imported, then runs a command.
INTERRUPTED = """
import os, runpy, signal, sys

_, command, imported = sys.argv

class Finder:
    def find_spec(self, name, *_):
        if name == imported:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
sys.argv = command.split()
runpy.run_module(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("messenger_db adopt", "messenger_db.commands.adopt"),
        ("seeds", "messenger_db.commands.up_down"),
        ("messenger_db validate", "pglast"),
        ("examples.follow_feed app", "messenger_db.change_feed"),
    ],
)
def test_ctrl_c_while_a_command_is_imported(folder: Path, module: str, imported: str) -> None:
    done = subprocess.run(
        [BIN / "python", "-c", INTERRUPTED, module, imported], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_unwinds_what_is_open(number: signal.Signals) -> None:
    before = [signal.getsignal(each) for each in (*ENDS, signal.SIGPIPE)]

    def work() -> None:
        with unwound_by_signals():
            try:
                os.kill(os.getpid(), number)
            finally:
                os.kill(os.getpid(), number)  # again, while it cleans up

    with pytest.raises(SystemExit) as ended:
        work()
    assert ended.value.code == 128 + number
    assert [signal.getsignal(each) for each in (*ENDS, signal.SIGPIPE)] == before


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files that other users can enter, as root's server is one."""
    with tempfile.TemporaryDirectory(prefix="errors-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_signal_removes_the_server_of_the_reference(folder: Path, temporary: Path) -> None:
    docs = subprocess.Popen(
        program(["docs"]),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: list(temporary.glob("*/data/postmaster.pid")))
    docs.send_signal(signal.SIGTERM)
    assert docs.communicate(timeout=LIMIT_SECONDS) == ("", "")
    assert docs.returncode == 128 + signal.SIGTERM
    assert list(temporary.iterdir()) == []
    processes = psutil.process_iter(["cmdline"])
    assert not [process for process in processes if str(temporary) in " ".join(process.info["cmdline"] or ())]
