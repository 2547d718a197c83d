"""Small units are drawn towards the middle; how different units really are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats


@dataclass(frozen=True)
class Shrunken:
    """An estimate drawn towards zero, its posterior standard deviation, and the share that is kept."""

    value: Floats
    sd: Floats
    weight: Floats


def shrunken(estimate: Floats, variance: Floats, between: float) -> Shrunken:
    """What is left of a deviation when chance has been allowed for.

    Empirical Bayes towards zero: λ = σ_u²/(σ_u² + v), value λ·estimate, posterior sd √(σ_u²(1 - λ)),
    with `between` = σ_u² and `variance` = v.

    >>> found = shrunken(np.array([10.0]), np.array([3600 / 15]), 15.0**2)
    >>> round(float(found.weight[0]), 3), round(float(found.value[0]), 1)
    (0.484, 4.8)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(np.isnan(variance), np.nan, between / (between + variance))
    return Shrunken(weight * estimate, np.sqrt(between * (1 - weight)), weight)


@dataclass(frozen=True)
class Spread:
    """Variance between units with chance removed, its 95 % interval, and the weighted mean."""

    variance: float
    low: float
    high: float
    mean: float


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
    if len(values) < 2 or not np.all(variances > 0):
        raise ValueError(f"a spread needs two units with variances above zero, got: {len(values)} units")
    from scipy.special import chdtri

    degrees = len(values) - 1
    low = _between_where_q_is(values, variances, float(chdtri(degrees, 0.025)))
    middle = _between_where_q_is(values, variances, float(degrees))
    high = _between_where_q_is(values, variances, float(chdtri(degrees, 0.975)))
    weights = 1 / (variances + middle)
    return Spread(middle, low, high, float(np.sum(weights * values) / np.sum(weights)))


def _between_where_q_is(values: Floats, variances: Floats, target: float) -> float:
    """The τ² at which the falling function Q(τ²) meets `target`; 0 when it lies below it everywhere."""
    if generalised_q(values, variances, 0.0) <= target:
        return 0.0
    low, high = 0.0, max(float(np.var(values)), float(np.max(variances)))
    while generalised_q(values, variances, high) > target:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if generalised_q(values, variances, middle) > target:
            low = middle
        else:
            high = middle
        if high - low <= 1e-12 * high:
            break
    return (low + high) / 2
