"""The units most like another, seen from outside."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats

SPARE = 9
"""how many more than wanted are reached for: the row itself and those equally far away"""
Places = npt.NDArray[np.int64]


def nearest_rows(asking: Floats, pool: Floats, same: Places, how_many: int) -> tuple[Places, Floats]:
    """For each row of `asking`, the rows of `pool` most like it, nearest first, and how far away.

    Euclidean distance after each column is divided by its standard deviation in `pool` (a column
    without variation counts nothing). `same[i]` is row i's own place in `pool` (or -1), which is never its
    neighbour. All numbers finite. Ties go to the first in `pool`.
    """
    from scipy.spatial import cKDTree

    deviation = pool.std(axis=0)
    scale = np.where(deviation > 0, deviation, np.inf)
    seekers, others = asking / scale, pool / scale
    wanted = min(how_many, len(pool))
    reached = min(wanted + SPARE, len(pool))
    _, near = cKDTree(others).query(seekers, k=np.arange(1, reached + 1))
    places, square = _nearest_of(seekers, others, same, np.sort(near, axis=1), wanted)
    tied = (reached < len(pool)) & (_furthest(seekers, others, near[:, -1]) <= square[:, -1])
    everyone = np.arange(len(pool))[None, :]
    for row in np.flatnonzero(tied):  # more lie equally far away than were reached
        one = slice(row, row + 1)
        places[one], square[one] = _nearest_of(seekers[one], others, same[one], everyone, wanted)
    reach = np.sqrt(square)
    known = np.isfinite(reach)
    return np.where(known, places, -1), np.where(known, reach, np.nan)


def _nearest_of(
    seekers: Floats, others: Floats, same: Places, candidates: Places, wanted: int
) -> tuple[Places, Floats]:
    """The nearest among each row's candidates, which stand in the pool's order, and the squared distances."""
    square = ((seekers[:, None, :] - others[candidates]) ** 2).sum(axis=2)
    square[candidates == same[:, None]] = np.inf
    chosen = np.argsort(square, axis=1, kind="stable")[:, :wanted]
    return np.take_along_axis(candidates, chosen, axis=1), np.take_along_axis(square, chosen, axis=1)


def _furthest(seekers: Floats, others: Floats, last: Places) -> Floats:
    return np.asarray(((seekers - others[last]) ** 2).sum(axis=1), dtype=float)
