"""The units most like another, seen from outside."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats

BLOCK = 512


def nearest_rows(
    asking: Floats, pool: Floats, same: npt.NDArray[np.int64], how_many: int
) -> tuple[npt.NDArray[np.int64], Floats]:
    """For each row of `asking`, the rows of `pool` most like it, nearest first, and how far away.

    Euclidean distance after each column is divided by its standard deviation in `pool` (a column
    without variation counts nothing). `same[i]` is row i's own place in `pool` (or -1), which is never its
    neighbour. All numbers finite. Ties go to the first in `pool`.
    """
    deviation = pool.std(axis=0)
    scale = np.where(deviation > 0, deviation, np.inf)
    seekers, others = asking / scale, pool / scale
    wanted = min(how_many, len(pool))
    places = np.full((len(asking), wanted), -1, dtype=np.int64)
    distances = np.full((len(asking), wanted), np.nan)
    for start in range(0, len(asking), BLOCK):
        block = slice(start, start + BLOCK)
        square = ((seekers[block, None, :] - others[None, :, :]) ** 2).sum(axis=2)
        own = np.flatnonzero(same[block] >= 0)
        square[own, same[block][own]] = np.inf
        chosen = np.argsort(square, axis=1, kind="stable")[:, :wanted]
        reach = np.sqrt(np.take_along_axis(square, chosen, axis=1))
        places[block] = np.where(np.isfinite(reach), chosen, -1)
        distances[block] = np.where(np.isfinite(reach), reach, np.nan)
    return places, distances
