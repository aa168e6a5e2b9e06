"""What message_delivery must refuse, and the nearest that must pass."""

from .table import INFINITIES, NOW, Length, Rule, Table, each
from .world import (
    ALICE,
    BOB,
    CHARLIE,
    DIANA,
    DIRECT,
    ELSEWHERE,
    FIRST,
    GROUP,
    MICROSECOND,
    NO_MESSAGE,
    NOBODY,
    NOON,
    SECOND,
)

READ = {"created_at": NOON, "status": "read", "delivered_at": NOON, "read_at": NOON}
DELIVERED = {"created_at": NOON, "status": "delivered", "delivered_at": NOON}

MESSAGE_DELIVERY = Table(
    name="message_delivery",
    valid={"chat_id": GROUP, "message_id": SECOND, "user_id": BOB},
    defaults={"status": "pending", "delivered_at": None, "read_at": None, "created_at": NOW},
    not_null=["chat_id", "message_id", "user_id", "status", "created_at"],
    lengths=[Length("status", 20, {**DELIVERED})],
    rules=[
        Rule(
            "message_delivery_pkey",
            refused=[{"message_id": FIRST, "user_id": BOB}],
            accepted=[{"message_id": SECOND, "user_id": BOB}, {"message_id": FIRST, "user_id": ALICE}],
        ),
        Rule(
            "message_delivery_chat_id_message_id_fkey",
            refused=[{"message_id": NO_MESSAGE}, {"message_id": ELSEWHERE}],
            accepted=[{"message_id": SECOND}, {"chat_id": DIRECT, "message_id": ELSEWHERE, "user_id": DIANA}],
        ),
        Rule(
            "message_delivery_chat_id_user_id_fkey",
            refused=[{"user_id": NOBODY}, {"user_id": DIANA}],
            accepted=[{"user_id": BOB}, {"user_id": CHARLIE}],
        ),
        Rule(
            "message_delivery_status_valid",
            refused=each("status", "", "sent", "Read", "pending ", "read\n", "x" * 20),
            accepted=[{"status": "pending"}, {**DELIVERED}, {**READ}],
        ),
        Rule(
            "message_delivery_times_match_status",
            refused=[
                {"created_at": NOON, "status": "pending", "delivered_at": NOON},
                {"created_at": NOON, "status": "pending", "read_at": NOON},
                {"created_at": NOON, "status": "pending", "delivered_at": NOON, "read_at": NOON},
                {"created_at": NOON, "status": "delivered"},
                {"created_at": NOON, "status": "delivered", "read_at": NOON},
                {"created_at": NOON, "status": "delivered", "delivered_at": NOON, "read_at": NOON},
                {"created_at": NOON, "status": "read"},
                {"created_at": NOON, "status": "read", "delivered_at": NOON},
                {"created_at": NOON, "status": "read", "read_at": NOON},
            ],
            accepted=[{"status": "pending"}, {**DELIVERED}, {**READ}],
        ),
        Rule(
            "message_delivery_times_in_order",
            refused=[
                {**READ, "read_at": NOON - MICROSECOND},
                {**READ, "delivered_at": NOON - MICROSECOND},
                {**DELIVERED, "delivered_at": NOON - MICROSECOND},
                *({**DELIVERED, "delivered_at": infinity} for infinity in INFINITIES),
                *({**READ, "read_at": infinity} for infinity in INFINITIES),
            ],
            accepted=[
                {**READ},
                {**READ, "read_at": NOON + MICROSECOND},
                {**READ, "delivered_at": NOON + MICROSECOND, "read_at": NOON + MICROSECOND},
                {**DELIVERED, "delivered_at": NOON + MICROSECOND},
            ],
        ),
    ],
)
