"""The messages of a generated conversation, with their pictures and reactions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isqrt
from random import Random

from ..chat_statistics import Kind, value
from ..copy_format import DAY, FALSE, MINUTE, NULL, SECOND, TRUE, encoded, escaped, line, timestamp, timestamp_or_null
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


# A message as those who answer see it: its id, speaker and time, when it is deleted, and what it says.
_Sent = tuple[str, int, int, int, Line]


# What becomes of most messages: the fields from is_edited to deleted_by.
UNCHANGED = "\t".join((FALSE, NULL, FALSE, NULL, NULL))


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

    def write(self, times: Sequence[int]) -> None:
        first = 0
        for scene in self._scheduled.scenes:
            self._write_scene(scene.lines(), times[first : first + scene.length])
            first += scene.length

    def _write_scene(self, lines: Sequence[Line], times: Sequence[int]) -> None:
        """Write a message for each line. Most are as they were said: what happens to a few is drawn at once."""
        self._cast.begin_scene()
        dressing = Dressing(self._names, self._random)
        chat, chance, rows = self._chat.id, self._random.random, self._written.messages
        reacted_or_deleted = self._deletions + self._reactions
        eventful = reacted_or_deleted + self._edits * (1 - reacted_or_deleted)
        sent: list[_Sent] = []
        for said, time in zip(lines, times, strict=False):
            speaker = self._cast.speaker(said)
            message, content = uuid7(time, self._random), said.text
            if self._is_group or "{" in content:
                content = self._dressed(said, self._present[speaker], time, dressing)
            changes, deleted = UNCHANGED, NEVER
            if (lot := chance()) < eventful:
                changes, deleted = self._happens(message, speaker, time, lot, has_text=content != "")
            if said.has_picture:
                self._written.attachments += attachment_rows(
                    chat, message, time, self._random, has_caption=content != ""
                )
            # In the order of MessageRow, by whose names it would take longer than all the rest of a message.
            row = (
                message,
                chat,
                self._present[speaker].id,
                escaped(content) if deleted == NEVER else "",
                "image" if said.has_picture else "text",
                "{}",
                self._answered(said, speaker, time, sent) if said.answers else NULL,
                changes,
                timestamp(time),
            )
            rows.append(line(row))
            sent.append((message, speaker, time, deleted, said))

    def _happens(self, message: str, speaker: int, time: int, lot: float, *, has_text: bool) -> tuple[str, int]:
        """Let others react to a message, or let it be edited or deleted.

        Return the fields that say so, as UNCHANGED has them, and when it is deleted.
        """
        random = self._random
        edited = deleted = deleted_by = None
        if has_text and (lot >= self._deletions + self._reactions or random.random() < self._edits):
            edited = min(self._now, time + EDIT_AFTER.draw(random))
        if lot < self._deletions:
            by_admin = self._is_group and random.random() < DELETED_BY_ADMIN
            deleted_by = self._chat.members[0].id if by_admin else self._present[speaker].id
            deleted = min(self._now, (edited or time) + DELETE_AFTER.draw(random))
        elif lot < self._deletions + self._reactions:
            self._react(message, speaker, time)
        edit = (TRUE if edited else FALSE, timestamp_or_null(edited))
        deletion = (TRUE if deleted else FALSE, timestamp_or_null(deleted), deleted_by or NULL)
        return "\t".join(edit + deletion), deleted or NEVER

    def _dressed(self, said: Line, person: Person, time: int, dressing: Dressing) -> str:
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

    def _answered(self, said: Line, speaker: int, time: int, sent: Sequence[_Sent]) -> str:
        """Return the message that is replied to: one that the speaker has read and that says something."""
        if said.answers > len(sent) or self._random.random() >= self._replies:
            return NULL
        message, sender, sent_at, deleted, answered = sent[-said.answers]
        can_be = sender != speaker and answered.text and deleted > time
        return message if can_be and self._read_at(speaker, sent_at) <= time else NULL

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
