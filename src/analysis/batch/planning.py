"""The plan of a run: every page it is to have, which of them are kept, and why each of the others is made."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from analysis.batch import plan, shards
from analysis.batch.fingerprints import Fingerprints, measure
from analysis.batch.journal import Entry, Journal, journals
from analysis.batch.making import Task
from analysis.batch.material import Prepared
from analysis.batch.placing import Place, hash_of, link
from analysis.batch.plan import FIGURES, Step
from analysis.batch.selection import HERE, Selection
from analysis.errors import UsageError
from analysis.report import look
from analysis.report.parameters import PageRequest


class Plan:
    """What is to be done about each of the requested pages.

    Nothing is measured when the snapshot and what its readers may see are the same as in the last run: then the
    figures are. Otherwise all is measured, and a page is kept whose figures are the same none the less, also when it
    lies in the folder of an earlier run. ``joined``: folders of shards, whose pages are taken and none made.
    """

    def __init__(
        self,
        material: Prepared,
        requests: Sequence[PageRequest],
        place: Place,
        journal: Journal,
        selection: Selection,
        joined: Sequence[Path] = (),
    ) -> None:
        self.material, self.requests, self.place, self.journal = material, requests, place, journal
        self.selection, self.is_joining = selection, bool(joined)
        self.wanted = {each.unit_id: self._without_figures(each) for each in requests}
        self.identity = plan.hashed(self.wanted)
        if joined:
            shards.adopt(joined, place, journal, self.identity)
        self.steps = self._steps(journal.pages())
        if selection.shard is None:
            self._look_for_earlier()
        same = dataclasses.replace(selection, shard=None, jobs=1, on=HERE, scheduler="", workers=0)
        written = json.dumps(same.as_json(), sort_keys=True)
        journal.tell(out=str(place.out.resolve()), identity=self.identity, selection=written)
        if selection.shard is not None:
            journal.tell(shard="/".join(map(str, selection.shard)))

    def _without_figures(self, request: PageRequest) -> dict[str, str]:
        pages, near = self.material.figures.run.pages, self._near.get(request.unit_id, ())
        links = {unit: pages[unit] for unit in near if unit in pages}
        material = self.material
        return plan.made_from(
            request,
            material.snapshot.hash,
            material.figures.decision.hash,
            links,
            earlier=material.figures.run.archive,
            look=look.in_use().hash,
        )

    @cached_property
    def _near(self) -> dict[str, list[str]]:
        """The units above each requested unit and directly below it: those that its page may link to."""
        parents = {str(unit): str(parent) for unit, parent in self.material.figures.units["parent_id"].items()}
        near: dict[str, list[str]] = {request.unit_id: [] for request in self.requests}
        for unit, parent in parents.items():
            if parent in near:
                near[parent].append(unit)
        for request in self.requests:
            above, seen = parents.get(request.unit_id), {request.unit_id}
            while above in parents and above not in seen:
                near[request.unit_id].append(above)
                seen.add(above)
                above = parents[above]
        return near

    def _steps(self, known: dict[str, Entry]) -> dict[str, Step]:
        steps = {
            unit: plan.step(known.get(unit), wanted, self.place, force=self.selection.force)
            for unit, wanted in self.wanted.items()
        }
        unsure = [request for request in self.requests if steps[request.unit_id].must_measure]
        if not unsure:
            return steps
        self.measure(unsure)
        for request in unsure:
            unit = request.unit_id
            steps[unit] = plan.step(known[unit], self.wanted[unit], self.place)
            kept = steps[unit].kept
            if kept is not None and not self.selection.dry_run:
                self.journal.write(dataclasses.replace(kept, made_from=self.wanted[unit]))
        return steps

    def _look_for_earlier(self) -> None:
        """Pages that are new here, but lie whole in the folder of an earlier run, made from the very same things."""
        new = [each for each in self.requests if self.steps[each.unit_id].reasons == (plan.NEW,)]
        found = self._earlier({each.unit_id for each in new}) if new else {}
        if not found:
            return
        self.measure([each for each in new if each.unit_id in found])
        for unit, candidates in found.items():
            for entry, place in candidates:
                step = plan.step(entry, self.wanted[unit], place)
                if step.kept is not None:
                    self._take(dataclasses.replace(entry, made_from=self.wanted[unit]), place)
                    break
                if self.steps[unit].reasons == (plan.NEW,):
                    self.steps[unit] = step

    def _earlier(self, units: set[str]) -> dict[str, list[tuple[Entry, Place]]]:
        found: dict[str, list[tuple[Entry, Place]]] = {}
        for folder in journals(self.place.work.parent):
            if folder == self.place.work:
                continue
            with Journal(folder) as journal:
                place = Place(Path(journal.about("out")), folder)
                entries = journal.pages() if place.out.is_dir() else {}
            for unit in units & set(entries):
                if self._is_like(entries[unit]):
                    found.setdefault(unit, []).append((entries[unit], place))
        return found

    def _is_like(self, entry: Entry) -> bool:
        """Whether all but the figures is what this run wants."""
        wanted = self.wanted[entry.unit_id]
        names = [name for name in wanted if name in plan.WORDS and name not in FIGURES]
        return entry.state == "made" and all(entry.made_from.get(name) == wanted[name] for name in names)

    def _take(self, entry: Entry, place: Place) -> None:
        file = place.file(entry.path, entry.sha256)
        if file is not None and not self.selection.dry_run:
            there = self.place.stage / entry.path
            if hash_of(there) != entry.sha256:
                there.unlink(missing_ok=True)
                link(file, there)
            self.journal.write(entry)
        self.steps[entry.unit_id] = Step(kept=entry)

    def measure(self, requests: Sequence[PageRequest]) -> None:
        """Ask every question about every unit once, so that the pages only read; and hash what each may show."""
        left = [request for request in requests if "own" not in self.wanted[request.unit_id]]
        measure(self.material.figures, left)
        for request in left:
            self.wanted[request.unit_id] |= self._fingerprints.of(request)

    @cached_property
    def _fingerprints(self) -> Fingerprints:
        return Fingerprints(self.material.figures)

    @property
    def todo(self) -> list[PageRequest]:
        """The pages that are to be made."""
        missing = [each for each in self.requests if self._is_missing(each)]
        if self.is_joining and missing:
            raise UsageError(
                f"the shards together hold every page of the run\n  found: {len(missing)} are missing,"
                f" {missing[0].unit_name} first\n  mend:  make the shards anew with one and the same command"
            )
        return missing

    def _is_missing(self, request: PageRequest) -> bool:
        unit = request.unit_id
        if (
            self.selection.shard is not None
            and shards.share_of(unit, self.selection.shard[1]) != self.selection.shard[0]
        ):
            return False
        return self.steps[unit].kept is None and not (self.is_joining and unit in self._failed_before)

    @cached_property
    def _failed_before(self) -> dict[str, Entry]:
        return {unit: each for unit, each in self.journal.pages().items() if each.state == "failed"}

    @property
    def failed(self) -> list[Entry]:
        """The pages that failed in a shard that is joined."""
        units = {each.unit_id for each in self.requests} if self.is_joining else set()
        return [each for unit, each in self._failed_before.items() if unit in units] if units else []

    @property
    def kept(self) -> list[Entry]:
        """The pages that are kept."""
        return [step.kept for step in self.steps.values() if step.kept is not None]

    @property
    def tasks(self) -> list[Task]:
        """The pages that are to be made, as the supervisor knows them."""
        return [
            Task(each.unit_id, each.level, each.path, each.unit_name, self.wanted[each.unit_id]) for each in self.todo
        ]

    @property
    def figures_of(self) -> dict[str, str]:
        """One hash for each page, of all figures it may show: what it says that it was made from."""
        return {unit: plan.figures_of(wanted) for unit, wanted in self.wanted.items() if set(FIGURES) <= set(wanted)}

    @property
    def seconds_left(self) -> float | None:
        """How long the pages will take, as the journals know such pages; None when none does."""
        entries = list(self.journal.pages().values())
        for folder in [] if entries else journals(self.place.work.parent):
            if folder != self.place.work:
                with Journal(folder) as journal:
                    entries += journal.pages().values()
        return plan.seconds_left(entries, [each.level for each in self.todo], self.selection.jobs)
