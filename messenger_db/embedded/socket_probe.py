"""Asking a server over its Unix socket whether it is there: this works from every namespace that has the folder."""

import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# A server that ends meanwhile is an answer: without this, writing to it would end our process (macOS has no such flag).
NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)

# PostgreSQL's SSLRequest: the server answers it before it asks who is there, even while it starts.
SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@dataclass(frozen=True)
class Reached:
    """A server that listens on a socket. `pid` is None where its process is not in this PID namespace."""

    port: int
    pid: int | None
    answers: bool


def reach(folder: Path, seconds: float) -> Reached | None:
    """Return the server that listens in a folder, whether or not it answers in that time; None when none does."""
    for path in folder.glob(".s.PGSQL.*"):
        port = path.name.rpartition(".")[2]
        if not port.isdigit():
            continue
        with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
            client.settimeout(seconds)
            try:
                client.connect(str(path))
            except TimeoutError:  # so many wait for it already that there is no room for one more
                return Reached(int(port), None, answers=False)
            return Reached(int(port), _pid(client), _answers(client))
    return None


def _answers(client: socket.socket) -> bool:
    try:
        client.sendall(SSL_REQUEST, NO_SIGNAL)
        return bool(client.recv(1))
    except OSError:
        return False


def _pid(client: socket.socket) -> int | None:
    if sys.platform == "linux":
        credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return struct.unpack("3i", credentials)[0] or None  # 0 when it is in another namespace
    local, peer_pid = 0, 2  # SOL_LOCAL and LOCAL_PEERPID of macOS, which Python does not name
    return struct.unpack("i", client.getsockopt(local, peer_pid, struct.calcsize("i")))[0] or None
