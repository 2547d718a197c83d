"""Which units differ from the common level by more than chance; never who is best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats, quantile
from analysis.statistics.refusal import CannotFitError

WARNING, ALARM = 0.95, 0.998
FEWEST_UNITS = 10


@dataclass(frozen=True)
class Limits:
    """Where a stable unit of that size stays 95 and 99.8 times in a hundred."""

    low95: Floats
    high95: Floats
    low998: Floats
    high998: Floats


@dataclass(frozen=True)
class Dispersion:
    """How much more units differ than pupils' chance explains.

    ``phi`` is the mean winsorised z² as Spiegelhalter has it, ``ratio`` the same divided by what chance alone
    gives after winsorising (1 = chance alone), ``tau2`` the variance between units that it amounts to,
    ``is_certain`` whether ratio > 1 + 2√(2/I).
    """

    phi: float
    ratio: float
    tau2: float
    is_certain: bool
    units: int


def mean_limits(target: npt.ArrayLike, n: npt.ArrayLike, pupil_sd: float, tau2: npt.ArrayLike = 0.0) -> Limits:
    """Between which limits the mean of n pupils stays when the school is like the others.

    target ± z √(pupil_sd²/n + τ²), z = 1.96 and 3.09 (Spiegelhalter 2005); pupils' standard deviation known,
    `tau2` all variance that does not fall with n (between units, between school years), one or one for each.

    >>> found = mean_limits(220.0, 36.0, 60.0)
    >>> round(float(found.low95), 1), round(float(found.high998), 1)
    (200.4, 250.9)
    """
    variance = pupil_sd**2 / np.asarray(n, dtype=float) + np.asarray(tau2, dtype=float)
    return _normal_limits(np.asarray(target, dtype=float), np.sqrt(variance))


def share_limits(target: npt.ArrayLike, n: npt.ArrayLike, tau2: npt.ArrayLike = 0.0) -> Limits:
    """Between which limits the share of n pupils stays when the school is like the others; 0 to 1.

    Exact binomial, interpolated between counts (Spiegelhalter 2005, appendix A.1.1): r the smallest count with
    P(R ≤ r) ≥ p, limit (r - α)/n with α = (P(R ≤ r) - p)/P(R = r). The upper limit is the lower one of the
    complementary share turned round, so that passing and failing give one funnel and neither side alarms
    more often than stated. With `tau2` above zero: the quantiles of a beta distribution with mean target and
    variance target(1 - target)/n + τ², half a pupil further out: τ² is additive as for means, but the limits
    stay within 0 and 1 and are skewed as shares near an end are. `tau2` may be one number or one for each unit.

    >>> found = share_limits([0.5, 0.02], [10.0, 10.0])
    >>> found.low95.round(3).tolist(), found.high95.round(3).tolist()
    ([0.132, 0.0], [0.868, 0.195])
    """
    share, size = np.asarray(target, dtype=float), np.asarray(n, dtype=float)
    if np.any((share <= 0) | (share >= 1)) or np.any((size < 1) | (size != np.round(size))):
        raise ValueError("a funnel for shares needs a target between 0 and 1 and whole numbers of pupils")
    between = np.broadcast_to(np.asarray(tau2, dtype=float), np.broadcast(share, size).shape)
    exact = _exact_limits(share, size)
    if not np.any(between > 0):
        return exact
    wide = _beta_limits(share, size, share * (1 - share) / size + between)
    return Limits(*(np.where(between > 0, *pair) for pair in zip(_ends(wide), _ends(exact), strict=True)))


def _ends(limits: Limits) -> tuple[Floats, Floats, Floats, Floats]:
    return limits.low95, limits.high95, limits.low998, limits.high998


def _exact_limits(share: Floats, size: Floats) -> Limits:
    (low95, high95), (low998, high998) = (
        (_low_share(share, size, tail), 1 - _low_share(1 - share, size, tail)) for tail in (0.025, 0.001)
    )
    return Limits(low95, high95, low998, high998)


def _beta_limits(share: Floats, size: Floats, variance: Floats) -> Limits:
    """Beta quantiles with this mean and variance, half a pupil further out: a count covers half of one on each side.

    So a count is outside only when it and all beyond it together are that unlikely, as in the exact limits. A
    variance larger than any share can have is taken as the largest.
    """
    from scipy.special import betaincinv

    pseudo = np.maximum(share * (1 - share) / variance - 1, 1e-3)
    ends = []
    for level in (WARNING, ALARM):
        for side in (-1, 1):
            end = betaincinv(pseudo * share, pseudo * (1 - share), 0.5 + side * level / 2)
            ends.append(np.clip(end + side / (2 * size), 0.0, 1.0))
    return Limits(*ends)


def _low_share(share: Floats, size: Floats, tail: float) -> Floats:
    """The interpolated binomial count below which lies `tail`, as a share; 0 where no count is that unlikely."""
    from scipy.stats import binom

    count = binom.ppf(tail, size, share)
    beyond = (binom.cdf(count, size, share) - tail) / binom.pmf(count, size, share)
    return np.asarray(np.maximum((count - beyond) / size, 0.0), dtype=float)


def _normal_limits(target: Floats, sd: Floats) -> Limits:
    near, far = quantile(WARNING) * sd, quantile(ALARM) * sd
    return Limits(*(np.asarray(each) for each in (target - near, target + near, target - far, target + far)))


def dispersion(
    values: npt.ArrayLike, target: npt.ArrayLike, variances: npt.ArrayLike, winsorised: float = 0.1
) -> Dispersion:
    """Whether all the units differ more than chance would make them, so that the funnel must be wider.

    z = (value - target)/√variance, the `winsorised` share at each end drawn in (Spiegelhalter 2005; 2012), φ =
    mean z². Winsorising alone lowers φ, so it is divided by its expectation for normal z (0.679 at a tenth).
    τ² is the one at which the same ratio of z = (value - target)/√(variance + τ²) is (I - 1)/I, zero when it
    lies below that without: Paule–Mandel with winsorised squares. (The closed form with Σw understates τ² when
    units are of very different size, for then the ends that are drawn in are mostly the large units.) At least
    ten units, all numbers finite, variances above zero.

    >>> found = dispersion([3, -3] * 5, 0.0, [1.0] * 10, winsorised=0.0)
    >>> found.phi, found.is_certain, round(found.tau2, 3)
    (9.0, True, 9.0)
    """
    value, variance = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    units = len(value)
    if units < FEWEST_UNITS:
        raise CannotFitError("too_few_units", f"overdispersion needs at least {FEWEST_UNITS} units, got: {units}")
    if not np.all(variance > 0) or not np.all(np.isfinite(value)):
        raise CannotFitError("missing", "every unit needs a value and a variance above zero")
    apart, expected = value - np.asarray(target, dtype=float), _winsorised_square(winsorised)
    phi = _mean_square(apart / np.sqrt(variance), winsorised)
    ratio = phi / expected
    tau2 = _tau2(apart, variance, winsorised, expected * (units - 1) / units)
    return Dispersion(phi, ratio, tau2, bool(ratio > 1 + 2 * np.sqrt(2 / units)), units)


def _mean_square(z: Floats, tail: float) -> float:
    """Mean z² with the `tail` at each end drawn in to its quantile."""
    return float(np.mean(np.clip(z, *np.quantile(z, [tail, 1 - tail])) ** 2))


def _tau2(apart: Floats, variance: Floats, tail: float, wanted: float) -> float:
    """The τ² at which the falling mean square is the `wanted` one; 0 when it lies below it everywhere."""
    if _mean_square(apart / np.sqrt(variance), tail) <= wanted:
        return 0.0
    low, high = 0.0, float(np.max(apart**2))
    while high - low > 1e-7 * high:
        middle = (low + high) / 2
        if _mean_square(apart / np.sqrt(variance + middle), tail) > wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _winsorised_square(tail: float) -> float:
    """The mean square of a standard normal whose outer `tail` at each end is drawn in to its quantile."""
    if tail == 0:
        return 1.0
    if not 0 < tail < 0.5:
        raise ValueError(f"between none and half of the units can be drawn in at each end, got: {tail}")
    cut = float(quantile(1 - 2 * tail))
    density = float(np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi))
    return 1 - 2 * tail - 2 * cut * density + 2 * tail * cut**2


@dataclass(frozen=True)
class Others:
    """What the others have: their weighted mean, and its variance from chance and `tau2`, the unit itself left out."""

    mean: Floats
    variance: Floats


def without_self(values: npt.ArrayLike, weights: npt.ArrayLike, variances: npt.ArrayLike) -> Others:
    """The mean of all the other units, for each of them, so that no unit is compared with itself.

    (Σ w y - wᵢyᵢ)/(Σ w - wᵢ), variance Σⱼ≠ᵢ w²v/(Σ w - wᵢ)². At least two units, weights above zero.

    >>> without_self([1.0, 2.0, 6.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]).mean.tolist()
    [4.0, 3.5, 1.5]
    """
    value, weight, variance = (np.asarray(each, dtype=float) for each in (values, weights, variances))
    if len(value) < 2 or not np.all(weight > 0):
        raise CannotFitError("too_few_units", f"others need two units with weights above zero, got: {len(value)} units")
    rest = weight.sum() - weight
    mean = ((weight * value).sum() - weight * value) / rest
    return Others(mean, ((weight**2 * variance).sum() - weight**2 * variance) / rest**2)


def places(values: npt.ArrayLike, limits: Limits) -> npt.NDArray[np.int64]:
    """Where each unit lies: 0 inside, 1 or -1 outside 95 %, 2 or -2 outside 99.8 %; a place, not a rank.

    A value on a limit lies inside. One stable unit in twenty lies outside the 95 % limits by chance alone.
    Refused when a value is missing: leave such units out openly.

    >>> places([180.0, 215.0, 240.0], mean_limits([220.0] * 3, [36.0] * 3, 60.0)).tolist()
    [-2, 0, 1]
    """
    value = np.asarray(values, dtype=float)
    if not np.all(np.isfinite(value)):
        raise CannotFitError("missing", f"{int((~np.isfinite(value)).sum())} units have no value to place")
    slack = 1e-9 * np.maximum(1.0, np.abs(value))
    above = (value > limits.high95 + slack).astype(np.int64) + (value > limits.high998 + slack)
    below = (value < limits.low95 - slack).astype(np.int64) + (value < limits.low998 - slack)
    return np.asarray(above - below, dtype=np.int64)
