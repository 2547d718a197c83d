"""A scatter plot: the value expected from the pupils' background, and the actual one. No ranks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.analyses.wording import Wording, estimate_of
from analysis.drawing.marks import bars, cloud
from analysis.drawing.style import MOST_PANELS, OWN, PEERS, decimal_axis, look, panels, plain, title
from analysis.model.observations import Result


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with something to show for the unit, at most six."""
    return [each for each in results if np.isfinite(estimate_of(each, unit_id)["expected"])][:MOST_PANELS]


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Any:
    """One panel per measure whose expected value is known for the unit, at most six; None when none is."""
    shown = drawn(results, unit_id)
    if not shown:
        return None
    with look():
        figure, axes = panels(len(shown), height=3.6)
        for result, panel in zip(shown, axes, strict=True):
            _draw_one(result, unit_id, lang, panel)
    return figure


def _draw_one(result: Result, unit_id: str, lang: str, panel: Any) -> None:
    wording = Wording("adjusted", result.indicator, lang)
    known = result.estimates[result.estimates["expected"].notna()]
    row, others = estimate_of(result, unit_id), known.drop(index=unit_id)
    title(panel, wording.short)
    cloud(panel, others["expected"].to_numpy(float), others["value"].to_numpy(float))
    ends = [float(known["expected"].min()), float(known["expected"].max())]
    panel.plot(ends, ends, "--", color=PEERS, linewidth=1.2, zorder=2)
    own = np.array([float(row["expected"])])
    low, high = (np.array([float(row["expected"] + row[name])]) for name in ("low", "high"))
    bars(panel, own, low, high)
    panel.plot(own, [row["value"]], "D", color=OWN, markersize=8, zorder=4)
    panel.annotate(
        plain(str(result.units.at[unit_id, "name"]), 30), (own[0], row["value"]), (9, 0),
        textcoords="offset points", color=OWN, fontsize=9, fontweight="bold", va="center", zorder=5,
    )  # fmt: skip
    panel.set_xlabel(wording.text("axis_expected"))
    panel.set_ylabel(wording.text("axis_value"))
    decimal_axis(panel, lang, "x")
    decimal_axis(panel, lang)
