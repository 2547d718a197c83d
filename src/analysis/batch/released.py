"""What a run releases is written down just before its pages are put in place, for what was shown stays known."""

from __future__ import annotations

import pandas as pd

from analysis.model import Status
from analysis.publish.disclosure.decision import within
from analysis.publish.disclosure.ledger import COLUMNS, Ledger
from analysis.publish.seen import Figures


def record(figures: Figures) -> None:
    """Add every closed figure that the run's readers may see to the record of releases.

    All that the decision gives is written, also what stands on no page of this run: whoever makes the next pages
    may count on nothing being known that is not written here. Nothing is written where all figures are open.
    """
    decision = figures.decision
    given = decision.rows[decision.rows["given"].astype(bool)]
    if figures.audience == "school":
        given = given[given["unit_id"].isin(within(figures.units, figures.school))]
    if given.empty:
        return
    parts = []
    for name in sorted(given["indicator"].unique()):
        rows = figures.observations(str(name)).rows
        parts.append(rows[rows["status"].isin([Status.GIVEN, Status.ROUNDED])].assign(indicator=name))
    shown = pd.concat(parts, ignore_index=True)[["indicator", "unit_id", "group", "year", "value", "n"]]
    found = given.merge(shown, on=["indicator", "unit_id", "group", "year"], how="left")
    ours = found["value"].notna() | found["n"].notna() | found["group"].str.contains(":")
    Ledger.of(figures.snapshot.path).record(decision.release, figures.audience, found.loc[ours, list(COLUMNS)])
