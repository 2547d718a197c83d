"""A figure becomes one image with real text: the same bytes for the same figures, on any machine."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from markupsafe import Markup

from analysis.drawing.address import address

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.drawing.figure import Drawing


def svg(figure: Figure) -> bytes:
    """A matplotlib figure as SVG: text as text, no dates, ids from a fixed salt."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "arshjul"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, facecolor="none")
    lines = buffer.getvalue().split(b"\n")
    start = next(number for number, line in enumerate(lines) if line.startswith(b"<svg"))
    return b"\n".join(line.rstrip() for line in lines[start:])


def image_source(drawing: Drawing) -> Markup:
    """A drawing as the ``src`` of an ``<img>``."""
    return source_of(drawing.svg())


def source_of(svg: bytes) -> Markup:
    """An SVG as the ``src`` of an ``<img>``, safe between double quotes; ``<`` and ``>`` stand as they are."""
    return Markup(address(svg).replace("&", "&amp;"))
