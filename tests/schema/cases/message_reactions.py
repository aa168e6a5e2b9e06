"""What message_reactions must refuse, and the nearest that must pass."""

from .table import NOT_BLANKS, NOW, Length, Rule, Table, blanks, each
from .world import ALICE, BOB, CHARLIE, DIANA, DIRECT, ELSEWHERE, FIRST, GROUP, NO_MESSAGE, NOBODY, SECOND

THUMBS_UP = "\N{THUMBS UP SIGN}"
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY}"
SKIN_TONE = "\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}"
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}"
SCOTLAND = "\N{WAVING BLACK FLAG}\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
HEART = "\N{HEAVY BLACK HEART}\ufe0f"
SPACES = (
    "\x01 \t\n\v\f\r\x1f\x7f\u0080\u0085\u009f\u00a0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u2028\u2029\u202f\u205f\u2800\u3000\u3164\ufeff"
)

MESSAGE_REACTIONS = Table(
    name="message_reactions",
    valid={"chat_id": GROUP, "message_id": SECOND, "user_id": ALICE, "emoji": THUMBS_UP},
    defaults={"created_at": NOW},
    not_null=["chat_id", "message_id", "user_id", "emoji", "created_at"],
    lengths=[Length("emoji", 32)],
    rules=[
        Rule(
            "message_reactions_pkey",
            refused=[{"message_id": FIRST, "user_id": BOB}],
            accepted=[
                {"message_id": FIRST, "user_id": BOB, "emoji": HEART},
                {"message_id": FIRST, "user_id": ALICE},
                {"message_id": SECOND, "user_id": BOB},
            ],
        ),
        Rule(
            "message_reactions_chat_id_message_id_fkey",
            refused=[{"message_id": NO_MESSAGE}, {"message_id": ELSEWHERE}],
            accepted=[{"message_id": SECOND}, {"chat_id": DIRECT, "message_id": ELSEWHERE, "user_id": BOB}],
        ),
        Rule(
            "message_reactions_chat_id_user_id_fkey",
            refused=[{"user_id": NOBODY}, {"user_id": DIANA}],
            accepted=[{"user_id": ALICE}, {"user_id": CHARLIE}],
        ),
        Rule(
            "message_reactions_emoji_not_blank",
            refused=[
                {"emoji": ""},
                {"emoji": " "},
                {"emoji": "\u200d"},
                *each("emoji", *blanks(32)),
            ],
            accepted=each("emoji", THUMBS_UP, "x", *NOT_BLANKS),
        ),
        Rule(
            "message_reactions_emoji_without_space",
            refused=[
                *each("emoji", *(THUMBS_UP + space for space in SPACES)),
                {"emoji": f" {THUMBS_UP}"},
                {"emoji": f"{THUMBS_UP} {HEART}"},
                *each("emoji", *(f"{override}{THUMBS_UP}" for override in "\u202a\u202b\u202d\u202e\u2066\u2069")),
            ],
            accepted=each(
                "emoji",
                FAMILY,
                SKIN_TONE,
                FLAG,
                SCOTLAND,
                HEART,
                "1\ufe0f\u20e3",
                f"{THUMBS_UP}\u200c",
                "\u1fff",
                "\u2065!",
                "\u206a!",
            ),
        ),
    ],
)
