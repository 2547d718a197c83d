"""Line charts: the unit's own years, the target up to its year, and in words how likely it is that it is met."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.analyses.goals.chances import chance_in_words
from analysis.analyses.multiples import small_multiples, with_number
from analysis.analyses.wording import Wording, estimate_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import bars, line
from analysis.drawing.panel import Panel
from analysis.drawing.style import TEXT, decimal_axis, title, year_axis
from analysis.model.by_unit import of_unit
from analysis.model.observations import Result


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with a probability for the unit, at most six."""
    return with_number(results, unit_id, "probability_now")


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """One panel per measure whose target is judged, at most six; None when none is."""
    return small_multiples(
        drawn(results, unit_id), lambda result, panel: _draw_one(result, unit_id, lang, panel), height=2.9
    )


def _draw_one(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording, row = Wording("goals", result.indicator, lang), estimate_of(result, unit_id)
    title(panel, wording.short)
    is_gap = row["target_kind"] == "gap_reduction"
    own = str(result.units.at[unit_id, "name"])
    name = wording.text("key_gap") if is_gap else own
    first, last = result.year, result.year
    for _, rows in _years(result, unit_id, is_gap).groupby("segment"):
        years, values = rows["year"].to_numpy(float), rows["value"].to_numpy(float)
        if np.isfinite(values).any():
            bars(panel, years, rows["low"].to_numpy(float), rows["high"].to_numpy(float))
            line(panel, years, values, name)
            first = min(first, int(years.min()))
    due, target = int(row["target_due"]), float(row["target"])
    first, last = min(first, due), max(last, due)
    for end in (target, -target) if is_gap else (target,):
        label = wording.text("key_target") if end == target else ""
        panel.plot([first, last], [end, end], "--", color=TEXT, linewidth=1.4, zorder=2, label=label)
        panel.plot([due], [end], "s", color=TEXT, markersize=7, zorder=4)
    panel.set_xlabel(chance_in_words(row, result.year, wording, short=True), bold_left=True)
    year_axis(panel, list(range(first, last + 1)))
    panel.margins(y=0.2)
    decimal_axis(panel, lang)


def _years(result: Result, unit_id: str, is_gap: bool) -> pd.DataFrame:
    """The unit's years: its values, or girls' value minus boys' for a gap."""
    series = of_unit(result.series, unit_id)
    if not is_gap:
        return series
    gaps = result.details["gaps"]
    if not isinstance(gaps, pd.DataFrame):
        raise TypeError(f"the details of the goals hold the gaps of each year, got: {gaps!r}")
    return gaps[gaps["unit_id"] == unit_id].assign(segment=0)
