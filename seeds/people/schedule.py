"""When a generated chat is talked in, and who is there: conversations with their pauses, arrivals and attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from random import Random
from typing import NamedTuple

from ..copy_format import DAY, HOUR, MINUTE, NULL, SECOND, escaped_or_null, line, stamp, stamp_or_null
from ..distributions import Lognormal, Weighted
from ..statistics import conversation_gap_seconds, local_hours, value
from .chats import Chat
from .people import Person

# The chats that hold but one conversation, and a short one, pull the median down.
LONGER_BY = 1.6
LENGTH = Lognormal(LONGER_BY * value("session_messages", "group"), 0.8, 2, 600)
PAUSE = Lognormal(
    value("gap_median", "group") * SECOND,
    value("gap_ln_deviation", "group"),
    SECOND,
    conversation_gap_seconds() * SECOND,
)
# Long silences are very long: most of a history's time lies in a few of them.
SILENCE = Lognormal(1000, 3.0, 1, 10_000_000)
# Fewer messages than these are no conversation of their own, but the end of the last one.
SHORTEST_REST = 20
BETWEEN = (conversation_gap_seconds() + 60) * SECOND
LIVE = Lognormal(2 * MINUTE, 0.6, 20 * SECOND, 5 * MINUTE)
LAST_TALK = Lognormal(20 * HOUR, 1.5, 6 * MINUTE, 100 * DAY)
LOCAL_HOUR = Weighted(local_hours())

SHARE_LIVE = 0.06
SHARE_UNANSWERED = 0.08
SHARE_JOINING = 0.1
SHARE_LEAVING = 0.05
HOW_MANY_TALK = Lognormal(4, 0.5, 2, 14)

# How likely somebody who says nothing is looking, by local hour: attention is half the day, and mostly while awake.
LOOKING = [0.06] * 7 + [0.5] + [0.73] * 15 + [0.45]
TALKER_GLANCE_MS = (900, 2000)
GLANCE_MS = Lognormal(15_000, 1.0, 2_000, 240_000)
CATCH_UP = Lognormal(50 * MINUTE, 1.2, 2 * MINUTE, 20 * DAY)
SHARE_SWITCHED_OFF = 0.15

SHARE_ADMIN = 0.08
SHARE_MUTING = 0.06
SHARE_PINNING = 0.05


class Session(NamedTuple):
    """A conversation; in a list they sort by time."""

    start: int
    number: int
    chat: Chat
    messages: int
    present: tuple[int, ...]  # places in chat.members; those who talk come first
    talkers: int
    comes: int | None  # who joins as it begins
    leaves: int | None  # who leaves as it ends


@dataclass(slots=True)
class Plan:
    """All about a chat but its messages, as rows for COPY."""

    chat: str
    participants: list[str]
    talk_sessions: list[str]
    attention: list[str]
    sessions: list[Session]


@dataclass(slots=True)
class _Draft:
    """A conversation in the making."""

    messages: int
    is_answered: bool
    comes: int | None = None
    leaves: int | None = None
    number: int = 0
    start: int = 0
    takes: int = 0

    @property
    def end(self) -> int:
        return self.start + self.takes


def timetable(seed: int, number: int, messages: int) -> tuple[Random, list[int]]:
    """Return when the messages of a conversation are sent, from its start on, and what draws the rest of it.

    Called when it is planned and again when it is written, so that no plan has to keep the times.
    """
    random = Random(f"{seed}/{number}")
    times = [0]
    time = 0
    for _ in range(messages - 1):
        time += PAUSE.draw(random) + random.getrandbits(17)
        times.append(time)
    return random, times


class Planner:
    """Plans the chats of a world, one after the other."""

    def __init__(self, seed: int, now: int, history: int) -> None:
        """Take the time that the world ends with, and how far it reaches back, in microseconds."""
        self._random = Random(f"{seed}/plan")
        self._seed = seed
        self._now = now
        self._history = history
        self._number = 0

    def plan(self, chat: Chat, *, is_live: bool) -> Plan:
        """Plan a chat; a live one is talked in right now. What the members did last is noted with them."""
        drafts = self._drafts(chat)
        if chat.is_group:
            self._arrivals(chat, drafts)
        for draft in drafts:
            draft.number = self._number
            self._number += 1
            draft.takes = timetable(self._seed, draft.number, draft.messages)[1][-1]
        self._date(chat, drafts, is_live=is_live)
        created = self._made(chat, drafts, is_live=is_live)
        if chat.is_group:
            self._goodbyes(chat, drafts)
        plan = Plan("", [], [line(chat.id, stamp(draft.start), draft.number) for draft in drafts], [], [])
        self._attend(chat, drafts, plan)
        joined = {draft.comes: draft.start for draft in drafts if draft.comes is not None}
        left = {draft.leaves: draft.end + SECOND for draft in drafts if draft.leaves is not None}
        plan.chat = self._chat_row(chat, created)
        plan.participants = [
            self._participant_row(chat, place, joined.get(place, created), left.get(place))
            for place in range(len(chat.members))
        ]
        for person in chat.members:
            person.first_trace = min(person.first_trace, created)
        return plan

    def _drafts(self, chat: Chat) -> list[_Draft]:
        random = self._random
        drafts = []
        rest = chat.messages
        while rest:
            is_answered = chat.is_group or random.random() >= SHARE_UNANSWERED
            messages = LENGTH.draw(random) if is_answered else random.randrange(1, 4)
            messages = rest if rest - messages < SHORTEST_REST * is_answered else messages
            drafts.append(_Draft(messages, is_answered))
            rest -= messages
        return drafts

    def _arrivals(self, chat: Chat, drafts: Sequence[_Draft]) -> None:
        random = self._random
        for place in range(1, len(chat.members)):
            if random.random() < SHARE_JOINING and len(drafts) > 1:
                draft = drafts[random.randrange(1, len(drafts))]
                if draft.comes is None and draft.messages > 1:
                    draft.comes = place

    def _date(self, chat: Chat, drafts: Sequence[_Draft], *, is_live: bool) -> None:
        """Give each conversation its start: bursts and long silences, by the hours of the day, none into another."""
        random = self._random
        latest = self._now - (LIVE.draw(random) if is_live else LAST_TALK.draw(random))
        silences = [SILENCE.draw(random) for _ in drafts]
        share = random.randrange(self._history // 3, self._history)
        total = sum(silences)
        time = latest
        for draft, silence in zip(reversed(drafts), reversed(silences), strict=True):
            start = time - draft.takes
            if not (is_live and draft is drafts[-1]):
                start = min(start, self._at_a_likely_hour(start, random.choice(chat.members)))
            draft.start = start
            time = start - BETWEEN - share * silence // total

    def _made(self, chat: Chat, drafts: Sequence[_Draft], *, is_live: bool) -> int:
        """Return when the chat was made: earlier with all its talk, or nobody gone, where somebody was gone by then."""
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

    def _goodbyes(self, chat: Chat, drafts: Sequence[_Draft]) -> None:
        random = self._random
        came = {draft.comes: number for number, draft in enumerate(drafts) if draft.comes is not None}
        for place in range(1, len(chat.members)):
            gone = chat.members[place].gone_since
            is_deleted = chat.members[place].is_deleted
            if not is_deleted and random.random() >= SHARE_LEAVING:
                continue
            possible = [
                draft
                for draft in drafts[came.get(place, 0) :]
                if draft.leaves is None and draft.messages > 2 and (gone is None or draft.end < gone)  # noqa: PLR2004
            ]
            if possible:
                (possible[-1] if is_deleted else random.choice(possible)).leaves = place

    def _attend(self, chat: Chat, drafts: Sequence[_Draft], plan: Plan) -> None:
        """Say who is there, who talks, and when the others look: backwards, as nobody reads new before old."""
        left = {draft.leaves: number for number, draft in enumerate(drafts) if draft.leaves is not None}
        came = {draft.comes: number for number, draft in enumerate(drafts) if draft.comes is not None}
        reads_by: dict[int, int] = {}
        for number in range(len(drafts) - 1, -1, -1):
            draft = drafts[number]
            active = [
                place
                for place in range(len(chat.members))
                if came.get(place, 0) <= number <= left.get(place, len(drafts))
            ]
            talkers = self._talkers(chat, draft, active)
            present = list(talkers)
            for place in active:
                if place in talkers or self._is_looking(chat, draft, place):
                    if place not in talkers:
                        present.append(place)
                    reads_by[place] = draft.start
                    plan.attention.append(self._looks(chat, draft, place, talks=place in talkers))
                else:
                    plan.attention.append(self._catches_up(chat, draft, place, reads_by))
            plan.sessions.append(
                Session(
                    draft.start,
                    draft.number,
                    chat,
                    draft.messages,
                    tuple(present),
                    len(talkers),
                    draft.comes,
                    draft.leaves,
                )
            )

    def _talkers(self, chat: Chat, draft: _Draft, active: Sequence[int]) -> list[int]:
        random = self._random
        there = [place for place in active if not chat.members[place].is_gone(draft.end)]
        if not there:  # somebody has to: this one is not gone after all
            chat.members[active[0]].stays()
            there = [active[0]]
        wanted = min(HOW_MANY_TALK.draw(random) if chat.is_group else 1 + draft.is_answered, len(there), draft.messages)
        weights = [isqrt(chat.members[place].weight) for place in there]
        talkers: list[int] = []
        while len(talkers) < wanted:
            (chosen,) = random.choices(range(len(there)), weights)
            talkers.append(there.pop(chosen))
            weights.pop(chosen)
        return talkers

    def _is_looking(self, chat: Chat, draft: _Draft, place: int) -> bool:
        person = chat.members[place]
        if place in (draft.comes, draft.leaves):
            return True
        return (
            not person.is_gone(draft.end)
            and chat.is_group
            and self._random.random() < LOOKING[person.hour(draft.start)]
        )

    def _looks(self, chat: Chat, draft: _Draft, place: int, *, talks: bool) -> str:
        person = chat.members[place]
        glance = self._random.randrange(*TALKER_GLANCE_MS) if talks else GLANCE_MS.draw(self._random)
        self._trace(person, draft.end, glance)
        return line(draft.number, person.id, stamp(draft.start), stamp(draft.start), glance)

    def _trace(self, person: Person, time: int, glance_ms: int) -> None:
        """Note that somebody was there until the glance after that time, and the second in which it was delivered."""
        person.last_trace = max(person.last_trace, min(self._now, time + glance_ms * 1000 + SECOND))

    def _catches_up(self, chat: Chat, draft: _Draft, place: int, reads_by: dict[int, int]) -> str:
        random = self._random
        person = chat.members[place]
        glance = GLANCE_MS.draw(random)
        if person.is_gone(draft.start):
            delivered = NULL if person.is_deleted or person.weight % 2 else stamp(draft.start)
            return line(draft.number, person.id, delivered, NULL, glance)
        reads = draft.start + random.randrange(draft.takes + 1) + CATCH_UP.draw(random)
        if person.hour(reads) < 7:  # noqa: PLR2004 (asleep until seven)
            reads += (7 - person.hour(reads)) * HOUR + random.randrange(2 * HOUR)
        reads = min(reads, reads_by.get(place, reads))
        if person.is_gone(reads):
            return line(draft.number, person.id, stamp(draft.start), NULL, glance)
        reads_by[place] = reads
        if reads <= self._now:
            self._trace(person, max(reads, draft.end), glance)
        is_off = random.random() < SHARE_SWITCHED_OFF
        delivered = stamp(max(draft.start, reads - random.randrange(SECOND, 30 * SECOND)) if is_off else draft.start)
        return line(draft.number, person.id, delivered, stamp(reads), glance)

    def _chat_row(self, chat: Chat, created: int) -> str:
        return line(
            chat.id,
            "group" if chat.is_group else "direct",
            escaped_or_null(chat.name),
            chat.slug,
            escaped_or_null(chat.description),
            NULL,
            chat.members[0].id,
            stamp(created),
            stamp(created),
            "f",
            NULL,
        )

    def _participant_row(self, chat: Chat, place: int, joined: int, left: int | None) -> str:
        random = self._random
        role = "member"
        if chat.is_group:
            role = "owner" if place == 0 else "admin" if random.random() < SHARE_ADMIN and left is None else "member"
        muted = self._now + random.randrange(DAY, 300 * DAY) if random.random() < SHARE_MUTING else None
        pinned = random.randrange(joined, self._now) if random.random() < SHARE_PINNING else None
        return line(
            chat.id,
            chat.members[place].id,
            role,
            chat.members[0].id if place else NULL,
            stamp(joined),
            stamp_or_null(left),
            stamp_or_null(muted),
            stamp_or_null(pinned),
        )
