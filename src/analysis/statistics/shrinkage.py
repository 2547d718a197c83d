"""Small units are drawn towards the middle; how different units really are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats, interval

MOST_STEPS = 200
"""of Newton's method; it settles in about ten"""


@dataclass(frozen=True)
class Spread:
    """Variance between units with chance removed, its 95 % interval, and the weighted mean."""

    variance: float
    low: float
    high: float
    mean: float


@dataclass(frozen=True)
class Share:
    """A share or a correlation with its 95 % interval, and the number of units behind it."""

    value: float
    low: float
    high: float
    units: int


def generalised_q(values: Floats, variances: Floats, between: float) -> float:
    """Σ wᵢ(yᵢ - ȳ_w)² with wᵢ = 1/(vᵢ + τ²): chi-square with k - 1 degrees of freedom at the true τ²."""
    weights = 1 / (variances + between)
    mean = np.sum(weights * values) / np.sum(weights)
    return float(np.sum(weights * (values - mean) ** 2))


def spread_between(values: Floats, variances: Floats) -> Spread:
    """How different the units truly are, when each figure's own chance variance is known.

    Paule–Mandel τ² (generalised Q equal to k - 1), 95 % interval by Q-profile (Viechtbauer 2007). Needs at
    least two units and variances above zero.
    """
    _refuse_too_little(values, variances)
    from scipy.special import chdtri

    degrees = len(values) - 1
    low = _between_where_q_is(values, variances, float(chdtri(degrees, 0.025)))
    middle = _between_where_q_is(values, variances, float(degrees))
    high = _between_where_q_is(values, variances, float(chdtri(degrees, 0.975)))
    weights = 1 / (variances + middle)
    return Spread(middle, low, high, float(np.sum(weights * values) / np.sum(weights)))


def between_variance(values: Floats, variances: Floats) -> float:
    """The variance between units with chance removed, without its interval: Paule–Mandel τ².

    >>> round(between_variance(np.array([0.0, 0.0, 6.0]), np.array([4.0, 4.0, 4.0])), 6)
    8.0
    """
    _refuse_too_little(values, variances)
    return _between_where_q_is(values, variances, float(len(values) - 1))


def reliability(values: Floats, variances: Floats) -> Share:
    """How much of the difference between units is not chance: τ²/(τ² + v̄), v̄ the mean chance variance.

    Interval from the Q-profile interval of τ², v̄ taken as known.
    """
    spread, chance = spread_between(values, variances), float(np.mean(variances))
    value, low, high = (each / (each + chance) for each in (spread.variance, spread.low, spread.high))
    return Share(value, low, high, len(values))


def correlation(first: Floats, second: Floats) -> Share:
    """How alike the units' figures are in two years: Pearson's r, 95 % interval by Fisher's z with n - 3.

    NaN ends with fewer than four units, NaN throughout when either does not vary.

    >>> found = correlation(np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 1, 4, 3, 5]))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3), found.units
    (0.8, -0.28, 0.986, 5)
    """
    units = len(first)
    if units < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return Share(np.nan, np.nan, np.nan, units)
    r = float(np.clip(np.corrcoef(first, second)[0, 1], -1, 1))
    if units < 4 or abs(r) == 1:
        return Share(r, np.nan, np.nan, units)
    low, high = interval(np.arctanh(r), 1 / np.sqrt(units - 3))
    return Share(r, float(np.tanh(low)), float(np.tanh(high)), units)


def _refuse_too_little(values: Floats, variances: Floats) -> None:
    if len(values) < 2 or not np.all(variances > 0):
        raise ValueError(f"a spread needs two units with variances above zero, got: {len(values)} units")


def _between_where_q_is(values: Floats, variances: Floats, target: float) -> float:
    """The τ² at which the falling function Q(τ²) meets `target`; 0 when it lies below it everywhere.

    Newton's steps from 0: Q is convex and falls (its slope is -Σ wᵢ²(yᵢ - ȳ_w)²), so they rise to the root from below.
    """
    between = 0.0
    for _ in range(MOST_STEPS):
        weights = 1 / (variances + between)
        moved = weights * (values - weights @ values / weights.sum())
        excess = float(moved @ (moved / weights)) - target
        step = excess / float(moved @ moved) if excess > 0 else 0.0
        between += step
        if step <= 1e-13 * between:
            break
    return between
