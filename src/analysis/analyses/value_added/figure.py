"""Dots with intervals for all units, without names: the unit's own is dark and diamond-shaped. No ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.analyses.multiples import small_multiples, with_number
from analysis.analyses.wording import Wording
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import bars
from analysis.drawing.panel import Panel
from analysis.drawing.style import OWN, PEERS, decimal_axis, plain, title
from analysis.model.observations import Result

MOST_UNITS = 200
"""more units than this are drawn as evenly chosen ones among them"""


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with an answer for the unit, at most six."""
    return with_number(results, unit_id, "estimate")


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """One panel per measure with an answer for the unit, at most six; None when none has."""
    return small_multiples(
        drawn(results, unit_id), lambda result, panel: _draw_one(result, unit_id, lang, panel), height=3.0
    )


def _draw_one(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording = Wording("value_added", result.indicator, lang)
    is_rows = result.details["way"] == "rows"
    names = ["estimate", "low", "high"] if is_rows else ["shrunken", "shrunken_low", "shrunken_high"]
    known = result.estimates.loc[result.estimates["estimate"].notna(), names].sort_values(names[0], kind="stable")
    place = int(np.flatnonzero(known.index == unit_id)[0])
    chosen = np.unique(np.linspace(0, len(known) - 1, min(len(known), MOST_UNITS)).round().astype(int))
    across = chosen[chosen != place].astype(float)
    middle, low, high = (known[name].to_numpy(float) for name in names)
    others = across.astype(int)
    title(panel, wording.short)
    panel.axhline(0.0, color=PEERS, linewidth=1.2, linestyle="--", zorder=1, label=wording.text("average"))
    bars(panel, across, low[others], high[others], PEERS)
    panel.plot(across, middle[others], "o", color=PEERS, markersize=3.2, markeredgewidth=0, zorder=2)
    own = np.array([float(place)])
    panel.vlines(own, low[[place]], high[[place]], color=OWN, linewidth=2.2, zorder=3)
    name = plain(str(result.units.at[unit_id, "name"]), 30)
    panel.plot(own, middle[[place]], "D", color=OWN, markersize=8, zorder=4, label=name)
    panel.set_xticks([])
    panel.set_xlim(-1, len(known))
    panel.grid(False, axis="x")
    panel.set_ylabel(wording.text("axis"))
    decimal_axis(panel, lang)
