"""The gap between girls and boys in each school."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.rows import (
    NoisyRows,
    levels_above,
    noisy_rows,
    parent_value,
    unanswered,
    unit_ids,
    values_of,
)
from analysis.model.observations import Observations, Result
from analysis.model.words import BOYS, GIRLS, Direction
from analysis.statistics.intervals import interval
from analysis.statistics.lines import means

FEWEST_YEARS = 3


def gap_between_groups(observations: Observations, level: str, year: int) -> Result:
    """Girls' value minus boys', as a mean over the years of the latest segment with figures by sex up to `year`.

    Each year's gap has the variance of girls' plus boys' where both are known (weights 1/variance, variance
    multiplied by the reduced chi-square when above 1); otherwise the mean of the yearly gaps is unweighted,
    with their own variance between years, never below rounding, and Student t with years - 1 degrees of
    freedom. At least three years. 95 % interval, in the indicator's unit.
    """
    indicator = observations.indicator
    ids = unit_ids(observations, level)
    sides = {group: noisy_rows(observations, level, year, group) for group in (GIRLS, BOYS)}
    rows = pd.concat([side.rows for side in sides.values()], ignore_index=True)
    all_pupils = noisy_rows(observations, level, year)
    latest = rows.loc[rows["given"], "segment"].max()
    here = rows[rows["segment"] == latest] if pd.notna(latest) else rows
    estimates = unanswered(here, ids)
    without = ~ids.isin(rows["unit_id"])
    estimates.loc[without, "verdict"] = estimates.loc[without, "reason"] = "no_groups"
    estimates = estimates.join(values_of(all_pupils.rows, ids, year))
    yearly = _yearly_gaps(here)
    estimates = estimates.join(
        _mean_gaps(yearly, ids, 2 * max(indicator.rounding, 10.0**-indicator.decimals) ** 2 / 12)
    )
    if "municipality" in levels_above(level):
        estimates["municipality"] = parent_value(observations, ids, "municipality", year)
    _decide(estimates, indicator.direction)
    return Result(
        "equity",
        indicator,
        level,
        year,
        estimates,
        _series(rows, sides[GIRLS]),
        observations.units,
        sides[GIRLS].details() | {"kind": "gap", "noise": _noise_of(here)},
    )


def _noise_of(rows: pd.DataFrame) -> str:
    """own_years when any figure by sex had to be judged by the school's own years."""
    kinds = rows.loc[rows["given"], "noise"].unique()
    return str(kinds[0]) if len(kinds) == 1 else "own_years"


def _yearly_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per school and year where both girls and boys have a figure: gap, variance and the smaller n."""
    columns = ["unit_id", "year", "value", "variance", "n", "noise", "df"]
    given = rows[rows["given"]]
    girls, boys = (given.loc[given["group"] == group, columns] for group in (GIRLS, BOYS))
    both = girls.merge(boys, on=["unit_id", "year"], suffixes=("", "_boys"))
    known = (both["noise"] != "own_years") & (both["noise_boys"] != "own_years")
    return pd.DataFrame(
        {
            "unit_id": both["unit_id"],
            "year": both["year"],
            "gap": both["value"] - both["value_boys"],
            "variance": (both["variance"] + both["variance_boys"]).where(known),
            "df": both[["df", "df_boys"]].min(axis=1),
            "n": both[["n", "n_boys"]].min(axis=1, skipna=False),
        }
    )


def _mean_gaps(yearly: pd.DataFrame, ids: pd.Index, floor: float) -> pd.DataFrame:
    codes = ids.get_indexer(pd.Index(yearly["unit_id"])).astype(np.int64)
    gap, variance = yearly["gap"].to_numpy(float), yearly["variance"].to_numpy(float)
    known = np.ones(len(ids), dtype=bool)
    known[codes[np.isnan(variance)]] = False
    fit = means(codes, gap, np.where(known[codes], 1 / variance, 1.0), len(ids))
    enough = fit.years >= FEWEST_YEARS
    scatter = np.where(known, np.fmax(1.0, fit.dispersion()), np.fmax(floor, fit.dispersion()))
    se = np.where(enough, np.sqrt(fit.variance * scatter), np.nan)
    smallest_df = yearly.groupby("unit_id")["df"].min().reindex(ids).to_numpy(float)
    df = np.where(enough, np.where(known, smallest_df, fit.df), np.nan)
    mean = np.where(enough, fit.estimate, np.nan)
    low, high = interval(mean, se, df)
    low80, high80 = interval(mean, se, df, 0.80)
    by_unit = yearly.groupby("unit_id")
    columns = {"estimate": mean, "se": se, "df": df, "low": low, "high": high, "low80": low80, "high80": high80}
    columns |= {
        "first_year": by_unit["year"].min().reindex(ids).to_numpy(float),
        "last_year": by_unit["year"].max().reindex(ids).to_numpy(float),
        "years": fit.years,
        "smallest_n": by_unit["n"].min(skipna=False).reindex(ids).to_numpy(float),
    }
    return pd.DataFrame(columns, index=ids)


def _series(rows: pd.DataFrame, girls: NoisyRows) -> pd.DataFrame:
    columns = ["unit_id", "year", "group", "value", "low", "high", "status", "mark", "n", "segment", "noise", "given"]
    series = rows[columns].sort_values(["unit_id", "group", "year"], ignore_index=True)
    return series.assign(value=series["value"].where(series["given"]), reference=np.nan, reference_level=None)


def _decide(estimates: pd.DataFrame, direction: Direction) -> None:
    """Who is ahead: those with the higher value, or the lower one where lower is better."""
    low, high = estimates["low"], estimates["high"]
    girls, boys = (high < 0, low > 0) if direction == Direction.LOWER else (low > 0, high < 0)
    estimates.loc[low.notna(), "reason"] = ""
    estimates.loc[low.notna(), "verdict"] = "no_certain_gap"
    estimates.loc[girls, "verdict"] = "girls_ahead"
    estimates.loc[boys, "verdict"] = "boys_ahead"
