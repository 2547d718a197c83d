"""Official figures beside computed ones, where a unit has both."""

from __future__ import annotations

import pandas as pd

from analysis.catalogue import indicators
from analysis.model import Status

KEY = ["unit_id", "indicator", "year", "group"]


def reconciled(official: pd.DataFrame, computed: pd.DataFrame) -> pd.DataFrame:
    """Every official figure of an upper level beside the one computed from the schools.

    ``difference`` is computed minus official. ``tolerance`` is the source's rounding step (or one unit of
    the last decimal), plus, for the pupils not behind the computed value, as much as they could
    reasonably differ: one standard deviation between pupils, where it is known, times their share.
    """
    upper = official[(official["level"] != "school") & (official["status"] == Status.GIVEN)]
    beside = computed[computed["status"] == Status.GIVEN][[*KEY, "value", "coverage"]]
    both = upper[[*KEY, "value"]].merge(beside, on=KEY, suffixes=("_official", "_computed"))
    steps = {name: max(each.rounding, 10.0**-each.decimals) for name, each in indicators().items()}
    deviations = {name: each.pupil_sd or 0.0 for name, each in indicators().items()}
    step = both["indicator"].map(steps).astype("float64")
    deviation = both["indicator"].map(deviations).astype("float64")
    found = both.rename(columns={"value_official": "official", "value_computed": "computed"})
    found["difference"] = found["computed"] - found["official"]
    found["tolerance"] = step + (1 - found["coverage"]) * deviation
    found["within"] = found["difference"].abs() <= found["tolerance"]
    return found.sort_values(KEY, ignore_index=True)
