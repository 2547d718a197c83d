"""Girls and boys over the years, the gaps between groups with their intervals, or the schools of a larger unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analysis.analyses.equity.pairs import gaps_of
from analysis.analyses.wording import Wording, capitalised, estimate_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import bars, cloud, key, line, name_of_rule
from analysis.drawing.panel import Panel
from analysis.drawing.style import MOST_PANELS, OWN, SECOND, decimal_axis, panels, title, year_axis
from analysis.model.by_unit import of_unit
from analysis.model.observations import Result
from analysis.model.words import BOYS, GIRLS

Drawn = tuple[Callable[[Result, str, str, Panel], None], Result]


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with something to show for the unit, in the first six panels."""
    shown = [result for _, result in _drawings(results, unit_id)[:MOST_PANELS]]
    return [result for place, result in enumerate(results) if result in shown and result not in results[:place]]


def has_dots(results: Sequence[Result], unit_id: str) -> bool:
    """Whether any panel shows gaps as dots with intervals."""
    return any(drawing is _draw_gaps for drawing, _ in _drawings(results, unit_id)[:MOST_PANELS])


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """One or two panels per measure with something to show, at most six panels; None when none has."""
    drawings = _drawings(results, unit_id)[:MOST_PANELS]
    if not drawings:
        return None
    tall = any(drawing is not _draw_spread for drawing, _ in drawings)
    figure, made = panels(len(drawings), height=2.5 if tall else 1.6)
    for (drawing, result), panel in zip(drawings, made, strict=True):
        drawing(result, unit_id, lang, panel)
    key(figure)
    return figure


def _drawings(results: Sequence[Result], unit_id: str) -> list[Drawn]:
    """What is drawn in each panel: schools beside each other, then gaps of pupils; lines where there are none."""
    found: list[Drawn] = []
    for result in results:
        has_values = bool(_mine(result, unit_id)["value"].notna().any())
        has_gaps = len(_shown_gaps(result, unit_id)) > 0
        if result.details["kind"] == "spread" and has_values:
            found.append((_draw_spread, result))
        if has_gaps:
            found.append((_draw_gaps, result))
        elif result.details["kind"] == "gap" and has_values:
            found.append((_draw_lines, result))
    return found


def _mine(result: Result, unit_id: str) -> pd.DataFrame:
    mine = of_unit(result.series, unit_id)
    return mine if result.details["kind"] == "gap" else mine[mine["group"] == "school"]


def _shown_gaps(result: Result, unit_id: str) -> pd.DataFrame:
    gaps = gaps_of(result.details, unit_id)
    return gaps[(gaps["basis"] == "pupils") & gaps["low"].notna()]


def _draw_gaps(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    """Each gap in the indicator's unit with its 95 % interval; the line is no gap."""
    wording, gaps = Wording("equity", result.indicator, lang), _shown_gaps(result, unit_id)
    title(panel, wording.short, 22)
    places = np.arange(len(gaps))[::-1]
    panel.axvline(0, color="#6E6E6E", linewidth=1.2, zorder=1)
    panel.hlines(places, gaps["low"].to_numpy(float), gaps["high"].to_numpy(float), color=OWN, linewidth=1.6, zorder=2)
    panel.plot(gaps["gap"].to_numpy(float), places, "D", color=OWN, markersize=6.5, zorder=3)
    panel.set_yticks(places, [wording.text(f"label_{pair}") for pair in gaps["pair"]])
    panel.set_ylim(-0.6, len(gaps) - 0.4)
    panel.grid(False, axis="y")
    panel.set_xlabel(wording.text("axis_gap", unit=wording.text(f"unit_{result.indicator.unit}")))
    panel.margins(x=0.08)
    decimal_axis(panel, lang, "x")


def _draw_lines(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording, mine = Wording("equity", result.indicator, lang), _mine(result, unit_id)
    title(panel, wording.short)
    for group, colour, marker in ((GIRLS, OWN, "D"), (BOYS, SECOND, "o")):
        given = mine[(mine["group"] == group) & mine["value"].notna()]
        for _, rows in given.groupby("segment"):
            years, values = rows["year"].to_numpy(float), rows["value"].to_numpy(float)
            bars(panel, years, rows["low"].to_numpy(float), rows["high"].to_numpy(float), colour)
            line(panel, years, values, capitalised(wording.text(group)), colour=colour, marker=marker)
    year_axis(panel, [int(year) for year in mine["year"]])
    panel.margins(y=0.2)
    decimal_axis(panel, lang)


def _draw_spread(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording, mine = Wording("equity", result.indicator, lang), _mine(result, unit_id)
    values = np.sort(mine["value"].to_numpy(float))
    height = np.asarray((np.arange(len(values)) * 0.618034) % 1.0, dtype=float)
    title(panel, wording.short)
    cloud(panel, values, height)
    own = float(estimate_of(result, unit_id)["value"])
    if np.isfinite(own):
        panel.axvline(own, color=OWN, linewidth=2.2, zorder=3)
        name_of_rule(panel, str(result.units.at[unit_id, "name"]), own, 1.12, middle=float(values[[0, -1]].mean()))
    panel.set_yticks([])
    panel.set_ylim(-0.1, 1.25)
    panel.set_ylabel(wording.text("axis_schools"))
    panel.margins(x=0.05)
    decimal_axis(panel, lang, "x")
