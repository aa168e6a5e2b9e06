"""What pip installs, and what it needs of the machine."""

import json
import re
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import children
import pytest

import messenger_db

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
    for folder, pattern in (
        ("migrations", "*.sql"),
        ("backfills", "*.*"),
        ("seeds", "**/*.*"),
        ("messenger_db", "**/*.*"),
    ):
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


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist of the checkout."""
    folder = tmp_path_factory.mktemp("packages")
    children.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return wheel, sdist


def wheel_metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def sdist_files(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}


def test_the_metadata_are_complete_and_the_same_in_both(packages: tuple[Path, Path]) -> None:
    wheel, sdist = packages
    metadata = wheel_metadata(wheel)
    with tarfile.open(sdist) as archive:
        (name,) = [name for name in archive.getnames() if name.endswith("/PKG-INFO")]
        file = archive.extractfile(name)
        assert file
        assert file.read().decode() == metadata.as_string()
    assert metadata["Version"] == messenger_db.__version__
    assert metadata["Author"] == "The messenger-db authors"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert {"postgresql", "migrations"} <= set(metadata["Keywords"].split(","))
    classifiers = metadata.get_all("Classifier", [])
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 15)} <= set(classifiers)
    # There is no public address yet, and none is invented.
    assert not [url for url in metadata.get_all("Project-URL", []) if "example" in url]


def test_the_readme_of_the_packages_has_no_link_that_leads_nowhere(packages: tuple[Path, Path]) -> None:
    readme = str(wheel_metadata(packages[0]).get_payload())
    targets = re.findall(r"\]\(([^)]+)\)", readme)
    assert targets
    assert [target for target in targets if not target.startswith("https://")] == []
    # The texts of those that were taken out still name their files.
    assert [name for name in ("docs/testing.md", "migrations/README.md") if name not in readme] == []


# What only a clone needs.
OF_A_CLONE = re.compile(r"\.(ci|github)/|\.(editorconfig|gitattributes)$|\.pre-commit-")


def git_files(*options: str) -> set[str]:
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--exclude-standard", *options]
    names = children.run(command, cwd=ROOT, check=True).stdout.split("\0")
    return {name for name in names if (ROOT / name).is_file() and not OF_A_CLONE.match(name)}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone tells which files are the repository's")
def test_the_sdist_has_what_the_repository_has_and_nothing_else(packages: tuple[Path, Path]) -> None:
    files = sdist_files(packages[1]) - {"PKG-INFO"}
    assert git_files("--cached") - files == set()
    assert files - git_files("--cached", "--others") == set()


def test_a_file_that_lies_in_the_folder_is_not_published(checkout: Checkout, tmp_path: Path) -> None:
    (checkout.folder / "production.dump").touch()
    (checkout.folder / ".env.production").touch()
    build = ("-m", "hatchling", "build", "--target", "sdist", "--directory")
    assert checkout.run(sys.executable, *build, str(tmp_path)).returncode == 0
    (sdist,) = tmp_path.iterdir()
    names = sdist_files(sdist)
    assert "pyproject.toml" in names
    assert names.isdisjoint({"production.dump", ".env.production"})


def test_importing_the_package_imports_nothing_else() -> None:
    program = "import sys; before = set(sys.modules); import messenger_db; print(*sorted(set(sys.modules) - before))"
    # -S: what site imports for other packages is not this one's.
    done = children.run([sys.executable, "-S", "-c", program], cwd=ROOT, check=True)
    assert done.stdout.split() == ["messenger_db"]
