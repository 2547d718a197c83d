"""How small panels beside each other stand in one column where a figure is much higher than it is wide: on a phone.

The figure is drawn once. Every panel and every name of the key is a group of its own, and a media query on the shape of
the picture itself moves the groups: the page gives the picture that shape on a narrow screen (`analysis.drawing.lean`
writes it). Paper and a wide screen give the picture its own shape, and nothing moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.drawing import sheet
from analysis.drawing.letters import ascent, width
from analysis.drawing.panel import Panel

if TYPE_CHECKING:
    from analysis.drawing.figure import Drawing

Move = tuple[float, float]
"""how far a group is moved to the right and down, in points"""


@dataclass(frozen=True)
class Narrow:
    """The size of the figure in one column, in points, and how far each panel and each name of the key is moved."""

    wide: float
    high: float
    panels: tuple[Move, ...]
    key: tuple[Move, ...]

    @property
    def shape(self) -> str:
        """Width to height, as a style sheet has it."""
        return f"{self.wide:.0f}/{self.high:.0f}"

    def style(self, drawing: Drawing) -> str:
        """The style sheet inside the picture: half-way between its two shapes it goes from one to the other."""
        between = (self.wide / self.high * drawing.wide / drawing.high) ** 0.5
        moves = "".join(
            f"svg>g>g:nth-child({place}){{transform:translate({round(10 * right)}px,{round(10 * down)}px)}}"
            for place, (right, down) in enumerate((*self.panels, *self.key), start=1)
        )
        grown = f"svg>g{{transform:scale({drawing.wide / self.wide:.3f})}}"
        return f"<style>@media(max-aspect-ratio:{100 * between:.0f}/100){{{grown}{moves}}}</style>"


def narrow(drawing: Drawing) -> Narrow | None:
    """The figure in one column; None when its panels stand below each other already."""
    if drawing.columns == 1:
        return None
    edges = [sheet.edges(panel) for panel in drawing.panels]
    key_high = len(drawing.key) * sheet.KEY_STEP + 2.0 if drawing.key else 0.0
    wide, y, moves = max([0.0, *map(_reach, drawing.key)]), sheet.PAD + key_high, []
    for place, (panel, box) in enumerate(zip(drawing.panels, drawing.boxes, strict=True)):
        row, column = divmod(place, drawing.columns)
        left, right = (max(each[side] for each in edges[column :: drawing.columns]) for side in (0, 2))
        in_row = edges[row * drawing.columns : (row + 1) * drawing.columns]
        top, below = (max(each[side] for each in in_row) for side in (1, 3))
        moves.append((sheet.PAD + left - box.left, y + top - box.top))
        wide = max(wide, sheet.PAD + left + max(box.wide + right, _words(panel)))
        y += top + box.high + below + sheet.BETWEEN_ROWS
    key = tuple(
        (sheet.PAD - entry.left, sheet.PAD + place * sheet.KEY_STEP + ascent("", sheet.SIZE) - entry.baseline)
        for place, entry in enumerate(drawing.key)
    )
    return Narrow(wide + sheet.PAD, y - sheet.BETWEEN_ROWS + sheet.PAD, tuple(moves), key)


def _reach(entry: sheet.Entry) -> float:
    """How far a name of the key reaches from the left edge when it stands first."""
    return sheet.PAD + sheet.HANDLE + sheet.HANDLE_PAD + width(sheet.shown(entry.name), sheet.SIZE)


def _words(panel: Panel) -> float:
    """How wide the words are that begin at a panel's left edge: its title, and a result under its axis."""
    titles = [width(sheet.shown(each), sheet.TITLE_SIZE, True) for each in panel.title.split("\n")]
    below = panel.xlabel.split("\n") if panel.xlabel_bold_left else []
    return max(titles + [width(sheet.shown(each), sheet.SIZE, True) for each in below])
