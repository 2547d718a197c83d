"""Pages made again from figures of which all that their readers may not see are others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.batch import Selection
from analysis.batch.fingerprints import Fingerprints, measure
from analysis.batch.material import Prepared, prepared
from analysis.batch.plan import figures_of
from analysis.batch.run import page_request
from analysis.catalogue.workspace import Workspace
from analysis.model import ALL
from analysis.model.observations import PUPIL_COLUMNS, Observations
from analysis.publish import seen
from analysis.publish.seen import Figures, Run
from analysis.report.page import make
from analysis.report.parameters import PageRequest
from analysis.store import Snapshot, names

ALIKE = ("year", "grade", "municipality_id", "sex", "parents_education", "origin", "support")
"""what is known of a pupil beside the results and the unit"""
SEEN_OF = Figures._seen_of
"""the guard, which a test may take away"""


@dataclass
class Moved:
    """A snapshot in which every figure that its readers may not see is another one.

    Of pupils, those of units that are withheld change results with each other: pupils of the same area and school year
    who are alike in all that is known of them, so that whatever is counted over them all stays as it is.
    """

    snapshot: Snapshot
    readers: Figures
    seed: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.snapshot, name)

    def observations(self, indicator: str) -> Observations:
        """The rows and the pupils' background, each number that is withheld drawn anew, and the pupils' results."""
        collected = self.snapshot.observations(indicator)
        shown = SEEN_OF(self.readers, collected)
        random = np.random.default_rng([self.seed, *indicator.encode()])
        rows = self._drawn(collected.rows, shown.rows, ["value", "n", "se", "coverage"], random)
        gone = collected.rows["value"].notna() & shown.rows["value"].isna()
        rows.loc[gone, "mark"] = rows.loc[gone, "value"].astype(str)
        names = [str(each) for each in collected.context.columns.drop(["unit_id", "year"])]
        context = self._drawn(collected.context, shown.context, names, random)
        return replace(collected, rows=rows, context=context, pupils=self._changed(collected, shown.hidden, random))

    def _changed(self, collected: Observations, hidden: pd.DataFrame, random: Any) -> pd.DataFrame:
        pupils = collected.pupils.copy()
        inside, outside = ("group_id", "team_id") if self.readers.audience == "school" else ("school_id", "area_id")
        gone = pd.MultiIndex.from_frame(hidden.loc[hidden["group"] == ALL, ["unit_id", "year"]])
        mine = pupils[pd.MultiIndex.from_frame(pupils[[inside, "year"]]).isin(gone) & pupils["value"].notna()]
        told = [name for name in pupils if name in ("value", "prior") or name not in PUPIL_COLUMNS]
        for _, some in mine.groupby([mine[name].astype(str) for name in (outside, *ALIKE)]):
            pupils.loc[some.index, told] = random.permutation(some[told].to_numpy())
        return pupils

    @staticmethod
    def _drawn(true: pd.DataFrame, shown: pd.DataFrame, columns: list[str], random: Any) -> pd.DataFrame:
        found = true.copy()
        for name in columns:
            gone = (true[name].notna() & shown[name].isna()).to_numpy()
            found.loc[gone, name] = np.round(random.uniform(1, 100, gone.sum()))
        return found


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


def reading(workspace: Workspace, selection: Selection, levels: Sequence[str], within: tuple[str, str]) -> Reading:
    """All pages of these levels of a unit, given by its column and id."""
    material = prepared(workspace, lambda line: None, selection)
    units = pd.DataFrame(names.unit_list(material.snapshot.path))
    chosen = units[units["level"].isin(levels) & (units[within[0]] == within[1])]
    rows = material.without_ended(chosen.to_dict("records"), selection)
    return Reading(material, [page_request(workspace, material, each, selection) for each in rows])
