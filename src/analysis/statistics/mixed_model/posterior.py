"""What is known of each group when it is not known how much groups differ: an average over all that may be.

Given the variances, a group's deviation is Student's t around its foreseen value. The variances are not given: each
is tried on a grid, and weighs what the restricted likelihood and Jeffreys' prior say of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.statistics.intervals import Floats

NEGLIGIBLE = 8.0
"""a point whose log density lies so far below the highest one is left out"""
FEW_POINTS = 7
"""along each variance while it is sought where the density is"""
POINTS = {1: 20, 2: 17}
"""along each variance in the end, for one and for two of them"""
ROUNDS = 40
LARGE_DEGREES = 1000.0
"""degrees of freedom from which Student's t is taken for normal"""
STEPS = 60
PRECISION = 1e-8
"""of the share below a quantile"""


@dataclass(frozen=True)
class Conditional:
    """Groups' deviations at given variances: t around ``mean`` with the squared scale ``variance``, ``kept`` of it."""

    mean: Floats
    variance: Floats
    kept: Floats


@dataclass(frozen=True)
class Point:
    """How well one choice of variances agrees with the figures, and what it says of each kind of group."""

    log_density: float
    """of the variances themselves, relative to σ²"""
    groups: tuple[Conditional, ...]


@dataclass(frozen=True)
class Foreseen:
    """Each group's deviation with all that was estimated taken into account, in the unit of the outcome.

    ``value`` is the posterior mean, ``low`` and ``high`` the 2.5 and 97.5 per cent points of the same
    posterior, ``kept`` the mean share of the group's own difference that is not drawn away.
    """

    value: Floats
    low: Floats
    high: Floats
    kept: Floats


def foreseen(at: Callable[[Floats], Point], start: Floats, degrees: float, unit: float) -> tuple[Foreseen, ...]:
    """Each group's deviation, averaged over the variances between groups; one answer for each kind of group.

    A mixture of t distributions with `degrees` of freedom over a grid in log Γ around `start`, by the trapezoid
    rule. `at` gives the density of each Γ; `unit` brings the numbers back to the unit of y.
    """
    points, logs = _grid(at, np.log(start))
    weights = np.exp(logs - logs.max())
    seen = weights > np.exp(-NEGLIGIBLE)
    weights = weights[seen] / weights[seen].sum()
    chosen = [point for point, is_seen in zip(points, seen, strict=True) if is_seen]
    answers = []
    for kind in range(len(chosen[0].groups)):
        parts = [point.groups[kind] for point in chosen]
        mean, scale = np.array([each.mean for each in parts]), np.sqrt(np.array([each.variance for each in parts]))
        low, high = (quantile_of_mixture(weights, mean, scale, degrees, share) for share in (0.025, 0.975))
        kept = np.asarray(weights @ np.array([each.kept for each in parts]), dtype=float)
        ends = sorted((low * unit, high * unit), key=lambda each: float(each.sum()))
        answers.append(Foreseen(np.asarray(weights @ mean * unit, dtype=float), ends[0], ends[1], kept))
    return tuple(answers)


def quantile_of_mixture(weights: Floats, mean: Floats, scale: Floats, degrees: float, share: float) -> Floats:
    """Where `share` of each group's mixture of t distributions lies below; `mean` and `scale` are points × groups.

    Newton's steps, kept inside a bracket that halves when they leave it.
    """
    from scipy.special import ndtri, stdtrit

    reach = float(ndtri(share) if degrees >= LARGE_DEGREES else stdtrit(degrees, share))
    ends = mean + reach * scale
    low, high = ends.min(axis=0), ends.max(axis=0)
    answer = np.asarray(weights @ ends, dtype=float)
    for _ in range(STEPS):
        below, density = _mixture(weights, (answer - mean) / scale, scale, degrees)
        if np.all(np.abs(below - share) <= PRECISION):
            break
        low, high = np.where(below < share, answer, low), np.where(below < share, high, answer)
        moved = answer - (below - share) / np.maximum(density, np.finfo(float).tiny)
        answer = np.where((moved > low) & (moved < high), moved, (low + high) / 2)
    return answer


def _mixture(weights: Floats, away: Floats, scale: Floats, degrees: float) -> tuple[Floats, Floats]:
    """The share of each group's mixture below a point `away` scales from each mean, and its density there."""
    from scipy.special import gammaln, ndtr, stdtr

    if degrees >= LARGE_DEGREES:
        below, height = ndtr(away), np.exp(-(away**2) / 2) / np.sqrt(2 * np.pi)
    else:
        below = stdtr(degrees, away)
        top = np.exp(gammaln((degrees + 1) / 2) - gammaln(degrees / 2)) / np.sqrt(degrees * np.pi)
        height = top * (1 + away**2 / degrees) ** (-(degrees + 1) / 2)
    return np.asarray(weights @ below, dtype=float), np.asarray(weights @ (height / scale), dtype=float)


def _grid(at: Callable[[Floats], Point], start: Floats) -> tuple[list[Point], Floats]:
    """Points evenly spaced in log Γ over all that is not negligible, and the log density of log Γ at each.

    A coarse grid is moved, widened and narrowed until its outermost points are negligible and half of it is not.
    """
    low, high = start - 2.0, start + 2.0
    for _ in range(ROUNDS):
        _, logs, axes = _points(at, low, high, FEW_POINTS)
        seen = (logs > logs.max() - NEGLIGIBLE).reshape((FEW_POINTS,) * len(start))
        is_narrow = True
        for axis, along in enumerate(axes):
            inside = np.flatnonzero(seen.any(axis=tuple(other for other in range(len(axes)) if other != axis)))
            first, last, step = inside[0], inside[-1], along[1] - along[0]
            at_edge = first == 0 or last == FEW_POINTS - 1
            is_narrow &= bool(not at_edge and last - first + 1 >= FEW_POINTS // 2)
            low[axis] = along[first] - step * (FEW_POINTS / 2 if first == 0 else 1)
            high[axis] = along[last] + step * (FEW_POINTS / 2 if last == FEW_POINTS - 1 else 1)
        if is_narrow:
            return _points(at, low, high, POINTS[len(start)])[:2]
    raise AssertionError("a density that falls in every direction is bracketed")


def _points(
    at: Callable[[Floats], Point], low: Floats, high: Floats, count: int
) -> tuple[list[Point], Floats, list[Floats]]:
    """`count` points along each variance, the log density of log Γ at each, and the axes."""
    axes = [np.linspace(*ends, count) for ends in zip(low, high, strict=True)]
    places = [np.array(place) for place in product(*axes)]
    points = [at(np.exp(place)) for place in places]
    logs = [point.log_density + float(place.sum()) for point, place in zip(points, places, strict=True)]
    return points, np.array(logs), axes
