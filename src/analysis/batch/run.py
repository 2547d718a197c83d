"""A run: collect, choose, plan, measure once, make the pages side by side, write the site."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import catalogue
from analysis.batch import settled
from analysis.batch.inputs import Inputs
from analysis.batch.journal import Entry, Journal
from analysis.batch.limits import Limits
from analysis.batch.locking import locked
from analysis.batch.making import Elsewhere, Run
from analysis.batch.material import Prepared, prepared
from analysis.batch.placing import WORK, Place
from analysis.batch.planning import Plan
from analysis.batch.selection import DASK, LANGUAGE, RunSummary, Selection, Tell, check, chosen, with_levels_of
from analysis.batch.summary import summary_of
from analysis.batch.telling import Line
from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError
from analysis.publish.archiving import archived
from analysis.report import look
from analysis.report.parameters import PageRequest
from analysis.store import names

if TYPE_CHECKING:
    from analysis.batch.work import Work

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
    picked = material.without_ended(chosen(selection, workspace, units, material.schools, material.levels), selection)
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
    out = selection.out or workspace.reports / _run_name(material, requests)
    place = Place.mirror(selection.url, workspace) if selection.url else Place.of(out, workspace)
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
        for line in material.figures.decision.apart_said if material.figures.is_closed else ():
            tell(f"sums     {line}")
        if selection.dry_run:
            return summary_of(began, place.out, requests, kept=kept, plan=plan)
        around = settled.surroundings(workspace, material, plan)
        if settled.is_settled(plan, around):
            number = journal.begin(selection.as_json(), len(kept), len(kept), selection.jobs)
            journal.end(number, "placed", round(time.monotonic() - began, 3))
            _store(plan, tell)
            return summary_of(began, place.out, requests, kept=kept, plan=plan)
        made = _carried_out(workspace, material, plan, tell)
        if selection.shard is not None:
            journal.tell(finished="yes")
        elif not any(each.state == "failed" for each in [*plan.failed, *made]):
            settled.settle(plan, [*kept, *made], around)
        if selection.shard is None:
            _store(plan, tell)
        return summary_of(began, place.out, requests, kept=kept, made=[*plan.failed, *made], plan=plan)


def _store(plan: Plan, tell: Tell) -> None:
    """Put the run in the storage that was asked for, once it has been put in place here."""
    if plan.selection.url:
        from analysis.batch.storing import store

        store(plan.selection.url, plan.place, plan.journal, tell)


def _carried_out(workspace: Workspace, material: Prepared, plan: Plan, tell: Tell) -> list[Entry]:
    """Make what is to be made and put all in place; imports what makes pages, which an unchanged run can do without."""
    from analysis.batch.work import Work
    from analysis.report import leaks
    from analysis.report.known import known_of

    selection, todo = plan.selection, plan.todo
    if selection.url and selection.shard is None:
        from analysis.batch.storing import refuse_unusable

        refuse_unusable(selection.url)
    leaks.use(known_of(workspace))
    work, elsewhere = Work(workspace, material, plan, plan.place, tell), None
    if todo and selection.on == DASK:
        elsewhere = _on_dask(work, selection)
    elif todo:
        work.get_ready(alone=selection.alone, seconds=selection.deadline)
    limits = Limits(seconds=selection.deadline)
    try:
        return Run(plan.place, plan.journal, tell, selection.jobs, limits, elsewhere=elsewhere).carry_out(
            plan.tasks,
            plan.kept,
            work.page,
            selection=selection.as_json(),
            finish=None if selection.shard is not None else work.finish,
            check=work.refuse,
            spoilt=_inputs(workspace, material, todo).spoilt,
        )
    finally:
        gc.unfreeze()


def _on_dask(work: Work, selection: Selection) -> Elsewhere:
    """Measure everything here, once a scheduler answers, so that workers elsewhere make the pages."""
    from analysis.batch.cluster.connecting import reach
    from analysis.batch.cluster.supervisor import OnDask

    reach(selection.scheduler)
    work.measure()
    figures, todo = work.material.figures, work.plan.todo
    workers = selection.workers or (1 if selection.scheduler else selection.jobs)
    return OnDask(selection.scheduler, workers, work.tell, figures, todo, look.in_use().css, work.place.work)


def _inputs(workspace: Workspace, material: Prepared, todo: Sequence[PageRequest]) -> Inputs:
    data = {workspace.data / str(file["file"]): str(file["sha256"]) for file in material.snapshot.files()}
    return Inputs.of(data, {request.unit_id: request.notebook for request in todo})


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
    return f"{newest}-{material.snapshot.public_name[:8]}{reader}{report}"
