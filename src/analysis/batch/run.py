"""A run: collect, choose, measure once, make the pages side by side, write the site."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis import catalogue
from analysis.analyses import ANALYSES
from analysis.audit.command import audit_run, refuse_leaks
from analysis.batch import released, stale
from analysis.batch.placing import Place
from analysis.batch.selection import LANGUAGE, LANGUAGES, RunSummary, Selection, Tell, check, chosen, school_of
from analysis.batch.workers import side_by_side
from analysis.catalogue.workspace import Workspace
from analysis.errors import PageFailed, UsageError
from analysis.model import SchoolYear, Status
from analysis.publish.seen import Figures, Run, use
from analysis.report import engine, exporter, leaks, look, manifest, site
from analysis.report.known import known_of
from analysis.report.page import PageRecord, make
from analysis.report.parameters import PageRequest, page_path
from analysis.store import Snapshot, collect, names


@dataclass(frozen=True)
class Prepared:
    """A snapshot with its figures, and which schools they speak of."""

    snapshot: Snapshot
    figures: Figures
    workspace: Workspace

    @cached_property
    def schools(self) -> frozenset[str]:
        """Schools with a row, given or withheld, of one of the workspace's ``having`` indicators."""
        found: set[str] = set()
        for name in self.workspace.having:
            rows = self.figures.observations(name).at("school")
            found |= set(rows.loc[rows["status"].isin([Status.GIVEN, Status.WITHHELD]), "unit_id"])
        if self.workspace.having:
            return frozenset(found)
        units = self.figures.units
        return frozenset(units.index[units["level"] == "school"])

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels that the readers may see pages of, lowest first."""
        return self.figures.levels

    @cached_property
    def by_sex(self) -> frozenset[str]:
        """Schools with figures for girls and boys in an indicator the equity question shows."""
        found: set[str] = set()
        for country in LANGUAGE:
            for name in catalogue.shown("equity", country, "school"):
                rows = self.figures.observations(name).at("school", "girls")
                found |= set(rows.loc[rows["status"] == Status.GIVEN, "unit_id"])
        return frozenset(found)

    def years(self, country: str) -> list[int]:
        """The school years with a given headline value of a school in the country, oldest first.

        Raises UsageError when there is none.
        """
        years: set[int] = set()
        for name in catalogue.shown("level", country, "school")[:1]:
            rows = self.figures.observations(name).at("school")
            years |= {int(year) for year in rows.loc[rows["status"] == Status.GIVEN, "year"]}
        if not years:
            raise UsageError(f"the snapshot holds no headline figures for the country {country!r}")
        return sorted(years)

    def year(self, country: str, asked: str | None) -> SchoolYear:
        """The school year asked for, or the newest. Raises UsageError for one without figures."""
        years = self.years(country)
        if asked is None:
            return SchoolYear(years[-1])
        found = SchoolYear.parse(asked)
        if found.start not in years:
            held = ", ".join(str(SchoolYear(year)) for year in years)
            raise UsageError(
                f"--year: there are no figures for {found} about {country}\n  found: {held}\n"
                "  mend:  choose one of these, or choose units of the other country with --only or --within"
            )
        return found


def prepared(workspace: Workspace, tell: Tell, selection: Selection | None = None) -> Prepared:
    """The workspace's figures, collected anew if any file has changed, as the readers of the selection may see them."""
    snapshot = collect(workspace, tell)
    chosen_for = selection or Selection()
    school = school_of(chosen_for, names.unit_list(snapshot.path))
    figures = Figures(snapshot, Run(code=stale.code()), chosen_for.audience, school)
    return Prepared(snapshot, figures, workspace)


def build(workspace: Workspace, selection: Selection, tell: Tell) -> RunSummary:
    """Make the pages of the selection into one run's folder, all of them after the run as a whole has been looked at.

    Raises AuditFailed when anything can be worked out that should not be; then nothing is put in place.
    Raises UsageError for a selection that cannot be meant and InputRefused for data that break a rule,
    both before a single page is made. Pages that fail are named in the summary and do not stop the rest.
    """
    check(selection)
    material = prepared(workspace, tell, selection)
    units = names.unit_list(material.snapshot.path)
    picked = chosen(selection, workspace, units, material.schools, material.levels)
    return build_units(workspace, material, picked, selection, tell)


def build_units(
    workspace: Workspace,
    material: Prepared,
    units: Sequence[dict[str, Any]],
    selection: Selection,
    tell: Tell,
) -> RunSummary:
    """Make the pages of these units."""
    started = time.monotonic()
    if not units:
        raise UsageError("no unit fits the selection; `arshjul list units` shows which there are")
    requests = [page_request(workspace, material, unit, selection) for unit in units]
    place = Place.of(selection.out or workspace.reports / _run_name(material, requests), workspace)
    out = place.out
    look.use(look.read(workspace.root))
    pages = {request.unit_id: page_path(request.unit_id) for request in requests}
    material.figures.run = dataclasses.replace(material.figures.run, pages=pages)
    decided = material.figures.decision
    seen_as = decided.hash + look.in_use().hash
    keys = {request.unit_id: stale.key(request, material.snapshot.hash, pages, seen_as) for request in requests}
    kept = {} if selection.force else stale.unchanged(place, keys)
    todo = [request for request in requests if request.unit_id not in kept]
    tell(f"pages    {len(requests)} planned, {len(kept)} unchanged, {len(todo)} to make, into {out}")
    if selection.dry_run:
        return RunSummary(0, len(kept), (), out, time.monotonic() - started, len(requests))
    leaks.use(known_of(workspace))
    with place.staged() as stage:
        records = _made(material, todo, stage, place.work, selection.jobs, tell) if todo else []
        everything = sorted([*kept.values(), *records], key=lambda record: record.unit_id)
        _finish(workspace, material, requests, stage, everything)
        if todo:
            _refuse(workspace, material, stage, tell)
            released.record(material.figures)
        place.publish()
    stale.remember(place, everything, keys)
    named = {request.unit_id: request.unit_name for request in requests}
    failed = tuple((each.unit_id, named[each.unit_id], each.reason) for each in records if each.state == "failed")
    made = len(records) - len(failed)
    return RunSummary(made, len(kept), failed, out, time.monotonic() - started, len(requests))


def _refuse(workspace: Workspace, material: Prepared, stage: Path, tell: Tell) -> None:
    """Nothing is put in place of a run with a leak, nor of one whose withheld figures can be worked out.

    Raises GateClosed for a personal number, a key or the like in any file, and AuditFailed for what can be worked out.
    """
    leaks.refuse(leaks.scan_folder(stage, leaks.in_use()))
    if material.figures.is_closed:
        tell("audit    what can be worked out from these pages, earlier releases and open figures together")
        refuse_leaks(audit_run(workspace, stage, audience=material.figures.audience))


def _finish(
    workspace: Workspace,
    material: Prepared,
    requests: Sequence[PageRequest],
    out: Path,
    records: Sequence[PageRecord],
) -> None:
    """Write the manifest and the ladder over all pages."""
    languages = [request.lang for request in requests]
    years = sorted({request.school_year for request in requests})
    lang = max(LANGUAGES, key=languages.count)
    units = names.unit_list(material.snapshot.path)
    made_up = material.snapshot.is_made_up
    readers = material.figures.audience
    beside = site.earlier(out.parent, years[-1], readers, made_up=made_up)
    manifest.write(
        out,
        records,
        data=material.snapshot.hash,
        made_by=manifest.code(workspace.root),
        lock=manifest.lock_hash(workspace.root),
        template=exporter.template_version(),
        parameters={"school_years": ", ".join(years), "lang": lang, "audience": material.figures.audience},
        made_up=made_up,
        units=units,
    )
    title = " · ".join(years)
    site.write(out, records, units, lang=lang, school_year=title, made_up=made_up, audience=readers, beside=beside)


def page_request(workspace: Workspace, material: Prepared, unit: dict[str, Any], selection: Selection) -> PageRequest:
    """What is asked for when the unit's page is made: its year and language unless the selection says others."""
    level, country = str(unit["level"]), str(unit["country"])
    return PageRequest(
        unit_id=str(unit["unit_id"]),
        level=level,
        unit_name=str(unit["name"]),
        school_year=str(material.year(country, selection.year)),
        lang=selection.lang or LANGUAGE[country],
        audience=material.figures.audience,
        notebook=workspace.notebooks / "reports" / f"{level}.ipynb",
        is_made_up=material.snapshot.is_made_up,
    )


def _run_name(material: Prepared, requests: Sequence[PageRequest]) -> str:
    """A folder for the run: the newest school year in it, the data it rests on and, unless everybody, who reads it.

    Each audience has a folder of its own, beside the others and never inside: so none is put in place with another.
    """
    newest = max(request.school_year for request in requests).replace("/", "-")
    figures = material.figures
    reader = "" if figures.audience == "public" else "-".join(["", figures.audience, *figures.school.split(":")[2:]])
    return f"{newest}-{material.snapshot.hash[:8]}{reader}"


def _measure(material: Prepared, requests: Sequence[PageRequest]) -> None:
    """Ask every question about every unit once, so that the pages only read."""
    wanted = {
        (question, name, request.level, SchoolYear.parse(request.school_year).start)
        for request in requests
        for question in ANALYSES
        for name in catalogue.shown(question, request.unit_id.split(":")[0], request.level)
    }
    wanted_rows = {name for question, name, level, year in wanted}
    for name in sorted(wanted_rows):
        material.figures.observations(name)
    for key in sorted(wanted):
        material.figures.result(*key)


def _made(
    material: Prepared, requests: Sequence[PageRequest], out: Path, work: Path, jobs: int, tell: Tell
) -> list[PageRecord]:
    """Make the pages in processes of their own, forked from this one after all is measured."""
    use(material.figures)
    _measure(material, requests)
    facts = {"data": material.snapshot.hash, "code": material.figures.run.code}

    def page(number: int) -> dict[str, Any]:
        return dataclasses.asdict(make(requests[number], out, work, facts))

    os.environ["MPLBACKEND"] = "agg"
    _rehearse(requests[0])
    gc.freeze()
    records = []
    for done, (number, reply) in enumerate(side_by_side(len(requests), page, jobs), start=1):
        record = _record(requests[number], reply)
        records.append(record)
        note = f" FAILED {record.reason}" if record.state == "failed" else ""
        tell(f"page     {done}/{len(requests)} {requests[number].unit_name}{note}")
    gc.unfreeze()
    return records


def _rehearse(request: PageRequest) -> None:
    """Make one page in memory, so that every child starts with all imports and first uses behind it."""
    with contextlib.suppress(PageFailed):  # its own child will say why
        exporter.export(engine.run(request.notebook, request.parameters), None)


def _record(request: PageRequest, reply: dict[str, Any]) -> PageRecord:
    if "error" in reply:
        return PageRecord(request.unit_id, request.level, request.path, "failed", reason=str(reply["error"]))
    return PageRecord(**reply)
