"""One conversation: what its speakers say, turn by turn, and how each turn responds to the ones before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .phrases import BRIEF, SHORT, Phrase
from .selection import Selection
from .typing_style import PARAGRAPH, STRETCHES, Style, capital, mistyped, stretched
from .vocabulary import Habits, Vocabulary

# Probabilities. None was measured by itself: all are assumed, and tuned together with those of Habits until the texts
# had the statistics of chat_statistics.toml (lengths, questions, duplicates, Zipf's and Heaps' exponents).
CORRECTS: Final = 0.4  # assumed: a slip is corrected, if the same person writes next
CAPTIONED: Final = 0.25  # assumed: an image has a caption
GREETS: Final = 0.45  # assumed: the first message greets
CHANGES_TOPIC: Final = 0.08  # assumed: a longer message begins another topic
RESPONDS_TO_STATEMENT: Final = 0.8  # assumed: a statement is responded to, where the phrasebook has a reply to it
THANKS: Final = 0.7  # assumed: who asked thanks for the answer
ANSWERS_TOO: Final = 0.4  # assumed: a question that somebody else has answered is answered again
REMARKS: Final = 0.45  # assumed: a message begins with a remark on the one before
TOPICAL: Final = 0.5  # assumed: such a remark is about the topic
EXTENDS: Final = 0.9  # assumed: a single phrase that would soon be said again word for word gets an opener or a tag
OPENS: Final = 0.5  # assumed: words that are left over become an opener rather than a tag
SUFFIXED: Final = 0.6  # assumed: a brief answer of several words ends with a tag
ASKS_BRIEFLY: Final = 0.16  # assumed: a brief message is a question
STATES_BRIEFLY: Final = 0.2  # assumed: a message of three words is a statement about the topic
FRESH: Final = 0.66  # assumed: a brief remark is one with a value made up anew
PAIRS: Final = 0.4  # assumed: a brief remark of several words is two remarks

LAST_WORDS: Final = 3  # messages at the end that are short goodbyes
MOST_EMOJI: Final = 3  # in a row
LONGEST_REMARK: Final = 4  # words

QUESTIONS: Final = ("?", "!")
# The list that thanks for an answer, by the mark of the answer.
THANKS_FOR: Final = {"=": "thanks", "+": "glad", "-": "pity", "?": "thanks", "!": "thanks"}


@dataclass(slots=True)
class Turn:
    """A message as the conversation remembers it: who wrote it, and what others can respond to."""

    speaker: int
    says: Phrase | None = None  # its question or its last statement
    question: Phrase | None = None  # the question it answers
    answer: Phrase | None = None  # the answer it gives
    asker: int = -1  # the speaker who asked


def begin(
    vocabulary: Vocabulary,
    names: Sequence[str],
    *,
    group: bool,
    topics: Sequence[str] | None = None,
    messages: int | None = None,
) -> "Conversation":
    """Begin a conversation among these people, named as the others call them.

    Its topics are drawn from those given, else from all, the popular ones often. With the number of messages that are
    to come, the last ones are goodbyes.
    """
    habits = vocabulary.group if group else vocabulary.direct
    return Conversation(vocabulary, names, habits, topics or vocabulary.popular, messages)


class Conversation:
    """A conversation in progress: it remembers its topic, its turns, and the question that is open."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        names: Sequence[str],
        habits: Habits,
        topics: Sequence[str],
        messages: int | None,
    ) -> None:
        self._vocabulary = vocabulary
        self._random = vocabulary.random.random
        self._names = names
        self._styles: dict[int, Style] = {}
        self._habits = habits
        self._topics = topics
        self._messages = messages
        self._turns: list[Turn] = []
        self._open: Turn | None = None  # the turn whose question waits for an answer
        self._slip: tuple[int, str] | None = None  # who mistyped last, and the word that was meant
        self._select = Selection(self._random, habits.skew)
        self._bindings: dict[str, str] = {"you": names[0]}
        self._begin_topic()

    def say(self, speaker: int, answer_to: int | None = None) -> str:
        """Return what the speaker, an index of the names, says next.

        An explicit reply gives how many messages back the one it replies to is: 1 is the last.
        """
        random = self._random
        slip, self._slip = self._slip, None
        to = self._addressed(speaker, answer_to)
        self._turns.append(Turn(speaker))
        if to is None and slip and slip[0] == speaker and random() < CORRECTS:
            return "*" + slip[1]
        self._bindings["you"] = self._names[self._spoken_to(speaker, to)]
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
        phrases = self._brief(to, length) if brief else self._full(to, length)
        text = self._joined(phrases, style)
        if random() < STRETCHES:
            text = stretched(text, random)
        elif random() < style.typos and (typed := mistyped(text, random)):
            text = typed[0]
            self._slip = speaker, typed[1]
        asks = phrases[-1].asks
        text = style.end(text, random, asks=asks, brief=brief)
        if emoji and not asks:
            text += " " + self._vocabulary.reaction() * (1 + int(random() * random() * MOST_EMOJI))
        return text

    def caption(self, speaker: int) -> str:
        """Return the text of an image: mostly none."""
        self._turns.append(Turn(speaker))
        if self._random() > CAPTIONED:
            return ""
        form = self._select.any_of(self._vocabulary.lists["caption"]).forms[0]
        return form.fill(self._bindings)

    def _addressed(self, speaker: int, answer_to: int | None) -> Turn | None:
        """Return the turn that the next one responds to: the caller's, an open question's, or the last one."""
        turns, to = self._turns, None
        if answer_to is not None and 0 < answer_to <= len(turns):
            to = turns[-answer_to]
        elif self._open is not None and self._open.speaker != speaker:
            to = self._open
        elif turns and turns[-1].speaker != speaker:
            to = turns[-1]
        if to is not None and to is self._open and to.speaker != speaker:
            self._open = None
        return to

    def _spoken_to(self, speaker: int, to: Turn | None) -> int:
        """Return the index of the name that "you" stands for."""
        if to is not None and to.speaker != speaker:
            return to.speaker
        other = int(self._random() * (len(self._names) - 1))
        return other + (other >= speaker) if len(self._names) > 1 else 0

    def _begin_topic(self) -> None:
        topics = self._topics
        self._subject = self._vocabulary.subjects[topics[int(self._random() * len(topics))]]
        self._bindings = {"you": self._bindings["you"]}

    def _record(self, phrase: Phrase, answers: Turn | None = None) -> Phrase:
        """Record that the current turn says the phrase, as its answer if it answers another turn; return the phrase.

        What it asks or states is what others can respond to; a question is open until somebody does.
        """
        turn = self._turns[-1]
        asks = phrase.mark in QUESTIONS
        if answers is not None:
            turn.question, turn.answer, turn.asker = answers.says, phrase, answers.speaker
        if answers is None or asks:
            turn.says = phrase
        if asks:
            self._open = turn
        return phrase

    # Messages of one to three words

    def _brief(self, to: Turn | None, length: int) -> list[Phrase]:
        vocabulary, select = self._vocabulary, self._select
        if to is None:
            return self._brief_remark(vocabulary.alone, length)
        said = to.says
        if said is not None and said.mark in QUESTIONS:
            return self._brief_answer(to, said, length)
        if said is not None and said.mark == "@":
            return [select.short_one_of(said.replies, length)]
        if to.answer is not None and to.asker == self._turns[-1].speaker:
            thanks = vocabulary.brief[THANKS_FOR[to.answer.mark]][length]
            if thanks:
                return [select.any_of(thanks)]
        if self._random() < ASKS_BRIEFLY:
            return [self._record(select.any_of(vocabulary.brief["short_question"][length]))]
        return self._brief_remark(vocabulary.remarks, length)

    def _brief_remark(self, remarks: Sequence[Sequence[Phrase]], length: int) -> list[Phrase]:
        vocabulary, select, random = self._vocabulary, self._select, self._random
        if length == BRIEF and random() < STATES_BRIEFLY:
            return [self._record(select.next_of(self._subject.short, BRIEF))]
        if random() < FRESH:
            return [select.any_of(vocabulary.fresh[length])]
        if length > 1 and random() < PAIRS:
            return [select.any_of(remarks[length - 1]), select.any_of(vocabulary.remarks[1])]
        return [select.any_of(remarks[length])]

    def _brief_answer(self, to: Turn, question: Phrase, length: int) -> list[Phrase]:
        suffix = length > 1 and self._random() < SUFFIXED
        answers = question.short[length - suffix] or question.short[1]
        answer = self._record(self._select.any_of(answers), to)
        return [answer, self._select.any_of(self._vocabulary.brief["tag"][1])] if suffix else [answer]

    # Longer messages: a response, statements, a question

    def _full(self, to: Turn | None, length: int) -> list[Phrase]:
        """Return the phrases of a message of about so many words."""
        vocabulary, select, random = self._vocabulary, self._select, self._random
        if self._is_goodbye(length):
            return [
                self._record(select.any_of(vocabulary.lists["goodbye"])),
                select.any_of(vocabulary.brief["tag"][1]),
            ]
        phrases = self._beginning(to, length)
        if phrases and phrases[-1].asks:
            return phrases
        responds = bool(phrases)
        length -= sum([phrase.words for phrase in phrases])
        ending = self._ending(length)
        length -= sum([phrase.words for phrase in ending])
        if not responds and length > SHORT and random() < self._habits.leads:
            leads = vocabulary.up_to["lead"]
            phrases.append(select.any_of(leads[min(length - BRIEF, len(leads) - 1)]))
            length -= phrases[0].words
        length = self._state(phrases, length)
        whole = phrases + ending
        if length <= 0 and len(whole) == 1 and whole[0].plain and random() < EXTENDS:
            length = 1
        if length > 0:
            if not responds and (ending or random() < OPENS):
                phrases.insert(0, select.any_of(vocabulary.brief["opener"][length]))
            else:
                phrases.append(select.any_of(vocabulary.brief["tag"][length]))
        if ending and ending[0].mark in QUESTIONS:
            self._record(ending[0])
        return phrases + ending

    def _is_goodbye(self, length: int) -> bool:
        if self._open is not None or not self._messages:
            return False
        return len(self._turns) > self._messages - LAST_WORDS and length < 2 * SHORT

    def _beginning(self, to: Turn | None, length: int) -> list[Phrase]:
        """Return the phrase that greets, responds to a turn or changes the topic, if there is one."""
        vocabulary, select, random = self._vocabulary, self._select, self._random
        response = None
        if len(self._turns) == 1:
            if random() < GREETS:
                response = self._record(select.any_of(vocabulary.lists[self._habits.greeting]))
        elif to is not None:
            response = self._response(to, length)
        if response is not None:
            if response.asks and response.plain:
                return [select.any_of(vocabulary.lists["opener"]), response]
            return [response]
        if self._open is None and length > SHORT and random() < CHANGES_TOPIC:
            self._begin_topic()
            return [select.any_of(vocabulary.lists["new_topic"])]
        return []

    def _response(self, to: Turn, length: int) -> Phrase | None:
        select, random, said = self._select, self._random, to.says
        if said is not None and said.mark in QUESTIONS:
            return self._record(select.short_one_of(said.replies, length), to)
        if said is not None and said.replies and random() < RESPONDS_TO_STATEMENT:
            return select.short_one_of(said.replies, length)
        if to.question is not None and to.answer is not None:
            if to.asker == self._turns[-1].speaker:
                thanks = self._vocabulary.lists[THANKS_FOR[to.answer.mark]]
                return select.any_of(thanks) if random() < THANKS else None
            if random() < ANSWERS_TOO:
                return select.short_one_of([reply for reply in to.question.replies if not reply.asks], length)
        return self._remark(length) if random() < REMARKS else None

    def _remark(self, length: int) -> Phrase:
        if self._random() < TOPICAL:
            return self._select.next_of(self._subject.remarks, length)
        remarks = self._vocabulary.remarks
        return self._select.any_of(remarks[1 + int(self._random() * min(LONGEST_REMARK, length))])

    def _ending(self, length: int) -> list[Phrase]:
        """Return a question, a closer or nothing."""
        habits = self._habits
        if self._random() < habits.asks:
            return [self._select.next_of(self._subject.questions, length)]
        if length > SHORT and self._random() < habits.leads:
            closers = self._vocabulary.up_to["closer"]
            return [self._select.any_of(closers[min(length - BRIEF, len(closers) - 1)])]
        return []

    def _state(self, phrases: list[Phrase], length: int) -> int:
        """Add statements of about so many words, and return how many words are left over."""
        subject = self._subject
        while length >= BRIEF:
            if self._random() < self._habits.asides:
                statement = self._select.any_of(self._vocabulary.lists["aside"])
            else:
                statement = self._select.next_of(subject.short if length <= SHORT else subject.long, length + 1)
            phrases.append(self._record(statement))
            length -= statement.words
        return length

    def _joined(self, phrases: Sequence[Phrase], style: Style) -> str:
        """Return the text of a message in the speaker's style, without its end."""
        random, bindings, hurried, neat = self._random, self._bindings, style.hurried, style.neat
        text, before = "", None
        for phrase in phrases:
            more = phrase.forms[hurried].fill(bindings)
            if before is None:
                text = capital(more) if neat else more
            else:
                if before.joins:
                    mark = " "
                else:
                    aside = phrase.mark == "~" or before.mark == "~"
                    mark = style.between(random, aside, before.words >= BRIEF)
                if neat and mark in {". ", "! ", "... "}:
                    more = capital(more)
                    if mark == ". " and len(text) > PARAGRAPH:
                        mark = ".\n"
                text += mark + more
            before = phrase
        return text.lower() if hurried else text
