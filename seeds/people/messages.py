"""The messages of a generated conversation, with their pictures and reactions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isqrt
from random import Random
from typing import NamedTuple

from ..chat_statistics import Kind, value
from ..copy_format import DAY, FALSE, MINUTE, NULL, SECOND, TRUE, encoded, escaped, line, timestamp
from ..distributions import Lognormal, one_of, uuid7
from ..language.dressing import Dressing
from ..language.names import Names
from ..language.phrases import joined, left, reaction
from ..language.talks import Line
from ..tables import Batch, MessageRow, ReactionRow
from .casting import Cast
from .people import Person
from .pictures import attachment_rows
from .schedule import Scheduled, timetable

# Of the lines that answer an earlier one, in a conversation of that kind: said as a reply to it, in the shares that
# chat_statistics.toml names; a line in five answers one.
SHARE_ANSWERING = 0.16
# From here on assumed.
EDIT_AFTER = Lognormal(25 * SECOND, 1.0, 3 * SECOND, 30 * MINUTE)
DELETE_AFTER = Lognormal(90 * SECOND, 1.5, 4 * SECOND, 2 * DAY)
REACT_AFTER = Lognormal(25 * SECOND, 1.2, 2 * SECOND, DAY)
MORE_REACTIONS = 0.4
DELETED_BY_ADMIN = 0.1
SHARE_MENTIONING = 0.12  # of the questions in a group

NEVER = 2**63 - 1
MILLISECOND = 1_000
LATENCY, SPREAD = 60 * MILLISECOND, 100 * MILLISECOND  # of delivery, as in loading.sql


class _Sent(NamedTuple):
    """A message as those who answer see it."""

    id: str
    speaker: int
    time: int
    deleted: int
    is_bare_picture: bool


@dataclass(slots=True)
class Written:
    """The rows of some conversations, as lines for COPY."""

    messages: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    reactions: list[str] = field(default_factory=list)

    def batches(self) -> list[Batch]:
        """Return them by table."""
        return [
            ("messages", encoded(self.messages)),
            ("attachments", encoded(self.attachments)),
            ("message_reactions", encoded(self.reactions)),
        ]


class MessageWriter:
    """Writes conversations, each by dice of its own: in whatever order they are written, they come out the same."""

    def __init__(self, names: Names, seed: int, now: int) -> None:
        """Take the names to be mentioned, and the time after which nothing happens."""
        self._names = names
        self._seed = seed
        self._now = now

    def write(self, scheduled: Scheduled, written: Written) -> None:
        """Write a conversation from beginning to end."""
        random = Random(f"{self._seed}/{scheduled.number}")
        times = [scheduled.start + offset for offset in timetable(scheduled.scenes)]
        # A notice takes the place of a line.
        if scheduled.joins is not None:
            written.messages.append(self._notice(scheduled, scheduled.joins, "joined", times.pop(0), random))
        if scheduled.leaves is not None:
            written.messages.append(self._notice(scheduled, scheduled.leaves, "left", times.pop(), random))
        _Conversation(self._names, scheduled, random, self._now, written).write(times)

    def _notice(self, scheduled: Scheduled, member: int, event: str, time: int, random: Random) -> str:
        person, owner = scheduled.chat.members[member], scheduled.chat.members[0]
        content = left(person.shown_name) if event == "left" else joined(person.shown_name, by=owner.shown_name)
        return line(
            MessageRow(
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
        )


class _Conversation:
    """A conversation that is being written."""

    def __init__(self, names: Names, scheduled: Scheduled, random: Random, now: int, written: Written) -> None:
        self._names = names
        self._scheduled = scheduled
        self._chat = scheduled.chat
        self._random = random
        self._now = now
        self._written = written
        self._is_group = self._chat.is_group
        self._present = [self._chat.members[member] for member in scheduled.present]
        self._readers = [one for one, member in enumerate(scheduled.present) if member != scheduled.leaves]
        speakers = self._present[: scheduled.speakers]
        # Those who talk much are in more conversations too: within one, the differences count for less.
        self._cast = Cast([isqrt(person.weight) * isqrt(isqrt(isqrt(person.weight))) for person in speakers], random)
        kind: Kind = "group" if self._is_group else "direct"
        self._replies = value("reply_share", kind) / SHARE_ANSWERING
        self._edits, self._deletions = value("edits", kind), value("deletions", kind)
        self._reactions = value("reactions", kind) * (1 - MORE_REACTIONS)
        self._sent: list[_Sent] = []

    def write(self, times: Sequence[int]) -> None:
        following = iter(times)
        for scene in self._scheduled.scenes:
            self._cast.begin_scene()
            dressing = Dressing(self._names, self._random)
            first = len(self._sent)
            for said, time in zip(scene.lines(), following, strict=False):
                self._write(said, time, dressing, first)

    def _write(self, said: Line, time: int, dressing: Dressing, first: int) -> None:
        random = self._random
        speaker = self._cast.speaker(said)
        person = self._present[speaker]
        message = uuid7(time, random)
        content = self._content(said, person, time, dressing)
        edited = min(self._now, time + EDIT_AFTER.draw(random)) if random.random() < self._edits and content else None
        deleted, deleted_by = NEVER, NULL
        if random.random() < self._deletions:
            content = ""
            by_admin = self._is_group and random.random() < DELETED_BY_ADMIN
            deleted_by = self._chat.members[0].id if by_admin else person.id
            deleted = min(self._now, (edited or time) + DELETE_AFTER.draw(random))
        elif random.random() < self._reactions:
            self._react(message, speaker, time)
        if said.has_picture:
            self._written.attachments += attachment_rows(
                self._chat.id, message, time, random, has_caption=bool(said.text)
            )
        # Not by name, which takes longer than all the rest of a message.
        row = MessageRow(
            message,
            self._chat.id,
            person.id,
            escaped(content),
            "image" if said.has_picture else "text",
            "{}",  # metadata
            self._answered(said, speaker, time, first) if said.answers else NULL,
            FALSE if edited is None else TRUE,
            NULL if edited is None else timestamp(edited),
            FALSE if deleted == NEVER else TRUE,
            NULL if deleted == NEVER else timestamp(deleted),
            deleted_by,
            timestamp(time),
        )
        self._written.messages.append(line(row))
        self._sent.append(_Sent(message, speaker, time, deleted, said.has_picture and not said.text))

    def _content(self, said: Line, person: Person, time: int, dressing: Dressing) -> str:
        text = said.text
        if "{" in text:
            text = dressing.dress(text, self._partner(said).first_name, person.hour(time), person.day(time))
        if self._is_group and text.endswith("?") and self._random.random() < SHARE_MENTIONING:
            text = f"@{self._partner(said).username} {text}"
        return text

    def _partner(self, said: Line) -> Person:
        if self._scheduled.speakers > 1:
            return self._present[self._cast.partner(said)]
        return self._chat.members[self._scheduled.present[0] == 0]  # who writes alone writes to somebody

    def _answered(self, said: Line, speaker: int, time: int, first: int) -> str:
        """Return the message that is replied to: one that the speaker has read and that says something."""
        number = len(self._sent) - said.answers
        if number < first or self._random.random() >= self._replies:
            return NULL
        sent = self._sent[number]
        can_be = sent.speaker != speaker and not sent.is_bare_picture and sent.deleted > time
        return sent.id if can_be and self._read_at(speaker, sent.time) <= time else NULL

    def _read_at(self, reader: int, sent: int) -> int:
        """Return when one of those present has read a message: at their next look after its delivery."""
        glance = self._scheduled.glances_ms[reader] * MILLISECOND
        looks = -((self._scheduled.start - sent) // glance)
        return max(sent + LATENCY + sent % SPREAD, self._scheduled.start + looks * glance)

    def _react(self, message: str, speaker: int, sent: int) -> None:
        random = self._random
        given = set()
        while any(one != speaker for one in self._readers):
            reader = speaker
            while reader == speaker:
                reader = one_of(self._readers, random)
            person = self._present[reader]
            at = self._read_at(reader, sent) + REACT_AFTER.draw(random)
            emoji = reaction(random)
            if at <= self._now and not person.is_gone(at) and (person.id, emoji) not in given:
                given.add((person.id, emoji))
                row = ReactionRow(self._chat.id, message, person.id, emoji, timestamp(at))
                self._written.reactions.append(line(row))
            if random.random() >= MORE_REACTIONS:
                return
