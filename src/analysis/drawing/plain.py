"""The plain way: a figure drawn by matplotlib, mark by mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.drawing import sheet
from analysis.drawing.figure import Drawing
from analysis.drawing.mark import Band, Bar, Dots, Label, Line, Mark, Rule, Segments
from analysis.drawing.panel import Panel
from analysis.drawing.style import LOOK, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def figure(drawing: Drawing) -> Figure:
    """The matplotlib figure of a drawing, its axes in reading order, placed where the small SVG has them."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as PlainFigure

    wide, high = drawing.wide, drawing.high
    with rc_context(LOOK):
        made = PlainFigure(figsize=(wide / 72, high / 72))
        FigureCanvasAgg(made)
        for panel, box in zip(drawing.panels, drawing.boxes, strict=True):
            frame = (box.left / wide, 1 - (box.top + box.high) / high, box.wide / wide, box.high / high)
            _panel(made.add_axes(frame), panel)
        _key(made, drawing)
    return made


def _panel(axes: Axes, panel: Panel) -> None:
    for mark in panel.marks:
        _mark(axes, mark)
    axes.tick_params(labelsize=9, length=0, labelcolor=TEXT)
    axes.set_xlim(*panel.ends("x"))
    axes.set_ylim(*panel.ends("y"))
    for set_ticks, way in ((axes.set_xticks, "x"), (axes.set_yticks, "y")):
        at, labels = panel.ticks(way)  # type: ignore[arg-type]
        set_ticks(at, labels or [""] * len(at))
    for way, is_shown in panel.gridded.items():
        axes.grid(is_shown, axis=way)
    for side in panel.bare:
        axes.spines[side].set_visible(False)
    if panel.title:
        axes.set_title(panel.title, loc="left", fontweight="bold", pad=sheet.TITLE_PAD)
    if panel.xlabel:
        side, weight = ("left", "bold") if panel.xlabel_bold_left else ("center", "normal")
        axes.set_xlabel(panel.xlabel, loc=side, fontweight=weight, labelpad=sheet.LABEL_PAD)  # type: ignore[arg-type]
    if panel.ylabel:
        axes.set_ylabel(panel.ylabel, labelpad=sheet.LABEL_PAD)


def _mark(axes: Axes, mark: Mark) -> None:
    draw: Any = axes
    named = {"label": mark.label or None, "zorder": mark.zorder}
    match mark:
        case Line():
            axes.plot(
                mark.x, mark.y, color=mark.colour, linestyle=mark.style or "none", linewidth=mark.width,
                marker=mark.marker or "none", markersize=mark.size, markeredgewidth=mark.edge,
                markerfacecolor=mark.face or mark.colour, alpha=mark.alpha, label=mark.label, zorder=mark.zorder,
            )  # fmt: skip
        case Segments():
            strokes = draw.vlines if mark.upright else draw.hlines
            strokes(mark.at, mark.low, mark.high, color=mark.colour, linewidth=mark.width, alpha=mark.alpha, **named)
        case Rule():
            across = draw.axvline if mark.upright else draw.axhline
            across(mark.at, color=mark.colour, linestyle=mark.style, linewidth=mark.width, **named)
        case Dots():
            rim = {"edgecolor": mark.rim, "linewidth": mark.rim_width}
            draw.scatter(mark.x, mark.y, s=mark.size**2, color=mark.colour, **rim, **named)
        case Band():
            draw.fill_between(mark.x, mark.low, mark.high, color=mark.colour, alpha=mark.alpha, linewidth=0, **named)
        case Bar():
            rim = {"edgecolor": mark.rim, "linewidth": mark.rim_width}
            draw.barh(mark.place, mark.wide, mark.thick, left=mark.left, color=mark.colour, **rim, **named)
        case Label():
            _label(axes, mark)


def _label(axes: Axes, mark: Label) -> None:
    box = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1} if mark.boxed else None
    axes.annotate(
        mark.text, (mark.x, mark.y), mark.away, textcoords="offset points", ha=mark.across, va=mark.up,
        color=mark.colour, fontsize=mark.size, fontweight="bold" if mark.bold else "normal", zorder=mark.zorder,
        annotation_clip=False, bbox=box,
    )  # fmt: skip


def _key(made: Figure, drawing: Drawing) -> None:
    """The key, a column at a time where the drawing has placed it."""
    if not drawing.key:
        return
    handles: dict[str, Any] = {}
    for axes in made.axes:
        for artist, name in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(name, artist)
    names = [entry.name for entry in drawing.key]
    columns = len({entry.left for entry in drawing.key})
    made.legend(
        [handles[name] for name in names], names, loc="upper left", ncols=columns, frameon=False,
        handlelength=sheet.HANDLE / sheet.SIZE, borderpad=0, borderaxespad=0,
        bbox_to_anchor=(sheet.PAD / drawing.wide, 1 - sheet.PAD / drawing.high),
    )  # fmt: skip
