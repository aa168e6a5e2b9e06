"""Reads chitchat-dataset: the conversations that may be used, as messages without what the study's page did to them."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

# The conversations of every fifth id are kept for measuring.
KEPT_FOR_MEASURING = 5
LONGEST_PAUSE = 1800  # seconds within a conversation, as in chat_statistics.toml
# The page of the study took no more characters, so that people went on in the next message.
FULL_LINE = 165


@dataclass
class Said:
    """A message: which of the two says it, how many seconds after the one before, and what."""

    speaker: int
    pause: int
    text: str


def conversations(dataset: Path) -> Iterator[list[Said]]:
    """Yield what two people said to each other without a long pause, from the file dataset.json of the package."""
    for key, entry in json.loads(dataset.read_text(encoding="utf-8")).items():
        if int(hashlib.sha256(key.encode()).hexdigest(), 16) % KEPT_FOR_MEASURING:
            yield from _sessions([message for turn in entry["messages"] for message in turn])


def _sessions(messages: list[dict[str, str]]) -> Iterator[list[Said]]:
    speakers = {sender: number for number, sender in enumerate(dict.fromkeys(one["sender"] for one in messages))}
    session: list[Said] = []
    before: datetime | None = None
    is_cut_short = False
    for one in messages:
        text = re.sub(r"\s+", " ", one["text"]).strip()
        time = datetime.fromisoformat(one["timestamp"].rstrip("Z"))
        pause = round((time - before).total_seconds()) if before else 0
        before = time
        if not text:
            continue
        speaker = speakers[one["sender"]]
        if pause > LONGEST_PAUSE and session:
            yield session
            session = []
        if is_cut_short and session and session[-1].speaker == speaker:
            session[-1].text += " " + text
        else:
            session.append(Said(speaker, max(pause, 1) if session else 0, text))
        is_cut_short = len(one["text"]) >= FULL_LINE and text[-1] not in ".!?)"
    if len(speakers) > 1 and session:
        yield session
