"""What is drawn in a panel: lines with holes, intervals, dots and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis.drawing.style import OWN, PEERS, plain
from analysis.statistics.intervals import Floats

if TYPE_CHECKING:
    from analysis.drawing.figure import Drawing
    from analysis.drawing.panel import Panel


def line(
    panel: Panel,
    years: Floats,
    values: Floats,
    name: str,
    *,
    colour: str = OWN,
    marker: str = "D",
    dashed: bool = False,
) -> None:
    """A line over the years; a year without a value leaves a hole, never a bridge."""
    every = np.arange(years.min(), years.max() + 1)
    shown = np.full(len(every), np.nan)
    shown[np.searchsorted(every, years)] = values
    weight, size = (1.4, 0.0) if dashed else (2.2, 6.0)
    style = "--" if dashed else "-"
    panel.plot(
        every, shown, style, color=colour, linewidth=weight, marker=marker, markersize=size, zorder=3, label=plain(name)
    )


def key(drawing: Drawing, columns: int = 3) -> None:
    """What the lines are, once above all panels: each name with its line and marker."""
    drawing.key_columns = columns


def bars(panel: Panel, years: Floats, low: Floats, high: Floats, colour: str = OWN) -> None:
    """The interval of each value as a thin upright bar."""
    known = np.isfinite(low) & np.isfinite(high)
    panel.vlines(years[known], low[known], high[known], color=colour, linewidth=1.2, alpha=0.55, zorder=2)


def resting_points(panel: Panel, values: Floats, low: Floats, high: Floats, labels: list[str], own: int = 0) -> None:
    """Values below each other with intervals and labels; the unit's own is dark, larger and diamond-shaped."""
    places = np.arange(len(values))[::-1]
    known = np.isfinite(low) & np.isfinite(high)
    panel.hlines(places[known], low[known], high[known], color=OWN, linewidth=1.6, zorder=2)
    others = np.arange(len(values)) != own
    panel.plot(values[others], places[others], "o", color=PEERS, markersize=7, zorder=3)
    panel.plot(values[[own]], places[[own]], "D", color=OWN, markersize=8, zorder=4)
    panel.set_yticks(places, [plain(label, 26) for label in labels])
    panel.set_ylim(-0.6, len(values) - 0.4)
    panel.grid(False, axis="y")


def cloud(panel: Panel, across: Floats, up: Floats) -> None:
    """Peers as small grey dots."""
    panel.plot(across, up, "o", color=PEERS, markersize=3.2, markeredgewidth=0, zorder=1)


def beside(panel: Panel, name: str, x: float, y: float, *, middle: float) -> None:
    """The unit's name in bold beside its own mark, on the side where there is more room."""
    side: Literal["left", "right"] = "right" if x > middle else "left"
    away = (-9.0 if side == "right" else 9.0, 0.0)
    panel.write(plain(name, 28), x, y, OWN, across=side, away=away, bold=True, boxed=True, zorder=6)


def name_of_rule(panel: Panel, name: str, x: float, y: float, *, middle: float) -> None:
    """The unit's name beside its upright line, on the side where there is more room."""
    side: Literal["left", "right"] = "right" if x > middle else "left"
    panel.write(plain(name, 28), x, y, OWN, across=side, away=(-5.0 if side == "right" else 5.0, 0.0), bold=True)
