"""What chance alone does to the spread of a group, when pupils are allotted to schools by lot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes

Counts = npt.NDArray[np.int64]


def entropy(share: npt.ArrayLike) -> Floats:
    """How mixed a unit is: -p ln p - (1 - p) ln(1 - p), 0 when all are alike and ln 2 when half and half.

    >>> round(float(entropy(0.5) / np.log(2)), 6), float(entropy(1.0))
    (1.0, 0.0)
    """
    from scipy.special import entr

    portion = np.asarray(share, dtype=float)
    return np.asarray(entr(portion) + entr(1 - portion), dtype=float)


def by_chance(members: int, sizes: Counts, grouping: Codes | None = None) -> dict[str, float]:
    """What the indices become on average when pupils are allotted to the units by lot, the sizes kept.

    Exact expectation under the multivariate hypergeometric: every index is a sum over units of a function of
    one hypergeometric count. E η² = (J - 1)/(N - 1).

    >>> round(by_chance(5, np.array([5, 6]))["eta2"], 6)
    0.1
    """
    pupils = int(sizes.sum())
    share = members / pupils
    uneven, left = _expected_per_unit(members, pupils, sizes)
    whole = float(entropy(share))
    eta2 = (len(sizes) - 1) / (pupils - 1)
    found = {
        "dissimilarity": float(uneven.sum()) / (2 * pupils * share * (1 - share)),
        "isolation": share + (1 - share) * eta2,
        "eta2": eta2,
        "entropy": 1 - float((sizes * left).sum()) / (pupils * whole),
    }
    if grouping is not None:
        group_sizes = np.bincount(grouping, sizes).astype(np.int64)
        _, left_between = _expected_per_unit(members, pupils, group_sizes)
        found["between"] = 1 - float((group_sizes * left_between).sum()) / (pupils * whole)
        found["within"] = found["entropy"] - found["between"]
    return found


def mean_deviation(members: npt.ArrayLike, pupils: npt.ArrayLike, size: npt.ArrayLike) -> Floats:
    """How far from its expected number a school's share of the group lies on average, when pupils go by lot.

    E|a - nP| of a hypergeometric count, in closed form after De Moivre: 2·m·(N - A - n + m)/N·P(a = m) with m the
    whole number above nP.

    >>> round(float(mean_deviation(2, 4, 2)), 6)
    0.333333
    """
    inside, whole, drawn = (np.asarray(each, dtype=float) for each in (members, pupils, size))
    above = np.minimum(np.floor(drawn * inside / whole) + 1, np.minimum(drawn, inside))
    left = whole - inside - drawn + above

    chance = np.exp(_ways(inside, above) + _ways(whole - inside, drawn - above) - _ways(whole, drawn))
    return np.asarray(2 * above * left / whole * chance, dtype=float)


def _expected_per_unit(members: int, pupils: int, sizes: Counts) -> tuple[Floats, Floats]:
    """E|a - nP| and E[entropy(a/n)] of each unit's hypergeometric count."""
    different, places = np.unique(sizes, return_inverse=True)
    uneven, left = np.empty(len(different)), np.empty(len(different))
    for place, size in enumerate(different):
        counts = np.arange(max(0, size - (pupils - members)), min(size, members) + 1)
        chance = _hypergeometric(counts, members, pupils, int(size))
        uneven[place] = chance @ np.abs(counts - size * members / pupils)
        left[place] = chance @ entropy(counts / size)
    return uneven[places], left[places]


def _hypergeometric(counts: Counts, members: int, pupils: int, size: int) -> Floats:
    """The probability of each possible count of the group's members among `size` pupils drawn without return."""
    inside, outside = _ways(members, counts), _ways(pupils - members, size - counts)
    return np.asarray(np.exp(inside + outside - _ways(pupils, size)), dtype=float)


def _ways(of: npt.ArrayLike, chosen: npt.ArrayLike) -> Floats:
    """The logarithm of how many ways `chosen` can be drawn from `of`."""
    from scipy.special import gammaln

    rest = np.subtract(of, chosen)
    return np.asarray(gammaln(np.add(of, 1)) - gammaln(np.add(chosen, 1)) - gammaln(rest + 1), dtype=float)
