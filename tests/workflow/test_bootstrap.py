"""The first installation, where it cannot succeed."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .checkouts import Checkout, new_checkout, refusal

PYENV = Path.home() / ".pyenv" / "versions"


@pytest.fixture
def bare() -> Iterator[Checkout]:
    """A copy of the checkout in which nothing is installed."""
    with new_checkout(venv=False) as checkout:
        yield checkout


def old_python(version: str) -> str:
    """Return a Python of that version, skipping the test where there is none."""
    found = shutil.which(f"python{version}", path="/usr/local/bin:/usr/bin")
    pyenv = sorted(PYENV.glob(f"{version}.*/bin/python"))
    if not (found or pyenv):
        pytest.skip(f"there is no Python {version} here")
    return found or str(pyenv[0])


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10"])
def test_an_old_python_is_refused(bare: Checkout, version: str) -> None:
    python = old_python(version)
    done = bare.make("db-up", f"PYTHON={python}")
    said = refusal(done)
    assert f"is Python {version}." in said
    assert "3.11 or newer" in said
    assert not (bare.folder / ".venv").exists()


def test_a_python_without_venv_is_refused(bare: Checkout) -> None:
    (bare.home / "ensurepip.py").write_text("raise ImportError")
    said = refusal(bare.make("db-up", f"PYTHON={sys.executable}", PYTHONPATH=str(bare.home)))
    assert "apt install python3-venv" in said
    assert not (bare.folder / ".venv").exists()


def test_no_network_is_said(bare: Checkout) -> None:
    offline = {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": "http://127.0.0.1:1/",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }
    done = bare.make("db-up", f"PYTHON={sys.executable}", **offline)
    assert done.returncode != 0
    *before, said = [line for line in done.stderr.splitlines() if not line.startswith("make: ")]
    assert before == ["installing into .venv ..."]
    assert "is there a network?" in said
    assert "install.log" in said
    assert not list((bare.folder / ".venv").glob("installed-*"))
    assert bare.server_homes == []
