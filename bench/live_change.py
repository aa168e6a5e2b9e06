"""The example of docs/changing-live-tables.md on many messages with the load of people: what each command holds up.

Run: .venv/bin/python -m bench.live_change [MESSAGES]   (100000 by default, about three minutes)
"""

import shutil
import sys
import time

from backfills.guide import steps
from safety.projects import new_project

from bench import ROOT
from bench.common import Project, finished, new_database, new_server, show
from bench.live_messages import Chats, fill_chats, load, p99


def main() -> None:
    """Follow the example, and print a row for each command."""
    messages = int(sys.argv[1]) if sys.argv[1:] else 100_000
    rows: list[list[object]] = [["command", "seconds", "writers, p99", "writers, longest", "readers, longest"]]
    with new_server() as server, new_database(server) as database, new_project(database) as project:
        project.copy_shipped()
        for name in ("migrations/SHA256SUMS", ".squawk.toml"):
            shutil.copy(ROOT / name, project.folder / name)
        run(project, "up")
        chats = fill_chats(database, messages)
        for step in steps():
            if step.file:
                (project.folder / step.file).write_text(step.text, encoding="utf-8")
            else:
                rows.append(measured(project, chats, step.target, dict(step.settings)))
    show(rows)


def measured(project: Project, chats: Chats, target: str, settings: dict[str, str]) -> list[object]:
    """Run what make runs for a target while people send, edit and read; return the row of the table."""
    with load(project.database, chats) as waits:
        time.sleep(1.0)
        started = time.monotonic()
        run(project, target.removeprefix("db-"), **settings)
        seconds = time.monotonic() - started
        time.sleep(1.0)
    words = " ".join([target, *(f"{name}={value}" for name, value in settings.items())])
    longest, readers = (f"{max(calls, default=0.0):.2f} s" for calls in (waits.writes, waits.reads))
    return [f"make {words}", f"{seconds:.1f}", f"{1000 * p99(waits.writes):.0f} ms", longest, readers]


def run(project: Project, *words: str, **settings: str) -> None:
    """Run the command messenger-db."""
    done = finished(project.start_command(*words, **settings))
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)}: {done.stderr}")


if __name__ == "__main__":
    main()
