"""The folders that come with the package: its migrations and seeds."""

from pathlib import Path


def folder(name: str) -> Path:
    """Return the package's own `migrations` or `seeds`: inside it in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
