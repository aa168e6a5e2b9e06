"""Writes conversations in several processes. What is written does not depend on how many there are."""

import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process

from .messages import MessageWriter, Written
from .schedule import Scheduled

# A process takes a second to start and to learn who there is: for fewer messages that is not worth it.
WORTH_PROCESSES = 50_000
MESSAGES_PER_PART = 5_000
# Parts that each process has waiting, so that it need not wait itself.
PARTS_AHEAD = 2

# What a process works on, from its start on.
_work: list[tuple[MessageWriter, Sequence[Scheduled]]] = []


def written(writer: MessageWriter, conversations: Sequence[Scheduled], processes: int = 0) -> Iterator[Written]:
    """Yield what the writer makes of the conversations, in their order, some thousands of messages at a time.

    By default there are as many processes as cores, and none besides this one where there is little to write.
    """
    parts = list(_parts(conversations))
    if not processes:
        is_worth_it = sum(_length(one) for one in conversations) >= WORTH_PROCESSES
        processes = (os.cpu_count() or 1) if is_worth_it else 1
    if processes == 1:
        yield from (_write(writer, conversations[first:last]) for first, last in parts)
        return
    with ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_begin, initargs=(writer, conversations)
    ) as pool:
        waiting: deque[Future[Written]] = deque()
        try:
            for part in parts:
                waiting.append(pool.submit(_write_part, *part))
                if len(waiting) > processes * PARTS_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _parts(conversations: Sequence[Scheduled]) -> Iterator[tuple[int, int]]:
    """Yield the first conversation of each part, and the one after its last."""
    first = messages = 0
    for number, one in enumerate(conversations, 1):
        messages += _length(one)
        if messages >= MESSAGES_PER_PART or number == len(conversations):
            yield first, number
            first, messages = number, 0


def _length(scheduled: Scheduled) -> int:
    return sum(scene.length for scene in scheduled.scenes)


def _write(writer: MessageWriter, conversations: Sequence[Scheduled]) -> Written:
    into = Written()
    for one in conversations:
        writer.write(one, into)
    return into


def _begin(writer: MessageWriter, conversations: Sequence[Scheduled]) -> None:
    """Begin as a process of the pool, which ends with the one that started it, however that ends."""
    _work.append((writer, conversations))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
    os._exit(1)


def _write_part(first: int, last: int) -> Written:
    writer, conversations = _work[0]
    return _write(writer, conversations[first:last])
