"""The example, served in this process on a test's database, as a role that has the rights of make db-grant alone."""

import os
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import bcrypt
import psycopg
import pytest
from drift.commands import ROOT, url
from pytest_postgresql.executors import NoopExecutor
from support import forks
from workflow.databases import new_role


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where the pictures are."""
    return tmp_path / "pictures"


@pytest.fixture
def address(
    postgresql: psycopg.Connection, postgresql_noproc: NoopExecutor, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Where the example is, with hashes that are made and checked as others are, in less than a quarter of a second."""
    monkeypatch.setattr(bcrypt, "gensalt", partial(bcrypt.gensalt, 4))
    # FastAPI takes a second to import, which only the worker that tests the example should spend.
    import uvicorn

    from examples.chat.app import app

    with new_role(postgresql_noproc) as role:
        environment = os.environ | {"DATABASE_URL": url(postgresql)}
        assert forks.run(["grant", role], cwd=ROOT, env=environment).returncode == 0
        app.state.url, app.state.pictures = url(postgresql, user=role), pictures
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=2)
        )
        listener = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()
        listener.close()
        postgresql.rollback()
        postgresql.execute(f'DROP OWNED BY "{role}"'.encode())
        postgresql.commit()
