"""Where each unit truly stands and where it is heading: this year's figure and its line, drawn towards its like."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.rows import NoisyRows
from analysis.model.indicator import Indicator
from analysis.statistics.intervals import Floats, interval, welch_df
from analysis.statistics.lines import centres, slopes
from analysis.statistics.noise import pooled_dispersion
from analysis.statistics.targets import Lines, Usual, drawn_towards, lines_drawn_towards, usual

FEWEST_LIKE = 10
"""with fewer units the common level is not known well enough to draw anybody towards it"""
FEWEST_YEARS = 3
LINE = ("level", "slope", "level_variance", "slope_variance", "covariance")


def segment_rows(noisy: NoisyRows, indicator: Indicator, year: int) -> pd.DataFrame:
    """The given figures of the running segment that have a variance: unit_id, year, value, variance, df, n."""
    rows = noisy.rows[noisy.rows["given"] & noisy.rows["variance"].notna()]
    rows = rows[rows["segment"] == indicator.segment(year)]
    return rows[["unit_id", "year", "value", "variance", "df", "n"]].reset_index(drop=True)


def gap_rows(girls: pd.DataFrame, boys: pd.DataFrame) -> pd.DataFrame:
    """Girls' figure minus boys' of each unit and year where both are given, with the variance of the difference."""
    both = girls.merge(boys, on=["unit_id", "year"], suffixes=("_girls", "_boys"), validate="one_to_one")
    variances = np.stack([both["variance_girls"].to_numpy(float), both["variance_boys"].to_numpy(float)])
    dfs = np.stack([both["df_girls"].to_numpy(float), both["df_boys"].to_numpy(float)])
    gap = both["value_girls"] - both["value_boys"]
    variance, df = variances.sum(axis=0), welch_df(variances, dfs)
    low, high = interval(gap, np.sqrt(variance), df)
    smallest = both[["n_girls", "n_boys"]].min(axis=1, skipna=False)
    columns = {"value": gap, "variance": variance, "df": df, "n": smallest, "low": low, "high": high}
    return both[["unit_id", "year"]].assign(**columns)


def standing(rows: pd.DataFrame, ids: pd.Index, year: int) -> pd.DataFrame:
    """Per unit: ``value``, ``se``, ``df`` now; ``drawn`` and ``drawn_sd``; the drawn line in `year`; ``years``.

    Now: normal likelihood, normal prior with mean and variance of the level's units that year (Paule–Mandel).
    Line: weighted least squares of at least three years, variance times the units' pooled reduced chi-square
    when above 1, level in `year` and slope drawn together towards the units' common ones. With fewer than ten units
    nothing is drawn. Degrees of freedom: those of the variance, of the line the smallest of its years'.
    """
    now = rows[rows["year"] == year].set_index("unit_id").reindex(ids)
    frame = now[["value", "variance", "df", "n"]].astype(float)
    frame["se"] = np.sqrt(frame["variance"])
    known = frame["se"].notna().to_numpy(bool)
    frame["drawn"], frame["drawn_sd"], frame["weight"] = frame["value"], frame["se"], np.where(known, 1.0, np.nan)
    if known.sum() >= FEWEST_LIKE:
        like = usual(frame["value"].to_numpy(float)[known], frame["variance"].to_numpy(float)[known])
        spread, unsure = np.sqrt(like.between), np.sqrt(like.mean_variance)
        frame["drawn"], frame["drawn_sd"] = drawn_towards(frame["value"], frame["se"], like.mean, spread, unsure)
        frame["weight"] = like.between / (like.between + frame["variance"])
    frame["low"], frame["high"] = interval(frame["drawn"], frame["drawn_sd"], frame["df"])
    return frame.join(_lines(rows, ids, year))


def _lines(rows: pd.DataFrame, ids: pd.Index, year: int) -> pd.DataFrame:
    codes = ids.get_indexer(pd.Index(rows["unit_id"])).astype(np.int64)
    x, y, variance = (rows[name].to_numpy(float) for name in ("year", "value", "variance"))
    fit, middle = slopes(codes, x, y, 1 / variance, len(ids)), centres(codes, x, y, 1 / variance, len(ids))
    enough = fit.years >= FEWEST_YEARS
    wider, ahead = pooled_dispersion(fit)[0], year - middle.x
    slope_variance = fit.variance * wider
    parts = (
        middle.y + ahead * fit.estimate,
        fit.estimate,
        wider / middle.total + ahead**2 * slope_variance,
        slope_variance,
        ahead * slope_variance,
    )
    lines = Lines(*(np.where(enough, part, np.nan) for part in parts))
    if enough.sum() >= FEWEST_LIKE:
        level = _usual(lines.level, lines.level_variance)
        lines = lines_drawn_towards(lines, level, _usual(lines.slope, lines.slope_variance))
    columns = (lines.level, lines.slope, lines.level_variance, lines.slope_variance, lines.covariance)
    df = np.full(len(ids), np.inf)
    np.minimum.at(df, codes, rows["df"].to_numpy(float))
    frame = pd.DataFrame(dict(zip(LINE, columns, strict=True)), index=ids)
    return frame.assign(years=fit.years, line_df=np.where(enough, df, np.nan))


def _usual(values: Floats, variances: Floats) -> Usual:
    known = np.isfinite(values) & np.isfinite(variances)
    return usual(values[known], variances[known])
