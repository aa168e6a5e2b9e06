"""What chats must refuse, and the nearest that must pass."""

from .table import (
    INFINITIES,
    NO_URLS,
    NOT_BLANKS,
    NOT_ONE_LINE,
    NOW,
    ONE_LINE,
    URLS,
    Length,
    Rule,
    Table,
    blanks,
    changed,
    each,
)
from .world import ALICE, BOB, DIANA, GROUP, NO_CHAT, NOBODY, NOON, Row

SMALLER = "00000000-0000-4000-8000-00000000000a"
LARGER = "00000000-0000-4000-8000-00000000000b"

DIRECT_SLUG = f"direct-{SMALLER}-{LARGER}"

# Where in it the word and the hyphens before a group of digits are that count, and where groups begin: in the second
# uuid, which a larger character leaves the larger one, and in the first.
LETTERS = (*range(7), 52, 67)
GROUPS = (44, 53, 68)
FIRST_GROUPS = (7, 16, 31)

# Every hexadecimal digit, in every part of it.
DIGITS = ("abcdef01-2345-6789-abcd-ef0123456789", "fbcdef98-abcd-ef01-2345-6789abcdef01")


def direct(slug: str = f"direct-{ALICE}-{DIANA}", **changes: object) -> Row:
    return {"type": "direct", "name": None, "slug": slug, **changes}


CHATS = Table(
    name="chats",
    valid={"type": "group", "name": "Friends", "slug": "friends"},
    defaults={
        "description": None,
        "avatar_url": None,
        "created_by": None,
        "created_at": NOW,
        "updated_at": NOW,
        "is_deleted": False,
        "deleted_at": None,
    },
    not_null=["id", "type", "slug", "created_at", "updated_at", "is_deleted"],
    lengths=[
        Length("type", 20, direct()),
        Length("name", 100),
        Length("slug", 100),
        Length("description", 500),
        Length("avatar_url", 500, {"avatar_url": "https://a/".ljust(500, "b")}),
    ],
    rules=[
        Rule("chats_pkey", refused=[{"id": GROUP}], accepted=[{"id": NO_CHAT}]),
        Rule(
            "chats_slug_key",
            refused=[{"slug": "group"}, direct(slug=f"direct-{BOB}-{DIANA}")],
            accepted=[{"slug": "group-2"}, direct(slug=f"direct-{ALICE}-{DIANA}")],
        ),
        Rule("chats_created_by_fkey", refused=[{"created_by": NOBODY}], accepted=[{"created_by": DIANA}]),
        Rule(
            "chats_type_valid",
            refused=[
                *each("type", "", "channel", "Group", "group ", "direct\n", "x" * 20),
                {"type": "x" * 20, "name": None, "slug": DIRECT_SLUG},
            ],
            accepted=[{"type": "group"}, direct()],
        ),
        Rule(
            "chats_group_has_name",
            refused=each("name", None, "", " ", *blanks(100)),
            accepted=[
                {"name": "x"},
                {"name": " \u00c9t\u00e9 "},
                *each("name", *NOT_BLANKS),
                direct(),
            ],
        ),
        Rule(
            "chats_name_one_line",
            refused=each("name", *NOT_ONE_LINE),
            accepted=[*each("name", *ONE_LINE), direct()],
        ),
        Rule(
            "chats_direct_has_no_name",
            refused=[direct(name="x"), direct(name="")],
            accepted=[direct(), {"name": "x"}],
        ),
        Rule(
            "chats_slug_format",
            refused=each(
                "slug",
                *("", "-", "-a", "a-", "a--b", "A", "aB", "a_b", "a b", " a", "a ", "a\n", "a\nb", "a.b", "a/b"),
                *(
                    "a-`",
                    "a-{",
                    "a-/",
                    "a-:",
                    "a-B",
                    "a:",
                    "a`",
                    "a{",
                    "\u00e9t\u00e9",
                    "a\u2010b",
                    f"direct-{SMALLER}-{LARGER}".upper(),
                ),
                *(text for character in "/:`" for text in changed(DIRECT_SLUG, GROUPS, character)),
            ),
            accepted=each("slug", "a", "0", "az09", "a-b", "a-0-b", "0-a", "a-az09", "x" * 100),
        ),
        Rule(
            "chats_direct_slug",
            refused=[
                direct(slug)
                for slug in (
                    *(
                        f"adirect-{DIGITS[0]}-{DIGITS[1]}",
                        "talk",
                        "direct",
                        f"direct-{SMALLER}",
                        f"{SMALLER}-{LARGER}",
                        f"directs-{SMALLER}-{LARGER}",
                    ),
                    *(f"direct-{LARGER}-{SMALLER}", f"direct-{SMALLER}-{SMALLER}", f"a-direct-{SMALLER}-{LARGER}"),
                    *(f"direct-{SMALLER}-{LARGER}-a", f"direct-{SMALLER}-{LARGER}\n", f"direct-{SMALLER}-{LARGER}0"),
                    *(
                        f"direct-{SMALLER}-{LARGER[:-1]}",
                        f"direct-{SMALLER[:-1]}-{LARGER}",
                        f"direct-{SMALLER[:-1]}g-{LARGER}",
                    ),
                    *(
                        f"direct-{SMALLER}-{LARGER.upper()}",
                        f"direct-{SMALLER.replace('-', '')}-{LARGER.replace('-', '')}",
                    ),
                    *changed(DIRECT_SLUG, LETTERS, "x"),
                    *(text for character in ":`g" for text in changed(DIRECT_SLUG, GROUPS, character)),
                    *changed(DIRECT_SLUG, FIRST_GROUPS, "/"),
                )
            ],
            accepted=[
                direct(f"direct-{SMALLER}-{LARGER}"),
                direct("direct-01234567-89ab-cdef-0123-456789abcdef-11234567-89ab-cdef-0123-456789abcdef"),
                direct(f"direct-{DIGITS[0]}-{DIGITS[1]}"),
                direct("direct-00000000-0000-0000-0000-00000000000f-10000000-0000-0000-0000-000000000000"),
                {"slug": "talk"},
            ],
        ),
        Rule(
            "chats_group_slug",
            refused=[
                {"slug": f"direct-{DIGITS[0]}-{DIGITS[1]}"},
                {"slug": f"direct-{SMALLER}-{LARGER}"},
                {"slug": f"direct-{LARGER}-{SMALLER}"},
            ],
            accepted=each(
                "slug",
                *("direct", "direct-talk", f"direct-{SMALLER}", f"directs-{SMALLER}-{LARGER}"),
                *(
                    f"direct-{SMALLER}-{LARGER}-a",
                    f"a-direct-{SMALLER}-{LARGER}",
                    f"direct-{SMALLER[:-1]}g-{LARGER}",
                ),
                *changed(DIRECT_SLUG, LETTERS, "x"),
                *changed(DIRECT_SLUG, GROUPS, "g"),
            ),
        ),
        Rule(
            "chats_avatar_url_http",
            refused=each("avatar_url", *NO_URLS),
            accepted=each("avatar_url", None, *URLS),
        ),
        Rule(
            "chats_deleted_has_deleted_at",
            refused=[{"is_deleted": True}, {"deleted_at": NOON}],
            accepted=[{"is_deleted": True, "deleted_at": NOON}, {"is_deleted": False, "deleted_at": None}],
        ),
        Rule(
            "chats_times_finite",
            refused=[
                *each("created_at", *INFINITIES),
                *({"is_deleted": True, "deleted_at": infinity} for infinity in INFINITIES),
            ],
            accepted=[{}, {"created_at": NOON, "is_deleted": True, "deleted_at": NOON}],
        ),
    ],
)
