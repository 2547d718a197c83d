"""Primary suppression of figures that no authority has published openly."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis import catalogue
from analysis.model import Status
from analysis.model.observations import Observations


def withhold(observations: Observations) -> Observations:
    """The same observations with the small groups of closed sources withheld.

    Figures an authority has published openly stay as published. A value of a source of one's own that
    rests on fewer pupils than the indicator's ``smallest_n``, or on an unknown number, is withheld
    together with its number of pupils, before anything is estimated from it. The input is unchanged.
    """
    closed = {source.id for source in catalogue.sources().values() if source.reader == "tidy"}
    rows = observations.rows
    small = rows["source"].isin(closed) & ~(rows["n"] >= observations.indicator.smallest_n)
    hidden = small & (rows["status"] == Status.GIVEN)
    if not hidden.any():
        return observations
    rows = rows.copy()
    rows.loc[hidden, ["value", "n", "se"]] = float("nan")
    rows.loc[hidden, "status"] = Status.WITHHELD.value
    rows.loc[hidden, "mark"] = ""
    return replace(observations, rows=pd.DataFrame(rows))
