"""What a run does with what the workers of a cluster tell, or do not tell."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import pytest

from analysis.batch.cluster.crew import GRACE, LOADS, Crew
from analysis.batch.cluster.seats import News, Seat
from analysis.batch.limits import Limits

ADDRESS = "tcp://10.0.0.7:1"


class Told:
    """A task that has ended with an answer."""

    status = "finished"

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer

    def result(self, timeout: float) -> dict[str, Any]:
        return self.answer


class Silent:
    """A client whose workers do not say what they are made of."""

    def __init__(self) -> None:
        self.asked = 0

    def sync(self, *_: object, **__: object) -> dict[str, Any]:
        self.asked += 1
        raise TimeoutError

    run = sync


@pytest.fixture
def crew() -> Crew:
    return Crew(Silent(), b"parcel", Limits(seconds=10), 1, lambda line: None)  # type: ignore[arg-type]


def seat_of(crew: Crew, state: str = "ready", pages: int = 3) -> Seat:
    seat = Seat(ADDRESS, pages, loads=1, state=state, busy={number: time.monotonic() for number in range(pages)})
    crew.seats[ADDRESS] = seat
    return seat


def hear(crew: Crew, seat: Seat, load: int, number: int | None, answer: dict[str, Any]) -> list[News]:
    crew.heard.put((seat, load, number, Told(answer)))  # type: ignore[arg-type]
    return list(crew._hear())


def test_a_press_that_dies_with_many_pages_is_started_again_once(crew: Crew) -> None:
    seat = seat_of(crew)
    (news,) = hear(crew, seat, 1, 0, {"died": "signal 9"})
    assert news.answer is None and "ended with signal 9" in news.reason and seat.state == "new"
    seat.state, seat.loads = "loading", 2
    for number in (1, 2):
        (news,) = hear(crew, seat, 1, number, {"died": "signal 9"})
        assert news.answer is None
    assert (seat.state, seat.loads, seat.busy) == ("loading", 2, {})
    hear(crew, seat, 2, None, {"pid": 7})
    assert seat.state == "ready"


def test_a_worker_whose_press_dies_too_often_is_left_and_a_late_answer_does_not_bring_it_back(crew: Crew) -> None:
    seat = seat_of(crew)
    seat.loads = LOADS
    hear(crew, seat, LOADS, 0, {"died": "signal 9"})
    assert seat.state == "left"
    hear(crew, seat, LOADS, None, {"pid": 7})
    assert seat.state == "left"


@pytest.mark.parametrize("said", [OSError("no way there"), TimeoutError(), KeyError(ADDRESS)])
def test_a_worker_that_leaves_while_it_is_sent_what_it_needs_costs_no_page(crew: Crew, monkeypatch, said) -> None:
    """The scheduler forgets it at once: what it says then is KeyError, not that no worker is there."""

    def scatter(*_: object, **__: object) -> object:
        raise said

    monkeypatch.setattr(crew.client, "scatter", scatter, raising=False)
    seat = seat_of(crew, "new", 1)
    seat.loads, seat.busy = 0, {}
    waiting = deque([0, 1])
    for _ in range(LOADS):
        crew._give(waiting, ["se:school:1", "se:school:2"])
    assert (seat.state, list(waiting)) == ("left", [0, 1])


def test_a_page_that_takes_too_long_is_given_up_and_its_neighbours_are_not(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "_there", lambda: {ADDRESS: {}})
    seat = seat_of(crew)
    seat.busy[1] -= 11 + GRACE
    (news,) = crew._look()
    assert news.number == 1 and news.reason.endswith("did not answer in time")
    assert sorted(seat.busy) == [0, 2] and seat.state == "left"
    assert list(crew._look()) == []  # the run waits for the neighbours
    (news,) = hear(crew, seat, 1, 0, {"outcome": {}})
    assert news.answer == {"outcome": {}}


def test_what_is_not_loaded_in_time_is_waited_for_no_longer(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_there", lambda: {ADDRESS: {}})
    said: list[str] = []
    crew.tell = said.append
    seat = seat_of(crew, "loading", pages=0)
    seat.since = time.monotonic() - 11 - GRACE
    with pytest.raises(Exception, match="every worker has failed"):
        list(crew._look())
    assert seat.state == "left" and said == [f"worker   {ADDRESS}: what was sent was not loaded in time"]


def test_a_worker_that_does_not_say_its_versions_is_asked_again_and_ends_nothing(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "_there", lambda: {ADDRESS: {"nthreads": 1}})
    assert list(crew._look()) == list(crew._look()) == []
    assert crew.seats == {} and crew.client.asked == 2  # type: ignore[attr-defined]
