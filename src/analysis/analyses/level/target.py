"""Each unit beside the value that it is to reach."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.level.difference import difference
from analysis.analyses.targets import first_targets, held_targets
from analysis.model.observations import Observations
from analysis.statistics.intervals import wilson

ENDS = ((("low", "high"), 0.95), (("low80", "high80"), 0.80))


def against_target(
    observations: Observations, own: pd.DataFrame, ids: pd.Index, level: str, year: int, dispersion: float
) -> pd.DataFrame | None:
    """Each unit's value minus its target, with who set it; None when no value to reach is set at the level.

    The target is the first with a value to reach that holds for the unit, and taken as known. A share has Wilson's
    interval, with n over `dispersion` pupils; other values the interval of their own variance.
    """
    held = held_targets(observations, ids, level, year)
    held = held[held["target_kind"] != "gap_reduction"]
    if held.empty:
        return None
    first = first_targets(held, ids)
    target = first["target"].to_numpy(float)
    frame = difference(own, target, (own["variance"].to_numpy(float), np.zeros(len(ids))), None)
    shares = (own["noise"] == "binomial").to_numpy(bool) & (own["n"] > 0).to_numpy(bool)
    for ends, confidence in ENDS:
        found = wilson(own["value"].to_numpy(float) / 100, own["n"].to_numpy(float) / dispersion, confidence)
        for end, share in zip(ends, found, strict=True):
            frame[end] = np.where(shares, 100 * share - target, frame[end])
    return frame.join(first.drop(columns=["target", "target_id"]))
