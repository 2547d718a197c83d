"""From a plan to pages: made side by side, written down one by one, and put in place when the whole is well."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.batch.failpoints import passed
from analysis.batch.journal import Entry, Journal
from analysis.batch.limits import Limits
from analysis.batch.placing import Place, hash_of, link
from analysis.batch.stopping import stoppable
from analysis.batch.telling import Line
from analysis.batch.workers import LOST, UNTRIED, Outcome, Reply, side_by_side
from analysis.errors import ArshjulError, Interrupted, RunStopped

ALIKE = 10
"""so many pages in a row that fail for one and the same cause stop the run"""
TRIES = {**dict.fromkeys(UNTRIED, 2), LOST: 5}
"""how often a page is tried that fails for a cause that may be the machine's"""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """One page to be made: of which unit, where, and from what (`analysis.batch.plan.made_from`)."""

    unit_id: str
    level: str
    path: str
    name: str
    made_from: Mapping[str, str] = field(default_factory=dict, hash=False)


Elsewhere = Callable[[deque[int], Sequence[Task], Path, Limits], Generator[tuple[int, Outcome]]]
"""makes the pages whose numbers are in the queue in another way than beside each other in this machine's processes"""


@dataclass(frozen=True)
class Run:
    """One run into one place: its journal, how many pages at a time, and what a page may use."""

    place: Place
    journal: Journal
    tell: Tell
    jobs: int = 1
    limits: Limits = field(default_factory=Limits)
    alike: int = ALIKE
    elsewhere: Elsewhere | None = None

    def carry_out(
        self,
        todo: Sequence[Task],
        kept: Sequence[Entry],
        work: Callable[[Task, Path], Reply],
        *,
        selection: Mapping[str, Any],
        finish: Callable[[Path, list[Entry]], None] | None,
        check: Callable[[Path], None] = lambda stage: None,
        spoilt: Callable[[], Mapping[str, str]] = dict,
    ) -> list[Entry]:
        """Make the pages of ``todo`` beside those that are ``kept``, and give what became of each.

        ``work`` makes one page in the stage, in a process of its own. ``spoilt`` then says of which units the files
        that their pages were made from have changed meanwhile, and why. ``finish`` writes what tells of all pages
        into the stage, ``check`` raises when the whole must not be published: then the stage is removed. Without
        ``finish`` nothing is put in place (a shard). Raises RunStopped when page after page fails for one cause, and
        Interrupted when the run is stopped: in both cases what was made is kept for the next run.
        """
        began = time.monotonic()
        number = self.journal.begin(selection, len(todo) + len(kept), len(kept), self.jobs)
        state = "failed"
        try:
            with stoppable():
                self.place.prepare({each.path for each in kept if self._is_staged(each)})
                passed("prepared")
                unseen = bool(todo) or any(hash_of(self.place.out / each.path) != each.sha256 for each in kept)
                made = self._made(todo, work, number) if todo else []
                made = self._without_spoilt(made, spoilt())
                state = "made" if finish is None else "placed"
                if finish is not None:
                    self._put_in_place(finish, check if unseen else None, [*kept, *made])
        except Interrupted:
            state = "stopped"
            self._tidy()
            raise
        except RunStopped:
            state = "broken off"
            raise
        except ArshjulError:
            state = "refused"
            raise
        finally:
            self.journal.end(number, state, round(time.monotonic() - began, 3))
        passed("written down")
        return made

    def _is_staged(self, entry: Entry) -> bool:
        return hash_of(self.place.stage / entry.path) == entry.sha256

    def _tidy(self) -> None:
        """No half-written file stays in the stage of a run that was stopped."""
        for path in self.place.stage.rglob(".*"):
            if path.is_file():
                path.unlink(missing_ok=True)

    def _put_in_place(
        self,
        finish: Callable[[Path, list[Entry]], None],
        check: Callable[[Path], None] | None,
        entries: list[Entry],
    ) -> None:
        finish(self.place.stage, sorted(entries, key=lambda each: each.unit_id))
        passed("finished")
        if check is not None:
            try:
                check(self.place.stage)
            except Interrupted:
                raise
            except ArshjulError:
                self.place.clear()
                raise
        passed("checked")
        self.place.publish()
        passed("placed")

    def _made(self, todo: Sequence[Task], work: Callable[[Task, Path], Reply], run: int) -> list[Entry]:
        """Make the pages, each tried once more when the machine may have been the cause of its failure."""
        waiting, tries, alike = deque(range(len(todo))), [0] * len(todo), _Alike(self.alike)
        entries: list[Entry] = []
        with contextlib.closing(self._pieces(waiting, todo, work)) as pieces:
            for number, outcome in pieces:
                passed("made a page")
                tries[number] += 1
                entry = _entry(todo[number], outcome, tries[number], run)
                if tries[number] < TRIES.get(entry.code, 1):
                    waiting.append(number)
                    self.journal.tried(entry)
                    self.tell(f"again    {todo[number].name}: {entry.reason}")
                    continue
                self.journal.write(entry)
                passed("wrote down a page")
                entries.append(entry)
                self._tell_of(todo[number], entry, len(entries), len(todo))
                if alike.count(entry) and len(entries) < len(todo):
                    raise RunStopped(_broken_off(entry, self.alike, len(entries), len(todo)))
        return entries

    def _pieces(
        self, waiting: deque[int], todo: Sequence[Task], work: Callable[[Task, Path], Reply]
    ) -> Generator[tuple[int, Outcome]]:
        if self.elsewhere is not None:
            return self.elsewhere(waiting, todo, self.place.stage, self.limits)
        return side_by_side(waiting, lambda each: work(todo[each], self.place.stage), self.jobs, self.limits)

    def _tell_of(self, task: Task, entry: Entry, done: int, total: int) -> None:
        note = f" FAILED {entry.reason}" if entry.state == "failed" else ""
        facts = {name: getattr(entry, name) for name in ("state", "code", "seconds", "memory", "bytes", "attempts")}
        text = f"page     {done}/{total} {task.name}{note}"
        self.tell(Line(text, event="page", unit=task.unit_id, path=task.path, done=done, total=total, **facts))

    def _without_spoilt(self, entries: Iterable[Entry], spoilt: Mapping[str, str]) -> list[Entry]:
        """The pages, failed where what they were made from has changed meanwhile; the old page stays then."""
        found = []
        for entry in entries:
            reason = spoilt.get(entry.unit_id, "")
            if reason and entry.state == "made":
                entry = dataclasses.replace(entry, state="failed", code="INPUT_CHANGED", reason=reason, sha256="")
                (self.place.stage / entry.path).unlink(missing_ok=True)
                if (self.place.out / entry.path).is_file():
                    link(self.place.out / entry.path, self.place.stage / entry.path)
                self.journal.write(entry)
            found.append(entry)
        return found


class _Alike:
    """Counts the pages in a row that fail for one and the same cause."""

    def __init__(self, most: int) -> None:
        self.most, self.cause, self.number = most, ("", ""), 0

    def count(self, entry: Entry) -> bool:
        """Whether these are as many as stop a run."""
        cause = (entry.code, entry.reason.replace(entry.unit_id, "").replace(entry.path, ""))
        self.number = self.number + 1 if entry.state == "failed" and cause == self.cause else 1
        self.cause = cause
        return entry.state == "failed" and self.number >= self.most


def _broken_off(entry: Entry, alike: int, done: int, total: int) -> str:
    return (
        f"{alike} pages in a row failed for one cause ({entry.code}), so the run was stopped\n"
        f"  found: {entry.reason}\n  where: after {done} of {total} pages; nothing was put in place\n"
        "  mend:  remove the cause and give the command again: the pages that were made are kept"
    )


def _entry(task: Task, outcome: Outcome, attempts: int, run: int) -> Entry:
    """What the journal keeps of an outcome."""
    entry = Entry(
        task.unit_id,
        task.level,
        task.path,
        "failed",
        made_from=task.made_from,
        seconds=round(outcome.seconds, 3),
        memory=outcome.memory,
        attempts=attempts,
        run=run,
    )
    reply = outcome.reply
    if reply is None:
        return dataclasses.replace(entry, code=outcome.code, reason=outcome.reason)
    if "error" in reply:
        return dataclasses.replace(entry, code=str(reply.get("code", "PAGE")), reason=str(reply["error"]))
    known = ("state", "code", "reason", "sha256", "bytes", "figures", "tables", "sentences")
    return dataclasses.replace(entry, **{name: reply[name] for name in known if name in reply})
