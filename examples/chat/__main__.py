"""make example: the chat server on the database in use, on loopback alone."""

import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
import uvicorn

from messenger_db.hot_paths import queries

from .app import Chat

PORT = 8000


def main() -> None:
    """Add the demo people where there are none, then serve until Ctrl-C."""
    command = [sys.executable, "-m", "messenger_db", "url"]
    url = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    with psycopg.connect(url) as connection:
        is_seeded = queries("psycopg").profile(connection, username="alice")
    if not is_seeded:
        subprocess.run([sys.executable, "-m", "seeds"], check=True)
    listener = listen()
    chat = Chat(url, Path(__file__).parent / "uploads")
    config = uvicorn.Config(
        chat.app(), log_level="warning", ws="websockets-sansio", ws_max_size=1024, timeout_graceful_shutdown=2
    )
    print(f"http://127.0.0.1:{listener.getsockname()[1]} is a chat: log in as alice, and in a private window as bob")
    print("everybody's password is password123; Ctrl-C ends it", flush=True)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run([listener])


def listen() -> socket.socket:
    """Listen on PORT, else on any free port."""
    try:
        return socket.create_server(("127.0.0.1", PORT))
    except OSError:
        return socket.create_server(("127.0.0.1", 0))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:  # it has said why
        sys.exit(error.returncode)
    except psycopg.Error as error:
        sys.exit(f"messenger-db: {str(error).splitlines()[0]}")
    except KeyboardInterrupt:
        pass
