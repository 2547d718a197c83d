"""How likely it is that a target is truly met, now and in its year, in place of a traffic light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.shrinkage import between_variance


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


def probability_within(
    estimate: npt.ArrayLike, se: npt.ArrayLike, reach: npt.ArrayLike, *, df: npt.ArrayLike = np.inf
) -> Floats:
    """How likely it is that a true difference is no larger than agreed, whichever way it goes.

    P(-reach ≤ θ ≤ reach) with θ as in `probability_met`.

    >>> round(float(probability_within(0.0, 1.0, 1.959964)), 3)
    0.95
    """
    widest = np.asarray(reach, dtype=float)
    if np.any(widest < 0):
        raise ValueError(f"the largest difference allowed is zero or more, got: {np.min(widest):g}")
    above_low = probability_met(estimate, se, -widest, df=df)
    return np.asarray(above_low - probability_met(estimate, se, widest, df=df), dtype=float)


def drawn_towards(
    estimate: npt.ArrayLike,
    se: npt.ArrayLike,
    prior_mean: npt.ArrayLike,
    prior_sd: npt.ArrayLike,
    prior_mean_se: npt.ArrayLike = 0.0,
) -> tuple[Floats, Floats]:
    """A small unit's figure drawn towards what its like usually have: posterior mean and sd.

    Normal likelihood and normal prior: λ = σ_u²/(σ_u² + se²), mean λ·estimate + (1 - λ)·prior_mean, variance
    σ_u²(1 - λ), and (1 - λ)²·prior_mean_se² more when the mean itself is estimated.

    >>> [round(float(number), 3) for number in drawn_towards(60.0, 5.0, 50.0, 5.0)]
    [55.0, 3.536]
    """
    between, variance = np.asarray(prior_sd, dtype=float) ** 2, np.asarray(se, dtype=float) ** 2
    weight = between / (between + variance)
    middle = weight * np.asarray(estimate, dtype=float) + (1 - weight) * np.asarray(prior_mean, dtype=float)
    unsure = (1 - weight) ** 2 * np.asarray(prior_mean_se, dtype=float) ** 2
    return middle, np.sqrt(between * (1 - weight) + unsure)


@dataclass(frozen=True)
class Lines:
    """Straight lines by their ``level`` in one year and their ``slope``, with both variances and the covariance."""

    level: Floats
    slope: Floats
    level_variance: Floats
    slope_variance: Floats
    covariance: Floats


@dataclass(frozen=True)
class Usual:
    """What units usually have: the ``mean``, the variance ``between`` them, and the variance of the mean."""

    mean: float
    between: float
    mean_variance: float


def usual(values: Floats, variances: Floats) -> Usual:
    """What the units usually have, chance removed: weighted mean, Paule–Mandel τ² and the mean's variance.

    Weights 1/(v + τ²); at least two units, variances above zero.

    >>> found = usual(np.array([0.0, 0.0, 6.0]), np.array([4.0, 4.0, 4.0]))
    >>> round(found.mean, 6), round(found.between, 6), round(found.mean_variance, 6)
    (2.0, 8.0, 4.0)
    """
    between = between_variance(values, variances)
    weights = 1 / (variances + between)
    return Usual(float((weights * values).sum() / weights.sum()), between, float(1 / weights.sum()))


def lines_drawn_towards(lines: Lines, level: Usual, slope: Usual) -> Lines:
    """Small units' lines drawn towards what their like usually have, level and slope together.

    Bivariate normal likelihood with the lines' covariance Σ, independent normal priors with variances T:
    K = T(T + Σ)⁻¹, mean m + K(e - m), covariance T - KT + (I - K)M(I - K)ᵀ with M the variances of the
    estimated prior means. A NaN line stays NaN.
    """
    found = np.stack([lines.level, lines.slope], axis=-1)
    chance = np.stack(
        [lines.level_variance, lines.covariance, lines.covariance, lines.slope_variance], axis=-1
    ).reshape(-1, 2, 2)
    known = np.isfinite(found).all(axis=1) & np.isfinite(chance).all(axis=(1, 2))
    middle = np.array([level.mean, slope.mean])
    between = np.diag([level.between, slope.between])
    gain = between @ np.linalg.inv(between + chance[known])
    kept = np.eye(2) - gain
    unsure = kept @ np.diag([level.mean_variance, slope.mean_variance]) @ kept.transpose(0, 2, 1)
    mean, covariance = np.full(found.shape, np.nan), np.full(chance.shape, np.nan)
    mean[known] = middle + np.einsum("nij,nj->ni", gain, found[known] - middle)
    covariance[known] = between - gain @ between + unsure
    return Lines(mean[:, 0], mean[:, 1], covariance[:, 0, 0], covariance[:, 1, 1], covariance[:, 0, 1])


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
