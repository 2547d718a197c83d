"""How unevenly a group of pupils is spread, for many places and years at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.statistics.allotment import mean_deviation
from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes

DRAWS = 399
DRAWS_AT_A_TIME = 20
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

    Interval: parametric bootstrap over pupils as in `segregation`, with normal counts in place of binomial
    ones and the same `draws` of chance in every place, so that no place's interval depends on which others are
    asked about. p-value: X² = N·η² of the table schools × group, (N - 1)/N·X² against chi² with J - 1 degrees
    of freedom. The interval is stretched to reach zero where p is 0.05 or more.

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
        keep = np.sqrt(np.where(eta2 > 0, np.minimum(eta2_beyond / eta2, 1.0), 0.0))
        beyond = (counted - by_chance) / (1 - by_chance)
        drawn_to = share[place] + keep[place] * (inside / size - share[place])
        se, low, high = _ends(place, size, drawn_to, places, by_chance, draws)
    p_value = np.where(can, chdtrc(np.maximum(units - 1, 1), np.where(can, eta2 * (pupils - 1), 0.0)), np.nan)
    low, high = beyond + low, np.minimum(beyond + high, 1.0)
    by_lot = p_value >= 0.05
    low, high = np.where(by_lot, np.minimum(low, 0.0), low), np.where(by_lot, np.maximum(high, 0.0), high)
    return Unevenness(share, pupils, units, counted, by_chance, beyond, se, low, high, eta2, p_value)


def _ends(
    place: Codes, size: Floats, odds: Floats, places: int, by_chance: Floats, draws: int
) -> tuple[Floats, Floats, Floats]:
    """Standard error, and the 2.5 and 97.5 per cent points around the mean, of the index over other cohorts."""
    missing = np.full(places, np.nan)
    if not len(place):
        return missing, missing.copy(), missing.copy()
    labels, starts, many = np.unique(place, return_index=True, return_counts=True)
    rank = np.arange(len(place)) - np.repeat(starts, many)
    chance = np.ascontiguousarray(np.random.default_rng(0).standard_normal((int(many.max()), draws)).T)
    middle, wide = size * odds, np.sqrt(size * odds * (1 - odds))
    total = np.add.reduceat(size, starts)
    drawn = np.empty((draws, len(labels)))
    for first in range(0, draws, DRAWS_AT_A_TIME):
        now = slice(first, first + DRAWS_AT_A_TIME)
        count = chance[now][:, rank]
        count *= wide
        count += middle
        np.clip(count, 0, size, out=count)
        share = np.add.reduceat(count, starts, axis=1) / total
        count -= np.repeat(share, many, axis=1) * size
        uneven = np.add.reduceat(np.abs(count, out=count), starts, axis=1)
        drawn[now] = uneven / (2 * total * share * (1 - share))
    drawn = (drawn - by_chance[labels]) / (1 - by_chance[labels])
    se, low, high = (missing.copy() for _ in range(3))
    se[labels] = drawn.std(axis=0, ddof=1)
    low[labels], high[labels] = np.quantile(drawn, [0.025, 0.975], axis=0) - drawn.mean(axis=0)
    return se, low, high
