"""Isolation, η² and Theil's H of each unit in the year asked for, with H in its two parts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.rows import above
from analysis.model.observations import Observations
from analysis.statistics.allotment import by_chance
from analysis.statistics.segregation import beyond_chance, counted_indices

GROUPED_BY = {"region": "municipality", "nation": "region"}
NAMES = ("isolation", "eta2", "entropy", "entropy_between", "entropy_within")


def whole_indices(observations: Observations, given: pd.DataFrame, ids: pd.Index, level: str) -> pd.DataFrame:
    """The other indices, each with what lots give taken away; NaN where nobody or everybody is of the group.

    `given` has a row per school with ``unit`` (its place among `ids`), ``n`` and ``members``.
    """
    step = GROUPED_BY.get(level)
    parent = above(observations, pd.Index(given["unit_id"]), step).to_numpy() if step else None
    belongs = np.zeros(len(given), dtype=np.int64) if parent is None else pd.factorize(parent)[0].astype(np.int64)
    all_sizes, all_members = (given[name].to_numpy(float).astype(np.int64) for name in ("n", "members"))
    numbers = np.full((len(ids), len(NAMES)), np.nan)
    for unit, places in given.groupby("unit").indices.items():
        sizes, members = all_sizes[places], all_members[places]
        total, pupils = int(members.sum()), int(sizes.sum())
        if not 0 < total < pupils:
            continue
        grouping = np.unique(belongs[places], return_inverse=True)[1].astype(np.int64) if step else None
        counted = {name: float(each) for name, each in counted_indices(members, sizes, grouping).items()}
        found = beyond_chance(counted, by_chance(total, sizes, grouping), total / pupils)
        numbers[int(str(unit))] = [found.get(name.removeprefix("entropy_"), np.nan) for name in NAMES]
    return pd.DataFrame(numbers, index=ids, columns=list(NAMES))
