"""Where the panels of a figure stand, in points from its upper left corner, and the key above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.drawing.letters import GAP, ascent, width
from analysis.drawing.mark import Label, Mark
from analysis.drawing.panel import Panel

PAD, BETWEEN_COLUMNS, BETWEEN_ROWS = 3.0, 14.0, 10.0
SIZE, TITLE_SIZE = 9.0, 10.0
TICK_PAD, LABEL_PAD, TITLE_PAD = 3.5, 4.0, 6.0
HANDLE, HANDLE_PAD, KEY_GAP, KEY_STEP = 2.4 * SIZE, 0.8 * SIZE, 2.0 * SIZE, 1.5 * SIZE
LINE_STEP = 1.2
"""from one line of a title to the next, of the size of its letters"""


@dataclass(frozen=True)
class Box:
    """A panel's frame: its left and upper edge, how wide and how high it is."""

    left: float
    top: float
    wide: float
    high: float


@dataclass(frozen=True)
class Entry:
    """One name in the key: the mark that carries it and where its line begins."""

    name: str
    mark: Mark
    left: float
    baseline: float


def shown(text: str) -> str:
    """A text without the backslash that keeps matplotlib from reading mathematics."""
    return text.replace(r"\$", "$")


def named(panels: Sequence[Panel]) -> dict[str, Mark]:
    """The first mark of each name, in the order drawn."""
    found: dict[str, Mark] = {}
    for panel in panels:
        for mark in panel.marks:
            if mark.label and not isinstance(mark, Label):
                found.setdefault(mark.label, mark)
    return found


def key(panels: Sequence[Panel], wide: float, most_columns: int) -> list[Entry]:
    """The names of the marks, in as many columns as fit, each column filled before the next."""
    found = list(named(panels).items())
    for count in range(min(most_columns, max(len(found), 1)), 0, -1):
        small, extra = divmod(len(found), count)
        sizes = [small + 1] * extra + [small] * (count - extra)
        entries, left, start = [], PAD, 0
        for size in sizes:
            column = found[start : start + size]
            start += size
            for place, (name, mark) in enumerate(column):
                entries.append(Entry(name, mark, left, PAD + place * KEY_STEP + ascent("", SIZE)))
            left += HANDLE + HANDLE_PAD + max((width(shown(name), SIZE) for name, _ in column), default=0.0) + KEY_GAP
        if left - KEY_GAP <= wide - PAD or count == 1:
            break
    return entries


def first_baseline(text: str) -> float:
    """How far below its upper edge the first line of a text stands; of several lines each has half a gap above it."""
    gap = GAP / 2 if "\n" in text else 0.0
    return ascent(text, SIZE) + SIZE * gap


def line_step(text: str) -> float:
    """How far the last line of a text stands below its first."""
    return text.count("\n") * LINE_STEP * SIZE


def edges(panel: Panel) -> tuple[float, float, float, float]:
    """What a panel needs outside its frame: to the left, above, to the right, below."""
    (at, across), (_, upwards) = panel.ticks("x"), panel.ticks("y")
    left = max((width(shown(each), SIZE) for each in upwards), default=0.0)
    left += TICK_PAD if left else 0.0
    left += LABEL_PAD + SIZE if panel.ylabel else 0.0
    low, high = panel.ends("x")
    right = 4.0
    if across:
        free = (high - at[-1]) / (high - low) * 180.0
        right = max(right, width(shown(across[-1]), SIZE) / 2 - free)
    lines = panel.title.count("\n") + 1 if panel.title else 0
    top = TITLE_PAD + TITLE_SIZE * (LINE_STEP * (lines - 1) + 0.95) if lines else 4.0
    below = TICK_PAD + SIZE if across else 2.0
    below += LABEL_PAD + first_baseline(panel.xlabel) + line_step(panel.xlabel) + SIZE / 3 if panel.xlabel else 0.0
    return left, top, right, below


def boxes(panels: Sequence[Panel], columns: int, heights: Sequence[float], wide: float, high: float, above: float
          ) -> list[Box]:  # fmt: skip
    """The frames of the panels in reading order; those below each other are aligned, all in a row equally high.

    ``heights`` are the rows' shares of the height that is left when every edge has its room, ``above`` is what the
    key takes.
    """
    needed = [edges(panel) for panel in panels]
    rows = len(heights)
    by_column = [needed[place::columns] for place in range(columns)]
    by_row = [needed[row * columns : (row + 1) * columns] for row in range(rows)]
    left, right = ([max(each[side] for each in column) for column in by_column] for side in (0, 2))
    top, below = ([max(each[side] for each in row) for row in by_row] for side in (1, 3))
    free = wide - 2 * PAD - sum(left) - sum(right) - (columns - 1) * BETWEEN_COLUMNS
    room = high - 2 * PAD - above - sum(top) - sum(below) - (rows - 1) * BETWEEN_ROWS
    if free <= 0 or room <= 0:
        raise ValueError(f"the texts of a figure leave no room for what is drawn: {free:.0f} by {room:.0f} points")
    found, y = [], PAD + above
    for row in range(rows):
        size, x = room * heights[row] / sum(heights), PAD
        y += top[row]
        for column in range(columns):
            x += left[column]
            if row * columns + column < len(panels):
                found.append(Box(x, y, free / columns, size))
            x += free / columns + right[column] + BETWEEN_COLUMNS
        y += size + below[row] + BETWEEN_ROWS
    return found
