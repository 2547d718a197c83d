"""How far apart two groups are, and whether the gap is closing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats, interval, quantile, welch_df
from analysis.statistics.refusal import CannotFitError

FEWEST_OF_EACH = 5
INSIDE = 1e-9
"""how far inside 0 to 1 an end is looked for when the groups are wholly apart"""


@dataclass(frozen=True)
class Means:
    """Means of a group in one or many units, the variance of each mean, and that variance's degrees of freedom."""

    mean: Floats
    variance: Floats
    df: Floats

    @classmethod
    def known(cls, mean: npt.ArrayLike, variance: npt.ArrayLike, df: npt.ArrayLike = np.inf) -> Means:
        """Means whose variances are stated; degrees of freedom infinite when they are certain."""
        middle = np.asarray(mean, dtype=float)
        return cls(middle, np.asarray(variance, dtype=float), np.broadcast_to(np.asarray(df, float), middle.shape))

    @classmethod
    def of_pupils(cls, values: npt.ArrayLike) -> Means:
        """The mean of these pupils, s²/n and n - 1 degrees of freedom."""
        y = np.asarray(values, dtype=float)
        if not np.all(np.isfinite(y)):
            raise CannotFitError("missing", "every pupil needs a result; leave the others out openly")
        if len(y) < 2:
            raise CannotFitError("too_few_pupils", f"a variance needs two pupils, got: {len(y)}")
        return cls.known(y.mean(), y.var(ddof=1) / len(y), len(y) - 1)


@dataclass(frozen=True)
class Gaps:
    """A difference per unit with its standard error, degrees of freedom and 95 % interval; NaN where there is none."""

    estimate: Floats
    se: Floats
    df: Floats
    low: Floats
    high: Floats


def gap_in_points(first: Means, second: Means) -> Gaps:
    """How many points the first group is ahead of the second.

    Difference of means, variances added, Welch–Satterthwaite degrees of freedom, 95 % interval by Student t.

    >>> found = gap_in_points(Means.known(230.0, 9.0), Means.known(210.0, 16.0))
    >>> float(found.estimate), float(found.se), round(float(found.low), 1)
    (20.0, 5.0, 10.2)
    """
    parts = np.stack(np.broadcast_arrays(first.variance, second.variance))
    df = welch_df(parts, np.stack(np.broadcast_arrays(first.df, second.df)))
    return _gaps(first.mean - second.mean, parts.sum(axis=0), df)


def relative_gap(first: Means, second: Means) -> Gaps:
    """How many times the second group's mean the first group's is: 1 is no gap.

    Ratio of means, Fieller's (1954) 95 % interval with the Welch–Satterthwaite degrees of freedom of the
    difference; se by the delta method. NaN where the second mean cannot be told from zero.

    >>> found = relative_gap(Means.known(30.0, 0.09), Means.known(20.0, 0.04))
    >>> float(found.estimate), round(float(found.low), 2), round(float(found.high), 2)
    (1.5, 1.46, 1.54)
    """
    df = gap_in_points(first, second).df
    reach = quantile(0.95, df) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink = reach * second.variance / second.mean**2
        ratio = np.where(shrink < 1, first.mean / second.mean, np.nan)
        variance = (first.variance + ratio**2 * second.variance) / second.mean**2
        half = np.sqrt(reach * (variance - shrink * first.variance / second.mean**2)) / (1 - shrink)
    middle = ratio / (1 - shrink)
    return Gaps(ratio, np.sqrt(variance), df, np.asarray(middle - half), np.asarray(middle + half))


def standardised_gap(first: Means, second: Means, pupil_sd: npt.ArrayLike, sd_df: npt.ArrayLike = np.inf) -> Gaps:
    """The gap counted in standard deviations between pupils, so that indicators can be compared.

    Difference of means divided by `pupil_sd`; when that is itself estimated with `sd_df` degrees of freedom
    d²/(2 sd_df) is added to the variance (Hedges & Olkin 1985, without the small-sample factor).

    >>> found = standardised_gap(Means.known(230.0, 9.0), Means.known(210.0, 16.0), 50.0)
    >>> float(found.estimate), float(found.se)
    (0.4, 0.1)
    """
    points, sd = gap_in_points(first, second), np.asarray(pupil_sd, dtype=float)
    estimate = points.estimate / sd
    return _gaps(estimate, points.se**2 / sd**2 + estimate**2 / (2 * np.asarray(sd_df, dtype=float)), points.df)


def change_in_gap(before: Gaps, after: Gaps) -> Gaps:
    """How much the gap has changed: below zero when the first group's lead has become smaller.

    After minus before, for cohorts that share no pupils: variances added, Welch–Satterthwaite degrees of
    freedom, 95 % interval by Student t. Whether it is closing depends on who was ahead.

    >>> lead = [gap_in_points(Means.known(ahead, 8.0), Means.known(0.0, 8.0)) for ahead in (20.0, 15.0)]
    >>> float(change_in_gap(*lead).estimate), round(float(change_in_gap(*lead).se), 1)
    (-5.0, 5.7)
    """
    parts = np.stack(np.broadcast_arrays(before.se**2, after.se**2))
    df = welch_df(parts, np.stack(np.broadcast_arrays(before.df, after.df)))
    return _gaps(after.estimate - before.estimate, parts.sum(axis=0), df)


def _gaps(estimate: Floats, variance: Floats, df: Floats) -> Gaps:
    se = np.sqrt(variance)
    return Gaps(np.asarray(estimate), se, df, *interval(estimate, se, df))


@dataclass(frozen=True)
class GapIndex:
    """The gap in ranks, -10 to 10, its 95 % interval and DeLong's ``se``, NaN when the groups are wholly apart."""

    index: float
    se: float
    low: float
    high: float
    n_first: int
    n_second: int


def gap_index(first: npt.ArrayLike, second: npt.ArrayLike) -> GapIndex:
    """How far the first group is ahead when all pupils stand in order, whatever the grading scale.

    G = 20·(R̄₁ - R̄₂)/N with mid-ranks among all N pupils = 20·(AUC - ½): 10 when every pupil of the first
    group is ahead of every one of the second, 0 when neither is. Standard error by placements (DeLong,
    DeLong & Clarke-Pearson 1988); interval by inverting Hanley & McNeil's variance (Newcombe 2006, method 5),
    which stays within ±10 and does not vanish when the groups are wholly apart. At least five pupils each.

    >>> round(gap_index([3, 4, 5, 6, 7], [1, 2, 3, 4, 5]).index, 6)
    6.4
    """
    from scipy.stats import rankdata

    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    both = np.concatenate([one, other])
    sizes = len(one), len(other)
    if min(sizes) < FEWEST_OF_EACH:
        raise CannotFitError("too_few_pupils", f"a gap index needs {FEWEST_OF_EACH} of each group, got: {sizes}")
    if not np.all(np.isfinite(both)):
        raise CannotFitError("missing", "every pupil needs a result; leave the others out openly")
    ranks = rankdata(both)
    index = 20 * (ranks[: sizes[0]].mean() - ranks[sizes[0] :].mean()) / len(both)
    ahead = (ranks[: sizes[0]] - rankdata(one)) / sizes[1]
    behind = 1 - (ranks[sizes[0] :] - rankdata(other)) / sizes[0]
    variance = float(ahead.var(ddof=1) / sizes[0] + behind.var(ddof=1) / sizes[1])
    se = 20 * variance**0.5 if variance > 1e-20 else float("nan")
    low, high = (20 * (end - 0.5) for end in _newcombe(float(index) / 20 + 0.5, *sizes))
    return GapIndex(float(index), se, low, high, *sizes)


def _newcombe(auc: float, n_first: int, n_second: int) -> tuple[float, float]:
    """The ends θ at which |θ - auc| is 1.96 of θ's own standard errors."""
    from scipy.optimize import brentq

    z, others = float(quantile(0.95)), (n_first + n_second) / 2 - 1

    def beyond(theta: float) -> float:
        spread = 1 + others * (1 - theta) / (2 - theta) + others * theta / (1 + theta)
        return (theta - auc) ** 2 - z**2 * theta * (1 - theta) * spread / (n_first * n_second)

    low = float(brentq(beyond, 0.0, min(auc, 1 - INSIDE))) if auc > 0 else 0.0
    return low, float(brentq(beyond, max(auc, INSIDE), 1.0)) if auc < 1 else 1.0
