"""Is it good, given who the pupils are? SALSA as published, its form fitted anew, and a model of our own."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd

from analysis.analyses.adjusted.chance import with_own_chance
from analysis.analyses.adjusted.fit import Fit, fitted, replica
from analysis.analyses.adjusted.models import spread
from analysis.analyses.adjusted.predictors import FEWEST_PUPILS, KNOWN, LEAST_KNOWN, included, with_background
from analysis.analyses.adjusted.reliability import composition_reliability
from analysis.analyses.adjusted.salsa import as_published
from analysis.analyses.adjusted.years import pooled, stability
from analysis.analyses.rows import levels_above, noisy_rows, parent_value, series_of, unanswered, unit_ids, values_of
from analysis.model.observations import Observations, Result
from analysis.statistics.intervals import interval, verbs
from analysis.statistics.posterior import FEWEST_UNITS, posterior
from analysis.statistics.refusal import CannotFitError

EMPTY = (
    "estimate", "se", "df", "low", "high", "low80", "high80", "expected",
    "shrunken", "shrunken_low", "shrunken_high", "shrinkage_weight",
)  # fmt: skip
BESIDE = (
    "over_years", "over_years_low", "over_years_high", "over_years_count", "replica", "replica_low", "replica_high",
    "replica_expected", "model_low", "model_high", "models", "models_same",
)  # fmt: skip


def measure(observations: Observations, level: str, year: int, *, weights: str = "none") -> Result:
    """How each unit's value in `year` differs from what units with similar pupils have.

    Regression on parents' education, origin, sex and year, all years up to `year` since the last break together
    (OLS, or WLS by pupils with `weights` "n_pupils"), errors clustered by unit. ``estimate`` is the value minus the
    one expected when the unit itself is left out; its variance is chance in the cohort (estimated from the
    adjusted values around units' own lines) plus the prediction's, df clusters - 1. ``shrunken`` = λ·estimate
    with λ the mean of σ_u²/(σ_u² + v) over all that σ_u may be, given the year's units (`posterior` around zero,
    Jeffreys' prior, all v as much too large or too small as their degrees of freedom allow), and the ends of its
    interval are that posterior's own quantiles. The verdict is that of the
    shrunken value's 95 % and 80 % intervals, and depends_on_model when the 80 % interval of one defensible model
    lies above zero and that of another below. Shown for 15 pupils or more. Refused, for all with a value, with
    fewer than 30 units, a collinear background or fewer than three units in `year`. ``over_years`` is the same for
    several years, ``replica`` SALSA's form fitted anew, ``salsa_…`` SALSA as published.
    """
    if weights not in ("none", "n_pupils"):
        raise ValueError(f"weights are 'none' or 'n_pupils', got: {weights!r}")
    indicator, ids = observations.indicator, unit_ids(observations, level)
    noisy = noisy_rows(observations, level, year)
    now = noisy.rows[noisy.rows["year"] == year]
    estimates = unanswered(now, ids).join(values_of(noisy.rows, ids, year))
    estimates["smallest_n"] = estimates["n"]
    for name in (*EMPTY, *BESIDE):
        estimates[name] = np.nan
    estimates = estimates.join(as_published(observations, ids, year))
    if "municipality" in levels_above(level):
        estimates["municipality"] = parent_value(observations, ids, "municipality", year)
    details: dict[str, object] = noisy.details() | {"weights": weights}
    comparable = noisy.rows[noisy.rows["segment"] == indicator.segment(year)]
    try:
        fit = fitted(with_background(observations, comparable), year, weights)
    except CannotFitError as refusal:
        verdict = "missing" if refusal.reason == "no_context" else "refused"
        estimates.loc[estimates["value"].notna(), ["verdict", "reason"]] = [verdict, refusal.reason]
    else:
        fit, noise = with_own_chance(fit, noisy.noise, indicator)
        details |= asdict(noise) | {"fit": fit.summary(), "left_out": fit.left_out_rows}
        details |= _answer(estimates, fit, year)
    series = series_of(observations, noisy, ids, level, year)
    return Result("adjusted", indicator, level, year, estimates, series, observations.units, details)


def _answer(estimates: pd.DataFrame, fit: Fit, year: int) -> dict[str, object]:
    """Fills `estimates` for the year's units; the numbers of the method."""
    table = fit.rows[fit.rows["year"] == year].set_index("unit_id")
    table = table.assign(noise=table["variance"] + table["prediction_variance"])
    ready = table[table["left_out"].notna() & (table["noise"] > 0) & included(table)]
    _say_why_not(estimates, table, ready)
    again, told = replica(fit, year)
    together, over_years = pooled(fit)
    for frame in (again, together.reindex(ready.index.union(again.index))):
        estimates.loc[frame.index, list(frame.columns)] = frame.astype(float)
    details: dict[str, object] = {"replica": told, "composition": composition_reliability(fit)}
    details |= over_years | stability(fit, year)
    if len(ready) < FEWEST_UNITS:
        estimates.loc[ready.index, ["verdict", "reason"]] = ["refused", "too_few_this_year"]
        return details | {"sigma_u": float("nan"), "units": len(ready)}
    details |= {"sigma_u": _set_estimates(estimates, fit, ready), "units": len(ready)}
    return details | _set_models(estimates, fit, ready, year)


def _set_estimates(estimates: pd.DataFrame, fit: Fit, ready: pd.DataFrame) -> float:
    """Sets raw and shrunken values, intervals and verdicts of the `ready` units; the median of σ_u."""
    raw, variance = ready["left_out"].to_numpy(float), ready["noise"].to_numpy(float)
    kept, near = (posterior(raw, variance, centre=0.0, level=level, common_df=fit.chance_df) for level in (0.95, 0.80))
    df = float(fit.regression.clusters - 1)
    low, high = interval(raw, np.sqrt(variance), df)
    low80, high80 = interval(raw, np.sqrt(variance), df, 0.80)
    first = (raw, np.sqrt(variance), np.full(len(raw), df), low, high, low80, high80)
    rest = (ready["value"].to_numpy(float) - raw, kept.value, kept.low, kept.high, kept.weight)
    estimates.loc[ready.index, list(EMPTY)] = np.column_stack([*first, *rest])
    estimates.loc[ready.index, "verdict"] = verbs(kept.low, kept.high, near.low, near.high)
    estimates.loc[ready.index, "reason"] = ""
    return kept.spread


def _set_models(estimates: pd.DataFrame, fit: Fit, ready: pd.DataFrame, year: int) -> dict[str, object]:
    """Sets how the answer holds under other models, and the verdict of those whose sign depends on the model."""
    tried = spread(fit, ready, year)
    summary = tried.summary()
    depends = summary.pop("depends").to_numpy(bool)
    estimates.loc[ready.index, list(summary.columns)] = summary.to_numpy(float)
    estimates.loc[ready.index[depends], "verdict"] = "depends_on_model"
    values = tried.values.rename_axis("unit_id").reset_index()
    return {"models": list(tried.models), "model_values": values, "depends_on_model": int(depends.sum())}


def _say_why_not(estimates: pd.DataFrame, table: pd.DataFrame, ready: pd.DataFrame) -> None:
    """The reason of units with a value but no answer: few pupils, no context, or nothing to fit from."""
    lacking = estimates[estimates["value"].notna() & (ready.index.get_indexer(estimates.index) < 0)]
    pupils = lacking["n"].to_numpy(float)
    known = np.full(len(lacking), np.nan)
    if KNOWN in table.columns:
        known = table[KNOWN].reindex(lacking.index).to_numpy(float)
    chance = table["variance"].reindex(lacking.index).isna().to_numpy(bool)
    reasons = np.select(
        [
            pupils < FEWEST_PUPILS,
            table.index.get_indexer(lacking.index) < 0,
            known < LEAST_KNOWN,
            np.isnan(pupils),
            chance,
        ],
        ["few_pupils", "no_context", "background_unknown", "pupils_unknown", "chance_unknown"],
        default="not_separable",
    )
    estimates.loc[lacking.index, "reason"] = reasons
    estimates.loc[lacking.index, "verdict"] = np.where(reasons == "no_context", "missing", "too_few")
