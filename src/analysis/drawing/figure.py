"""A figure in the making: its panels and its size; drawn by matplotlib, or written as a small SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.drawing import sheet
from analysis.drawing.narrow import Narrow, narrow
from analysis.drawing.panel import Panel

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass
class Drawing:
    """Panels in reading order. ``wide`` and ``high`` are in points, ``heights`` the rows' shares of the height."""

    panels: list[Panel]
    columns: int
    heights: Sequence[float]
    wide: float
    high: float
    key_columns: int = field(default=0)
    """how many columns the key above the panels has at most; 0 for no key"""

    @cached_property
    def key(self) -> list[sheet.Entry]:
        """The names of lines and areas, placed."""
        return sheet.key(self.panels, self.wide, self.key_columns) if self.key_columns else []

    @cached_property
    def boxes(self) -> list[sheet.Box]:
        """Where each panel's frame stands."""
        rows = len({entry.baseline for entry in self.key})
        above = rows * sheet.KEY_STEP + 2.0 if rows else 0.0
        return sheet.boxes(self.panels, self.columns, self.heights, self.wide, self.high, above)

    @cached_property
    def narrow(self) -> Narrow | None:
        """How the panels stand below each other on a narrow screen; None when they do so anyhow."""
        return narrow(self)

    def figure(self) -> Figure:
        """The figure as matplotlib draws it: for notebooks, and what the small SVG is held against."""
        from analysis.drawing.plain import figure

        return figure(self)

    def svg(self) -> bytes:
        """The figure as a page carries it."""
        from analysis.drawing.lean import svg

        return svg(self)
