"""make example: the chat on the database in use, on loopback alone."""

import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import uvicorn

from messenger_db.hot_paths import queries

from .app import app


def main() -> None:
    """Add the demo people where there are none, then serve until Ctrl-C."""
    url = subprocess.check_output([sys.executable, "-m", "messenger_db", "url"], text=True).strip()
    with psycopg.connect(url) as connection:
        is_seeded = queries("psycopg").profile(connection, username="alice")
    if not is_seeded:
        subprocess.check_call([sys.executable, "-m", "seeds"])
    try:
        listener = socket.create_server(("127.0.0.1", 8000))
    except OSError:  # another program's
        listener = socket.create_server(("127.0.0.1", 0))
    app.state.url, app.state.pictures = url, Path(__file__).parent / "uploads"
    print(f"http://127.0.0.1:{listener.getsockname()[1]} is the chat: log in as alice, in a private window as bob")
    print("everybody's password is password123; Ctrl-C ends the chat", flush=True)
    config = uvicorn.Config(app, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:  # which has said why
        sys.exit(error.returncode)
    except psycopg.Error as error:
        sys.exit(f"messenger-db: {str(error).splitlines()[0]}")
    except KeyboardInterrupt:
        pass
