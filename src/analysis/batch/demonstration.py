"""The demonstration: real pages of the open figures, and made-up ones of the levels they do not reach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from analysis.batch.material import Prepared, prepared
from analysis.batch.run import build_units
from analysis.batch.selection import RunSummary, Selection, Tell, chosen
from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError
from analysis.store import names

STAVANGER_SCHOOLS = 10
MADE_UP = (
    "se:group:99990102-2022-7a",
    "se:team:99990102-79",
    "se:school:99990102",
    "se:school:99990103",
    "se:area:9901-3",
    "se:municipality:9901",
)
"""a class with all the steps above it, and a school so small that most of its figures are kept back"""


@dataclass(frozen=True)
class Demonstration:
    """What became of the real pages and of the made-up ones."""

    real: RunSummary
    made_up: RunSummary


def demo(workspace: Workspace, town: Workspace, jobs: int, tell: Tell) -> Demonstration:
    """Make both counties, Uppsala and its schools, Stavanger and ten of its schools; then pages of `town`.

    `town` is a workspace in which everything is made up; its pages stand in a folder of their own. Says what it
    does in four steps: data, checks, reports, quality.
    """
    if not town.synthetic:
        raise UsageError(f"the demonstration's made-up pages are made from made-up figures only, got: {town.root}")
    selection = Selection(jobs=jobs, out=workspace.reports / "demo")
    tell("1 of 4, data: reading the published files, then those of the made-up municipality")
    material = prepared(workspace, tell)
    beside = prepared(town, tell)
    units = names.unit_list(material.snapshot.path)
    notes = sum(int(note["count"]) for note in material.snapshot.notes())
    tell(f"2 of 4, checks: passed; {notes:,} rows were normalised, set aside or outside the scope (notes.json)")
    tell("3 of 4, reports: every question is asked once for all units, then each page is made")
    real = build_units(workspace, material, _real(workspace, material, units, selection), selection, tell)
    everything = Selection(only=MADE_UP, jobs=jobs, out=workspace.reports / "made-up")
    known = names.unit_list(beside.snapshot.path)
    picked = chosen(everything, town, known, beside.schools, beside.levels)
    made_up = build_units(town, beside, picked, everything, tell)
    for name, summary in (("", real), (" made-up", made_up)):
        whole = summary.made + summary.kept
        tell(f"4 of 4, quality: {whole} of {summary.planned}{name} pages passed every check of the gate")
    return Demonstration(real, made_up)


def _real(
    workspace: Workspace, material: Prepared, units: list[dict[str, Any]], selection: Selection
) -> list[dict[str, Any]]:
    """The units with open figures that the demonstration shows."""
    picked = chosen(replace(selection, within=("0380",)), workspace, units, material.schools)
    stavanger = chosen(replace(selection, within=("1103",)), workspace, units, material.schools)
    schools = [unit for unit in stavanger if unit["level"] == "school" and unit["unit_id"] in material.by_sex]
    above = [unit for unit in stavanger if unit["level"] != "school"]
    counties = [names.find_unit("se:region:01", units)]
    everything = [*counties, *picked, *above, *schools[:STAVANGER_SCHOOLS]]
    return list({unit["unit_id"]: unit for unit in everything}.values())
