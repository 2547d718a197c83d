"""The workers of a cluster as a run sees them: who is there, who is ready, and what each is making."""

from __future__ import annotations

import contextlib
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from analysis.batch.cluster import worker
from analysis.batch.cluster.connecting import PATIENCE
from analysis.batch.cluster.parcel import name_of
from analysis.batch.cluster.seats import News, Seat
from analysis.batch.cluster.versions import differing, versions
from analysis.batch.limits import Limits
from analysis.batch.stopping import stop_if_told, unhurried
from analysis.errors import ArshjulError, Interrupted, RunStopped

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK = 0.5
"""seconds between two looks at who is there"""
NOBODY = 300.0
"""seconds that a run waits for a worker when it has none"""
GRACE = 60.0
"""seconds beyond a page's own that its worker may be silent: the press beside it ends a page in time"""
LOADS = 3
"""how often one worker whose press dies loads what was sent"""


class Crew:
    """Gives pages to workers and hears what became of them; a worker may come or go at any time.

    Every page is given to one worker, and given once: whether a page is tried again is for the run to say.
    """

    def __init__(self, client: Client, parcel: bytes, limits: Limits, least: int, tell: Callable[[str], None]) -> None:
        self.client, self.parcel, self.limits, self.least, self.tell = client, parcel, limits, least, tell
        self.name, self.ours = name_of(parcel), versions()
        self.seats: dict[str, Seat] = {}
        self.refused: set[str] = set()
        self.heard: queue.SimpleQueue[tuple[Seat, int, int | None, Future[Any]]] = queue.SimpleQueue()
        self.futures: set[Future[Any]] = set()
        self.looked = -LOOK
        self.came = self.missed_since = time.monotonic()
        self.has_begun = False

    def work(self, waiting: deque[int], units: Sequence[str]) -> Iterator[News]:
        """Yield what became of the page of each unit whose number is in the queue; more may be put into it meanwhile.

        Raises RunStopped when there is no worker for `NOBODY` seconds or the scheduler is gone, and ArshjulError
        when a worker has other versions than the run.
        """
        while waiting or any(seat.busy for seat in self.seats.values()):
            stop_if_told()  # a signal may have come while Dask ran something that swallows what is raised
            if time.monotonic() - self.looked >= LOOK:
                yield from self._look()
            self._give(waiting, units)
            yield from self._hear()

    def _look(self) -> Iterator[News]:
        """Who has come, who is gone, and who has been silent for too long."""
        self.looked = now = time.monotonic()
        there = self._there()
        self._welcome({address: about for address, about in there.items() if address not in self.seats})
        for address in [each for each in self.seats if each not in there]:
            seat = self.seats.pop(address)
            yield from self._lost(seat, list(seat.busy), f"the worker {address} was lost while it made the page")
        latest = now - self.limits.seconds - GRACE
        for seat in self.seats.values():
            if overdue := [number for number, began in seat.busy.items() if began < latest]:
                seat.state = "left"
                yield from self._lost(seat, overdue, f"the worker {seat.address} did not answer in time")
            elif seat.state == "loading" and seat.since < latest:
                seat.state = "left"
                self.tell(f"worker   {seat.address}: what was sent was not loaded in time")
        if any(seat.state != "left" or seat.busy for seat in self.seats.values()):
            self.missed_since = now
        elif self.seats or now - self.missed_since > NOBODY:
            found = "every worker has failed" if self.seats else f"no worker for {NOBODY:g} s"
            raise RunStopped(
                f"pages are made by workers\n  found: {found}\n  mend:  look at the workers' logs, start workers"
                " (`dask worker ADDRESS`) and give the command again: what was made is kept"
            )

    def _there(self) -> dict[str, dict[str, Any]]:
        """The workers that the scheduler knows and that take work."""
        try:
            found = self.client.sync(self._identity, callback_timeout=PATIENCE)
        except (OSError, TimeoutError) as error:
            raise RunStopped(
                f"the Dask scheduler is gone\n  found: {type(error).__name__} while pages were made\n"
                "  mend:  start it and its workers, and give the command again: what was made is kept"
            ) from None
        return {
            str(address): about
            for address, about in found["workers"].items()
            if about.get("status", "running") == "running" or str(address) in self.seats
        }

    async def _identity(self) -> dict[str, Any]:
        scheduler: Any = self.client.scheduler
        found: dict[str, Any] = await scheduler.identity(n_workers=-1)
        return found

    def _welcome(self, new: dict[str, dict[str, Any]]) -> None:
        """Take workers that have come, if they have the run's own versions of everything."""
        asked = [address for address in new if address not in self.refused]
        if not asked:
            return
        try:
            found = self.client.sync(
                self.client.run, versions, workers=asked, on_error="return", callback_timeout=PATIENCE
            )
        except (OSError, TimeoutError):
            return  # one of them is silent: the next look asks those that are there then
        for address in asked:
            theirs = found.get(address)
            if theirs is None:
                continue  # it left while it was asked
            differs = differing(self.ours, theirs, address) if isinstance(theirs, dict) else f"no answer at {address}"
            if differs:
                self._refuse(address, differs)
            else:
                self.seats[address] = Seat(address, int(new[address].get("nthreads", 1)))

    def _refuse(self, address: str, differs: str) -> None:
        text = (
            "every worker makes pages with the program and the packages of the run\n"
            f"  found: {differs}\n  mend:  install the same release and the same requirements.lock there and here"
        )
        if not self.has_begun:
            raise ArshjulError(text)
        self.refused.add(address)
        self.tell(f"worker   {address} is not used: {differs}")

    def _give(self, waiting: deque[int], units: Sequence[str]) -> None:
        """Send what is needed to workers that lack it, and a page to each that has nothing to do."""
        if not self.has_begun and len(self.seats) < self.least and time.monotonic() - self.came < NOBODY:
            return
        for seat in self.seats.values():
            if seat.state == "new" and waiting:
                self._load(seat)
            while seat.state == "ready" and waiting and len(seat.busy) < seat.threads:
                number = waiting.popleft()
                self.has_begun = True
                seat.busy[number] = time.monotonic()
                self._ask(seat, number, worker.page, self.name, units[number])

    def _load(self, seat: Seat) -> None:
        seat.state, seat.loads, seat.since = "loading", seat.loads + 1, time.monotonic()
        try:
            sent = self.client.scatter(self.parcel, workers=[seat.address], hash=False, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError, KeyError):  # it left meanwhile: the next look says so
            self._again(seat, seat.loads)
            return
        self._ask(seat, None, worker.load, sent, self.name, is_rehearsed=seat.loads == 1)
        with unhurried():
            del sent

    def _ask(self, seat: Seat, number: int | None, do: Callable[..., Any], *given: Any, **options: Any) -> None:
        future = self.client.submit(
            do, *given, workers=[seat.address], allow_other_workers=False, pure=False, **options
        )
        self.futures.add(future)
        load = seat.loads
        future.add_done_callback(lambda done: self.heard.put((seat, load, number, done)))

    def _hear(self) -> Iterator[News]:
        """What workers have said, waiting a little for the first."""
        try:
            seat, load, number, answer, why = self._next()
        except queue.Empty:
            return
        if number is None:
            self._loaded(seat, load, answer or {"died": f"no answer ({why})"})
        elif seat.busy.pop(number, None) is not None:  # else it was given up before
            yield News(number, *self._said(seat, load, answer, why))

    def _next(self) -> tuple[Seat, int, int | None, dict[str, Any] | None, str]:
        seat, load, number, future = self.heard.get(timeout=LOOK)
        self.futures.discard(future)
        answer, why = _answer(future)
        with unhurried():
            del future  # Dask speaks with its loop when it is forgotten, and would swallow a signal
        return seat, load, number, answer, why

    def _said(
        self, seat: Seat, load: int, answer: dict[str, Any] | None, why: str
    ) -> tuple[dict[str, Any] | None, str]:
        """A worker's answer about a page, or in words why there is none."""
        if answer is None:
            return None, f"the worker {seat.address} was lost while it made the page ({why})"
        if "died" not in answer:
            return answer, ""
        self._again(seat, load)
        return None, f"the process at {seat.address} that pages are forked from ended with {answer['died']}"

    def _again(self, seat: Seat, load: int) -> None:
        """A worker whose press has died gets another, unless it has had enough of them.

        Each of the pages that were in that press tells of it: only the first is news.
        """
        if seat.loads == load and seat.state in ("loading", "ready"):
            seat.state = "left" if seat.loads >= LOADS else "new"

    def _loaded(self, seat: Seat, load: int, answer: dict[str, Any]) -> None:
        if "error" in answer:
            raise RunStopped(
                f"what a run sends to a worker can be loaded there\n  found: {answer['error']} at {seat.address}\n"
                "  mend:  look at the worker's log; arshjul build without --on dask makes the pages here"
            )
        if seat.state != "loading" or seat.loads != load:
            return  # it was given up before
        if "died" not in answer:
            seat.state = "ready"
            return
        self._again(seat, load)
        self.tell(f"worker   {seat.address}: its process ended with {answer['died']} before it was ready")

    def _lost(self, seat: Seat, numbers: Sequence[int], reason: str) -> Iterator[News]:
        for number in numbers:
            del seat.busy[number]
            yield News(number, None, reason)

    def close(self) -> None:
        """Leave no process behind: end the presses, with all that they are making, and forget what was asked."""
        for future in self.futures:
            future.cancel()
        there = [seat.address for seat in self.seats.values()]
        with contextlib.suppress(OSError, TimeoutError, RuntimeError):  # the scheduler is gone, and all with it
            self.client.sync(
                self.client.run, worker.close, self.name, workers=there, on_error="ignore", callback_timeout=PATIENCE
            )


def _answer(future: Future[Any]) -> tuple[dict[str, Any] | None, str]:
    """What a task gave, or in one word why nothing came: it may have ended, and its worker be gone with the answer."""
    if future.status != "finished":
        return None, str(future.status)
    try:
        found: dict[str, Any] = future.result(timeout=PATIENCE)
    except Interrupted:
        raise
    except Exception as error:
        return None, type(error).__name__
    return found, ""
