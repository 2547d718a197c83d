"""Where is it heading? The unit's line, drawn towards the common slope, one and two school years on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.rows import (
    levels_above,
    noisy_rows,
    parent_value,
    series_of,
    unanswered,
    unit_ids,
    values_of,
)
from analysis.model.indicator import Indicator
from analysis.model.observations import Observations, Result
from analysis.statistics.intervals import Floats, interval
from analysis.statistics.lines import centres, slopes
from analysis.statistics.pooling import LEAST_DF, pooled, scatter

FEWEST_YEARS = 4
STEPS = {"next": 1, "later": 2}


def measure(observations: Observations, level: str, year: int) -> Result:
    """What to expect of each unit next school year and the year after, if its line goes on as before.

    Weighted least squares line through at least four years of the segment (weights 1/variance of one cohort),
    its slope b drawn towards the level's common slope (`pooled`: the posterior over all that the spread between
    units, the common slope and the unit's own scatter may be). Expected value ȳ + b(x - x̄); prediction variance
    φ(1/Σw + v̄) + sd(b)²(x - x̄)², with sd(b) half the length of the posterior's 95 % interval over 1.96, v̄ the
    chance variance of a coming cohort (the mean of the unit's own) and φ the moderated scatter of the years
    (`scatter`), whose degrees of freedom give the Student t quantile. The verdict compares next year's 95 %
    prediction interval with the value of `year`, which is known: the interval of the difference. Ends are kept
    within the scale.
    """
    indicator = observations.indicator
    ids = unit_ids(observations, level)
    noisy = noisy_rows(observations, level, year)
    rows = noisy.rows[noisy.rows["segment"] == indicator.segment(year)]
    estimates = unanswered(rows[rows["year"] == year], ids).join(values_of(rows, ids, year))
    lines, details = _ahead(rows[rows["given"] & rows["variance"].notna()], ids, year, indicator)
    lines[estimates["value"].isna().to_numpy(bool)] = np.nan
    estimates = estimates.join(lines)
    if "municipality" in levels_above(level):
        estimates["municipality"] = parent_value(observations, ids, "municipality", year)
    _decide(estimates)
    if not len(rows):
        estimates = estimates.iloc[:0]
    verdicts = estimates["verdict"]
    details |= noisy.details() | {
        "tested": int(verdicts.isin(["likely_higher", "likely_lower", "cannot_tell"]).sum()),
        "flagged": int(verdicts.isin(["likely_higher", "likely_lower"]).sum()),
    }
    series = series_of(observations, noisy, ids, level, year)
    return Result("forecast", indicator, level, year, estimates, series, observations.units, details)


def _ahead(
    rows: pd.DataFrame, ids: pd.Index, year: int, indicator: Indicator
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Expected values with their intervals, and what they rest on; NaN with fewer than four years."""
    codes = ids.get_indexer(pd.Index(rows["unit_id"])).astype(np.int64)
    x, y, variance = (rows[name].to_numpy(float) for name in ("year", "value", "variance"))
    fit = slopes(codes, x, y, 1 / variance, len(ids))
    of_unit, is_own = np.full(len(ids), np.nan), np.zeros(len(ids), dtype=bool)
    of_unit[codes], is_own[codes] = variance, (rows["noise"] == "own_years").to_numpy(bool)
    around, middle = scatter(fit, of_unit, is_own), centres(codes, x, y, 1 / variance, len(ids))
    cohort = np.bincount(codes, variance, len(ids)) / np.fmax(fit.years, 1)
    own = np.where(around.df > LEAST_DF, fit.variance * around.factor, np.nan)
    found = pooled(np.where(np.isfinite(own), fit.estimate, np.nan), own, around.df)
    slope, slope_sd = (
        (fit.estimate, np.sqrt(fit.variance * around.factor)) if found is None else (found.value, found.sd)
    )
    enough = np.where((fit.years >= FEWEST_YEARS) & np.isfinite(slope_sd), 1.0, np.nan)
    columns = {"df": enough * around.df, "shrunken": enough * slope}
    columns["shrinkage_weight"] = enough * (1.0 if found is None else found.weight)
    for name, step in STEPS.items():
        reach = year + step - middle.x
        sd = enough * np.sqrt(around.factor * (1 / middle.total + cohort) + slope_sd**2 * reach**2)
        columns |= _fan(name, middle.y + slope * reach, sd, around.df, indicator)
        if step == 1:
            columns |= {"se": sd}
    frame = pd.DataFrame(columns, index=ids).join(_span_of_years(rows, ids))
    details: dict[str, object] = {"pooled_units": 0}
    if found is not None:
        details = {"pooled_units": int(np.isfinite(found.value).sum()), "common_slope": found.spread.mean}
    return frame, details


def _fan(name: str, expected: Floats, sd: Floats, df: Floats, indicator: Indicator) -> dict[str, Floats]:
    """The expected value of one coming year and the ends of its two intervals, within the scale."""
    low, high = interval(expected, sd, df)
    low80, high80 = interval(expected, sd, df, 0.80)
    middle = np.where(np.isfinite(sd), expected, np.nan)
    found = {name: middle, f"{name}_low": low, f"{name}_high": high, f"{name}_low80": low80, f"{name}_high80": high80}
    return {each: np.clip(numbers, indicator.minimum, indicator.maximum) for each, numbers in found.items()}


def _span_of_years(given: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    by_unit = given.groupby("unit_id")
    columns = {"first_year": by_unit["year"].min(), "last_year": by_unit["year"].max()}
    columns |= {"years": by_unit["year"].count(), "smallest_n": by_unit["n"].min(skipna=False)}
    return pd.DataFrame(columns).reindex(ids).astype(float).fillna({"years": 0.0})


def _decide(estimates: pd.DataFrame) -> None:
    """The difference to the newest value with its intervals, and the verdict."""
    ends = {"estimate": "next", "low": "next_low", "high": "next_high", "low80": "next_low80", "high80": "next_high80"}
    for name, of in ends.items():
        estimates[name] = estimates[of] - estimates["value"]
    answered = estimates["low"].notna() & estimates["high"].notna()
    estimates["years"] = estimates["years"].fillna(0.0)
    estimates.loc[answered, "reason"] = ""
    estimates.loc[answered, "verdict"] = "cannot_tell"
    estimates.loc[estimates["low"] > 0, "verdict"] = "likely_higher"
    estimates.loc[estimates["high"] < 0, "verdict"] = "likely_lower"
