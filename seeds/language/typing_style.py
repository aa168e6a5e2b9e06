"""How people type: capitals, full stops, emoji, slips of the finger, each in their own style."""

from collections.abc import Callable, Sequence
from typing import Final
from zlib import crc32

# Assumed: of eight people three write capitals, three begin in lower case, two are in a hurry and use shorthand.
NEAT, HURRIED = 3, 6
STOPS: Final = {True: 0.5, False: 0.1}  # assumed: the share of neat and of other messages that end in a full stop
BRIEF_STOPS: Final = 0.25  # assumed: of that share, in a message of one to three words
EXCLAIMS, TRAILS_OFF = 0.93, 0.985  # assumed
KEEPS_QUESTION_MARK: Final = 0.93  # assumed
EMOJI_RATES: Final = (
    0.0,
    0.02,
    0.04,
    0.07,
    0.10,
    0.13,
    0.17,
    0.26,
)  # assumed: with the emoji of phrases, a tenth of messages
TYPO_RATES: Final = (
    0.03,
    0.06,
    0.10,
    0.13,
    0.17,
    0.21,
    0.28,
    0.38,
)  # assumed: half of them find no word that is long enough
TYPO_TRIES: Final = 3
TYPO_LETTERS: Final = 5  # of a word, at least: long words are mistyped more
STRETCHES: Final = 0.05  # assumed
STRETCH: Final = 6
NEIGHBOURS: Final = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wqrtyuiopoasdfghjkxzcvbnmn", strict=True))
# What separates two phrases; sixteen each. Assumed.
NEATLY: Final = (*[". "] * 8, *[", "] * 3, *[" and "] * 2, *["! "] * 2, " - ")
CASUALLY: Final = (*[", "] * 6, *[". "] * 3, *[" and "] * 2, *["... "] * 2, "! ", " - ", ", and ")
AFTER_OPENER: Final = (*[", "] * 6, *[" "] * 8, *["... "] * 2)
AFTER_LEAD: Final = (*[", "] * 14, *["... "] * 2)
PARAGRAPH: Final = 250  # characters after which a phrase can begin a new line


class Style:
    """How one person types, derived from their name: the same in every chat."""

    __slots__ = ("emoji", "hurried", "neat", "typos")

    def __init__(self, name: str) -> None:
        bits = crc32(name.encode())
        self.neat = bits & 7 < NEAT
        self.hurried = bits & 7 >= HURRIED
        self.emoji = EMOJI_RATES[bits >> 3 & 7]
        self.typos = TYPO_RATES[bits >> 6 & 7]

    def between(self, random: Callable[[], float], aside: bool, lead: bool) -> str:
        """Return what separates two phrases; an aside is an opener or a tag, a lead a long one."""
        if aside:
            marks: Sequence[str] = AFTER_LEAD if lead else AFTER_OPENER
        else:
            marks = NEATLY if self.neat else CASUALLY
        return marks[int(random() * 16)]

    def end(self, text: str, random: Callable[[], float], *, asks: bool, brief: bool) -> str:
        """Return the text with the mark that this person ends it with, if any."""
        if asks:
            return text if random() < KEEPS_QUESTION_MARK else text[:-1]
        share = random()
        if share < STOPS[self.neat] * (BRIEF_STOPS if brief else 1):
            return text + "."
        if share < EXCLAIMS:
            return text
        return text + ("!" if share < TRAILS_OFF else "...")


def mistyped(text: str, random: Callable[[], float]) -> tuple[str, str] | None:
    """Return the text with two letters swapped, one dropped, doubled or missed, and the word that was meant."""
    for _ in range(TYPO_TRIES):
        at = int(random() * (len(text) - 1))
        letter, after = text[at], text[at + 1 : at + 2]
        if "a" <= letter <= "z" and "a" <= after <= "z" and letter != after:
            end = text.find(" ", at)
            word = text[text.rfind(" ", 0, at) + 1 : end if end > 0 else len(text)].rstrip(",.!?")
            if len(word) >= TYPO_LETTERS and word.isalpha():
                slips = after + letter, letter, letter + letter + after, letter + NEIGHBOURS[after]
                return text[:at] + slips[int(random() * 4)] + text[at + 2 :], word
    return None


def stretched(text: str, random: Callable[[], float]) -> str:
    """Return the text with its last letter drawn outttt."""
    return text + text[-1] * (1 + int(random() * random() * STRETCH)) if "a" <= text[-1] <= "z" else text


def capital(text: str) -> str:
    """Return the text with its first letter as a capital."""
    return text[0].upper() + text[1:]
