"""How unevenly a group of pupils is spread, for many places and years at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.statistics.allotment import mean_deviation
from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.steepness import MIDDLE, ends, steps_of

DRAWS = 399
SCHOOLS_AT_A_TIME = 400
FEWEST_OF_EACH = 5


@dataclass(frozen=True)
class Unevenness:
    """The spread of a group over the units of each place, one number per place; NaN where it cannot be had.

    ``counted`` is the dissimilarity as it stands, ``by_chance`` what lots give on average, ``beyond_chance``
    what is left with its standard error and 95 % interval, ``p_value`` that of lots giving as much.
    """

    share: Floats
    pupils: Floats
    units: Floats
    counted: Floats
    by_chance: Floats
    beyond_chance: Floats
    se: Floats
    low: Floats
    high: Floats
    eta2: Floats
    p_value: Floats


def unevenness(codes: Codes, members: Floats, sizes: Floats, places: int, draws: int = DRAWS) -> Unevenness:
    """How unevenly a group is spread over the schools of each place, with small schools' chance taken away.

    The same estimators as `segregation`, for all `places` at once: `codes` says which place each school
    belongs to, with `members` of the group among its `sizes` pupils, whole numbers, every school with pupils.
    D = ½ Σ|aⱼ/A - bⱼ/B|; beyond chance (D - E₀)/(1 - E₀) with the exact E₀ of random allocation. NaN with
    fewer than two schools or five pupils on either side.

    Interval: the true unevenness under which the estimate is not among the 2.5 per cent highest or lowest of other
    cohorts (`ends`). The cohorts are drawn at six steps, the schools' shares drawn towards the place's or away from
    it until η² is the step's, with normal counts in place of binomial ones and the same `draws` of chance in every
    place and step, so that no place's interval depends on which others are asked about. p-value: X² = N·η² of the
    table schools × group, (N - 1)/N·X² against chi² with J - 1 degrees of freedom. The interval is stretched to
    reach zero where p is 0.05 or more.

    >>> place = np.zeros(4, dtype=np.int64)
    >>> found = unevenness(place, np.array([40.0, 10, 90, 20]), np.array([200.0, 200, 150, 250]), 1)
    >>> round(float(found.counted[0]), 3), round(float(found.eta2[0]), 3)
    (0.469, 0.251)
    """
    from scipy.special import chdtrc

    order = np.lexsort((members, sizes, codes))
    place, inside, size = codes[order], members[order].astype(float), sizes[order].astype(float)
    units = np.bincount(place, minlength=places).astype(float)
    total, pupils = (np.bincount(place, each, places).astype(float) for each in (inside, size))
    can = (units >= 2) & (total >= FEWEST_OF_EACH) & (pupils - total >= FEWEST_OF_EACH)
    kept = can[place]
    place, inside, size = place[kept], inside[kept], size[kept]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(can, total / pupils, np.nan)
        scale = 2 * pupils * share * (1 - share)
        counted = np.bincount(place, np.abs(inside - size * share[place]), places) / scale
        by_chance = np.bincount(place, mean_deviation(total[place], pupils[place], size), places) / scale
        eta2 = np.bincount(place, (inside - size * share[place]) ** 2 / size, places) / (scale / 2)
        eta2_beyond = np.maximum((eta2 * (pupils - 1) - (units - 1)) / (pupils - units), 0.0)
        beyond = (counted - by_chance) / (1 - by_chance)
        steps = steps_of(eta2_beyond, (units - 1) / (pupils - 1), units)
        away, times = inside / size - share[place], np.where(eta2 > 0, steps / np.sqrt(eta2), 0.0)
        odds = np.clip(share[place] + times[:, place] * away, 0.0, 1.0)
        drawn = _drawn(place, size, odds, places, draws)
        se = drawn[1, MIDDLE] / (1 - by_chance)
        mean, lower, upper = (drawn[[0, 2, 3]] - by_chance) / (1 - by_chance)
    p_value = np.where(can, chdtrc(np.maximum(units - 1, 1), np.where(can, eta2 * (pupils - 1), 0.0)), np.nan)
    low, high = ends(beyond, mean, lower, upper)
    low = np.where(p_value >= 0.05, np.minimum(low, 0.0), low)
    return Unevenness(share, pupils, units, counted, by_chance, beyond, se, low, np.minimum(high, 1.0), eta2, p_value)


def _drawn(place: Codes, size: Floats, odds: Floats, places: int, draws: int) -> Floats:
    """Mean, standard deviation, 2.5 and 97.5 per cent points of the dissimilarity over other cohorts, for each step.

    `odds` are steps × schools; the answer is 4 × steps × places.
    """
    found = np.full((4, len(odds), places), np.nan)
    labels, starts, many = np.unique(place, return_index=True, return_counts=True)
    rank = np.arange(len(place)) - np.repeat(starts, many)
    chance = np.random.default_rng(0).standard_normal((int(many.max(initial=0)), draws))
    total = np.add.reduceat(size, starts) if len(place) else size
    for here in _pieces(many):
        rows = slice(starts[here.start], starts[here.start] + int(many[here].sum()))
        begins, normal, whole = starts[here] - starts[here.start], chance[rank[rows]], total[here, None]
        for step, each in enumerate(odds[:, rows, None]):
            count = normal * np.sqrt(size[rows, None] * each * (1 - each))
            count += size[rows, None] * each
            np.clip(count, 0, size[rows, None], out=count)
            share = np.add.reduceat(count, begins, axis=0) / whole
            count -= np.repeat(share, many[here], axis=0) * size[rows, None]
            uneven = np.add.reduceat(np.abs(count, out=count), begins, axis=0) / (2 * whole * share * (1 - share))
            edges = np.quantile(uneven, [0.025, 0.975], axis=1)
            found[:, step, labels[here]] = uneven.mean(axis=1), uneven.std(axis=1, ddof=1), *edges
    return found


def _pieces(many: Codes) -> Iterator[slice]:
    """Places that lie side by side, with about `SCHOOLS_AT_A_TIME` schools together."""
    after, start = np.cumsum(many), 0
    while start < len(many):
        before = int(after[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(after, before + SCHOOLS_AT_A_TIME, side="right")))
        yield slice(start, stop)
        start = stop
