"""Is it getting better? A straight line through each unit's years."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.rows import (
    levels_above,
    noisy_rows,
    parent_value,
    rounding_variance,
    series_of,
    unanswered,
    unit_ids,
    values_of,
)
from analysis.analyses.trend.changes import changes
from analysis.analyses.trend.together import found_by_fdr, pooled_slopes, pooled_years
from analysis.model.observations import Observations, Result
from analysis.statistics.intervals import Floats, interval
from analysis.statistics.lines import Fits, slopes

FEWEST_YEARS = 3


def measure(observations: Observations, level: str, year: int) -> Result:
    """Whether each unit's figures rise, fall, or do neither for certain, up to `year`.

    Weighted least squares of the value on the year within the current segment, weights 1/variance of one
    cohort, at least three years. The slope's variance is multiplied by the unit's own reduced chi-square
    when that is above 1: never surer than chance between cohorts allows, and less sure when the unit's own
    years scatter more. 95 % interval: Student t with the degrees of freedom of the variance (years - 2
    when it comes from the unit's own years). Unit: the indicator's, per school year. Beside it: the slope drawn
    towards the level's common one (`pooled_slopes`), the three newest years as one (`pooled_years`) and a
    change of level (`changes`); none of these takes part in the verdict.
    """
    indicator = observations.indicator
    ids = unit_ids(observations, level)
    noisy = noisy_rows(observations, level, year)
    rows = noisy.rows[noisy.rows["segment"] == indicator.segment(year)]
    estimates = unanswered(rows, ids).join(values_of(rows, ids, year))
    lines, details = _lines(rows[rows["given"] & rows["variance"].notna()], ids, rounding_variance(indicator))
    estimates = estimates.join(lines).join(pooled_years(rows, ids, year, indicator))
    estimates = estimates.join(_span_of_years(rows[rows["given"]], ids))
    if "municipality" in levels_above(level):
        estimates["municipality"] = parent_value(observations, ids, "municipality", year)
    _decide(estimates)
    details |= noisy.details() | {
        "tested": int(estimates["estimate"].notna().sum()),
        "flagged": int(estimates["verdict"].isin(["rise", "fall"]).sum()),
        "flagged_fdr": found_by_fdr(estimates),
    }
    series = series_of(observations, noisy, ids, level, year)
    return Result("trend", indicator, level, year, estimates, series, observations.units, details)


def _lines(rows: pd.DataFrame, ids: pd.Index, rounding: float) -> tuple[pd.DataFrame, dict[str, object]]:
    """All that is read from each unit's line: its slope, the pooled one, and a change of level."""
    codes = ids.get_indexer(pd.Index(rows["unit_id"])).astype(np.int64)
    x, y, variance, each_df = (rows[name].to_numpy(float) for name in ("year", "value", "variance", "df"))
    fit = slopes(codes, x, y, 1 / variance, len(ids))
    of_unit, is_own, df = np.full(len(ids), np.nan), np.zeros(len(ids), dtype=bool), np.full(len(ids), np.nan)
    of_unit[codes], is_own[codes], df[codes] = variance, (rows["noise"] == "own_years").to_numpy(bool), each_df
    together, pooling = pooled_slopes(fit, of_unit, is_own, ids)
    changed, counted = changes((codes, x, y, variance), fit, is_own, rounding, ids)
    return _slopes(fit, df, ids).join(together).join(changed), pooling | counted


def _slopes(fit: Fits, degrees: Floats, ids: pd.Index) -> pd.DataFrame:
    """The slope of each unit's own years with its intervals; NaN with fewer than three."""
    enough = fit.years >= FEWEST_YEARS
    se = np.where(enough, np.sqrt(fit.variance * np.fmax(1.0, fit.dispersion())), np.nan)
    df, slope = np.where(enough, degrees, np.nan), np.where(enough, fit.estimate, np.nan)
    low, high = interval(slope, se, df)
    low80, high80 = interval(slope, se, df, 0.80)
    columns = {"estimate": slope, "se": se, "df": df, "low": low, "high": high, "low80": low80, "high80": high80}
    return pd.DataFrame(columns, index=ids)


def _span_of_years(given: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    by_unit = given.groupby("unit_id")
    frame = pd.DataFrame(
        {
            "first_year": by_unit["year"].min(),
            "last_year": by_unit["year"].max(),
            "years": by_unit["year"].count(),
            "smallest_n": by_unit["n"].min(skipna=False),
        }
    )
    frame = frame.reindex(ids).astype(float)
    return frame.fillna({"years": 0.0})


def _decide(estimates: pd.DataFrame) -> None:
    low, high = estimates["low"], estimates["high"]
    answered = low.notna()
    estimates.loc[answered, "reason"] = ""
    estimates.loc[answered, "verdict"] = "no_certain_change"
    estimates.loc[low > 0, "verdict"] = "rise"
    estimates.loc[high < 0, "verdict"] = "fall"
