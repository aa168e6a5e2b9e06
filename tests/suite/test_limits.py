"""What a test starts ends, and so does a test."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import children
import psutil
import pytest
from children import until

TESTS = Path(__file__).parents[1]

# Without what takes its time to import.
QUIET = ("-p", "no:randomly", "-p", "no:faker", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")

WAITS = """
import os
import pathlib
import children

def test_waits():
    process = children.start(["sleep", "100"])
    pathlib.Path("pids.new").write_text(f"{os.getpid()} {process.pid}")
    pathlib.Path("pids.new").rename("pids")
    process.wait()
"""


def ended(pid: int) -> bool:
    """Whether the process is gone, or waits only for its parent to read its status."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.skipif(not children.MORTAL, reason="here nothing ends a process with its parent")
def test_a_killed_run_leaves_no_worker_and_no_command(tmp_path: Path) -> None:
    (tmp_path / "test_waits.py").write_text(WAITS)
    command = [sys.executable, "-m", "pytest", "-n1", "-p", "conftest", *QUIET]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment["PYTHONPATH"] = str(TESTS)
    run = children.start(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    until((tmp_path / "pids").exists)
    processes = [psutil.Process(int(pid)) for pid in (tmp_path / "pids").read_text().split()]
    run.send_signal(signal.SIGKILL)
    children.finished(run)
    assert psutil.wait_procs(processes, timeout=30)[1] == []


def test_a_command_that_hangs_is_killed_with_what_it_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(children, "LIMIT_SECONDS", 2)
    script = "sleep 100 & echo $! >pid; wait"
    with pytest.raises(subprocess.TimeoutExpired):
        children.run(["sh", "-c", script], cwd=tmp_path, start_new_session=True)
    until(lambda: ended(int((tmp_path / "pid").read_text())))


def test_a_test_that_hangs_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import time\ndef test_hangs():\n    time.sleep(100)\ndef test_passes():\n    pass\n")
    result = pytester.runpytest_subprocess(*QUIET, "--timeout=5", timeout=children.LIMIT_SECONDS)
    result.assert_outcomes(failed=1, passed=1)


def test_every_test_has_a_limit(request: pytest.FixtureRequest) -> None:
    assert 60 <= float(request.config.getini("timeout")) < float(request.config.getini("faulthandler_timeout"))
    assert request.config.getini("faulthandler_exit_on_timeout")
