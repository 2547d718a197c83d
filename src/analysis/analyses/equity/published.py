"""Gaps between girls and boys where only figures of units are held."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.analyses.equity.pairs import GAP_COLUMNS, SEX, no_gaps
from analysis.analyses.rows import rounding_variance
from analysis.model.indicator import Indicator
from analysis.model.words import BOYS, GIRLS
from analysis.statistics.gap_change import gap_changes
from analysis.statistics.gap_index import Means, relative_gap
from analysis.statistics.intervals import Floats, interval
from analysis.statistics.lines import Codes, means
from analysis.statistics.multiple import p_values

FEWEST_YEARS = 3


def gaps_in_figures(rows: pd.DataFrame, indicator: Indicator, pupil_sd: float) -> pd.DataFrame:
    """The gap between girls and boys as a mean over the years of `rows`, which hold one segment.

    Each year's gap has the variance of girls' plus boys' where both are known (weights 1/variance, variance
    multiplied by the reduced chi-square when above 1); otherwise the mean of the yearly gaps is unweighted,
    with their own variance between years, never below rounding, and Student t with years - 1 degrees of
    freedom. At least three years. The relative gap is by Fieller from the weighted means, or the mean of the
    yearly ratios with its own t interval; the standardised one is divided by the indicator's standard deviation
    between pupils, √p(100 - p) for percentages, or `pupil_sd`. Columns: `GAP_COLUMNS`.
    """
    yearly = _yearly(rows)
    if yearly.empty:
        return no_gaps()
    codes, names = pd.factorize(yearly["unit_id"])
    frame = pd.DataFrame({"unit_id": names}).assign(
        pair=SEX, first=GIRLS, second=BOYS, basis="figures", status="given", **_mean_gaps(codes, yearly, indicator)
    )
    by_unit = yearly.groupby("unit_id")
    sd = _pupil_sd(by_unit, indicator, pupil_sd).reindex(names).to_numpy(float)
    for name in ("", "_low", "_high"):
        frame[f"standardised{name}"] = frame[name.lstrip("_") or "gap"] / np.where(sd > 0, sd, np.nan)
    frame["first_year"] = by_unit["year"].min().reindex(names).to_numpy(float)
    frame["last_year"] = by_unit["year"].max().reindex(names).to_numpy(float)
    frame["smallest_n"] = by_unit["n"].min(skipna=False).reindex(names).to_numpy(float)
    year, gap, variance, df = (yearly[name].to_numpy(float) for name in ("year", "gap", "variance", "df"))
    changes = gap_changes(codes, year, gap, variance, df, len(names), 2 * rounding_variance(indicator))
    frame["slope"], frame["slope_low"], frame["slope_high"] = changes.slope, changes.low, changes.high
    frame["slope_years"], frame["slope_first"] = changes.years, frame["first_year"]
    return frame.assign(change=changes.verdict.astype(object))[list(GAP_COLUMNS)]


def _pupil_sd(by_unit: Any, indicator: Indicator, pupil_sd: float) -> pd.Series[float]:
    """The standard deviation between pupils of each unit: known, √p(100 - p) for percentages, or `pupil_sd`."""
    middle = by_unit[["value", "value_boys"]].mean().mean(axis=1)
    if indicator.pupil_sd is not None:
        return pd.Series(indicator.pupil_sd, index=middle.index)
    sd: pd.Series[float] = (middle * (100 - middle)) ** 0.5 if indicator.unit == "percent" else middle * 0 + pupil_sd
    return sd


def _yearly(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per unit and year where both girls and boys have a figure: both values, gap, variances, smaller n."""
    columns = ["unit_id", "year", "value", "variance", "n", "noise", "df"]
    given = rows[rows["given"]]
    girls, boys = (given.loc[given["group"] == group, columns] for group in (GIRLS, BOYS))
    both = girls.merge(boys, on=["unit_id", "year"], suffixes=("", "_boys"))
    known = (both["noise"] != "own_years") & (both["noise_boys"] != "own_years")
    return both.assign(
        gap=both["value"] - both["value_boys"],
        variance_girls=both["variance"],
        variance=(both["variance"] + both["variance_boys"]).where(known),
        df=both[["df", "df_boys"]].min(axis=1),
        n=both[["n", "n_boys"]].min(axis=1, skipna=False),
    )


def _mean_gaps(codes: Codes, yearly: pd.DataFrame, indicator: Indicator) -> dict[str, Floats]:
    units = int(codes.max()) + 1
    gap, variance = yearly["gap"].to_numpy(float), yearly["variance"].to_numpy(float)
    known = np.ones(units, dtype=bool)
    known[codes[np.isnan(variance)]] = False
    weights = np.where(known[codes], 1 / variance, 1.0)
    fit = means(codes, gap, weights, units)
    enough = fit.years >= FEWEST_YEARS
    floor = 2 * rounding_variance(indicator)
    scatter = np.where(known, np.fmax(1.0, fit.dispersion()), np.fmax(floor, fit.dispersion()))
    se = np.where(enough, np.sqrt(fit.variance * scatter), np.nan)
    smallest = np.full(units, np.inf)
    np.minimum.at(smallest, codes, yearly["df"].fillna(np.inf).to_numpy(float))
    df = np.where(enough, np.where(known, smallest, fit.df), np.nan)
    mean = np.where(enough, fit.estimate, np.nan)
    low, high = interval(mean, se, df)
    columns = {"gap": mean, "se": se, "df": df, "low": low, "high": high, "p_value": p_values(mean, se, df)}
    return columns | _relative(codes, yearly, weights, known, scatter, df)


def _relative(
    codes: Codes, yearly: pd.DataFrame, weights: Floats, known: np.ndarray, scatter: Floats, df: Floats
) -> dict[str, Floats]:
    """The gap in per cent of boys' mean: Fieller where variances are known, else the yearly ratios' own t."""
    units = len(known)
    girls, boys = yearly["value"].to_numpy(float), yearly["value_boys"].to_numpy(float)
    total = np.bincount(codes, weights, units)
    sides = []
    for values, variance in ((girls, yearly["variance_girls"]), (boys, yearly["variance_boys"])):
        spread = np.bincount(codes, weights**2 * variance.to_numpy(float), units) / total**2 * scatter
        sides.append(Means.known(np.bincount(codes, weights * values, units) / total, spread, df))
    ratio = relative_gap(*sides)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = means(codes, np.where(boys > 0, girls / boys, np.nan), np.ones(len(codes)), units)
    ends = interval(own.estimate, np.sqrt(own.variance * own.dispersion()), df)
    chosen = zip((ratio.estimate, ratio.low, ratio.high), (own.estimate, *ends), strict=True)
    middle, low, high = (100 * (np.where(known, one, other) - 1) for one, other in chosen)
    nothing = np.isnan(df)
    names = ("relative", "relative_low", "relative_high")
    return {name: np.where(nothing, np.nan, each) for name, each in zip(names, (middle, low, high), strict=True)}
