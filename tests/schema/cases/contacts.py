"""What contacts must refuse, and the nearest that must pass."""

from .table import INFINITIES, NOW, Change, Length, Rule, Table
from .world import ALICE, BOB, CHARLIE, DIANA, NOBODY, NOON, Row

MIRROR: Row = {"user_id": DIANA, "contact_id": ALICE}


def both(**changes: object) -> Change:
    """Make a pair: Alice's row with the changes, and Diana's as it was."""
    return changes, MIRROR


CONTACTS = Table(
    name="contacts",
    valid={"user_id": ALICE, "contact_id": DIANA, "requested_by": ALICE},
    beside=({**MIRROR, "requested_by": ALICE},),
    defaults={"status": "pending", "nickname": None, "created_at": NOW, "accepted_at": None, "blocked_at": None},
    not_null=["user_id", "contact_id", "status", "requested_by", "created_at"],
    lengths=[
        Length("status", 20, both(status="accepted", accepted_at=NOON)),
        Length("nickname", 100, both(nickname="x" * 100)),
    ],
    rules=[
        Rule(
            "contacts_pkey",
            refused=[({"contact_id": BOB}, {"user_id": BOB, "contact_id": ALICE})],
            accepted=[
                both(),
                ({"user_id": BOB, "requested_by": BOB}, {"user_id": DIANA, "contact_id": BOB, "requested_by": BOB}),
            ],
        ),
        Rule(
            "contacts_user_id_fkey",
            refused=[
                (
                    {"user_id": NOBODY, "requested_by": DIANA},
                    {"user_id": DIANA, "contact_id": NOBODY, "requested_by": DIANA},
                )
            ],
            accepted=[both(user_id=ALICE)],
        ),
        Rule(
            "contacts_contact_id_fkey",
            refused=[({"contact_id": NOBODY}, {"user_id": NOBODY, "contact_id": ALICE})],
            accepted=[both(contact_id=DIANA)],
        ),
        Rule(
            "contacts_contact_id_user_id_fkey",
            refused=[{}, MIRROR, ({}, {"user_id": DIANA, "contact_id": CHARLIE, "requested_by": DIANA})],
            accepted=[both()],
        ),
        Rule("contacts_not_self", refused=[{"contact_id": ALICE}], accepted=[both()]),
        Rule(
            "contacts_status_valid",
            refused=[
                *(both(status=status) for status in ("", "declined", "Pending", "pending ", "accepted\n", "x" * 20)),
                both(status="x" * 20, accepted_at=NOON),
            ],
            accepted=[
                both(status="pending"),
                both(status="accepted", accepted_at=NOON),
                both(status="blocked", blocked_at=NOON),
            ],
        ),
        Rule(
            "contacts_requested_by_either",
            refused=[both(requested_by=BOB), both(requested_by=NOBODY), {**MIRROR, "requested_by": BOB}],
            accepted=[both(requested_by=ALICE), both(requested_by=DIANA)],
        ),
        Rule(
            "contacts_accepted_has_accepted_at",
            refused=[both(status="accepted")],
            accepted=[both(status="accepted", accepted_at=NOON), both(status="pending")],
        ),
        Rule(
            "contacts_pending_has_no_accepted_at",
            refused=[both(status="pending", accepted_at=NOON)],
            accepted=[
                both(status="pending"),
                both(status="accepted", accepted_at=NOON),
                both(status="blocked", accepted_at=NOON, blocked_at=NOON),
            ],
        ),
        Rule(
            "contacts_blocked_has_blocked_at",
            refused=[
                both(status="blocked"),
                both(status="blocked", accepted_at=NOON),
                both(status="pending", blocked_at=NOON),
                both(status="accepted", accepted_at=NOON, blocked_at=NOON),
            ],
            accepted=[
                both(status="blocked", blocked_at=NOON),
                both(status="blocked", accepted_at=NOON, blocked_at=NOON),
                both(status="pending"),
                both(status="accepted", accepted_at=NOON),
            ],
        ),
        Rule(
            "contacts_times_finite",
            refused=[
                *(both(created_at=infinity) for infinity in INFINITIES),
                *(both(status="accepted", accepted_at=infinity) for infinity in INFINITIES),
                *(both(status="blocked", blocked_at=infinity) for infinity in INFINITIES),
            ],
            accepted=[both(), both(status="blocked", created_at=NOON, accepted_at=NOON, blocked_at=NOON)],
        ),
    ],
)
