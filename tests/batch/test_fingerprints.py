"""What a page shows is what the plan says that it reads: nothing else can change it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch.fingerprints import DRAWN, OWN_ROWS_ONLY, Fingerprints, wanted_by
from analysis.batch.material import Prepared, prepared
from analysis.batch.run import page_request
from analysis.batch.selection import Selection
from analysis.catalogue import USUAL
from analysis.catalogue.workspace import Workspace
from analysis.model.observations import Result
from analysis.publish.seen import Figures, Run, use
from analysis.report import engine, exporter
from analysis.report.parameters import PageRequest, page_path
from analysis.store import Snapshot, names
from analysis.synthetic import made

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
UNITS = ("se:school:99990102", "se:municipality:9901", "se:team:99990102-79")
"""a school, a unit with units below it, and one below the school"""
PAGES = (
    *((unit, USUAL) for unit in UNITS),
    (UNITS[1], "area_compilation"),
    (UNITS[1], "scorecard"),
    (UNITS[0], "scorecard"),
    (UNITS[2], "team_account"),
)
"""also kinds of report that read the level below, what is written there, and targets"""


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A made-up municipality that has been collected."""
    folder = tmp_path_factory.mktemp("read") / "town"
    workspace = Workspace.read(made(folder, pupils=1000, notebooks=ROOT / "notebooks", protected=False))
    return prepared(workspace, lambda line: None)


def request_of(material: Prepared, unit_id: str, report: str = USUAL) -> PageRequest:
    unit = names.find_unit(unit_id, names.unit_list(material.snapshot.path))
    return page_request(material.workspace, material, unit, Selection(report=report))


def page_of(figures: Figures, request: PageRequest) -> str:
    units = names.unit_list(figures.snapshot.path)
    figures.run = Run({unit["unit_id"]: page_path(unit["unit_id"]) for unit in units}, "", {request.unit_id: "same"})
    use(figures)
    return exporter.export(engine.run(request.notebook, request.parameters))


def disturbed(frame: pd.DataFrame, others: pd.Series, spared: tuple[str, ...] = ()) -> pd.DataFrame:
    """The frame with other numbers and verdicts in the rows of other units, apart from some columns."""
    found = frame.copy()
    for name in found.columns.difference([*spared, "unit_id", "year"]):
        if pd.api.types.is_float_dtype(found[name]):
            found.loc[others.to_numpy(), name] = found.loc[others.to_numpy(), name] * 1.37 + 5
    return found


@dataclass(frozen=True)
class OtherPlans(Snapshot):
    """A snapshot in which all units but some have written and taken part in something else."""

    spared: frozenset[str] = frozenset()

    def commitments(self) -> pd.DataFrame:
        found = super().commitments()
        return found.assign(what=found["what"].where(found["unit_id"].isin(self.spared), "something else"))

    def interventions(self) -> pd.DataFrame:
        found = super().interventions()
        far = ~found["unit_id"].isin(self.spared)
        return found.assign(name=found["name"].mask(far, "something else"))


def under(figures: Figures, unit_id: str) -> set[str]:
    """Every unit below a unit, on whatever step."""
    units, found, step = figures.units, set[str](), {unit_id}
    while step:
        step = set(units.index[units["parent_id"].isin(step)])
        found |= step
    return found


def above(figures: Figures, unit_id: str) -> set[str]:
    """Every unit above a unit."""
    found, parents = set[str](), figures.units["parent_id"]
    while isinstance(each := parents.get(unit_id), str):
        found.add(each)
        unit_id = each
    return found


def other_result(result: Result, unit_id: str, below: set[str]) -> Result:
    """The result with all disturbed that the plan says a page of the unit does not show."""
    if result.question not in {*DRAWN, *OWN_ROWS_ONLY}:
        return result
    spared = DRAWN.get(result.question, ())
    named = {unit_id, *below}
    if "similar_units" in result.estimates.columns and unit_id in result.estimates.index:
        named |= set(str(result.estimates.at[unit_id, "similar_units"]).split())
    far = ~result.estimates.index.to_series().isin(named)
    estimates = disturbed(result.estimates, far, spared)
    if "verdict" in estimates.columns and not spared:
        estimates.loc[far.to_numpy(), "verdict"] = "missing"
    details = {
        name: disturbed(each, ~each["unit_id"].isin(named))
        if isinstance(each, pd.DataFrame) and "unit_id" in each.columns
        else each
        for name, each in result.details.items()
    }
    series = disturbed(result.series, ~result.series["unit_id"].isin(named))
    return dataclasses.replace(result, estimates=estimates, series=series, details=details)


def other_figures(material: Prepared, request: PageRequest) -> Figures:
    """The figures with all disturbed that the plan says a page does not show."""
    figures, unit = material.figures, request.unit_id
    below, line = under(figures, unit), {unit, *above(figures, unit)}
    snapshot = figures.snapshot
    known = {each.name: getattr(snapshot, each.name) for each in dataclasses.fields(snapshot)}
    found = Figures(OtherPlans(**known, spared=frozenset({unit, *below})))
    found._results = {key: other_result(figures.result(*key), unit, below) for key in wanted_by(request)}
    for name, kept in figures._observations.items():
        far, others = ~kept.rows["unit_id"].isin({unit, *below}), ~kept.targets["unit_id"].isin(line)
        targets = kept.targets.assign(value=kept.targets["value"].mask(others, kept.targets["value"] * 1.37 + 5))
        found._observations[name] = dataclasses.replace(kept, rows=disturbed(kept.rows, far), targets=targets)
    return found


@pytest.mark.parametrize(("unit_id", "report"), PAGES)
def test_what_the_plan_does_not_read_cannot_change_the_page(material, unit_id, report) -> None:
    request = request_of(material, unit_id, report)
    known, fingerprints = page_of(material.figures, request), Fingerprints(material.figures).of(request)
    figures = other_figures(material, request)
    assert Fingerprints(figures).of(request) == fingerprints
    assert page_of(figures, request) == known


def changed_plans(material: Prepared, spared: set[str], lost_targets: str = "") -> Figures:
    """The figures, with other plans in all units but some, and without the targets that one unit has set."""
    snapshot = material.figures.snapshot
    known = {each.name: getattr(snapshot, each.name) for each in dataclasses.fields(snapshot)}
    found = Figures(OtherPlans(**known, spared=frozenset(spared)))
    found._results = dict(material.figures._results)
    for name, kept in material.figures._observations.items():
        targets = kept.targets[kept.targets["unit_id"] != lost_targets]
        found._observations[name] = dataclasses.replace(kept, targets=targets)
    return found


def test_what_is_written_below_and_what_is_to_be_reached_above_are_read(material) -> None:
    town, school = request_of(material, UNITS[1], "area_compilation"), request_of(material, UNITS[0], "scorecard")
    everyone = set(material.figures.units.index)
    for request, figures in (
        (town, changed_plans(material, everyone - under(material.figures, town.unit_id))),
        (school, changed_plans(material, everyone, lost_targets=UNITS[1])),
    ):
        known = page_of(material.figures, request)
        before = Fingerprints(material.figures).of(request)
        assert page_of(figures, request) != known
        after = Fingerprints(figures).of(request)
        assert {name for name, found in after.items() if before[name] != found} == {"plans"}


def test_the_disturbance_disturbs(material) -> None:
    school, team = (request_of(material, unit_id) for unit_id in (UNITS[0], UNITS[2]))
    page_of(material.figures, school)
    assert page_of(other_figures(material, team), school) != page_of(material.figures, school)


def test_one_changed_value_changes_what_it_is_part_of_and_nothing_else(material) -> None:
    school = request_of(material, UNITS[0])
    municipality = request_of(material, UNITS[1])
    other = next(
        request_of(material, str(unit_id))
        for unit_id in material.figures.units.index
        if str(unit_id).startswith("se:school:9999") and unit_id != UNITS[0]
    )
    for request in (school, municipality, other):
        page_of(material.figures, request)
    before = {request.unit_id: Fingerprints(material.figures).of(request) for request in (school, municipality, other)}
    figures = Figures(material.figures.snapshot)
    figures._results = dict(material.figures._results)
    for name, kept in material.figures._observations.items():
        rows = kept.rows.copy()
        mine = (rows["unit_id"] == UNITS[0]) & (rows["status"] == "given")
        rows.loc[mine, "value"] += 1.0
        figures._observations[name] = dataclasses.replace(kept, rows=rows)
    after = {request.unit_id: Fingerprints(figures).of(request) for request in (school, municipality, other)}
    changed = {unit: {name for name in parts if after[unit][name] != parts[name]} for unit, parts in before.items()}
    assert changed[UNITS[0]] == {"own"}
    assert changed[other.unit_id] == set()
    assert changed[UNITS[1]] <= {"below"}


def test_every_detail_of_every_answer_has_the_same_hash_twice(material) -> None:
    for unit_id in UNITS:
        request = request_of(material, unit_id)
        page_of(material.figures, request)
        again = Figures(material.figures.snapshot)
        for key in wanted_by(request):
            again.result(*key)
        assert Fingerprints(again).of(request) == Fingerprints(material.figures).of(request)
