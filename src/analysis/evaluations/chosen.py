"""Units that were chosen for a programme on a figure: that figure over the years, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.drawing.figure import Drawing
from analysis.drawing.marks import key, line
from analysis.drawing.panel import Panel
from analysis.drawing.style import MOST_PANELS, OWN, PEERS, THIRD, decimal_axis, panels, title, year_axis
from analysis.statistics.intervals import Floats


@dataclass(frozen=True)
class Series:
    """A unit's values by year; NaN where none may be seen. ``segments`` numbers the stretches that may be compared."""

    years: Floats
    values: Floats
    segments: Floats


@dataclass(frozen=True)
class Chosen:
    """One unit of a programme: its series, when it was chosen and when it began, and the level it is seen from."""

    name: str
    series: Series
    chosen: int
    began: int
    around: Series


@dataclass(frozen=True)
class Names:
    """What the marks are called, in the page's language."""

    unit: str
    around: str
    chosen: str
    began: str


def with_values(units: Sequence[Chosen]) -> list[Chosen]:
    """The units of which there is a value to draw, at most six."""
    return [each for each in units if np.isfinite(each.series.values).any()][:MOST_PANELS]


def draw(units: Sequence[Chosen], names: Names, lang: str) -> Drawing | None:
    """One panel per unit with a value, at most six, all on the same axis; None when none has a value.

    A ring stands at the year a unit was chosen on, a dotted line before its first year in the programme.
    """
    shown = with_values(units)
    if not shown:
        return None
    drawing, made = panels(len(shown))
    ends = _ends(shown)
    for each, panel in zip(shown, made, strict=True):
        _draw_one(each, names, panel)
        panel.set_ylim(*ends)
        decimal_axis(panel, lang)
    key(drawing, columns=2)
    return drawing


def _ends(shown: Sequence[Chosen]) -> tuple[float, float]:
    """The same axis for all: a difference looks as large in one panel as in another."""
    values = np.concatenate([part.values for each in shown for part in (each.series, each.around)])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    free = 0.15 * (high - low) or 0.05 * (abs(high) or 1.0)
    return low - free, high + free


def _draw_one(unit: Chosen, names: Names, panel: Panel) -> None:
    title(panel, unit.name)
    _lines(panel, unit.around, names.around, is_around=True)
    _lines(panel, unit.series, names.unit, is_around=False)
    at = unit.series.years == unit.chosen
    if np.isfinite(unit.series.values[at]).any():
        panel.plot(
            unit.series.years[at], unit.series.values[at], "o", color=OWN, markersize=13.0, markerfacecolor="white",
            markeredgewidth=1.6, zorder=1.5, label=names.chosen,
        )  # fmt: skip
    panel.axvline(unit.began - 0.5, color=THIRD, linestyle=":", linewidth=1.6, zorder=1, label=names.began)
    year_axis(panel, [int(year) for year in unit.series.years])


def _lines(panel: Panel, series: Series, name: str, *, is_around: bool) -> None:
    """A line for each stretch of years that may be compared."""
    for number in np.unique(series.segments):
        own = series.segments == number
        years, values = series.years[own], series.values[own]
        if np.isfinite(values).any():
            line(panel, years, values, name, colour=PEERS if is_around else OWN, dashed=is_around)
