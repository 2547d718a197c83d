"""How far have the pupils come, given where they started? Each unit beside what pupils who started alike reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.analyses.rows import levels_above, parent_value
from analysis.analyses.value_added import growth, pupils
from analysis.model.observations import Observations, Result

COLUMNS = (
    "value", "n", "smallest_n", "without_prior", "first_year", "last_year", "years", "prior_mean", "expected",
    "estimate", "se", "df", "low", "high", "low80", "high80", "shrunken", "shrunken_low", "shrunken_high",
    "shrinkage_weight", "newest", "newest_low", "newest_high", "newest_n",
)  # fmt: skip
SERIES = ("unit_id", "year", "group", "value", "low", "high", "status", "mark", "n", "given", "noise")


def measure(observations: Observations, level: str, year: int) -> Result:
    """How far each unit's pupils have come beyond pupils who started alike, up to `year`.

    From pupils where their own earlier results are held (a mixed model, see `pupils.answered`), else from the units'
    own means a year apart (see `growth.answered`); no rows where neither is held. Verdicts: above or below when
    the 95 % interval leaves the mean of all units out, equal when it does not.
    """
    observations = _seen(observations, level)
    way = next((each for each in (pupils, growth) if each.is_held(observations, level)), None)
    if way is None:
        empty = pd.DataFrame({"verdict": [], "reason": []}, index=pd.Index([], name="unit_id"), dtype="str")
        estimates, series, details = empty, pd.DataFrame(), dict[str, object]()
    else:
        estimates, series, details = way.answered(observations, level, year)
        hidden = estimates.index.isin(list(observations.withheld(year, "adjusted")))
        estimates.loc[hidden, [name for name in estimates.columns if name not in ("verdict", "reason")]] = np.nan
        estimates.loc[hidden, ["verdict", "reason"]] = ["withheld", "withheld"]
    for name in COLUMNS:
        if name not in estimates.columns:
            estimates[name] = np.nan
    if "municipality" in levels_above(level) and len(estimates):
        estimates["municipality"] = parent_value(observations, estimates.index, "municipality", year)
    series = series.reindex(columns=list(SERIES))
    indicator = observations.indicator
    return Result("value_added", indicator, level, year, estimates, series, observations.units, details)


def _seen(observations: Observations, level: str) -> Observations:
    """The observations without the pupils of units and years of which nothing adjusted may be seen.

    The model of the level then rests on the pupils of units that are shown, and on nobody else.
    """
    hidden = observations.hidden[observations.hidden["group"] == "adjusted"]
    column = f"{level}_id"
    if hidden.empty or column not in observations.pupils.columns:
        return observations
    gone = pd.MultiIndex.from_frame(hidden[["unit_id", "year"]])
    held = pd.MultiIndex.from_frame(observations.pupils[[column, "year"]])
    return replace(observations, pupils=observations.pupils[~held.isin(gone)])
