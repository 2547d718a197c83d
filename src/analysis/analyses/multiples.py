"""Small multiples: what the figures of most questions have in common."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from analysis.analyses.wording import estimate_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import key
from analysis.drawing.panel import Panel
from analysis.drawing.style import MOST_PANELS, PANEL_HEIGHT, panels
from analysis.model.observations import Result


def with_number(results: Sequence[Result], unit_id: str, column: str) -> list[Result]:
    """The results that get a panel: those with a number in the column for the unit, at most six."""
    return [each for each in results if math.isfinite(float(estimate_of(each, unit_id)[column]))][:MOST_PANELS]


def small_multiples(
    shown: Sequence[Result], draw_one: Callable[[Result, Panel], None], *, height: float = PANEL_HEIGHT
) -> Drawing | None:
    """One panel per result, with the key once above them; None when there is no result to show."""
    if not shown:
        return None
    drawing, made = panels(len(shown), height=height)
    for result, panel in zip(shown, made, strict=True):
        draw_one(result, panel)
    key(drawing)
    return drawing
