"""Writes conversations in several processes. What is written does not depend on how many there are."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO

from messenger_db.errors import MessengerError

from ..tables import Batch
from .messages import MessageWriter, Written
from .schedule import Scheduled

# A process takes a third of a second to start and to learn who there is: for fewer messages that is not worth it.
WORTH_PROCESSES = 50_000
MESSAGES_PER_PART = 5_000

WORK = f"from {__name__} import work; work()"

Part = Sequence[Scheduled]
Process = subprocess.Popen[bytes]


def written(writer: MessageWriter, conversations: list[Scheduled], processes: int = 0) -> Iterator[list[Batch]]:
    """Yield what the writer makes of the conversations, in their order, some thousands of messages at a time.

    The list is empty afterwards, as the conversations would take a tenth of the memory while nobody here needs them. By
    default there are as many processes as cores, and none besides this one where there is little to write.
    Raises MessengerError where one of them is killed.
    """
    parts = list(_parts(conversations))
    conversations.clear()
    if not processes:
        is_worth_it = len(parts) * MESSAGES_PER_PART >= WORTH_PROCESSES
        processes = (os.cpu_count() or 1) if is_worth_it else 1
    if processes == 1:
        yield from (_write(writer, part) for part in parts)
    else:
        yield from _written_in_turn(writer, parts, processes)


def _written_in_turn(writer: MessageWriter, parts: list[Part], processes: int) -> Iterator[list[Batch]]:
    """Let each process write every so many-th part; it waits with the next one until the last one is taken."""
    workers = [_start() for _ in range(processes)]
    try:
        for number, worker in enumerate(workers):
            with _pipe(worker.stdin) as pipe:
                pickle.dump((writer, parts[number::processes][::-1]), pipe, pickle.HIGHEST_PROTOCOL)
        count = len(parts)
        parts.clear()
        for number in range(count):
            batches: list[Batch] = pickle.load(_pipe(workers[number % processes].stdout))  # noqa: S301 (our own)
            yield batches
    except (EOFError, BrokenPipeError, pickle.UnpicklingError):
        raise MessengerError("a process that wrote messages was killed, perhaps for lack of memory") from None
    finally:
        for worker in workers:
            with worker:
                worker.kill()


def _start() -> Process:
    """Start a process that imports what it needs and no more, which those of multiprocessing do not."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", WORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        process_group=0,  # it does not get the Ctrl-C of a terminal: its pipes break when this process ends
    )


def work() -> None:
    """Write the parts that come by standard input, the last one first, each to standard output."""
    writer, parts = pickle.load(sys.stdin.buffer)  # noqa: S301 (our own)
    with suppress(BrokenPipeError):
        while parts:  # what is written is let go
            pickle.dump(_write(writer, parts.pop()), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
            sys.stdout.buffer.flush()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe  # noqa: S101 (it was asked for)
    return pipe


def _write(writer: MessageWriter, part: Part) -> list[Batch]:
    into = Written()
    for one in part:
        writer.write(one, into)
    return into.batches()


def _parts(conversations: Sequence[Scheduled]) -> Iterator[Part]:
    first = messages = 0
    for number, one in enumerate(conversations, 1):
        messages += _length(one)
        if messages >= MESSAGES_PER_PART or number == len(conversations):
            yield conversations[first:number]
            first, messages = number, 0


def _length(scheduled: Scheduled) -> int:
    return sum(scene.length for scene in scheduled.scenes)
