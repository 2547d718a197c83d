"""Outlines of marks as the ``d`` of an SVG path: whole numbers, each step counted from the last."""

from __future__ import annotations

import numpy as np

from analysis.statistics.intervals import Floats

MANY = 600
"""a cloud of more dots than this is kept to every whole point, where dots over each other are one"""


def _steps(numbers: list[int]) -> str:
    """Numbers one after the other with no more between them than is needed.

    >>> _steps([12, -3, 4])
    '12-3 4'
    """
    return "".join(str(each) if each < 0 or place == 0 else f" {each}" for place, each in enumerate(numbers))


def _pairs(x: Floats, y: Floats) -> tuple[list[int], list[int]]:
    return np.rint(x).astype(int).tolist(), np.rint(y).astype(int).tolist()


def joined(x: Floats, y: Floats) -> str:
    """A line through points; a missing number is a hole, and a point between two holes is a line of no length.

    >>> joined(np.array([0., 10, 20]), np.array([5., 5, np.nan]))
    'M0 5l10 0'
    """
    is_known = np.isfinite(x) & np.isfinite(y)
    path = ""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_known, [False]]).astype(int)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        across, upwards = straightened(*_pairs(x[start:stop], y[start:stop]))
        path += f"M{across[0]} {upwards[0]}"
        moves = [
            each for pair in zip(np.diff(across).tolist(), np.diff(upwards).tolist(), strict=True) for each in pair
        ]
        path += "l" + _steps(moves) if moves else "h0"
    return path


def straightened(across: list[int], upwards: list[int]) -> tuple[list[int], list[int]]:
    """The points without those that stand, to the tenth of a point, on the line between their neighbours kept.

    >>> straightened([0, 5, 10, 20], [0, 5, 10, 0])
    ([0, 10, 20], [0, 10, 0])
    """
    kept, waiting = [0], list[int]()
    for place in range(1, len(across)):
        x0, y0 = across[kept[-1]], upwards[kept[-1]]
        dx, dy = across[place] - x0, upwards[place] - y0
        long = max((dx * dx + dy * dy) ** 0.5, 1e-9)
        if any(abs(dx * (upwards[each] - y0) - dy * (across[each] - x0)) > long for each in waiting):
            kept.append(place - 1)
            waiting = []
        waiting.append(place)
    kept += [len(across) - 1] if len(across) > 1 else []
    return [across[each] for each in kept], [upwards[each] for each in kept]


def strokes(upright: bool, at: Floats, low: Floats, high: Floats) -> str:
    """Strokes along one direction; one without both ends is left out.

    >>> strokes(True, np.array([10.]), np.array([50.]), np.array([20.]))
    'M10 50V20'
    """
    is_known = np.isfinite(at) & np.isfinite(low) & np.isfinite(high)
    places, starts = _pairs(at[is_known], low[is_known])
    stops = np.rint(high[is_known]).astype(int).tolist()
    way = "v" if upright else "h"
    written = ""
    for place, start, stop in zip(places, starts, stops, strict=True):
        x, y = (place, start) if upright else (start, place)
        written += f"M{x} {y}" + min(f"{way}{stop - start}", f"{way.upper()}{stop}", key=len)
    return written


def discs(x: Floats, y: Floats) -> str:
    """Lines of no length, which a round pen turns into discs; of many, those on one spot are one.

    >>> discs(np.array([10., 30]), np.array([20., 15]))
    'M10 20h0m20-5h0'
    """
    is_known = np.isfinite(x) & np.isfinite(y)
    across, upwards = x[is_known], y[is_known]
    if len(across) > MANY:
        spots = np.unique(np.rint(np.column_stack([across, upwards]) / 10) * 10, axis=0)
        across, upwards = spots[:, 0], spots[:, 1]
    if not len(across):
        return ""
    rights, downs = _pairs(across, upwards)
    moves = zip(np.diff(rights).tolist(), np.diff(downs).tolist(), strict=True)
    return f"M{rights[0]} {downs[0]}h0" + "".join(f"m{_steps(list(move))}h0" for move in moves)


def diamonds(x: Floats, y: Floats, side: float) -> str:
    """Squares on their corners around points."""
    half = round(side / 2**0.5)
    return _around(x, y, 0, -half, f"l{half} {half}-{half} {half}-{half}-{half}z")


def squares(x: Floats, y: Floats, side: float) -> str:
    """Squares around points."""
    half = round(side / 2)
    return _around(x, y, -half, -half, f"h{2 * half}v{2 * half}h-{2 * half}z")


def _around(x: Floats, y: Floats, right: int, down: int, outline: str) -> str:
    """The same closed outline around every known point, begun so far from it; each is found from the last."""
    is_known = np.isfinite(x) & np.isfinite(y)
    if not is_known.any():
        return ""
    rights, downs = _pairs(x[is_known], y[is_known])
    moves = zip(np.diff(rights).tolist(), np.diff(downs).tolist(), strict=True)
    return f"M{rights[0] + right} {downs[0] + down}{outline}" + "".join(
        f"m{_steps(list(move))}{outline}" for move in moves
    )


def rectangle(left: float, top: float, right: float, foot: float) -> str:
    """A rectangle by its corners."""
    x, y = round(left), round(top)
    return f"M{x} {y}H{round(right)}V{round(foot)}H{x}z"
