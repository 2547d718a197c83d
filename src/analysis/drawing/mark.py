"""The marks that figures are made of, in the data's own units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from analysis.statistics.intervals import Floats


@dataclass(frozen=True)
class Line:
    """Points joined by a line, with or without a marker at each; a missing number is a hole."""

    x: Floats
    y: Floats
    colour: str
    style: str = "-"
    width: float = 1.5
    marker: str = ""
    size: float = 6.0
    edge: float = 1.0
    face: str = ""
    alpha: float = 1.0
    zorder: float = 2.0
    label: str = ""


@dataclass(frozen=True)
class Segments:
    """Upright or level strokes, each from one value to another."""

    upright: bool
    at: Floats
    low: Floats
    high: Floats
    colour: str
    width: float
    alpha: float = 1.0
    zorder: float = 2.0
    label: str = ""


@dataclass(frozen=True)
class Rule:
    """One line across the whole panel."""

    upright: bool
    at: float
    colour: str
    style: str = "-"
    width: float = 1.5
    zorder: float = 2.0
    label: str = ""


@dataclass(frozen=True)
class Dots:
    """Discs with a rim, all of one size; ``size`` is the disc's diameter in points."""

    x: Floats
    y: Floats
    colour: str
    size: float
    rim: str
    rim_width: float
    zorder: float = 1.0
    label: str = ""


@dataclass(frozen=True)
class Band:
    """The area between two lines."""

    x: Floats
    low: Floats
    high: Floats
    colour: str
    alpha: float
    zorder: float = 1.0
    label: str = ""


@dataclass(frozen=True)
class Bar:
    """One level bar or a part of one."""

    place: float
    wide: float
    thick: float
    left: float
    colour: str
    rim: str
    rim_width: float
    zorder: float = 1.0
    label: str = ""


@dataclass(frozen=True)
class Label:
    """A text at a point of the data, ``away`` from it by so many points."""

    text: str
    x: float
    y: float
    colour: str
    across: Literal["left", "center", "right"] = "left"
    up: Literal["center", "bottom"] = "center"
    away: tuple[float, float] = (0.0, 0.0)
    bold: bool = False
    boxed: bool = False
    size: float = 9.0
    zorder: float = 3.0
    label: str = ""


Mark = Line | Segments | Rule | Dots | Band | Bar | Label


def reach(mark: Mark) -> tuple[Floats, Floats]:
    """The numbers across and upwards that the ends of the axes must hold."""
    nothing = np.array([], dtype=float)
    match mark:
        case Line() | Dots():
            is_whole = np.isfinite(mark.x) & np.isfinite(mark.y)
            return mark.x[is_whole], mark.y[is_whole]
        case Segments():
            ends = np.concatenate([mark.low, mark.high])
            return (mark.at, ends) if mark.upright else (ends, mark.at)
        case Rule():
            at = np.array([mark.at])
            return (at, nothing) if mark.upright else (nothing, at)
        case Band():
            return mark.x, np.concatenate([mark.low, mark.high])
        case Bar():
            ends = np.array([mark.left, mark.left + mark.wide])
            return ends, np.array([mark.place - mark.thick / 2, mark.place + mark.thick / 2])
    return nothing, nothing


def numbers(values: Any) -> Floats:
    """A number or several as an array of numbers."""
    return np.atleast_1d(np.asarray(values, dtype=float))
