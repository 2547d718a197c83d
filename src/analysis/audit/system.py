"""What an attacker knows, as bounds and sums, and what follows from it by arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import connected_components

from analysis.errors import Contradiction as Contradiction

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
NEAR = 1e-6
"""two figures closer than this are the same figure"""
ROUNDS = 200
"""after so many rounds of tightening the rest is left to the linear programme; a bound is never wrong, only wide"""


@dataclass(frozen=True)
class System:
    """Everything that was released, as an attacker would write it down.

    ``cells`` has one row per figure, known or not, with what identifies it, its bounds ``low`` and ``high`` as
    released, ``is_integer``, ``is_hidden`` (no value was released),
    ``is_listed`` (a released row mentions it) and ``is_open`` (an authority's own open figure).
    ``low ≤ matrix @ figures ≤ high`` are the sums, ``names`` says each in words, and each row of ``products`` (ratio,
    base, product) says figure[product] = figure[ratio] · figure[base] / ``scales``.
    """

    cells: pd.DataFrame
    matrix: csr_array
    low: Floats
    high: Floats
    names: tuple[str, ...]
    products: Indices
    scales: Floats

    def told(self, known: dict[int, float]) -> System:
        """The same system for somebody who also knows these cells."""
        cells = self.cells.copy()
        for cell, value in known.items():
            cells.loc[cell, ["low", "high"]] = value
        return replace(self, cells=cells)

    def box(self) -> tuple[Floats, Floats]:
        """The bounds of every figure as released."""
        return self.cells["low"].to_numpy(float).copy(), self.cells["high"].to_numpy(float).copy()


def described(cell: pd.Series) -> str:
    """A cell in words: `school 3, girls, 2024, k of merit_value`."""
    release = f" in release {cell['release']}" if cell["release"] else ""
    return f"{cell['unit_id']}, {cell['group']}, {cell['year']}, {cell['part']} of {cell['indicator']}{release}"


def tightened(system: System) -> tuple[Floats, Floats]:
    """The bounds of every figure once each sum has been worked through with all the others.

    Interval propagation over sums and products to a fixed point, counts rounded inwards to whole numbers: outer bounds,
    so the true figure lies inside them, and often already the answer. Raises `Contradiction` where none is left.
    """
    low, high = system.box()
    whole = system.cells["is_integer"].to_numpy(bool)
    entries = system.matrix.tocoo()
    for _ in range(ROUNDS):
        before_low, before_high = low.copy(), high.copy()
        _by_sums(system, entries.row, entries.col, entries.data, low, high)
        _by_products(system, low, high)
        low[whole], high[whole] = np.ceil(low[whole] - NEAR), np.floor(high[whole] + NEAR)
        _refuse_empty(system, low, high)
        crossed = low > high
        low[crossed] = high[crossed] = (low[crossed] + high[crossed]) / 2
        if _is_settled(before_low, low) and _is_settled(high, before_high):
            break
    return low, high


def _is_settled(lower: Floats, upper: Floats) -> bool:
    """Whether the bound moved by nothing worth another round."""
    same = (lower == upper) | (np.isinf(lower) & np.isinf(upper))
    with np.errstate(invalid="ignore"):
        return bool(np.all(same | (upper - lower <= NEAR * (1 + np.abs(lower)))))


def _by_sums(system: System, rows: Indices, columns: Indices, factor: Floats, low: Floats, high: Floats) -> None:
    """Each figure of a sum is at most what the sum leaves when all the others are at their least."""
    plus = factor > 0
    least = factor * np.where(plus, low[columns], high[columns])
    most = factor * np.where(plus, high[columns], low[columns])
    rest_least = _without(least, rows, len(system.low), -np.inf)
    rest_most = _without(most, rows, len(system.low), np.inf)
    top, bottom = (system.high[rows] - rest_least) / factor, (system.low[rows] - rest_most) / factor
    np.minimum.at(high, columns, np.where(plus, top, bottom))
    np.maximum.at(low, columns, np.where(plus, bottom, top))


def _without(values: Floats, rows: Indices, count: int, towards: float) -> Floats:
    """For each entry the sum of the others in its row; infinite, `towards` that end, when one of the others is."""
    endless = np.isinf(values)
    finite = np.where(endless, 0.0, values)
    sums = np.bincount(rows, finite, count)
    others = np.bincount(rows, endless, count)[rows] - endless
    return np.asarray(np.where(others > 0, towards, sums[rows] - finite))


def _by_products(system: System, low: Floats, high: Floats) -> None:
    """product = ratio · base / scale, all of them nought or more."""
    if not len(system.products):
        return
    ratio, base, product = system.products.T
    scale = system.scales
    least, most = low + 0.0, high + 0.0  # a nought never with a minus sign: it is divided by
    with np.errstate(invalid="ignore", divide="ignore"):
        for target, bottom, top in (
            (product, least[ratio] * least[base] / scale, most[ratio] * most[base] / scale),
            (ratio, scale * least[product] / most[base], scale * most[product] / least[base]),
            (base, scale * least[product] / most[ratio], scale * most[product] / least[ratio]),
        ):
            np.maximum.at(low, target, np.where(np.isnan(bottom), 0.0, bottom))
            np.minimum.at(high, target, np.where(np.isnan(top), np.inf, top))


def _refuse_empty(system: System, low: Floats, high: Floats) -> None:
    finite = np.where(np.isfinite(high), high, 0.0)
    wrong = np.flatnonzero(low > high + NEAR * (1 + np.abs(finite)))
    if len(wrong):
        cell = system.cells.iloc[wrong[0]]
        raise Contradiction(
            "what was released cannot all be true: no figure is left for "
            f"{described(cell)} (at least {low[wrong[0]]:g} and at most {high[wrong[0]]:g})"
        )


def subsystem(system: System, rows: Indices, cells: Indices) -> tuple[System, Indices]:
    """The system with these sums alone, their figures and `cells`, and the numbers these have in the whole."""
    matrix = system.matrix[rows]
    used = np.union1d(matrix.indices, cells)
    is_near = np.isin(system.products, used).any(axis=1)
    used = np.union1d(used, system.products[is_near].ravel())
    few = replace(
        system,
        cells=system.cells.iloc[used].reset_index(drop=True),
        matrix=csr_array(matrix[:, used]),
        low=system.low[rows],
        high=system.high[rows],
        names=tuple(system.names[row] for row in rows),
        products=np.searchsorted(used, system.products[is_near]).reshape(-1, 3),
        scales=system.scales[is_near],
    )
    return few, np.asarray(used, np.int64)


@dataclass(frozen=True)
class Part:
    """Cells that hang together and the sums between them, with everything known already taken in.

    ``cells`` are their numbers in the system; ``low ≤ matrix @ x ≤ high`` and ``least ≤ x ≤ most``.
    """

    cells: Indices
    matrix: csr_array
    low: Floats
    high: Floats
    least: Floats
    most: Floats


def parts(system: System, low: Floats, high: Floats) -> list[Part]:
    """The system without its known figures, in pieces that have no sum in common.

    A product becomes its McCormick envelope within the bounds, exact as soon as one factor is known: wider than the
    truth otherwise, so that a reach may be too wide but never too narrow.
    """
    matrix, row_low, row_high = with_products(system, low, high)
    unknown = high - low > NEAR
    constant = matrix @ np.where(unknown, 0.0, low)
    matrix = matrix[:, np.flatnonzero(unknown)].tocsr()
    used = np.flatnonzero(np.diff(matrix.indptr))
    matrix = matrix[used]
    row_low, row_high = row_low[used] - constant[used], row_high[used] - constant[used]
    numbers = np.flatnonzero(unknown)
    adjacency = csr_array(abs(matrix).T @ abs(matrix))
    count, label = connected_components(adjacency, directed=False)
    by_label = np.argsort(label, kind="stable")
    row_label = label[matrix.indices[matrix.indptr[:-1]]]
    rows_by_label = np.argsort(row_label, kind="stable")
    columns = np.split(by_label, np.searchsorted(label[by_label], np.arange(1, count)))
    rows = np.split(rows_by_label, np.searchsorted(row_label[rows_by_label], np.arange(1, count)))
    return [
        Part(numbers[c], csr_array(matrix[r][:, c]), row_low[r], row_high[r], low[numbers[c]], high[numbers[c]])
        for c, r in zip(columns, rows, strict=True)
        if len(c)
    ]


def with_products(system: System, low: Floats, high: Floats) -> tuple[csr_array, Floats, Floats]:
    """The sums, and under them the products as inequalities that are linear within the bounds."""
    if not len(system.products):
        return system.matrix, system.low, system.high
    ratio, base, product = system.products.T
    pieces, limits = [system.matrix], [system.high]
    floors = [system.low]
    for r, b, is_under in ((low, low, True), (high, high, True), (high, low, False), (low, high, False)):
        sign = 1.0 if is_under else -1.0  # scale·product ≥ r·base + b·ratio - r·b, or ≤
        usable = np.flatnonzero(np.isfinite(r[ratio]) & np.isfinite(b[base]))
        count = np.arange(len(usable))
        at_ratio, at_base = r[ratio[usable]], b[base[usable]]
        data = np.concatenate([system.scales[usable], -at_ratio, -at_base]) * sign
        columns = np.concatenate([product[usable], base[usable], ratio[usable]])
        shape = (len(usable), len(low))
        pieces.append(csr_array((data, (np.tile(count, 3), columns)), shape=shape))
        slack = NEAR * (1 + np.abs(at_ratio * at_base))
        floors.append(-sign * at_ratio * at_base - slack)
        limits.append(np.full(len(usable), np.inf))
    return csr_array(vstack(pieces, format="csr")), np.concatenate(floors), np.concatenate(limits)
