"""Pictures of people for the preview, drawn here from their ids: an avatar's address is asked by nobody."""

import json
import re
from functools import cache
from importlib.resources import files

from dicebear import Avatar, Style
from markupsafe import Markup

STYLE = "thumbs"  # by DiceBear, in the public domain (CC0 1.0)
# What is around the drawing: the element itself, and a note of its licence.
AROUND = re.compile(r"^<svg[^>]*>|<!--.*?-->|<metadata.*?</metadata>|</svg>$", re.DOTALL)


class Faces:
    """The faces of a page, each drawn once: the page shows them wherever it uses their symbols."""

    def __init__(self) -> None:
        self.drawn: dict[str, Markup] = {}

    def symbol(self, person: str) -> str:
        """Return the id of the symbol of a person's face, by the id of the person."""
        if person not in self.drawn:
            svg = Avatar(_style(), {"seed": person}).to_string()
            self.drawn[person] = Markup(AROUND.sub("", svg))  # noqa: S704 (nobody has written anything of it)
        return f"face-{person}"


@cache
def _style() -> Style:
    return Style(json.loads(files("dicebear_styles").joinpath(f"{STYLE}.json").read_text(encoding="utf-8")))
