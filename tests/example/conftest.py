"""The example, served in this process on a test's database, as a role that has the rights of make db-grant alone."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import uvicorn
from drift.commands import ROOT, url
from pytest_postgresql.executors import NoopExecutor
from workflow.databases import new_role

from examples.chat.app import app


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where the pictures are."""
    return tmp_path / "pictures"


@pytest.fixture
def address(postgresql: psycopg.Connection, postgresql_noproc: NoopExecutor, pictures: Path) -> Iterator[str]:
    """Where the example is."""
    with new_role(postgresql_noproc) as role:
        environment = os.environ | {"DATABASE_URL": url(postgresql)}
        command = [sys.executable, "-m", "messenger_db", "grant", role]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
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
