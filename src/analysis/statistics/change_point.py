"""Whether and when a series changed its level, and where its line leads in a year or two."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats, interval
from analysis.statistics.refusal import CannotFitError

TRIMMING = 0.15
FEWEST_YEARS = 8
FEWEST_FOR_A_LINE = 4
MOST_STEPS = 2
DRAWS, BLOCK = 9999, 1000


@dataclass(frozen=True)
class ChangePoint:
    """The likeliest year of a change; see `change_point`.

    ``last_before`` is the last year of the old level, ``first_after`` the first of the new; ``breaks`` and
    ``f`` are the possible last years and their F statistics. ``before`` and ``after`` are the two levels
    (weighted means), which a search for the largest difference makes too far apart.
    """

    last_before: int
    first_after: int
    sup_f: float
    p_value: float
    before: float
    after: float
    breaks: npt.NDArray[np.int64]
    f: Floats


def change_point(
    years: npt.ArrayLike,
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    with_trend: bool = False,
    trimming: float = TRIMMING,
) -> ChangePoint:
    """When the series changed, and whether it changed at all.

    Sup-F (Andrews 1993): the largest Chow statistic (RSS₀ - RSS₁)/(RSS₁/(n - 2k)) over every year that leaves
    `trimming` of the years, and k + 1, on each side; k = 1 (a level) or, `with_trend`, 2 (a level and a slope).
    Weighted least squares when `weights` (1/variance, up to a constant) are given. The p-value is by
    simulation of the same series length and weights with independent normal errors (9,999 draws, seeded),
    exact for those errors at any n where the asymptotic tables are not. Errors that follow each other from
    year to year make it too small. At least eight years, none missing between them.

    >>> found = change_point(range(2010, 2020), [1, 2, 1, 2, 1, 7, 8, 7, 8, 7])
    >>> found.last_before, found.first_after, found.before, found.after, found.p_value < 0.001
    (2014, 2015, 1.4, 7.4, True)
    """
    x, y, w = _in_order(years, values, weights)
    gaps = np.flatnonzero(np.diff(x) != 1)
    if len(gaps):
        raise CannotFitError("gap_years", f"years are missing after {int(x[gaps[0]])}: a change has no certain year")
    if len(x) < FEWEST_YEARS:
        raise CannotFitError("too_few_years", f"a change point needs at least {FEWEST_YEARS} years, got: {len(x)}")
    f, lasts = _chow(y[None, :], w, with_trend, trimming)
    if not np.all(np.isfinite(f)):
        raise CannotFitError("no_variation", "the values lie without scatter, so no change can be weighed against it")
    place = int(np.argmax(f[0]))
    sup_f, last = float(f[0, place]), int(lasts[place])
    null = _under_no_change(tuple(w / w.mean()), with_trend, trimming)
    p_value = (1 + int(np.sum(null >= sup_f))) / (1 + len(null))
    before, after = (float(np.average(y[side], weights=w[side])) for side in (slice(last + 1), slice(last + 1, None)))
    steps = x.astype(np.int64)
    return ChangePoint(
        int(steps[last]), int(steps[last + 1]), sup_f, p_value, before, after, steps[lasts], f[0].copy()
    )  # fmt: skip


def _chow(y: Floats, weights: Floats, with_trend: bool, trimming: float) -> tuple[Floats, npt.NDArray[np.int64]]:
    """F for each row of `y` and each admissible last year before a break, and those years' places."""
    n, k = len(weights), 2 if with_trend else 1
    shortest = max(int(np.floor(trimming * n + 1e-9)), k + 1)
    lasts = np.arange(shortest, n - shortest + 1) - 1
    if len(lasts) == 0:
        raise CannotFitError("too_few_years", f"{n} years leave no room for a break with {trimming:g} trimmed")
    centred = y - np.average(y, axis=1, weights=weights)[:, None]
    forward = _residual_squares(centred, weights, with_trend)
    backward = _residual_squares(centred[:, ::-1], weights[::-1], with_trend)
    apart = forward[:, lasts] + backward[:, n - 2 - lasts]
    together = forward[:, -1:]
    scale = np.maximum(together, np.finfo(float).tiny)
    with np.errstate(divide="ignore", invalid="ignore"):
        f = np.where(apart > 1e-12 * scale, (together - apart) / (apart / (n - 2 * k)), np.inf)
    return np.where(together > 0, f, np.nan), lasts


def _residual_squares(y: Floats, weights: Floats, with_trend: bool) -> Floats:
    """The residual sum of squares of the first 1, 2, … n points of each row, around a mean or a line."""
    t = np.arange(len(weights)) - (len(weights) - 1) / 2
    total, up = np.cumsum(weights), np.cumsum(weights * y, axis=1)
    squares = np.cumsum(weights * y**2, axis=1) - up**2 / total
    if with_trend:
        across = np.cumsum(weights * t)
        spread = np.cumsum(weights * t**2) - across**2 / total
        joint = np.cumsum(weights * t * y, axis=1) - across * up / total
        with np.errstate(divide="ignore", invalid="ignore"):
            squares = squares - np.where(spread > 1e-12, joint**2 / spread, 0.0)
    return np.asarray(np.maximum(squares, 0.0), dtype=float)


@lru_cache(maxsize=256)
def _under_no_change(weights: tuple[float, ...], with_trend: bool, trimming: float) -> Floats:
    """Sup-F of seeded series that did not change, with the same length and weights."""
    random, weight = np.random.default_rng(0), np.asarray(weights)
    found = []
    for start in range(0, DRAWS, BLOCK):
        series = random.normal(size=(min(BLOCK, DRAWS - start), len(weight))) / np.sqrt(weight)
        found.append(_chow(series, weight, with_trend, trimming)[0].max(axis=1))
    return np.concatenate(found)


@dataclass(frozen=True)
class Forecast:
    """The figure the line points to in a coming year, with its 95 % prediction interval; ``df`` of the t quantile."""

    years: npt.NDArray[np.int64]
    expected: Floats
    sd: Floats
    low: Floats
    high: Floats
    df: int


def forecast(
    years: npt.ArrayLike,
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    steps: int = 1,
    next_weight: float | None = None,
    least_scatter: float = 0.0,
) -> Forecast:
    """Where the straight line leads next year and the year after, if it goes on, and how far off it may be.

    Weighted least squares line; prediction variance s²(1/next_weight + x₀'(X'WX)⁻¹x₀), s² the weighted residual
    mean square, Student t with n - 2 degrees of freedom. `next_weight` is the coming cohort's (default: the
    mean weight). When weights are 1/variance give `least_scatter` 1, so that points that happen to lie on a
    line are not taken as certain. At least four years (gaps allowed), one or two steps.

    >>> found = forecast([2019, 2020, 2021, 2022], [10, 13, 14, 17], steps=2)
    >>> found.years.tolist(), found.expected.round(6).tolist(), found.df
    ([2023, 2024], [19.0, 21.2], 2)
    """
    x, y, w = _in_order(years, values, weights)
    if next_weight is not None and next_weight <= 0:
        raise ValueError(f"the coming year needs a weight above zero, got: {next_weight}")
    if steps not in range(1, MOST_STEPS + 1):
        raise ValueError(f"a forecast reaches one or two years, got: {steps}")
    if len(x) < FEWEST_FOR_A_LINE:
        raise CannotFitError("too_few_years", f"a forecast needs at least {FEWEST_FOR_A_LINE} years, got: {len(x)}")
    middle, level = np.average(x, weights=w), np.average(y, weights=w)
    across = x - middle
    spread = float(np.sum(w * across**2))
    slope = float(np.sum(w * across * y)) / spread
    df = len(x) - 2
    scatter = max(float(np.sum(w * (y - level - slope * across) ** 2)) / df, least_scatter)
    coming = int(x[-1]) + np.arange(1, steps + 1, dtype=np.int64)
    reach = coming - middle
    own = w.mean() if next_weight is None else next_weight
    sd = np.sqrt(scatter * (1 / own + 1 / w.sum() + reach**2 / spread))
    expected = level + slope * reach
    low, high = interval(expected, sd, df)
    return Forecast(coming, expected, sd, low, high, df)


def _in_order(
    years: npt.ArrayLike, values: npt.ArrayLike, weights: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    """Years, values and weights by year; refused when a number is missing or a year comes twice."""
    x, y = np.asarray(years, dtype=float), np.asarray(values, dtype=float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y)) and np.all(np.isfinite(w)) and np.all(w > 0)):
        raise CannotFitError("missing", "every year needs a value and a weight above zero")
    order = np.argsort(x, kind="stable")
    if len(np.unique(x)) < len(x):
        raise CannotFitError("year_twice", "a year comes twice: give one value per year")
    return x[order], y[order], w[order]
