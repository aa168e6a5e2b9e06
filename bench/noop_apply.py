"""How long `yoyo apply` takes that has nothing to apply: this package's yoyo and stock yoyo, in turn.

Run: .venv/bin/python -m bench.noop_apply   (half a minute)
"""

import time
from statistics import median

from bench.common import finished, new_database, new_project, new_server, show

TIMES = 20


def main() -> None:
    """Measure, and print the table."""
    with new_server() as server, new_database(server) as database, new_project(database) as project:
        project.copy_shipped()
        finished(project.start("apply"))
        tools = {"this package": project.start, "stock yoyo": project.start_stock}
        found: dict[str, list[float]] = {tool: [] for tool in tools}
        for _ in range(TIMES):
            for tool, start in tools.items():
                started = time.monotonic()
                if finished(start("apply")).returncode != 0:
                    raise SystemExit(f"{tool}: the apply failed")
                found[tool].append(time.monotonic() - started)
    stock = median(found["stock yoyo"])
    rows = [[tool, f"{1000 * median(took):.0f} ms", f"{median(took) / stock:.2f}"] for tool, took in found.items()]
    show([["", f"median of {TIMES}", "to stock yoyo's"], *rows])


if __name__ == "__main__":
    main()
