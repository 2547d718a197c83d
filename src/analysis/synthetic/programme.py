"""The reading programme: schools were chosen because they were weak, in three waves, and then it truly helped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.synthetic.normal import Floats
from analysis.synthetic.outcomes import TESTS_6, GradeSix
from analysis.synthetic.plan import CLOSED, MERGED, MERGER, NEW_NAME, RENAMED, RISES, SMALL, Plan

INDICATOR = TESTS_6[0]
WAVES = ((1, 2017, 2), (2, 2019, 1), (3, 2021, 1))
"""number, the year whose results schools were chosen on, and how many were chosen; they began the year after"""
LIFT = 1.0
"""points on the score of the Swedish test, from the first year on"""


@dataclass(frozen=True)
class Programme:
    """Which schools took part from when; ``schools`` has one row per school."""

    schools: pd.DataFrame

    def lift(self, school: np.ndarray, year: np.ndarray) -> Floats:
        """The points the programme gives each pupil in the test in Swedish."""
        first = self.schools.set_index("school")["adoption_year"].reindex(school).to_numpy(dtype=float)
        return np.where(year >= first, LIFT, 0.0)


def chosen(plan: Plan, tests: GradeSix) -> Programme:
    """The schools with the lowest reported mean in the year of choice, among those not yet taking part.

    ``observed`` is that mean, ``expected`` the mean expected of the same pupils in any year: the difference is
    chance and would be gone the year after, with no programme at all.
    """
    left_out = (SMALL, RISES, *MERGED, MERGER, CLOSED, RENAMED, NEW_NAME)
    can = {place for place, each in enumerate(plan.schools) if each.first_grade == 1 and each.code not in left_out}
    reached = tests.reached()
    frame = pd.DataFrame(
        {
            "school": tests.sitting.school,
            "year": tests.sitting.year,
            "observed": reached.values[INDICATOR],
            "expected": reached.expected[INDICATOR],
        }
    )
    means = frame[frame["observed"].notna()].groupby(["school", "year"]).mean().reset_index()
    rows = []
    for wave, year, count in WAVES:
        open_now = means[(means["year"] == year) & means["school"].isin(can)]
        weakest = open_now.nsmallest(count, "observed")
        can -= set(weakest["school"])
        rows.append(weakest.assign(wave=wave, adoption_year=year + 1, selection_year=year).drop(columns="year"))
    found = pd.concat(rows, ignore_index=True)
    return Programme(found)
