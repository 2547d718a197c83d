"""The pairs of groups that are compared, and what is known about each gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.model.by_unit import of_unit
from analysis.model.observations import Observations
from analysis.model.words import BOYS, GIRLS


@dataclass(frozen=True)
class Pair:
    """Two groups of pupils that have no pupil in common; a gap is the first one's mean minus the second's."""

    id: str
    first: str
    second: str


SEX = "sex"
PAIRS = (
    Pair(SEX, GIRLS, BOYS),
    Pair("foreign_background", "foreign_background", "domestic"),
    Pair("newly_arrived", "newly_arrived", "domestic"),
    Pair("parents_education", "shorter_education", "longer_education"),
    Pair("support", "with_support", "without_support"),
)

GAP_COLUMNS: dict[str, str] = {
    "unit_id": "the unit",
    "pair": "the id of the pair of groups",
    "first": "the group whose mean comes first",
    "second": "the group whose mean is taken away",
    "basis": "pupils (means of the year's pupils) or figures (mean over years of figures by sex)",
    "status": "given, or withheld where a group is smaller than the indicator's smallest_n",
    "first_year": "first school year the gap rests on",
    "last_year": "last school year the gap rests on",
    "smallest_n": "pupils in the smaller group, whichever year it stands in; NaN when withheld or not known",
    "gap": "first mean minus second, in the indicator's unit",
    "se": "its standard error",
    "df": "degrees of freedom of its interval",
    "low": "lower end of its 95 % interval",
    "high": "upper end of its 95 % interval",
    "p_value": "two-sided p of no gap, by the same Student t as the interval",
    "relative": "the gap in per cent of the second group's mean",
    "relative_low": "lower end of its 95 % interval (Fieller)",
    "relative_high": "upper end of its 95 % interval (Fieller)",
    "standardised": "the gap in standard deviations between pupils",
    "standardised_low": "lower end of its 95 % interval",
    "standardised_high": "upper end of its 95 % interval",
    "slope": "change of the gap per school year",
    "slope_low": "lower end of its 95 % interval",
    "slope_high": "upper end of its 95 % interval",
    "slope_years": "school years behind the change",
    "slope_first": "first school year behind the change",
    "change": "closing, widening, turned, no_certain_change or too_few",
}
"""the columns of ``details["gaps"]``: one row per unit and pair that the snapshot knows anything of"""
TEXTS = ("unit_id", "pair", "first", "second", "basis", "status", "change")


def no_gaps() -> pd.DataFrame:
    """The frame of gaps without rows."""
    return pd.DataFrame({name: pd.Series(dtype="str" if name in TEXTS else "float64") for name in GAP_COLUMNS})


def gaps_of(details: Mapping[str, object], unit_id: str) -> pd.DataFrame:
    """The gaps of one unit, in the order of `PAIRS`."""
    frame = details["gaps"]
    assert isinstance(frame, pd.DataFrame)
    mine = of_unit(frame, unit_id)
    if len(mine) < 2:
        return mine
    return mine.sort_values("pair", key=lambda each: each.map([pair.id for pair in PAIRS].index))


def pupils_of(observations: Observations, level: str) -> pd.DataFrame:
    """The pupils with a result, each with the ``unit_id`` of its unit at `level` and its school's id."""
    key = ("pupils_of", level)
    if key not in observations.derived:
        observations.derived[key] = _pupils_of(observations, level)
    kept: pd.DataFrame = observations.derived[key]
    return kept.copy(deep=False)


def _pupils_of(observations: Observations, level: str) -> pd.DataFrame:
    pupils = observations.pupils
    pupils = pupils[pd.to_numeric(pupils["value"], errors="coerce").notna()]
    column = f"{level}_id"
    unit = pupils[column] if column in pupils.columns else pupils["municipality_id"].map(observations.units[column])
    pupils = pupils.assign(unit_id=unit.fillna("").astype(str), value=pupils["value"].astype(float))
    return pupils[pupils["unit_id"] != ""]


def labels_of(pupils: pd.DataFrame, pair: Pair) -> pd.Series[str]:
    """The group of the pair that each pupil belongs to; an empty text for neither or not known."""
    if pair.id == SEX:
        label = pupils["sex"].map({"girl": GIRLS, "boy": BOYS})
    elif pair.id in ("foreign_background", "newly_arrived"):
        label = pupils["origin"].where(pupils["origin"].isin([pair.first, pair.second]))
    elif pair.id == "parents_education":
        label = pd.to_numeric(pupils["parents_education"]).map({1: pair.first, 2: pair.first, 3: pair.second})
    else:
        label = pupils["support"].map({True: pair.first, False: pair.second})
    return label.fillna("").astype(str)
