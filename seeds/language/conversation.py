"""One session of talk: who says what, and what it answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .phrases import BRIEF, SHORT, Phrase, Walk
from .typing_style import PARAGRAPH, STRETCHES, Style, capital, mistyped, stretched

if TYPE_CHECKING:
    from .vocabulary import Habits, Talk

# Assumed shares, tuned with those of Habits until the figures of the field notes came out.
CORRECTS: Final = 0.4  # a slip, if the same person writes next
CAPTIONED: Final = 0.25  # images
GREETS: Final = 0.45  # first messages
LAST_WORDS: Final = 3  # messages that are short goodbyes
CHANGES_TOPIC: Final = 0.08
SPEAKS_TO_STATEMENT: Final = 0.8  # where the phrasebook has a reply to just that statement
THANKS: Final = 0.7  # for an answer
ANSWERS_TOO: Final = 0.4  # a question that another one has answered
REMARKS: Final = 0.45  # on what the one before said
TOPICAL: Final = 0.5  # of those, about the topic
DRESSES: Final = 0.9  # a line that would soon be said again word for word
OPENS: Final = 0.5  # with an opener, else ends with a tag
SUFFIXED: Final = 0.6
ASKS_BRIEFLY: Final = 0.16
STATES_BRIEFLY: Final = 0.2
FRESH: Final = 0.66
PAIRS: Final = 0.4
LOOKS: Final = 3  # lines looked at for one that is short enough
QUESTIONS: Final = ("?", "!")
THANKS_FOR: Final = {"=": "thanks", "+": "glad", "-": "pity", "?": "thanks", "!": "thanks"}


class Said:
    """A message as the conversation remembers it."""

    __slots__ = ("answerable", "asker", "question", "reply", "speaker")

    def __init__(self, speaker: int) -> None:
        self.speaker = speaker
        self.answerable: Phrase | None = None
        self.question: Phrase | None = None  # that it answers
        self.reply: Phrase | None = None  # with which it does
        self.asker = -1


class Conversation:
    """One session of talk: it remembers what it is about and what was asked."""

    def __init__(
        self, talk: "Talk", names: Sequence[str], habits: "Habits", topics: Sequence[str], messages: int | None
    ) -> None:
        self._talk = talk
        self._random = talk.random.random
        self._names = names
        self._styles: dict[int, Style] = {}
        self._habits = habits
        self._topics = topics
        self._messages = messages
        self._said: list[Said] = []
        self._open: Said | None = None  # the question that waits for an answer
        self._slip: tuple[int, str] | None = None
        self._at: dict[Walk, int] = {}
        self._passed: dict[Walk, list[Phrase]] = {}
        self._pace = self._random()
        self._kept: dict[str, str] = {"you": names[0]}
        self._begin_topic()

    def say(self, speaker: int, answer_to: int | None = None) -> str:
        """Return what the speaker, an index of the names, says next.

        answer_to is how many messages back that one is that this is an explicit reply to; 1 is the last.
        """
        random = self._random
        slip, self._slip = self._slip, None
        to = self._addressed(speaker, answer_to)
        self._said.append(Said(speaker))
        if to is None and slip and slip[0] == speaker and random() < CORRECTS:
            return "*" + slip[1]
        self._kept["you"] = self._names[self._spoken_to(speaker, to)]
        style = self._styles.get(speaker)
        if style is None:
            style = self._styles[speaker] = Style(self._names[speaker])
        lengths = self._habits.lengths
        length = lengths[int(random() * len(lengths))]
        emoji = random() < style.emoji
        if emoji and length > 1:
            length -= 1
        brief = length <= BRIEF
        if to is not None and to.speaker == speaker:
            to = None
        pieces = self._brief(to, length) if brief else self._full(to, length)
        text = self._joined(pieces, style)
        if random() < STRETCHES:
            text = stretched(text, random)
        elif random() < style.typos and (typed := mistyped(text, random)):
            text = typed[0]
            self._slip = speaker, typed[1]
        asks = pieces[-1].asks
        text = style.end(text, random, asks=asks, brief=brief)
        if emoji and not asks:
            text += " " + self._talk.reaction() * (1 + int(random() * random() * 3))
        return text

    def caption(self, speaker: int) -> str:
        """Return the text of an image: mostly none."""
        self._said.append(Said(speaker))
        if self._random() > CAPTIONED:
            return ""
        text, slots = self._one_of(self._talk.lists["caption"]).forms[0]
        return text % tuple([slot(self._kept) for slot in slots])

    def _addressed(self, speaker: int, answer_to: int | None) -> Said | None:
        """Return what the next message responds to: what the caller says, an open question, or the last message."""
        said, to = self._said, None
        if answer_to is not None and 0 < answer_to <= len(said):
            to = said[-answer_to]
        elif self._open is not None and self._open.speaker != speaker:
            to = self._open
        elif said and said[-1].speaker != speaker:
            to = said[-1]
        if to is not None and to is self._open and to.speaker != speaker:
            self._open = None
        return to

    def _spoken_to(self, speaker: int, to: Said | None) -> int:
        if to is not None and to.speaker != speaker:
            return to.speaker
        other = int(self._random() * (len(self._names) - 1))
        return other + (other >= speaker) if len(self._names) > 1 else 0

    def _begin_topic(self) -> None:
        topics = self._topics
        self._subject = self._talk.subjects[topics[int(self._random() * len(topics))]]
        self._kept = {"you": self._kept["you"]}

    # What is said

    def _brief(self, to: Said | None, length: int) -> list[Phrase]:
        """Return what is said in one to three words."""
        if to is None:
            return self._brief_remark(self._talk.alone, length)
        said = to.answerable
        if said is not None and said.mark in QUESTIONS:
            return self._brief_answer(to, said, length)
        if said is not None and said.mark == "@":
            return [self._best(said.replies, length)]
        if to.reply is not None and to.asker == self._said[-1].speaker:
            thanks = self._talk.brief[THANKS_FOR[to.reply.mark]][length]
            if thanks:
                return [self._one_of(thanks)]
        if self._random() < ASKS_BRIEFLY:
            return [self._asked(self._one_of(self._talk.brief["short_question"][length]))]
        return self._brief_remark(self._talk.remarks, length)

    def _brief_remark(self, remarks: Sequence[Sequence[Phrase]], length: int) -> list[Phrase]:
        talk, random = self._talk, self._random
        if length == BRIEF and random() < STATES_BRIEFLY:
            return [self._stated(self._fitting(self._subject.short, BRIEF))]
        if random() < FRESH:
            return [self._one_of(talk.fresh[length])]
        if length > 1 and random() < PAIRS:
            return [self._one_of(remarks[length - 1]), self._one_of(talk.remarks[1])]
        return [self._one_of(remarks[length])]

    def _brief_answer(self, to: Said, question: Phrase, length: int) -> list[Phrase]:
        suffix = length > 1 and self._random() < SUFFIXED
        answers = question.short[length - suffix] or question.short[1]
        reply = self._replied(to, question, self._one_of(answers))
        return [reply, self._one_of(self._talk.brief["tag"][1])] if suffix else [reply]

    def _full(self, to: Said | None, length: int) -> list[Phrase]:
        """Return the clauses of a message of about so many words: response, statements, question."""
        talk, random, habits = self._talk, self._random, self._habits
        if (
            self._open is None
            and self._messages
            and len(self._said) > self._messages - LAST_WORDS
            and length < 2 * SHORT
        ):
            return [self._stated(self._one_of(talk.lists["goodbye"])), self._one_of(talk.brief["tag"][1])]
        pieces = self._beginning(to, length)
        if pieces and pieces[-1].asks:
            return pieces
        responds = bool(pieces)
        length -= sum([piece.words for piece in pieces])
        ending = self._ending(length)
        length -= sum([piece.words for piece in ending])
        if not responds and length > SHORT and random() < habits.leads:
            pieces.append(self._one_of(talk.up_to["lead"][min(length - BRIEF, len(talk.up_to["lead"]) - 1)]))
            length -= pieces[0].words
        length = self._state(pieces, length)
        whole = pieces + ending
        if length <= 0 and len(whole) == 1 and whole[0].plain and random() < DRESSES:
            length = 1
        if length > 0:
            if not responds and (ending or random() < OPENS):
                pieces.insert(0, self._one_of(talk.brief["opener"][length]))
            else:
                pieces.append(self._one_of(talk.brief["tag"][length]))
        if ending and ending[0].mark in QUESTIONS:
            self._asked(ending[0])
        return pieces + ending

    def _ending(self, length: int) -> list[Phrase]:
        """Return a question, a closer or nothing."""
        habits = self._habits
        if self._random() < habits.asks:
            return [self._fitting(self._subject.questions, length)]
        if length > SHORT and self._random() < habits.leads:
            closers = self._talk.up_to["closer"]
            return [self._one_of(closers[min(length - BRIEF, len(closers) - 1)])]
        return []

    def _state(self, pieces: list[Phrase], length: int) -> int:
        """Add statements of about so many words, and return how many words are left over."""
        subject = self._subject
        while length >= BRIEF:
            if self._random() < self._habits.asides:
                statement = self._one_of(self._talk.lists["aside"])
            else:
                statement = self._fitting(subject.short if length <= SHORT else subject.long, length + 1)
            pieces.append(self._stated(statement))
            length -= statement.words
        return length

    def _beginning(self, to: Said | None, length: int) -> list[Phrase]:
        """Return the clause that greets, responds to a message or changes the topic, if any does."""
        talk, random = self._talk, self._random
        response = None
        if len(self._said) == 1:
            if random() < GREETS:
                response = self._stated(self._one_of(talk.lists[self._habits.greeting]))
        elif to is not None:
            response = self._response(to, length)
        if response is not None:
            if response.asks and response.plain:
                return [self._one_of(talk.lists["opener"]), response]
            return [response]
        if self._open is None and length > SHORT and random() < CHANGES_TOPIC:
            self._begin_topic()
            return [self._one_of(talk.lists["new_topic"])]
        return []

    def _response(self, to: Said, length: int) -> Phrase | None:
        random, said = self._random, to.answerable
        if said is not None and said.mark in QUESTIONS:
            return self._replied(to, said, self._best(said.replies, length))
        if said is not None and said.replies and random() < SPEAKS_TO_STATEMENT:
            return self._best(said.replies, length)
        if to.question is not None and to.reply is not None:
            if to.asker == self._said[-1].speaker:
                return self._one_of(self._talk.lists[THANKS_FOR[to.reply.mark]]) if random() < THANKS else None
            if random() < ANSWERS_TOO:
                return self._best([reply for reply in to.question.replies if not reply.asks], length)
        return self._remark(length) if random() < REMARKS else None

    def _remark(self, length: int) -> Phrase:
        if self._random() < TOPICAL:
            return self._fitting(self._subject.remarks, length)
        return self._one_of(self._talk.remarks[1 + int(self._random() * min(4, length))])

    # What is remembered

    def _asked(self, question: Phrase) -> Phrase:
        now = self._said[-1]
        now.answerable = question
        self._open = now
        return question

    def _stated(self, statement: Phrase) -> Phrase:
        self._said[-1].answerable = statement
        return statement

    def _replied(self, to: Said, question: Phrase, reply: Phrase) -> Phrase:
        now = self._said[-1]
        now.question, now.reply, now.asker = question, reply, to.speaker
        return self._asked(reply) if reply.asks else reply

    # Choosing among lines

    def _one_of(self, lines: Sequence[Phrase]) -> Phrase:
        return lines[int(self._random() * len(lines))]

    def _best(self, replies: Sequence[Phrase], words: int) -> Phrase:
        """Return one of a few replies that is not longer, or the shortest of them."""
        best = self._one_of(replies)
        for _ in range(LOOKS):
            if best.words <= words:
                break
            other = self._one_of(replies)
            if other.words < best.words:
                best = other
        return best

    def _next(self, walk: Walk) -> Phrase:
        count, at = len(walk.phrases), self._at.get(walk)
        if at is None:
            at = int(self._random() ** self._habits.skew * count)
        else:
            at = (at + walk.strides[int(self._pace * len(walk.strides))]) % count
        self._at[walk] = at
        return walk.phrases[at]

    def _fitting(self, walk: Walk, words: int) -> Phrase:
        """Return the next line that is not longer, or the last that was looked at; those passed over come later."""
        passed = self._passed.get(walk)
        if passed is None:
            passed = self._passed[walk] = []
        for at, phrase in enumerate(passed):
            if phrase.words <= words:
                del passed[at]
                return phrase
        phrase = self._next(walk)
        for _ in range(LOOKS):
            if phrase.words <= words:
                break
            passed.append(phrase)
            phrase = self._next(walk)
        return phrase

    # Writing it down

    def _joined(self, pieces: Sequence[Phrase], style: Style) -> str:
        random, kept, hurried, neat = self._random, self._kept, style.hurried, style.neat
        text, before = "", None
        for piece in pieces:
            form, slots = piece.forms[hurried]
            more = form % tuple([slot(kept) for slot in slots])
            if before is None:
                text = capital(more) if neat else more
            else:
                if before.joins:
                    mark = " "
                else:
                    aside = piece.mark == "~" or before.mark == "~"
                    mark = style.between(random, aside, before.words >= BRIEF)
                if neat and mark in {". ", "! ", "... "}:
                    more = capital(more)
                    if mark == ". " and len(text) > PARAGRAPH:
                        mark = ".\n"
                text += mark + more
            before = piece
        return text.lower() if hurried else text
