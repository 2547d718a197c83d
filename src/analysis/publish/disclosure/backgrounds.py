"""Which groups by background may be shown: all the groups of a unit, or none; all units of a parent, or none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.catalogue import Limit
from analysis.catalogue.disclosure import has_parts
from analysis.model import ALL
from analysis.publish.disclosure.primary import primary_counts
from analysis.store.private import OWN, UNKNOWN, WHOLE
from analysis.store.sources.places import LOCAL_FOLDER

WAYS = ("origin:", "parents:", "support:")
TOP = "municipality"


def groups_given(
    rows: pd.DataFrame, name: str, limit: Limit, parents: Mapping[str, str], given: frozenset[str]
) -> list[tuple[str, str]]:
    """The units and groups by background of one indicator and year that may be shown, of the units `given`.

    From the municipality downwards: the groups of a division are shown for the units below a unit when they are
    shown for the unit, and for each unit below every group, those not known among them, has no pupils or enough,
    and enough on either side of a percentage. So everything that sums and differences give is shown itself, or
    contains whole groups of several units that are not.
    """
    local = rows[rows["source"] == LOCAL_FOLDER]
    doubled = set(local.loc[local["part"] == OWN, "unit_id"])
    local = local[(local["part"] == WHOLE) & local["n"].notna()]
    held = local[local["group"] == ALL].set_index("unit_id")["n"]
    below: dict[str, list[str]] = {}
    for unit in held.index[held > 0]:
        below.setdefault(parents.get(unit, ""), []).append(str(unit))
    tops = [str(unit) for unit in held.index if str(unit).split(":")[1] == TOP]
    found: list[tuple[str, str]] = []
    for way in WAYS:
        mine = local[local["group"].str.startswith(way)]
        safe = _safe(mine, name, limit) & given - doubled
        groups = {unit: list(each) for unit, each in mine[mine["n"] > 0].groupby("unit_id")["group"]}
        todo = [unit for unit in tops if unit in safe]
        for unit in todo:  # grows while it is read
            found += [(unit, group) for group in groups[unit] if not group.endswith(f":{UNKNOWN}")]
            children = below.get(unit, [])
            if children and safe.issuperset(children):
                todo += children
    return sorted(found)


def _safe(rows: pd.DataFrame, name: str, limit: Limit) -> frozenset[str]:
    """The units none of whose groups is too small or too much of one kind."""
    n = rows["n"].to_numpy(float)
    bad = (n > 0) & (n < limit.smallest_n)
    if has_parts(name):
        part = np.clip(np.round(rows["numerator"].to_numpy(float)), 0, n)
        bad |= (n > 0) & primary_counts(n, part, limit).part
    return frozenset(rows["unit_id"]) - frozenset(rows.loc[bad, "unit_id"])
