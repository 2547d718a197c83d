"""Means of pupils per unit and school year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.background import Whole


def means(unit: Whole, year: Whole, values: pd.DataFrame) -> pd.DataFrame:
    """``mean`` and ``n`` of every column (``indicator``) per number of the unit and ``school_year``, NaN left out.

    A unit and year without any number in a column have no row of it.

    >>> values = pd.DataFrame({"a": [1.0, 3.0, np.nan]})
    >>> means(np.array([7, 7, 7]), np.array([2020, 2020, 2021]), values).to_numpy().tolist()
    [[7, 2020, 'a', 2.0, 2]]
    """
    keys, place = np.unique(unit * 10_000 + year, return_inverse=True)
    parts = []
    for name in values:
        column = values[name].to_numpy(dtype=float)
        is_given = ~np.isnan(column)
        n = np.bincount(place, is_given, len(keys)).astype(np.int64)
        total = np.bincount(place, np.where(is_given, column, 0.0), len(keys))
        kept = n > 0
        parts.append(
            pd.DataFrame(
                {
                    "unit": keys[kept] // 10_000,
                    "school_year": keys[kept] % 10_000,
                    "indicator": str(name),
                    "mean": total[kept] / n[kept],
                    "n": n[kept],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
