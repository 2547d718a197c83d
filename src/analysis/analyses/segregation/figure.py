"""The schools' shares as dots, and the index over the years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.analyses.wording import Wording, estimate_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import bars, line, name_of_rule
from analysis.drawing.panel import Panel
from analysis.drawing.style import MOST_PANELS, OWN, PEERS, decimal_axis, panels, title, year_axis
from analysis.model.by_unit import of_unit
from analysis.model.observations import Result

LARGEST_DOT, SMALLEST_DOT, SIZES = 60.0, 8.0, 6


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results with an index for the unit in any year: two panels each, at most three results."""
    return [each for each in results if _own(each, unit_id)["value"].notna().any()][: MOST_PANELS // 2]


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """Beside each other the schools' shares in the year and the index over the years; None without an index."""
    shown = drawn(results, unit_id)
    if not shown:
        return None
    drawing, made = panels(2 * len(shown), height=2.2)
    for place, result in enumerate(shown):
        _draw_schools(result, unit_id, lang, made[2 * place])
        _draw_years(result, unit_id, lang, made[2 * place + 1])
    return drawing


def _own(result: Result, unit_id: str) -> Any:
    mine = of_unit(result.series, unit_id)
    return mine[mine["group"] == "all"]


def _draw_schools(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording = Wording("segregation", result.indicator, lang)
    mine = of_unit(result.series, unit_id)
    now = mine[(mine["group"] == "school") & (mine["year"] == result.year)].sort_values(["value", "n"])
    values, pupils = now["value"].to_numpy(float), now["n"].to_numpy(float)
    height = np.asarray((np.arange(len(values)) * 0.618034) % 1.0, dtype=float)
    title(panel, wording.short)
    step = np.ceil(SIZES * pupils / pupils.max(initial=1.0))
    for each in np.unique(step):  # one size at a time: an SVG then holds the dot once, however many schools
        size = SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * each / SIZES
        here = step == each
        panel.scatter(values[here], height[here], s=size, color=PEERS, edgecolor="white", linewidth=0.5, zorder=2)
    whole = float(estimate_of(result, unit_id)["value"])
    if np.isfinite(whole):
        panel.axvline(whole, color=OWN, linewidth=2.2, zorder=3)
        middle = float(values[[0, -1]].mean()) if len(values) else whole
        name_of_rule(panel, str(result.units.at[unit_id, "name"]), whole, 1.22, middle=middle)
    panel.set_yticks([])
    panel.set_ylim(-0.15, 1.35)
    panel.set_xlabel(wording.text("axis_share"))
    panel.margins(x=0.06)
    decimal_axis(panel, lang, "x")


def _draw_years(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording, mine = Wording("segregation", result.indicator, lang), _own(result, unit_id)
    title(panel, wording.text("index_name"))
    years, values = mine["year"].to_numpy(float), mine["value"].to_numpy(float)
    bars(panel, years, mine["low"].to_numpy(float), mine["high"].to_numpy(float))
    line(panel, years, values, wording.text("index_name"))
    panel.axhline(0.0, color=PEERS, linewidth=1.2, linestyle="--", zorder=1)
    year_axis(panel, [int(each) for each in years])
    panel.set_ylabel(wording.text("axis_index"))
    panel.margins(y=0.15)
    decimal_axis(panel, lang)
