"""The demonstration: real pages on every level, in two countries."""

from __future__ import annotations

from dataclasses import replace

from analysis.batch.run import build_units, prepared
from analysis.batch.selection import RunSummary, Selection, Tell, chosen
from analysis.catalogue.workspace import Workspace
from analysis.store import names

STAVANGER_SCHOOLS = 10


def demo(workspace: Workspace, jobs: int, tell: Tell) -> RunSummary:
    """Make both counties, Uppsala and its schools, Stavanger and ten of its schools.

    Says what it does in four steps: data, checks, reports, quality.
    """
    selection = Selection(jobs=jobs, out=workspace.reports / "demo")
    tell("1 of 4, data: reading the published files")
    material = prepared(workspace, tell)
    units = names.unit_list(material.snapshot.path)
    notes = sum(int(note["count"]) for note in material.snapshot.notes())
    tell(f"2 of 4, checks: passed; {notes:,} rows were normalised, set aside or outside the scope (notes.json)")
    picked = chosen(replace(selection, within=("0380",)), workspace, units, material.schools)
    stavanger = chosen(replace(selection, within=("1103",)), workspace, units, material.schools)
    schools = [unit for unit in stavanger if unit["level"] == "school" and unit["unit_id"] in material.by_sex]
    above = [unit for unit in stavanger if unit["level"] != "school"]
    counties = [names.find_unit("se:region:01", units)]
    everything = {unit["unit_id"]: unit for unit in [*counties, *picked, *above, *schools[:STAVANGER_SCHOOLS]]}
    tell("3 of 4, reports: every question is asked once for all units, then each page is made")
    summary = build_units(workspace, material, list(everything.values()), selection, tell)
    whole = summary.made + summary.kept
    tell(f"4 of 4, quality: {whole} of {summary.planned} pages passed every check of the gate")
    return summary
