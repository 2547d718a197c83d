"""Dot plots: the unit's value above the values it is compared with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.analyses.multiples import small_multiples, with_number
from analysis.analyses.wording import Wording, estimate_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import resting_points
from analysis.drawing.panel import Panel
from analysis.drawing.style import decimal_axis, title
from analysis.model.observations import Result

COMPARED = ("team", "school", "area", "municipality", "region", "nation", "similar", "history", "target")
"""what a value is compared with, nearest first"""


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with something to show for the unit, at most six."""
    return with_number(results, unit_id, "value")


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """One panel per measure with a value in the year, at most six; None when none has."""
    return small_multiples(
        drawn(results, unit_id), lambda result, panel: _draw_one(result, unit_id, lang, panel), height=2.1
    )


def _draw_one(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording, row = Wording("level", result.indicator, lang), estimate_of(result, unit_id)
    others = [name for name in COMPARED if name in row and row[name] == row[name]]
    labels = [str(result.units.at[unit_id, "name"]), *(wording.text(f"label_{name}") for name in others)]
    values = np.array([row["value"], *(row[name] for name in others)], dtype=float)
    low, high = np.full(len(values), np.nan), np.full(len(values), np.nan)
    low[0], high[0] = row["value_low"], row["value_high"]
    title(panel, wording.short, 22)
    resting_points(panel, values, low, high, labels)
    panel.margins(x=0.12)
    decimal_axis(panel, lang, "x")
