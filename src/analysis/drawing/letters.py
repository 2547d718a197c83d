"""How wide and how high a text is, in the one font that figures are measured in."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

ASCENT, DESCENT, GAP = 0.76, 0.24, 0.2
"""DejaVu Sans's own ascender, descender and line gap, of the size of the letters"""
EM = 100


@cache
def _font(bold: bool) -> FT2Font:
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    # a font of its own: the one that `get_font` hands out is given another size by whatever draws with it; and one
    # in memory: glyphs are read when they are asked for, and forked processes share their place in an open file
    file = Path(findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")))
    font = FT2Font(BytesIO(file.read_bytes()))
    font.set_size(EM, 72)
    return font


@cache
def _sign(sign: str, bold: bool) -> tuple[float, float]:
    """The sign's advance and its height above the baseline, of the size of the letters."""
    from matplotlib.ft2font import LoadFlags

    glyph = _font(bold).load_char(ord(sign), flags=LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / 65536 / EM, glyph.bbox[3] / 64 / EM


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text's longest line in points: the sum of its letters' advances, without kerning.

    >>> 5 < width("l", 20) < 7 < width("W", 20)
    True
    """
    return size * max(sum(_sign(sign, bold)[0] for sign in line) for line in text.split("\n"))


def ascent(text: str, size: float, bold: bool = False) -> float:
    """How far the first line rises above its baseline in points, never less than the font's own ascender."""
    return size * max(ASCENT, max((_sign(sign, bold)[1] for sign in text.split("\n")[0]), default=0.0))
