"""Several years together: what a school keeps from cohort to cohort, and how much of the differences is chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.adjusted.fit import FEWEST_UNITS, Fit
from analysis.analyses.adjusted.predictors import included
from analysis.statistics.intervals import Floats
from analysis.statistics.lines import means
from analysis.statistics.noise import pooled_dispersion
from analysis.statistics.posterior import FEWEST_UNITS as FEWEST_TOGETHER
from analysis.statistics.posterior import posterior
from analysis.statistics.shrinkage import Share, correlation, reliability

COLUMNS = ("over_years", "over_years_low", "over_years_high", "over_years_count")


def pooled(fit: Fit) -> tuple[pd.DataFrame, dict[str, object]]:
    """Each unit's adjusted value over all its years, drawn towards zero: a school effect that stays the same.

    Left-out residuals r_jt = u_j + ε_jt, var ε_jt the cohort's chance variance times a common dispersion (Σ chi²
    / Σ df around the units' own means, 1 or above: schools that change make the interval wider). The weighted
    mean has that variance plus the coefficients', x̄'Vx̄, which years do not average away; u_j ~ N(0, σ_u²),
    averaged over all that σ_u may be (`posterior`). Units with two years or more, at least three of them.
    ``over_years``, its 95 % interval, ``over_years_count``.
    """
    rows = fit.rows
    usable = included(rows) & np.isfinite(rows["left_out"].to_numpy(float)) & (rows["variance"].to_numpy(float) > 0)
    codes, units = fit.codes[usable], int(fit.codes.max()) + 1
    weights = 1 / rows["variance"].to_numpy(float)[usable]
    found = means(codes, rows["left_out"].to_numpy(float)[usable], weights, units)
    dispersion, degrees = pooled_dispersion(found)
    total = np.bincount(codes, weights, units)
    several = found.years >= 2
    if several.sum() < FEWEST_TOGETHER:
        return pd.DataFrame(columns=list(COLUMNS)), {}
    sums = np.column_stack([np.bincount(codes, weights * each, units) for each in fit.design[usable].T])[several]
    middle: Floats = np.asarray(sums / total[several][:, None], dtype=float)
    variance: Floats = dispersion * found.variance[several] + fit.regression.prediction_variance(middle)
    learnt_from = degrees if dispersion > 1 else fit.chance_df
    kept = posterior(found.estimate[several], variance, centre=0.0, common_df=learnt_from)
    values = np.column_stack([kept.value, kept.low, kept.high, found.years[several]])
    first = rows.drop_duplicates("unit_id")["unit_id"].to_numpy()
    share = reliability(found.estimate[several], variance)
    details = {
        "over_years_sigma_u": kept.spread,
        "over_years_dispersion": dispersion,
        "over_years_reliability": _plain(share),
    }
    return pd.DataFrame(values, index=first[several], columns=list(COLUMNS)), details


def stability(fit: Fit, year: int) -> dict[str, object]:
    """How much of a year's differences is not chance, and how alike two years running are.

    ``reliability`` = σ_u²/(σ_u² + v̄) of `year`; ``stability`` = correlation of the left-out residuals of `year`
    and the year before over units with both, with the correlation ``expected`` were schools to keep their own
    level: the root of the two years' reliabilities multiplied.
    """
    now, before = _of_year(fit, year), _of_year(fit, year - 1)
    found: dict[str, object] = {}
    if len(now) >= FEWEST_UNITS:
        found["reliability"] = _plain(reliability(now["left_out"].to_numpy(), now["noise"].to_numpy()))
    both = now.join(before.add_suffix("_before"), how="inner")
    if len(both) < FEWEST_UNITS:
        return found
    alike = correlation(both["left_out"].to_numpy(), both["left_out_before"].to_numpy())
    parts = [
        reliability(both[f"left_out{end}"].to_numpy(), both[f"noise{end}"].to_numpy()).value for end in ("", "_before")
    ]
    found["stability"] = _plain(alike) | {"expected": float(np.sqrt(parts[0] * parts[1]))}
    return found


def _of_year(fit: Fit, year: int) -> pd.DataFrame:
    rows = fit.rows[(fit.rows["year"] == year) & included(fit.rows)].set_index("unit_id")
    frame = rows[["left_out"]].assign(noise=rows["variance"] + rows["prediction_variance"]).astype(float)
    return frame[frame.notna().all(axis=1) & (frame["noise"] > 0)]


def _plain(share: Share) -> dict[str, float]:
    return {"value": share.value, "low": share.low, "high": share.high, "units": float(share.units)}
