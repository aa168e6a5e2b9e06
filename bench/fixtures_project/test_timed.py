"""Tests that use the fixture of USES, and then do nothing, wait for 30 ms, or compute for 30 ms."""

import os
import time

import pytest

WORK_SECONDS = 0.03

if messages := os.environ.get("MESSAGES"):
    pytestmark = pytest.mark.messenger_world(messages=int(messages))


@pytest.mark.parametrize("number", range(int(os.environ["TESTS"])))
@pytest.mark.usefixtures(os.environ["USES"])
def test_it(number: int) -> None:
    """Work."""
    work = os.environ.get("WORK")
    if work == "waits":
        time.sleep(WORK_SECONDS)
    elif work == "computes":
        end = time.thread_time() + WORK_SECONDS
        while time.thread_time() < end:
            number += 1
