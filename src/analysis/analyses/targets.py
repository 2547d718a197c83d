"""Which targets hold for which unit: its own, or those of the nearest unit above that has one of the same kind."""

from __future__ import annotations

import pandas as pd

from analysis.analyses.rows import above, levels_above
from analysis.model.observations import Observations

KINDS = ("goal", "improvement", "minimum", "gap_reduction")
"""what a target may be, the one a page speaks of first"""
HELD = ("unit_id", "target_id", "target_kind", "target", "target_due", "target_set_by", "target_unit")


def held_targets(observations: Observations, ids: pd.Index, level: str, year: int) -> pd.DataFrame:
    """Every target that holds for each unit: `HELD`, one row per unit and target, the unit's first one first.

    A unit without a target of a kind has those of that kind of the nearest unit above that has any, with its
    setter kept: an own goal takes the place of the municipality's goal, not of its lowest level. First come
    those whose year is not passed, then by kind as in `KINDS`, then the nearest year.
    """
    targets = observations.targets.rename(columns={"value": "target", "kind": "target_kind", "unit_id": "target_unit"})
    targets = targets.rename(columns={"due_year": "target_due", "set_by": "target_set_by"})
    unknown = sorted(set(targets["target_kind"]) - set(KINDS))
    if unknown:
        raise ValueError(f"a target's kind is one of {', '.join(KINDS)}, got: {unknown}")
    targets = targets.assign(step=observations.units["level"].reindex(targets["target_unit"]).to_numpy())
    parts = [_nearest(observations, targets[targets["target_kind"] == kind], ids, level) for kind in KINDS]
    found = [part for part in parts if len(part)]
    return _in_order(pd.concat(found, ignore_index=True), year) if found else pd.DataFrame(columns=list(HELD))


def _nearest(observations: Observations, targets: pd.DataFrame, ids: pd.Index, level: str) -> pd.DataFrame:
    """The targets of one kind that hold for each unit: its own, else those of the nearest unit above with any."""
    parts, open_still = [targets.assign(unit_id="").iloc[:0]], ids
    for step in (level, *levels_above(level)):
        mine = targets[targets["step"] == step]
        if mine.empty or not len(open_still):
            continue
        owners = open_still if step == level else pd.Index(above(observations, open_still, step))
        pairs = pd.DataFrame({"unit_id": open_still, "target_unit": owners.to_numpy()})
        parts.append(pairs.merge(mine, on="target_unit"))
        open_still = open_still.difference(pd.Index(parts[-1]["unit_id"]), sort=False)
    return pd.concat(parts[1:], ignore_index=True) if len(parts) > 1 else parts[0]


def _in_order(held: pd.DataFrame, year: int) -> pd.DataFrame:
    held = held.astype({"target": float, "target_due": float})
    order = held.assign(
        passed=held["target_due"] < year,
        place=held["target_kind"].map({kind: place for place, kind in enumerate(KINDS)}),
        distance=(held["target_due"] - year).abs(),
    )
    order = order.sort_values(["unit_id", "passed", "place", "distance", "target_id"], kind="stable")
    return order[list(HELD)].reset_index(drop=True)


def first_targets(held: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """The target that a page speaks of first, per unit: `HELD` without the unit; NaN or empty without one."""
    first = held.drop_duplicates("unit_id").set_index("unit_id").reindex(ids)
    texts = ["target_id", "target_kind", "target_set_by", "target_unit"]
    return first.assign(**{name: first[name].astype(object).fillna("").astype(str) for name in texts}).astype(
        {"target": float, "target_due": float}
    )
