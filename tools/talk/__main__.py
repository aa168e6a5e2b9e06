"""Makes seeds/language/talks.txt.gz of the package chitchat-dataset.

Run: pip install chitchat-dataset==0.9.0 glin-profanity==4.1.0 && python -m tools.talk
"""

import gzip
import importlib.util
from collections import Counter
from pathlib import Path
from random import Random

from .cleaning import Cleaner
from .corpus import conversations
from .scoring import SHORTEST_TALK, TOPICS, Scorer, talks, topic

SEED = 2018
TALKS = Path(__file__).parents[2] / "seeds" / "language" / "talks.txt.gz"


def main() -> None:
    """Write the file."""
    package = importlib.util.find_spec("chitchat_dataset")
    if package is None or package.origin is None:
        raise SystemExit("chitchat_dataset is not installed: pip install chitchat-dataset==0.9.0")
    every = list(conversations(Path(package.origin).with_name("dataset.json")))
    cleaner = Cleaner(every)
    kept = [
        talk
        for conversation in every
        for talk in talks(conversation, cleaner.cleaned(conversation))
        if len(talk) >= SHORTEST_TALK and len({said.speaker for said in talk}) > 1
    ]
    frequent = Counter(
        name for talk in kept for said in talk for name, words in TOPICS.items() for _ in words.finditer(said.text)
    )
    scorer = Scorer(kept, Random(SEED))
    parts = []
    for talk in kept:
        lines = [
            f"{one.speaker}\t{one.pause}\t{one.answers}\t{'+' * one.has_picture}\t{one.text}"
            for one in scorer.score(talk)
        ]
        parts.append("\n".join([f"= {topic(talk, frequent)}", *lines]) + "\n")
    # Without the time, so that the same talks make the same file.
    TALKS.write_bytes(gzip.compress("".join(parts).encode(), 9, mtime=0))
    print(f"{len(parts)} talks, {sum(map(len, kept))} messages, {TALKS.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
