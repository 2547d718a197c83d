"""How likely it is that a target is truly met, now and in its year, in place of a traffic light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats


@dataclass(frozen=True)
class Outlook:
    """Where a figure is expected in the target's year: ``expected``, its ``sd``, and the probability of the target."""

    expected: Floats
    sd: Floats
    probability: Floats


def probability_met(
    estimate: npt.ArrayLike,
    se: npt.ArrayLike,
    target: npt.ArrayLike,
    *,
    lower_is_better: bool = False,
    df: npt.ArrayLike = np.inf,
) -> Floats:
    """How likely it is that the true figure has reached the target.

    P(θ ≥ target), or ≤ when lower is better, with θ normal around `estimate` with sd `se`; Student t when the
    standard error has `df` degrees of freedom (the posterior under a flat prior). For a shrunken figure give
    its posterior mean and sd, see `drawn_towards`. NaN where a number is missing.

    >>> float(probability_met(50.0, 4.0, 50.0))
    0.5
    >>> round(float(probability_met(51.96, 1.0, 50.0)), 3), round(float(probability_met(48.04, 1.0, 50.0)), 3)
    (0.975, 0.025)
    """
    from scipy.special import ndtr, stdtr

    error = np.asarray(se, dtype=float)
    if np.any(error <= 0):
        raise ValueError("a standard error is above zero; a figure without one has no probability")
    distance = (np.asarray(estimate, dtype=float) - np.asarray(target, dtype=float)) / error
    distance = -distance if lower_is_better else distance
    degrees = np.asarray(df, dtype=float)
    finite = np.where(np.isfinite(degrees), degrees, 1.0)
    chance = np.where(np.isposinf(degrees), ndtr(distance), stdtr(finite, distance))
    return np.asarray(np.where(degrees > 0, chance, np.nan), dtype=float)


def drawn_towards(
    estimate: npt.ArrayLike, se: npt.ArrayLike, prior_mean: npt.ArrayLike, prior_sd: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """A small unit's figure drawn towards what its like usually have: posterior mean and sd.

    Normal likelihood and normal prior: λ = σ_u²/(σ_u² + se²), mean λ·estimate + (1 - λ)·prior_mean, variance
    σ_u²(1 - λ).

    >>> [round(float(number), 3) for number in drawn_towards(60.0, 5.0, 50.0, 5.0)]
    [55.0, 3.536]
    """
    between, variance = np.asarray(prior_sd, dtype=float) ** 2, np.asarray(se, dtype=float) ** 2
    weight = between / (between + variance)
    middle = weight * np.asarray(estimate, dtype=float) + (1 - weight) * np.asarray(prior_mean, dtype=float)
    return middle, np.sqrt(between * (1 - weight))


def outlook(
    level: npt.ArrayLike,
    level_se: npt.ArrayLike,
    slope: npt.ArrayLike,
    slope_se: npt.ArrayLike,
    years_ahead: npt.ArrayLike,
    target: npt.ArrayLike,
    *,
    covariance: npt.ArrayLike = 0.0,
    cohort_variance: npt.ArrayLike = 0.0,
    lower_is_better: bool = False,
    df: npt.ArrayLike = np.inf,
) -> Outlook:
    """How likely it is that the target is met in its year, if the years ahead go as the years behind.

    Expected level + h·slope with variance level_se² + h²·slope_se² + 2h·`covariance` + `cohort_variance`, h
    years ahead. Without `cohort_variance` the question is whether the target is *truly* met; with the chance
    variance of the coming cohort, whether its published figure will show it. The trend is assumed to go on:
    a probability is no better than that.

    >>> found = outlook(50.0, 3.0, 2.0, 1.0, 4.0, 58.0)
    >>> float(found.expected), float(found.sd), float(found.probability)
    (58.0, 5.0, 0.5)
    """
    ahead = np.asarray(years_ahead, dtype=float)
    if np.any(ahead < 0):
        raise ValueError(f"the target's year lies in the past: {ahead.min():g} years ahead")
    parts = [np.asarray(each, dtype=float) for each in (level, level_se, slope, slope_se, covariance, cohort_variance)]
    now, now_se, rise, rise_se, shared, cohort = parts
    expected = np.asarray(now + ahead * rise, dtype=float)
    variance = now_se**2 + ahead**2 * rise_se**2 + 2 * ahead * shared + cohort
    if np.any(variance <= 0):
        raise ValueError("the variances and the covariance of level and slope contradict each other")
    sd = np.asarray(np.sqrt(variance), dtype=float)
    chance = probability_met(expected, sd, target, lower_is_better=lower_is_better, df=df)
    return Outlook(expected, sd, chance)
