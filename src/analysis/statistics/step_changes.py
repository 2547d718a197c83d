"""Whether the years of many units lie on two levels rather than one, each unit with its own weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.change_point import FEWEST_YEARS, TRIMMING
from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes

Mask = npt.NDArray[np.bool_]

NODES = 12
"""points of the Gauss-Legendre rule for the probability of two neighbouring breaks"""
CLEARLY_STABLE = 0.2
"""a p-value from which on nothing more is asked"""


@dataclass(frozen=True)
class StepChanges:
    """The likeliest change of level of each unit: ``first_after`` the first year of the new level.

    ``sup_f`` and ``p_value`` as in `step_changes`; ``size`` = mean after minus mean before, which a search for
    the largest difference makes too large; ``chi2`` the weighted sum of squares left around the two levels.
    NaN for a unit with fewer than eight years.
    """

    first_after: Floats
    sup_f: Floats
    p_value: Floats
    size: Floats
    chi2: Floats


def step_changes(
    codes: Codes,
    x: Floats,
    y: Floats,
    variance: Floats,
    units: int,
    is_known: npt.ArrayLike = False,
    floor: float = 0.0,
) -> StepChanges:
    """When each unit's figures changed level, and whether they changed at all.

    Sup-F for one change of a mean with weights 1/`variance`: the largest (RSS₀ - RSS₁)/(RSS₁/(n - 2)) over every
    break that leaves 15 % of the n years, and two, on each side; the scatter is never taken as smaller than
    `floor` (the variance of rounding). The p-value is Worsley's (1982) bound Σ P(Fᵢ > f) - Σ P(Fᵢ > f, Fᵢ₊₁ > f),
    never below the true one whatever the weights, so stable units are flagged at most as often as it says:
    under normal errors each F is exactly F(1, n - 2), and how far two neighbours go together follows from the
    weights alone. Where the variance `is_known` (not just up to a constant) and p is below 0.2, the larger of
    this and the same bound with that variance: never surer than chance between cohorts allows. Errors that follow
    each other from year to year make it too small. `codes` numbers the unit of each point, 0 to `units` - 1.
    """
    counts = np.bincount(codes, minlength=units)
    chosen = np.flatnonzero(counts >= FEWEST_YEARS)
    answer = {name: np.full(units, np.nan) for name in ("first_after", "sup_f", "p_value", "size", "chi2")}
    if len(chosen):
        known = np.broadcast_to(np.asarray(is_known, dtype=bool), (units,))[chosen]
        weight = 1 / variance
        least = floor * (np.bincount(codes, weight, units) / np.fmax(counts, 1))[chosen]
        table = _side_by_side(codes, x, y, weight, chosen, units)
        for name, numbers in _largest(*table, counts[chosen].astype(float), least, known).items():
            answer[name][chosen] = numbers
    return StepChanges(**answer)


def _side_by_side(
    codes: Codes, x: Floats, y: Floats, weights: Floats, chosen: npt.NDArray[np.intp], units: int
) -> tuple[Floats, Floats, Floats]:
    """Years, values and weights with one row per chosen unit, in order of year; weight 0 after the last."""
    order = np.lexsort((x, codes))
    order = order[np.isin(codes[order], chosen)]
    _, starts, sizes = np.unique(codes[order], return_index=True, return_counts=True)
    row = np.repeat(np.arange(len(chosen)), sizes)
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    shape = (len(chosen), int(sizes.max()))
    tables = [np.zeros(shape) for _ in range(3)]
    for table, numbers in zip(tables, (x, y, weights), strict=True):
        table[row, place] = numbers[order]
    return tables[0], tables[1], tables[2]


def _largest(x: Floats, y: Floats, weights: Floats, years: Floats, least: Floats, known: Mask) -> dict[str, Floats]:
    """The largest F of each row and what belongs to it."""
    total = weights.sum(axis=1)
    middle = (weights * y).sum(axis=1) / total
    up = weights * (y - middle[:, None])
    whole = (up * (y - middle[:, None])).sum(axis=1)
    before = np.cumsum(weights, axis=1)[:, :-1]
    rest, moved = total[:, None] - before, np.cumsum(up, axis=1)[:, :-1]
    counted = np.arange(1, before.shape[1] + 1)
    shortest = np.maximum(np.floor(TRIMMING * years + 1e-9), 2)[:, None]
    admissible = (counted >= shortest) & (years[:, None] - counted >= shortest)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(admissible, moved**2 * total[:, None] / (before * rest), -np.inf)
        best = np.argmax(gain, axis=1)
        here = (np.arange(len(x)), best)
        left = np.maximum(whole - gain[here], 0.0)
        scatter = np.maximum(left / (years - 2), least)
        f = np.where(scatter > 0, gain[here] / scatter, np.nan)
        alike = np.sqrt(before[:, :-1] * rest[:, 1:] / (before[:, 1:] * rest[:, :-1]))
    alike = np.where(admissible[:, :-1] & admissible[:, 1:], alike, np.nan)
    breaks = admissible.sum(axis=1)
    p_value = _bound(f, years - 2, breaks, alike)
    doubtful = np.flatnonzero(known & ~(p_value >= CLEARLY_STABLE))
    stated = _bound(gain[here][doubtful], np.full(len(doubtful), np.inf), breaks[doubtful], alike[doubtful])
    p_value[doubtful] = np.fmax(p_value[doubtful], stated)
    size = -moved[here] / rest[here] - moved[here] / before[here]
    return {"first_after": x[here[0], best + 1], "sup_f": f, "p_value": p_value, "size": size, "chi2": left}


def _bound(f: Floats, df: Floats, breaks: Floats, alike: Floats) -> Floats:
    """Worsley's bound of the probability that any of the F statistics (chi-square at infinite df) exceeds `f`.

    Where a single look already says 0.2 or more, the plain sum over the breaks (Bonferroni), which is 1 with five.
    """
    from scipy.special import chdtrc, fdtrc

    finite = np.where(np.isfinite(df), df, 1.0)
    one = np.where(np.isfinite(df), fdtrc(1, finite, f), chdtrc(1, f))
    summed = np.asarray(breaks * one, dtype=float)
    near = np.flatnonzero(one < CLEARLY_STABLE)
    summed[near] -= np.nansum(_both(f[near], df[near], np.clip(alike[near], 0.0, 1.0)), axis=1)
    return np.asarray(np.clip(summed, one, 1.0), dtype=float)


def _both(f: Floats, df: Floats, alike: Floats) -> Floats:
    """The probability that two squared projections of a random direction, as F(1, df), both exceed `f`.

    The projections are on unit vectors with the inner product `alike` = cos φ. In their plane the angle is
    uniform and P(radius² > q) is (1 - q)^((df - 1)/2) with q = f/(f + df), exp(-f/2) at infinite df, which gives
    (2/π)(G(φ/2) + G((π - φ)/2)) with G(a) = ∫ P(radius² > q/cos² s) ds from a to where it becomes zero.
    """
    finite = np.isfinite(df)
    degrees = np.where(finite, df, 1.0)
    reach = np.where(finite, f / (f + degrees), f)[:, None, None]
    end = np.where(finite, np.arccos(np.sqrt(np.where(finite, reach[:, 0, 0], 0.0))), np.pi / 2)[:, None]
    angle, found = np.arccos(alike), np.zeros(alike.shape)
    points, weights = np.polynomial.legendre.leggauss(NODES)
    for start in (angle / 2, (np.pi - angle) / 2):
        half = np.maximum(end - start, 0.0) / 2
        at = (start + half)[..., None] + half[..., None] * points
        needed = reach / np.cos(at) ** 2
        powers = np.maximum(1 - needed, 0.0) ** ((degrees[:, None, None] - 1) / 2)
        tail = np.where(finite[:, None, None], powers, np.exp(-needed / 2))
        found += half * (tail @ weights)
    return 2 / np.pi * found
