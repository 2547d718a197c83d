"""Which sums give a figure away: as few of them as still do."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import breadth_first_order

from analysis.audit.system import NEAR, Floats, Indices, System, described, subsystem, tightened, with_products

FEW = 40
"""so many sums are tried one by one; of more, the dual values' choice is left as it is"""


def proof(system: System, cell: int, low: float, high: float) -> tuple[str, ...]:
    """The sums that together confine a figure to [`low`, `high`], in words with the figures released in them.

    The sums and products that hang together with the cell, of them those with a dual value in its two linear
    programmes, of them an irreducible set: each is left out in turn and stays out when the rest still confines the
    cell as closely. What only whole numbers show is explained by the sums nearest the cell.
    """
    own = system.cells.iloc[cell]
    if own["low"] >= low - NEAR and own["high"] <= high + NEAR:
        return (_bounds_said(own),)
    near = _connected(system, cell)
    rows = _by_duals(system, near, cell)
    if not _confine(system, rows, cell, low, high):
        rows = near[:FEW]
    if len(rows) <= FEW and _confine(system, rows, cell, low, high):
        for row in rows.tolist():
            fewer = rows[rows != row]
            if _confine(system, fewer, cell, low, high):
                rows = fewer
    return (*(_said(system, int(row)) for row in rows), *_products_said(system, cell, rows))


def at_hand(system: System, cell: int) -> tuple[str, ...]:
    """The sums and products that the cell itself stands in."""
    entries = np.flatnonzero(system.matrix.indices == cell)
    rows = np.searchsorted(system.matrix.indptr, entries, side="right") - 1
    return (*(_said(system, int(row)) for row in rows), *_products_said(system, cell, np.array([], np.int64)))


def _links(system: System) -> csr_array:
    """One row per sum and one per product, with a mark at each figure in it that was not released."""
    count = len(system.products)
    places = (np.repeat(np.arange(count), 3), system.products.ravel())
    triples = csr_array((np.ones(3 * count), places), shape=(count, len(system.cells)))
    low, high = system.box()
    links = csr_array(vstack([abs(system.matrix), triples], format="csr"))
    return csr_array(links.multiply(high - low > NEAR))


def _connected(system: System, cell: int) -> Indices:
    """The sums that hang together with the cell through figures not released, the nearest first."""
    links = _links(system)
    links.eliminate_zeros()
    size = links.shape[1]
    both = csr_array(vstack([csr_array((size, size + links.shape[0])), _padded(links, size)], format="csr"))
    order = breadth_first_order(both, cell, directed=False, return_predecessors=False)
    rows = order[order >= size] - size
    return np.asarray(rows[rows < len(system.names)], np.int64)


def _padded(links: csr_array, size: int) -> csr_array:
    """The links as the lower half of a graph of figures and sums."""
    return csr_array((links.data, links.indices, links.indptr), shape=(links.shape[0], size + links.shape[0]))


def _only(system: System, rows: Indices, cell: int) -> tuple[System, int]:
    """The system with these sums and their figures alone, and where the cell stands in it."""
    few, numbers = subsystem(system, rows, np.array([cell]))
    return few, int(np.searchsorted(numbers, cell))


def _confine(system: System, rows: Indices, cell: int, low: float, high: float) -> bool:
    """Whether these sums alone leave the cell nothing outside the two values."""
    few, place = _only(system, rows, cell)
    bounds = tightened(few)
    least, most = bounds[0][place], bounds[1][place]
    slack = 10 * NEAR * (1 + abs(low))
    if least < low - slack or most > high + slack:
        least, most, _ = _ends(few, place, bounds)
        if few.cells["is_integer"].iloc[place]:
            least, most = np.ceil(least - NEAR), np.floor(most + NEAR)
    return bool(least >= low - slack and most <= high + slack)


def _by_duals(system: System, rows: Indices, cell: int) -> Indices:
    """Of these sums those with a dual value where the cell is at its least or at its most."""
    few, place = _only(system, rows, cell)
    _, _, dual = _ends(few, place, few.box())
    return rows[dual[: len(rows)] > NEAR]


def _ends(system: System, place: int, bounds: tuple[Floats, Floats]) -> tuple[float, float, Floats]:
    """Least and most of one figure by linear programming, and the size of each sum's dual values."""
    matrix, low, high = with_products(system, *bounds)
    equal = low == high
    upper, lower = np.flatnonzero(~equal & np.isfinite(high)), np.flatnonzero(~equal & np.isfinite(low))
    over = csr_array(vstack([matrix[upper], -matrix[lower]], format="csr"))
    limit = np.concatenate([high[upper], -low[lower]])
    dual, ends = np.zeros(len(low)), []
    for sign in (1.0, -1.0):
        objective = np.zeros(matrix.shape[1])
        objective[place] = sign
        answer = linprog(objective, over, limit, matrix[equal], low[equal], np.column_stack(bounds), method="highs")
        ends.append(sign * answer.fun if answer.status == 0 else -sign * np.inf)
        if answer.status == 0:
            dual[equal] += np.abs(answer.eqlin.marginals)
            np.add.at(dual, np.concatenate([upper, lower]), np.abs(answer.ineqlin.marginals))
    return ends[0], ends[1], dual


def _said(system: System, row: int) -> str:
    """A sum in words, with the figures in it that were released."""
    return system.names[row] + _released(system, system.matrix[[row]].indices)


def _products_said(system: System, cell: int, rows: Indices) -> tuple[str, ...]:
    """The released shares and means of the figures in the proof."""
    if not len(system.products):
        return ()
    used = np.append(system.matrix[rows].indices, cell)
    is_given = ~system.cells["is_hidden"].to_numpy(bool)[system.products[:, 0]]
    near = system.products[is_given & np.isin(system.products, used).any(axis=1)]
    return tuple(f"{described(system.cells.iloc[each[0]])} is a ratio to n" + _released(system, each) for each in near)


def _released(system: System, cells: Indices) -> str:
    """What was released of these figures: the value, or bounds of it."""
    rows = [system.cells.iloc[cell] for cell in cells]
    said = [each for row in rows if (each := _bounds_said(row))]
    return f" [{'; '.join(said)}]" if said else ""


def _bounds_said(cell: pd.Series) -> str:
    if cell["low"] == cell["high"]:
        return f"{described(cell)} = {cell['low']:g}"
    if cell["low"] == 0 and cell["high"] in (np.inf, 100.0):
        return ""
    return f"{described(cell)} in {cell['low']:g}–{cell['high']:g}"
