"""What unread_messages must refuse, and the nearest that must pass."""

from .table import NOW, Rule, Table
from .world import ALICE, BOB, CHARLIE, DIANA, DIRECT, ELSEWHERE, FIRST, GROUP, SECOND

UNREAD_MESSAGES = Table(
    name="unread_messages",
    valid={"chat_id": GROUP, "message_id": SECOND, "user_id": ALICE},
    defaults={"created_at": NOW},
    not_null=["chat_id", "user_id", "message_id", "created_at"],
    rules=[
        Rule(
            "unread_messages_pkey",
            refused=[{"message_id": FIRST, "user_id": BOB}],
            accepted=[
                {"message_id": SECOND, "user_id": ALICE},
                {"chat_id": DIRECT, "message_id": ELSEWHERE, "user_id": BOB},
            ],
        ),
        Rule(
            "unread_messages_message_id_user_id_chat_id_fkey",
            refused=[
                {"user_id": BOB},
                {"user_id": CHARLIE},
                {"user_id": DIANA},
                {"message_id": DIRECT},
                {"chat_id": DIRECT},
                {"message_id": ELSEWHERE, "user_id": BOB},
            ],
            accepted=[{"user_id": ALICE}],
        ),
    ],
)
