"""What chat_participants must refuse, and the nearest that must pass."""

from .table import INFINITIES, NOW, Length, Rule, Table, each
from .world import ALICE, BOB, DIANA, DIRECT, GROUP, LATER, MICROSECOND, NO_CHAT, NOBODY, NOON

CHAT_PARTICIPANTS = Table(
    name="chat_participants",
    valid={"chat_id": GROUP, "user_id": DIANA},
    defaults={
        "role": "member",
        "added_by": None,
        "joined_at": NOW,
        "left_at": None,
        "muted_until": None,
        "pinned_at": None,
    },
    not_null=["chat_id", "user_id", "role", "joined_at"],
    lengths=[Length("role", 20, {"role": "member"})],
    rules=[
        Rule(
            "chat_participants_pkey",
            refused=[{"user_id": BOB}],
            accepted=[{"user_id": DIANA}, {"chat_id": DIRECT, "user_id": ALICE}],
        ),
        Rule(
            "chat_participants_chat_id_owner_key",
            refused=[{"role": "owner"}, {"role": "owner", "joined_at": NOON}],
            accepted=[{"role": "admin"}, {"role": "member"}, {"chat_id": DIRECT, "user_id": ALICE, "role": "owner"}],
        ),
        Rule("chat_participants_chat_id_fkey", refused=[{"chat_id": NO_CHAT}], accepted=[{"chat_id": GROUP}]),
        Rule("chat_participants_user_id_fkey", refused=[{"user_id": NOBODY}], accepted=[{"user_id": DIANA}]),
        Rule(
            "chat_participants_added_by_fkey",
            refused=[{"added_by": NOBODY}],
            accepted=[{"added_by": ALICE}, {"added_by": DIANA}],
        ),
        Rule(
            "chat_participants_role_valid",
            refused=each("role", "", "guest", "Member", "member ", "admin\n", "x" * 20),
            accepted=[
                {"role": "member"},
                {"role": "admin"},
                {"chat_id": DIRECT, "user_id": ALICE, "role": "owner"},
            ],
        ),
        Rule(
            "chat_participants_left_at_not_before_joined_at",
            refused=[{"joined_at": NOON, "left_at": NOON - MICROSECOND}],
            accepted=[{"joined_at": NOON, "left_at": NOON}, {"joined_at": NOON, "left_at": NOON + MICROSECOND}],
        ),
        Rule(
            "chat_participants_left_is_member",
            refused=[
                {"role": "admin", "joined_at": NOON, "left_at": NOON},
                {"chat_id": DIRECT, "user_id": ALICE, "role": "owner", "joined_at": NOON, "left_at": NOON},
            ],
            accepted=[{"joined_at": NOON, "left_at": NOON}, {"role": "admin"}],
        ),
        Rule(
            "chat_participants_times_finite",
            refused=[
                *each("joined_at", *INFINITIES),
                {"left_at": "infinity"},
                *each("muted_until", *INFINITIES),
                *each("pinned_at", *INFINITIES),
            ],
            accepted=[{}, {"joined_at": NOON, "left_at": NOON, "muted_until": LATER, "pinned_at": NOON}],
        ),
    ],
)
