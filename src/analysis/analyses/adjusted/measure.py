"""Is it good, given who the pupils are? A model of our own; it is not SALSA."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.adjusted.fit import Fit, fitted
from analysis.analyses.rows import levels_above, noisy_rows, parent_value, series_of, unanswered, unit_ids, values_of
from analysis.model.observations import Observations, Result
from analysis.statistics.intervals import interval, verbs
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.shrinkage import shrunken, spread_between

FEWEST_PUPILS = 15
EMPTY = (
    "estimate", "se", "df", "low", "high", "low80", "high80", "expected",
    "shrunken", "shrunken_low", "shrunken_high", "shrinkage_weight",
)  # fmt: skip


def measure(observations: Observations, level: str, year: int, *, weights: str = "none") -> Result:
    """How each unit's value in `year` differs from what units with similar pupils have.

    Regression on parents' education, foreign background, girls and year, all years up to `year` together
    (OLS, or WLS by pupils with `weights` "n_pupils"), errors clustered by unit. ``estimate`` is the value
    minus the one expected when the unit itself is left out; its variance is chance in the cohort plus the
    prediction's, df clusters - 1. ``shrunken`` = λ·estimate with λ = σ_u²/(σ_u² + v), σ_u² by Paule–Mandel
    over the year's units; the verdict is that of the shrunken value's 95 % and 80 % intervals. Shown for 15
    pupils or more. Refused, for all with a value, with fewer than 30 units or a collinear background.
    """
    if weights not in ("none", "n_pupils"):
        raise ValueError(f"weights are 'none' or 'n_pupils', got: {weights!r}")
    indicator = observations.indicator
    ids = unit_ids(observations, level)
    noisy = noisy_rows(observations, level, year)
    now = noisy.rows[noisy.rows["year"] == year]
    estimates = unanswered(now, ids).join(values_of(noisy.rows, ids, year))
    estimates["smallest_n"] = estimates["n"]
    for name in EMPTY:
        estimates[name] = np.nan
    if "municipality" in levels_above(level):
        estimates["municipality"] = parent_value(observations, ids, "municipality", year)
    details = noisy.details() | {"weights": weights}
    try:
        fit = fitted(observations, noisy.rows, weights)
    except CannotFitError as refusal:
        estimates.loc[estimates["value"].notna(), ["verdict", "reason"]] = ["refused", str(refusal)]
    else:
        details |= {"fit": fit.summary(), "left_out": fit.left_out_rows}
        details |= _answer(estimates, fit, now, year)
    series = series_of(observations, noisy, ids, level, year)
    return Result("adjusted", indicator, level, year, estimates, series, observations.units, details)


def _answer(estimates: pd.DataFrame, fit: Fit, now: pd.DataFrame, year: int) -> dict[str, object]:
    """Fills `estimates` for the year's units; σ_u and the number of units behind it."""
    table = fit.rows[fit.rows["year"] == year].set_index("unit_id")
    chance = now.set_index("unit_id")["variance"].reindex(table.index)
    table = table.assign(noise=chance + table["prediction_variance"])
    ready = table[table["left_out"].notna() & table["noise"].notna() & (table["n"] >= FEWEST_PUPILS)]
    _say_why_not(estimates, table, ready)
    if len(ready) < 2:
        return {"sigma_u": float("nan"), "units": len(ready)}
    raw, variance = ready["left_out"].to_numpy(float), ready["noise"].to_numpy(float)
    spread = spread_between(raw, variance)
    kept = shrunken(raw, variance, spread.variance)
    df = float(fit.regression.clusters - 1)
    low, high = interval(raw, np.sqrt(variance), df)
    low80, high80 = interval(raw, np.sqrt(variance), df, 0.80)
    tight_low, tight_high = interval(kept.value, kept.sd)
    near_low, near_high = interval(kept.value, kept.sd, level=0.80)
    first = (raw, np.sqrt(variance), np.full(len(raw), df), low, high, low80, high80)
    rest = (ready["value"].to_numpy(float) - raw, kept.value, tight_low, tight_high, kept.weight)
    estimates.loc[ready.index, list(EMPTY)] = np.column_stack([*first, *rest])
    estimates.loc[ready.index, "verdict"] = verbs(tight_low, tight_high, near_low, near_high)
    estimates.loc[ready.index, "reason"] = ""
    return {"sigma_u": float(np.sqrt(spread.variance)), "units": len(ready)}


def _say_why_not(estimates: pd.DataFrame, table: pd.DataFrame, ready: pd.DataFrame) -> None:
    """The reason of units with a value but no answer: no context, too few pupils, or nothing to fit from."""
    pupils = estimates["n"].astype(float)
    valued = estimates.index[estimates["value"].notna()]
    for unit in valued.difference(ready.index):
        n = float(pupils[unit])
        if unit not in table.index and not n < FEWEST_PUPILS:
            verdict, reason = "missing", "no_context"
        elif n < FEWEST_PUPILS:
            verdict, reason = "too_few", "few_pupils"
        else:
            verdict, reason = "too_few", "pupils_unknown" if np.isnan(n) else "not_separable"
        estimates.loc[unit, ["verdict", "reason"]] = [verdict, reason]
