"""How far apart two tables can lie that both agree with everything released: linear programmes over one part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from analysis.audit.system import NEAR, Contradiction, Floats, Indices, Part

ENDLESS = 1e7
"""stands for no upper bound"""
JOINT = 40
"""joint objectives tried at most before the cells left are taken one by one"""


@dataclass
class Extremes:
    """The least and the most every cell has been seen to be, in tables that agree with everything released.

    ``is_least`` and ``is_most`` say that there is nothing beyond; ``programmes`` counts the linear programmes solved.
    """

    least: Floats
    most: Floats
    is_least: NDArray[np.bool_]
    is_most: NDArray[np.bool_]
    tables: list[Floats]
    programmes: int = 0

    def see(self, part: Part, table: Floats) -> None:
        """Takes one table into account."""
        table = np.clip(table, part.least, part.most)
        self.tables.append(table)
        np.minimum(self.least, table, out=self.least)
        np.maximum(self.most, table, out=self.most)
        self.is_least |= self.least <= part.least + NEAR
        self.is_most |= self.most >= np.minimum(part.most, ENDLESS) - NEAR

    def widths(self, whole: NDArray[np.bool_]) -> Floats:
        """How wide each cell has been seen to reach, counts in whole numbers."""
        low = np.where(whole, np.ceil(self.least - NEAR), self.least)
        return np.asarray(np.where(whole, np.floor(self.most + NEAR), self.most) - low)


def extremes(part: Part, whole: NDArray[np.bool_], wanted: Floats, seeds: list[Floats] | None = None) -> Extremes:
    """Least and most of each cell, followed until it is seen to reach as far as is `wanted` of it.

    Running extremes: each programme's table counts for all cells. Joint objectives Σ ± min(x, least seen + wanted) over
    the cells still in doubt certify many at a time; what is left gets its own minimum and maximum. NaN in `wanted`
    leaves a cell out, infinity asks for its exact reach. Width in whole numbers for the cells of `whole`.
    """
    size = len(part.cells)
    found = Extremes(np.full(size, np.inf), np.full(size, -np.inf), np.zeros(size, bool), np.zeros(size, bool), [])
    for table in seeds or []:
        found.see(part, table)
    _jointly(part, whole, wanted, found)
    for cell in np.flatnonzero(_doubted(part, whole, wanted, found)):
        for sign in (1.0, -1.0):
            is_settled = found.is_most if sign > 0 else found.is_least
            if _doubted(part, whole, wanted, found)[cell] and not is_settled[cell]:
                objective = np.zeros(size)
                objective[cell] = -sign
                found.see(part, solved(part, objective))
                found.programmes += 1
                is_settled[cell] = True
    return found


def _doubted(part: Part, whole: NDArray[np.bool_], wanted: Floats, found: Extremes) -> NDArray[np.bool_]:
    """Cells not yet seen to reach as far as wanted, nor known to reach no further than seen."""
    if not found.tables:
        return ~np.isnan(wanted)
    is_open = ~(found.is_least & found.is_most) & ~np.isnan(wanted)
    return is_open & ~(found.widths(whole) >= wanted)


def _jointly(part: Part, whole: NDArray[np.bool_], wanted: Floats, found: Extremes) -> None:
    """Joint objectives, up and down in turns, until two in a row settle almost nothing."""
    random = np.random.default_rng(len(part.cells))
    idle = 0
    for turn in range(JOINT):
        doubted = np.flatnonzero(_doubted(part, whole, wanted, found) & np.isfinite(wanted))
        if len(doubted) < 2 or idle >= 2:
            return
        weight = np.ones(len(doubted)) if turn < 2 else random.uniform(0.2, 1.0, len(doubted))
        sign = np.full(len(doubted), 1.0 if turn % 2 == 0 else -1.0)
        if turn > 3:
            sign = random.choice([-1.0, 1.0], len(doubted))
        found.see(part, _spread(part, doubted, sign * weight, wanted[doubted], found))
        found.programmes += 1
        left = np.count_nonzero(_doubted(part, whole, wanted, found))
        idle = idle + 1 if len(doubted) - left < max(1, len(doubted) // 20) and turn > 3 else 0


def _spread(part: Part, doubted: Indices, weight: Floats, wanted: Floats, found: Extremes) -> Floats:
    """A table with as many of the doubted cells as can be moved as far as is wanted, and no reward beyond."""
    least, most = part.least[doubted], np.minimum(part.most[doubted], ENDLESS)
    seen_least, seen_most = (found.least[doubted], found.most[doubted]) if found.tables else (least, most)
    up = weight > 0
    reward = np.where(up, np.minimum(most, seen_least + wanted), least)  # rewarded until there
    turn = np.where(up, reward, np.maximum(least, seen_most - wanted))  # x = first + second, split here
    first_low, first_high = least, np.maximum(turn, least)
    columns = csr_array(part.matrix[:, doubted])
    matrix = csr_array(hstack([part.matrix, columns], format="csr"))
    low, high = part.least.copy(), np.minimum(part.most, ENDLESS)
    low[doubted], high[doubted] = first_low, first_high
    objective = np.zeros(len(low) + len(doubted))
    objective[doubted[up]] = -weight[up]
    objective[len(low) :][~up] = -weight[~up]
    second_high = np.maximum(most - first_high, 0.0)
    wider = Part(part.cells, matrix, part.low, part.high, np.append(low, np.zeros(len(doubted))),
                 np.append(high, second_high))  # fmt: skip
    table = solved(wider, objective)
    whole_table = table[: len(low)].copy()
    whole_table[doubted] += table[len(low) :]
    return whole_table


def solved(part: Part, objective: Floats, whole: NDArray[np.bool_] | None = None) -> Floats:
    """The table with the least objective; with `whole`, those cells in whole numbers (branch and bound)."""
    answer = milp(
        objective,
        integrality=None if whole is None else whole.astype(int),
        bounds=Bounds(part.least, np.minimum(part.most, ENDLESS)),
        constraints=LinearConstraint(part.matrix, part.low, part.high) if part.matrix.shape[0] else None,
        options={"mip_rel_gap": 0.0},
    )
    if answer.x is None or answer.status != 0:
        raise Contradiction(f"no table agrees with everything released ({len(part.cells)} cells): {answer.message}")
    return np.asarray(answer.x, float)
