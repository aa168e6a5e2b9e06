"""What the application keeps because the schema cannot: the list, and the queries for rows that show it broken."""

import tomllib
from pathlib import Path

from messenger_db.queries import Queries, Query

FOLDER = Path(__file__).parent
QUERIES = Queries(FOLDER)


def kept_by_the_application() -> list[dict[str, str]]:
    """Return for each rule its `id`, the `rule` and `why`.

    A rule that rows can show broken has the `table` whose rows do, and a query; the others have `unseen`, the reason.
    """
    text = (FOLDER / "kept_by_the_application.toml").read_text(encoding="utf-8")
    kept: list[dict[str, str]] = tomllib.loads(text)["kept"]
    return kept


def broken_rows(id_: str) -> Query:
    """Return the query of a rule: the rows that break it, by columns that tell them apart. Raises KeyError without."""
    return QUERIES[f"kept_by_the_application.{id_.replace('-', '_')}"]
