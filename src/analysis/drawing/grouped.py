"""Neighbours in a drawing that look alike say so once, in a group around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

ELEMENT = re.compile(r"<(path|text|circle)((?: [\w-]+=\"[^\"]*\")+)(/>|>.*?</\1>)", re.DOTALL)
ATTRIBUTE = re.compile(r" ([\w-]+)=\"([^\"]*)\"")
INHERITED = frozenset(
    (
        "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
        "stroke-dasharray", "text-anchor", "font-size", "font-weight",
    )
)  # fmt: skip
"""what an element takes over from the group it stands in; opacity is not among it"""
AROUND = len("<g></g>")
FURTHEST = 24
"""how many neighbours one group is looked for among"""
Shape = tuple[str, dict[str, str], str]
"""an element's name, its attributes and what comes after them"""


def grouped(svg: str) -> str:
    """Shapes one after the other, each look that neighbours share written once.

    Order, numbers and texts stay as they are: groups only carry presentation attributes that are inherited, and only
    those that every shape in them had itself, so that the picture is the same.

    >>> grouped('<text x="1" text-anchor="middle">a</text><text x="2" text-anchor="middle">b</text>')
    '<g text-anchor="middle"><text x="1">a</text><text x="2">b</text></g>'
    """
    shapes: list[Shape] = [(name, dict(ATTRIBUTE.findall(look)), rest) for name, look, rest in ELEMENT.findall(svg)]
    if "".join(map(_written, shapes)) != svg:
        raise ValueError(f"a drawing is shapes and texts one after the other, got: {svg[:200]!r}")
    return _in_groups(shapes)


def _in_groups(shapes: Sequence[Shape]) -> str:
    written, start = "", 0
    while start < len(shapes):
        stop, shared = _best(shapes, start)
        run = [
            (name, {k: v for k, v in look.items() if k not in shared}, rest) for name, look, rest in shapes[start:stop]
        ]
        written += f"<g{_attributes(shared)}>{_in_groups(run)}</g>" if shared else "".join(map(_written, run))
        start = stop
    return written


def _best(shapes: Sequence[Shape], start: int) -> tuple[int, dict[str, str]]:
    """Where the group ends that saves most, and what it carries; one shape and nothing when none saves."""
    shared = {name: value for name, value in shapes[start][1].items() if name in INHERITED}
    best, saved = (start + 1, dict[str, str]()), 0
    for stop in range(start + 1, min(start + FURTHEST, len(shapes))):
        shared = {name: value for name, value in shared.items() if shapes[stop][1].get(name) == value}
        if not shared:
            break
        saves = (stop - start) * len(_attributes(shared)) - AROUND
        if saves > saved:
            best, saved = (stop + 1, dict(shared)), saves
    return best


def _attributes(look: dict[str, str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in look.items())


def _written(shape: Shape) -> str:
    name, look, rest = shape
    return f"<{name}{_attributes(look)}{rest}"
