"""The messages of a generated conversation, with their pictures and reactions."""

from collections import deque
from collections.abc import Iterator, Sequence
from math import isqrt
from random import Random
from typing import Literal

from ..chat_statistics import Kind, value
from ..copy_format import DAY, FALSE, MINUTE, NULL, SECOND, TRUE, binary, escaped, line, timestamp, timestamp_or_null
from ..distributions import Lognormal, Weighted, uuid4, uuid7
from ..language.conversation import Conversation, begin
from ..language.vocabulary import Vocabulary, joined, left
from ..tables import AttachmentRow, MessageRow, ReactionRow
from .people import Person
from .schedule import Scheduled, timetable

# How many messages one person sends in a row; from five on assumed.
RUN = Weighted([0, *(value(f"runs_of_{length}", "group") for length in range(1, 5)), 0.015, 0.008, 0.004, 0.002, 0.001])
LONGEST_REACH = 60
# How many messages back a reply reaches; the deviation is assumed.
REACH = Lognormal(value("reach_median", "group"), 1.4, 1, LONGEST_REACH)
# More are tried than the share of replies: some find no message so far back, or one of the speaker's own. Assumed.
REPLIES_TRIED = 1.5
# From here on assumed.
EDIT_AFTER = Lognormal(25 * SECOND, 1.0, 3 * SECOND, 30 * MINUTE)
DELETE_AFTER = Lognormal(90 * SECOND, 1.5, 4 * SECOND, 2 * DAY)
REACT_AFTER = Lognormal(40 * SECOND, 1.2, 3 * SECOND, DAY)
PICTURES_PER_MESSAGE = Weighted((0, 86, 8, 3, 2, 1))
MORE_REACTIONS = 0.4
DELETED_BY_ADMIN = 0.1
# In a group the next speaker is mostly one of the last two others.
ANSWERED_BY_THE_LAST = 0.55

# Media type, file extension, name, width, height, kilobytes: photographs, screenshots, resized copies, stickers.
PICTURES = (
    ("image/jpeg", "jpg", "IMG_{number:04d}", 4032, 3024, 2_400),
    ("image/jpeg", "jpg", "IMG_{number:04d}", 3024, 4032, 2_200),
    ("image/jpeg", "jpg", "PXL_{number:08d}", 4080, 3072, 3_100),
    ("image/jpeg", "jpg", "IMG-{number:08d}-WA0003", 1600, 1200, 260),
    ("image/jpeg", "jpg", "IMG-{number:08d}-WA0011", 1200, 1600, 240),
    ("image/jpeg", "jpg", "photo_{number:04d}", 1280, 960, 190),
    ("image/png", "png", "Screenshot_{number:08d}", 1080, 2400, 620),
    ("image/webp", "webp", "sticker_{number:04d}", 512, 512, 34),
    ("image/gif", "gif", "giphy_{number:04d}", 480, 270, 1_300),
)
PICTURE = Weighted((14, 18, 8, 20, 22, 8, 14, 5, 3))
LARGEST_FILE = 10 * 1024 * 1024
SIZE_PERCENT = Lognormal(100, 0.45, 15, 500)
BLURHASH = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
BLURHASHES = 200
NEVER = 2**63 - 1


class MessageWriter:
    """Writes conversations, one after the other; its lists hold what it has written, as lines for COPY."""

    def __init__(self, vocabulary: Vocabulary, seed: int, now: int) -> None:
        """Take the vocabulary, and the time after which nothing happens."""
        self._vocabulary = vocabulary
        self._seed = seed
        self._now = now
        random = Random(f"{seed}/pictures")
        self._blurhashes = ["L" + "".join(random.choices(BLURHASH, k=27)) for _ in range(BLURHASHES)]
        self.messages: list[str] = []
        self.attachments: list[str] = []
        self.reactions: list[str] = []

    def write(self, scheduled: Scheduled) -> None:
        """Write a conversation from beginning to end."""
        random, offsets = timetable(self._seed, scheduled.number, scheduled.messages)
        times = [scheduled.start + offset for offset in offsets]
        members = scheduled.chat.members
        if scheduled.joins is not None:
            self._write_notice(scheduled, scheduled.joins, "joined", times.pop(0), random)
        if scheduled.leaves is not None:
            self._write_notice(scheduled, scheduled.leaves, "left", times.pop(), random)
        speakers = [members[member] for member in scheduled.present[: scheduled.speakers]]
        names = [person.first_name for person in speakers]
        if len(speakers) == 1:  # who writes alone writes to somebody
            names.append(members[scheduled.present[0] == 0].first_name)
        topics = scheduled.chat.topic and (scheduled.chat.topic, self._vocabulary.topic())
        conversation = begin(
            self._vocabulary, names, group=scheduled.chat.is_group, topics=topics or None, messages=len(times)
        )
        turns = _turns([isqrt(person.weight) for person in speakers], len(times), random)
        self._write_messages(scheduled, conversation, times, turns, random)

    def drain(self) -> Iterator[tuple[str, list[str]]]:
        """Yield what was written by table, and empty the lists."""
        yield "messages", self.messages
        yield "attachments", self.attachments
        yield "message_reactions", self.reactions
        self.messages, self.attachments, self.reactions = [], [], []

    def _write_messages(
        self, scheduled: Scheduled, conversation: Conversation, times: list[int], turns: list[int], random: Random
    ) -> None:
        chat, is_group = scheduled.chat, scheduled.chat.is_group
        kind: Kind = "group" if is_group else "direct"
        images, replies = value("images", kind), value("reply_share", kind) * REPLIES_TRIED
        edits, deletions, reactions = value("edits", kind), value("deletions", kind), value("reactions", kind)
        ids = [chat.members[member].id for member in scheduled.present]
        staying = [chat.members[member] for member in scheduled.present if member != scheduled.leaves]
        # The last messages: id, speaker, when it was deleted.
        recent: deque[tuple[str, int, int]] = deque(maxlen=LONGEST_REACH)
        for time, speaker in zip(times, turns, strict=True):
            message = uuid7(time, random)
            reply_to, answer_to = NULL, None
            if recent and random.random() < replies:
                back = REACH.draw(random)
                if back <= len(recent) and recent[-back][1] != speaker and time < recent[-back][2]:
                    reply_to, answer_to = recent[-back][0], back
            is_image = random.random() < images
            edited = None
            if is_image:
                content = escaped(conversation.caption(speaker))
                self._attach(chat.id, message, time, random)
            else:
                content = escaped(conversation.say(speaker, answer_to))
                if random.random() < edits:
                    edited = min(self._now, time + EDIT_AFTER.draw(random))
            deleted, deleted_by = NEVER, NULL
            if random.random() < deletions:
                content = ""
                deleted_by = ids[0] if is_group and random.random() < DELETED_BY_ADMIN else ids[speaker]
                deleted = min(self._now, (edited or time) + DELETE_AFTER.draw(random))
            elif random.random() < reactions * (1 - MORE_REACTIONS):
                self._react(chat.id, message, time, [one for one in staying if one.id != ids[speaker]], random)
            row = MessageRow(
                id=message,
                chat_id=chat.id,
                sender_id=ids[speaker],
                content=content,
                content_type="image" if is_image else "text",
                metadata="{}",
                reply_to_id=reply_to,
                is_edited=FALSE if edited is None else TRUE,
                edited_at=timestamp_or_null(edited),
                is_deleted=FALSE if deleted == NEVER else TRUE,
                deleted_at=NULL if deleted == NEVER else timestamp(deleted),
                deleted_by=deleted_by,
                created_at=timestamp(time),
            )
            self.messages.append(line(row))
            recent.append((message, speaker, deleted))

    def _write_notice(
        self, scheduled: Scheduled, member: int, event: Literal["joined", "left"], time: int, random: Random
    ) -> None:
        person, owner = scheduled.chat.members[member], scheduled.chat.members[0]
        content = left(person.shown_name) if event == "left" else joined(person.shown_name, by=owner.shown_name)
        row = MessageRow(
            id=uuid7(time, random),
            chat_id=scheduled.chat.id,
            sender_id=NULL,
            content=escaped(content),
            content_type="system",
            metadata=f'{{"event": "{event}", "user_id": "{person.id}"}}',
            reply_to_id=NULL,
            is_edited=FALSE,
            edited_at=NULL,
            is_deleted=FALSE,
            deleted_at=NULL,
            deleted_by=NULL,
            created_at=timestamp(time),
        )
        self.messages.append(line(row))

    def _attach(self, chat: str, message: str, time: int, random: Random) -> None:
        for position in range(1, PICTURES_PER_MESSAGE.draw(random) + 1):
            file_type, extension, name, width, height, kilobytes = PICTURES[PICTURE.draw(random)]
            key = f"{chat}/{random.getrandbits(64):016x}"
            # The order of the fields is the order in which they are drawn.
            row = AttachmentRow(
                id=uuid4(random),
                chat_id=chat,
                message_id=message,
                position=str(position),
                file_name=f"{name.format(number=random.randrange(10_000))}.{extension}",
                file_type=file_type,
                file_size=str(_file_size(kilobytes, random)),
                storage_key=f"originals/{key}.{extension}",
                medium_key=f"medium/{key}.webp",
                thumbnail_key=f"thumbnails/{key}.webp",
                width=str(width),
                height=str(height),
                blurhash=random.choice(self._blurhashes),
                checksum_sha256=binary(random.getrandbits(256), 64),
                created_at=timestamp(time - SECOND),
            )
            self.attachments.append(line(row))

    def _react(self, chat: str, message: str, time: int, others: Sequence[Person], random: Random) -> None:
        given = set()
        while others:
            person = random.choice(others)
            at = time + REACT_AFTER.draw(random)
            emoji = self._vocabulary.reaction()
            if at <= self._now and not person.is_gone(at) and (person.id, emoji) not in given:
                given.add((person.id, emoji))
                row = ReactionRow(
                    chat_id=chat, message_id=message, user_id=person.id, emoji=emoji, created_at=timestamp(at)
                )
                self.reactions.append(line(row))
            if random.random() >= MORE_REACTIONS:
                return


def _file_size(kilobytes: int, random: Random) -> int:
    """Return a size in bytes around so many kilobytes."""
    return min(LARGEST_FILE, kilobytes * 1024 * SIZE_PERCENT.draw(random) // 100 + random.getrandbits(10))


def _turns(weights: list[int], messages: int, random: Random) -> list[int]:
    """Return who sends each message: some in a row by one person, then mostly by one of the last speakers."""
    if len(weights) == 1:
        return [0] * messages
    everybody = Weighted(weights)
    turns: list[int] = []
    speaker, before, earlier = 0, 1, 1
    while len(turns) < messages:
        turns += [speaker] * RUN.draw(random)
        following = speaker
        if len(weights) == 2 or random.random() < ANSWERED_BY_THE_LAST:  # noqa: PLR2004 (the other person)
            following = before if random.getrandbits(1) or earlier == speaker else earlier
        while following == speaker:
            following = everybody.draw(random)
        speaker, before, earlier = following, speaker, before
    return turns[:messages]
