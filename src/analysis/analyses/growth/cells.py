"""The cells that level, growth and trend are told apart from: one per unit, grade and school year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.analyses.rows import noisy_rows
from analysis.model.indicator import Indicator
from analysis.model.observations import Observations
from analysis.model.words import ALL, Status
from analysis.statistics.pooling import moderated

FEWEST_PUPILS = 20
COLUMNS = [
    "unit_id", "year", "group", "grade", "cohort", "value", "low", "high", "status", "mark", "n", "variance", "noise",
    "given", "used",
]  # fmt: skip


def is_held(observations: Observations, level: str) -> bool:
    """Whether any unit of the level has figures of both grades: the indicator's own and the one a year earlier."""
    indicator, context = observations.indicator, observations.context
    if indicator.grade is None or indicator.prior_years != 1 or "prior_value" not in context.columns:
        return False
    rows = observations.at(level, ALL)
    given = rows.loc[(rows["status"] == Status.GIVEN) & rows["value"].notna(), "unit_id"]
    return not set(given).isdisjoint(context.loc[context["prior_value"].notna(), "unit_id"])


def earlier_grade(observations: Observations, level: str) -> Observations:
    """The same test a grade earlier, in the school years it was taken.

    The context holds a cohort's earlier figure beside its own year (``prior_value``, ``prior_n``), so a figure beside
    a year belongs to the year before. Its chance is estimated from units' own lines, as no error is held with it.
    """
    indicator, context = observations.indicator, observations.context
    held = context.loc[context["prior_value"].notna(), ["unit_id", "year", "prior_value", "prior_n"]]
    of_level = observations.units["level"].reindex(held["unit_id"]).to_numpy() == level
    rows = held[of_level].rename(columns={"prior_value": "value", "prior_n": "n"})
    fixed = {"level": level, "group": ALL, "status": str(Status.GIVEN), "mark": "", "se": np.nan}
    rows = rows.assign(year=rows["year"] - 1, **fixed, source=indicator.source, origin="official", coverage=1.0)
    columns = list(observations.rows.columns)
    rows = rows.reindex(columns=columns).sort_values(["unit_id", "year"], ignore_index=True)
    grade = None if indicator.grade is None else indicator.grade - 1
    return replace(observations, indicator=replace(indicator, noise="between_years", grade=grade), rows=rows)


def cells_of(observations: Observations, level: str, year: int) -> pd.DataFrame:
    """The figures of one grade in the segment of `year`, with their cohort and whether they are ``used``.

    Where chance comes from a unit's own years it is moderated by the other units'. A cell of fewer than 20 pupils is
    not used; where the number is not known, one whose variance is larger than pupil_sd²/20. ``cohort`` is
    the year minus the grade.
    """
    indicator = observations.indicator
    noisy = noisy_rows(observations, level, year)
    rows = noisy.rows[noisy.rows["segment"] == indicator.segment(year)].copy()
    rows["grade"] = float("nan") if indicator.grade is None else float(indicator.grade)
    rows["cohort"] = rows["year"] - rows["grade"]
    _moderate(rows)
    rows["used"] = rows["given"] & rows["variance"].notna() & _many(rows, indicator)
    return rows[COLUMNS]


def _moderate(rows: pd.DataFrame) -> None:
    """Draws the variances of units' own lines, which rest on few years each, towards each other."""
    own = (rows["noise"] == "own_years") & rows["variance"].notna()
    by_unit = rows[own].groupby("unit_id")[["variance", "df"]].first()
    together = moderated(by_unit["variance"].to_numpy(float), by_unit["df"].to_numpy(float))
    if together is not None:
        rows.loc[own, "variance"] = rows.loc[own, "unit_id"].map(pd.Series(together.variance, index=by_unit.index))


def _many(rows: pd.DataFrame, indicator: Indicator) -> np.ndarray:
    largest = np.inf if indicator.pupil_sd is None else indicator.pupil_sd**2 / FEWEST_PUPILS
    return np.where(rows["n"].notna(), rows["n"] >= FEWEST_PUPILS, rows["variance"] <= largest)
