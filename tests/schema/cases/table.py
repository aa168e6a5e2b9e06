"""How the cases of a table are written down."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .world import Row

# One row, or several that go in with one statement; each says what differs from the valid row of its table.
Change = Row | tuple[Row, ...]

# Stands for the default CURRENT_TIMESTAMP.
NOW = "CURRENT_TIMESTAMP"

# All that shows as nothing, by first and last character: a class that misses one of them finds something in here.
BLANK_RANGES = (
    ("\u0001", "\u0020"),
    ("\u007f", "\u00a0"),
    ("\u00ad", "\u00ad"),
    ("\u034f", "\u034f"),
    ("\u061c", "\u061c"),
    ("\u115f", "\u1160"),
    ("\u1680", "\u1680"),
    ("\u17b4", "\u17b5"),
    ("\u180b", "\u180f"),
    ("\u2000", "\u200f"),
    ("\u2028", "\u202f"),
    ("\u205f", "\u206f"),
    ("\u2800", "\u2800"),
    ("\u3000", "\u3000"),
    ("\u3164", "\u3164"),
    ("\ufe00", "\ufe0f"),
    ("\ufeff", "\ufeff"),
    ("\uffa0", "\uffa0"),
    ("\ufff9", "\ufffb"),
    ("\U0001bca0", "\U0001bca3"),
    ("\U0001d173", "\U0001d17a"),
    ("\U000e0000", "\U000e007f"),
    ("\U000e0100", "\U000e01ef"),
)
BLANKS = "".join(chr(code) for first, last in BLANK_RANGES for code in range(ord(first), ord(last) + 1))


def blanks(longest: int) -> list[str]:
    """Return all that shows as nothing, in texts of at most so many characters."""
    return [BLANKS[start : start + longest] for start in range(0, len(BLANKS), longest)]


# Neighbours of the blanks that do show, or that Unicode has not given away.
NOT_BLANKS = (
    "!~\u00a1\u00ac\u00ae\u034e\u0350\u061b\u061d\u115e\u1161\u167f\u1681\u17b3\u17b6\u180a\u1810\u1fff\u2010"
    "\u2027\u2030\u205e\u2070\u27ff\u2801\u2fff\u3001\u3163\u3165\ufdfd\ufdff\ufe10\ufefe\uff00\uff9f\uffa1"
    "\ufff8\ufffc\U0001bc9f\U0001bca4\U0001d172\U0001d17b\U000dffff\U000e0080\U000e00ff\U000e01f0"
)

# What a name must not have: control characters, line breaks, bidirectional overrides, and what is next to them.
NOT_ONE_LINE = (
    *("a\x01", "a\tb", "a\r\nb", "a\x1fb", "\x7fa", "a\x80", "a\x9f", "a\u2028b", "a\u2029", "\u202aa"),
    *("photo\u202egnp.exe", "a\u2066", "a\u2069b"),
)
ONE_LINE = ("a b", "~", "a\u00a0b", "\u00e9", "a\u2027", "a\u202f", "a\u2065", "a\u206a", "a\u200db", "\u05d0\u200f")

# Neither is a point in time.
INFINITIES = ("infinity", "-infinity")


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
