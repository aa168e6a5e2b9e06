"""The statements an application runs all day, one parameterised .sql file each.

Parameters are written `:name`, as psql and pgbench take them. Each file begins with a header: what it is for, then one
field a line: Parameters, Returns, Indexes, Pages, Locks, Errors.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import takewhile

# Quoted text and comments are passed over, and the second colon of a cast does not begin a name.
_PARAMETER = re.compile(r"'[^']*'|--[^\n]*|(?<!:):(?P<name>[a-z]\w*)")
_FIELD = re.compile(r"^([A-Z][a-z]+): ")


@dataclass(frozen=True)
class HotPath:
    """A statement with its header: `purpose`, and `fields` by name, such as Returns and Pages."""

    name: str
    sql: str
    purpose: str
    fields: dict[str, str]

    @property
    def for_psycopg(self) -> str:
        """The statement with its parameters as psycopg takes them: `%(name)s`."""
        return _PARAMETER.sub(
            lambda match: f"%({match['name']})s" if match["name"] else match[0], self.sql.replace("%", "%%")
        )

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters, each once, in the order in which they come."""
        return list(dict.fromkeys(match["name"] for match in _PARAMETER.finditer(self.sql) if match["name"]))

    @property
    def indexes(self) -> set[str]:
        """The indexes that its plan may use, `*` for any end; those that keys are checked with are not named."""
        return set(self.fields["Indexes"].split(", "))

    def pages(self, **counts: int) -> int:
        """Return the most pages a call touches, its foreign keys' checks included, whatever the size of the database.

        `counts` says how many there are of what the bound depends on, such as recipient=10. Raises KeyError when one of
        them is missing.
        """
        base, *terms = (term.partition(" ") for term in self.fields["Pages"].split(" + "))
        return int(base[0]) + sum(
            int(each) * counts[unit.removeprefix("a ").removeprefix("an ").replace(" ", "_")] for each, _, unit in terms
        )


@cache
def names() -> list[str]:
    """Return the names of all hot paths."""
    return sorted(path.name.removesuffix(".sql") for path in files(__name__).iterdir() if path.name.endswith(".sql"))


@cache
def hot_path(name: str) -> HotPath:
    """Return the hot path of `<name>.sql` of this folder."""
    sql = files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    header = takewhile(lambda line: line.startswith("--"), sql.splitlines())
    return HotPath(name, sql, *_header([line.removeprefix("--").strip() for line in header]))


def _header(lines: list[str]) -> tuple[str, dict[str, str]]:
    texts = {"": ""}
    field = ""
    for line in lines:
        if match := _FIELD.match(line):
            field = match[1]
            texts[field] = line[match.end() :]
        else:
            texts[field] = f"{texts[field]} {line}".strip()
    return texts.pop(""), texts
