"""The process beside a Dask worker in which pages are made: one thread, one forked process per page.

It loads what was sent once, makes one page of each kind, and then forks for each page, as a run on one machine does.
It ends with its worker, and when nothing has been asked of it for `IDLE` seconds.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
import sys
import tempfile
import time
from collections import deque
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from analysis.batch.cluster.parcel import Parcel, opened
from analysis.batch.rehearsal import rehearse, threads_besides
from analysis.batch.workers import Reply, side_by_side
from analysis.errors import ArshjulError
from analysis.publish.seen import use
from analysis.report import leaks, look
from analysis.report.page import make

IDLE = 600.0
"""seconds after which a press that nobody asks anything of ends: the run that started it is gone"""
AT_ONCE = 1024
"""more pages than any worker has threads: how many are made side by side is the worker's to say"""


class Desk:
    """Where a worker's wishes come in: the units whose pages are to be made."""

    def __init__(self, wishes: Connection, waiting: deque[int]) -> None:
        self.wishes, self.waiting = wishes, waiting
        self.asked: list[str] = []
        self.answered = 0
        self.is_left = False
        self.since = time.monotonic()

    @property
    def is_open(self) -> bool:
        """Whether the worker is there and may ask for more."""
        is_idle = self.answered == len(self.asked) and time.monotonic() - self.since > IDLE
        return not (self.is_left or is_idle)

    def fileno(self) -> int:
        """The worker's end of the line."""
        return self.wishes.fileno()

    def take(self) -> None:
        """Put the wish that has come into the queue."""
        try:
            unit = str(self.wishes.recv())
        except (EOFError, OSError):
            self.is_left = True
            return
        self.waiting.append(len(self.asked))
        self.asked.append(unit)

    def answer(self, number: int, answer: dict[str, Any]) -> None:
        """Send back what became of a wish."""
        self.answered += 1
        self.since = time.monotonic()
        try:
            self.wishes.send({"unit": self.asked[number], **answer})
        except OSError:
            self.is_left = True


def main(handle: int) -> None:
    """Load what the worker sends first, and make the pages that it then asks for, until it leaves."""
    with (
        Connection(handle) as wishes,
        tempfile.TemporaryDirectory(prefix="arshjul-") as folder,
        contextlib.suppress(EOFError, OSError),
    ):
        first = wishes.recv()
        try:
            parcel = _ready(first["parcel"], Path(folder), is_rehearsed=first["is_rehearsed"])
        except Exception as error:  # told to the run, by its kind alone unless it is ours
            wishes.send({"error": str(error) if isinstance(error, ArshjulError) else type(error).__name__})
            return
        wishes.send({"pid": os.getpid()})
        _make_pages(parcel, wishes, Path(folder))


def _ready(content: bytes, folder: Path, *, is_rehearsed: bool) -> Parcel:
    """All that the pages share: loaded, imported, rehearsed and frozen."""
    parcel = opened(content, folder)
    use(parcel.figures)
    look.use(look.Look(parcel.css))
    leaks.use(leaks.Known(folders=(Path.home(), folder)))
    os.environ["MPLBACKEND"] = "agg"
    if is_rehearsed:
        rehearse(parcel.requests.values(), parcel.limits.seconds)
    if others := threads_besides():
        raise ArshjulError(f"pages are made in processes forked from one thread, found: {', '.join(others)}")
    gc.collect()
    gc.freeze()
    return parcel


def _make_pages(parcel: Parcel, wishes: Connection, folder: Path) -> None:
    waiting: deque[int] = deque()
    desk, run = Desk(wishes, waiting), parcel.figures.run
    stage, work = folder / "stage", folder / "work"

    def page(number: int) -> Reply:
        unit = desk.asked[number]
        facts = {"data": run.made_from[unit], "code": run.code}
        return dataclasses.asdict(make(parcel.requests[unit], stage, work, facts))

    for number, outcome in side_by_side(waiting, page, AT_ONCE, parcel.limits, desk):
        request = parcel.requests[desk.asked[number]]
        files = {"page": stage / request.path, "notebook": work / "notebooks" / f"{request.safe_name}.ipynb"}
        desk.answer(number, {"outcome": dataclasses.asdict(outcome), **_taken(files)})


def _taken(files: dict[str, Path]) -> dict[str, bytes]:
    """The bytes of the files that are there, which are then taken away."""
    found = {}
    for name, path in files.items():
        with contextlib.suppress(FileNotFoundError):
            found[name] = path.read_bytes()
            path.unlink()
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]))
