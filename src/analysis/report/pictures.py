"""The drawings of a page as pictures made of points, for programs that cannot draw SVG."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image

from analysis.drawing.address import drawn as svg_of
from analysis.errors import PageFailed
from analysis.report.printing import drawn as drawn_by_chromium

SCALE = 2
"""points of the picture for each point of the screen: 192 to the inch"""
HIGHEST = 4000
"""so many points of the screen are drawn at once at most, unless one drawing alone is higher"""
GAP = 20
SIZE = re.compile(r"""<svg\b[^>]*?\swidth=["']([\d.]+)(pt|px)?["'][^>]*?\sheight=["']([\d.]+)(?:pt|px)?["']""")
POINT = 96 / 72
"""points of the screen in a typographer's point, in which matplotlib gives the size of a drawing"""


@dataclass(frozen=True)
class Picture:
    """A picture as PNG, and how wide it is meant to be, in typographer's points."""

    png: bytes
    width: float


def drawn(sources: Sequence[str]) -> list[Picture]:
    """The pictures of these drawings (addresses of SVG images), in their order.

    Chromium draws several at once below each other, and they are cut apart. Raises PageFailed for a drawing without a
    size, and UsageError without Chromium.
    """
    sizes = [_size(source) for source in sources]
    found: list[Picture] = []
    for batch in _batches(sizes):
        found += _cut([sources[each] for each in batch], [sizes[each] for each in batch])
    return found


def _size(source: str) -> tuple[float, float]:
    """How wide and high a drawing is, in typographer's points: as it says, not in what it counts inside."""
    found = SIZE.search(svg_of(source) or "")
    if found is None:
        raise PageFailed(f"a drawing with a size is needed to make a picture of it, found: {source[:60]}")
    unit = 1.0 if found.group(2) == "pt" else 1 / POINT
    return float(found.group(1)) * unit, float(found.group(3)) * unit


def _batches(sizes: Sequence[tuple[float, float]]) -> Iterator[list[int]]:
    """The numbers of the drawings that are drawn at once."""
    batch: list[int] = []
    height = 0.0
    for number, (_, high) in enumerate(sizes):
        if batch and height + high * POINT + GAP > HIGHEST:
            yield batch
            batch, height = [], 0.0
        batch.append(number)
        height += high * POINT + GAP
    if batch:
        yield batch


def _cut(sources: Sequence[str], sizes: Sequence[tuple[float, float]]) -> list[Picture]:
    """Draw these below each other and cut the picture apart."""
    tops, place = [], 0
    for _, high in sizes:
        tops.append(place)
        place += round(high * POINT) + GAP
    images = "".join(
        f'<img alt="" src="{escape(source)}" style="position:absolute;left:0;top:{top}px;width:{wide * POINT}px">'
        for source, top, (wide, _) in zip(sources, tops, sizes, strict=True)
    )
    across = round(max(wide for wide, _ in sizes) * POINT) + 1
    with tempfile.TemporaryDirectory(prefix="arshjul-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "drawings.png"
        wanted = [f"--window-size={across},{place}", f"--force-device-scale-factor={SCALE}", "--hide-scrollbars"]
        drawn_by_chromium(f'<!DOCTYPE html><body style="margin:0">{images}', [*wanted, f"--screenshot={file}"], file)
        with Image.open(file) as whole:
            shown = whole.convert("RGB")
    found = []
    for top, (wide, high) in zip(tops, sizes, strict=True):
        box = (0, top * SCALE, round(wide * POINT * SCALE), round((top + high * POINT) * SCALE))
        buffer = io.BytesIO()
        shown.crop(box).save(buffer, format="PNG", optimize=True)
        found.append(Picture(buffer.getvalue(), wide))
    return found
