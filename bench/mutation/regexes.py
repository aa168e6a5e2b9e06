"""A regular expression of PostgreSQL's, changed in one place at a time."""

import re
from collections.abc import Iterator

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
        for text in _instead(token):
            yield _told(token, text), pattern[: token.start()] + text + pattern[token.end() :]
    for start, end in _alternatives(tokens):
        yield f"{pattern[start:end].strip('|')} no longer an alternative", pattern[:start] + pattern[end:]


def _told(token: re.Match[str], text: str) -> str:
    return f"{token[0]} -> {text or 'nothing'} at {token.start()}"


def _instead(token: re.Match[str]) -> Iterator[str]:
    """Yield what to put in a token's place."""
    match token.lastgroup:
        case "anchor":
            yield ""
        case "quantifier":
            yield from QUANTIFIERS[token[0]]
        case "bounds":
            yield from _bounds(token[0])
        case "class":
            yield from _classes(token[0])
        case "character" if token[0] != ".":
            yield "."


def _bounds(text: str) -> Iterator[str]:
    """Yield a {least,most} with one of its numbers one more or less."""
    for number in re.finditer("[0-9]+", text):
        for step in (-1, 1):
            least, _, most = (changed := f"{text[: number.start()]}{int(number[0]) + step}{text[number.end() :]}")[
                1:-1
            ].partition(",")
            if int(least) >= 0 and (not most or int(least) <= int(most)):
                yield changed


def _classes(text: str) -> Iterator[str]:
    """Yield any character in place of a class, and the class with one member missing or one end of a range moved."""
    yield "."
    opening = "[^" if text.startswith("[^") else "["
    body = text[len(opening) : -1]
    members = list(MEMBERS.finditer(body))
    for member in members:
        before, after = opening + body[: member.start()], body[member.end() :] + "]"
        if len(members) > 1:
            yield before + after
        if member["last"]:
            for first, last in _moved(_code(member["first"]), _code(member["last"])):
                yield f"{before}\\u{first:04x}-\\u{last:04x}{after}"


def _code(character: str) -> int:
    return ord(character[-1]) if len(character) < ESCAPED else int(character[-4:], 16)


def _moved(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield a range with one end moved by one; U+0000 is no character of a text."""
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
