"""Girls and boys over the years, or the schools of a larger unit beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.analyses.wording import Wording, capitalised, estimate_of
from analysis.drawing.marks import bars, cloud, key, line
from analysis.drawing.style import MOST_PANELS, OWN, SECOND, decimal_axis, look, panels, plain, title, year_axis
from analysis.model.observations import Result
from analysis.model.words import BOYS, GIRLS


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with something to show for the unit, at most six."""
    return [each for each in results if _mine(each, unit_id)["value"].notna().any()][:MOST_PANELS]


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Any:
    """One panel per measure with a value to show, at most six; None when none has."""
    shown = drawn(results, unit_id)
    if not shown:
        return None
    with look():
        figure, axes = panels(len(shown), height=2.5 if shown[0].details["kind"] == "gap" else 1.6)
        for result, panel in zip(shown, axes, strict=True):
            (_draw_gap if result.details["kind"] == "gap" else _draw_spread)(result, unit_id, lang, panel)
        key(figure, axes)
    return figure


def _mine(result: Result, unit_id: str) -> Any:
    mine = result.series[result.series["unit_id"] == unit_id]
    return mine if result.details["kind"] == "gap" else mine[mine["group"] == "school"]


def _draw_gap(result: Result, unit_id: str, lang: str, panel: Any) -> None:
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


def _draw_spread(result: Result, unit_id: str, lang: str, panel: Any) -> None:
    wording, mine = Wording("equity", result.indicator, lang), _mine(result, unit_id)
    values = np.sort(mine["value"].to_numpy(float))
    height = np.asarray((np.arange(len(values)) * 0.618034) % 1.0, dtype=float)
    title(panel, wording.short)
    cloud(panel, values, height)
    own = float(estimate_of(result, unit_id)["value"])
    if np.isfinite(own):
        panel.axvline(own, color=OWN, linewidth=2.2, zorder=3)
        name = plain(str(result.units.at[unit_id, "name"]), 24)
        panel.annotate(
            name, (own, 1.12), (4, 0), textcoords="offset points", color=OWN, fontsize=9, va="center",
            annotation_clip=False,
        )  # fmt: skip
    panel.set_yticks([], [])
    panel.set_ylim(-0.1, 1.25)
    panel.set_ylabel(wording.text("axis_schools"))
    panel.margins(x=0.05)
    decimal_axis(panel, lang, "x")
