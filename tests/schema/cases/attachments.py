"""What attachments must refuse, and the nearest that must pass."""

from .table import NOT_BLANKS, NOT_ONE_LINE, NOW, ONE_LINE, Length, Rule, Table, blanks, each
from .world import ELSEWHERE, FIRST, GROUP, NO_CHAT, NO_MESSAGE, PICTURE, SECOND

ATTACHMENTS = Table(
    name="attachments",
    valid={
        "chat_id": GROUP,
        "message_id": SECOND,
        "position": 1,
        "file_name": "cat.png",
        "file_type": "image/png",
        "file_size": 1000,
        "storage_key": "pictures/2",
        "checksum_sha256": b"x" * 32,
    },
    defaults={
        "medium_key": None,
        "thumbnail_key": None,
        "width": None,
        "height": None,
        "blurhash": None,
        "created_at": NOW,
    },
    not_null=[
        *("id", "chat_id", "message_id", "position", "file_name", "file_type", "file_size", "storage_key"),
        *("checksum_sha256", "created_at"),
    ],
    lengths=[
        Length("file_name", 255),
        Length("file_type", 50, {"file_type": "image/jpeg"}),
        Length("storage_key", 500),
        Length("medium_key", 500),
        Length("thumbnail_key", 500),
        Length("blurhash", 100),
    ],
    rules=[
        Rule("attachments_pkey", refused=[{"id": PICTURE}], accepted=[{"id": NO_CHAT}]),
        Rule(
            "attachments_message_id_position_key",
            refused=[{"message_id": FIRST, "position": 1}],
            accepted=[{"message_id": FIRST, "position": 2}, {"message_id": SECOND, "position": 1}],
        ),
        Rule(
            "attachments_storage_key_key",
            refused=[{"storage_key": "pictures/1"}],
            accepted=[{"storage_key": "Pictures/1"}],
        ),
        Rule(
            "attachments_chat_id_message_id_fkey",
            refused=[{"message_id": NO_MESSAGE}, {"message_id": ELSEWHERE}, {"chat_id": NO_CHAT}],
            accepted=[{"message_id": SECOND}],
        ),
        Rule(
            "attachments_position_range",
            refused=[{"position": 0}, {"position": 6}, {"position": -1}],
            accepted=each("position", *range(1, 6)),
        ),
        Rule(
            "attachments_file_name_not_blank",
            refused=each("file_name", "", " ", *blanks(255)),
            accepted=[
                {"file_name": "x"},
                {"file_name": " \u00e9 "},
                *each("file_name", *NOT_BLANKS),
            ],
        ),
        Rule(
            "attachments_file_name_bare",
            refused=each("file_name", "a/b", "/a", "a/", "/", "a\\b", "\\a", "a\\", "\\", ".", ".."),
            accepted=each("file_name", "...", ".a", "..a", "a.", "a..b", "a b.png", "a\u2215b"),
        ),
        Rule(
            "attachments_file_name_one_line",
            refused=each("file_name", *NOT_ONE_LINE),
            accepted=each("file_name", *ONE_LINE),
        ),
        Rule(
            "attachments_storage_key_not_blank",
            refused=each("storage_key", " ", *blanks(500)),
            accepted=each("storage_key", "x"),
        ),
        Rule(
            "attachments_keys_relative",
            refused=[
                {column: key}
                for column in ("storage_key", "medium_key", "thumbnail_key")
                for key in (
                    *("", "/", "/a", "a/", "a//b", ".", "..", "./a", "../a", "a/.", "a/..", "a/./b", "a/../b"),
                    *("../../etc/passwd", "..\\..\\boot.ini", "a\\..\\b", "\\a", "a\\", "a/\\b", "a\\.", ".\\a"),
                )
            ],
            accepted=[
                {column: key}
                for column in ("storage_key", "medium_key", "thumbnail_key")
                for key in ("a", "a/b/c.png", "...", ".a", "a.", "..a/b..", "a/.../b", "a/.b", "a b", "a\\b")
            ],
        ),
        Rule(
            "attachments_file_type_valid",
            refused=each(
                "file_type",
                *("", "image/svg+xml", "image/jpg", "image/*", "image", "text/plain", "IMAGE/PNG", "image/png "),
                *("image/png\n", "x" * 50),
            ),
            accepted=each("file_type", "image/jpeg", "image/png", "image/gif", "image/webp"),
        ),
        Rule(
            "attachments_file_size_range",
            refused=[{"file_size": 0}, {"file_size": -1}, {"file_size": 10_485_761}],
            accepted=[{"file_size": 1}, {"file_size": 10_485_760}],
        ),
        Rule(
            "attachments_width_with_height",
            refused=[{"width": 1}, {"height": 1}],
            accepted=[{"width": 1, "height": 1}, {"width": None, "height": None}],
        ),
        Rule(
            "attachments_width_positive",
            refused=[{"width": 0, "height": 1}, {"width": -1, "height": 1}],
            accepted=[{"width": 1, "height": 1}],
        ),
        Rule(
            "attachments_height_positive",
            refused=[{"width": 1, "height": 0}, {"width": 1, "height": -1}],
            accepted=[{"width": 1, "height": 1}],
        ),
        Rule(
            "attachments_checksum_sha256_length",
            refused=[{"checksum_sha256": b""}, {"checksum_sha256": b"x" * 31}, {"checksum_sha256": b"x" * 33}],
            accepted=[{"checksum_sha256": b"x" * 32}, {"checksum_sha256": bytes(32)}],
        ),
    ],
)
