"""A figure becomes one image with real text: the same bytes for the same figures, on any machine."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

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


def image_source(drawing: Drawing) -> str:
    """A drawing as the ``src`` of an ``<img>``."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.svg()).decode("ascii")
