"""How the package is put together: imports point one way, and a module is found by its name."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules(package: str) -> dict[str, Path]:
    """Return the files of a package by the names of the modules."""
    files = sorted((ROOT / package).rglob("*.py"))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imported(name: str, file: Path, known: set[str]) -> Iterator[str]:
    """Yield the modules of the repository that a module imports, wherever in it, also for types alone."""
    package = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (start, node.module)))
            for alias in node.names:
                found = f"{source}.{alias.name}"
                yield found if found in known else source


def test_there_is_no_circle_of_imports() -> None:
    for package in ("messenger_db", "seeds"):
        found = modules(package)
        graph = {name: set(imported(name, file, set(found))) - {name} for name, file in found.items()}
        # Raises CycleError, which names the circle.
        list(TopologicalSorter({name: below & found.keys() for name, below in graph.items()}).static_order())


def test_no_two_modules_share_a_name() -> None:
    names = Counter(file.name for package in ("messenger_db", "seeds", "bench") for file in modules(package).values())
    assert [name for name, times in names.items() if times > 1 and name not in {"__init__.py", "__main__.py"}] == []


def test_importing_the_package_imports_no_driver() -> None:
    program = "import sys, messenger_db; sys.exit(any(name.startswith(('psycopg', 'yoyo')) for name in sys.modules))"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_map_names_every_module() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    parts = {name.split(".")[1] for name in modules("messenger_db") if "." in name} - {
        "__main__",
        "bootstrap",
        "secret_columns",
    }
    assert [part for part in sorted(parts) if f"`{part}`" not in text and f"`{part}/`" not in text] == []
