"""What is drawn in one panel: marks in the data's own units, the axes' ends, ticks and texts.

A panel is spoken to in matplotlib's words (`plot`, `axhline`, `set_xlim` …), of which it understands those that
figures here are made of; another word is an error. It draws nothing itself: `analysis.drawing.plain` draws it with
matplotlib, `analysis.drawing.lean` writes it as a small SVG.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from analysis.drawing.mark import Band, Bar, Dots, Label, Line, Mark, Rule, Segments, numbers, reach

Way = Literal["x", "y"]
Writer = Callable[[Sequence[float]], list[str]]
MARGIN = 0.05
MOST_STEPS: dict[Way, int] = {"x": 5, "y": 6}
"""numbers stand closer upwards than across, where they are wide"""


class Panel:
    """One panel of a figure in the making."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.title, self.xlabel, self.ylabel = "", "", ""
        self.xlabel_bold_left = False
        self.margin: dict[Way, float] = {"x": MARGIN, "y": MARGIN}
        self.fixed: dict[Way, tuple[float, float]] = {}
        self.given_ticks: dict[Way, tuple[list[float], list[str]]] = {}
        self.writer: dict[Way, Writer] = {}
        self.gridded: dict[Way, bool] = {"x": True, "y": True}
        self.bare: set[str] = set()
        """the sides without a frame line"""

    def add(self, mark: Mark) -> None:
        """One more mark."""
        self.marks.append(mark)

    def plot(self, x: Any, y: Any, style: str = "-", *, color: str, **settings: Any) -> None:
        """Points; ``style`` is a line's style, a marker, or the one after the other: ``-``, ``o``, ``--D``."""
        dash = style.rstrip("oDs")
        names = {"linewidth": "width", "markersize": "size", "markeredgewidth": "edge", "markerfacecolor": "face"}
        given = {names.get(name, name): value for name, value in settings.items()}
        given.setdefault("marker", style[len(dash) :])
        self.add(Line(numbers(x), numbers(y), color, dash, **given))

    def vlines(self, x: Any, low: Any, high: Any, *, color: str, linewidth: float, **settings: Any) -> None:
        """Upright strokes."""
        self.add(Segments(True, numbers(x), numbers(low), numbers(high), color, linewidth, **settings))

    def hlines(self, y: Any, low: Any, high: Any, *, color: str, linewidth: float, **settings: Any) -> None:
        """Level strokes."""
        self.add(Segments(False, numbers(y), numbers(low), numbers(high), color, linewidth, **settings))

    def axvline(self, x: float, *, color: str, linewidth: float, linestyle: str = "-", **settings: Any) -> None:
        """An upright line across the panel."""
        self.add(Rule(True, float(x), color, linestyle, linewidth, **settings))

    def axhline(self, y: float, *, color: str, linewidth: float, linestyle: str = "-", **settings: Any) -> None:
        """A level line across the panel."""
        self.add(Rule(False, float(y), color, linestyle, linewidth, **settings))

    def scatter(
        self, x: Any, y: Any, *, s: float, color: str, edgecolor: str, linewidth: float, **settings: Any
    ) -> None:
        """Discs of the area ``s`` in square points, as matplotlib counts it."""
        self.add(Dots(numbers(x), numbers(y), color, float(np.sqrt(s)), edgecolor, linewidth, **settings))

    def fill_between(self, x: Any, low: Any, high: Any, *, color: str, alpha: float, **settings: Any) -> None:
        """An area without a rim."""
        self.add(Band(numbers(x), numbers(low), numbers(high), color, alpha, **settings))

    def barh(
        self, place: float, wide: float, thick: float, *, left: float, color: str, edgecolor: str, linewidth: float,
        **settings: Any,
    ) -> None:  # fmt: skip
        """A level bar."""
        self.add(Bar(float(place), wide, thick, left, color, edgecolor, linewidth, **settings))

    def write(self, text: str, x: float, y: float, colour: str, **settings: Any) -> None:
        """A text in the panel."""
        self.add(Label(text, float(x), float(y), colour, **settings))

    def set_xlim(self, low: float, high: float) -> None:
        """The ends of the axis across."""
        self.fixed["x"] = (float(low), float(high))

    def set_ylim(self, low: float, high: float) -> None:
        """The ends of the axis upwards."""
        self.fixed["y"] = (float(low), float(high))

    def set_xticks(self, at: Any, labels: Sequence[str] = ()) -> None:
        """Where the axis across is marked, and with which words."""
        self.given_ticks["x"] = ([float(each) for each in at], list(labels))

    def set_yticks(self, at: Any, labels: Sequence[str] = ()) -> None:
        """Where the axis upwards is marked, and with which words."""
        self.given_ticks["y"] = ([float(each) for each in at], list(labels))

    def set_xlabel(self, text: str, *, bold_left: bool = False) -> None:
        """The words under the axis; bold from its left end when they are a result and no unit."""
        self.xlabel, self.xlabel_bold_left = text, bold_left

    def set_ylabel(self, text: str) -> None:
        """The words beside the axis."""
        self.ylabel = text

    def margins(self, **share: float) -> None:
        """The free space at both ends of an axis, as a share of what it holds."""
        self.margin |= share  # type: ignore[arg-type]

    def grid(self, shown: bool, axis: Way | Literal["both"] = "both") -> None:
        """Whether thin lines lead from the ticks through the panel."""
        self.gridded |= dict.fromkeys(("x", "y") if axis == "both" else (axis,), shown)

    def ends(self, way: Way) -> tuple[float, float]:
        """The ends of an axis: those set, else all that is drawn with its margin."""
        if way in self.fixed:
            return self.fixed[way]
        held = np.concatenate([reach(mark)["xy".index(way)] for mark in self.marks] or [np.array([])])
        held = held[np.isfinite(held)]
        low, high = apart(float(held.min()), float(held.max())) if len(held) else (0.0, 1.0)
        free = (high - low) * self.margin[way]
        return float(low - free), float(high + free)

    def ticks(self, way: Way) -> tuple[list[float], list[str]]:
        """Where an axis is marked, and with which words; round numbers unless others were set."""
        if way in self.given_ticks:
            return self.given_ticks[way]
        low, high = self.ends(way)
        at = [each for each in round_numbers(low, high, MOST_STEPS[way]) if low <= each <= high]
        return at, self.writer[way](at) if way in self.writer else [f"{each:g}" for each in at]


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """Round numbers around two ends, in at most so many steps of 1, 2 or 5 times a power of ten."""
    from matplotlib.ticker import MaxNLocator

    return [float(each) for each in MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)]


def apart(low: float, high: float) -> tuple[float, float]:
    """Two ends of an axis that are not the same: a single value stands in the middle of a tenth of itself.

    >>> apart(200.0, 200.0), apart(0.0, 0.0), apart(1.0, 2.0)
    ((190.0, 210.0), (-0.05, 0.05), (1.0, 2.0))
    """
    if high - low > 1e-12 * max(abs(low), abs(high)):
        return low, high
    free = MARGIN * (abs(low) or 1.0)
    return low - free, high + free
