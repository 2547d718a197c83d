"""Gaps between groups of pupils: means of the unit's own pupils."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.equity.pairs import GAP_COLUMNS, PAIRS, Pair, labels_of, no_gaps, pupils_of
from analysis.analyses.rows import rounding_variance
from analysis.model.indicator import Indicator
from analysis.model.observations import Observations
from analysis.statistics.gap_change import gap_changes
from analysis.statistics.gap_index import Gaps, Means, gap_in_points, relative_gap, standardised_gap
from analysis.statistics.intervals import Floats
from analysis.statistics.multiple import p_values
from analysis.statistics.noise import binomial_variance

KEYS = ["unit_id", "year", "group"]
NAMED = {
    "foreign_background": "origin:", "newly_arrived": "origin:", "parents_education": "parents:", "support": "support:",
}  # fmt: skip
"""how the groups of a pair are named among what may not be seen; girls and boys by themselves"""


def gaps_between_pupils(observations: Observations, level: str, year: int) -> pd.DataFrame:
    """Each unit's gaps between groups of its pupils in `year`, and whether they are closing.

    Difference of means with Welch's interval; relative to the second mean with Fieller's; divided by the
    standard deviation between all pupils of the year (or the indicator's known one). Groups below the
    indicator's ``smallest_n`` pupils are withheld that year, and take no part in the change. Change per year:
    `gap_changes` over the segment's years, each group's variance pooled over the years. Columns: `GAP_COLUMNS`.
    """
    indicator = observations.indicator
    pupils = pupils_of(observations, level)
    pupils = pupils[pupils["year"] <= year]
    same = [each for each in pupils["year"].unique() if indicator.segment(int(each)) == indicator.segment(year)]
    pupils = pupils[pupils["year"].isin(same)]
    if pupils.empty:
        return no_gaps()
    sd = _pupil_sd(pupils.loc[pupils["year"] == year, "value"], indicator)
    means = {pair: group_means(pupils, pair, indicator, observations.hidden) for pair in PAIRS}
    cells = pd.concat([_sides(each, pair) for pair, each in means.items()], ignore_index=True)
    found = _gaps_of_pairs(cells, indicator, year, sd)
    return found if len(found) else no_gaps()


def _sides(cells: pd.DataFrame, pair: Pair) -> pd.DataFrame:
    """The means of the pair, marked with the pair and whether they are the first group's."""
    return cells.assign(pair=pair.id, is_first=cells["group"] == pair.first).drop(columns="group")


def group_means(
    pupils: pd.DataFrame, pair: Pair, indicator: Indicator, hidden: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per unit, year and group of the pair: ``n``, ``mean``, ``sd2``, ``variance`` of the mean and ``df``.

    ``sd2`` is s², never below what rounding alone gives; p̃(1 - p̃) from (k + 2)/(n + 4) for percentages.
    ``pooled`` is the mean's variance with s² pooled over the years, ``pooled_df`` its degrees of freedom.
    """
    frame = pupils[["unit_id", "year", "value"]].assign(group=labels_of(pupils, pair))
    frame = frame[frame["group"] != ""]
    cells = frame.groupby(KEYS)["value"].agg(n="size", mean="mean", sd2="var").reset_index()
    n = cells["n"].to_numpy(float)
    if indicator.unit == "percent":
        cells["sd2"] = binomial_variance(cells["mean"].to_numpy(float), n) * n
    else:
        cells["sd2"] = cells["sd2"].clip(lower=rounding_variance(indicator))
    cells["variance"], cells["df"] = cells["sd2"] / n, n - 1
    cells["is_small"] = n < indicator.smallest_n
    if hidden is not None and len(hidden):
        named = cells["group"].map(lambda group: NAMED.get(pair.id, "") + group)
        keys = pd.MultiIndex.from_arrays([cells["unit_id"], cells["year"], named])
        cells["is_small"] |= keys.isin(pd.MultiIndex.from_frame(hidden[["unit_id", "year", "group"]]))
    usable = cells[~cells["is_small"]]
    squares = (usable["sd2"] * usable["df"]).groupby([usable["unit_id"], usable["group"]]).sum()
    degrees = usable["df"].groupby([usable["unit_id"], usable["group"]]).sum()
    place = pd.MultiIndex.from_frame(cells[["unit_id", "group"]])
    cells["pooled"] = (squares / degrees).reindex(place).to_numpy(float) / n
    cells["pooled_df"] = degrees.reindex(place).to_numpy(float)
    return cells


def _pupil_sd(values: pd.Series[float], indicator: Indicator) -> tuple[float, float]:
    """The standard deviation between pupils and its degrees of freedom; NaN where it cannot be known."""
    if indicator.pupil_sd is not None:
        return indicator.pupil_sd, np.inf
    sd = float(values.std())
    return (sd, float(len(values) - 1)) if sd > 0 else (np.nan, np.nan)


def _gaps_of_pairs(cells: pd.DataFrame, indicator: Indicator, year: int, sd: tuple[float, float]) -> pd.DataFrame:
    """The gaps of every unit, pair after pair in the order of `PAIRS`."""
    first, second = (cells[chosen].drop(columns="is_first") for chosen in (cells["is_first"], ~cells["is_first"]))
    both = first.merge(second, on=["pair", "unit_id", "year"], suffixes=("", "_second"))
    both["is_small"] = both["is_small"] | both["is_small_second"]
    now = both[both["year"] == year].reset_index(drop=True)
    frame = now[["unit_id", "pair"]].assign(
        first=now["pair"].map({pair.id: pair.first for pair in PAIRS}),
        second=now["pair"].map({pair.id: pair.second for pair in PAIRS}),
        basis="pupils",
        first_year=float(year),
        last_year=float(year),
    )
    frame["status"] = np.where(now["is_small"], "withheld", "given")
    frame["smallest_n"] = now[["n", "n_second"]].min(axis=1).astype(float)
    ours, theirs = (
        Means.known(*(now[f"{name}{end}"].to_numpy(float) for name in ("mean", "variance", "df")))
        for end in ("", "_second")
    )
    frame = frame.assign(**gap_columns(ours, theirs, *sd))
    usable = both[~both["is_small"]]
    changes = [
        _changes(usable[usable["pair"] == pair], units, indicator) for pair, units in frame.groupby("pair")["unit_id"]
    ]
    if changes:
        frame = frame.join(pd.concat(changes))
    frame = frame.reindex(columns=list(GAP_COLUMNS))
    hidden = frame["status"] == "withheld"
    frame.loc[hidden, [name for name in frame.columns if frame[name].dtype == float and "year" not in name]] = np.nan
    frame.loc[hidden, "change"] = "too_few"
    return frame


def gap_columns(ours: Means, theirs: Means, sd: float, sd_df: float) -> dict[str, Floats]:
    """The gap in points, in per cent of the second mean and in standard deviations, with intervals and p."""
    points, ratio = gap_in_points(ours, theirs), relative_gap(ours, theirs)
    columns = {"gap": points.estimate, "se": points.se, "df": points.df, "low": points.low, "high": points.high}
    columns["p_value"] = p_values(points.estimate, points.se, points.df)
    columns |= _with_ends("relative", Gaps(*(100 * (each - 1) for each in _parts(ratio))))
    return {**columns, **_with_ends("standardised", standardised_gap(ours, theirs, sd, sd_df))}


def _parts(gaps: Gaps) -> tuple[np.ndarray, ...]:
    return gaps.estimate, gaps.se, gaps.df, gaps.low, gaps.high


def _with_ends(name: str, gaps: Gaps) -> dict[str, np.ndarray]:
    return {name: gaps.estimate, f"{name}_low": gaps.low, f"{name}_high": gaps.high}


def _changes(both: pd.DataFrame, units: pd.Series[str], indicator: Indicator) -> pd.DataFrame:
    """The change of the gap per year for each of `units`, in their order."""
    names = pd.Index(units)
    both = both[both["unit_id"].isin(names)]
    codes = names.get_indexer(pd.Index(both["unit_id"])).astype(np.int64)
    years = both["year"].to_numpy(float)
    found = gap_changes(
        codes,
        years,
        (both["mean"] - both["mean_second"]).to_numpy(float),
        (both["pooled"] + both["pooled_second"]).to_numpy(float),
        both[["pooled_df", "pooled_df_second"]].min(axis=1).to_numpy(float),
        len(names),
        2 * rounding_variance(indicator),
    )
    first = both.groupby("unit_id")["year"].min().reindex(names).to_numpy(float)
    columns = {"slope": found.slope, "slope_low": found.low, "slope_high": found.high, "slope_years": found.years}
    return pd.DataFrame(columns | {"slope_first": first, "change": found.verdict.astype(object)}, index=units.index)
