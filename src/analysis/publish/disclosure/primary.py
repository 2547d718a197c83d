"""Which groups are too small to be shown at all, whatever stands beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.catalogue import Limit
from analysis.publish.disclosure.table import Booleans, Floats


@dataclass(frozen=True)
class Primary:
    """Which of the numbers of pupils `n`, their `part` and the `rest` (n − k) are kept back for being small."""

    n: Booleans
    part: Booleans
    rest: Booleans


def primary_counts(n: Floats, part: Floats, limit: Limit) -> Primary:
    """Groups in which a share would say something about single pupils.

    `n` is kept back from 1 to `smallest_n` − 1; k and n − k both when n is, when either is 1 to `smallest_cell` − 1,
    or when k is 0 or n under `all_or_none` (one of the two always gives the other when n is shown). An empty group
    (n = 0) is a true nought and is shown. NaN is refused: what is not known is not counted as safe.

    >>> limit = Limit("public", "results", 10, 5, True, 5)
    >>> found = primary_counts(np.array([9.0, 40, 40, 40, 0]), np.array([5.0, 20, 38, 40, 0]), limit)
    >>> found.n.tolist(), found.part.tolist()
    ([True, False, False, False, False], [True, False, True, True, False])
    """
    if n.shape != part.shape:
        raise ValueError(f"n has the shape {n.shape} and the part {part.shape}; they must be the same")
    rest = n - part
    wrong = np.flatnonzero(~((part >= 0) & (rest >= 0) & np.isfinite(n)))
    if len(wrong):
        raise ValueError(f"group {wrong[0]}: {part[wrong[0]]} of {n[wrong[0]]} is not a part of a number of pupils")
    few = _between(n, limit.smallest_n)
    kept = few | _between(part, limit.smallest_cell) | _between(rest, limit.smallest_cell)
    if limit.all_or_none:
        kept |= (n > 0) & ((part == 0) | (rest == 0))
    return Primary(few, kept, kept.copy())


def primary_means(n: Floats, limit: Limit) -> Booleans:
    """Groups too small for a mean to be shown: fewer than `smallest_n` pupils, or an unknown number.

    >>> primary_means(np.array([9.0, 10.0, np.nan, 0.0]), Limit("public", "results", 10, 5, True, 5)).tolist()
    [True, False, True, True]
    """
    return ~(n >= limit.smallest_n)


def _between(counts: Floats, smallest: int) -> Booleans:
    return (counts > 0) & (counts < smallest)
