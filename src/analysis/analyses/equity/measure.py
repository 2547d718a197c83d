"""Is it the same for everyone? Groups of pupils in a unit; schools within an area, municipality, county or nation."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.analyses.equity.background import background_of
from analysis.analyses.equity.gap import gap_between_groups
from analysis.analyses.equity.spread import spread_between_schools
from analysis.analyses.rows import levels_above
from analysis.model.observations import Observations, Result
from analysis.model.words import BOYS, GIRLS

WITH_BOTH = ("with_education", "beside_education", "with_education_too", "with_newly_arrived", "beside_both")
RESTING_ON = {
    "parents:": ("gradient_slope", "gradient_strength", "resilient_share", "gap_index", "concentration", *WITH_BOTH),
    "origin:": ("origin_gap", *WITH_BOTH),
}
"""which measures of background are counted from which groups"""


def measure(observations: Observations, level: str, year: int) -> Result:
    """Whether groups of pupils differ in a unit, or schools differ within a larger unit, beyond chance.

    Levels up to the school: `gap_between_groups`. Levels above: `spread_between_schools`. All gaps between
    groups of the unit's pupils are in ``details["gaps"]``, what follows parents' education in
    ``details["background"]``. Without rows below the school where neither figures by sex nor pupils are held.
    """
    is_above = level != "school" and level not in _below_school()
    result = (spread_between_schools if is_above else gap_between_groups)(observations, level, year)
    if level in _below_school() and not _has_groups(observations, level):
        result = replace(result, estimates=result.estimates.iloc[:0])
    background = _without_hidden(background_of(observations, level, year), observations, year)
    return replace(result, details={**result.details, "background": background})


def _without_hidden(background: pd.DataFrame, observations: Observations, year: int) -> pd.DataFrame:
    """What follows background, withheld where one of the groups it is counted from may not be seen."""
    gone = pd.Series(False, index=background.index)
    for way, measures in RESTING_ON.items():
        groups = [group for group in observations.hidden["group"].unique() if str(group).startswith((way, "all"))]
        units = {unit for group in groups for unit in observations.withheld(year, str(group))}
        gone |= background["measure"].isin(measures) & background["unit_id"].isin(units)
    found = background.copy()
    found.loc[gone, ["value", "low", "high", "smallest_n"]] = float("nan")
    found.loc[gone, "reason"] = "withheld"
    return found


def _below_school() -> tuple[str, ...]:
    return tuple(each for each in ("group", "team") if "school" in levels_above(each))


def _has_groups(observations: Observations, level: str) -> bool:
    rows = observations.rows
    return len(observations.pupils) > 0 or bool(((rows["level"] == level) & rows["group"].isin([GIRLS, BOYS])).any())
