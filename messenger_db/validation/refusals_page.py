"""The page that lists what is refused, docs/validation.md: `python -m messenger_db.validation.refusals_page`."""

from importlib.resources import files
from types import ModuleType
from typing import NamedTuple

from jinja2 import StrictUndefined, Template

from messenger_db import folders
from messenger_db.validation.checks import MODULES, refusals
from messenger_db.validation.refusal import Refusal

NAME = "validation.md"


class Section(NamedTuple):
    """The refusals of a module of checks."""

    title: str
    summary: str
    refusals: list[Refusal]


def page() -> str:
    """Return the page's text."""
    text = files(__package__).joinpath(f"{NAME}.jinja").read_text(encoding="utf-8")
    template = Template(
        text, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )  # plain text: nothing to escape
    return str(template.render(modules=map(_section, MODULES)))


def _section(module: ModuleType) -> Section:
    title = module.__name__.rpartition(".")[2].replace("_", " ").capitalize()
    summary, *_ = (module.__doc__ or "").split("\n\n")
    return Section(title, summary, refusals(module))


def main() -> None:
    """Write the page into the checkout."""
    (folders.checkout() / "docs" / NAME).write_text(page(), encoding="utf-8")
    print(f"wrote docs/{NAME}")


if __name__ == "__main__":
    main()
