"""Pages are made side by side, and none can harm another."""

from __future__ import annotations

import os
import time
from pathlib import Path

from analysis.batch.workers import Reply, side_by_side


def _replies(count, work, jobs=2, **settings):
    return dict(side_by_side(count, work, jobs, **settings))


def test_every_piece_gives_its_own_reply_whatever_the_number_of_jobs():
    expected = {number: {"square": number**2} for number in range(7)}
    for jobs in (1, 2, 5):
        assert _replies(7, lambda number: {"square": number**2}, jobs) == expected


def test_a_piece_that_raises_dies_or_leaves_harms_no_other():
    def work(number: int) -> Reply:
        if number == 1:
            raise ValueError("a bad row")
        if number == 2:
            os._exit(7)
        if number == 3:
            os.kill(os.getpid(), 9)
        return {"fine": number}

    replies = _replies(5, work)
    assert replies[0] == {"fine": 0} and replies[4] == {"fine": 4}
    assert replies[1]["error"] == "ValueError"
    assert replies[2] == {"error": "its process ended with exit code 7 and no reply"}
    assert replies[3] == {"error": "its process was ended by signal 9"}


def test_a_piece_that_never_ends_is_stopped_at_its_deadline():
    def work(number: int) -> Reply:
        while number == 0:
            time.sleep(0.05)
        return {"fine": number}

    started = time.monotonic()
    assert _replies(2, work, deadline=1.0) == {0: {"error": "its time was up"}, 1: {"fine": 1}}
    assert time.monotonic() - started < 10


def test_a_large_reply_arrives_whole():
    assert len(_replies(1, lambda number: {"text": "x" * 3_000_000})[0]["text"]) == 3_000_000


def test_what_one_piece_changes_the_next_does_not_see():
    state = {"seed": 0}

    def work(number: int) -> Reply:
        state["seed"] += 1
        os.environ["LEFT_BEHIND"] = "yes"
        return {"seed": state["seed"]}

    assert _replies(3, work, jobs=1) == {number: {"seed": 1} for number in range(3)}
    assert "LEFT_BEHIND" not in os.environ


def test_no_child_is_left_when_the_caller_stops_early():
    pids = []

    def work(number: int) -> Reply:
        time.sleep(0.0 if number == 0 else 30)
        return {"pid": os.getpid()}

    before = _children()
    stream = side_by_side(3, work, 3)
    pids.append(next(stream)[1]["pid"])
    stream.close()
    assert all(not _alive(pid) for pid in pids)
    assert _children() <= before


def _children() -> set[str]:
    """The processes that this one has started and that are not gone, ended ones that nobody waited for among them."""
    lists = Path("/proc/self/task").glob("*/children")
    return {pid for each in lists for pid in each.read_text(encoding="utf-8").split()}


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
