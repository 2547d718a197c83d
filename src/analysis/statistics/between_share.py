"""How much of the differences between pupils lies between their schools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.shrinkage import generalised_q

FEWEST_SCHOOLS = 4


@dataclass(frozen=True)
class BetweenShare:
    """The share of the pupils' variance that lies between schools (0 to 1), its 95 % interval, and the variances."""

    share: float
    low: float
    high: float
    between: float
    within: float


def between_share(means: Floats, pupils: Floats, squares: Floats) -> BetweenShare:
    """How much of the differences between pupils is differences between schools, in a municipality of any size.

    One-way random model with schools of unequal size. With λ = σ_u²/σ_e² the statistic
    F(λ) = Σ wⱼ(ȳⱼ - ȳ_w)²/((k - 1)s²), wⱼ = 1/(1/nⱼ + λ), is F distributed with k - 1 and N - k degrees of
    freedom, so the 95 % interval is exact for normal pupils however few the schools (Wald 1940; Harville &
    Fenech 1985); the estimate is where F(λ) is 1. `squares` holds each school's sum of squared deviations. The
    share is λ/(1 + λ). Where F(0) is so small that no λ is left, the upper end is that of F truncated at F(0).

    >>> found = between_share(np.array([1.0, 2, 3, 4]), np.full(4, 5.0), np.full(4, 4.0))
    >>> round(found.within, 3), round(found.between, 3)
    (1.0, 1.467)
    """
    from scipy.special import fdtr, fdtri

    schools, degrees = len(means), float(np.sum(pupils) - len(means))
    if schools < FEWEST_SCHOOLS or degrees < 1:
        raise CannotFitError("few_schools", f"a share needs {FEWEST_SCHOOLS} schools, got: {schools}")
    within = float(np.sum(squares)) / degrees
    if within <= 0:
        raise CannotFitError("no_variation", "no school has any differences between its pupils")

    def ratio(relative: float) -> float:
        return generalised_q(means, within / pupils, within * relative) / (schools - 1)

    def quantile(share: float) -> float:
        return float(fdtri(schools - 1, degrees, share))

    reached = float(fdtr(schools - 1, degrees, ratio(0.0)))
    lowest = 0.025 if reached > 0.025 else 0.025 * reached
    low, middle, high = (_where(ratio, target) for target in (quantile(0.975), 1.0, quantile(lowest)))
    return BetweenShare(middle / (1 + middle), low / (1 + low), high / (1 + high), middle * within, within)


def upper_end(values: Floats, variances: Floats) -> float:
    """The upper end of the variance between schools that are more alike than chance would make them.

    A Q-profile is then empty. This is the end of the same pivot given that the variance is not negative: Q(τ²)
    equal to the chi-square quantile at 0.025·P(χ² ≤ Q(0)) with k - 1 degrees of freedom.

    >>> round(upper_end(np.array([1.0, 1.0, 1.1, 1.0]), np.ones(4)), 2) > 0
    True
    """
    from scipy.special import gammainc, gammaincinv

    half = (len(values) - 1) / 2
    reached = float(gammainc(half, generalised_q(values, variances, 0.0) / 2))
    target = 2 * float(gammaincinv(half, 0.025 * reached))
    return _where(lambda between: generalised_q(values, variances, between), target)


def _where(falling: Callable[[float], float], target: float) -> float:
    """Where the falling function meets `target`; 0 when it lies below it everywhere."""
    from scipy.optimize import brentq

    if not falling(0.0) > target:
        return 0.0
    high = 1.0
    while falling(high) > target:
        high *= 4
        if high > 1e30:
            raise CannotFitError("no_upper_end", "the interval has no upper end; the schools are exactly alike")
    return float(brentq(lambda at: falling(at) - target, 0.0, high, xtol=1e-12, rtol=1e-10))
