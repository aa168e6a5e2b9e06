"""Reads the phrasebook: word_lists/README.md describes its files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).with_name("word_lists")
MARKS = {"?": "=", "!": "+-", ".": ">"}  # the marks of the lines below one


@dataclass(slots=True)
class Line:
    """A line of the phrasebook: its mark, its text, and the lines that answer it."""

    mark: str
    text: str
    replies: list["Line"] = field(default_factory=list)


@dataclass(slots=True)
class Topic:
    """The phrases of one topic, and the weight of the topic."""

    weight: int
    groups: list[str]
    abouts: list[str]
    lines: list[Line]
    remarks: list[Line]


def topics() -> dict[str, Topic]:
    """Return the topics by name, in the order of their names."""
    return {path.stem: _topic(path) for path in sorted(FOLDER.glob("topics/*.txt"))}


def lists() -> dict[str, list[Line]]:
    """Return the lists of any.txt: what is said whatever the topic is."""
    found: dict[str, list[Line]] = {}
    for text in _lines(FOLDER / "any.txt"):
        if text.startswith("@ "):
            lines = found[text[2:]] = []
        elif text[:2] in {"? ", "! ", "= ", "+ ", "- "}:
            _add(lines, text)
        elif text:
            lines.append(Line("@", text))
    return found


def words() -> dict[str, list[str]]:
    """Return the values of the placeholders that have a list in words.txt."""
    pairs = (text.split(": ", 1) for text in _lines(FOLDER / "words.txt") if text)
    return {name: _between_bars(values) for name, values in pairs}


def emoji() -> list[str]:
    """Return the emoji, the most frequent first."""
    return [one for text in _lines(FOLDER / "emoji.txt") for one in text.split()]


def _topic(path: Path) -> Topic:
    topic = Topic(1, [], [], [], [])
    above = ""
    for text in _lines(path):
        if text.startswith("weight: "):
            topic.weight = int(text[8:])
        elif text.startswith("group: "):
            topic.groups += _between_bars(text[7:])
        elif text.startswith("about: "):
            topic.abouts += _between_bars(text[7:])
        elif text.startswith("> ") and (not above or above == "remark"):
            topic.remarks.append(Line(">", text[2:]))
        elif text:
            _add(topic.lines, text)
        above = "remark" if topic.remarks else text
    return topic


def _add(lines: list[Line], text: str) -> None:
    line = Line(text[0], text[2:].strip())
    if line.mark in MARKS:
        lines.append(line)
    elif lines and line.mark in MARKS.get(lines[-1].mark, ""):
        lines[-1].replies.append(line)
    else:
        raise ValueError(f"the phrasebook has a line that answers nothing: {text}")


def _lines(path: Path) -> Iterator[str]:
    for text in path.read_text(encoding="utf-8").splitlines():
        if not text.startswith("#"):
            yield text.strip()


def _between_bars(text: str) -> list[str]:
    """Split at the bars, but not at those within brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char == "[") - (char == "]")
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]
