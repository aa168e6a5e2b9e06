"""The statements of the seeds, one .sql file each."""

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """Return the text of `<name>.sql` of this folder."""
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
