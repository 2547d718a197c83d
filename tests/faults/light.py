"""Runs of pages that cost nothing to make, with everything else as in a real run: journal, stage, forks and placing."""

from __future__ import annotations

import json
import os
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from analysis.batch import plan
from analysis.batch.journal import Entry, Journal
from analysis.batch.limits import Limits
from analysis.batch.locking import locked
from analysis.batch.making import Run, Task
from analysis.batch.placing import Place

Reply = dict[str, Any]
LINES = 40


def task(number: int, version: str = "1") -> Task:
    """The page of the so-manieth school, made from some version of its figures."""
    unit = f"se:school:{10_000_000 + number}"
    made_from = {"own": plan.hashed([unit, version]), "data": version, "seen": "1"}
    made_from |= {name: "" for name in plan.FIGURES if name != "own"}
    return Task(unit, "school", f"school/{unit.replace(':', '-')}.html", f"School {number}", made_from)


def tasks(count: int, version: str = "1") -> list[Task]:
    """The pages of so many schools."""
    return [task(number, version) for number in range(count)]


def content(each: Task) -> bytes:
    """The page of a task: the same whoever makes it, long enough to be found half-written."""
    return (f"<p>{each.unit_id} {each.made_from['own']}</p>\n" * LINES).encode()


def make(each: Task, stage: Path) -> Reply:
    """Make a page as a real one is: written beside its place, synced, renamed."""
    page, there = content(each), stage / each.path
    there.parent.mkdir(parents=True, exist_ok=True)
    beside = there.with_name(f".{there.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(page[: len(page) // 2])
        file.flush()
        time.sleep(0.001)
        file.write(page[len(page) // 2 :])
        file.flush()
        os.fsync(file.fileno())
    beside.replace(there)
    return {"state": "made", "sha256": sha256(page).hexdigest(), "bytes": len(page)}


def finish(stage: Path, entries: Sequence[Entry]) -> None:
    """What tells of all pages: no clock in it, so that two runs can be compared."""
    pages = [[each.unit_id, each.state, each.code, each.sha256] for each in entries]
    for name in ("index.html", "manifest.json"):
        beside = stage / f".{name}"
        beside.write_text(json.dumps(pages, indent=0), encoding="utf-8")
        beside.replace(stage / name)


def run(
    root: Path,
    pages: Sequence[Task],
    work: Callable[[Task, Path], Reply] = make,
    *,
    jobs: int = 2,
    limits: Limits | None = None,
    said: list[str] | None = None,
    alike: int = 10,
    **steps: Any,
) -> list[Entry]:
    """Make the pages that are not there yet, into ``root/out``."""
    place = Place(root / "out", root / "work")
    lines = [] if said is None else said
    with locked(root / "lock"), closing(_Closing(place.work)) as journal:
        known = journal.base.pages()
        found = [(each, plan.step(known.get(each.unit_id), each.made_from, place)) for each in pages]
        kept = [step.kept for _, step in found if step.kept is not None]
        todo = [each for each, step in found if step.kept is None]
        batch = Run(place, journal.base, lines.append, jobs, limits or Limits(), alike)
        return batch.carry_out(todo, kept, work, selection={}, **{"finish": finish, **steps})


class _Closing:
    def __init__(self, folder: Path) -> None:
        self.base = Journal(folder)

    def close(self) -> None:
        self.base.__exit__()


def tree(root: Path) -> dict[str, str]:
    """Every file that was put in place, by its name, with the hash of its bytes."""
    out = root / "out"
    files = [path for path in out.rglob("*") if path.is_file()]
    return {path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def forked(do: Callable[[], object], **environment: str) -> int:
    """Start a process that does something, and give its id; it ends with 0 if all went well and with 1 if not."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.environ.update(environment)
        do()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def ended(pid: int) -> int:
    """How a process ended: its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def children() -> set[int]:
    """The processes that this one has started and that are not gone."""
    found: set[int] = set()
    for each in Path("/proc/self/task").glob("*/children"):
        found |= {int(word) for word in each.read_text(encoding="ascii").split()}
    return found
