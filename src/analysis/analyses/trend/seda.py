"""Level, growth and trend: how high, how far from grade to grade, and where the cohorts are heading."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.analyses.rows import NoisyRows, noisy_rows, unanswered, unit_ids
from analysis.model.indicator import Indicator
from analysis.model.observations import Observations, Result
from analysis.statistics.intervals import interval
from analysis.statistics.pooling import moderated
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.seda import FEWEST_CELLS, NAMES, Separation, separation

FEWEST_PUPILS = 20


def seda(observations_by_grade: Mapping[int, Observations], level: str, year: int) -> Result:
    """How high each unit's results are, how far a cohort comes from grade to grade, and how cohorts differ.

    For indicators on the same scale in several grades. Cells are grade × school year in the segment of `year`, with
    cohort = year - grade; `separation` gives level, growth per grade and trend per cohort, each from the unit's own
    cells and drawn towards the common one, with 95 % intervals (normal). Chance variance of a cell: the
    indicator's; where it comes from a unit's own years it is moderated by the other units'. Cells of fewer than 20
    pupils are left out and counted in ``cells_left_out``; where the number is not known, cells whose variance is
    larger than pupil_sd²/20. Verdict: growth_above, growth_below or growth_as_others by the interval of the
    unit's growth minus the common one.
    """
    _refuse_unlike(observations_by_grade)
    grades = dict(sorted(observations_by_grade.items()))
    noisy = {grade: noisy_rows(each, level, year) for grade, each in grades.items()}
    first = next(iter(grades.values()))
    ids = unit_ids(first, level)
    cells = pd.concat([_cells(grades[grade].indicator, noisy[grade], grade, year) for grade in grades])
    cells = cells[cells["unit_id"].isin(ids)].reset_index(drop=True)
    details: dict[str, object] = {
        "grades": tuple(grades),
        "indicators": tuple(each.indicator.id for each in grades.values()),
        "shorts": tuple(each.indicator.short for each in grades.values()),
        "cells_left_out": int((cells["given"] & ~cells["used"]).sum()),
    }
    if not cells["given"].any():
        estimates = _unanswered(cells, ids).iloc[:0]
        return Result("trend", first.indicator, level, year, estimates, cells, first.units, details)
    used = cells[cells["used"]]
    estimates = _unanswered(cells, ids).join(_span(used, ids))
    codes = ids.get_indexer(pd.Index(used["unit_id"])).astype(np.int64)
    grade, cohort, value, variance = (used[name].to_numpy(float) for name in ("grade", "cohort", "value", "variance"))
    try:
        found = separation(codes, grade, cohort, value, variance, len(ids))
    except CannotFitError as why:
        estimates.loc[estimates["verdict"] == "too_few", ["verdict", "reason"]] = ["refused", "not_fitted"]
        details |= {"refusal": why.reason, "refusal_text": str(why)}
    else:
        estimates = estimates.join(_columns(found, ids))
        details |= _numbers(found)
        _decide(estimates)
    return Result("trend", first.indicator, level, year, estimates, cells, first.units, details)


def _refuse_unlike(observations_by_grade: Mapping[int, Observations]) -> None:
    """Grades can only be laid beside each other on one scale."""
    scales = {(each.indicator.country, each.indicator.unit) for each in observations_by_grade.values()}
    if len(observations_by_grade) < 2 or len(scales) != 1:
        names = [each.indicator.id for each in observations_by_grade.values()]
        raise ValueError(f"growth needs the same scale in at least two grades of one country, got: {names}")


def _cells(indicator: Indicator, noisy: NoisyRows, grade: int, year: int) -> pd.DataFrame:
    """The rows of one grade in the segment of `year`, with their cohort and whether they are used."""
    rows = noisy.rows[noisy.rows["segment"] == indicator.segment(year)].copy()
    rows["grade"], rows["cohort"], rows["indicator"] = grade, rows["year"] - grade, indicator.id
    own = (rows["noise"] == "own_years") & rows["variance"].notna()
    by_unit = rows[own].groupby("unit_id")[["variance", "df"]].first()
    together = moderated(by_unit["variance"].to_numpy(float), by_unit["df"].to_numpy(float))
    if together is not None:
        rows.loc[own, "variance"] = rows.loc[own, "unit_id"].map(pd.Series(together.variance, index=by_unit.index))
    largest = np.inf if indicator.pupil_sd is None else indicator.pupil_sd**2 / FEWEST_PUPILS
    many = np.where(rows["n"].notna(), rows["n"] >= FEWEST_PUPILS, rows["variance"] <= largest)
    rows["used"] = rows["given"] & rows["variance"].notna() & many
    columns = ["unit_id", "year", "group", "grade", "cohort", "indicator", "value", "low", "high", "status", "mark"]
    return rows[[*columns, "n", "variance", "given", "used"]]


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
    }
    columns["smallest_n"] = by_unit["n"].min(skipna=False)
    return pd.DataFrame(columns).reindex(ids).astype(float).fillna({"years": 0.0})


def _columns(found: Separation, ids: pd.Index) -> pd.DataFrame:
    """The three numbers with their intervals, and the growth as a difference to the common one."""
    columns: dict[str, object] = {}
    for place, name in enumerate(NAMES):
        low, high = interval(found.drawn[:, place], found.sd[:, place])
        columns |= {name: found.drawn[:, place], f"{name}_low": low, f"{name}_high": high}
        columns |= {f"{name}_raw": found.raw[:, place], f"{name}_weight": found.weight[:, place]}
    growth, se = found.drawn[:, 1] - found.common[1], found.sd[:, 1]
    low, high = interval(growth, se)
    columns |= {"estimate": growth, "se": se, "low": low, "high": high, "df": np.where(np.isfinite(se), np.inf, np.nan)}
    return pd.DataFrame(columns, index=ids)


def _numbers(found: Separation) -> dict[str, object]:
    """What the units share and how much they differ, for the method's text."""
    numbers: dict[str, object] = {"units": found.units, "cell_sd": found.cell_sd, "is_alone": found.is_alone}
    for place, name in enumerate(NAMES):
        numbers |= {f"common_{name}": float(found.common[place]), f"{name}_sd": float(found.between_sd[place])}
    return numbers


def _decide(estimates: pd.DataFrame) -> None:
    answered = estimates["low"].notna() & estimates["verdict"].isin(["too_few"])
    estimates.loc[answered, "reason"] = ""
    estimates.loc[answered, "verdict"] = "growth_as_others"
    estimates.loc[answered & (estimates["low"] > 0), "verdict"] = "growth_above"
    estimates.loc[answered & (estimates["high"] < 0), "verdict"] = "growth_below"
