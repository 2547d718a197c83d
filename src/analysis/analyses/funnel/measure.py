"""Does a unit differ from the others of its level by more than its size explains? Never who is best."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.analyses.funnel.chance import Chance, chance
from analysis.analyses.rows import levels_above, noisy_rows, parent_value, series_of, unanswered, unit_ids, values_of
from analysis.model.indicator import Indicator
from analysis.model.observations import Observations, Result
from analysis.statistics.funnel import FEWEST_UNITS, dispersion, places, without_self
from analysis.statistics.intervals import Floats, interval
from analysis.statistics.refusal import CannotFitError

NEGLIGIBLE = 0.02
"""a reference this much surer than the unit is taken as known, so that a share's limits are exact"""
PLACES = {-2: "far_below", -1: "below", 0: "inside", 1: "above", 2: "far_above"}
LIMITS = ("limit_low", "limit_high", "limit_low998", "limit_high998")
EMPTY = ("reference", "estimate", "se", "low", "high", "low80", "high80", *LIMITS)


def measure(observations: Observations, level: str, year: int) -> Result:
    """Whether each unit's value in `year` lies outside the limits within which units of its size lie.

    Funnel limits of 95 and 99.8 % (Spiegelhalter 2005) around the pupil-weighted mean of the country's other
    units of the level, the unit left out: exact binomial for shares, else normal with the known variance of n
    pupils. How much units differ beyond chance is estimated (winsorised φ, additive τ²) and widens the limits,
    as the reference's own variance does; shares are then beta distributed. Limits are shown within the scale.
    ``estimate`` is value minus reference; ``low`` to ``high`` are that less what the limits allow, so they leave
    zero out exactly when the value is outside the 95 % limits. At least ten units with a value and a number of
    pupils; else refused.
    """
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
    given = now[now["given"]]
    known = given[given["n"] >= 1].set_index("unit_id")
    left_out = pd.Index(given["unit_id"]).difference(known.index)
    estimates.loc[left_out, ["verdict", "reason"]] = ["too_few", "pupils_unknown"]
    details = noisy.details() | {"units": len(known), "left_out": len(left_out), "tau": float("nan")}
    try:
        details |= _answer(estimates, known, chance(noisy, given, indicator), indicator)
    except CannotFitError as refusal:
        estimates.loc[known.index, ["verdict", "reason"]] = ["refused", refusal.reason]
    answered = estimates["estimate"].notna()
    outside = answered & (estimates["verdict"] != "inside")
    details |= {"tested": int(answered.sum()), "flagged": int(outside.sum())}
    series = series_of(observations, noisy, ids, level, year)
    return Result("funnel", indicator, level, year, estimates, series, observations.units, details)


def _answer(estimates: pd.DataFrame, known: pd.DataFrame, curve: Chance, indicator: Indicator) -> dict[str, object]:
    """Fills `estimates` for the units with a value and pupils; the numbers of the funnel."""
    value, n = known["value"].to_numpy(float), np.round(known["n"].to_numpy(float))
    if len(value) < FEWEST_UNITS:
        raise CannotFitError("too_few_units", f"a funnel needs {FEWEST_UNITS} units, got: {len(value)}")
    common = float((n * value).sum() / n.sum())
    if curve.is_share and not 0 < common < 100:
        raise CannotFitError("no_variation", "all units have the same share, none or all")
    by_chance = curve.variance(np.full(len(n), common), n)
    spread = dispersion(value, common, by_chance)
    others = without_self(value, n, by_chance + spread.tau2)
    placed = np.full(len(n), True) if not curve.is_share else (others.mean > 0) & (others.mean < 100)
    estimates.loc[known.index[~placed], ["verdict", "reason"]] = ["refused", "no_variation"]
    negligible = (spread.tau2 == 0) & (others.variance < NEGLIGIBLE * by_chance)
    between = np.where(negligible, 0.0, others.variance + spread.tau2)
    within = (indicator.minimum, indicator.maximum)
    table = _placed(value[placed], n[placed], others.mean[placed], between[placed], curve, within)
    for name, column in table.items():
        estimates.loc[known.index[placed], name] = column
    estimates.loc[known.index[placed], "reason"] = ""
    return {"curve": curve, "tau": float(np.sqrt(spread.tau2)), "phi": spread.phi, "common": common}


def _placed(
    value: Floats, n: Floats, reference: Floats, between: Floats, curve: Chance, within: tuple[float, float]
) -> dict[str, npt.NDArray[np.generic]]:
    """Where each value lies: its limits, the difference from the reference, and the verdict."""
    limits = curve.limits(reference, n, between)
    se = np.sqrt(curve.variance(reference, n) + between)
    low80, high80 = interval(value - reference, se, level=0.80)
    found = np.array([PLACES[int(place)] for place in places(value, limits)], dtype=object)
    numbers = (reference, value - reference, se, value - limits.high95, value - limits.low95, low80, high80)
    ends = [np.clip(end, *within) for end in (limits.low95, limits.high95, limits.low998, limits.high998)]
    columns: dict[str, npt.NDArray[np.generic]] = dict(zip(EMPTY, (*numbers, *ends), strict=True))
    return columns | {"verdict": found}
