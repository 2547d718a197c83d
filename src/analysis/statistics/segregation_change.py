"""Whether the spread of a group over the schools becomes more or less even, beyond what new cohorts do by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes

DRAWS = 999
SCHOOLS_AT_A_TIME, KEPT_BLOCKS = 32, 4
"""schools whose chance is drawn in one go, and how many such blocks are kept for the next town"""
FEWEST_YEARS = 3
BY_LOT = 0.05
REACH = 0.96
"""of the draws: one per cent is kept for what the draws do not know, for the schools' odds are estimated too"""
GRADES = 9
"""a pupil of nine grades is counted in so many following years, so that two years share the pupils of the others"""


@dataclass(frozen=True)
class Change:
    """The slope per year of each place with its standard error and 95 % interval, and the years behind it."""

    slope: Floats
    se: Floats
    low: Floats
    high: Floats
    years: Floats
    first: Floats
    last: Floats


def change_beyond_cohorts(
    years: Floats,
    values: Floats,
    by_chance: Floats,
    place: Codes,
    members: Floats,
    sizes: Floats,
    shared: int = GRADES,
    draws: int = DRAWS,
) -> Change:
    """Whether an index rises or falls over the years by more than one cohort taking the place of another.

    `values` is the dissimilarity beyond lots and `by_chance` its expectation under lots, a row per place and a
    column per year, NaN where there is none. `members` of the group among `sizes` pupils have a row per school, a
    column per year, sizes of 0 where a school has no figure; `place` is each school's. A pupil is counted in
    `shared` years running (1 where the figure is about one grade).

    The straight line is ordinary least squares. Its chance is a parametric bootstrap of the place unchanged: each
    school's odds are its own over all years, drawn towards the place's until η² is the one beyond chance, and
    `draws` series of cohorts are made, in which two years share max(0, 1 - |s - t|/shared) of the pupils: the
    numbers inside and outside the group vary as Poisson numbers do (by their normal form), so that the sizes of
    the schools vary too and a school that happens to grow is not taken for a change.
    ``se`` is the standard deviation of the slopes drawn, multiplied by the root of the years' residual sum of
    squares over its mean in the draws when that is above 1. The interval reaches as many ``se`` as 96 % of the
    draws' own studentised slopes do: of unchanged places it leaves nought out less than 5 % of the time. Where schools
    that are all alike cannot be ruled out, both are drawn and the longer reach is taken. At least three years. Every
    place has the same draws of chance, so that none depends on which others are asked about.
    """
    found = np.full((3, len(values)), np.nan)
    known = np.isfinite(values)
    count = known.sum(axis=1).astype(float)
    order = np.lexsort((members @ np.arange(1, len(years) + 1), members.sum(axis=1), sizes.sum(axis=1), place))
    edges = np.searchsorted(place[order], np.arange(len(values) + 1))
    chances: dict[tuple[int, ...], Callable[[int], Floats]] = {}
    for here in np.flatnonzero(count >= FEWEST_YEARS):
        schools, seen = order[edges[here] : edges[here + 1]], known[here]
        inside, size = members[np.ix_(schools, seen)].T, sizes[np.ix_(schools, seen)].T
        first = (years[seen] - years[seen][0]).astype(np.int64)
        chance = chances.setdefault(tuple(first.tolist()), _chance(first, shared, draws))
        lines = []
        for odds in _steady_odds(years[seen], inside, size, shared):
            drawn = _drawn(odds, size, by_chance[here, seen], chance)
            lines.append(_slope(years[seen], values[here, seen], drawn))
        found[:, here] = max(lines, key=lambda each: each[2])
    ends = [np.where(known, years, fill) for fill in (np.inf, -np.inf)]
    first, last = (np.where(count > 0, each, np.nan) for each in (ends[0].min(axis=1), ends[1].max(axis=1)))
    slope, se, reach = found
    return Change(slope, se, slope - reach, slope + reach, count, first, last)


def _slope(years: Floats, values: Floats, drawn: Floats) -> tuple[float, float, float]:
    """The slope, its standard error and how far its interval reaches, with series of an unchanged place beside."""
    x = years - years.mean()
    weight = x / (x @ x)

    def line(series: Floats) -> tuple[Floats, Floats]:
        slope = series @ weight
        left = series - series.mean(axis=-1, keepdims=True) - slope[..., None] * x
        return slope, np.sum(left**2, axis=-1)

    own, left = line(values)
    slopes, scattered = line(drawn)
    chance, usual = float(np.sqrt(np.mean((slopes - slopes.mean()) ** 2))), float(scattered.mean())
    wide = chance * np.sqrt(np.maximum(1.0, scattered / usual))
    se = chance * float(np.sqrt(max(1.0, float(left) / usual)))
    times = np.quantile(np.abs(slopes - slopes.mean()) / wide, REACH, method="higher")
    return float(own), se, float(times) * se


def _drawn(odds: Floats, size: Floats, by_chance: Floats, chance: Callable[[int], Floats]) -> Floats:
    """Series of the index of a place whose schools keep their odds (draws × years); without a group, no index.

    `size` has a row per year and a column per school; `chance` gives a block of schools at a time.
    """
    blocks = [slice(start, start + SCHOOLS_AT_A_TIME) for start in range(0, len(odds), SCHOOLS_AT_A_TIME)]

    @lru_cache(maxsize=1)
    def counts(block: int) -> Floats:
        here = blocks[block]
        middles = np.stack([size[:, here] * odds[here], size[:, here] * (1 - odds[here])]).transpose(2, 0, 1)
        made = chance(block)[: len(middles)] * np.sqrt(middles)[:, :, None]
        made += middles[:, :, None]
        return np.maximum(made, 0.0, out=made)

    sums = sum(counts(block).sum(axis=0) for block in range(len(blocks)))
    members, total = sums[0], sums[0] + sums[1]
    there = np.all((members > 0) & (members < total), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        odd = members / sums[1]
    uneven = np.zeros_like(total)
    for block in reversed(range(len(blocks))):
        away = counts(block)[:, 1] * odd
        away -= counts(block)[:, 0]
        uneven += np.abs(away, out=away).sum(axis=0)
    found = uneven[there] / (2 * members[there])
    return np.asarray((found - by_chance) / (1 - by_chance), dtype=float)


def _chance(first: Codes, shared: int, draws: int) -> Callable[[int], Floats]:
    """What cohorts add to the schools' counts, in standard deviations: schools × of the group or not × draws × years.

    Years that share grades share their pupils' chance. By blocks of schools; a school's place in its own town decides
    which numbers it has, so that no town's depend on the others.
    """
    span = int(first[-1]) + shared

    def made(block: int) -> Floats:
        random = np.random.default_rng([span, block])
        cohorts = random.standard_normal((SCHOOLS_AT_A_TIME, 2, draws, span + 1))
        cohorts[..., 0] = 0.0
        summed = np.cumsum(cohorts, axis=3, out=cohorts)
        return np.asarray((summed[..., first + shared] - summed[..., first]) / np.sqrt(shared), dtype=float)

    return lru_cache(maxsize=KEPT_BLOCKS)(made)


def _steady_odds(years: Floats, inside: Floats, size: Floats, shared: int) -> list[Floats]:
    """Each school's odds over all years, drawn towards the place's so that chance does not count as unevenness.

    Also the place's own odds for every school where those cannot be ruled out (chi² test of all years, p ≥ .05).

    Years that share pupils know less than years apart: the number of pupils is divided by the sum of all pairs'
    shared parts over the number of years.
    """
    from scipy.special import chdtrc

    near = np.maximum(0.0, 1 - np.abs(years[:, None] - years[None, :]) / shared)
    count, pupils = inside.sum(axis=0), size.sum(axis=0)
    own = np.divide(count, pupils, out=np.zeros_like(count), where=pupils > 0)
    whole, present = pupils.sum(), int((pupils > 0).sum())
    share = count.sum() / whole
    eta2 = float(pupils @ (own - share) ** 2) / float(whole * share * (1 - share))
    people = whole / (near.sum() / len(years))
    beyond = (eta2 * (people - 1) - (present - 1)) / (people - present)
    keep = np.sqrt(min(max(beyond, 0.0) / eta2, 1.0)) if eta2 > 0 else 0.0
    odds = np.where(pupils > 0, share + keep * (own - share), share)
    is_by_lot = chdtrc(max(present - 1, 1), max(eta2 * (people - 1), 0.0)) >= BY_LOT
    return [odds, np.full_like(odds, share)] if is_by_lot else [odds]
