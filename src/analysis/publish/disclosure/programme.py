"""How the figures of one part of a table could have been different, as a linear programme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import block_diag, csc_matrix, csr_matrix, hstack, vstack
from scipy.sparse.csgraph import connected_components

from analysis.publish.disclosure.solver import Solver
from analysis.publish.disclosure.table import Booleans, CountTable, DisclosureError, Floats, Whole

FAR = 1e6
"""farther than any group of pupils reaches"""


@dataclass(frozen=True)
class Programme:
    """The cells of one part of a table and the sums they stand in; all other cells keep their values.

    A move is what is added to the true values: every sum stays, and no cell falls below nought.
    """

    cells: Whole
    value: Floats
    sums: csc_matrix

    @classmethod
    def of(cls, table: CountTable, cells: Whole) -> Programme:
        """The programme of these cells; a sum none of whose cells is among them says nothing of them."""
        sums = table.by_cell[:, cells]
        rows, places = np.unique(sums.indices, return_inverse=True)
        few = csc_matrix((sums.data, places, sums.indptr), shape=(len(rows), len(cells)))
        return cls(cells, table.value[cells], few)

    @cached_property
    def _both(self) -> csc_matrix:
        """The sums of what is added and what is taken away."""
        return csc_matrix(hstack([self.sums, -self.sums]))

    @cached_property
    def _cheapest(self) -> Solver:
        return Solver(self._both)

    @cached_property
    def _farthest(self) -> Solver:
        return Solver(self.sums)

    @cached_property
    def _pair(self) -> Solver:
        """Two moves side by side, and a last row for how far apart they bring a cell."""
        return Solver(
            csc_matrix(vstack([block_diag([self._both, self._both]), csr_matrix((1, 2 * self._both.shape[1]))]))
        )

    def cheapest_move(self, cost: Floats, fixed: Booleans, target: int, amount: float) -> Floats | None:
        """The move that adds `amount` to cell `target` at the lowest Σ cost·|move|, or None when there is none.

        `cost`, `fixed` and `target` are numbered as in `cells`. A cell that costs nothing moves freely; the others
        are split into what is added and what is taken away.
        """
        low, high = self._bounds(cost, fixed)
        low[target] = high[target] = amount
        low[len(cost) + target] = high[len(cost) + target] = 0.0
        found = self._cheapest.least(np.concatenate([cost, cost]), low, high)
        return None if found is None else found[: len(cost)] - found[len(cost) :]

    def cheapest_pair(self, cost: Floats, fixed: Booleans, target: int, width: float) -> tuple[Floats, Floats] | None:
        """Two moves that bring cell `target` `width` apart at the lowest cost, or None: for where up is not enough."""
        cells = len(cost)
        low, high = self._bounds(cost, fixed)
        low[target], high[target] = 0.0, np.inf
        low[cells + target], high[cells + target] = 0.0, self.value[target]
        self._pair.change_last_row([target + each * cells for each in range(4)], (1.0, -1.0, -1.0, 1.0), width)
        found = self._pair.least(np.tile(cost, 4), np.tile(low, 2), np.tile(high, 2))
        if found is None:
            return None
        first, less, second, lesser = np.split(found, 4)
        return first - less, second - lesser

    def _bounds(self, cost: Floats, fixed: Booleans) -> tuple[Floats, Floats]:
        """Bounds of what is added and what is taken away; what costs nothing is not split."""
        free = cost == 0
        low = np.concatenate([np.where(free, -self.value, 0.0), np.zeros(len(free))])
        high = np.concatenate([np.full(len(free), np.inf), np.where(free, 0.0, self.value)])
        still = np.concatenate([fixed, fixed])
        low[still] = high[still] = 0.0
        return low, high

    def reach(self, fixed: Booleans, target: int) -> float:
        """How far apart the least and the greatest value of cell `target` are when every cell not `fixed` may move."""
        low, high = np.where(fixed, 0.0, -self.value), np.where(fixed, 0.0, np.inf)
        ends = []
        for sign in (1.0, -1.0):
            gain = np.zeros(len(self.cells))
            gain[target] = -sign
            bounded = high.copy()
            bounded[target] = min(bounded[target], FAR)
            found = self._farthest.least(gain, low, bounded)
            if found is None:
                raise DisclosureError("no move at all was found, though moving nothing is one")
            ends.append(found[target])
        return float(ends[0] - ends[1])

    def farthest_move(self, gain: Floats, movable: Booleans, width: float) -> Floats:
        """The move of the `movable` cells with the greatest Σ gain·move, no rewarded cell moving more than `width`."""
        low, high = np.where(movable, -self.value, 0.0), np.where(movable, np.inf, 0.0)
        wanted = movable & (gain != 0)
        low[wanted], high[wanted] = np.maximum(low[wanted], -width), width
        found = self._farthest.least(-np.where(movable, gain, 0.0), low, high)
        if found is None:
            raise DisclosureError("no move at all was found, though moving nothing is one")
        return found


def parts(table: CountTable, cells: Whole) -> list[Whole]:
    """The cells in groups that no sum connects, everything outside `cells` being known."""
    if len(cells) == 0:
        return []
    sums = csr_matrix(abs(table.sums[:, cells]))
    _, label = connected_components(sums.T @ sums, directed=False)
    order = np.argsort(label, kind="stable")
    return [cells[each] for each in np.split(order, np.flatnonzero(np.diff(label[order])) + 1)]
