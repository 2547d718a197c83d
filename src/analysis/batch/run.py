"""A run: collect, choose, plan, measure once, make the pages side by side, write the site."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager

from analysis import catalogue
from analysis.audit.command import audit_run, refuse_leaks, told_of
from analysis.batch import released
from analysis.batch.fingerprints import measure
from analysis.batch.inputs import Inputs
from analysis.batch.journal import Entry, Journal
from analysis.batch.limits import Limits
from analysis.batch.locking import locked
from analysis.batch.making import Run, Task
from analysis.batch.material import Prepared, prepared
from analysis.batch.placing import WORK, Place
from analysis.batch.planning import Plan
from analysis.batch.selection import (
    LANGUAGE,
    LANGUAGES,
    RunSummary,
    Selection,
    Tell,
    check,
    chosen,
    with_levels_of,
)
from analysis.batch.stopping import stop_if_told
from analysis.batch.summary import summary_of
from analysis.batch.telling import Line
from analysis.batch.workers import threads_besides
from analysis.catalogue.workspace import Workspace
from analysis.errors import ArshjulError, AuditFailed, GateClosed, InputRefused, PageFailed, UsageError
from analysis.publish.archiving import archived
from analysis.publish.seen import use
from analysis.report import engine, exporter, leaks, look, manifest, site
from analysis.report.known import known_of
from analysis.report.page import PageRecord, make
from analysis.report.parameters import PageRequest
from analysis.store import names

__all__ = ["Prepared", "build", "build_units", "page_request", "prepared"]


def build(workspace: Workspace, selection: Selection, tell: Tell, joined: Sequence[Path] = ()) -> RunSummary:
    """Make the pages of the selection into one run's folder, all of them after the run as a whole has been looked at.

    ``joined`` are the folders of shards whose pages are taken. Raises AuditFailed when anything can be worked out
    that should not be; then nothing is put in place. Raises UsageError for a selection that cannot be meant and
    InputRefused for data that break a rule, both before a single page is made. Pages that fail are named in the
    summary and do not stop the rest.
    """
    check(selection)
    with locked(workspace.reports / WORK / "collecting", wait=True) if selection.shard else contextlib.nullcontext():
        material = prepared(workspace, tell, selection)
    selection = with_levels_of(selection, material.levels)
    units = names.unit_list(material.snapshot.path)
    picked = chosen(selection, workspace, units, material.schools, material.levels)
    return build_units(workspace, material, picked, selection, tell, joined)


def build_units(
    workspace: Workspace,
    material: Prepared,
    units: Sequence[dict[str, Any]],
    selection: Selection,
    tell: Tell,
    joined: Sequence[Path] = (),
) -> RunSummary:
    """Make the pages of these units."""
    began = time.monotonic()
    if not units:
        raise UsageError("no unit fits the selection; `arshjul list units` shows which there are")
    requests = [page_request(workspace, material, unit, selection) for unit in units]
    place = Place.of(selection.out or workspace.reports / _run_name(material, requests), workspace)
    look.use(look.read(workspace.root))
    place = place if selection.shard is None else place.shard(*selection.shard)
    pages = {request.unit_id: request.path for request in requests}
    before = archived(workspace.reports) if selection.report == "archive_index" else ()
    material.figures.run = dataclasses.replace(material.figures.run, pages=pages, archive=before)
    with Journal(place.work) as journal:
        if journal.is_new_for_damage:
            tell("journal  was damaged and has been set aside: every page is made anew")
        plan = Plan(material, requests, place, journal, selection, joined)
        todo, kept = plan.todo, plan.kept
        text = f"pages    {len(requests)} planned, {len(kept)} unchanged, {len(todo)} to make, into {place.out}"
        told = {"planned": len(requests), "kept": len(kept), "todo": len(todo), "out": str(place.out)}
        tell(Line(text, event="plan", **told, seconds_left=plan.seconds_left))
        for line in material.figures.decision.bare_said if material.figures.is_closed else ():
            tell(f"known    {line}")
        if selection.dry_run:
            return summary_of(began, place.out, requests, kept=kept, plan=plan)
        leaks.use(known_of(workspace))
        work = _Work(workspace, material, plan, place, tell)
        if todo:
            work.get_ready(alone=selection.alone)
        limits = Limits(seconds=selection.deadline)
        run = Run(place, journal, tell, selection.jobs, limits)
        is_shard = selection.shard is not None
        made = run.carry_out(
            plan.tasks,
            kept,
            work.page,
            selection=selection.as_json(),
            finish=None if is_shard else work.finish,
            check=work.refuse,
            spoilt=_inputs(workspace, material, todo).spoilt,
        )
        gc.unfreeze()
        if is_shard:
            journal.tell(finished="yes")
        return summary_of(began, place.out, requests, kept=kept, made=[*plan.failed, *made], plan=plan)


def _inputs(workspace: Workspace, material: Prepared, todo: Sequence[PageRequest]) -> Inputs:
    data = {workspace.data / str(file["file"]): str(file["sha256"]) for file in material.snapshot.files()}
    return Inputs.of(data, {request.unit_id: request.notebook for request in todo})


class _Work:
    """What is done for one page, and for all of them."""

    def __init__(self, workspace: Workspace, material: Prepared, plan: Plan, place: Place, tell: Tell) -> None:
        self.workspace, self.material, self.plan = workspace, material, plan
        self.place, self.tell = place, tell
        self.requests = {request.unit_id: request for request in plan.requests}

    def get_ready(self, *, alone: bool) -> None:
        """All that the pages share, before the first of them: measured, imported, rehearsed and frozen.

        Raises InputRefused for a notebook that cannot be read, and ArshjulError when the process has other threads
        although it should be ``alone``: a fork takes none of them along, and a lock that one holds is held for ever.
        """
        for notebook in sorted({request.notebook for request in self.plan.todo}):
            refuse_unreadable(notebook)
        use(self.material.figures)
        _measure(self.material, self.plan.todo)
        self.plan.measure(self.plan.todo)
        self.material.figures.run = dataclasses.replace(self.material.figures.run, made_from=self.plan.figures_of)
        os.environ["MPLBACKEND"] = "agg"
        with contextlib.suppress(PageFailed):  # its own child will say why
            first = self.plan.todo[0]
            exporter.export(engine.run(first.notebook, first.parameters), None)
        stop_if_told()
        others = threads_besides()
        if alone and others:
            raise ArshjulError(f"pages are made in processes forked from one thread, found: {', '.join(others)}")
        gc.collect()
        gc.freeze()

    def page(self, task: Task, stage: Path) -> dict[str, Any]:
        """Make one page; called in a process of its own."""
        run = self.material.figures.run
        facts = {"data": run.made_from[task.unit_id], "code": run.code}
        return dataclasses.asdict(make(self.requests[task.unit_id], stage, self.place.work, facts))

    def finish(self, stage: Path, entries: Sequence[Entry]) -> None:
        """Write the manifest and the ladder over all pages."""
        snapshot, requests = self.material.snapshot, self.plan.requests
        records = sorted(map(_record, [*entries, *self.plan.failed]), key=lambda each: each.unit_id)
        languages = [request.lang for request in requests]
        years = sorted({request.school_year for request in requests})
        lang = max(LANGUAGES, key=languages.count)
        units, made_up = names.unit_list(snapshot.path), snapshot.is_made_up
        readers = self.material.figures.audience
        beside = site.earlier(self.place.out.parent, years[-1], readers, made_up=made_up)
        manifest.write(
            stage,
            records,
            data=snapshot.hash,
            made_by=manifest.code(self.workspace.root),
            lock=manifest.lock_hash(self.workspace.root),
            template=exporter.template_version(),
            parameters={
                "school_years": ", ".join(years),
                "lang": lang,
                "audience": readers,
                "report": requests[0].report,
                "release": self.material.figures.decision.release,
            },
            made_up=made_up,
            units=units,
        )
        title = " · ".join(years)
        site.write(
            stage, records, units, lang=lang, school_year=title, made_up=made_up, audience=readers, beside=beside
        )

    def refuse(self, stage: Path) -> None:
        """Nothing is put in place of a run with a leak, nor of one whose withheld figures can be worked out.

        Raises AuditFailed for a personal number, a key or the like in any file, and for what can be worked out. What
        is going to be shown is then written down, for it stays known.
        """
        try:
            leaks.refuse(leaks.scan_folder(stage, leaks.in_use()))
        except GateClosed as error:
            raise AuditFailed(f"{error}\n  nothing of the run is published") from error
        if self.material.figures.is_closed:
            self.tell("audit    what can be worked out from these pages, earlier releases and open figures together")
            audit = audit_run(self.workspace, stage, audience=self.material.figures.audience)
            refuse_leaks(audit)
            for line in told_of(audit):
                self.tell(f"audit    {line}")
        released.record(self.material.figures)


def _measure(material: Prepared, requests: Sequence[PageRequest]) -> None:
    """All that these pages read, measured."""
    measure(material.figures, requests)


def refuse_unreadable(notebook: Path) -> None:
    """Raise InputRefused for a notebook that cannot be read, or that is written for a kernel that is not here."""
    mend = "put the notebook back as it was delivered"
    try:
        node = engine.read(notebook)
    except PageFailed as error:
        found = str(error).partition("found: ")[2].splitlines()[0]
        rule = "a report notebook is a readable .ipynb file"
        raise InputRefused(rule, file=notebook.name, found=found, mend=mend) from error
    kernel = str(node.metadata.get("kernelspec", {}).get("name", ""))
    if kernel not in KernelSpecManager().find_kernel_specs():
        rule = "a report notebook names a kernel that is installed"
        raise InputRefused(rule, file=notebook.name, found=repr(kernel), mend=mend)


def _record(entry: Entry) -> PageRecord:
    """A page as the manifest and the index tell of it."""
    names_of = [each.name for each in dataclasses.fields(PageRecord)]
    return PageRecord(**{name: getattr(entry, name) for name in names_of})


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
        notebook=workspace.notebooks / "reports" / f"{catalogue.report_kind(selection.report).notebook(level)}.ipynb",
        is_made_up=material.snapshot.is_made_up,
        report=selection.report,
        compare_with=selection.compare_with,
    )


def _run_name(material: Prepared, requests: Sequence[PageRequest]) -> str:
    """A folder for the run: the newest school year in it, the data it rests on, who reads it and what it is.

    Each audience and each kind of report has a folder of its own, beside the others and never inside: so none is put
    in place with another. Everybody and the usual kind are not named.
    """
    newest = max(request.school_year for request in requests).replace("/", "-")
    figures = material.figures
    reader = "" if figures.audience == "public" else "-".join(["", figures.audience, *figures.school.split(":")[2:]])
    report = "" if requests[0].report == catalogue.USUAL else f"-{requests[0].report}"
    return f"{newest}-{material.snapshot.hash[:8]}{reader}{report}"
