"""The rows of a model, checked and brought to a common scale before anything is summed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.mixed_model.result import Labels
from analysis.statistics.refusal import CannotFitError

ROWS_AT_A_TIME = 16_384
MOST_NUMBERS_PER_ROW = 2
"""groups numbered with gaps up to so many numbers per row are counted, others looked up by name"""
SMALLEST_SHARE = 1e-8
"""a column of which less than this share of its length is its own follows from the columns before it"""


@dataclass(frozen=True)
class Scaled:
    """Rows on a scale where sums lose no digits, and the way back.

    ``table`` holds X R⁻¹√n and, last, the least squares residual of y divided by ``spread``; ``varying`` holds
    Z R_z⁻¹√n. Both have orthogonal columns of mean square one. ``common`` are the least squares
    coefficients, ``design_scale`` = R/√n and ``varying_scale`` = R_z/√n.
    """

    table: Floats
    varying: Floats
    common: Floats
    spread: float
    design_scale: Floats
    varying_scale: Floats
    rounding: float
    """how large rounding errors of y may be, in units of ``spread``"""


def matrix(values: npt.ArrayLike, rows: int, what: str, names: tuple[str, ...]) -> Floats:
    """`values` as a table of finite floats with as many rows as there are pupils."""
    table = np.asarray(values, dtype=float)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or len(table) != rows or table.shape[1] == 0:
        raise ValueError(f"{what} needs {rows} rows and at least one column, got the shape {np.shape(values)}")
    finite = np.isfinite(table)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        name = names[column] if column < len(names) else f"{what} column {column}"
        raise CannotFitError(
            "not_finite",
            f"every value must be a finite number; found {table[row, column]} in {name}, row {row}: "
            "leave out rows without a value, and count them",
        )
    return table


def numbered(groups: npt.ArrayLike, rows: int, what: str) -> tuple[Codes, Labels]:
    """The number of each row's group, 0 upwards, and the groups' names in order."""
    import pandas as pd

    names = np.asarray(groups)
    if names.shape != (rows,):
        raise ValueError(f"{what} needs one entry per row ({rows}), got the shape {names.shape}")
    counted = _counted(names) if rows and np.issubdtype(names.dtype, np.signedinteger) else None
    if counted is not None:
        return counted
    codes, labels = pd.factorize(names, sort=True)
    if (codes < 0).any():
        raise CannotFitError(
            "not_finite",
            f"every row must belong to a group; found none in {what}, row {int(np.argmax(codes < 0))}: "
            "leave out rows without one, and count them",
        )
    return codes.astype(np.int64, copy=False), np.asarray(labels)


def _counted(names: npt.NDArray[np.signedinteger]) -> tuple[Codes, Labels] | None:
    """The same for whole numbers that lie close together, without a table of names; None where they do not."""
    first, last = int(names.min()), int(names.max())
    if last - first >= MOST_NUMBERS_PER_ROW * len(names):
        return None
    places = names.astype(np.int64, copy=False) - first if first else names
    is_there = np.bincount(places, minlength=last - first + 1) > 0
    labels = np.flatnonzero(is_there)
    codes = places if is_there.all() else (np.cumsum(is_there) - 1)[places]
    return codes.astype(np.int64, copy=False), (labels + first).astype(names.dtype)


def scaled(y: Floats, design: Floats, varying: Floats, names: tuple[str, ...]) -> Scaled:
    """The rows with design and random part made orthogonal and y freed of its least squares fit.

    Refuses an outcome that is the same for everyone, columns that follow from others, and an outcome that
    the columns give without a remainder.
    """
    rows = len(y)
    if np.ptp(y) == 0:
        raise CannotFitError("constant_outcome", f"the outcome is {y[0]:g} in all {rows} rows: nothing varies")
    upper = _upper(design, names, "X")
    varying_upper = _upper(varying, tuple(f"Z column {each}" for each in range(varying.shape[1])), "Z")
    root = np.sqrt(rows)
    table, common, squares = _freed(y, design, upper, np.linalg.inv(upper) * root)
    spread = float(np.sqrt(squares / rows))
    rounding = 1e3 * float(np.finfo(float).eps) * max(float(np.max(y)), -float(np.min(y)))
    if spread <= rounding:
        raise CannotFitError("exact_fit", "the columns of X give the outcome without a remainder: nothing varies")
    table[:, -1] /= spread
    around = varying @ (np.linalg.inv(varying_upper) * root)
    return Scaled(table, around, common, spread, upper / root, varying_upper / root, rounding / spread)


def _freed(y: Floats, design: Floats, upper: Floats, turn: Floats) -> tuple[Floats, Floats, float]:
    """The columns of `design` turned and y less its least squares fit, the coefficients, and the sum of squares left.

    Piece by piece, each fetched into the processor's cache once a round; the second round takes away what rounding
    left in the first.
    """
    table, common, squares = np.empty((len(y), design.shape[1] + 1)), np.zeros(design.shape[1]), 0.0
    for _ in range(2):
        cross = np.zeros(design.shape[1])
        for piece in blocks(len(y)):
            cross += design[piece].T @ (y[piece] - design[piece] @ common)
        common = common + np.linalg.solve(upper, np.linalg.solve(upper.T, cross))
    for piece in blocks(len(y)):
        table[piece, :-1] = design[piece] @ turn
        left = y[piece] - design[piece] @ common
        table[piece, -1] = left
        squares += float(left @ left)
    return table, common, squares


def _upper(columns: Floats, names: tuple[str, ...], what: str) -> Floats:
    """R of the columns' QR decomposition; refuses a column that follows from those before it."""
    rows, count = columns.shape
    if rows <= count:
        raise CannotFitError("too_few_rows", f"{what} has {count} columns and needs more rows than that, found: {rows}")
    parts = [np.linalg.qr(columns[piece], mode="r") for piece in blocks(rows)]
    upper = np.asarray(np.linalg.qr(np.vstack(parts), mode="r") if len(parts) > 1 else parts[0], dtype=float)
    lengths = np.linalg.norm(upper, axis=0)
    own = np.abs(np.diag(upper))
    for place in np.flatnonzero(own <= SMALLEST_SHARE * lengths):
        why = "is zero everywhere" if lengths[place] == 0 else "follows from the columns before it"
        raise CannotFitError("collinear", f"the columns of {what} must differ; {names[place]} {why}: leave it out")
    return upper


def blocks(rows: int) -> Iterator[slice]:
    """The rows in pieces small enough for the memory."""
    for start in range(0, rows, ROWS_AT_A_TIME):
        yield slice(start, min(start + ROWS_AT_A_TIME, rows))
