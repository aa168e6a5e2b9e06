"""What is said in the generated chats: its statistics, its answers, and that it is the same each time."""

import math
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from faker import Faker

from seeds.language import phrasebook
from seeds.language.conversation import begin
from seeds.language.faker_names import FakerNames
from seeds.language.phrases import shorthand
from seeds.language.vocabulary import Vocabulary, joined, left

pytestmark = pytest.mark.xdist_group("talk")  # one worker makes the messages once

MESSAGES = 20_000
ANY = re.compile(r"\{[+*]?[a-z]+\}|\[[^\]]*\]")
TOKEN = re.compile(r"\w+(?:['\u2019]\w+)*")
EMOJI = re.compile("[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]")


class Message(NamedTuple):
    speaker: int
    text: str


@pytest.fixture(scope="module")
def names() -> FakerNames:
    faker = Faker("en_US")
    faker.seed_instance(3)
    return FakerNames.invent([faker])


def conversations(names: FakerNames, seed: int, count: int, *, group: bool) -> list[list[Message]]:
    """Let people talk as the timeline does: the same one again in 44 % of the cases, a tenth explicit replies."""
    random, vocabulary = Random(seed + 1), Vocabulary(Random(seed), names)
    found: list[list[Message]] = []
    while sum(len(session) for session in found) < count:
        speakers = random.sample(names.first_names, random.randint(3, 12) if group else 2)
        length = random.choice((12, 30, 42, 60, 90))
        conversation = begin(vocabulary, speakers, group=group, messages=length)
        session: list[Message] = []
        for number in range(length):
            same = session and random.random() < 0.44
            others = [at for at in range(len(speakers)) if not session or at != session[-1].speaker]
            speaker = session[-1].speaker if same else random.choice(others)
            answer_to = random.randint(1, number) if number > 3 and random.random() < 0.1 else None
            session.append(Message(speaker, conversation.say(speaker, answer_to)))
        found.append(session)
    return found


@pytest.fixture(scope="module", params=["direct", "group"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def talked(names: FakerNames, kind: str) -> list[list[Message]]:
    return conversations(names, 5, MESSAGES, group=kind == "group")


@pytest.fixture(scope="module")
def texts(talked: list[list[Message]]) -> list[str]:
    return [message.text for session in talked for message in session]


def share(texts: Sequence[str], matches: Sequence[bool]) -> float:
    return sum(matches) / len(texts)


def slope(points: Sequence[tuple[float, float]]) -> float:
    x = sum(point[0] for point in points) / len(points)
    y = sum(point[1] for point in points) / len(points)
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def test_messages_are_as_long_as_real_ones(texts: list[str]) -> None:
    lengths = sorted(len(text.split()) for text in texts)
    logs = [math.log(length) for length in lengths]
    mean = sum(logs) / len(logs)
    assert 7 <= lengths[len(lengths) // 2] <= 9
    assert 20 <= lengths[len(lengths) * 9 // 10] <= 26
    assert 0.9 < math.sqrt(sum((log - mean) ** 2 for log in logs) / len(logs)) < 1.03
    assert 0.07 < share(texts, [length == 1 for length in lengths]) < 0.11
    assert 0.19 < share(texts, [length <= 3 for length in lengths]) < 0.27


def test_questions_repetitions_emoji_and_style_are_as_frequent_as_in_real_chats(texts: list[str], kind: str) -> None:
    times = Counter(texts)
    questions = {"direct": 0.15, "group": 0.19}[kind]
    assert questions - 0.025 < share(texts, [text.rstrip().endswith("?") for text in texts]) < questions + 0.025
    assert 0.05 < share(texts, [times[text] > 1 for text in texts]) < 0.16
    assert 0.07 < share(texts, [bool(EMOJI.search(text)) for text in texts]) < 0.13
    assert 0.45 < share(texts, [text[0].islower() for text in texts]) < 0.7
    assert 0.5 < share(texts, [text[-1] not in ".!?" for text in texts]) < 0.7
    assert share(texts, [times[text] > 1 and len(text.split()) > 6 for text in texts]) < 0.005


def test_words_are_spread_as_in_real_chats(texts: list[str], kind: str) -> None:
    tokens = [token for text in texts for token in TOKEN.findall(text.lower())]
    counts = sorted(Counter(tokens).values(), reverse=True)
    zipf = slope([(math.log10(rank), math.log10(counts[rank - 1])) for rank in range(10, 1001)])
    assert zipf == pytest.approx({"direct": -1.21, "group": -1.07}[kind], abs=0.12)
    seen: set[str] = set()
    growth = []
    marks = {int(1000 * (len(tokens) / 1000) ** (step / 39)) for step in range(40)}
    for at, token in enumerate(tokens, 1):
        seen.add(token)
        if at in marks:
            growth.append((math.log10(at), math.log10(len(seen))))
    assert 0.48 < slope(growth) < 0.7


def test_every_text_is_fit_for_the_database(texts: list[str]) -> None:
    assert all(text.strip() and len(text) <= 10_000 for text in texts)
    assert not [text for text in texts if not text.replace("\n", "").isprintable() and not EMOJI.search(text)]
    assert not [text for text in texts if re.search(r"[\x00-\x09\x0b-\x1f\x7f{}\[\]|]|  ", text)]
    assert not [text for text in texts if {"lorem", "ipsum", "dolor"} & set(text.lower().split())]


def test_nobody_says_a_long_sentence_twice_within_a_conversation(talked: list[list[Message]]) -> None:
    twice = total = 0
    for session in talked:
        long = [message.text.lower() for message in session if len(message.text.split()) > 8]
        twice += len(long) - len(set(long))
        total += len(long)
    assert twice < total / 1000


def pattern(text: str) -> str:
    """Match what can be said for the line, whatever stands in its slots."""
    return "".join(
        "(?:.*?)" if ANY.fullmatch(part) else re.escape(part) for part in re.split(f"({ANY.pattern})", text.lower())
    )


def answers(line: phrasebook.Line, anyhow: dict[str, list[phrasebook.Line]]) -> re.Pattern[str]:
    lists = ("yes", "no") if line.mark == "!" else ("unsure",)
    texts = [reply.text for reply in [*line.replies, *(one for name in lists for one in anyhow[name])]]
    return re.compile("|".join(pattern(form) for text in texts for form in (text, shorthand(text))))


def test_a_question_is_answered_by_what_the_phrasebook_has_for_it(talked: list[list[Message]]) -> None:
    lists = phrasebook.lists()
    lines = [line for topic in phrasebook.topics().values() for line in topic.lines if line.text.endswith("?")]
    known = [
        (re.compile(f"(?:{pattern(line.text)}|{pattern(shorthand(line.text))})$"), answers(line, lists))
        for line in lines
        if line.mark in "?!" and len(ANY.sub("", line.text).split()) > 3
    ]
    right = wrong = 0
    for session in talked[: len(talked) // 4]:
        for message, after in pairwise(session):
            if after.speaker == message.speaker or not message.text.endswith("?"):
                continue
            fitting = [answer for question, answer in known if question.search(message.text.lower())]
            if fitting:
                found = any(answer.search(after.text.lower()) for answer in fitting)
                right, wrong = right + found, wrong + (not found)
    assert right > 100
    assert wrong / (right + wrong) < 0.25  # slips of the finger, and explicit replies to something else


def test_an_explicit_reply_answers_the_question_it_refers_to(names: FakerNames) -> None:
    conversation = begin(Vocabulary(Random(2), names), ["Ann", "Ben", "Cem"], group=True, topics=["work"])
    question = "when is the"
    tried = answered = 0
    expected = answers(
        next(line for line in phrasebook.topics()["work"].lines if line.text.startswith(question)), phrasebook.lists()
    )
    for _ in range(1000):
        if question in conversation.say(0).lower().rstrip("?").rpartition(". ")[2]:
            conversation.say(0)
            reply = conversation.say(1, answer_to=2).lower()
            tried += 1
            answered += bool(expected.search(reply))
    assert tried > 10
    assert answered / tried > 0.8


def test_the_same_seed_says_the_same_whatever_the_order_of_hashes() -> None:
    script = (
        "from random import Random\n"
        "from seeds.language.conversation import begin\n"
        "from seeds.language.faker_names import FakerNames\n"
        "from seeds.language.vocabulary import Vocabulary\n"
        "names = [f'Name{number}' for number in range(50)]\n"
        "vocabulary = Vocabulary(Random(1), FakerNames(names, names, names, names, names, names))\n"
        "conversation = begin(vocabulary, names[:5], group=True)\n"
        "print([conversation.say(number * 7 % 5) for number in range(500)])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]


def test_another_seed_says_other_things(names: FakerNames) -> None:
    assert conversations(names, 11, 100, group=True) != conversations(names, 12, 100, group=True)


def test_reactions_fall_with_rank_as_measured(names: FakerNames) -> None:
    vocabulary = Vocabulary(Random(3), names)
    counts = Counter(vocabulary.reaction() for _ in range(30_000)).most_common(60)
    points = [(math.log10(rank), math.log10(count)) for rank, (_, count) in enumerate(counts, 1)]
    assert slope(points) == pytest.approx(-1.1, abs=0.08)
    assert all(len(emoji) <= 32 for emoji in phrasebook.emoji())


def test_groups_and_people_have_something_to_say_of_themselves(names: FakerNames) -> None:
    vocabulary = Vocabulary(Random(4), names)
    said = [vocabulary.bio(), *(vocabulary.group_name(topic) for topic in vocabulary.topics)]
    said += [
        text for topic in vocabulary.topics for text in (vocabulary.group_description(topic) for _ in range(5)) if text
    ]
    assert len(vocabulary.topics) >= 14
    assert all(text.strip() and len(text) < 100 and not ANY.search(text) for text in said)
    assert [joined("Ben", "Anna"), joined("Ben"), left("Ben"), left("Ben", "Anna")] == [
        "Anna added Ben",
        "Ben joined",
        "Ben left",
        "Anna removed Ben",
    ]


def test_a_line_that_answers_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "odd.txt").write_text("= an answer\n")
    monkeypatch.setattr(phrasebook, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="answers nothing: = an answer"):
        phrasebook.topics()
