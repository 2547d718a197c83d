"""The slopes of a level's units seen together, and the three newest years of each seen as one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.model.indicator import Indicator
from analysis.statistics.intervals import Floats, interval
from analysis.statistics.lines import Fits
from analysis.statistics.multiple import p_values, scan
from analysis.statistics.pooling import LEAST_DF, Mask, pooled, scatter

WEIGHTS = (3.0, 2.0, 1.0)
"""what the newest year, the one before it and the one before that count for"""
FEWEST_YEARS_TOGETHER = 2


def pooled_slopes(fit: Fits, variance: Floats, is_own: Mask, ids: pd.Index) -> tuple[pd.DataFrame, dict[str, object]]:
    """Each unit's slope drawn towards the common one: columns of an estimate, and the numbers of the pooling.

    The posterior (`pooled`) of the slopes of at least three years; their variances with the moderated scatter of the
    years and its degrees of freedom (`scatter`), which must be more than `LEAST_DF`. NaN throughout with fewer than
    ten units.
    """
    names = ["shrunken", "shrunken_low", "shrunken_high", "shrinkage_weight"]
    around = scatter(fit, variance, is_own)
    own = np.where(around.df > LEAST_DF, fit.variance * around.factor, np.nan)
    found = pooled(np.where(np.isfinite(own), fit.estimate, np.nan), own, around.df)
    if found is None:
        return pd.DataFrame(np.nan, index=ids, columns=names), {"pooled_units": 0}
    columns = dict(zip(names, (found.value, found.low, found.high, found.weight), strict=True))
    details: dict[str, object] = {
        "pooled_units": int(np.isfinite(found.value).sum()),
        "common_slope": found.spread.mean,
        "common_slope_se": found.mean_sd,
        "slope_sd": float(np.sqrt(found.spread.variance)),
    }
    return pd.DataFrame(columns, index=ids), details


def pooled_years(rows: pd.DataFrame, ids: pd.Index, year: int, indicator: Indicator) -> pd.DataFrame:
    """The three newest school years as one figure, where at least two of them are given.

    Σ w y/Σ w with weights 3, 2, 1 from the newest; variance Σ w²v/(Σ w)², 95 % interval by Student t with the
    degrees of freedom of v, within the scale. ``pooled_n`` is the sum of the pupils.
    """
    recent = rows[rows["given"] & (rows["year"] > year - len(WEIGHTS))]
    weight = np.asarray(WEIGHTS)[year - recent["year"].to_numpy(int)]
    value, variance = recent["value"].to_numpy(float), recent["variance"].to_numpy(float)
    parts = pd.DataFrame({"unit_id": recent["unit_id"], "weight": weight, "value": weight * value})
    parts["variance"], parts["n"], parts["df"] = weight**2 * variance, recent["n"], recent["df"]
    by_unit = parts.groupby("unit_id")
    sums = by_unit[["weight", "value", "variance", "n"]].sum(min_count=1)
    for name in ("variance", "n"):
        unknown = parts.loc[parts[name].isna(), "unit_id"]
        sums.loc[sums.index.isin(unknown), name] = np.nan
    sums["df"] = by_unit["df"].first()
    sums = sums[by_unit.size() >= FEWEST_YEARS_TOGETHER].reindex(ids)
    mean, se = sums["value"] / sums["weight"], np.sqrt(sums["variance"]) / sums["weight"]
    low, high = interval(mean.to_numpy(float), se.to_numpy(float), sums["df"].to_numpy(float))
    scale = (indicator.minimum, indicator.maximum)
    columns = {"pooled": mean, "pooled_low": np.clip(low, *scale), "pooled_high": np.clip(high, *scale)}
    return pd.DataFrame(columns | {"pooled_n": sums["n"]}, index=ids).astype(float)


def found_by_fdr(estimates: pd.DataFrame) -> int:
    """How many of the changes remain when at most one in twenty of those shown may be false.

    Two-sided p-values of the slopes (Student t), Benjamini–Hochberg at 5 %.
    """
    columns = (estimates[name].to_numpy(float) for name in ("estimate", "se", "df"))
    return int(scan(p_values(*columns)).is_found.sum())
