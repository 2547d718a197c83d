"""Between which true values a figure is likely that one place shows: the ends at which it would just be unusual."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats

MIDDLE = 3
"""the step of the estimate among those of `steps_of`"""
REACH = 2.5
"""standard errors of η² to each side of the estimate within which the ends are sought"""
FARTHEST = 2.0
"""steps beyond the last that a straight line is carried at most"""


def steps_of(eta2: npt.ArrayLike, by_lot: npt.ArrayLike, units: npt.ArrayLike) -> Floats:
    """How uneven the schools of a place may truly be: roots of η², from all but even to more than likely.

    Steps × places: lots, two below the estimate `eta2` (what lots give, `by_lot`, taken away, not below zero), the
    estimate in the place `MIDDLE`, and two above it. The outermost of the five lie `REACH` standard errors away, those
    of a quadratic form in the counts of `units` schools: by_lot·√(2/(J - 1)·(1 + 2·eta2/by_lot)).

    >>> [round(float(each), 3) for each in steps_of(0.04, 0.01, 9)]
    [0.0, 0.05, 0.125, 0.2, 0.239, 0.278]
    """
    middle, chance = np.asarray(eta2, dtype=float), np.asarray(by_lot, dtype=float)
    free = np.maximum(np.asarray(units, dtype=float) - 1, 1)
    wide = REACH * chance * np.sqrt(2 / free * (1 + 2 * middle / chance))
    low, root, high = np.sqrt(np.maximum(middle - wide, 0.0)), np.sqrt(middle), np.sqrt(middle + wide)
    return np.array([np.zeros_like(low), low, (low + root) / 2, root, (root + high) / 2, high])


def ends(estimate: Floats, mean: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """The lowest and highest true value under which the estimate is not among the unusual ones.

    `mean`, `lower` and `upper` (steps × places) are what other cohorts show on average, and the values that few of
    them lie below and above, at each step of unevenness. The low end is the mean at the step where `upper` is the
    estimate (inversion of a test: Carpenter 1999), by straight lines between the steps and beyond the last. Where
    lots would show as much it is as far below the estimate as `upper` lies above the mean at the middle step, or
    nought if that is lower. The high end is found in the same two ways, and the higher is taken: what chance does to
    the schools' shares is a part of the steps too, and makes the ones above the estimate somewhat too steep.
    """
    below, above = (estimate + each[MIDDLE] - mean[MIDDLE] for each in (lower, upper))
    low = np.where(upper[0] >= estimate, np.minimum(below, 0.0), _crossed(upper, mean, estimate))
    return low, np.maximum(_crossed(lower, mean, estimate), above)


def _crossed(edge: Floats, mean: Floats, estimate: Floats) -> Floats:
    """The mean where the straight lines through `edge` meet the estimate."""
    rising = np.maximum.accumulate(edge, axis=0)
    left = np.clip((rising < estimate).sum(axis=0) - 1, 0, len(edge) - 2)
    places = np.arange(edge.shape[1])
    start, stop = rising[left, places], rising[left + 1, places]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (estimate - start) / (stop - start)
    part = np.clip(np.where(np.isfinite(part), part, 0.0), -FARTHEST, 1 + FARTHEST)
    return np.asarray(mean[left, places] + part * (mean[left + 1, places] - mean[left, places]), dtype=float)
