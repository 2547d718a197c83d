"""What is drawn in a panel: lines with holes, intervals, dots and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.drawing.style import OWN, PEERS, TEXT, plain
from analysis.statistics.intervals import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def line(
    axes: Axes, years: Floats, values: Floats, label: str, *, colour: str = OWN, marker: str = "D", dashed: bool = False
) -> None:
    """A line over the years, labelled at its end; a year without a value leaves a hole, never a bridge."""
    every = np.arange(years.min(), years.max() + 1)
    shown = np.full(len(every), np.nan)
    shown[np.searchsorted(every, years)] = values
    style = "--" if dashed else "-"
    weight, size = (1.4, 0.0) if dashed else (2.2, 6.0)
    axes.plot(every, shown, style, color=colour, linewidth=weight, marker=marker, markersize=size, zorder=3)
    given = np.flatnonzero(np.isfinite(shown))
    if label and len(given):
        end = given[-1]
        offset = (0, -12) if dashed else (0, 9)
        axes.annotate(
            plain(label, 24), (every[end], shown[end]), offset, textcoords="offset points",
            ha="right", va="center", color=colour if colour != PEERS else TEXT, fontsize=9, zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6},
        )  # fmt: skip


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
