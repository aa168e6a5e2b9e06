"""A regular expression of PostgreSQL's, changed in one place at a time."""

import re
from collections.abc import Iterable, Iterator

# In this order: what a backslash begins belongs together, and so does a class in brackets.
TOKENS = re.compile(
    r"""
    (?P<class>\[\^?(?:\\u[0-9a-f]{4}|\\.|[^\]\\])+\])
    | (?P<bounds>\{[0-9]+(?:,[0-9]*)?\})
    | (?P<quantifier>[*+?])
    | (?P<anchor>[$^])
    | (?P<open>\()
    | (?P<close>\))
    | (?P<or>\|)
    | (?P<character>\\u[0-9a-f]{4}|\\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
MEMBERS = re.compile(r"(?P<first>\\u[0-9a-f]{4}|\\.|[^\\])(?:-(?P<last>\\u[0-9a-f]{4}|\\.|[^\\]))?", re.DOTALL)

# As \u00a0.
ESCAPED = 6

QUANTIFIERS = {"*": ("+", ""), "+": ("*", ""), "?": ("", "*")}


def variants(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield what was changed and the changed pattern, for every place and way."""
    tokens = list(TOKENS.finditer(pattern))
    for token in tokens:
        for what, text in _instead(token):
            yield f"{what} at {token.start()}", pattern[: token.start()] + text + pattern[token.end() :]
    for start, end in _alternatives(tokens):
        yield f"{pattern[start:end].strip('|')} no longer an alternative", pattern[:start] + pattern[end:]


def _instead(token: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Yield what to put in a token's place, said and done."""
    match token.lastgroup:
        case "anchor":
            texts: Iterable[str] = [""]
        case "quantifier":
            texts = QUANTIFIERS[token[0]]
        case "bounds":
            texts = _bounds(token[0])
        case "class":
            texts = ["."]
            yield from _classes(token[0])
        case "character" if token[0] != ".":
            texts = ["."]
        case _:
            texts = []
    for text in texts:
        yield f"{token[0]} -> {text or 'nothing'}", text


def _bounds(text: str) -> Iterator[str]:
    """Yield a {least,most} with one of its numbers one more or less."""
    for number in re.finditer("[0-9]+", text):
        for step in (-1, 1):
            least, _, most = (changed := f"{text[: number.start()]}{int(number[0]) + step}{text[number.end() :]}")[
                1:-1
            ].partition(",")
            if int(least) >= 0 and (not most or int(least) <= int(most)):
                yield changed


def _classes(text: str) -> Iterator[tuple[str, str]]:
    """Yield a class with one member missing or one end of a range moved, said and done."""
    opening = "[^" if text.startswith("[^") else "["
    body = text[len(opening) : -1]
    members = list(MEMBERS.finditer(body))
    for member in members:
        others = [f"\\u{first:04x}-\\u{last:04x}" for first, last in _moved(member)]
        if len(members) > 1:
            others.append("")
        for other in others:
            changed = body[: member.start()] + other + body[member.end() :]
            yield f"{member[0]} -> {other or 'nothing'} in a class", f"{opening}{changed}]"


def _code(character: str) -> int:
    return ord(character[-1]) if len(character) < ESCAPED else int(character[-4:], 16)


def _moved(member: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield a range with one end moved by one; U+0000 is no character of a text."""
    if member["last"]:
        first, last = _code(member["first"]), _code(member["last"])
        yield from ((first + 1, last), (first, last - 1), (first, last + 1))
        if first > 1:
            yield first - 1, last


def _alternatives(tokens: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Yield where each alternative stands, with a bar that parts it from its neighbour."""
    groups: list[list[re.Match[str]]] = []
    for token in tokens:
        if token.lastgroup == "open":
            groups.append([token])
        elif token.lastgroup == "or":
            groups[-1].append(token)
        elif token.lastgroup == "close":
            begin, *bars = groups.pop()
            if bars:
                yield begin.end(), bars[0].end()
                for bar, following in zip(bars, [*bars[1:], token], strict=True):
                    yield bar.start(), following.start()
