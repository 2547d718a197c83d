"""The work on pages: what is done before the first of them, for each, and for all of them together.

Importing this module takes some seconds: it is imported when a page is to be made or put in place, not before.
"""

from __future__ import annotations

import dataclasses
import gc
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager

from analysis.audit.command import also_read_by, audit_run, refuse_leaks, told_of
from analysis.batch import released
from analysis.batch.journal import Entry
from analysis.batch.making import Task
from analysis.batch.material import Prepared
from analysis.batch.placing import Place
from analysis.batch.planning import Plan
from analysis.batch.rehearsal import rehearse, threads_besides
from analysis.batch.selection import LANGUAGES, Tell
from analysis.catalogue.workspace import Workspace
from analysis.errors import ArshjulError, AuditFailed, GateClosed, InputRefused, PageFailed
from analysis.publish.seen import use
from analysis.report import engine, exporter, leaks, manifest, site
from analysis.report.page import PageRecord, make
from analysis.store import names


class Work:
    """What is done for one page, and for all of them."""

    def __init__(self, workspace: Workspace, material: Prepared, plan: Plan, place: Place, tell: Tell) -> None:
        self.workspace, self.material, self.plan = workspace, material, plan
        self.place, self.tell = place, tell
        self.requests = {request.unit_id: request for request in plan.requests}

    def measure(self) -> None:
        """Everything is measured once, before the first page. Raises InputRefused for an unreadable notebook."""
        for notebook in sorted({request.notebook for request in self.plan.todo}):
            refuse_unreadable(notebook)
        use(self.material.figures)
        self.plan.measure(self.plan.todo)
        self.material.figures.run = dataclasses.replace(self.material.figures.run, made_from=self.plan.figures_of)
        self.material.figures.forget_workings()

    def get_ready(self, *, alone: bool, seconds: float) -> None:
        """All that the pages share, before the first of them: measured, imported, rehearsed and frozen.

        Raises InputRefused for a notebook that cannot be read, and ArshjulError when the process has other threads
        although it should be ``alone``: a fork takes none of them along, and a lock that one holds is held for ever.
        A rehearsal takes at most so many seconds.
        """
        self.measure()
        os.environ["MPLBACKEND"] = "agg"
        rehearse(self.plan.todo, seconds)
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
        year_of = {request.unit_id: request.school_year for request in requests}
        beside = site.earlier(self.place.out, year_of, readers, made_up=made_up)
        manifest.write(
            stage,
            records,
            data=snapshot.public_name,
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
        to_come, readers = released.to_record(self.material.figures), self.material.figures.audience
        if self.material.figures.is_closed:
            self.tell("audit    what can be worked out from these pages, earlier releases and open figures together")
            audit = audit_run(self.workspace, stage, audience=readers, to_come=to_come)
            refuse_leaks(audit)
            for line in told_of(audit):
                self.tell(f"audit    {line}")
            for others in also_read_by(self.workspace, readers):
                self.tell(f"audit    and what by those who have been shown pages for {others}")
                refuse_leaks(audit_run(self.workspace, stage, audience=others, to_come=to_come))
        released.record(self.material.figures, to_come)


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
