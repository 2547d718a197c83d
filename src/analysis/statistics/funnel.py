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


def mean_limits(target: npt.ArrayLike, n: npt.ArrayLike, pupil_sd: float, tau2: float = 0.0) -> Limits:
    """Between which limits the mean of n pupils stays when the school is like the others.

    target ± z √(pupil_sd²/n + τ²), z = 1.96 and 3.09 (Spiegelhalter 2005); pupils' standard deviation known,
    `tau2` the variance between units of an overdispersed indicator.

    >>> found = mean_limits(220.0, 36.0, 60.0)
    >>> round(float(found.low95), 1), round(float(found.high998), 1)
    (200.4, 250.9)
    """
    variance = pupil_sd**2 / np.asarray(n, dtype=float) + tau2
    return _normal_limits(np.asarray(target, dtype=float), np.sqrt(variance))


def share_limits(target: npt.ArrayLike, n: npt.ArrayLike, tau2: float = 0.0) -> Limits:
    """Between which limits the share of n pupils stays when the school is like the others; 0 to 1.

    Exact binomial, interpolated between counts (Spiegelhalter 2005, appendix A.1.1): r the smallest count with
    P(R ≤ r) ≥ p, limit (r - α)/n with α = (P(R ≤ r) - p)/P(R = r). The upper limit is the lower one of the
    complementary share turned round, so that passing and failing give one funnel and neither side alarms
    more often than stated. With `tau2` above zero: target ± z √(target(1 - target)/n + τ²), held at 0 and 1.

    >>> found = share_limits([0.5, 0.02], [10.0, 10.0])
    >>> found.low95.round(3).tolist(), found.high95.round(3).tolist()
    ([0.132, 0.0], [0.868, 0.195])
    """
    share, size = np.asarray(target, dtype=float), np.asarray(n, dtype=float)
    if np.any((share <= 0) | (share >= 1)) or np.any((size < 1) | (size != np.round(size))):
        raise ValueError("a funnel for shares needs a target between 0 and 1 and whole numbers of pupils")
    if tau2 > 0:
        limits = _normal_limits(share, np.sqrt(share * (1 - share) / size + tau2))
        ends = (limits.low95, limits.high95, limits.low998, limits.high998)
        return Limits(*(np.clip(end, 0.0, 1.0) for end in ends))
    (low95, high95), (low998, high998) = (
        (_low_share(share, size, tail), 1 - _low_share(1 - share, size, tail)) for tail in (0.025, 0.001)
    )
    return Limits(low95, high95, low998, high998)


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
    mean z². Winsorising alone lowers φ, so it is divided by its expectation for normal z (0.679 at a tenth)
    before τ² = max(0, (I·φ - (I - 1))/(Σw - Σw²/Σw)), w = 1/variance. At least ten units, all numbers finite,
    variances above zero.

    >>> found = dispersion([3, -3] * 5, 0.0, [1.0] * 10, winsorised=0.0)
    >>> found.phi, found.is_certain, found.tau2
    (9.0, True, 9.0)
    """
    value, variance = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    units = len(value)
    if units < FEWEST_UNITS:
        raise CannotFitError("too_few_units", f"overdispersion needs at least {FEWEST_UNITS} units, got: {units}")
    if not np.all(variance > 0) or not np.all(np.isfinite(value)):
        raise CannotFitError("missing", "every unit needs a value and a variance above zero")
    z = (value - np.asarray(target, dtype=float)) / np.sqrt(variance)
    drawn_in = np.clip(z, *np.quantile(z, [winsorised, 1 - winsorised]))
    phi = float(np.mean(drawn_in**2))
    ratio = phi / _winsorised_square(winsorised)
    weight = 1 / variance
    tau2 = (units * ratio - (units - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum())
    return Dispersion(phi, ratio, max(tau2, 0.0), bool(ratio > 1 + 2 * np.sqrt(2 / units)), units)


def _winsorised_square(tail: float) -> float:
    """The mean square of a standard normal whose outer `tail` at each end is drawn in to its quantile."""
    if tail == 0:
        return 1.0
    if not 0 < tail < 0.5:
        raise ValueError(f"between none and half of the units can be drawn in at each end, got: {tail}")
    cut = float(quantile(1 - 2 * tail))
    density = float(np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi))
    return 1 - 2 * tail - 2 * cut * density + 2 * tail * cut**2


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
