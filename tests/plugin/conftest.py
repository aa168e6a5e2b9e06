"""The fixtures of these tests."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workflow.checkouts import roomy_place
from workflow.fixtures import role

from messenger_db.embedded.server import Server
from messenger_db.testing.server_address import Place
from messenger_db.testing.session_server import SETTINGS

from .foreign import Foreign, environment

if TYPE_CHECKING:
    from messenger_db.testing.session import Run


__all__ = ["role"]


@pytest.fixture(scope="session")
def foreign_python(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The Python of an environment with the wheel in it, one for all workers; make test-matrix names others."""
    if named := os.environ.get("FOREIGN_PYTHON"):
        return Path(named)
    base = tmp_path_factory.getbasetemp()
    return environment(base if worker_id == "master" else base.parent)


@pytest.fixture
def foreign(
    pytester: pytest.Pytester, foreign_python: Path, _messenger_run: "Run", monkeypatch: pytest.MonkeyPatch
) -> Iterator[Foreign]:
    """An empty project beside ours."""
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    _messenger_run.template()
    foreign = Foreign(pytester, foreign_python, _messenger_run.place)
    yield foreign
    foreign.end()


@pytest.fixture(scope="session")
def own_server() -> Iterator[Place]:
    """A server that no other test uses."""
    server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-tests-", dir=roomy_place())), SETTINGS)
    try:
        server.start()
        parameters = {"host": str(server.home), "port": str(server.port), "user": "postgres"}
        yield Place(parameters, "postgres", "this test")
    finally:
        server.remove()
