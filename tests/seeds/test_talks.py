"""What is said in the generated chats: real talks, fit to be shown, that agree with the clock and with who is there."""

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import pytest
from blurhash import decode
from faker import Faker
from glin_profanity import Filter

from seeds.demo.demo_people import DEMO_PEOPLE
from seeds.language.dressing import Dressing
from seeds.language.names import Names
from seeds.language.phrases import Phrases, joined, left, reaction
from seeds.language.talks import Deck, Line, Talk, talks, topics
from seeds.options import Options
from seeds.people.casting import Cast
from seeds.people.dataset import Dataset
from seeds.people.people import Person
from seeds.people.pictures import PICTURES
from seeds.realism.text_statistics import EMOJI
from tools.talk.cleaning import Cleaner
from tools.talk.corpus import Said
from tools.talk.scoring import talks as parts

pytestmark = pytest.mark.xdist_group("talk")  # one worker reads the talks once

WORLD = Options(6000, 90, 70, 40, 7, ("en_US", "de_DE"), datetime(2026, 11, 1, 12, tzinfo=UTC))
SLOTS = {"you", "man", "woman", "person", "town", "meal", "good day", "good night", "today", "tomorrow", "yesterday"}


@pytest.fixture(scope="module")
def names() -> Names:
    faker = Faker("en_US")
    faker.seed_instance(3)
    return Names.invent([faker])


@cache
def lines() -> list[Sequence[Line]]:
    return [talk.lines for talk in talks()]


@cache
def world() -> tuple[dict[str, Person], dict[str, list[list[str]]]]:
    dataset = Dataset(WORLD, (), DEMO_PEOPLE)
    tables: dict[str, list[list[str]]] = defaultdict(list)
    for table, text in dataset.batches():
        tables[table] += [row.split("\t") for row in text.decode().split("\n")[:-1]]
    people = [*dataset._people, *dataset._guests]  # noqa: SLF001 (local times are in no table)
    return {person.id: person for person in people}, tables


def texts() -> list[str]:
    return [line.text for talk in lines() for line in talk if line.text]


def test_talks_are_decent() -> None:
    words = sorted({word for text in texts() for word in re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())})
    profanity = Filter({"languages": ["english"]})
    assert len(words) > 10_000
    assert not profanity.is_profane(" ".join(words))
    assert profanity.is_profane(" ".join([*words, "fuck"]))


@pytest.mark.parametrize(
    "personal",
    [r"\S@\S", r"https?:|\bwww\.", r"\d{3}[ .-]?\d{4}", r"\b(?:19|20)\d\d\b", r"(?i)\b(?:provo|byu|utah|my name is)\b"],
)
def test_talks_have_no_personal_details(personal: str) -> None:
    assert [text for text in texts() if re.search(personal, text)] == []


def test_talks_are_whole() -> None:
    assert len(talks()) > 1000
    assert sum(talk.length for talk in talks()) > 100_000
    assert set(topics()) == {talk.topic for talk in talks()}
    for talk in lines():
        assert {line.speaker for line in talk} == {0, 1}
        assert talk[0].pause == 0
        assert all(0 < line.pause <= 1800 for line in talk[1:])
        assert all(line.text or line.has_picture for line in talk)
        answered = [(line, talk[number - line.answers]) for number, line in enumerate(talk) if line.answers]
        assert all(line.speaker != other.speaker and other.text for line, other in answered)


def test_every_slot_is_filled(names: Names) -> None:
    found = {slot for text in texts() for slot in re.findall(r"\{([a-z ]+?)(?: \d+)?\}", text)}
    assert found <= SLOTS
    dressing = Dressing(names, Random(1))
    dressed = " ".join(dressing.dress(f"{{{slot}}}", "Ann", 9, 20_000) for slot in SLOTS)
    assert "{" not in dressed
    assert not [text for text in texts() if re.search(r"[{}]", re.sub(r"\{[a-z ]+\d*\}", "", text))]


@pytest.mark.parametrize(
    ("text", "hour", "said"),
    [
        ("{good day}, {you}", 9, "Good morning, Ann"),
        ("oh {good day}", 15, "oh good afternoon"),
        ("{good day}", 2, "Good evening"),
        ("{meal}?", 8, "Breakfast?"),
        ("had {meal}", 12, "had lunch"),
        ("had {meal}", 23, "had dinner"),
        ("{good night}!", 23, "Good night!"),
        ("ok, {good night}", 13, "ok, bye"),
        ("it's {today}, {tomorrow} then", 9, "it's Sunday, Monday then"),
        ("{yesterday}", 9, "Saturday"),
    ],
)
def test_what_is_said_agrees_with_the_clock(text: str, hour: int, said: str, names: Names) -> None:
    day = (datetime(2026, 11, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    assert Dressing(names, Random(1)).dress(text, "Ann", hour, day) == said


def test_a_name_stays_the_same_within_a_talk_and_is_of_the_right_gender(names: Names) -> None:
    dressing = Dressing(names, Random(1))
    first, again, other = dressing.dress("{man 1}|{man 1}|{woman 1}", "Ann", 9, 20_000).split("|")
    assert first == again
    assert first in names.men
    assert other in names.women


def test_the_deck_deals_every_talk_once_before_one_comes_again() -> None:
    deck = Deck(Random(1))
    for _ in range(2):
        dealt = [deck.deal(None, 1000) for _ in talks()]
        assert len({scene.talk for scene in dealt}) == len(talks())
    deck = Deck(Random(1))
    found: Counter[tuple[int, int]] = Counter()
    for _ in range(300):
        scene = deck.deal("food", 20, rest_later=True)
        found.update((scene.talk, line) for line in range(scene.first, scene.first + scene.length))
        assert talks()[scene.talk].topic == "food"
    assert max(found.values()) == 1


def test_everybody_of_a_cast_speaks_and_two_of_them_most() -> None:
    cast = Cast([9, 5, 1, 1], Random(1))
    cast.begin_scene()
    said = Counter(
        cast.speaker(line)
        for line in 100 * list(Talk("", b"0\t1\t0\t\ta b c d\n1\t1\t0\t\tha\n0\t1\t0\t\tha\n1\t1\t0\t\tha", 4).lines)
    )
    assert set(said) == {0, 1, 2, 3}
    assert sum(times for _, times in said.most_common(2)) > 0.75 * 400
    alone = Cast([3], Random(1))
    alone.begin_scene()
    assert alone.speaker(Line(1, 1, 0, has_picture=False, text="hi")) == 0


def test_a_mention_names_a_member_of_the_chat() -> None:
    people, tables = world()
    members: dict[str, set[str]] = defaultdict(set)
    for chat, user, *_ in tables["chat_participants"]:
        members[chat].add(people[user].username)
    mentions = [(row[1], name) for row in tables["messages"] for name in re.findall(r"@(\w+)", row[3])]
    assert len(mentions) > 10
    assert [mention for mention in mentions if mention[1] not in members[mention[0]]] == []


def test_greetings_and_meals_are_at_their_local_hours() -> None:
    people, tables = world()
    hours = {
        "good morning": range(4, 12),
        "good afternoon": range(12, 18),
        "breakfast": range(4, 11),
        "lunch": range(11, 15),
    }
    said = 0
    for row in tables["messages"]:
        for words, right in hours.items():
            if re.search(rf"\b{words}\b", row[3].lower()):
                local = datetime.fromisoformat(row[-1]) + timedelta(microseconds=people[row[2]].offset)
                assert local.hour in right
                said += 1
    assert said > 5


def test_nobody_says_a_long_sentence_twice_in_a_world() -> None:
    _, tables = world()
    said = Counter(row[3] for row in tables["messages"] if len(row[3].split()) > 8 and row[4] != "system")
    assert len(said) > 1000
    assert [text for text, times in said.items() if times > 1] == []


def test_a_reply_is_to_somebody_elses_words() -> None:
    _, tables = world()
    by_id = {row[0]: row for row in tables["messages"]}
    replies = [(row, by_id[row[6]]) for row in tables["messages"] if row[6] != r"\N"]
    assert len(replies) > 100
    assert all(row[2] != answered[2] for row, answered in replies)
    assert all(answered[3] or answered[9] == "t" for _, answered in replies)  # or has been deleted since


def test_demo_people_have_a_full_list_of_chats() -> None:
    _, tables = world()
    chats = Counter(row[1] for row in tables["chat_participants"])
    alice, *others = (chats[person.id] for person in DEMO_PEOPLE)
    assert alice >= 8
    assert all(others)
    assert not {person.id for person in DEMO_PEOPLE} & {row[0] for row in tables["users"]}


def test_pictures_have_a_valid_blurhash_of_moderate_colours() -> None:
    _, tables = world()
    hashes = {row[12] for row in tables["attachments"]}
    assert len(hashes) > 100
    for one in sorted(hashes)[:20]:
        pixels = [pixel for row in decode(one, 4, 3) for pixel in row]
        assert max(max(pixel) - min(pixel) for pixel in pixels) < 200  # no neon
    # The first character says how many components a hash has: more of them where the picture is longer.
    shapes = {(row[12][0], int(row[10]) >= int(row[11])) for row in tables["attachments"]}
    assert shapes == {("L", True), ("T", False)}
    sizes = {kilobytes * 1024 * 2.5 + 1024 for *_, kilobytes, _ in PICTURES}
    assert max(int(row[6]) for row in tables["attachments"]) < max(sizes)


def test_reactions_are_the_frequent_emoji_most() -> None:
    random = Random(3)
    counts = Counter(reaction(random) for _ in range(5000))
    assert all(EMOJI.fullmatch(emoji) for emoji in counts)
    assert counts["😂"] > 3 * counts["🎉"] > 0


def test_groups_and_people_have_fitting_phrases(names: Names) -> None:
    phrases = Phrases(names, Random(4))
    said = [phrases.bio(), *(phrases.group_name(topic) for topic in topics())]
    described = [text for topic in topics() for text in (phrases.group_description(topic) for _ in range(5)) if text]
    assert phrases.topic() in topics()
    assert described
    assert not [text for text in (*said, *described) if "{" in text or not text or len(text) > 100]
    assert (joined("Ann", by="Ben"), left("Ann")) == ("Ben added Ann", "Ann left")


def cleaned(*said: str) -> list[str | None]:
    """Clean a conversation; other ones tell which words are names."""
    often = [
        Said(number % 2, 1, text) for number in range(40) for text in ("I met Jason and Emily", "we met on Friday")
    ]
    corpus = [[one] for one in often]
    conversation = [Said(number % 2, 1, text) for number, text in enumerate(said)]
    return Cleaner([*corpus, conversation]).cleaned(conversation)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Hey Jason, I met Emily and Jason's dog", "Hey {you}, I met {woman 1} and {man 1}'s dog"),
        ("good morning, it's Friday in Provo", "{good day}, it's {today} in {town 1}"),
        ("write to me at a@b.org", None),
        ("this prompt again", None),
        ("I met Zebulonia", None),  # a rare name
        ("shit", None),
        ("see you in December", None),
    ],
)
def test_the_corpus_is_cleaned(text: str, clean: str | None) -> None:
    assert cleaned(text) == [clean]


def test_a_stretch_with_something_cut_out_ends_there() -> None:
    said = [Said(number % 2, 5, f"text {number}.") for number in range(40)]
    kept: list[str | None] = [None if number == 20 else one.text for number, one in enumerate(said)]
    (talk, *_) = parts(said, kept)
    assert [one.text for one in talk] == [text for text in kept if text]
    short: list[str | None] = [one.text if number < 4 else None for number, one in enumerate(said)]
    assert list(parts(said, short)) == [[]]


def test_the_file_is_the_same_wherever_it_is_made() -> None:
    # No name and no time of making in its header.
    with gzip.open("seeds/language/talks.txt.gz") as file:
        file.read(1)
        assert file.mtime == 0
