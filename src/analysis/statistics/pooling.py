"""What many units say about one: scatter and slopes drawn towards what is common to all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Fits
from analysis.statistics.posterior import posterior
from analysis.statistics.shrinkage import Spread

Mask = npt.NDArray[np.bool_]
FEWEST_UNITS = 10
"""fewer units say too little about how different they are"""
SMALLEST_SHARE = 0.05
LEAST_DF = 2.0
"""a scatter of no more degrees of freedom says too little to weigh a slope by"""


@dataclass(frozen=True)
class Moderated:
    """Each unit's variance when the others' have been heard, and the degrees of freedom it then has.

    ``prior`` is the typical variance and ``prior_df`` what the others count for: infinite when the units'
    variances do not differ by more than chance. No ``df`` is above the degrees of freedom of all units together.
    """

    variance: Floats
    df: Floats
    prior: float
    prior_df: float


def moderated(variance: Floats, df: Floats) -> Moderated | None:
    """A scatter judged from a few years is drawn towards the scatter of the others.

    Smyth (2004): s² ~ s₀²·F(d, d₀), both from the moments of log s² (weighted with d), posterior variance
    (d₀s₀² + d·s²)/(d₀ + d) with d₀ + d degrees of freedom, never more than Σd, since s₀² itself is learnt from no
    more. Both are learnt from units with two degrees of freedom
    or more, an s² below 5 % of their mean (figures that rounding has put on a line) taken as that. NaN stays NaN.
    None with fewer than `FEWEST_UNITS` such units.
    """
    from scipy.special import digamma, polygamma

    used = np.isfinite(variance) & (df >= 2) & np.isfinite(df)
    typical = float(np.average(variance[used], weights=df[used])) if used.any() else 0.0
    if used.sum() < FEWEST_UNITS or typical <= 0:
        return None
    own, degrees = np.maximum(variance[used], SMALLEST_SHARE * typical), df[used]
    weights, half = degrees / degrees.sum(), degrees / 2
    logs = np.log(own) - digamma(half) + np.log(half)
    middle = float(np.sum(weights * logs))
    units = 1 / float(np.sum(weights**2))
    excess = float(np.sum(weights * (logs - middle) ** 2)) * units / (units - 1)
    excess -= float(np.sum(weights * polygamma(1, half)))
    most = float(degrees.sum())
    if excess <= 0:
        shape = np.where(np.isfinite(variance), typical, np.nan)
        return Moderated(shape, np.where(np.isfinite(variance), most, np.nan), typical, float("inf"))
    prior_df = 2 * _inverse_trigamma(excess)
    prior = float(np.exp(middle + digamma(prior_df / 2) - np.log(prior_df / 2)))
    total = np.where(np.isfinite(variance), prior_df + df, np.nan)
    return Moderated((prior_df * prior + df * variance) / total, np.minimum(total, most), prior, prior_df)


def _inverse_trigamma(target: float) -> float:
    """The x above zero at which the falling function ψ'(x) is `target`."""
    from scipy.optimize import brentq
    from scipy.special import polygamma

    found = brentq(lambda log: float(polygamma(1, np.exp(log))) - target, -20.0, 20.0)
    return float(np.exp(found))


@dataclass(frozen=True)
class Pooled:
    """Estimates drawn towards their common mean: ``value``, 95 % interval, and the share ``weight`` that is kept.

    ``sd`` is that of the normal distribution whose 95 % interval is equally long. ``spread`` holds the posterior
    median of the variance between units, chance removed, its 95 % interval and the common mean; ``mean_sd`` is the
    posterior standard deviation of the latter.
    """

    value: Floats
    sd: Floats
    low: Floats
    high: Floats
    weight: Floats
    spread: Spread
    mean_sd: float


def pooled(estimate: Floats, variance: Floats, df: Floats | None = None) -> Pooled | None:
    """Each unit's slope with the others' as a background: little is kept of what a small unit shows.

    Value, share kept and interval of one and the same posterior (`posterior`), averaged over all that the figures
    allow the spread between units, their mean and, where `df` is finite, the unit's own variance to be. NaN stays
    NaN. None with fewer than `FEWEST_UNITS` estimates. The intervals of units that are quite alike are too wide.
    """
    used = np.isfinite(estimate) & (variance > 0)
    if used.sum() < FEWEST_UNITS:
        return None
    found = posterior(estimate[used], variance[used], None if df is None else df[used])
    columns = {name: np.full(len(estimate), np.nan) for name in ("value", "sd", "low", "high", "weight")}
    for name, column in columns.items():
        column[used] = getattr(found, name)
    spread = Spread(found.spread**2, found.spread_low**2, found.spread_high**2, found.mean)
    return Pooled(**columns, spread=spread, mean_sd=found.mean_sd)


@dataclass(frozen=True)
class Scatter:
    """How much each unit's years vary around its line, as a ``factor`` on the variances of its values."""

    factor: Floats
    df: Floats


def scatter(fit: Fits, variance: Floats, is_own: Mask) -> Scatter:
    """How far a unit's years lie from its line, judged from its own years and the others'.

    `fit` are weighted lines with weights 1/variance. Where `is_own`, that `variance` is the unit's own residual
    variance with years - 2 degrees of freedom and is moderated itself; elsewhere the reduced chi-square is
    (`moderated`). With too few units to learn from: the own variance as it is, or the reduced chi-square held
    at 1 or above with the normal quantile.
    """
    factor, df = np.full(len(variance), np.nan), np.full(len(variance), np.nan)
    known = moderated(np.where(is_own, np.nan, fit.dispersion()), fit.df)
    own = moderated(np.where(is_own, variance, np.nan), fit.df)
    has_line = fit.df > 0
    if known is None:
        stated = np.where(has_line, np.fmax(1.0, fit.dispersion()), np.nan), np.where(has_line, np.inf, np.nan)
    else:
        stated = known.variance, known.df
    alone = (np.where(has_line, 1.0, np.nan), fit.df) if own is None else (own.variance / variance, own.df)
    for chosen, (size, degrees) in ((~is_own, stated), (is_own, alone)):
        factor[chosen], df[chosen] = size[chosen], degrees[chosen]
    return Scatter(factor, df)
