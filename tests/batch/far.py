"""Runs of small pages on Dask workers that are processes of their own, as on other machines."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import psutil
import pytest
from tests.faults import light
from tests.report.conftest import request_for
from tests.report.small_notebooks import CALLS, OPEN, notebook

from analysis.batch.cluster.parcel import SentFigures, SentSnapshot
from analysis.batch.cluster.supervisor import OnDask
from analysis.batch.journal import Entry, Journal
from analysis.batch.limits import Limits
from analysis.batch.making import Elsewhere, Run, Task
from analysis.batch.placing import Place
from analysis.model.observations import UNIT_COLUMNS
from analysis.publish.seen import WRITTEN
from analysis.publish.seen import Run as Told

DOOR = str(Path(__file__).parents[1] / "report")
"""where the notebooks' fake door lies"""
BAD = {
    "leaves": "os._exit(7)",
    "crashes": "ctypes.string_at(0)",
    "hoards": "bytearray(64 << 30)",
    "is killed": "os.kill(os.getpid(), 9)",
    "hangs": "time.sleep(99)",
    "counts": "",
}
"""what the pages of some units do to their process"""
READY = 60.0


@contextlib.contextmanager
def compiled(folder: Path) -> Iterator[None]:
    """All processes share what Python has compiled, as they do where the program is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPYCACHEPREFIX", str(folder))
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


def unit(number: int) -> str:
    return f"se:school:{20_000_000 + number}"


@dataclass
class Batch:
    """So many pages of one notebook, in which the units that are named do something bad."""

    root: Path
    count: int
    bad: dict[int, str] = field(default_factory=dict)
    slow: float = 0.0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        ways = {unit(number): BAD[name] for number, name in self.bad.items()}
        cell = f"import ctypes, os, time\ntime.sleep({self.slow})\nexec({ways!r}.get(unit, ''))"
        path = notebook(self.root, OPEN, *CALLS[:2], cell, *CALLS[2:])
        self.requests = [request_for(path, unit_id=unit(number)) for number in range(self.count)]
        facts = {"data": "1", "seen": "1"}
        self.tasks = [Task(each.unit_id, "school", each.path, each.unit_id, facts) for each in self.requests]
        empty = pd.DataFrame(columns=["unit_id", *UNIT_COLUMNS]).set_index("unit_id")
        snapshot = SentSnapshot("1", is_made_up=False, is_protected=True, all_units=empty,
                                written=dict.fromkeys(WRITTEN, empty.assign(unit_id="")))  # fmt: skip
        run = Told(code="1", made_from={each.unit_id: "1" for each in self.requests})
        self.figures = SentFigures(snapshot, run, ("public", ""), {}, {})

    @property
    def place(self) -> Place:
        return Place(self.root / "out", self.root / "work")

    def on_dask(self, scheduler: str, workers: int) -> OnDask:
        return OnDask(scheduler, workers, self.said.append, self.figures, self.requests, "", self.place.work)

    def run(self, elsewhere: Elsewhere, tell: Callable[[str], None] | None = None) -> dict[str, Entry]:
        """Make the pages and put them in place; what became of each unit's."""
        with Journal(self.place.work) as journal:
            run = Run(self.place, journal, tell or self.said.append, 2, Limits(seconds=8), 99, elsewhere)
            made = run.carry_out(self.tasks, [], never, selection={}, finish=light.finish)
        return {each.unit_id: each for each in made}

    def on_processes(self, jobs: int) -> dict[str, Entry]:
        """The same without a cluster."""
        from analysis.report.page import make

        requests = {each.unit_id: each for each in self.requests}

        def work(task: Task, stage: Path) -> light.Reply:
            facts = {"data": "1", "code": "1"}
            return vars(make(requests[task.unit_id], stage, self.place.work, facts)).copy()

        with Journal(self.place.work) as journal:
            run = Run(self.place, journal, self.said.append, jobs, Limits(seconds=8), 99)
            made = run.carry_out(self.tasks, [], work, selection={}, finish=light.finish)
        return {each.unit_id: each for each in made}


def never(task: Task, stage: Path) -> light.Reply:
    raise AssertionError("a page was made by the supervisor")


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    folder: Path = Path()

    def add(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        """One more worker, with one thread."""
        paths = os.pathsep.join(filter(None, [environment.pop("ahead", ""), DOOR, os.environ.get("PYTHONPATH", "")]))
        command = [sys.executable, "-m", "dask", "worker", self.address, "--host", "127.0.0.1", "--nthreads", "1"]
        command += ["--no-nanny", "--no-dashboard", "--local-directory", str(self.folder), *words]
        log = (self.folder / f"worker-{len(self.workers)}.log").open("wb")
        with log:
            found = subprocess.Popen(
                command, env={**os.environ, "PYTHONPATH": paths, **environment}, stdout=log, stderr=log
            )
        self.workers.append(found)
        return found

    def presses(self) -> list[psutil.Process]:
        """The processes beside the workers in which pages are made, and all that they have started."""
        found = []
        for worker in self.workers:
            with contextlib.suppress(psutil.NoSuchProcess):
                found += psutil.Process(worker.pid).children(recursive=True)
        return [each for each in found if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A scheduler on 127.0.0.1 with so many workers, ended at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "scheduler.json"
    words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    command = [sys.executable, "-m", "dask", "scheduler", *words, "--scheduler-file", str(file)]
    with (folder / "scheduler.log").open("wb") as log:
        scheduler = subprocess.Popen(command, stdout=log, stderr=log)
    found = Cluster("", scheduler, folder=folder)
    try:
        wait_for(lambda: file.is_file() and file.stat().st_size > 0, "the scheduler")
        found.address = str(json.loads(file.read_text(encoding="utf-8"))["address"])
        for _ in range(workers):
            found.add()
        yield found
    finally:
        ended([*found.workers, scheduler])


def ended(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for each in processes:
        with contextlib.suppress(ProcessLookupError):
            each.send_signal(signal.SIGKILL)
    for each in processes:
        each.wait()


RUNNER = (
    "import sys, types; sys.modules['tests'] = tests = types.ModuleType('tests'); tests.__path__ = [sys.argv[1]];"
    " from tests.batch import far; far.run_alone(sys.argv[2])"
)


def run_alone(folder: str) -> None:
    """In a process of its own: a run on a cluster of its own whose second page never ends."""
    from analysis.batch.stopping import stoppable
    from analysis.errors import Interrupted

    batch = Batch(Path(folder), 2, bad={1: "hangs"})
    try:
        with stoppable():
            batch.run(batch.on_dask("", 1), lambda line: print(line, flush=True))
    except Interrupted as error:
        sys.exit(error.exit_code)


def alone(folder: Path, mark: str) -> subprocess.Popen[str]:
    """Start `run_alone`; it and all that it starts bear a mark in their environment."""
    tests = Path(__file__).parents[1]
    paths = os.pathsep.join(filter(None, [DOOR, os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": paths, "ARSHJUL_TEST_MARK": mark}
    command = [sys.executable, "-c", RUNNER, str(tests), str(folder)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def wait_for(is_so: Callable[[], bool], what: str, seconds: float = READY) -> None:
    """Wait until something is so, and fail when it is not in time."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"waited {seconds:g} s for {what}"
        time.sleep(0.05)


def marked(mark: str) -> list[int]:
    """The processes that were started with a mark in their environment, and that are not gone."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (each / "environ").read_bytes():
                found.append(int(each.name))
    return found
