"""The look of every figure: calm axes, direct labels, colours that hold 3:1 on white."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OWN, SECOND, THIRD, FOURTH, PEERS = "#12436D", "#28A197", "#801650", "#F46A25", "#8C8C8C"
TEXT = "#262626"
WIDTH, PANEL_HEIGHT = 7.2, 2.5
MOST_PANELS = 6

LOOK: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.labelsize": 9.0,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "legend.fontsize": 9.0,
    "axes.titlelocation": "left",
    "axes.edgecolor": "#CCCCCC",
    "axes.labelcolor": TEXT,
    "text.color": TEXT,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "xtick.major.size": 0.0,
    "ytick.major.size": 0.0,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E2E2E2",
    "grid.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "arshjul",
}


@contextmanager
def look() -> Iterator[None]:
    """The settings a figure is made under; they are taken back afterwards."""
    from matplotlib import rc_context

    with rc_context(LOOK):
        yield


def panels(count: int, *, height: float = PANEL_HEIGHT, share_x: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of small multiples, two beside each other, and its `count` axes in reading order."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if not 1 <= count <= MOST_PANELS:
        raise ValueError(f"a figure has 1 to {MOST_PANELS} panels, got: {count}")
    columns = min(count, 2)
    rows = math.ceil(count / columns)
    figure = Figure(figsize=(WIDTH, height * rows + 0.3), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=share_x).ravel()
    for spare in grid[count:]:
        spare.set_visible(False)
    for axes in grid[:count]:
        axes.tick_params(labelsize=9, length=0, labelcolor=TEXT)
    return figure, list(grid[:count])


def plain(text: str, longest: int = 44) -> str:
    r"""A name as a figure may carry it: no mathematics, no leading underscore, not too long.

    >>> plain("_Skola för $")
    'Skola för \\$'
    """
    shown = text.strip().lstrip("_").replace("$", r"\$")
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def title(axes: Axes, text: str, width: int = 36) -> None:
    """The panel's title, bold, at its left edge, in lines of at most `width` letters."""
    axes.set_title(textwrap.fill(plain(text, 80), width), loc="left", fontweight="bold")


def decimal_axis(axes: Axes, lang: str, which: str = "y") -> None:
    """Numbers on an axis as the language writes them."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    from analysis.model.language import number

    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))

    def written(value: float, _: int | None) -> str:
        return number(value, 0 if float(value).is_integer() else 1, lang)

    axis.set_major_formatter(FuncFormatter(written))


def year_axis(axes: Axes, years: list[int]) -> None:
    """School years on the horizontal axis, at most six of them written: ``23/24``."""
    first, last = min(years), max(years)
    step = max(1, math.ceil((last - first + 1) / 6))
    ticks = list(range(last, first - 1, -step))[::-1]
    axes.set_xticks(ticks, [f"{year % 100:02d}/{(year + 1) % 100:02d}" for year in ticks])
    axes.set_xlim(first - 0.4, last + 0.4)
