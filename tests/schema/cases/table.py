"""How the cases of a table are written down."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .world import Row

# One row, or several that go in with one statement; each says what differs from the valid row of its table.
Change = Row | tuple[Row, ...]

# Stands for the default CURRENT_TIMESTAMP.
NOW = "CURRENT_TIMESTAMP"

# All that shows as nothing, one after the other: a class that misses one of them finds something in here.
BLANKS = (
    " \t\n\v\f\r\u0085\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061\u2062\u2063\u2064\u2066\u2067"
    "\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3000\u3164\ufe00\ufe01\ufe02\ufe03\ufe04"
    "\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f\ufeff\uffa0"
)

# In pieces that an emoji's 32 characters hold.
BLANK_PIECES = [BLANKS[start : start + 32] for start in range(0, len(BLANKS), 32)]

# Neighbours of the blanks that do show.
NOT_BLANKS = (
    "!\u00a1\u00ac\u00ae\u0350\u061b\u115e\u1161\u180a\u1fff\u2010\u2027\u2030\u205e\u2070"
    + "\u2801\u3001\u3163\u3165\ufdfd\ufdff\ufe10\uffa1"
)


def changed(text: str, places: Iterable[int], by: str) -> list[str]:
    """Make one text for each place, with another character there."""
    return [f"{text[:place]}{by}{text[place + 1 :]}" for place in places]


# Of what an address must begin with, every character counts.
NO_URLS = (
    *("", "a", "http", "http:", "http://", "http:///a", "http:// a", "http//a", "//a", "xhttp://a", "httpss://a"),
    *(
        "ftp://a",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "HTTP://a",
        "https://\u00e9/",
        "https://a/\u00e9",
    ),
    *("http://a b", "http://a\n", "http://a\tb", " http://a", "x\nhttp://a", "http://a\u3000", "http://\x7f"),
    *("http://a\x7f", *changed("https://a", range(8), "x")),
)
URLS = (
    *("http://a", "https://a", "https://a.b/c.png?d=e#f", "http://!", "http://.", "http://0", "http://~"),
    *("http://a!", "http://a~"),
)


def each(column: str, *values: object) -> list[Change]:
    """Make one case of each value."""
    return [{column: value} for value in values]


@dataclass(frozen=True)
class Rule:
    """A named rule, what it must refuse, and the nearest that must pass."""

    name: str
    refused: list[Change]
    accepted: list[Change]
    # A stricter rule that would always refuse first, dropped for these cases.
    without: str | None = None


@dataclass(frozen=True)
class Length:
    """A varchar(n): n + 1 characters must be refused, the longest legal value must pass."""

    column: str
    n: int
    longest: Change | None = None

    def accepted(self) -> Change:
        """Make the longest legal value."""
        return self.longest or {self.column: "x" * self.n}

    def refused(self) -> Row:
        """Make a value one character too long."""
        return {self.column: "x" * (self.n + 1)}


@dataclass(frozen=True)
class Table:
    """All cases of one table."""

    name: str
    # One more row for the world, of only the columns it cannot do without.
    valid: Row
    # What the other columns hold then, the id aside.
    defaults: Row
    not_null: list[str]
    rules: list[Rule]
    lengths: list[Length] = field(default_factory=list)
    # What goes in along with the valid row.
    beside: tuple[Row, ...] = ()

    @property
    def enumerations(self) -> dict[str, set[object]]:
        """The columns that hold one of a few values, with those values: what their rules `_valid` accept."""
        return {
            column: {(self.defaults | row)[column] for change in rule.accepted for row in self.rows(change)[:1]}
            - {None}
            for rule in self.rules
            if rule.name.endswith("_valid")
            for column in [rule.name.removeprefix(f"{self.name}_").removesuffix("_valid")]
        }

    def rows(self, change: Change) -> tuple[Row, ...]:
        """Make whole rows of what differs."""
        changes = change if isinstance(change, tuple) else (change,)
        return tuple(self.valid | row for row in changes)
