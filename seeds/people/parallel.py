"""Writes conversations in several processes. What is written does not depend on how many there are."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection

from messenger_db.errors import MessengerError

from .messages import MessageWriter, Written
from .schedule import Scheduled

# A process takes a second to start and to learn who there is: for fewer messages that is not worth it.
WORTH_PROCESSES = 50_000
MESSAGES_PER_PART = 5_000


def written(writer: MessageWriter, conversations: Sequence[Scheduled], processes: int = 0) -> Iterator[Written]:
    """Yield what the writer makes of the conversations, in their order, some thousands of messages at a time.

    By default there are as many processes as cores, and none besides this one where there is little to write.
    Raises MessengerError where one of them is killed.
    """
    parts = list(_parts(conversations))
    if not processes:
        is_worth_it = sum(_length(one) for one in conversations) >= WORTH_PROCESSES
        processes = (os.cpu_count() or 1) if is_worth_it else 1
    if processes == 1:
        yield from (_write(writer, part) for part in parts)
    else:
        yield from _written_in_turn(writer, parts, processes)


def _written_in_turn(writer: MessageWriter, parts: Sequence[Sequence[Scheduled]], processes: int) -> Iterator[Written]:
    """Let each process write every so many-th part; it waits with the next one until the last one is taken."""
    context = get_context("spawn")
    pipes = [context.Pipe(duplex=False) for _ in range(processes)]
    workers = [
        context.Process(target=_work, args=(pipe, writer, parts[number::processes]), daemon=True)
        for number, (_, pipe) in enumerate(pipes)
    ]
    # They do not get the Ctrl-C of a terminal: their pipes break when this process ends. The tracker of multiprocessing
    # lets it through again when it starts: so it comes first.
    resource_tracker.ensure_running()
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for worker in workers:
            worker.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    for _, pipe in pipes:
        pipe.close()
    try:
        for number in range(len(parts)):
            yield pipes[number % processes][0].recv()
    except EOFError:
        raise MessengerError("a process that wrote messages was killed, perhaps for lack of memory") from None
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _work(pipe: Connection, writer: MessageWriter, parts: Sequence[Sequence[Scheduled]]) -> None:
    with suppress(BrokenPipeError):
        for part in parts:
            pipe.send(_write(writer, part))


def _write(writer: MessageWriter, part: Sequence[Scheduled]) -> Written:
    into = Written()
    for one in part:
        writer.write(one, into)
    return into


def _parts(conversations: Sequence[Scheduled]) -> Iterator[Sequence[Scheduled]]:
    first = messages = 0
    for number, one in enumerate(conversations, 1):
        messages += _length(one)
        if messages >= MESSAGES_PER_PART or number == len(conversations):
            yield conversations[first:number]
            first, messages = number, 0


def _length(scheduled: Scheduled) -> int:
    return sum(scene.length for scene in scheduled.scenes)
