"""What is drawn in a panel: lines with holes, intervals, dots and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.drawing.style import OWN, PEERS, plain
from analysis.statistics.intervals import Floats

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def line(
    axes: Axes, years: Floats, values: Floats, name: str, *, colour: str = OWN, marker: str = "D", dashed: bool = False
) -> None:
    """A line over the years; a year without a value leaves a hole, never a bridge."""
    every = np.arange(years.min(), years.max() + 1)
    shown = np.full(len(every), np.nan)
    shown[np.searchsorted(every, years)] = values
    weight, size = (1.4, 0.0) if dashed else (2.2, 6.0)
    style = "--" if dashed else "-"
    axes.plot(
        every, shown, style, color=colour, linewidth=weight, marker=marker, markersize=size, zorder=3, label=plain(name)
    )


def key(figure: Figure, panels: list[Axes]) -> None:
    """What the lines are, once above all panels: each name with its line and marker."""
    found: dict[str, Artist] = {}
    for axes in panels:
        for artist, name in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(name, artist)
    if found:
        figure.legend(
            list(found.values()), list(found), loc="outside upper left", ncols=3, frameon=False, handlelength=2.4
        )


def bars(axes: Axes, years: Floats, low: Floats, high: Floats, colour: str = OWN) -> None:
    """The interval of each value as a thin upright bar."""
    known = np.isfinite(low) & np.isfinite(high)
    axes.vlines(years[known], low[known], high[known], color=colour, linewidth=1.2, alpha=0.55, zorder=2)


def resting_points(axes: Axes, values: Floats, low: Floats, high: Floats, labels: list[str], own: int = 0) -> None:
    """Values below each other with intervals and labels; the unit's own is dark, larger and diamond-shaped."""
    places = np.arange(len(values))[::-1]
    known = np.isfinite(low) & np.isfinite(high)
    axes.hlines(places[known], low[known], high[known], color=OWN, linewidth=1.6, zorder=2)
    others = np.arange(len(values)) != own
    axes.plot(values[others], places[others], "o", color=PEERS, markersize=7, zorder=3)
    axes.plot(values[[own]], places[[own]], "D", color=OWN, markersize=8, zorder=4)
    axes.set_yticks(places, [plain(label, 26) for label in labels])
    axes.set_ylim(-0.6, len(values) - 0.4)
    axes.grid(False, axis="y")


def cloud(axes: Axes, across: Floats, up: Floats) -> None:
    """Peers as small grey dots."""
    axes.plot(across, up, "o", color=PEERS, markersize=3.2, markeredgewidth=0, zorder=1)
