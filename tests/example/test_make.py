"""make example."""

import os
import re
import signal

import children
import httpx
from workflow.checkouts import Checkout


def test_it_starts_with_the_demo_people_and_ends_by_ctrl_c(checkout: Checkout) -> None:
    process = checkout.popen("make", "example", MESSAGES="20", USERS="8")
    assert process.stdout
    lines = []
    while not (found := re.match(r"(http://127\.0\.0\.1:\d+) is the chat", line := process.stdout.readline())):
        assert line, process.communicate()
        lines.append(line)
    assert any("demo people" in line for line in lines)
    with httpx.Client(base_url=found[1], timeout=60) as client:
        assert "<title>" in client.get("/").text
        assert client.post("/api/login", json={"username": "alice", "password": "password123"}).status_code == 200
        (bob, *_) = client.post("/api/contacts", json={"status": "accepted"}).json()
        assert bob["username"] == "bob"
    os.killpg(process.pid, signal.SIGINT)
    done = children.finished(process)
    assert "Traceback" not in done.stderr
    assert [line for line in done.stderr.splitlines() if not line.startswith("make: ")] == []
