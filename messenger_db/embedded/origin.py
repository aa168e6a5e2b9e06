"""The origin of a server: a note next to its data, of the machine, the kernel, the namespaces and the programs.

The lock of the data tells whether a server is alive, in whatever container of the same kernel. On a network file system
or in a virtual machine's shared folder two kernels can have the same data and different locks: there the note decides.
As long as the server's pid file is there, so that it was not stopped,

- the same boot id is the same kernel: the lock decides. A container that is created again has another host name and the
  same boot id.
- another boot id on the same machine, by host name and machine id, is a restart: the server ended with the old kernel.
- everything else is another machine, whose server may be alive.
"""

import json
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Origin:
    """Where and from what a server was started; what the machine does not tell is empty."""

    boot_id: str
    host: str
    machine_id: str
    mount_namespace: str
    home: str
    program: str
    program_file: str

    @classmethod
    def here(cls, home: Path, program: Path) -> Self:
        """Return this place, for a server that `program` runs over the folder `home`."""
        return cls(
            boot_id=_boot_id(),
            host=platform.node(),
            machine_id=_text("/etc/machine-id"),
            mount_namespace=_mount_namespace(),
            home=str(home),
            program=str(program),
            program_file=_file_id(program),
        )

    @classmethod
    def read(cls, note: Path) -> Self | None:
        """Return what a note says, None where it is missing or torn."""
        try:
            said = json.loads(note.read_bytes())
            return cls(**{field.name: str(said[field.name]) for field in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def text(self) -> str:
        """Return the note, in ASCII."""
        return json.dumps(asdict(self), indent=1) + "\n"

    def is_another_machine(self) -> bool:
        """Return whether a server that was started there can be alive although no lock tells of it."""
        same_machine = (self.host, self.machine_id) == (platform.node(), _text("/etc/machine-id"))
        return not same_machine and self.boot_id != _boot_id()

    def lost(self, home: Path) -> str:
        """Return what a running server that was started there has lost, if `home` is its folder now, or nothing."""
        if self.mount_namespace != _mount_namespace():
            return ""  # paths mean other files there
        if _file_id(Path(self.home)) != _file_id(home):
            return f"its folder was {self.home} when it was started"
        if _file_id(Path(self.program)) != self.program_file:
            return "its programs were replaced"
        return ""


def _boot_id() -> str:
    if sys.platform == "darwin":
        sysctl = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
        return subprocess.run(sysctl, capture_output=True, text=True, check=False).stdout.strip()
    return _text("/proc/sys/kernel/random/boot_id")


def _mount_namespace() -> str:
    try:
        return str(Path("/proc/self/ns/mnt").readlink())
    except OSError:
        return ""


def _file_id(path: Path) -> str:
    try:
        facts = path.stat()
    except OSError:
        return ""
    return f"{facts.st_dev}:{facts.st_ino}"


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def cluster_name(data: Path) -> str:
    """Return the name that the server's processes carry in their titles, by which everybody can tell them.

    A copy of the data gives another one; a renamed folder the same.
    """
    facts = (data / "PG_VERSION").stat()
    return f"messenger-db-{facts.st_dev:x}-{facts.st_ino:x}"
