"""What users must refuse, and the nearest that must pass."""

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
from .world import ALICE, BCRYPT, LATER, NOBODY, NOON

SALT_AND_HASH = BCRYPT.removeprefix("$2b$12$")
ARGON2 = "$argon2id$v=19$m=65536,t=3,p=4$"
ARGON2_HASH = f"{ARGON2}{'a' * 22}${'b' * 43}"


def split_at_each_dollar(text: str) -> list[tuple[str, str]]:
    return [(text[:place], text[place + 1 :]) for place, character in enumerate(text) if character == "$"]


USERS = Table(
    name="users",
    valid={"username": "eve", "password_hash": BCRYPT},
    defaults={
        "display_name": None,
        "bio": None,
        "avatar_url": None,
        "status": "offline",
        "last_seen_at": None,
        "created_at": NOW,
        "updated_at": NOW,
        "deleted_at": None,
    },
    not_null=["id", "username", "password_hash", "status", "created_at", "updated_at"],
    lengths=[
        Length("username", 50),
        Length("password_hash", 255, {"password_hash": f"{ARGON2}{'a' * 11}$".ljust(255, "b")}),
        Length("display_name", 100),
        Length("bio", 500),
        Length("avatar_url", 500, {"avatar_url": "https://a/".ljust(500, "b")}),
        Length("status", 20, {"status": "offline"}),
    ],
    rules=[
        Rule("users_pkey", refused=[{"id": ALICE}], accepted=[{"id": NOBODY}]),
        Rule("users_username_key", refused=[{"username": "alice"}], accepted=[{"username": "alice_"}]),
        Rule(
            "users_username_lower_key",
            refused=[{"username": "ALICE"}, {"username": "alicE"}],
            accepted=[{"username": "ALICE_"}, {"username": "al1ce"}],
        ),
        Rule(
            "users_username_format",
            refused=each(
                "username",
                *("", "ab", "a-b", "a.b", "a b", "abc ", " abc", "abc\n", "\nabc", "abc\nd", "a@b", "ab$"),
                *("ab/", "ab:", "ab[", "ab`", "ab{", "Zo\u00eb", "ab\u0131", "ab\u0660", "ab\u200b"),
            ),
            accepted=each("username", "abc", "AZaz09_", "___", "000", "x" * 50),
        ),
        Rule(
            "users_password_hash_format",
            refused=each(
                "password_hash",
                *("x".join(parts) for parts in split_at_each_dollar(BCRYPT)),
                *("", "password123", "5f4dcc3b5aa765d61d8327deb882cf99", "$1$salt$" + "a" * 22),
                *(f"$2x$12${SALT_AND_HASH}", f"$2$12${SALT_AND_HASH}", f"$2B$12${SALT_AND_HASH}"),
                *(f"$3b$12${SALT_AND_HASH}", f"2b$12${SALT_AND_HASH}", f"$2b$4${SALT_AND_HASH}"),
                *(
                    f"$2b${cost}${SALT_AND_HASH}"
                    for cost in ("03", "0:", "1/", "1:", "1x", "2/", "2:", "32", "3/", "40", "44")
                ),
                *(BCRYPT[:-1] + character for character in "@[`{:"),
                *changed(ARGON2_HASH, (*range(len(ARGON2)), ARGON2_HASH.rindex("$")), "x"),
                *(
                    text
                    for digit in "/:"
                    for text in changed(ARGON2_HASH, [place for place, c in enumerate(ARGON2) if c.isdigit()], digit)
                ),
                *(f"{ARGON2}{'a' * 21}{character}${'b' * 43}" for character in "@[`{:"),
                *(f"{ARGON2}{'a' * 22}${'b' * 42}{character}" for character in "@[`{:"),
                *(BCRYPT[:-1], BCRYPT + "a", BCRYPT[:-1] + "+", BCRYPT[:-1] + "=", BCRYPT + "\n", " " + BCRYPT),
                *(
                    f"$argon2i$v=19$m=1,t=1,p=1${'a' * 11}${'b' * 16}",
                    f"$argon2d$v=19$m=1,t=1,p=1${'a' * 11}${'b' * 16}",
                ),
                *(f"{ARGON2}{'a' * 10}${'b' * 16}", f"{ARGON2}{'a' * 11}${'b' * 15}", f"{ARGON2}{'a' * 22}"),
                *(f"$argon2id$m=1,t=1,p=1${'a' * 11}${'b' * 16}", f"$argon2id$v=19$t=1,p=1${'a' * 11}${'b' * 16}"),
                *(
                    f"$argon2id$v=$m=1,t=1,p=1${'a' * 11}${'b' * 16}",
                    f"$argon2id$v=19$m=,t=1,p=1${'a' * 11}${'b' * 16}",
                ),
                *(
                    f"$argon2id$v=19$m=1,t=,p=1${'a' * 11}${'b' * 16}",
                    f"$argon2id$v=19$m=1,t=1,p=${'a' * 11}${'b' * 16}",
                ),
                *(
                    f"{ARGON2}{'a' * 22}${'b' * 43}=",
                    f"{ARGON2}{'a' * 22}${'b' * 42}.",
                    f"{ARGON2}{'.' * 22}${'b' * 43}",
                ),
                *(f"{ARGON2}{'a' * 22}${'b' * 43}\n", f" {ARGON2}{'a' * 22}${'b' * 43}"),
            ),
            accepted=each(
                "password_hash",
                *(f"$2a$12${SALT_AND_HASH}", f"$2b$12${SALT_AND_HASH}", f"$2y$12${SALT_AND_HASH}"),
                *(f"$2b${cost}${SALT_AND_HASH}" for cost in ("04", "09", "10", "19", "20", "29", "30", "31")),
                *(f"{ARGON2}{'a' * 11}${'b' * 16}", f"{ARGON2}{'AZaz09+/' * 4}${'AZaz09+/' * 8}"),
                f"$argon2id$v=1$m=8,t=1,p=1${'a' * 22}${'b' * 43}",
                f"$argon2id$v=109$m=109,t=109,p=109${'a' * 22}${'b' * 43}",
            ),
        ),
        Rule(
            "users_display_name_not_blank",
            refused=each("display_name", "", " ", *blanks(100)),
            accepted=[
                {"display_name": None},
                {"display_name": "x"},
                {"display_name": " \u00c9ve "},
                *each("display_name", *NOT_BLANKS),
            ],
        ),
        Rule(
            "users_display_name_one_line",
            refused=each("display_name", *NOT_ONE_LINE),
            accepted=each("display_name", None, *ONE_LINE),
        ),
        Rule(
            "users_avatar_url_http",
            refused=each("avatar_url", *NO_URLS),
            accepted=each("avatar_url", None, *URLS),
        ),
        Rule(
            "users_status_valid",
            refused=each("status", "", "busy", "Online", "online ", "offline\n", "x" * 20),
            accepted=each("status", "online", "offline", "away"),
        ),
        Rule(
            "users_times_finite",
            refused=[
                *each("last_seen_at", *INFINITIES),
                *each("created_at", *INFINITIES),
                *each("deleted_at", *INFINITIES),
            ],
            accepted=[{}, {"last_seen_at": NOON, "created_at": NOON, "deleted_at": LATER}],
        ),
    ],
)
