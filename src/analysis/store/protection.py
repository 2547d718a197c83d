"""Small groups in figures of one's own, kept back before anything is computed from them."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from analysis.catalogue import indicators
from analysis.model import BOYS, GIRLS, Status
from analysis.store.notes import Notes

KEY = ["unit_id", "indicator", "year"]


def protected(rows: pd.DataFrame, closed: Collection[str], notes: Notes) -> pd.DataFrame:
    """The rows, with those of the `closed` sources that rest on too few pupils withheld.

    Figures an authority has published openly stay as published. A row of a closed source that rests on
    fewer pupils than the indicator's ``smallest_n``, or on an unknown number, loses value, mark, number
    of pupils and standard error, and is withheld also where too few of a grade's pupils have a result for a figure:
    that it is missing would tell how few they are. Girls and boys are kept back together, for one of
    them and all give the other. What is lifted to the levels above is lifted from what is left.
    """
    own = rows["source"].isin(closed)
    smallest = rows["indicator"].map({name: each.smallest_n for name, each in indicators().items()}).astype("float64")
    small = own & ~(rows["n"] >= smallest)
    by_sex = own & rows["group"].isin([GIRLS, BOYS])
    keys = pd.MultiIndex.from_frame(rows[KEY])
    hidden = small | (by_sex & keys.isin(keys[small & by_sex]))
    if not hidden.any():
        return rows
    told = hidden & (rows["status"].isin([Status.GIVEN, Status.ROUNDED]) | (rows["n"] > 0))
    kept_back = rows.copy()
    kept_back.loc[hidden, ["value", "n", "se", "numerator", "denominator"]] = float("nan")
    kept_back.loc[hidden, "mark"] = ""
    kept_back.loc[told, "status"] = Status.WITHHELD.value
    for file, count in rows.loc[hidden, "file"].value_counts().items():
        notes.add("withheld", str(file), "figures of one's own about too few pupils", int(count))
    return kept_back
