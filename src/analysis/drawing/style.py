"""The look of every figure: calm axes, direct labels, colours that hold 3:1 on white."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.drawing.figure import Drawing
    from analysis.drawing.panel import Panel, Way

OWN, SECOND, THIRD, FOURTH, PEERS = "#12436D", "#28A197", "#801650", "#F46A25", "#8C8C8C"
TEXT, FRAME, GRID = "#262626", "#CCCCCC", "#E2E2E2"
WIDTH, PANEL_HEIGHT = 7.2, 2.5
MOST_PANELS = 6
MOST_DECIMALS = 4

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
    "axes.edgecolor": FRAME,
    "axes.labelcolor": TEXT,
    "text.color": TEXT,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "xtick.major.size": 0.0,
    "ytick.major.size": 0.0,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "arshjul",
}


def panels(
    count: int, *, height: float = PANEL_HEIGHT, columns: int = 2, heights: Sequence[float] = ()
) -> tuple[Drawing, list[Panel]]:
    """A figure of small multiples, two beside each other, and its `count` panels in reading order.

    ``height`` is that of a row in inches; with ``heights`` every row has its own. Raises ValueError for more panels
    than can be taken in at once.
    """
    from analysis.drawing.figure import Drawing
    from analysis.drawing.panel import Panel

    if not 1 <= count <= MOST_PANELS:
        raise ValueError(f"a figure has 1 to {MOST_PANELS} panels, got: {count}")
    columns = min(count, columns)
    rows = heights or [height] * math.ceil(count / columns)
    made = [Panel() for _ in range(count)]
    return Drawing(made, columns, rows, 72 * WIDTH, 72 * (sum(rows) + 0.3)), made


def plain(text: str, longest: int = 44) -> str:
    r"""A name as a figure may carry it: no mathematics, no leading underscore, not too long.

    >>> plain("_Skola för $")
    'Skola för \\$'
    """
    shown = text.strip().lstrip("_").replace("$", r"\$")
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def title(panel: Panel, text: str, width: int = 36) -> None:
    """The panel's title, bold, at its left edge, in lines of at most `width` letters."""
    panel.title = textwrap.fill(plain(text, 80), width)


def decimal_axis(panel: Panel, lang: str, which: Way = "y") -> None:
    """Numbers on an axis as the language writes them, all with as many decimals as their steps need."""
    from analysis.model.language import number

    def written(ticks: Sequence[float]) -> list[str]:
        decimals = next((each for each in range(MOST_DECIMALS) if _fit(ticks, each)), MOST_DECIMALS)
        return [number(each, decimals, lang) for each in ticks]

    panel.writer[which] = written


def _fit(ticks: Sequence[float], decimals: int) -> bool:
    return all(abs(each - round(each, decimals)) < 1e-9 * max(abs(each), 1e-3) for each in ticks)


def year_axis(panel: Panel, years: list[int]) -> None:
    """School years on the horizontal axis, at most six of them written: ``23/24``."""
    first, last = min(years), max(years)
    step = max(1, math.ceil((last - first + 1) / 6))
    ticks = list(range(last, first - 1, -step))[::-1]
    panel.set_xticks(ticks, [f"{year % 100:02d}/{(year + 1) % 100:02d}" for year in ticks])
    panel.set_xlim(first - 0.4, last + 0.4)
