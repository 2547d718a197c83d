"""Whether results are concentrated among pupils with a strong background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats, interval
from analysis.statistics.refusal import CannotFitError

FEWEST_PUPILS = 10


@dataclass(frozen=True)
class Concentration:
    """The concentration index with its standard error and 95 % interval (normal), and how many pupils."""

    index: float
    se: float
    low: float
    high: float
    n: int


def concentration(results: npt.ArrayLike, background: npt.ArrayLike) -> Concentration:
    """Who holds the results: above zero when those with the strongest background hold more than their share.

    C = 2 cov(y, R)/ȳ with R the mid-rank of the background as a fraction of n; -1 to 1, and for a yes or no at
    most 1 - ȳ. Standard error of Kakwani, Wagstaff & van Doorslaer (1997): var C = (mean a² - (1 + C)²)/n, with
    aᵢ = (yᵢ/ȳ)(2Rᵢ - 1 - C) + 2 - q⁻ᵢ - qᵢ, where q⁻ᵢ and qᵢ are the shares of the results held below i and up to
    and including i's ties. Results must not be negative.

    >>> found = concentration([0] * 5 + [1] * 5, [1] * 5 + [2] * 5)
    >>> found.index
    0.5
    """
    y, _, rank, below, up_to = _ranked(results, background)
    mean = float(y.mean())
    index = _index(y, rank)
    score = y / mean * (2 * rank - 1 - index) + 2 - below - up_to
    return _with_interval(index, score, len(y))


def bounded_concentration(
    results: npt.ArrayLike, background: npt.ArrayLike, lowest: float, highest: float
) -> Concentration:
    """The same for a result with two ends, so that passing and failing give the same answer with signs changed.

    Erreygers' (2009) index E = 8 cov(y, R)/(highest - lowest), -1 to 1, which does not depend on how many
    pass; standard error from the same influence function as `concentration`, not divided by the mean.

    >>> bounded_concentration([0] * 5 + [1] * 5, [1] * 5 + [2] * 5, 0, 1).index
    1.0
    """
    given = np.asarray(results, dtype=float)
    if highest <= lowest or np.any(given < lowest) or np.any(given > highest):
        raise CannotFitError("out_of_range", f"results must lie between {lowest:g} and {highest:g}")
    if np.all(given == lowest):
        raise CannotFitError("no_variation", "every result is the lowest one, so nothing can be concentrated")
    y, _, rank, below, up_to = _ranked(given - lowest, background)
    mean, scale = float(y.mean()), 4 / (highest - lowest)
    score = scale * (y * (2 * rank - 1) + mean * (2 - below - up_to))
    return _with_interval(scale * mean * _index(y, rank), score, len(y))


def concentration_curve(results: npt.ArrayLike, background: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The curve behind the index: the share of all results held by the so-and-so many weakest in background.

    Cumulative share of pupils and of results, from (0, 0) to (1, 1), one point per value of the background.
    The index is 1 minus twice the area under it.

    >>> shares, held = concentration_curve([0] * 5 + [1] * 5, [1] * 5 + [2] * 5)
    >>> shares.tolist(), held.tolist()
    ([0.0, 0.5, 1.0], [0.0, 0.0, 1.0])
    """
    y, codes, _, _, _ = _ranked(results, background)
    pupils = np.cumsum(np.bincount(codes)) / len(y)
    held = np.cumsum(np.bincount(codes, y)) / y.sum()
    return np.concatenate([[0.0], pupils]), np.concatenate([[0.0], held])


def _index(y: Floats, rank: Floats) -> float:
    return float(2 * np.mean((y - y.mean()) * (rank - 0.5)) / y.mean())


def _with_interval(index: float, score: Floats, n: int) -> Concentration:
    se = float(np.sqrt(score.var() / n))
    low, high = interval(index, se)
    return Concentration(index, se, float(low), float(high), n)


def _ranked(
    results: npt.ArrayLike, background: npt.ArrayLike
) -> tuple[Floats, npt.NDArray[np.intp], Floats, Floats, Floats]:
    """Results, code of the background, fractional mid-rank, and the share held below and up to each pupil's ties."""
    y, x = np.asarray(results, dtype=float), np.asarray(background, dtype=float)
    if y.shape != x.shape or not (np.all(np.isfinite(y)) and np.all(np.isfinite(x))):
        raise CannotFitError("missing", "every pupil needs a result and a background; leave the others out openly")
    if len(y) < FEWEST_PUPILS:
        raise CannotFitError("too_few_pupils", f"a concentration needs at least {FEWEST_PUPILS} pupils, got: {len(y)}")
    if np.any(y < 0) or y.sum() == 0:
        raise CannotFitError("out_of_range", "results must not be negative, and not all be zero")
    different, codes = np.unique(x, return_inverse=True)
    if len(different) < 2:
        raise CannotFitError("no_variation", "all pupils have the same background")
    pupils = np.cumsum(np.bincount(codes)) / len(y)
    held = np.cumsum(np.bincount(codes, y)) / y.sum()
    before = np.concatenate([[0.0], pupils[:-1]])
    held_before = np.concatenate([[0.0], held[:-1]])
    return y, codes, ((before + pupils) / 2)[codes], held_before[codes], held[codes]
