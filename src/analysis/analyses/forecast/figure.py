"""Line charts with a fan: the unit's own years, and where the line leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.analyses.multiples import small_multiples, with_number
from analysis.analyses.wording import Wording, capitalised, estimate_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import bars, line
from analysis.drawing.panel import Panel
from analysis.drawing.style import OWN, decimal_axis, title, year_axis
from analysis.model.by_unit import of_unit
from analysis.model.observations import Result


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with an expected value for the unit, at most six."""
    return with_number(results, unit_id, "next")


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """One panel per measure with an expected value, at most six; None when none has."""
    return small_multiples(drawn(results, unit_id), lambda result, panel: _draw_one(result, unit_id, lang, panel))


def _draw_one(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    """The years of the current segment, then the fan."""
    wording, row = Wording("forecast", result.indicator, lang), estimate_of(result, unit_id)
    title(panel, wording.short)
    series = of_unit(result.series, unit_id)
    rows = series[series["segment"] == result.indicator.segment(result.year)]
    years, values = rows["year"].to_numpy(float), rows["value"].to_numpy(float)
    bars(panel, years, rows["low"].to_numpy(float), rows["high"].to_numpy(float))
    line(panel, years, values, str(result.units.at[unit_id, "name"]))
    coming = np.array([result.year, result.year + 1, result.year + 2], dtype=float)
    for ends, strength, share in (("", 0.13, "95"), ("80", 0.22, "80")):
        low, high = (_ahead(row, f"_{end}{ends}") for end in ("low", "high"))
        label = capitalised(wording.text("band", share=share))
        panel.fill_between(coming, low, high, color=OWN, alpha=strength, zorder=1, label=label)
    expected = capitalised(wording.text("expected"))
    panel.plot(coming, _ahead(row, ""), "--", color=OWN, linewidth=1.6, zorder=3, label=expected)
    panel.plot(coming[1:], _ahead(row, "")[1:], "D", color=OWN, markerfacecolor="white", markersize=6, zorder=4)
    year_axis(panel, [*(int(year) for year in years), result.year + 2])
    panel.margins(y=0.15)
    decimal_axis(panel, lang)


def _ahead(row: dict[str, Any], end: str) -> np.ndarray:
    """The newest value, then the two coming years' expected values or ends."""
    return np.array([row["value"], row[f"next{end}"], row[f"later{end}"]], dtype=float)
