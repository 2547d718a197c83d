"""What is known of each pupil before the result: the earlier result and the background, as columns of a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.statistics.intervals import Floats

BACKGROUND = ("sex", "parents_education", "origin", "support", "grade", "year")
KNOTS = (0.05, 0.35, 0.65, 0.95)
"""the shares of the pupils below each bend of the curve (Harrell's four)"""
FOLLOWS = 1e-9
"""a column of whose sum of squares less than this share is its own follows from the columns before it"""


@dataclass(frozen=True)
class Design:
    """The columns of the model and their names; ``bends`` is the number of knots, 0 for a straight line."""

    table: Floats
    names: tuple[str, ...]
    bends: int


def design(pupils: pd.DataFrame) -> Design:
    """A constant, the earlier result as a restricted cubic spline, and each background as categories.

    Four knots at the 5, 35, 65 and 95 per cent points: unlike a square it bends where floors and ceilings of a
    test make it bend, is straight in the tails, and no pupil far out steers it elsewhere. Fewer distinct knots
    give fewer bends, fewer than three a straight line. What is not known of a pupil is a category of its own.
    A pupil without an earlier result (when such are among `pupils`) stands at the mean with a column of its own.
    A column that says the same as those before it is left out: no fitted value changes.
    """
    prior = pupils["prior"].to_numpy(float)
    known = np.isfinite(prior)
    spread = float(np.std(prior[known])) or 1.0
    across = np.where(known, (prior - np.mean(prior[known])) / spread, 0.0)
    curve, bends = spline(across, np.unique(np.quantile(across[known], KNOTS)))
    curve[~known] = 0.0
    columns, names = (
        [np.ones(len(pupils)), *curve.T],
        ["constant", *(f"prior {place}" for place in range(len(curve.T)))],
    )
    if not known.all():
        columns.append((~known).astype(float))
        names.append("without prior")
    for name, column in categories(pupils):
        columns.append(column)
        names.append(name)
    table = np.array(columns).T
    kept = _independent(table)
    return Design(table if kept.all() else table[:, kept], tuple(np.array(names)[kept].tolist()), bends)


def spline(across: Floats, knots: Floats) -> tuple[Floats, int]:
    """A restricted cubic spline: straight beyond the outermost knots (Stone & Koo; Harrell 2015, section 2.4.5).

    With k knots, k - 1 columns: x, and (x - tⱼ)³₊ freed of its cubic and square parts beyond the last knot, over
    (t_k - t_1)². A straight line with fewer than three knots.
    """
    if len(knots) < 3:
        return across[:, None].copy(), 0
    last, before = knots[-1], knots[-2]

    def cube(knot: float) -> Floats:
        above = np.maximum(across - knot, 0.0)
        return np.asarray(above * above * above, dtype=float)

    ends = cube(before), cube(last)
    bent = [
        cube(knot) - ends[0] * (last - knot) / (last - before) + ends[1] * (before - knot) / (last - before)
        for knot in knots[:-2]
    ]
    return np.column_stack([across, *(each / (last - knots[0]) ** 2 for each in bent)]), len(knots)


def categories(pupils: pd.DataFrame) -> Iterator[tuple[str, Floats]]:
    """A column of noughts and ones for every category but the commonest of each background variable."""
    for variable in BACKGROUND:
        codes, found = pd.factorize(pupils[variable], sort=True)
        labels = [str(each) for each in found]
        if "" in labels:
            codes = np.where(codes == labels.index(""), -1, codes)
        counts = np.bincount(codes + 1, minlength=len(labels) + 1)
        for place in range(len(counts)):
            if counts[place] and place != int(np.argmax(counts)):
                label = "unknown" if place == 0 else labels[place - 1]
                yield f"{variable} {label}", (codes == place - 1).astype(float)


def _independent(table: Floats) -> np.ndarray:
    """Which columns say something that those before them do not."""
    left = table.T @ table
    lengths = np.diag(left).copy()
    kept = np.zeros(len(left), dtype=bool)
    for place in range(len(left)):
        own = left[place, place]
        if own > FOLLOWS * lengths[place]:
            kept[place] = True
            left = left - np.outer(left[:, place], left[place]) / own
    return kept
