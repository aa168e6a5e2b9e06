"""The page of the recipes, docs/recipes.md: `python -m messenger_db.recipes.recipes_page`."""

import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from messenger_db import folders
from messenger_db.errors import MessengerError
from messenger_db.numbering import MIGRATION_FILES, ids, numbered
from messenger_db.recipes.recipe import Recipe, fill, recipes

NAME = "recipes.md"
WIDTH = 120

HEAD = """\
# Recipes

<!-- Written by `make docs` from messenger_db/recipes/; change the recipes there. -->

Each command below writes the files that follow it, with the numbers that come next, the rows for their tests, and a
list of what the tests then ask for. Fill in the reasons and the comments. The page is tested as it stands: from top to
bottom, its migrations are valid, are applied and rolled back with rows in the tables, and leave what `make db-check`
expects after each step.

Where a sequence needs releases of the application in between, the headers of its files say which. Deploy up to the file
that asks for the next release; the files after it can wait in a branch. What must not run too early refuses to.
"""


def page(migrations: Path) -> str:
    """Return the page's text, with the recipes filled in for that folder of migrations."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch, "migrations")
        folder.mkdir()
        for path in migrations.glob(MIGRATION_FILES):
            shutil.copy(path, folder)
        sections = [_section(recipe, folder) for recipe in recipes().values()]
    return "\n".join((HEAD, *sections))


def _section(recipe: Recipe, folder: Path) -> str:
    """Return what the page says of a recipe, and write its files into the folder, for the next ones to follow.

    Raises MessengerError when its example does not fit the migrations any more.
    """
    try:
        drafts, _ = fill(recipe, recipe.example, folder)
    except MessengerError as error:
        reason = str(error).removeprefix("messenger-db: ")
        raise MessengerError(f"choose another example in messenger_db/recipes/{recipe.name}.sql: {reason}") from None
    files = {
        name: text
        for id_, draft in numbered(drafts, max(ids(folder))).items()
        for name, text in ((f"{id_}.sql", draft.forward), (f"{id_}.rollback.sql", draft.rollback))
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return "\n".join(_lines(recipe, files))


def _lines(recipe: Recipe, files: dict[str, str]) -> Iterator[str]:
    yield f"## {recipe.title}\n"
    yield f"{textwrap.fill(recipe.about, WIDTH, break_long_words=False, break_on_hyphens=False)}\n"
    yield f"    {recipe.command}\n"
    for name, text in files.items():
        yield f"`{name}`:\n"
        yield f"```sql\n{text}```\n"


def main() -> None:
    """Write the page into the checkout."""
    text = page(folders.migrations_folder())
    (folders.checkout() / "docs" / NAME).write_text(text, encoding="utf-8")
    print(f"wrote docs/{NAME}")


if __name__ == "__main__":
    try:
        main()
    except MessengerError as error:
        sys.exit(str(error))
