"""A project of Django's with the messenger's application: run by a test, in a process of its own, on its database."""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from psycopg.conninfo import conninfo_to_dict

HASH = f"$2b$12${'a' * 53}"
NAMES = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}


def main(url: str, guide: str) -> None:
    """See that the models are as the tables are, and that each relationship leads there and back."""
    given = conninfo_to_dict(url)
    database = {"ENGINE": "django.db.backends.postgresql"} | {key: given.get(name, "") for key, name in NAMES.items()}
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=["messenger_db.django"], USE_TZ=True)
    django.setup()
    call_command("check", fail_level="DEBUG", databases=["default"])
    call_command("makemigrations", check_changes=True, dry_run=True)

    from django.db import connection, transaction

    with transaction.atomic():
        columns_are_the_catalogs()
        rows_go_in_and_come_back(guide)
        transaction.set_rollback(True)
    connection.close()


def columns_are_the_catalogs() -> None:
    from django.apps import apps
    from django.db import connection

    with connection.cursor() as cursor:
        for model in apps.get_models():
            options = model._meta  # noqa: SLF001 (Django documents it)
            cursor.execute(
                "SELECT attname, NOT attnotnull, atttypid::regtype::text FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                [options.db_table],
            )
            fields = [field for field in options.concrete_fields if field.column]
            theirs = {(field.column, field.null, kind(field.db_type(connection))) for field in fields}
            assert theirs == set(cursor.fetchall()), model
    assert len(apps.get_models()) == 10


def kind(type_: str) -> str:
    """Return a type of Django's as PostgreSQL writes it."""
    return type_.partition("(")[0].replace("varchar", "character varying")


def rows_go_in_and_come_back(guide: str) -> None:
    from messenger_db.django.models import (
        Attachment,
        Chat,
        ChatParticipant,
        Contact,
        Message,
        MessageDelivery,
        MessageReaction,
        UnreadMessage,
        User,
        UserSession,
    )

    alice = User.objects.create(username="alice", password_hash=HASH)
    bob = User.objects.create(username="bob", password_hash=HASH)
    alice.refresh_from_db()
    assert alice.status == User.Status.OFFLINE
    one, other = Contact.objects.bulk_create(
        [
            Contact(user=alice, contact=bob, requested_by=alice.id),
            Contact(user=bob, contact=alice, requested_by=alice.id),
        ]
    )
    assert one.mirror == other
    assert list(bob.contact_of.all()) == [one]
    chat = Chat.objects.create(type=Chat.Type.GROUP, name="Garden", slug="garden", creator=alice)
    owner = ChatParticipant.objects.create(chat=chat, user=alice, role=ChatParticipant.Role.OWNER)
    member = ChatParticipant.objects.create(chat=chat, user=bob, adder=alice)
    message = Message.objects.create(chat=chat, sender=owner, content="hello", metadata={"a": 1})
    reply = Message.objects.create(chat=chat, sender=member, content="hello yourself", reply_to=message)
    attachment = Attachment.objects.create(
        message=message,
        position=1,
        file_name="a.png",
        file_type=Attachment.FileType.IMAGE_PNG,
        file_size=1,
        storage_key="a",
        checksum_sha256=bytes(32),
    )
    reaction = MessageReaction.objects.create(message=message, participant=member, emoji="👍")
    delivery = MessageDelivery.objects.create(message=message, recipient=member)
    unread = UnreadMessage.objects.create(delivery=delivery)
    message = Message.objects.select_related("sender__user").get(id=message.id)
    assert (message.id.version, message.content_type, message.metadata) == (7, "text", {"a": 1})
    assert (message.sender.user, message.chat_id, reply.reply_to) == (alice, chat.id, message)
    assert [
        *message.replies.all(),
        *message.attachments.all(),
        *message.reactions.all(),
        *message.deliveries.all(),
    ] == [
        reply,
        attachment,
        reaction,
        delivery,
    ]
    assert [*delivery.unread.all(), *member.reactions.all(), *owner.sent_messages.all()] == [unread, reaction, message]
    assert list(Message.objects.filter(sender__user__username="bob")) == [reply]
    assert list(Chat.objects.filter(participants__user=bob)) == list(alice.created_chats.all()) == [chat]

    (block,) = re.findall(
        r"^```python\n# with Django.*?\n(.*?)^```$", Path(guide).read_text(), re.MULTILINE | re.DOTALL
    )
    exec(block, {})  # noqa: S102 (it is our own)
    assert not Contact.objects.exists()

    reply.refresh_from_db()
    reply.is_deleted, reply.deleted_at, reply.deleter = True, reply.created_at, owner
    reply.save()
    assert list(owner.deleted_messages.all()) == [reply]
    later = datetime.now(UTC) + timedelta(days=1)
    old, new = (UserSession.objects.create(user=alice, token_hash=bytes([n] * 32), expires_at=later) for n in (1, 2))
    old.successor = new
    old.save()
    assert list(new.predecessors.all()) == [old]

    chat.refresh_from_db()
    before, chat.description = chat.updated_at, "Flowers"
    chat.save()
    chat.refresh_from_db()
    assert chat.updated_at > before
    chat.delete()
    assert not Message.objects.exists()


if __name__ == "__main__":
    main(*sys.argv[1:])
