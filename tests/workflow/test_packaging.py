"""What pip installs, and what it needs of the machine."""

import json
import sys
import zipfile
from pathlib import Path

import children
import pytest

from .checkouts import ROOT, Checkout, succeeded

IMPORTS = """
import json, psycopg, psycopg2, pytest_postgresql, messenger_db.backend
mapped = {line.split()[-1] for line in open("/proc/self/maps") if "libpq" in line}
print(json.dumps([psycopg.pq.__impl__, sorted(mapped)]))
"""


def test_the_wheel_carries_all_that_is_needed(checkout: Checkout, tmp_path: Path) -> None:
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    succeeded(checkout.run(sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(tmp_path), "."))
    (path,) = tmp_path.iterdir()
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        (entry_points,) = [name for name in names if name.endswith(".dist-info/entry_points.txt")]
        assert "[yoyo.backends]\nmessenger = messenger_db.backend:MessengerBackend" in wheel.read(entry_points).decode()
    for folder, pattern in (("migrations", "*.sql"), ("seeds", "**/*.*"), ("messenger_db", "**/*.*")):
        shipped = {path.relative_to(ROOT) for path in (ROOT / folder).glob(pattern) if path.suffix != ".pyc"}
        assert shipped
        assert {str("messenger_db" / path if folder != "messenger_db" else path) for path in shipped} <= names


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux says which libraries are loaded")
def test_no_libpq_of_the_machine_is_used(tmp_path: Path) -> None:
    done = children.run([sys.executable, "-c", IMPORTS], env={"PATH": ""}, cwd=tmp_path, check=True)
    implementation, libraries = json.loads(done.stdout)
    assert implementation == "binary"
    assert libraries
    assert all("site-packages" in library for library in libraries)
