"""Pages are made side by side, and none can harm another."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path

from analysis.batch.limits import Limits
from analysis.batch.workers import Reply, side_by_side


def _outcomes(count, work, jobs=2, limits=None):
    return dict(side_by_side(deque(range(count)), work, jobs, limits))


def _replies(count, work, jobs=2):
    return {number: outcome.reply for number, outcome in _outcomes(count, work, jobs).items()}


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

    found = _outcomes(5, work)
    assert found[0].reply == {"fine": 0} and found[4].reply == {"fine": 4}
    assert found[1].reply == {"error": "ValueError", "code": "PAGE"}
    assert (found[2].code, found[2].reason) == ("KERNEL_DIED", "its process ended with exit code 7 and no reply")
    assert found[3].code == "KERNEL_DIED"
    assert found[3].reason == "its process was ended by signal 9; it may have run out of memory"


def test_a_piece_that_never_ends_is_stopped_at_its_deadline():
    def work(number: int) -> Reply:
        while number == 0:
            time.sleep(0.05)
        return {"fine": number}

    started = time.monotonic()
    found = _outcomes(2, work, limits=Limits(seconds=1.0))
    assert (found[0].code, found[0].reason) == ("TIMEOUT", "its time was up: a page may take 1 s")
    assert found[1].reply == {"fine": 1}
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
    stream = side_by_side(deque(range(3)), work, 3)
    pids.append(next(stream)[1].reply["pid"])
    stream.close()
    assert all(not _alive(pid) for pid in pids)
    assert _children() <= before


def test_a_piece_may_be_put_back_into_the_queue():
    queue, seen = deque([0, 1]), []
    for number, _ in side_by_side(queue, lambda number: {"fine": number}, 1):
        seen.append(number)
        if seen == [0]:
            queue.append(0)
    assert seen == [0, 1, 0]


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
