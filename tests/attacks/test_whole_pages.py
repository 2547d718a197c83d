"""Whole pages made again with other hidden figures: not a byte differs, whoever is to read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.batch import Selection
from analysis.batch.fingerprints import Fingerprints, measure
from analysis.batch.material import Prepared, prepared
from analysis.batch.plan import figures_of
from analysis.batch.run import page_request
from analysis.catalogue.workspace import Workspace
from analysis.model.observations import Observations
from analysis.publish import seen
from analysis.publish.seen import Figures, Run
from analysis.report.page import make
from analysis.report.parameters import PageRequest
from analysis.store import Snapshot, names
from analysis.synthetic import made

pytestmark = pytest.mark.slow
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SCHOOL, TOWN = "se:school:99990103", "se:municipality:9901"
READERS = {
    "public": Selection(),
    "school": Selection(only=(SCHOOL,), audience="school"),
}
LEVELS = {"public": ("school", "area", "municipality"), "school": ("school", "team", "group")}
SEEN_OF = Figures._seen_of
"""the guard, which one test takes away"""
WORLDS, REBUILT = 13, 100
"""worlds with other hidden figures, and the fewest pages made anew in them for each kind of reader"""


@dataclass
class Moved:
    """A snapshot in which every figure that its readers may not see is another one."""

    snapshot: Snapshot
    readers: Figures
    seed: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.snapshot, name)

    def observations(self, indicator: str) -> Observations:
        """The rows and the pupils' background, each number that is withheld drawn anew."""
        collected = self.snapshot.observations(indicator)
        shown = SEEN_OF(self.readers, collected)
        random = np.random.default_rng([self.seed, *indicator.encode()])
        rows = self._drawn(collected.rows, shown.rows, ["value", "n", "se", "coverage"], random)
        gone = collected.rows["value"].notna() & shown.rows["value"].isna()
        rows.loc[gone, "mark"] = rows.loc[gone, "value"].astype(str)
        names = [str(each) for each in collected.context.columns.drop(["unit_id", "year"])]
        return replace(collected, rows=rows, context=self._drawn(collected.context, shown.context, names, random))

    @staticmethod
    def _drawn(true: pd.DataFrame, shown: pd.DataFrame, columns: list[str], random: Any) -> pd.DataFrame:
        found = true.copy()
        for name in columns:
            gone = (true[name].notna() & shown[name].isna()).to_numpy()
            found.loc[gone, name] = np.round(random.uniform(1, 100, gone.sum()))
        return found


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small made-up municipality, protected as one of real pupils is."""
    return Workspace.read(made(tmp_path_factory.mktemp("moved") / "town", pupils=1000, notebooks=NOTEBOOKS))


@dataclass
class Reading:
    """The pages of one kind of reader, and what they are made from."""

    material: Prepared
    requests: list[PageRequest]

    def pages(self, figures: Figures, folder: Path) -> dict[str, bytes]:
        """The pages made from these figures, as a run makes them."""
        figures.run = replace(figures.run, pages={each.unit_id: each.path for each in self.requests})
        seen.use(figures)
        measure(figures, self.requests)
        prints = Fingerprints(figures)
        data = {each.unit_id: figures_of(prints.of(each)) for each in self.requests}
        figures.run = replace(figures.run, made_from=data)
        found = {}
        for request in self.requests:
            facts = {"data": data[request.unit_id], "code": figures.run.code}
            record = make(request, folder, folder / "work", facts)
            assert record.state == "made", record.reason
            found[request.unit_id] = (folder / record.path).read_bytes()
        return found

    def figures(self, snapshot: Any) -> Figures:
        """The figures of a snapshot as these readers may see them, by the decision about the true ones."""
        known = self.material.figures
        found = Figures(snapshot, Run(code=known.run.code), known.audience, known.school)
        found.__dict__["decision"] = known.decision
        return found


@pytest.fixture(scope="module", params=list(READERS))
def reading(request: pytest.FixtureRequest, workspace: Workspace) -> Iterator[Reading]:
    selection = READERS[request.param]
    material = prepared(workspace, lambda line: None, selection)
    units = pd.DataFrame(names.unit_list(material.snapshot.path))
    place = {"public": "municipality_id", "school": "school_id"}[request.param]
    wanted = units["level"].isin(LEVELS[request.param])
    wanted &= units[place] == {"public": TOWN, "school": SCHOOL}[request.param]
    rows = material.without_ended(units[wanted].to_dict("records"), selection)
    yield Reading(material, [page_request(workspace, material, each, selection) for each in rows])


def test_pages_made_again_with_other_hidden_figures_differ_in_no_byte(reading: Reading, tmp_path: Path) -> None:
    known = reading.material.figures
    as_made = reading.pages(reading.figures(reading.material.snapshot), tmp_path / "true")
    differing, rebuilt = [], 0
    for seed in range(WORLDS):
        moved = reading.figures(Moved(reading.material.snapshot, known, seed))
        again = reading.pages(moved, tmp_path / str(seed))
        rebuilt += len(again)
        differing += [(seed, unit) for unit, page in again.items() if page != as_made[unit]]
    assert differing == []
    assert rebuilt >= REBUILT, f"only {rebuilt} pages of {len(as_made)} units were made again"


def test_without_the_guard_the_same_pages_tell_the_worlds_apart(
    reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = reading.material.figures
    monkeypatch.setattr(Figures, "_seen_of", lambda figures, collected: collected)
    first, second = (
        reading.pages(reading.figures(Moved(reading.material.snapshot, known, seed)), tmp_path / str(seed))
        for seed in (0, 1)
    )
    assert any(first[unit] != second[unit] for unit in first)
