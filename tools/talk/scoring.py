"""Makes a score of a conversation: who says what after how long, in answer to what, and where a picture goes."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .cleaning import RULES
from .corpus import Said

TOPICS: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{topic['words']})\b", re.IGNORECASE) for name, topic in RULES["topics"].items()
}
EMOJI = {
    tuple(emoji.split()): re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for emoji, words in tomllib.loads(Path(__file__).with_name("emoji.toml").read_text(encoding="utf-8")).items()
}
SMILEYS = {
    ":)": "🙂",
    ":-)": "🙂",
    "(:": "🙂",
    ":D": "😃",
    ":(": "😞",
    ";)": "😉",
    ":P": "😛",
    ":p": "😛",
    "<3": "❤️",
    "XD": "😆",
}
SMILEY = re.compile(r"(?<!\S)(?:" + "|".join(map(re.escape, SMILEYS)) + r")(?!\w)")
SHARE_WITH_EMOJI = 0.24  # tried: most messages have no word for one

# What is left of a conversation: stretches of which nothing is missing, of two people.
SHORTEST_STRETCH, SHORTEST_TALK, LONGEST_TALK = 7, 16, 140
# A message of so many words without a mark at its end, after which the same person writes on so soon: half a sentence.
HALF, SOON = (3, 12), 8  # words, seconds
ACROSS_A_CUT = (15, 150)  # seconds

# Pictures without a word are sent at the end of a turn, more likely after words for what can be seen; pictures with a
# caption are messages of few words, none of them a question. The shares make a sixth of all messages pictures.
PICTURED = re.compile(
    r"\b(?:my|our|the|this|these|her|his|new|look|looks|saw|made|got|went|see|dogs?|cats?|cars?|food|house|trips?)\b",
    re.IGNORECASE,
)
SHARE_FOLLOWED, SHARE_PICTURED = 0.26, 0.42
SHARE_CAPTIONS, LONGEST_CAPTION = 0.16, 14  # words
BEFORE_A_PICTURE = (4, 40)  # seconds

# A reply names an earlier message if they share words as rare as this.
WORD = re.compile(r"[a-z]{4,}")
FURTHEST, KINSHIP = 24, 5.5


@dataclass
class Line:
    """A line of a score: a message without a text is a picture."""

    speaker: int
    pause: int
    answers: int  # how many messages back the one is that it answers, 0 for none
    has_picture: bool
    text: str


def talks(conversation: Sequence[Said], texts: Sequence[str | None]) -> Iterator[list[Said]]:
    """Yield what is left of a conversation whose texts are None where they are cut, in parts that are not too long."""
    stretches: list[list[Said]] = [[]]
    for number, (said, text) in enumerate(zip(conversation, texts, strict=True)):
        if text is not None:
            stretches[-1].append(Said(said.speaker, said.pause, text))
        elif not any(
            texts[next_to] is not None and conversation[next_to].speaker == said.speaker
            for next_to in (number - 1, number + 1)
            if 0 <= next_to < len(texts)
        ):  # somebody else would answer to nothing
            stretches.append([])
    talk: list[Said] = []
    for stretch in map(_joined, stretches):
        if len(stretch) < SHORTEST_STRETCH or len({said.speaker for said in stretch}) == 1:
            continue
        for first in range(0, len(stretch), LONGEST_TALK):
            part = stretch[first : first + LONGEST_TALK]
            if len(talk) + len(part) > LONGEST_TALK:
                yield talk
                talk = []
            talk += part
    yield talk


def _joined(stretch: Sequence[Said]) -> list[Said]:
    """Make one message of two short ones where the first is half a sentence: phones show them as they are written."""
    joined: list[Said] = []
    for said in stretch:
        before = joined[-1] if joined else None
        if before and before.speaker == said.speaker and said.pause <= SOON and _is_half(before.text):
            before.text += f" {said.text}"
        else:
            joined.append(said)
    return joined


def _is_half(text: str) -> bool:
    return text[-1].isalnum() and HALF[0] <= len(text.split()) <= HALF[1]


def topic(talk: Iterable[Said], frequent: Counter[str]) -> str:
    """Return the topic that has more than its usual share of the words."""
    found = Counter(name for said in talk for name, words in TOPICS.items() for _ in words.finditer(said.text))
    return max(TOPICS, key=lambda name: (found[name] ** 1.5) / frequent[name])


class Scorer:
    """Makes the scores, by dice and by the rarity of words in the talks."""

    def __init__(self, every: Sequence[Sequence[Said]], random: Random) -> None:
        self._random = random
        texts = [said.text for talk in every for said in talk]
        seen = Counter(word for text in texts for word in set(WORD.findall(text.lower())))
        self._rarity = {word: math.log(len(texts) / times) for word, times in seen.items()}

    def score(self, talk: Sequence[Said]) -> list[Line]:
        """Return the score of a talk."""
        lines: list[Line] = []
        for number, said in enumerate(talk):
            pause = said.pause if number else 0
            if pause == 0 and number:
                pause = self._random.randrange(*ACROSS_A_CUT)
            is_statement = "?" not in said.text
            can_be_seen = bool(PICTURED.search(said.text))
            is_caption = is_statement and can_be_seen and len(said.text.split()) <= LONGEST_CAPTION
            has_picture = is_caption and self._random.random() < SHARE_CAPTIONS
            lines.append(Line(said.speaker, pause, 0, has_picture, self._with_emoji(said.text)))
            ends_turn = number + 1 < len(talk) and talk[number + 1].speaker != said.speaker
            share = SHARE_PICTURED if can_be_seen else SHARE_FOLLOWED
            if is_statement and ends_turn and not has_picture and self._random.random() < share:
                lines.append(
                    Line(said.speaker, self._random.randrange(*BEFORE_A_PICTURE), 0, has_picture=True, text="")
                )
        self._link(lines)
        return lines

    def _with_emoji(self, text: str) -> str:
        smiled: str = SMILEY.sub(lambda match: SMILEYS[match[0]], text)
        if smiled != text or self._random.random() >= SHARE_WITH_EMOJI or text.endswith("?"):
            return smiled
        found = [(match.start(), emoji) for emoji, words in EMOJI.items() if (match := words.search(text))]
        return (
            f"{text.rstrip('.')} {min(found)[1][int(self._random.random() ** 2.6 * len(min(found)[1]))]}"
            if found
            else text
        )

    def _link(self, lines: Sequence[Line]) -> None:
        """Find the earlier message of somebody else that shares the rarest words with each."""
        words = [set(WORD.findall(line.text.lower())) for line in lines]
        for number, line in enumerate(lines):
            best = KINSHIP
            for back in range(1, min(number, FURTHEST) + 1):
                if lines[number - back].speaker != line.speaker and lines[number - back].text:
                    kinship = sum(self._rarity.get(word, 0) for word in words[number] & words[number - back])
                    if kinship > best:
                        best, line.answers = kinship, back
