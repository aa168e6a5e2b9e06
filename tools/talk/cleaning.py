"""What is cut from the corpus, and the places at which the data set's own names, towns and times are put in."""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from faker.providers.person.en_US import Provider as Names
from glin_profanity import Filter

from .corpus import Said

RULES = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
# Somebody who is spoken to.
CALLED = re.compile(
    r"^((?:oh |so |aw+ |haha+ |ok |okay )?(?:hey|hi|hello|thanks|thank you|bye|yo|night),? )(\w+)\b", re.IGNORECASE
)
# A word that is written large within sentences more often than not is a name: of the public where it is common in the
# corpus, of somebody where it is not.
MOSTLY = 0.5
COMMON = 12
# Words of a text that is noticed when it comes again.
LONG = 7

STATES = (
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|"
    "indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|"
    "montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|"
    "oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington dc|"
    "washington|west virginia|wisconsin|wyoming"
)
CITIES = (
    "provo|orem|salt lake(?: city)?|slc|lehi|logan|ogden|st\\.? george|boise|seattle|portland|phoenix|mesa|tucson|"
    "denver|"
    "las vegas|vegas|los angeles|san diego|san francisco|sacramento|dallas|houston|austin|chicago|boston|atlanta|"
    "orlando|miami|detroit|minneapolis|kansas city|st\\.? louis|philadelphia|nyc"
)
DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
KINDS_OF_DAY = (
    (
        "|".join(rf"(?<={before} )(?:{DAYS})\b" for before in ("today is", "today's", "it's", "its", "happy")),
        "{today}",
    ),
    (rf"(?<=tomorrow is )(?:{DAYS})\b|(?<=tomorrow's )(?:{DAYS})\b", "{tomorrow}"),
    (rf"(?<=yesterday was )(?:{DAYS})\b", "{yesterday}"),
    (r"\bgood (morning|afternoon|evening)\b", "{good day}"),
    (r"(?<=\ba )good ?night\b", "{good day}"),
    (r"\bgood ?night\b", "{good night}"),
    (r"\b(breakfast|lunch|dinner)\b", "{meal}"),
)


class Cleaner:
    """Cleans the messages of a corpus, whose words have been counted."""

    def __init__(self, conversations: Iterable[Sequence[Said]]) -> None:
        self._cut = [
            re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE) for patterns in RULES["cut"].values()
        ]
        self._long: set[str] = set()
        self._large: Counter[str] = Counter()
        self._small: Counter[str] = Counter()
        places: dict[str, set[int]] = defaultdict(set)
        for number, conversation in enumerate(conversations):
            for said in conversation:
                self._count(said.text, number, places)
        profanity = Filter({"languages": ["english"]})
        self._profane = {word for word in places if profanity.is_profane(word)}
        self._common = {word for word, where in places.items() if len(where) >= COMMON}
        women, men = ({name.lower() for name in names} for names in (Names.first_names_female, Names.first_names_male))
        self._women, self._men = women - men, men - women
        self._names = {name for name in women | men if self._is_name(name)}
        self._towns = re.compile(rf"\b(?:{CITIES}|{STATES})\b", re.IGNORECASE)
        self._days = [(re.compile(pattern, re.IGNORECASE), slot) for pattern, slot in KINDS_OF_DAY]

    def _count(self, text: str, number: int, places: dict[str, set[int]]) -> None:
        for match in WORD.finditer(text):
            word = match[0]
            within = match.start() > 1 and text[match.start() - 2] not in '.!?:"('
            if within and word[0].isupper() and not word.isupper():
                self._large[word.lower()] += 1
            elif word.islower():
                self._small[word.lower()] += 1
            places[word.lower()].add(number)

    def _is_name(self, word: str) -> bool:
        large, small = self._large[word], self._small[word]
        return large + small > 0 and large >= MOSTLY * (large + small)

    def cleaned(self, conversation: Sequence[Said]) -> list[str | None]:
        """Return the texts with slots, None for those that are cut: long ones that were said before as well."""
        known: dict[str, str] = {}
        texts: list[str | None] = []
        for said in conversation:
            is_again = said.text in self._long
            if len(said.text.split()) >= LONG:
                self._long.add(said.text)
            texts.append(None if is_again or self._is_cut(said.text) else self._with_slots(said.text, known))
        return texts

    def _is_cut(self, text: str) -> bool:
        if any(rule.search(text) for rule in self._cut) or "{" in text or "}" in text or not text.isascii():
            return True
        words = {match[0].lower().removesuffix("'s") for match in WORD.finditer(self._towns.sub("", text))}
        return bool(words & self._profane) or any(
            word not in self._names and word not in self._common and self._is_name(word) for word in words
        )

    def _with_slots(self, text: str, known: dict[str, str]) -> str:
        text = self._towns.sub(lambda match: _slot(known, "town", match[0].lower()), text)
        text = CALLED.sub(lambda match: match[1] + "{you}" if match[2].lower() in self._names else match[0], text)
        text = WORD.sub(lambda match: self._name(match, known), text)
        for pattern, slot in self._days:
            text = pattern.sub(slot, text)
        return text

    def _name(self, match: re.Match[str], known: dict[str, str]) -> str:
        name, _, rest = match[0].lower().partition("'")
        after = WORD.match(match.string, match.end() + 1)
        is_public = (
            after is not None and not rest and self._is_name(after[0].lower()) and after[0].lower() in self._common
        )
        if name not in self._names or is_public or match.string[match.start() - 1 : match.start()] == "{":
            return match[0]
        kind = "woman" if name in self._women else "man" if name in self._men else "person"
        return _slot(known, kind, name) + ("'" + rest if rest else "")


def _slot(known: dict[str, str], kind: str, word: str) -> str:
    """Return the slot of a name, the same one each time that a conversation names it."""
    if word not in known:
        known[word] = f"{{{kind} {1 + sum(slot.startswith('{' + kind) for slot in known.values())}}}"
    return known[word]
