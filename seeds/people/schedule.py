"""The schedule of a generated chat: its conversations, the members who join and leave, and the readers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isqrt
from random import Random
from typing import NamedTuple

from ..chat_statistics import conversation_gap_seconds, local_hours
from ..copy_format import DAY, HOUR, MINUTE, NULL, SECOND, escaped_or_null, line, timestamp, timestamp_or_null
from ..distributions import Lognormal, Weighted
from ..language.talks import Deck, Scene
from ..tables import AttentionRow, ChatRow, ConversationRow, ParticipantRow
from .chats import Chat
from .people import Person

# In a group several short talks follow one another, most of them about the group's topic. Assumed.
SCENE = Lognormal(24, 0.5, 6, 90)
SCENES = Weighted((0, 25, 45, 20, 10))
SHARE_TOPICAL = 0.6
BETWEEN_SCENES = 3 * MINUTE
# Added after each line, so that times are not whole seconds after each other.
TICK = 61_803
UNANSWERED = 3  # messages, at most
# Fewer messages than these are not a conversation of their own, but the end of the last one.
SHORTEST_REST = 20  # assumed
# Long silences are very long: most of a chat's time lies in a few of them. Assumed.
SILENCE = Lognormal(1000, 3.0, 1, 10_000_000)
BETWEEN = (conversation_gap_seconds() + 60) * SECOND
# All assumed, but for the hours.
LIVE = Lognormal(2 * MINUTE, 0.6, 20 * SECOND, 5 * MINUTE)
LAST_TALK = Lognormal(20 * HOUR, 1.5, 6 * MINUTE, 100 * DAY)
LOCAL_HOUR = Weighted(local_hours())

SHARE_LIVE = 0.06
SHARE_UNANSWERED = 0.08
SHARE_JOINING = 0.1
SHARE_LEAVING = 0.05
SPEAKERS = Lognormal(4, 0.5, 2, 14)

# Of the members who write nothing the share that is looking, by local hour: half the day, mostly while awake. Assumed.
SHARE_LOOKING = [0.04] * 7 + [0.4] + [0.6] * 15 + [0.35]
SPEAKER_GLANCE_MS = (900, 2000)
GLANCE_MS = Lognormal(15_000, 1.0, 2_000, 240_000)
CATCH_UP = Lognormal(50 * MINUTE, 1.2, 2 * MINUTE, 20 * DAY)
SHARE_SWITCHED_OFF = 0.15

SHARE_ADMIN = 0.08
SHARE_MUTING = 0.06
SHARE_PINNING = 0.05


class Scheduled(NamedTuple):
    """A conversation that is to be written; in a list they sort by time. Members are indexes of chat.members."""

    start: int
    number: int
    chat: Chat
    scenes: tuple[Scene, ...]
    present: tuple[int, ...]  # the members who look on while it lasts; speakers come first
    glances_ms: tuple[int, ...]  # how long each of them takes from one look to the next
    speakers: int
    joins: int | None  # the member who joins as it begins
    leaves: int | None  # the member who leaves as it ends


@dataclass(slots=True)
class Schedule:
    """Everything about a chat but its messages: lines for COPY, and the conversations that are to be written."""

    chat_row: str
    participant_rows: list[str]
    conversation_rows: list[str]
    attention_rows: list[str]
    conversations: list[Scheduled]


@dataclass(slots=True)
class _Draft:
    """A conversation in the making."""

    scenes: tuple[Scene, ...]
    is_answered: bool
    joins: int | None = None
    leaves: int | None = None
    number: int = 0
    start: int = 0
    duration: int = 0

    @property
    def messages(self) -> int:
        return sum(scene.length for scene in self.scenes)

    @property
    def end(self) -> int:
        return self.start + self.duration


def timetable(scenes: Iterable[Scene]) -> list[int]:
    """Return when the lines of a conversation are sent, counted from its start."""
    times: list[int] = []
    start = -BETWEEN_SCENES
    for scene in scenes:
        start += BETWEEN_SCENES
        times += [start + seconds * SECOND + number * TICK for number, seconds in enumerate(scene.seconds())]
        start = times[-1]
    return times


def duration(scenes: Sequence[Scene]) -> int:
    """Return when the last line of a conversation is sent, counted from its start."""
    ticks = sum(scene.length - 1 for scene in scenes) * TICK
    return sum(scene.duration() for scene in scenes) * SECOND + ticks + (len(scenes) - 1) * BETWEEN_SCENES


class Scheduler:
    """Schedules the chats of a data set, one after the other."""

    def __init__(self, seed: int, now: int, history: int) -> None:
        """Take the time that the data set ends with, and how far it reaches back, in microseconds."""
        self._random = Random(f"{seed}/plan")
        self._deck = Deck(self._random)
        self._now = now
        self._history = history
        self._number = 0

    def schedule(self, chat: Chat, *, is_live: bool) -> Schedule:
        """Schedule a chat; people are writing in a live one right now. What its members did last is noted with them."""
        drafts = self._drafts(chat)
        if chat.is_group:
            self._draw_joining(chat, drafts)
        for draft in drafts:
            draft.number = self._number
            self._number += 1
            draft.duration = duration(draft.scenes)
        self._date(chat, drafts, is_live=is_live)
        created = self._created(chat, drafts, is_live=is_live)
        if chat.is_group:
            self._draw_leaving(chat, drafts)
        starts = [line(ConversationRow(chat.id, timestamp(draft.start), str(draft.number))) for draft in drafts]
        schedule = Schedule("", [], starts, [], [])
        self._attend(chat, drafts, schedule)
        joined = {draft.joins: draft.start for draft in drafts if draft.joins is not None}
        left = {draft.leaves: draft.end + SECOND for draft in drafts if draft.leaves is not None}
        schedule.chat_row = self._chat_row(chat, created)
        schedule.participant_rows = [
            self._participant_row(chat, member, joined.get(member, created), left.get(member))
            for member in range(len(chat.members))
        ]
        for person in chat.members:
            person.first_trace = min(person.first_trace, created)
        return schedule

    def _drafts(self, chat: Chat) -> list[_Draft]:
        drafts = []
        rest = chat.messages
        while rest:
            is_answered = chat.is_group or self._random.random() >= SHARE_UNANSWERED
            scenes = self._scenes(chat, rest) if is_answered else [self._monologue(rest)]
            drafts.append(_Draft(tuple(scenes), is_answered))
            rest -= drafts[-1].messages
        return drafts

    def _scenes(self, chat: Chat, rest: int) -> list[Scene]:
        """Return a talk for two people, several short ones for a group; and what would be too short by itself."""
        scenes: list[Scene] = []
        wanted = SCENES.draw(self._random) if chat.is_group else 1
        while rest and (len(scenes) < wanted or rest < SHORTEST_REST):
            topic = chat.topic if self._random.random() < SHARE_TOPICAL else None
            most = min(rest, SCENE.draw(self._random)) if chat.is_group else rest
            scenes.append(self._deck.deal(topic, most, rest_later=chat.is_group))
            rest -= scenes[-1].length
        return scenes

    def _monologue(self, rest: int) -> Scene:
        """Return how a talk begins, until somebody would answer."""
        scene = self._deck.deal(None, min(rest, UNANSWERED), rest_later=True)
        lines = scene.lines()
        alone = next((number for number, line in enumerate(lines) if line.speaker != lines[0].speaker), len(lines))
        return scene._replace(length=alone)

    def _draw_joining(self, chat: Chat, drafts: Sequence[_Draft]) -> None:
        random = self._random
        for member in range(1, len(chat.members)):
            if random.random() < SHARE_JOINING and len(drafts) > 1:
                draft = drafts[random.randrange(1, len(drafts))]
                if draft.joins is None and draft.messages > 1:
                    draft.joins = member

    def _date(self, chat: Chat, drafts: Sequence[_Draft], *, is_live: bool) -> None:
        """Give each conversation its start: bursts and long silences, by the hours of the day, without an overlap."""
        random = self._random
        latest = self._now - (LIVE.draw(random) if is_live else LAST_TALK.draw(random))
        silences = [SILENCE.draw(random) for _ in drafts]
        share = random.randrange(self._history // 3, self._history)
        total = sum(silences)
        time = latest
        for draft, silence in zip(reversed(drafts), reversed(silences), strict=True):
            start = time - draft.duration
            if not (is_live and draft is drafts[-1]):
                start = min(start, self._at_a_likely_hour(start, random.choice(chat.members)))
            draft.start = start
            time = start - BETWEEN - share * silence // total

    def _created(self, chat: Chat, drafts: Sequence[_Draft], *, is_live: bool) -> int:
        """Return when the chat was created.

        Where a member was gone by then, the chat and its conversations are moved back, or the member is not gone.
        """
        created = (drafts[0].start if drafts else self._now) - self._random.randrange(MINUTE, 3 * HOUR)
        back = 0
        for person in chat.members:
            if person.gone_since is not None and person.gone_since <= created:
                days = (created - person.gone_since) // DAY + 1
                if is_live or days * DAY > self._history:
                    person.stays()
                else:
                    back = max(back, days * DAY)
        for draft in drafts:
            draft.start -= back
        return created - back

    def _at_a_likely_hour(self, time: int, person: Person) -> int:
        midnight = (time + person.offset) // DAY * DAY - person.offset
        likely = midnight + LOCAL_HOUR.draw(self._random) * HOUR + self._random.randrange(HOUR)
        return likely if likely <= time else likely - DAY

    def _draw_leaving(self, chat: Chat, drafts: Sequence[_Draft]) -> None:
        random = self._random
        joined = {draft.joins: number for number, draft in enumerate(drafts) if draft.joins is not None}
        for member in range(1, len(chat.members)):
            gone = chat.members[member].gone_since
            is_deleted = chat.members[member].is_deleted
            if not is_deleted and random.random() >= SHARE_LEAVING:
                continue
            possible = [
                draft
                for draft in drafts[joined.get(member, 0) :]
                if draft.leaves is None and draft.messages > 2 and (gone is None or draft.end < gone)  # noqa: PLR2004
            ]
            if possible:
                (possible[-1] if is_deleted else random.choice(possible)).leaves = member

    def _attend(self, chat: Chat, drafts: Sequence[_Draft], schedule: Schedule) -> None:
        """Choose who is there, who writes, and when the others read: backwards, as nobody reads new messages first."""
        left = {draft.leaves: number for number, draft in enumerate(drafts) if draft.leaves is not None}
        joined = {draft.joins: number for number, draft in enumerate(drafts) if draft.joins is not None}
        reads_by: dict[int, int] = {}
        for number in range(len(drafts) - 1, -1, -1):
            draft = drafts[number]
            starts = timestamp(draft.start)
            active = [
                member
                for member in range(len(chat.members))
                if joined.get(member, 0) <= number <= left.get(member, len(drafts))
            ]
            speakers = self._speakers(chat, draft, active)
            present = dict.fromkeys(speakers, 0)
            for member in active:
                if member in speakers or self._is_looking(chat, draft, member):
                    present[member] = self._glance(speaks=member in speakers)
                    reads_by[member] = draft.start
                    self._trace(chat.members[member], draft.end, present[member])
                    row = _attention_row(draft, chat.members[member], starts, starts, present[member])
                    schedule.attention_rows.append(row)
                else:
                    schedule.attention_rows.append(self._catches_up(chat, draft, member, reads_by))
            schedule.conversations.append(
                Scheduled(
                    draft.start,
                    draft.number,
                    chat,
                    draft.scenes,
                    tuple(present),
                    tuple(present.values()),
                    len(speakers),
                    draft.joins,
                    draft.leaves,
                )
            )

    def _speakers(self, chat: Chat, draft: _Draft, active: Sequence[int]) -> list[int]:
        random = self._random
        there = [member for member in active if not chat.members[member].is_gone(draft.end)]
        for member in active:  # those who are needed are not gone after all
            if len(there) <= draft.is_answered and member not in there:
                chat.members[member].stays()
                there.append(member)
        wanted = min(SPEAKERS.draw(random) if chat.is_group else 1 + draft.is_answered, len(there), draft.messages)
        weights = [isqrt(chat.members[member].weight) for member in there]
        speakers: list[int] = []
        while len(speakers) < wanted:
            (chosen,) = random.choices(range(len(there)), weights)
            speakers.append(there.pop(chosen))
            weights.pop(chosen)
        return speakers

    def _is_looking(self, chat: Chat, draft: _Draft, member: int) -> bool:
        person = chat.members[member]
        if member in (draft.joins, draft.leaves):
            return True
        return (
            not person.is_gone(draft.end)
            and chat.is_group
            and self._random.random() < SHARE_LOOKING[person.hour(draft.start)]
        )

    def _glance(self, *, speaks: bool) -> int:
        return self._random.randrange(*SPEAKER_GLANCE_MS) if speaks else GLANCE_MS.draw(self._random)

    def _trace(self, person: Person, time: int, glance_ms: int) -> None:
        """Note that they were there until the glance after that time, and the second in which it was delivered."""
        person.last_trace = max(person.last_trace, min(self._now, time + glance_ms * 1000 + SECOND))

    def _catches_up(self, chat: Chat, draft: _Draft, member: int, reads_by: dict[int, int]) -> str:
        random = self._random
        person = chat.members[member]
        glance = GLANCE_MS.draw(random)
        if person.is_gone(draft.start):
            delivered = NULL if person.is_deleted or person.weight % 2 else timestamp(draft.start)
            return _attention_row(draft, person, delivered, NULL, glance)
        reads = draft.start + random.randrange(draft.duration + 1) + CATCH_UP.draw(random)
        if person.hour(reads) < 7:  # noqa: PLR2004 (people sleep until seven)
            reads += (7 - person.hour(reads)) * HOUR + random.randrange(2 * HOUR)
        reads = min(reads, reads_by.get(member, reads))
        if person.is_gone(reads):
            return _attention_row(draft, person, timestamp(draft.start), NULL, glance)
        reads_by[member] = reads
        if reads <= self._now:
            self._trace(person, max(reads, draft.end), glance)
        is_off = random.random() < SHARE_SWITCHED_OFF
        delivered_from = max(draft.start, reads - random.randrange(SECOND, 30 * SECOND)) if is_off else draft.start
        return _attention_row(draft, person, timestamp(delivered_from), timestamp(reads), glance)

    def _chat_row(self, chat: Chat, created: int) -> str:
        return line(
            ChatRow(
                id=chat.id,
                type="group" if chat.is_group else "direct",
                name=escaped_or_null(chat.name),
                slug=chat.slug,
                description=escaped_or_null(chat.description),
                avatar_url=NULL,
                created_by=chat.members[0].id,
                created_at=timestamp(created),
                updated_at=timestamp(created),
            )
        )

    def _participant_row(self, chat: Chat, member: int, joined: int, left: int | None) -> str:
        random = self._random
        role = "member"
        if chat.is_group:
            role = "owner" if member == 0 else "admin" if random.random() < SHARE_ADMIN and left is None else "member"
        muted = self._now + random.randrange(DAY, 300 * DAY) if random.random() < SHARE_MUTING else None
        pinned = random.randrange(joined, self._now) if random.random() < SHARE_PINNING else None
        return line(
            ParticipantRow(
                chat_id=chat.id,
                user_id=chat.members[member].id,
                role=role,
                added_by=chat.members[0].id if member else NULL,
                joined_at=timestamp(joined),
                left_at=timestamp_or_null(left),
                muted_until=timestamp_or_null(muted),
                pinned_at=timestamp_or_null(pinned),
            )
        )


def _attention_row(draft: _Draft, person: Person, delivered_from: str, read_from: str, glance_ms: int) -> str:
    return line(AttentionRow(str(draft.number), person.id, delivered_from, read_from, str(glance_ms)))
