"""The small SVG of a drawing: whole tenths of a point, real text, one path for all marks that look
alike, and what neighbours share said once.

Every look is a plain attribute, so that no policy of a page can take a figure's colours away. The same drawing gives
the same bytes; it is the picture that `analysis.drawing.plain` draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import numpy as np

from analysis.drawing import sheet
from analysis.drawing.figure import Drawing
from analysis.drawing.grouped import grouped
from analysis.drawing.letters import ascent, width
from analysis.drawing.mark import Band, Bar, Dots, Label, Line, Mark, Rule, Segments
from analysis.drawing.panel import Panel
from analysis.drawing.paths import diamonds, discs, joined, rectangle, squares, strokes
from analysis.drawing.style import FRAME, GRID, TEXT
from analysis.statistics.intervals import Floats

FONT = "DejaVu Sans,Verdana,sans-serif"
FRAME_ORDER = 2.5
"""marks above this are drawn over the frame, as matplotlib does"""
DASHES = {"--": (3.7, 1.6), ":": (1.0, 1.65)}
Place = Callable[[Any], Floats]
"""from the data's units to tenths of a point"""


def svg(drawing: Drawing) -> bytes:
    """The drawing as SVG."""
    size = f"{round(10 * drawing.wide)} {round(10 * drawing.high)}"
    anchored = ' preserveAspectRatio="xMinYMin"' if drawing.narrow else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.wide:g}pt" height="{drawing.high:g}pt" '
        f'viewBox="0 0 {size}" font-family="{FONT}" font-size="90" fill="{TEXT}"{anchored}>'
    ]
    groups = ["".join(_panel(panel, box)) for panel, box in zip(drawing.panels, drawing.boxes, strict=True)]
    entries = ["".join(_entry(entry)) for entry in drawing.key]
    groups = [grouped(each) for each in [*groups, *(entries if drawing.narrow else ["".join(entries)])]]
    if drawing.narrow:
        groups = [drawing.narrow.style(drawing), "<g>", *(f"<g>{each}</g>" for each in groups), "</g>"]
    return "\n".join([*parts, *filter(None, groups), "</svg>"]).encode()


def _panel(panel: Panel, box: sheet.Box) -> list[str]:
    across, upwards = _places(panel, box)
    parts = [*_grid(panel, box, across, upwards)]
    marks = sorted(panel.marks, key=lambda mark: mark.zorder)
    below = [mark for mark in marks if mark.zorder <= FRAME_ORDER]
    parts += [_mark(mark, across, upwards, box) for mark in below]
    parts.append(_frame(panel, box))
    parts += [_mark(mark, across, upwards, box) for mark in marks[len(below) :]]
    return parts + _texts(panel, box, across, upwards)


def _places(panel: Panel, box: sheet.Box) -> tuple[Place, Place]:
    (left, right), (low, high) = panel.ends("x"), panel.ends("y")

    def across(values: Any) -> Floats:
        found: Floats = 10 * (box.left + (np.asarray(values, dtype=float) - left) / (right - left) * box.wide)
        return found

    def upwards(values: Any) -> Floats:
        found: Floats = 10 * (box.top + (high - np.asarray(values, dtype=float)) / (high - low) * box.high)
        return found

    return across, upwards


def _stroke(colour: str, width: float, more: str = "") -> str:
    return f'fill="none" stroke="{colour}" stroke-width="{round(10 * width)}"{more}'


def _opacity(name: str, alpha: float) -> str:
    return "" if alpha == 1 else f' {name}="{alpha:g}"'


def _path(path: str, look: str) -> str:
    return f'<path d="{path}" {look}/>' if path else ""


def _grid(panel: Panel, box: sheet.Box, across: Place, upwards: Place) -> list[str]:
    left, right, top, foot = 10 * box.left, 10 * (box.left + box.wide), 10 * box.top, 10 * (box.top + box.high)
    path = ""
    if panel.gridded["x"]:
        at = across(panel.ticks("x")[0])
        path += strokes(True, at, np.full(len(at), foot), np.full(len(at), top))
    if panel.gridded["y"]:
        at = upwards(panel.ticks("y")[0])
        path += strokes(False, at, np.full(len(at), left), np.full(len(at), right))
    return [_path(path, _stroke(GRID, 0.8))]


def _frame(panel: Panel, box: sheet.Box) -> str:
    left, foot = round(10 * box.left), round(10 * (box.top + box.high))
    top, right = round(10 * box.top), round(10 * (box.left + box.wide))
    sides = [("left", f"M{left} {top}V{foot}"), ("bottom", f"M{left} {foot}H{right}")]
    path = "".join(each for side, each in sides if side not in panel.bare)
    return _path(path, _stroke(FRAME, 0.8, ' stroke-linecap="square"'))


def _mark(mark: Mark, across: Place, upwards: Place, box: sheet.Box) -> str:
    match mark:
        case Line():
            return _line(mark, across(mark.x), upwards(mark.y))
        case Segments():
            along, over = (across, upwards) if mark.upright else (upwards, across)
            path = strokes(mark.upright, along(mark.at), over(mark.low), over(mark.high))
            return _path(path, _stroke(mark.colour, mark.width, _opacity("stroke-opacity", mark.alpha)))
        case Rule():
            at = across([mark.at]) if mark.upright else upwards([mark.at])
            first, last = (box.top + box.high, box.top) if mark.upright else (box.left, box.left + box.wide)
            path = strokes(mark.upright, at, np.array([10 * first]), np.array([10 * last]))
            return _path(path, _stroke(mark.colour, mark.width, _dashes(mark.style, mark.width)))
        case Dots():
            rim = discs(across(mark.x), upwards(mark.y))
            outer, inner = mark.size + mark.rim_width, mark.size - mark.rim_width
            return _path(rim, _round(mark.rim, outer)) + _path(rim, _round(mark.colour, inner))
        case Band():
            x = across(np.concatenate([mark.x, mark.x[::-1]]))
            path = joined(x, upwards(np.concatenate([mark.low, mark.high[::-1]]))) + "z"
            return _path(path, _filled(mark))
        case Bar():
            left, right = across([mark.left, mark.left + mark.wide])
            low, high = upwards([mark.place - mark.thick / 2, mark.place + mark.thick / 2])
            return _path(rectangle(left, high, right, low), _filled(mark))
        case Label():
            return _label(mark, float(across(mark.x)), float(upwards(mark.y)))


def _round(colour: str, size: float, more: str = "") -> str:
    return _stroke(colour, size, f' stroke-linecap="round"{more}')


def _dashes(style: str, width: float) -> str:
    if style not in DASHES:
        return ""
    return f' stroke-dasharray="{" ".join(f"{10 * width * each:.0f}" for each in DASHES[style])}"'


def _line(line: Line, x: Floats, y: Floats) -> str:
    drawn = ""
    if line.style:
        ends = _dashes(line.style, line.width) or ' stroke-linecap="square"'
        look = _stroke(line.colour, line.width, f' stroke-linejoin="round"{ends}{_opacity("opacity", line.alpha)}')
        drawn = _path(joined(x, y), look)
    return drawn + _markers(line, x, y)


def _markers(line: Line, x: Floats, y: Floats) -> str:
    if not (line.marker and line.size):
        return ""
    faded = _opacity("opacity", line.alpha)
    if line.marker == "o":
        rim = _path(discs(x, y), _round(line.colour, line.size + line.edge, faded))
        return rim + (_path(discs(x, y), _round(line.face, line.size - line.edge, faded)) if line.face else "")
    shape = diamonds if line.marker == "D" else squares
    look = f'fill="{line.face or line.colour}" stroke="{line.colour}" stroke-width="{round(10 * line.edge)}"{faded}'
    return _path(shape(x, y, 10 * line.size), look)


def _label(label: Label, x: float, y: float) -> str:
    text, size = sheet.shown(label.text), label.size
    x += 10 * label.away[0]
    y -= 10 * label.away[1]
    middle = (ascent(text, size, label.bold) - size / 4) / 2 if label.up == "center" else -size / 4
    box = ""
    if label.boxed:
        wide, high = width(text, size, label.bold), ascent(text, size, label.bold)
        left = x / 10 - {"left": 0.0, "center": wide / 2, "right": wide}[label.across]
        foot = y / 10 + middle + size / 4
        ends = (10 * (left - 1), 10 * (foot - high - size / 4 - 1), 10 * (left + wide + 1), 10 * (foot + 1))
        box = _path(rectangle(*ends), 'fill="#fff" fill-opacity=".8"')
    return box + words(text, x, y + 10 * middle, label.across, size=size, bold=label.bold, colour=label.colour)


def words(
    text: str, x: float, baseline: float, across: str = "left", *,
    size: float = sheet.SIZE, bold: bool = False, colour: str = TEXT, turned: bool = False,
) -> str:  # fmt: skip
    """A text, its first baseline in tenths of a point; ``turned`` reads upwards."""
    look = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}[across]
    look += "" if size == sheet.SIZE else f' font-size="{round(10 * size)}"'
    look += ' font-weight="bold"' if bold else ""
    look += "" if colour == TEXT else f' fill="{colour}"'
    at = f'x="{round(x)}" y="{round(baseline)}"'
    if turned:
        at = f'transform="translate({round(x)} {round(baseline)})rotate(-90)"'
    first, *more = escape(sheet.shown(text), quote=False).split("\n")
    step = round(10 * size * sheet.LINE_STEP)
    return f"<text {at}{look}>{first}{''.join(_next_line(each, x, step) for each in more)}</text>"


def _next_line(text: str, x: float, step: float) -> str:
    return f'<tspan x="{round(x)}" dy="{step}">{text}</tspan>'


def _texts(panel: Panel, box: sheet.Box, across: Place, upwards: Place) -> list[str]:
    left, foot = 10 * box.left, 10 * (box.top + box.high)
    (at, below), (heights, beside) = panel.ticks("x"), panel.ticks("y")
    tick = foot + 10 * (sheet.TICK_PAD + ascent("", sheet.SIZE))
    parts = [words(text, x, tick, "center") for text, x in zip(below, across(at), strict=False)]
    parts += [
        words(text, left - 10 * sheet.TICK_PAD, y + 5 * (sheet.first_baseline(text) - sheet.line_step(text)), "right")
        for text, y in zip(beside, upwards(heights), strict=False)
    ]
    if panel.title:
        rise = sheet.TITLE_PAD + panel.title.count("\n") * sheet.TITLE_SIZE * sheet.LINE_STEP
        parts.append(words(panel.title, left, 10 * (box.top - rise), size=sheet.TITLE_SIZE, bold=True))
    return parts + _axis_words(panel, box, below, beside)


def _axis_words(panel: Panel, box: sheet.Box, below: Sequence[str], beside: Sequence[str]) -> list[str]:
    parts = []
    if panel.xlabel:
        y = box.top + box.high + (sheet.TICK_PAD + sheet.SIZE if below else 0.0) + sheet.LABEL_PAD
        y += sheet.first_baseline(panel.xlabel)
        x, side = (box.left, "left") if panel.xlabel_bold_left else (box.left + box.wide / 2, "center")
        parts.append(words(panel.xlabel, 10 * x, 10 * y, side, bold=panel.xlabel_bold_left))
    if panel.ylabel:
        wide = max((width(sheet.shown(each), sheet.SIZE) for each in beside), default=0.0)
        x = box.left - (wide + sheet.TICK_PAD if wide else 0.0) - sheet.LABEL_PAD - sheet.SIZE / 4
        parts.append(words(panel.ylabel, 10 * x, 10 * (box.top + box.high / 2), "center", turned=True))
    return parts


def _entry(entry: sheet.Entry) -> list[str]:
    """One name in the key with a piece of its line or area before it."""
    left, baseline = 10 * entry.left, 10 * entry.baseline
    right, middle, top = left + 10 * sheet.HANDLE, baseline - 31.5, baseline - 63
    ends, level = np.array([left, right]), np.array([middle, middle])
    text = words(entry.name, right + 10 * sheet.HANDLE_PAD, baseline)
    match entry.mark:
        case Line():
            stroke = _line(replace(entry.mark, marker=""), ends, level)
            return [stroke, _markers(entry.mark, np.array([(left + right) / 2]), level[:1]), text]
        case Rule():
            rule = entry.mark
            return [_path(joined(ends, level), _stroke(rule.colour, rule.width, _dashes(rule.style, rule.width))), text]
        case Band() | Bar():
            return [_path(rectangle(left, top, right, baseline), _filled(entry.mark)), text]
    raise TypeError(f"the key shows lines, areas and bars, got: {type(entry.mark).__name__}")


def _filled(mark: Band | Bar) -> str:
    if isinstance(mark, Band):
        return f'fill="{mark.colour}"{_opacity("fill-opacity", mark.alpha)}'
    return f'fill="{mark.colour}" stroke="{mark.rim}" stroke-width="{round(10 * mark.rim_width)}"'
