"""Line charts: the unit's years, with the level above as a dashed line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.analyses.multiples import small_multiples
from analysis.analyses.wording import Wording, capitalised, estimate_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import bars, line
from analysis.drawing.panel import Panel
from analysis.drawing.style import MOST_PANELS, PEERS, THIRD, decimal_axis, title, year_axis
from analysis.model.by_unit import of_unit
from analysis.model.observations import Result


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with something to show for the unit, at most six."""
    return [each for each in results if _mine(each, unit_id)["value"].notna().any()][:MOST_PANELS]


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """One panel per measure that has a value, at most six; None when none has."""
    return small_multiples(drawn(results, unit_id), lambda result, panel: _draw_one(result, unit_id, lang, panel))


def _mine(result: Result, unit_id: str) -> Any:
    return of_unit(result.series, unit_id)


def _draw_one(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording, mine = Wording("trend", result.indicator, lang), _mine(result, unit_id)
    title(panel, wording.short)
    own = str(result.units.at[unit_id, "name"])
    for _, rows in mine.groupby("segment"):
        years, values = rows["year"].to_numpy(float), rows["value"].to_numpy(float)
        compared = rows["reference"].to_numpy(float)
        if np.isfinite(values).any():
            bars(panel, years, rows["low"].to_numpy(float), rows["high"].to_numpy(float))
            line(panel, years, values, own)
        if np.isfinite(compared).any():
            level = capitalised(wording.text(str(rows["reference_level"].dropna().iloc[-1])))
            line(panel, years, compared, level, colour=PEERS, dashed=True)
    _mark_change(result, unit_id, wording, panel)
    year_axis(panel, [int(year) for year in mine["year"]])
    panel.margins(y=0.2)
    decimal_axis(panel, lang)


def _mark_change(result: Result, unit_id: str, wording: Wording, panel: Panel) -> None:
    """A dotted upright line just before the first school year of a new level."""
    year = float(estimate_of(result, unit_id)["change_year"])
    if np.isfinite(year):
        panel.axvline(
            year - 0.5, color=THIRD, linestyle=":", linewidth=1.6, zorder=1, label=wording.text("change_mark")
        )
