"""What user_sessions must refuse, and the nearest that must pass."""

from hashlib import sha256
from uuid import UUID

from .table import INFINITIES, NOW, Length, Rule, Table, each
from .world import ALICE, BOB, LAPTOP, LATER, MICROSECOND, NO_SESSION, NOBODY, NOON, PHONE, TABLET

USER_SESSIONS = Table(
    name="user_sessions",
    valid={"user_id": ALICE, "token_hash": b"x" * 32, "expires_at": LATER},
    defaults={
        "device_id": None,
        "device_type": None,
        "device_name": None,
        "socket_id": None,
        "ip_address": None,
        "user_agent": None,
        "is_active": True,
        "last_activity_at": NOW,
        "created_at": NOW,
        "revoked_at": None,
        "replaced_by": None,
    },
    not_null=["id", "user_id", "token_hash", "is_active", "last_activity_at", "created_at", "expires_at"],
    lengths=[
        Length("device_id", 255),
        Length("device_type", 50, {"device_type": "desktop"}),
        Length("device_name", 100),
        Length("socket_id", 255),
        Length("user_agent", 1000),
    ],
    rules=[
        Rule("user_sessions_pkey", refused=[{"id": LAPTOP}, {"id": TABLET}], accepted=[{"id": NO_SESSION}]),
        Rule(
            "user_sessions_token_hash_key",
            refused=[{"token_hash": sha256(b"laptop").digest()}, {"token_hash": sha256(b"phone").digest()}],
            accepted=[{"token_hash": sha256(b"another").digest()}],
        ),
        Rule(
            "user_sessions_user_id_id_key",
            without="user_sessions_pkey",
            refused=[{"id": LAPTOP}],
            accepted=[{"id": NO_SESSION}, {"id": TABLET}],
        ),
        Rule(
            "user_sessions_socket_id_active_key",
            refused=[{"socket_id": "socket"}, {"socket_id": "socket", "user_id": BOB}],
            accepted=[
                {"socket_id": "socket", "is_active": False},
                {"socket_id": "Socket"},
                {"socket_id": None},
            ],
        ),
        Rule("user_sessions_user_id_fkey", refused=[{"user_id": NOBODY}], accepted=[{"user_id": BOB}]),
        Rule(
            "user_sessions_user_id_replaced_by_fkey",
            refused=[{"replaced_by": NO_SESSION}, {"replaced_by": TABLET}, {"user_id": BOB, "replaced_by": LAPTOP}],
            accepted=[{"replaced_by": None}, {"replaced_by": LAPTOP}, {"replaced_by": PHONE}],
        ),
        Rule(
            "user_sessions_token_hash_length",
            refused=[{"token_hash": b""}, {"token_hash": b"x" * 31}, {"token_hash": b"x" * 33}],
            accepted=[{"token_hash": b"x" * 32}, {"token_hash": bytes(32)}],
        ),
        Rule(
            "user_sessions_device_type_valid",
            refused=each("device_type", "", "tv", "Web", "web ", "ios\n", "x" * 50),
            accepted=each("device_type", None, "web", "ios", "android", "desktop"),
        ),
        Rule(
            "user_sessions_expires_at_after_created_at",
            refused=[
                {"created_at": NOON, "expires_at": NOON},
                {"created_at": NOON, "expires_at": NOON - MICROSECOND},
            ],
            accepted=[{"created_at": NOON, "expires_at": NOON + MICROSECOND}],
        ),
        Rule(
            "user_sessions_revoked_not_active",
            refused=[{"revoked_at": NOON}],
            accepted=[
                {"revoked_at": NOON, "is_active": False},
                {"revoked_at": None, "is_active": False},
                {"revoked_at": None, "is_active": True},
            ],
        ),
        Rule(
            "user_sessions_not_replaced_by_self",
            refused=[{"id": NO_SESSION, "replaced_by": NO_SESSION}],
            accepted=[{"id": NO_SESSION, "replaced_by": LAPTOP}, {"id": UUID(int=30), "replaced_by": LAPTOP}],
        ),
        Rule(
            "user_sessions_times_finite",
            refused=[
                *each("last_activity_at", *INFINITIES),
                {"created_at": "-infinity"},
                {"expires_at": "infinity"},
                *({"is_active": False, "revoked_at": infinity} for infinity in INFINITIES),
            ],
            accepted=[{}, {"is_active": False, "last_activity_at": NOON, "created_at": NOON, "revoked_at": NOON}],
        ),
    ],
)
