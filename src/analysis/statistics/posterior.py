"""What is known of each unit's true figure when the others have been heard, the doubt about them included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats, quantile
from analysis.statistics.mixtures import AT_A_TIME, mixture_quantiles
from analysis.statistics.spreads import Given, density_of, over_factors, over_means, walked

FEWEST_UNITS = 3
FEWEST_NODES, MOST_NODES = 6, 24
NODE_STEP = 1.4
"""between the chance variances that are tried: standard deviations of their logarithm, and no more than 1"""
LEAST_LIKELY = 1.5e-4
CERTAIN = 400.0
"""degrees of freedom whose Student t interval is 0.3 % longer than the normal one"""
MANY_UNITS = 100
NEGLIGIBLE = 3e-4
"""the probability of all that is left out, of the spreads and chance variances, for any unit"""


@dataclass(frozen=True)
class Posterior:
    """Each unit's posterior mean ``value``, the interval ``low`` to ``high``, and the ``weight`` of its own figure.

    ``apart``, where asked for, are the ends of the interval of its distance from what is common. ``sd`` is that of
    the normal distribution whose interval is as long as ``low`` to ``high``. ``weight`` is the posterior mean of
    τ²/(τ² + v). ``mean`` and ``mean_sd`` are what is common and its posterior standard deviation; ``spread``,
    ``spread_low`` and ``spread_high`` the posterior median of τ and its 95 % interval.
    """

    value: Floats
    sd: Floats
    low: Floats
    high: Floats
    weight: Floats
    mean: float
    mean_sd: float
    spread: float
    spread_low: float
    spread_high: float
    apart: tuple[Floats, Floats] | None


def posterior(
    estimate: Floats, variance: Floats, df: Floats | None = None, *, centre: float | None = None,
    level: float = 0.95, is_apart: bool = False, common_df: float = np.inf,
) -> Posterior:  # fmt: skip
    """How high each unit truly lies, its own figure weighed against those of all the others.

    y ~ N(θ, v), θ ~ N(μ, τ²). μ has a flat prior, or is known to be `centre`; τ has Jeffreys' prior, proportional
    to √Σ(τ/(v + τ²))² (Röver 2020), which has no scale to choose and gives a posterior from three units on. Where
    `df` is finite, `variance` is an estimate s² with so many degrees of freedom and v has the posterior s²·df/χ².
    τ is integrated over a grid of log τ, v over nodes, μ given τ exactly where variances are known, else over
    `MEANS` points, from `MANY_UNITS` units on by Laplace's method. Where the variances were learnt together, from
    `common_df` degrees of freedom, they are all as much too large or too small: a factor that they share, its
    logarithm normal with variance 2/df, is integrated out as well (around a known centre only). A unit's posterior is
    the mixture of normals that follows; the interval holds that mixture's own quantiles at `level`. Needs finite
    estimates, variances above zero and `FEWEST_UNITS` units.

    >>> found = posterior(np.array([-3.0, -1.0, 1.0, 3.0]), np.full(4, 1e-4))
    >>> [round(float(each), 1) for each in (found.value[3], found.low[3], found.high[3])]
    [3.0, 3.0, 3.0]
    """
    y, shift, scale, found = _spreads(estimate, variance, df, centre, common_df)
    return _back(_together(y, found, level, is_apart), shift, scale)


def beyond(estimate: Floats, variance: Floats, level: float, common_df: float = np.inf) -> tuple[Floats, Floats, float]:
    """Each unit's value drawn towards zero, on which side of it its interval lies, and the median spread.

    The value and `spread` of `posterior` around zero; 1 where its interval at `level` lies above zero, -1 below, else
    0. Asks how much of each mixture lies below zero, where `posterior` seeks the ends of its interval.
    """
    from scipy.special import ndtr

    y, _, scale, found = _spreads(estimate, variance, None, 0.0, common_df)
    chance, share, spread, _, _, own = _parts(found)
    kept = spread**2 / (spread**2 + own)
    below = np.einsum("ij,ij->j", share, ndtr(-kept * y / np.sqrt(kept * own)))
    side = (below < 0.5 - level / 2).astype(float) - (below > 0.5 + level / 2)
    middle = _spread_between(np.array([each.spread for each in found]), chance)["spread"]
    return scale * np.einsum("ij,ij->j", share, kept * y), side, scale * middle


def _spreads(
    estimate: Floats, variance: Floats, df: Floats | None, centre: float | None, common_df: float
) -> tuple[Floats, float, float, list[Given]]:
    """The figures on a common scale, the way back, and every spread that they allow."""
    if len(estimate) < FEWEST_UNITS or not np.isfinite(estimate).all() or not np.all(variance > 0):
        what = "finite figures with variances above zero"
        raise ValueError(f"a posterior needs at least {FEWEST_UNITS} {what}, got: {len(estimate)} units")
    scale = float(np.sqrt(np.median(variance)))
    shift = float(np.median(estimate)) if centre is None else centre
    y, own = (estimate - shift) / scale, variance / scale**2
    nodes, share = chance_variances(own, np.full(len(y), np.inf) if df is None else df)
    is_centred = centre is not None
    if np.isfinite(common_df) and not is_centred:
        raise ValueError("variances learnt together need a known centre, got: common_df without centre")
    at = over_factors(y, own, nodes, share, common_df) if np.isfinite(common_df) else None
    found = walked(y, own, at or density_of(y, own, nodes, share, is_centred), is_centred)
    if len(nodes) > 1 and len(y) < MANY_UNITS and not is_centred:
        found = over_means(found, density_of(y, own, nodes, share, True))
    return y, shift, scale, found


def chance_variances(variance: Floats, df: Floats) -> tuple[Floats, Floats]:
    """What an uncertain variance may truly be: values and their probabilities, nodes × units.

    s²·df/χ² at equal steps of its logarithm, from all but `LEAST_LIKELY` of the χ² distribution at each end;
    probabilities from its density. A variance of `CERTAIN` degrees of freedom or more is taken as known: one node
    where all are.
    """
    from scipy.special import chdtri, polygamma

    distinct, places = np.unique(np.where(df < CERTAIN, df, np.inf), return_inverse=True)
    finite = distinct[np.isfinite(distinct)]
    if not len(finite):
        return variance[None], np.ones((1, len(variance)))
    ends = np.log(chdtri(finite, np.array([[1 - LEAST_LIKELY], [LEAST_LIKELY]])) / finite)
    steps = np.minimum(1.0, NODE_STEP * np.sqrt(polygamma(1, finite / 2)))
    count = int(np.clip(np.ceil(((ends[1] - ends[0]) / steps).max()) + 1, FEWEST_NODES, MOST_NODES))
    logs = ends[0] + np.linspace(0, 1, count)[:, None] * (ends[1] - ends[0])
    density = finite / 2 * (logs - np.exp(logs))
    density = np.exp(density - density.max(axis=0))
    each_log, each_share = np.zeros((count, len(distinct))), np.full((count, len(distinct)), 1 / count)
    each_log[:, : len(finite)], each_share[:, : len(finite)] = logs, density / density.sum(axis=0)
    return variance * np.exp(-each_log).take(places, axis=1), each_share.take(places, axis=1)


def _together(y: Floats, found: list[Given], level: float, is_apart: bool) -> Posterior:
    """The mixture over spreads and chance variances, less the parts that are next to nothing."""
    chance, share, spread, there, unsure, own = _parts(found)
    mean, doubt = (np.array([getattr(each, name) for each in found]) for name in ("mean", "mean_variance"))
    common = float(chance @ mean)
    ends = (0.5 - level / 2, 0.5 + level / 2)
    every: list[list[Floats]] = []
    for start in range(0, len(y), AT_A_TIME):  # pieces that the processor's cache holds
        piece = slice(start, start + AT_A_TIME)
        each, left = np.ascontiguousarray(share[:, piece]), own[:, piece]
        kept = spread**2 / (spread**2 + left)
        off = kept * (y[piece] - there)
        middle, chance_left = there + off, kept * left
        told = [np.einsum("ij,ij->j", each, middle), np.einsum("ij,ij->j", each, kept)]
        told += [*mixture_quantiles(each, middle, chance_left + (1 - kept) ** 2 * unsure, ends)]
        told += [*mixture_quantiles(each, off, chance_left + kept**2 * unsure, ends)] if is_apart else []
        every.append(told)
    value, weight, low, high, *apart = (np.concatenate(each) for each in zip(*every, strict=True))
    return Posterior(
        value=value,
        sd=(high - low) / (2 * float(quantile(level))),
        low=low,
        high=high,
        weight=weight,
        mean=common,
        mean_sd=float(np.sqrt(chance @ (doubt + (mean - common) ** 2))),
        **_spread_between(np.array([each.spread for each in found]), chance),
        apart=(apart[0], apart[1]) if is_apart else None,
    )


def _parts(found: list[Given]) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """How likely each spread is; then of the mixture's parts that tell: shares, spreads, means, their doubt, chance."""
    chance = _normed(np.array([each.log_density for each in found]))
    share = np.concatenate([one * each.probability for one, each in zip(chance, found, strict=True)])
    used, place = _telling(share), np.repeat(np.arange(len(found)), [len(each.nodes) for each in found])
    share, own, place = share[used], np.concatenate([each.nodes for each in found])[used], place[used]
    spread, mean, doubt = (
        np.array([getattr(each, name) for each in found])[place, None] for name in ("spread", "mean", "mean_variance")
    )
    share /= share.sum(axis=0)
    return chance, share, spread, mean, doubt, own


def _spread_between(spread: Floats, chance: Floats) -> dict[str, float]:
    """The median of the spread and the ends of its 95 % interval, between the ones tried by a straight line."""
    distinct, which = np.unique(spread, return_inverse=True)
    each = np.bincount(which, chance)
    below = np.cumsum(each) - each / 2
    names = {"spread": 0.5, "spread_low": 0.025, "spread_high": 0.975}
    return {name: float(np.exp(np.interp(at, below, np.log(distinct)))) for name, at in names.items()}


def _telling(share: Floats) -> npt.NDArray[np.bool_]:
    """The spreads and chance variances that are kept: the others hold `NEGLIGIBLE` of no unit, all of them together."""
    largest = share.max(axis=1)
    order = np.argsort(largest)
    is_kept = np.ones(len(share), dtype=bool)
    is_kept[order] = np.cumsum(largest[order]) > NEGLIGIBLE
    return is_kept


def _back(found: Posterior, shift: float, scale: float) -> Posterior:
    """In the unit of the figures again."""
    moved = {name: shift + scale * getattr(found, name) for name in ("value", "low", "high", "mean")}
    wider = {name: scale * getattr(found, name) for name in ("sd", "mean_sd", "spread", "spread_low", "spread_high")}
    apart = None if found.apart is None else (scale * found.apart[0], scale * found.apart[1])
    return Posterior(**moved, **wider, weight=found.weight, apart=apart)


def _normed(logs: Floats) -> Floats:
    """Probabilities from their logarithms, up to a constant."""
    share = np.exp(logs - logs.max())
    return np.asarray(share / share.sum(), dtype=float)
