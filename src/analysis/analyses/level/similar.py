"""The seven units most like each unit, seen from outside."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.model.observations import Observations
from analysis.statistics.intervals import interval, welch_df
from analysis.statistics.neighbours import nearest_rows

BACKGROUND = ("parents_education", "foreign_background", "girls")
SIZE = "pupils_grade_1_9"
HOW_MANY = 7
EMPTY = ("reference", "diff", "se", "df", "low", "high", "low80", "high80")


def similar(observations: Observations, own: pd.DataFrame, year: int) -> tuple[pd.DataFrame, pd.Series[str], str]:
    """Each unit beside the seven most like it in `year`: the comparison, their ids, and "given" or "no_context".

    Euclidean distance on parents' education, foreign background, girls and the logarithm of the number of
    pupils, each divided by its standard deviation; same level and country; only units with a value that
    year. Their mean is weighted with pupils (equally where one has no number of pupils); its variance is
    Σ w²v, chance in each of the seven cohorts.
    """
    nothing = pd.DataFrame(np.nan, index=own.index, columns=list(EMPTY))
    names = pd.Series("", index=own.index, dtype=object)
    columns = observations.context.columns
    if not {*BACKGROUND, SIZE} <= set(columns):
        return nothing, names, "no_context"
    context = observations.context[observations.context["year"] == year].set_index("unit_id").reindex(own.index)
    seen = context[list(BACKGROUND)].assign(size=np.log(context[SIZE].where(context[SIZE] > 0)))
    usable = (seen.notna().all(axis=1) & own["variance"].notna()).to_numpy(bool)
    if usable.sum() <= HOW_MANY:
        return nothing, names, "no_context" if not seen.notna().all(axis=1).any() else "too_few_similar"
    matrix = seen.to_numpy(float)[usable]
    places, _ = nearest_rows(matrix, matrix, np.arange(len(matrix)), HOW_MANY)
    ids = own.index.to_numpy(dtype=object)[usable]
    named = pd.Series([" ".join(ids[row]) for row in places], index=own.index[usable], dtype=object)
    nothing.loc[usable] = _compared(own[usable], places)
    return nothing, named.reindex(own.index, fill_value=""), "given"


def _compared(own: pd.DataFrame, places: np.ndarray) -> pd.DataFrame:
    value, variance, n, df = (own[name].to_numpy(float) for name in ("value", "variance", "n", "df"))
    pupils = n[places]
    pupils = np.where(np.isfinite(pupils).all(axis=1, keepdims=True), pupils, 1.0)
    weight = pupils / pupils.sum(axis=1, keepdims=True)
    reference = (weight * value[places]).sum(axis=1)
    parts = np.vstack([variance, (weight**2 * variance[places]).T])
    se = np.sqrt(parts.sum(axis=0))
    degrees = welch_df(parts, np.vstack([df, df[places].T]))
    difference = value - reference
    low, high = interval(difference, se, degrees)
    low80, high80 = interval(difference, se, degrees, 0.80)
    columns = dict(zip(EMPTY, (reference, difference, se, degrees, low, high, low80, high80), strict=True))
    return pd.DataFrame(columns, index=own.index)
