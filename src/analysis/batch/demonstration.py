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

    One Swedish school with nothing but withheld values is among them when there is one.
    """
    selection = Selection(jobs=jobs, out=workspace.reports / "demo")
    material = prepared(workspace, tell)
    units = names.unit_list(material.snapshot.path)
    picked = chosen(replace(selection, within=("0380",)), workspace, units, material.schools)
    stavanger = chosen(replace(selection, within=("1103",)), workspace, units, material.schools)
    schools = [unit for unit in stavanger if unit["level"] == "school" and unit["unit_id"] in material.by_sex]
    above = [unit for unit in stavanger if unit["level"] != "school"]
    counties = [names.find_unit("se:region:01", units)]
    everything = {unit["unit_id"]: unit for unit in [*counties, *picked, *above, *schools[:STAVANGER_SCHOOLS]]}
    return build_units(workspace, material, list(everything.values()), selection, tell)
