"""What a run releases is written down just before its pages are put in place, for what was shown stays known."""

from __future__ import annotations

import pandas as pd

from analysis.model import Status
from analysis.publish.disclosure.decision import within
from analysis.publish.disclosure.ledger import COLUMNS, Ledger
from analysis.publish.seen import Figures


def to_record(figures: Figures) -> pd.DataFrame:
    """Every closed figure that the run's readers may see, with the ``release`` it is recorded as.

    All that the decision gives is written, also what stands on no page of this run: whoever makes the next pages
    may count on nothing being known that is not written here. No row where all figures are open.
    """
    decision = figures.decision
    given = decision.rows[decision.rows["given"].astype(bool)]
    if figures.audience == "school":
        given = given[given["unit_id"].isin(within(figures.units, figures.school))]
    parts = []
    for name in sorted(given["indicator"].unique()):
        rows = figures.observations(str(name)).rows
        parts.append(rows[rows["status"].isin([Status.GIVEN, Status.ROUNDED])].assign(indicator=name))
    if not parts:
        return pd.DataFrame(columns=["release", *COLUMNS])
    shown = pd.concat(parts, ignore_index=True)[["indicator", "unit_id", "group", "year", "value", "n"]]
    found = given.merge(shown, on=["indicator", "unit_id", "group", "year"], how="left")
    ours = found["value"].notna() | found["n"].notna() | found["group"].str.contains(":")
    return found.loc[ours, list(COLUMNS)].assign(release=decision.release)


def record(figures: Figures, rows: pd.DataFrame) -> None:
    """Add what `to_record` gave to the record of releases."""
    if len(rows):
        Ledger.of(figures.snapshot.path).record(figures.decision.release, figures.audience, rows)
