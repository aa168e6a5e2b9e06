"""The installation: where it cannot succeed, and where it is made again."""

import os
import pwd
import shutil
import signal
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import children
import pytest
from children import until

from .checkouts import Checkout, interpreter, lines, new_checkout, refusal, succeeded
from .databases import Database

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


# An editable installation that needs no network: what the real one depends on comes from the environment of the tests.
SMALL_PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
SMALL_BACKEND = f"""
import pathlib
import time
import zipfile

FILES = {{
    "tests.pth": {sysconfig.get_path("purelib")!r},
    "messenger_db-0.1.0.dist-info/METADATA": (
        "Metadata-Version: 2.1\\nName: messenger-db\\nVersion: 0.1.0\\nProvides-Extra: dev"
    ),
    "messenger_db-0.1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any",
    "messenger_db-0.1.0.dist-info/RECORD": "",
    "messenger_db-0.1.0.dist-info/entry_points.txt": (
        "[yoyo.backends]\\nmessenger = messenger_db.backend:MessengerBackend"
    ),
}}

def build_editable(folder, config_settings=None, metadata_directory=None):
    while pathlib.Path("hold").exists():
        pathlib.Path("held").touch()
        time.sleep(0.01)
    path = pathlib.Path(folder, "messenger_db-0.1.0-py3-none-any.whl")
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in FILES.items():
            wheel.writestr(name, text)
    return path.name
"""


@pytest.fixture
def small(bare: Checkout) -> Checkout:
    """A copy of the checkout whose installation takes a second and needs no network."""
    (bare.folder / "pyproject.toml").write_text(SMALL_PROJECT)
    (bare.folder / "backend.py").write_text(SMALL_BACKEND)
    return bare


def has_to_install(checkout: Checkout) -> bool:
    """Say whether the next make looks at .venv."""
    return "bootstrap.py" in succeeded(checkout.make("--dry-run", "db-status"))


def fault(checkout: Checkout) -> str:
    """Return why .venv is made again."""
    return succeeded(checkout.run(sys.executable, "-c", "from messenger_db import bootstrap; print(bootstrap.fault())"))


def test_an_installation_lives_on(small: Checkout, migrated: Database) -> None:
    venv = small.folder / ".venv"
    project = small.folder / "pyproject.toml"

    def status() -> list[str]:
        done = small.make("db-status", f"PYTHON={sys.executable}", DATABASE_URL=migrated.url())
        assert "0001_initial_schema" in done.stdout, done.stderr
        return lines(done.stderr)

    # The interpreter behind .venv was removed.
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to("/nowhere/python3.11")
    (venv / "installed").write_text(f"/nowhere/python3.11\n{small.folder}\n")
    assert status() == ["installing into .venv again, as its Python, /nowhere/python3.11, is gone ..."]
    assert not has_to_install(small)
    assert status() == []

    # A branch that wants the same.
    os.utime(venv / "installed", (1, 1))
    assert has_to_install(small)
    assert status() == []
    assert not has_to_install(small)

    # A branch that wants what cannot be had, and back.
    project.write_text(SMALL_PROJECT.replace("[]", '["nothing-has-this-name"]'))
    offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}
    assert "is there a network?" in lines(small.make("db-status", f"PYTHON={sys.executable}", **offline).stderr)[-1]
    project.write_text(SMALL_PROJECT)
    assert status() == []

    # Ctrl-C while what another branch wants is installed.
    project.write_text(f"{SMALL_PROJECT}# another branch")
    (small.folder / "hold").touch()
    process = small.popen("make", "db-status", f"PYTHON={sys.executable}")
    until((small.folder / "held").exists)
    os.killpg(process.pid, signal.SIGINT)
    assert lines(children.finished(process).stderr) == [
        "installing into .venv what pyproject.toml asks for now ...",
        "messenger-db: the installation was interrupted: the next make begins it again",
    ]
    (small.folder / "hold").unlink()
    assert has_to_install(small)
    assert fault(small) == "the last installation was interrupted\n"


def test_a_checkout_that_was_moved_or_copied_installs_again(checkout: Checkout) -> None:
    assert not has_to_install(checkout)
    other = Checkout(checkout.base, checkout.base / "another name", None)
    checkout.folder.rename(other.folder)
    assert has_to_install(other)
    assert fault(other) == f"it was made for {checkout.folder}\n"
    other.folder.rename(checkout.folder)
    assert not has_to_install(checkout)


def test_another_python_installs_again(checkout: Checkout) -> None:
    stamp = checkout.folder / ".venv" / "installed"
    stamp.write_text(stamp.read_text().replace("/python3.", "/python4."))
    assert has_to_install(checkout)
    assert "its Python is no longer /" in fault(checkout)


def test_a_clean_checkout_installs(checkout: Checkout) -> None:
    (checkout.folder / ".venv" / "installed").unlink()
    assert has_to_install(checkout)
    assert fault(checkout) == "the last installation was interrupted\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("is_whole", [True, False])
def test_the_venv_of_another_user_is_left_alone(checkout: Checkout, is_whole: bool) -> None:
    user = pwd.getpwnam("nobody")
    python = interpreter(user)
    if not python:
        pytest.skip("there is no Python here that an ordinary user may run")
    venv = checkout.folder / ".venv"
    (venv / "pyproject.toml").write_text("")
    venv.joinpath("bin").unlink()
    venv.joinpath("bin").mkdir()
    venv.joinpath("bin", "python").symlink_to(python)
    venv.joinpath("installed").write_text(f"{python.resolve()}\n{checkout.folder}\n" if is_whole else "")
    for path in (checkout.base, checkout.folder, checkout.home):
        os.chown(path, user.pw_uid, user.pw_gid)
    os.utime(venv / "installed", (1, 1))
    before = set(venv.iterdir())
    done = Checkout(checkout.base, checkout.folder, user).make("db-status", f"PYTHON={python}")
    said = lines(done.stderr)[-1]
    assert done.returncode != 0
    assert said.startswith("messenger-db: .venv ")
    assert "root" in said
    assert set(venv.iterdir()) == before


def test_clean_leaves_nothing_where_python_is_gone(small: Checkout) -> None:
    (small.folder / ".venv" / "bin").mkdir(parents=True)
    (small.folder / ".venv" / "bin" / "python").symlink_to("/nowhere/python3.11")
    (small.folder / ".venv" / "installed").write_text(f"/nowhere/python3.11\n{small.folder}\n")
    (small.folder / ".postgres").mkdir()
    done = small.make("clean", f"PYTHON={sys.executable}")
    assert (done.returncode, lines(done.stderr)) == (
        0,
        ["installing into .venv again, as its Python, /nowhere/python3.11, is gone ..."],
    )
    assert not (small.folder / ".venv").exists()
    assert not (small.folder / ".postgres").exists()
