"""The messages of a generated conversation, with their pictures and reactions."""

from collections import deque
from collections.abc import Iterator, Sequence
from math import isqrt
from random import Random

from ..copy_format import DAY, MINUTE, NULL, SECOND, escaped, line, stamp
from ..distributions import Lognormal, Weighted, uuid4, uuid7
from ..language.conversation import Conversation
from ..language.vocabulary import Talk, joined, left
from ..statistics import Kind, value
from .people import Person
from .schedule import Session, timetable

# How many messages one person sends in a row.
RUN = Weighted([0, *(value(f"runs_of_{length}", "group") for length in range(1, 5)), 0.015, 0.008, 0.004, 0.002, 0.001])
REACH_AT_MOST = 60
REACH = Lognormal(value("reach_median", "group"), 1.4, 1, REACH_AT_MOST)
# Some find nobody so far back, or oneself.
REPLIES_THAT_REACH_NOBODY = 1.5
EDIT_AFTER = Lognormal(25 * SECOND, 1.0, 3 * SECOND, 30 * MINUTE)
DELETE_AFTER = Lognormal(90 * SECOND, 1.5, 4 * SECOND, 2 * DAY)
REACT_AFTER = Lognormal(40 * SECOND, 1.2, 3 * SECOND, DAY)
HOW_MANY_PICTURES = Weighted((0, 86, 8, 3, 2, 1))
MORE_REACTIONS = 0.4
DELETED_BY_ADMIN = 0.1
# In a group the next to speak is mostly one of the last two others.
ANSWERED_BY_THE_LAST = 0.55

# Kilobytes, width, height, media type, name: photographs, screenshots, what a messenger makes of them.
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


class Writer:
    """Writes conversations, one after the other; what it wrote is in its lists, as lines for COPY."""

    def __init__(self, talk: Talk, seed: int, now: int) -> None:
        """Take what people say, and the time after which nothing happens."""
        self._talk = talk
        self._seed = seed
        self._now = now
        random = Random(f"{seed}/pictures")
        self._blurhashes = ["L" + "".join(random.choices(BLURHASH, k=27)) for _ in range(BLURHASHES)]
        self.messages: list[str] = []
        self.attachments: list[str] = []
        self.reactions: list[str] = []

    def write(self, session: Session) -> None:
        """Write a conversation from beginning to end."""
        random, offsets = timetable(self._seed, session.number, session.messages)
        times = [session.start + offset for offset in offsets]
        members = session.chat.members
        if session.comes is not None:
            name = members[session.comes].shown_name
            notice = joined(name, by=members[0].shown_name)
            self._notice(session, session.comes, notice, times.pop(0), random)
        if session.leaves is not None:
            notice = left(members[session.leaves].shown_name)
            self._notice(session, session.leaves, notice, times.pop(), random)
        speakers = [members[place] for place in session.present[: session.talkers]]
        names = [person.first_name for person in speakers]
        if len(speakers) == 1:  # who speaks alone speaks to somebody
            names.append(members[session.present[0] == 0].first_name)
        topics = session.chat.topic and (session.chat.topic, self._talk.topic())
        conversation = self._talk.conversation(
            names, group=session.chat.is_group, topics=topics or None, messages=len(times)
        )
        turns = _turns([isqrt(person.weight) for person in speakers], len(times), random)
        self._say(session, conversation, times, turns, random)

    def taken(self) -> Iterator[tuple[str, list[str]]]:
        """Yield what was written by table, and begin anew."""
        yield "messages", self.messages
        yield "attachments", self.attachments
        yield "message_reactions", self.reactions
        self.messages, self.attachments, self.reactions = [], [], []

    def _say(
        self, session: Session, conversation: Conversation, times: list[int], turns: list[int], random: Random
    ) -> None:
        kind: Kind = "group" if session.chat.is_group else "direct"
        images, replies = value("images", kind), value("reply_share", kind) * REPLIES_THAT_REACH_NOBODY
        edits, deletions, reactions = value("edits", kind), value("deletions", kind), value("reactions", kind)
        chat = session.chat.id
        ids = [session.chat.members[place].id for place in session.present]
        staying = [session.chat.members[place] for place in session.present if place != session.leaves]
        # Message, speaker, when it was deleted.
        said: deque[tuple[str, int, int]] = deque(maxlen=REACH_AT_MOST)
        for time, speaker in zip(times, turns, strict=True):
            message = uuid7(time, random)
            reply_to, answer_to = NULL, None
            if said and random.random() < replies:
                back = REACH.draw(random)
                if back <= len(said) and said[-back][1] != speaker and time < said[-back][2]:
                    reply_to, answer_to = said[-back][0], back
            content_type, edited, deleted = "text", "f\t" + NULL, f"f\t{NULL}\t{NULL}"
            touched_at, deleted_at = time, NEVER
            if random.random() < images:
                content_type = "image"
                content = escaped(conversation.caption(speaker))
                self._attach(chat, message, time, random)
            else:
                content = escaped(conversation.say(speaker, answer_to))
                if random.random() < edits:
                    touched_at = min(self._now, time + EDIT_AFTER.draw(random))
                    edited = "t\t" + stamp(touched_at)
            if random.random() < deletions:
                content = ""
                by = ids[0] if session.chat.is_group and random.random() < DELETED_BY_ADMIN else ids[speaker]
                deleted_at = min(self._now, touched_at + DELETE_AFTER.draw(random))
                deleted = f"t\t{stamp(deleted_at)}\t{by}"
            elif random.random() < reactions * (1 - MORE_REACTIONS):
                self._react(chat, message, time, [one for one in staying if one.id != ids[speaker]], random)
            self.messages.append(
                f"{message}\t{chat}\t{ids[speaker]}\t{content}\t{content_type}\t{{}}\t{reply_to}\t{edited}\t{deleted}\t{stamp(time)}\n"
            )
            said.append((message, speaker, deleted_at))

    def _notice(self, session: Session, place: int, content: str, time: int, random: Random) -> None:
        event = "joined" if place == session.comes else "left"
        metadata = f'{{"event": "{event}", "user_id": "{session.chat.members[place].id}"}}'
        ids = (uuid7(time, random), session.chat.id, NULL)
        flags = (NULL, "f", NULL, "f", NULL, NULL)
        self.messages.append(line(*ids, escaped(content), "system", metadata, *flags, stamp(time)))

    def _attach(self, chat: str, message: str, time: int, random: Random) -> None:
        for position in range(1, HOW_MANY_PICTURES.draw(random) + 1):
            file_type, ending, name, width, height, kilobytes = PICTURES[PICTURE.draw(random)]
            key = f"{chat}/{random.getrandbits(64):016x}"
            self.attachments.append(
                line(
                    uuid4(random),
                    chat,
                    message,
                    position,
                    f"{name.format(number=random.randrange(10_000))}.{ending}",
                    file_type,
                    min(LARGEST_FILE, kilobytes * 1024 * SIZE_PERCENT.draw(random) // 100 + random.getrandbits(10)),
                    f"originals/{key}.{ending}",
                    f"medium/{key}.webp",
                    f"thumbnails/{key}.webp",
                    width,
                    height,
                    random.choice(self._blurhashes),
                    rf"\\x{random.getrandbits(256):064x}",
                    stamp(time - SECOND),
                )
            )

    def _react(self, chat: str, message: str, time: int, others: Sequence[Person], random: Random) -> None:
        given = set()
        while others:
            person = random.choice(others)
            at = time + REACT_AFTER.draw(random)
            emoji = self._talk.reaction()
            if at <= self._now and not person.is_gone(at) and (person.id, emoji) not in given:
                given.add((person.id, emoji))
                self.reactions.append(f"{chat}\t{message}\t{person.id}\t{emoji}\t{stamp(at)}\n")
            if random.random() >= MORE_REACTIONS:
                return


def _turns(weights: list[int], messages: int, random: Random) -> list[int]:
    """Return who sends each message: runs of one person's, then mostly one of those who spoke before."""
    if len(weights) == 1:
        return [0] * messages
    everybody = Weighted(weights)
    turns: list[int] = []
    speaker, before, earlier = 0, 1, 1
    while len(turns) < messages:
        turns += [speaker] * RUN.draw(random)
        following = speaker
        if len(weights) == 2 or random.random() < ANSWERED_BY_THE_LAST:  # noqa: PLR2004 (the other one)
            following = before if random.getrandbits(1) or earlier == speaker else earlier
        while following == speaker:
            following = everybody.draw(random)
        speaker, before, earlier = following, speaker, before
    return turns[:messages]
