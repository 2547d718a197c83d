"""Which groups are too small to be shown at all, whatever stands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.publish.disclosure.table import Booleans, Floats


@dataclass(frozen=True)
class Rule:
    """How small is too small, for one audience and one kind of figure, and who says so.

    Results of fewer than `smallest_n` pupils are kept back, and so are parts of 1 to `smallest_cell` − 1 pupils and,
    where `all_or_none` holds, groups that all or none of the pupils belong to. What is kept back must not be
    narrowed down to less than `width` from everything else that is shown. `citation` names the source of the rule.
    """

    audience: str
    kind: str
    smallest_n: int
    smallest_cell: int
    all_or_none: bool
    width: int
    citation: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("smallest_n", "smallest_cell", "width"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")


@dataclass(frozen=True)
class Primary:
    """Which of the numbers of pupils `n`, their `part` and the `rest` (n − k) are kept back for being small."""

    n: Booleans
    part: Booleans
    rest: Booleans


def primary_counts(n: Floats, part: Floats, rule: Rule) -> Primary:
    """Groups in which a share would say something about single pupils.

    `n` is kept back from 1 to `smallest_n` − 1; k and n − k both when n is, when either is 1 to `smallest_cell` − 1,
    or when k is 0 or n under `all_or_none` (one of the two always gives the other when n is shown). An empty group
    (n = 0) is a true nought and is shown. NaN is refused: what is not known is not counted as safe.

    >>> rule = Rule("public", "results", 10, 5, True, 5)
    >>> found = primary_counts(np.array([9.0, 40, 40, 40, 0]), np.array([5.0, 20, 38, 40, 0]), rule)
    >>> found.n.tolist(), found.part.tolist()
    ([True, False, False, False, False], [True, False, True, True, False])
    """
    if n.shape != part.shape:
        raise ValueError(f"n has the shape {n.shape} and the part {part.shape}; they must be the same")
    rest = n - part
    wrong = np.flatnonzero(~((part >= 0) & (rest >= 0) & np.isfinite(n)))
    if len(wrong):
        raise ValueError(f"group {wrong[0]}: {part[wrong[0]]} of {n[wrong[0]]} is not a part of a number of pupils")
    few = _between(n, rule.smallest_n)
    kept = few | _between(part, rule.smallest_cell) | _between(rest, rule.smallest_cell)
    if rule.all_or_none:
        kept |= (n > 0) & ((part == 0) | (rest == 0))
    return Primary(few, kept, kept.copy())


def primary_means(n: Floats, rule: Rule) -> Booleans:
    """Groups too small for a mean to be shown: fewer than `smallest_n` pupils, or an unknown number.

    >>> primary_means(np.array([9.0, 10.0, np.nan, 0.0]), Rule("public", "results", 10, 5, True, 5)).tolist()
    [True, False, True, True]
    """
    return ~(n >= rule.smallest_n)


def _between(counts: Floats, smallest: int) -> Booleans:
    return (counts > 0) & (counts < smallest)
