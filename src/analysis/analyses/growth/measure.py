"""Do the pupils grow between the grades? How high, how far from grade to grade, and where the cohorts are heading."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.growth.cells import COLUMNS, cells_of, earlier_grade, is_held
from analysis.analyses.rows import levels_above, parent_value, unanswered, unit_ids
from analysis.model.observations import Observations, Result
from analysis.statistics.intervals import Floats, quantile
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.seda import FEWEST_CELLS, NAMES, Separation, separation

SPAN = ("first_year", "last_year", "years", "smallest_n")
MAIN = ("estimate", "se", "df", "low", "high")
ENDINGS = ("", "_low", "_high", "_raw", "_weight")
NUMBERS = (*SPAN, *(f"{name}{ending}" for name in NAMES for ending in ENDINGS), *MAIN)


def measure(observations: Observations, level: str, year: int) -> Result:
    """How high each unit's results are, how far a cohort comes from grade to grade, and how cohorts differ.

    For an indicator whose context holds the same test's figure a grade and a year earlier; no rows where no unit of the
    level has both in the segment of `year`. Cells are grade × school year, with cohort = year - grade;
    `separation` gives level, growth per grade and trend per cohort, each from the unit's own cells and drawn
    towards the common one, with 95 % intervals. Cells of fewer than 20 pupils are left out (`cells_of`) and
    counted in ``cells_left_out``; a unit that lacks cells for that reason alone is withheld. Verdict: growth_above,
    growth_below or growth_as_others by the interval of the unit's growth minus the common one.
    """
    indicator, ids = observations.indicator, unit_ids(observations, level)
    if not is_held(observations, level):
        return _nothing(observations, level, year)
    grades = (earlier_grade(observations, level), observations)
    cells = pd.concat([cells_of(each, level, year) for each in grades], ignore_index=True)
    cells = cells[cells["unit_id"].isin(ids)].reset_index(drop=True)
    both = cells[cells["given"]].groupby("unit_id")["grade"].nunique()
    if not (both > 1).any():
        return _nothing(observations, level, year)
    estimates = _unanswered(cells, ids)
    estimates[list(NUMBERS)] = np.nan
    used = cells[cells["used"]]
    for name, column in _span(used, ids).items():
        estimates[name] = column
    if "municipality" in levels_above(level):
        estimates["municipality"] = parent_value(observations, ids, "municipality", year)
    details: dict[str, object] = {
        "grades": tuple(each.indicator.grade for each in grades),
        "cells_left_out": int((cells["given"] & ~cells["used"]).sum()),
    }
    details |= _answer(estimates, used, ids)
    return Result("growth", indicator, level, year, estimates, cells, observations.units, details)


def _nothing(observations: Observations, level: str, year: int) -> Result:
    """No rows, with the columns of an answer."""
    empty = pd.DataFrame({"verdict": [], "reason": []}, index=pd.Index([], name="unit_id"), dtype="str")
    empty[list(NUMBERS)] = np.nan
    series = pd.DataFrame(columns=COLUMNS)
    return Result("growth", observations.indicator, level, year, empty, series, observations.units)


def _answer(estimates: pd.DataFrame, used: pd.DataFrame, ids: pd.Index) -> dict[str, object]:
    """Sets the three numbers of each unit and its verdict; the numbers of the method."""
    codes = ids.get_indexer(pd.Index(used["unit_id"])).astype(np.int64)
    grade, cohort, value, variance = (used[name].to_numpy(float) for name in ("grade", "cohort", "value", "variance"))
    try:
        found = separation(codes, grade, cohort, value, variance, len(ids))
    except CannotFitError as why:
        estimates.loc[estimates["verdict"] == "too_few", ["verdict", "reason"]] = ["refused", "not_fitted"]
        return {"refusal": why.reason, "refusal_text": str(why)}
    for name, column in _columns(found).items():
        estimates[name] = column
    _decide(estimates)
    return _numbers(found)


def _unanswered(cells: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Why a unit has no answer before any is sought: withheld where small cells alone stand in the way."""
    frame = unanswered(cells, ids)
    by_unit = cells.groupby("unit_id")[["given", "used"]].sum().reindex(ids).fillna(0)
    few = (by_unit["given"] >= FEWEST_CELLS) & (by_unit["used"] < FEWEST_CELLS)
    frame.loc[few.to_numpy(bool), ["verdict", "reason"]] = ["withheld", "few_pupils"]
    return frame


def _span(used: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """What each unit's answer rests on: first and last school year, number of cells, smallest number of pupils."""
    by_unit = used.groupby("unit_id")
    columns = {
        "first_year": by_unit["year"].min(),
        "last_year": by_unit["year"].max(),
        "years": by_unit["year"].count(),
        "smallest_n": by_unit["n"].min(skipna=False),
    }
    return pd.DataFrame(columns).reindex(ids).astype(float).fillna({"years": 0.0})


def _columns(found: Separation) -> dict[str, Floats]:
    """The three numbers with their intervals, and the growth as a difference to the common one."""
    columns: dict[str, Floats] = {}
    for place, name in enumerate(NAMES):
        columns |= {name: found.drawn[:, place]}
        columns |= {f"{name}_low": found.low[:, place], f"{name}_high": found.high[:, place]}
        columns |= {f"{name}_raw": found.raw[:, place], f"{name}_weight": found.weight[:, place]}
    growth, low, high = found.drawn[:, 1] - found.common[1], found.apart_low[:, 1], found.apart_high[:, 1]
    se = (high - low) / (2 * quantile(0.95))
    df = np.where(np.isfinite(se), np.inf, np.nan)
    return columns | {"estimate": growth, "se": se, "df": df, "low": low, "high": high}


def _numbers(found: Separation) -> dict[str, object]:
    """What the units share and how much they differ, for the method's text."""
    numbers: dict[str, object] = {"units": found.units, "cell_sd": found.cell_sd}
    for place, name in enumerate(NAMES):
        numbers |= {f"common_{name}": float(found.common[place]), f"{name}_sd": float(found.between_sd[place])}
    return numbers


def _decide(estimates: pd.DataFrame) -> None:
    answered = estimates["low"].notna() & estimates["verdict"].isin(["too_few"])
    estimates.loc[answered, "reason"] = ""
    estimates.loc[answered, "verdict"] = "growth_as_others"
    estimates.loc[answered & (estimates["low"] > 0), "verdict"] = "growth_above"
    estimates.loc[answered & (estimates["high"] < 0), "verdict"] = "growth_below"
