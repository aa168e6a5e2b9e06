"""The report: each statistic is what its definition says, worked out by hand."""

import math
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import pstdev
from urllib.parse import urlencode
from uuid import UUID

import psycopg
import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import parse_dsn

from messenger_db.connection import Target
from messenger_db.errors import MessengerError
from seeds.chat_statistics import Kind, Statistic, all_statistics, local_hours, quiet_share
from seeds.realism import report as reporting
from seeds.realism.conversation_statistics import CONVERSATIONS, TEXTS, Said, conversation_values
from seeds.realism.impossible_facts import ImpossibleFacts
from seeds.realism.report import Measurement, measure, reading, table
from seeds.realism.text_statistics import EMOJI, TextStatistics

ROOT = Path(__file__).parents[2]

PAIR, GROUP = str(UUID(int=2 << 100)), str(UUID(int=3 << 100))
PEOPLE = [str(UUID(int=1 << 100 | number)) for number in range(12)]
ANNA, BEN, CARA, *_ = PEOPLE

WORLD = """
    -- Ids of version 7 that grow with the number; 1772366400000 ms after 1970 it was noon.
    CREATE FUNCTION pg_temp.id(number integer) RETURNS uuid LANGUAGE sql RETURN
        (lpad(to_hex(1772366400000 + number), 12, '0') || '70008000000000000000')::uuid;

    CREATE FUNCTION pg_temp.at(seconds integer) RETURNS timestamptz LANGUAGE sql RETURN
        timestamptz '2026-03-01 12:00:00+00' + seconds * interval '1 second';

    INSERT INTO users (id, username, password_hash)
    SELECT unnest(%(people)s::uuid[]), 'user_' || generate_subscripts(%(people)s, 1), '$2b$12$' || repeat('x', 53);

    INSERT INTO chats (id, type, name, slug)
    VALUES
        (%(pair)s, 'direct', NULL, 'direct-' || %(anna)s || '-' || %(ben)s),
        (%(group)s, 'group', 'Group', 'group');

    INSERT INTO chat_participants (chat_id, user_id, joined_at)
    SELECT chats.id, users.id, '2026-01-01'
    FROM chats
    CROSS JOIN users
    WHERE chats.type = 'group' OR users.id IN (%(anna)s, %(ben)s);
"""

MESSAGE = """
    INSERT INTO messages (id, chat_id, sender_id, content, content_type, reply_to_id, created_at)
    VALUES (pg_temp.id(%s), %s, %s, %s, %s, pg_temp.id(%s), pg_temp.at(%s))
"""

RECEIPT = """
    INSERT INTO message_delivery (chat_id, message_id, user_id, created_at, status, delivered_at, read_at)
    SELECT
        chat_id, id, %(who)s, created_at, CASE WHEN %(read)s IS NULL THEN 'pending' ELSE 'read' END,
        pg_temp.at(%(read)s), pg_temp.at(%(read)s)
    FROM messages
    WHERE id = pg_temp.id(%(number)s)
"""


class World:
    """A transaction in which there are twelve people, a chat of two of them, and a group of all."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.number = 0
        self.run(WORLD, people=PEOPLE, anna=ANNA, ben=BEN, pair=PAIR, group=GROUP)

    def run(self, query: str, **values: object) -> None:
        with self.db.cursor() as cursor:
            cursor.execute(query, values)

    def say(self, chat: str, who: str | None, seconds: int, text: str = "x", to: int | None = None) -> int:
        """Put in a message, so many seconds after noon: the system's if nobody says it, without a text a picture."""
        self.number += 1
        kind = "system" if who is None else "text" if text else "image"
        with self.db.cursor() as cursor:
            cursor.execute(MESSAGE, [self.number, chat, who, text, kind, to, seconds])
        return self.number

    def converse(self, chat: str, conversations: int) -> None:
        """Put in conversations long enough to be compared, half an hour and more after each other."""
        self.run(
            "INSERT INTO messages (id, chat_id, sender_id, content, created_at) "
            "SELECT pg_temp.id(%(before)s + n), %(chat)s, (ARRAY[%(anna)s, %(ben)s]::uuid[])[1 + n %% 2], "
            "'some words, that all of them say', pg_temp.at(20000 + n / %(texts)s * 2000 + n %% %(texts)s) "
            "FROM generate_series(1, %(count)s) AS n",
            chat=chat,
            anna=ANNA,
            ben=BEN,
            texts=TEXTS,
            before=self.number,
            count=conversations * TEXTS,
        )
        self.number += conversations * TEXTS

    def measured(self) -> dict[tuple[str, Kind], Measurement]:
        return {(one.statistic.key, one.kind): one for one in measure(self.db).measurements}

    def values(self, kind: Kind, *keys: str) -> list[float | None]:
        measured = self.measured()
        return [measured[key, kind].value for key in keys]


@pytest.fixture
def world(shared_database: str) -> Iterator[World]:
    with closing(psycopg2.connect(shared_database)) as connection:
        yield World(connection)


def test_the_keys_of_the_statistics_are_unique_across_the_sections() -> None:
    sections = tomllib.loads((ROOT / "seeds" / "chat_statistics.toml").read_text())
    entries = [entry for section in sections.values() if isinstance(section, dict) for entry in section.values()]
    assert len(all_statistics()) == len(entries)
    assert all(("measured" in entry) != ("assumed" in entry) for entry in entries)
    assert all(
        statistic.values and statistic.tolerance > 0 and statistic.needs > 0 for statistic in all_statistics().values()
    )


def test_the_quietest_hours_may_lie_about_midnight() -> None:
    assert len(local_hours()) == 24
    assert quiet_share([0, 0, 0, *[1] * 18, 0, 0, 0]) == 0
    assert quiet_share([1] * 24) == 0.25


def test_every_statistic_is_taken_from_somewhere(world: World) -> None:
    emoji = [chr(0x1F600 + number) for number in range(12)]
    for chat in (PAIR, GROUP):
        for number in range(130):
            text = " ".join([f"word{number // 2 + step}" for step in range(30)] + emoji[: number % 13])
            world.say(chat, PEOPLE[number % 3 // 2], 100 * number, text, to=world.number if number else None)
            world.run(RECEIPT, who=ANNA, read=100 * number, number=world.number)
        world.converse(chat, CONVERSATIONS + 1)
    for text in ("good morning", "at lunch", "my sister Mary", "I'm hungry", "@user_1"):
        world.say(PAIR, ANNA, 99, text)
    world.run(
        "INSERT INTO message_reactions (chat_id, message_id, user_id, emoji) SELECT chat_id, id, %(ben)s, 'A' "
        "FROM messages WHERE content = 'at lunch'",
        ben=BEN,
    )
    assert [key for key, one in world.measured().items() if one.value is None] == []


def test_what_cannot_be_is_counted(world: World) -> None:
    texts = (
        "@user_1 hi",
        "@somebody hi, or a@example.com",
        "my brother Mary",
        "my sister Mary",
        "starving, ate too much",
    )
    first, *_ = (world.say(PAIR, ANNA, 10 * number, text) for number, text in enumerate(texts))
    picture = world.say(PAIR, ANNA, 60, "")
    world.run(RECEIPT, who=BEN, read=100, number=first)
    world.say(PAIR, BEN, 99, to=first)
    world.say(PAIR, BEN, 100, to=first)
    world.say(PAIR, BEN, 101, to=picture)
    world.run(
        "INSERT INTO message_reactions (chat_id, message_id, user_id, emoji, created_at) "
        "SELECT chat_id, id, %(ben)s, 'A', pg_temp.at(100) FROM messages WHERE id IN (pg_temp.id(1), pg_temp.id(2))",
        ben=BEN,
    )
    keys = ("mentions", "kin", "hunger", "unread_replies", "bare_pictures", "unread_reactions")
    assert world.values("all", *keys) == pytest.approx([1 / 2, 1 / 2, 1, 2 / 3, 1 / 3, 1 / 2])


def test_the_time_of_day_is_that_of_the_senders() -> None:
    facts = ImpossibleFacts()
    for text, hour in (
        ("Good morning!", 15),
        ("good morning", 3),
        ("have a good morning", 3),
        ("lunch?", 20),
        ("dinner", 7),
    ):
        facts.add(text, hour)
    said = {key: (seen, value) for key, seen, value in facts.values(lambda hour: (hour - 8) % 24)}
    assert said["greeting_hours"] == (2, 0.5)
    assert said["meal_hours"] == (2, 0)


def conversation(*texts: str) -> list[Said]:
    return [Said(str(number % 2), texts[number % len(texts)]) for number in range(TEXTS)]


def values_of(conversations: list[list[Said]]) -> dict[str, float | None]:
    return {key: value for key, _, value in conversation_values(conversations)}


def test_conversations_that_repeat_each_other_are_off_and_others_are_not() -> None:
    def words(number: int, count: int) -> str:
        return " ".join(f"word{number}x{place}" for place in range(count))

    alike = values_of(
        [conversation("well you know, this is said by everybody, so that's that") for _ in range(CONVERSATIONS)]
    )
    unlike = values_of([conversation(words(number, 8)) for number in range(CONVERSATIONS)])
    assert alike == {
        "distinct_pairs": pytest.approx(9 / (9 * TEXTS * CONVERSATIONS)),
        "repeated_sequences": 1,
        "near_duplicates": 1,
        "fillers": 1,
        "kinship": pytest.approx(0.1),
    }
    assert unlike == {
        "distinct_pairs": pytest.approx(1 / TEXTS),
        "repeated_sequences": 0,
        "near_duplicates": 0,
        "fillers": 0,
        "kinship": 1,
    }
    assert set(values_of([conversation("a b")] * (CONVERSATIONS - 1)).values()) == {None}


def test_talk_that_is_made_of_phrases_is_off() -> None:
    """Of what was generated before talks were replayed: three phrases a message, the next one by chance."""
    random = Random(1)
    phrases = [f"phrase {number} says {number % 7} and {number % 11} things" for number in range(400)]
    ends = ["so that's that", "you know what I mean", "but what do I know", "and that's it"]
    said = [
        [
            Said(str(number % 2), f"{', '.join(random.sample(phrases, 2))}, {random.choice(ends)}")
            for number in range(TEXTS)
        ]
        for _ in range(CONVERSATIONS)
    ]
    values = values_of(said)
    verdicts = {
        key: Measurement(all_statistics()[key], "direct", CONVERSATIONS, value).verdict for key, value in values.items()
    }
    assert set(verdicts.values()) == {"off"}


def test_pace(world: World) -> None:
    # Two conversations: 0 to 60 s and 5000 to 5010 s, with gaps of 10, 10, 40 and 10 s, and a message by itself.
    for seconds, who in ((0, ANNA), (10, ANNA), (20, BEN), (60, ANNA), (5000, BEN), (5010, BEN), (9000, BEN)):
        world.say(PAIR, who, seconds)
        world.say(PAIR, None, seconds, "somebody came in")
    pace = (
        "gap_median",
        "gap_90",
        "same_sender",
        "conversation_messages",
        "conversation_minutes",
        "runs_of_1",
        "runs_of_2",
    )
    logs = [math.log(10)] * 3 + [math.log(40)]
    mean = sum(logs) / 4
    deviation = math.sqrt(sum((log - mean) ** 2 for log in logs) / 3)
    expected = [10, 31, 0.5, 3, (1 + 1 / 6) / 2, 0.6, 0.4, mean, deviation]
    assert world.values("direct", *pace, "gap_ln_mean", "gap_ln_deviation") == pytest.approx(expected)


def test_a_gap_of_half_an_hour_is_within_a_conversation_and_more_is_not(world: World) -> None:
    for seconds in (0, 1800, 3601):
        world.say(GROUP, ANNA, seconds)
    assert world.measured()["gap_median", "group"].observations == 1


def test_burstiness_is_that_of_whole_histories(world: World) -> None:
    for number in range(100):
        world.say(PAIR, ANNA, number * 10)
        world.say(GROUP, ANNA, number * 10 + (70_000 if number == 99 else 0))
    assert world.values("direct", "burstiness") == [pytest.approx(-1)]  # even as a clock
    (group,) = world.values("group", "burstiness")
    mean = (98 * 10 + 70_010) / 99
    deviation = math.sqrt((98 * (10 - mean) ** 2 + (70_010 - mean) ** 2) / 98)
    assert group == pytest.approx((deviation - mean) / (deviation + mean))


def test_people(world: World) -> None:
    # Of twelve members eight send nothing. The top tenth, of twelve, are two.
    for who, messages in enumerate((30, 10, 6, 4)):
        for number in range(messages):
            world.say(GROUP, PEOPLE[who], number)
    assert world.values("all", "top_tenth") == [pytest.approx(40 / 50)]
    gini = 2 * (12 * 30 + 11 * 10 + 10 * 6 + 9 * 4) / (12 * 50) - 13 / 12
    assert world.values("group", "gini", "group_size_median") == [pytest.approx(gini), 12]
    world.run(
        "UPDATE chat_participants SET left_at = '2026-02-01' WHERE user_id = ANY(%(gone)s::uuid[])", gone=PEOPLE[6:]
    )
    gini = 2 * (6 * 30 + 5 * 10 + 4 * 6 + 3 * 4) / (6 * 50) - 7 / 6
    assert world.values("group", "gini", "group_size_median") == [pytest.approx(gini), 6]


def test_messages_and_what_they_carry(world: World) -> None:
    first = world.say(PAIR, ANNA, 0, "Same")
    world.say(GROUP, BEN, 1, "Same")
    for text in ("Same", "same"):
        world.say(PAIR, BEN, 2, text)
    world.say(PAIR, BEN, 3, "", to=first)
    world.say(PAIR, None, 4, "somebody came in")
    world.run("UPDATE messages SET is_edited = true, edited_at = created_at WHERE content = 'Same'")
    world.run(
        "INSERT INTO message_reactions (chat_id, message_id, user_id, emoji) "
        "SELECT chat_id, id, %(anna)s, unnest(ARRAY['A', 'B']) FROM messages WHERE content = 'Same'",
        anna=ANNA,
    )
    keys = ("duplicates", "images", "edits", "reactions", "reply_share", "deletions")
    assert world.values("direct", *keys) == pytest.approx([2 / 3, 1 / 4, 2 / 4, 4 / 4, 1 / 4, 0])
    assert world.values("group", *keys) == [0, 0, 1, 2, 0, 0]


def test_a_deleted_text_is_no_text_and_counts_as_a_message(world: World) -> None:
    world.say(PAIR, ANNA, 0, "here is something")
    world.say(PAIR, ANNA, 1, "gone")
    world.run("UPDATE messages SET is_deleted = true, deleted_at = created_at WHERE content = 'gone'")
    measured = world.measured()
    assert measured["words_median", "direct"].observations == 1
    assert measured["deletions", "direct"].value == 0.5


def test_replies_reach_back_over_what_people_said(world: World) -> None:
    first = world.say(GROUP, ANNA, 0)
    world.say(GROUP, None, 1, "somebody came in")
    second = world.say(GROUP, BEN, 2, to=first)
    for number in range(8):
        world.say(GROUP, CARA, 3 + number)
    world.say(GROUP, ANNA, 20, to=second)
    assert world.values("group", "reach_median", "reach_90") == pytest.approx([5, 8.2])


def test_attention_leaves_out_the_last_hour(world: World) -> None:
    # Three receipts of noon, one of them read within five minutes, one of one o'clock that was; then the last hour.
    for seconds, read in ((0, 300), (0, 301), (1, None), (3600, 3601), (10_000, None)):
        world.run(RECEIPT, who=BEN, read=read, number=world.say(PAIR, ANNA, seconds))
    assert world.values("all", "seen_5_minutes") == [0.5]
    assert world.values("all", "attentive_day") == [pytest.approx((1 / 3 + 1) / 2)]


def test_hours_are_those_of_utc(world: World) -> None:
    world.run("SET timezone = 'Asia/Kathmandu'")
    for hour in range(3):
        world.say(PAIR, ANNA, 3600 * hour)
    assert measure(world.db).messages_of_hours == [0] * 12 + [1, 1, 1] + [0] * 9


def test_texts() -> None:
    texts = TextStatistics()
    for text in ("Ok", "is it?  ", "I don\u2019t know 👍🏽", "one two three, four."):
        texts.add(text)
    measured = {key: value for key, _, value in texts.values()}
    assert {key: value for key, value in measured.items() if value is not None} == {
        "with_emoji": 0.25,
        "questions": 0.25,
        "no_end_mark": 0.25,
        "lower_case": 0.5,
        "words_median": 2,
        "words_90": 4,
        "words_deviation": pytest.approx(pstdev(math.log(words) for words in (1, 2, 4, 4))),
        "one_word": 0.25,
        "three_words": 0.5,
    }
    assert texts.tokens["don\u2019t"] == 1


def test_slopes_are_those_of_power_laws() -> None:
    texts = TextStatistics()
    for rank in range(1, 2000):
        texts.tokens[f"word{rank}"] = round(1e9 * rank**-1.2)
        texts.emoji[f"emoji{rank}"] = round(1e9 * rank**-0.9)
    texts.add("")
    slopes = {key: value for key, _, value in texts.values()}
    assert slopes["zipf_slope"] == pytest.approx(-1.2, abs=1e-3)
    assert slopes["emoji_slope"] == pytest.approx(-0.9, abs=1e-3)


def test_the_vocabulary_grows_with_the_heaps_exponent() -> None:
    texts = TextStatistics()
    known = 0
    for number in range(1, 40_001):
        known += number**0.6 >= known + 1
        texts.add(f"word{known}")
    assert {key: value for key, _, value in texts.values()}["heaps_exponent"] == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize(
    ("text", "emoji"),
    [("👨‍👩‍👧", 1), ("🇩🇪🇫🇷", 2), ("❤️☀️", 2), ("→ “quoted” … ™", 0), ("日本語", 0)],
)
def test_an_emoji_is_a_whole_sequence(text: str, emoji: int) -> None:
    assert len(EMOJI.findall(text)) == emoji


@pytest.mark.parametrize(
    ("value", "observations", "verdict"),
    [(12, 10, "ok"), (12.1, 10, "off"), (7.9, 10, "off"), (10, 9, "too few"), (None, 10, "too few")],
)
def test_a_verdict_needs_enough_to_go_by(value: float | None, observations: int, verdict: str) -> None:
    statistic = Statistic("text", "key", "name", "s", {"all": 10}, 2, 10, "somebody", is_measured=True)
    assert Measurement(statistic, "all", observations, value).verdict == verdict


def test_the_table_has_a_line_for_every_statistic(world: World) -> None:
    world.say(PAIR, ANNA, 0)
    lines = list(table(measure(world.db)))
    assert all(sum(statistic.name in line for line in lines) == 1 for statistic in all_statistics().values())
    assert "45 %*    100 %  too few" in next(line for line in lines if "lower case" in line)


def test_of_many_texts_a_sample_is_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(200):
        world.say(PAIR, ANNA, number)
    monkeypatch.setattr(reporting, "MOST_TEXTS", 100)
    report = measure(world.db)
    assert report.text_percent == 50
    assert 60 < report.texts["direct"].messages < 140


def test_the_command_prints_it_and_writes_nothing(
    postgresql: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    postgresql.execute((ROOT / "seeds" / "demo" / "demo_people.sql").read_bytes())
    postgresql.commit()
    monkeypatch.setenv("DATABASE_URL", url(postgresql.info.dsn))
    reporting.report()
    said = capsys.readouterr().out
    assert said.startswith("17 messages in database ")
    assert said.endswith("0 of 0 statistics are ok; 87 have too few observations to tell\n")
    with (
        pytest.raises(MessengerError, match="read-only"),
        reading(Target.from_url(url(postgresql.info.dsn))) as connection,
    ):
        connection.cursor().execute("DELETE FROM messages")


def test_a_database_without_messages_says_what_to_do(shared_database: str) -> None:
    with pytest.raises(MessengerError, match=r"no messages in .*: make seed first"):
        reading(Target.from_url(url(shared_database))).__enter__()


def test_a_database_without_the_schema_says_what_to_do(empty_postgresql: psycopg.Connection) -> None:
    with pytest.raises(MessengerError, match=r"does not have the messenger schema: make db-up first"):
        reading(Target.from_url(url(empty_postgresql.info.dsn))).__enter__()


def url(dsn: str) -> str:
    parts = parse_dsn(dsn)
    return f"postgresql:///{parts.pop('dbname')}?{urlencode(parts)}"
