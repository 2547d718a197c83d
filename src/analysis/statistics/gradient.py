"""How much results follow background: the gradient, its strength, and those who do well in spite of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.gap_index import FEWEST_OF_EACH
from analysis.statistics.intervals import Floats, interval, wilson
from analysis.statistics.lines import Codes
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.regression import regression


@dataclass(frozen=True)
class Gradient:
    """How steeply results follow background, and how much of the differences it accounts for (0 to 1)."""

    slope: float
    se: float
    low: float
    high: float
    strength: float
    strength_low: float
    strength_high: float
    n: int
    df: int


def gradient(results: npt.ArrayLike, background: npt.ArrayLike, clusters: Codes | None = None) -> Gradient:
    """How many points one step of background goes with, and how strongly.

    OLS slope with cluster-robust standard errors (each pupil its own cluster when none are given: HC1),
    Student t with clusters - 1 degrees of freedom. Strength is R²; its interval is that of r on Fisher's
    scale with the robust variance of r's influence function summed by cluster, squared (0 within: from 0).

    >>> found = gradient([1, 3, 2, 4] * 3, [0, 0, 1, 1] * 3)
    >>> round(found.slope, 6), round(found.strength, 6), found.df
    (1.0, 0.2, 11)
    """
    y, x = _both(results, background)
    if len(y) < 2 * FEWEST_OF_EACH:
        raise CannotFitError("too_few_pupils", f"a gradient needs {2 * FEWEST_OF_EACH} pupils, got: {len(y)}")
    if np.ptp(y) == 0:
        raise CannotFitError("no_variation", "all pupils have the same result")
    groups = np.arange(len(y)) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    fit = regression(np.column_stack([np.ones(len(x)), x]), y, groups)
    slope, se, df = float(fit.coefficients[1]), float(np.sqrt(fit.covariance[1, 1])), fit.clusters - 1
    low, high = interval(slope, se, df)
    ends = _strength_interval((y - y.mean()) / y.std(), (x - x.mean()) / x.std(), groups, df)
    return Gradient(slope, se, float(low), float(high), fit.r2, *ends, len(y), df)


def _strength_interval(y: Floats, x: Floats, groups: Codes, df: int) -> tuple[float, float]:
    r = float(np.mean(x * y))
    if 1 - r**2 < 1e-12:
        raise CannotFitError("no_variation", "the results follow the background without any scatter")
    influence = np.bincount(groups, x * y - r * (x**2 + y**2) / 2) / (len(y) * (1 - r**2))
    error = np.sqrt(np.sum(influence**2) * (df + 1) / df)
    low, high = (float(end) for end in np.tanh(interval(np.arctanh(r), error, df)))
    return (0.0 if low <= 0 <= high else min(low**2, high**2)), max(low**2, high**2)


@dataclass(frozen=True)
class Resilience:
    """The share of pupils with weak background who do well; ``n`` have a weak background, ``resilient`` do well."""

    share: float
    low: float
    high: float
    n: int
    resilient: int


def quarters(results: npt.ArrayLike, background: npt.ArrayLike) -> tuple[float, float]:
    """Where the top quarter of results and the bottom quarter of background begin, among all these pupils."""
    return float(np.quantile(np.asarray(results), 0.75)), float(np.quantile(np.asarray(background), 0.25))


def resilient_share(results: npt.ArrayLike, background: npt.ArrayLike, top: float, bottom: float) -> Resilience:
    """How many of those with the weakest background reach the best results.

    Share with results ≥ `top` among pupils with background ≤ `bottom`: with both from `quarters` of the whole
    country this is the national definition of resilience (OECD); other limits give other shares. 95 % Wilson
    interval. At least five pupils with a weak background.

    >>> found = resilient_share([9, 1, 1, 1, 1, 9], [1, 1, 1, 1, 1, 2], top=5, bottom=1)
    >>> found.share, found.resilient, found.n
    (0.2, 1, 5)
    """
    y, x = _both(results, background)
    weak = x <= bottom
    n, resilient = int(weak.sum()), int(np.sum(weak & (y >= top)))
    if n < FEWEST_OF_EACH:
        raise CannotFitError("too_few_pupils", f"resilience needs {FEWEST_OF_EACH} pupils of weak background, got: {n}")
    low, high = wilson(resilient / n, n)
    return Resilience(resilient / n, float(low), float(high), n, resilient)


def _both(results: npt.ArrayLike, background: npt.ArrayLike) -> tuple[Floats, Floats]:
    y, x = np.asarray(results, dtype=float), np.asarray(background, dtype=float)
    if y.shape != x.shape or not (np.all(np.isfinite(y)) and np.all(np.isfinite(x))):
        raise CannotFitError("missing", "every pupil needs a result and a background; leave the others out openly")
    return y, x
