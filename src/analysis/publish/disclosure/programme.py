"""How the figures of one part of a table could have been different, as a linear programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, csc_matrix, csr_matrix, hstack, vstack
from scipy.sparse.csgraph import connected_components

from analysis.publish.disclosure.table import SLACK, Booleans, CountTable, DisclosureError, Floats, Whole

OPTIMAL, INFEASIBLE, OTHER = 0, 2, 4


@dataclass(frozen=True)
class Programme:
    """The cells of one part of a table and the sums they stand in; all other cells keep their values.

    A move is what is added to the true values: every sum stays, and no cell falls below nought.
    """

    cells: Whole
    value: Floats
    sums: csc_matrix
    both: csc_matrix

    @classmethod
    def of(cls, table: CountTable, cells: Whole) -> Programme:
        """The programme of these cells; a sum none of whose cells is among them says nothing of them."""
        sums = table.sums[:, cells]
        sums = csc_matrix(sums[np.diff(sums.indptr) > 0])
        return cls(cells, table.value[cells], sums, csc_matrix(hstack([sums, -sums])))

    def cheapest_move(self, cost: Floats, fixed: Booleans, target: int, amount: float) -> Floats | None:
        """The move that adds `amount` to cell `target` at the lowest Σ cost·|move|, or None when there is none.

        `cost`, `fixed` and `target` are numbered as in `cells`. A cell that costs nothing moves freely; the others
        are split into what is added and what is taken away.
        """
        low, high = self._bounds(cost, fixed)
        low[target] = high[target] = amount
        low[len(cost) + target] = high[len(cost) + target] = 0.0
        found = solved(np.concatenate([cost, cost]), low, high, self.both)
        return None if found is None else found[: len(cost)] - found[len(cost) :]

    def cheapest_pair(self, cost: Floats, fixed: Booleans, target: int, width: float) -> tuple[Floats, Floats] | None:
        """Two moves that bring cell `target` `width` apart at the lowest cost, or None: for where up is not enough."""
        cells = len(cost)
        low, high = self._bounds(cost, fixed)
        low[target], high[target] = 0.0, np.inf
        low[cells + target], high[cells + target] = 0.0, self.value[target]
        apart = np.zeros(4 * cells)
        apart[[target, cells + target, 2 * cells + target, 3 * cells + target]] = [1.0, -1.0, -1.0, 1.0]
        sums = csc_matrix(vstack([block_diag([self.both, self.both]), apart[None, :]]))
        due = np.zeros(sums.shape[0])
        due[-1] = width
        found = solved(np.tile(cost, 4), np.tile(low, 2), np.tile(high, 2), sums, due)
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

    def farthest_move(self, gain: Floats, movable: Booleans, width: float) -> Floats:
        """The move of the `movable` cells with the greatest Σ gain·move, no rewarded cell moving more than `width`."""
        at = np.flatnonzero(movable)
        low, high = -self.value[at], np.full(len(at), np.inf)
        wanted = gain[at] != 0
        low[wanted], high[wanted] = np.maximum(low[wanted], -width), width
        found = solved(-gain[at], low, high, self.sums[:, at])
        if found is None:
            raise DisclosureError("no move at all was found, though moving nothing is one")
        move = np.zeros(len(self.cells))
        move[at] = found
        return move


def solved(cost: Floats, low: Floats, high: Floats, sums: csc_matrix, due: Floats | float = 0.0) -> Floats | None:
    """The x of least cost·x with sums·x = `due` and low ≤ x ≤ high, by HiGHS; None when there is no such x."""
    used = np.flatnonzero((low != 0) | (high != 0))
    left = sums[:, used]
    asked = {"c": cost[used], "bounds": Bounds(low[used], high[used]), "constraints": LinearConstraint(left, due, due)}
    found = milp(**asked, options={"presolve": False})  # these are small: presolve takes longer than it saves
    if found.status == OTHER:
        found = milp(**asked)
    if found.status == INFEASIBLE:
        return None
    if found.status != OPTIMAL:
        raise DisclosureError(f"the solver stopped without an answer: {found.message}")
    answer = np.zeros(len(low))
    answer[used] = found.x
    off = max(np.abs(sums @ answer - due).max(initial=0.0), (low - answer).max(), (answer - high).max())
    if off > SLACK:
        raise DisclosureError(f"the solver's answer breaks a sum or a bound by {off:.1e}")
    return answer


def parts(table: CountTable, cells: Whole) -> list[Whole]:
    """The cells in groups that no sum connects, everything outside `cells` being known."""
    if len(cells) == 0:
        return []
    sums = csr_matrix(abs(table.sums[:, cells]))
    _, label = connected_components(sums.T @ sums, directed=False)
    order = np.argsort(label, kind="stable")
    return [cells[each] for each in np.split(order, np.flatnonzero(np.diff(label[order])) + 1)]
