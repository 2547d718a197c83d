"""How far apart two tables can lie that both agree with everything released: linear programmes over one part."""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.audit.system import NEAR, Contradiction, Floats, Indices, Part

ENDLESS = 1e7
"""stands for no upper bound"""
OFF = 1e-7
"""by so much of the size of its terms a sum may be off"""
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

    Running extremes: each programme's table counts for all cells. Joint objectives Σ ± x over the cells still in doubt,
    none of which need go beyond what is wanted, certify many at a time; what is left gets its own minimum and maximum.
    NaN in `wanted` leaves a cell out, infinity asks for its exact reach. Cells of `whole` are counted in whole numbers.
    """
    size = len(part.cells)
    found = Extremes(np.full(size, np.inf), np.full(size, -np.inf), np.zeros(size, bool), np.zeros(size, bool), [])
    for table in seeds or []:
        found.see(part, table)
    if not _doubted(part, whole, wanted, found).any():
        return found
    tables = Tables(part)
    _jointly(part, tables, whole, wanted, found)
    for cell in np.flatnonzero(_doubted(part, whole, wanted, found)):
        for sign in (1.0, -1.0):
            is_settled = found.is_most if sign > 0 else found.is_least
            if _doubted(part, whole, wanted, found)[cell] and not is_settled[cell]:
                objective = np.zeros(size)
                objective[cell] = -sign
                found.see(part, tables.least(objective, part.least, part.most))
                found.programmes += 1
                is_settled[cell] = True
    return found


def _doubted(part: Part, whole: NDArray[np.bool_], wanted: Floats, found: Extremes) -> NDArray[np.bool_]:
    """Cells not yet seen to reach as far as wanted, nor known to reach no further than seen."""
    if not found.tables:
        return ~np.isnan(wanted)
    is_open = ~(found.is_least & found.is_most) & ~np.isnan(wanted)
    return is_open & ~(found.widths(whole) >= wanted)


def _jointly(part: Part, tables: Tables, whole: NDArray[np.bool_], wanted: Floats, found: Extremes) -> None:
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
        found.see(part, _spread(part, tables, doubted, sign * weight, wanted[doubted], found))
        found.programmes += 1
        left = np.count_nonzero(_doubted(part, whole, wanted, found))
        idle = idle + 1 if len(doubted) - left < max(1, len(doubted) // 20) and turn > 3 else 0


def _spread(part: Part, tables: Tables, doubted: Indices, weight: Floats, wanted: Floats, found: Extremes) -> Floats:
    """A table with as many of the doubted cells as can be moved as far as is wanted, and none farther.

    Every table seen before keeps to these bounds, since a cell seen to reach as far is not in doubt; but for the last
    digits, by which there may be none where a figure is very closely confined. Then they may be moved farther: whether
    any table agrees with what was released is not for bounds of one's own to say.
    """
    least, most = part.least.copy(), part.most.copy()
    if found.tables:
        up = weight > 0
        most[doubted[up]] = np.minimum(most[doubted[up]], (found.least[doubted] + wanted)[up])
        least[doubted[~up]] = np.maximum(least[doubted[~up]], (found.most[doubted] - wanted)[~up])
    objective = np.zeros(len(least))
    objective[doubted] = -weight
    try:
        return tables.least(objective, least, most)
    except Contradiction:
        return tables.least(objective, part.least, part.most)


class Tables:
    """The tables that agree with everything released about one part: asked many times, each time from the last one.

    HiGHS keeps the sums; objective and bounds are changed. A table that breaks a sum by more than `OFF` is not believed
    and asked for anew, from nothing. The protector sets HiGHS up by itself (`publish.disclosure.solver.Solver`), on
    purpose: an error there must not be the audit's too.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        rows, columns = part.matrix.shape
        sums = part.matrix.tocsc()
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = columns, rows
        programme.col_cost_ = np.zeros(columns)
        programme.col_lower_, programme.col_upper_ = part.least, np.minimum(part.most, ENDLESS)
        programme.row_lower_, programme.row_upper_ = part.low, part.high
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        programme.a_matrix_.start_, programme.a_matrix_.index_ = (
            sums.indptr.astype(np.int32),
            sums.indices.astype(np.int32),
        )
        programme.a_matrix_.value_ = sums.data.astype(np.float64)
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            self._highs.setOptionValue(name, value)
        self._highs.passModel(programme)
        self._places = np.arange(columns, dtype=np.int32)

    def least(self, objective: Floats, low: Floats, high: Floats) -> Floats:
        """The table with the least objective within these bounds. Raises `Contradiction` when there is none."""
        high = np.minimum(high, ENDLESS)
        self._highs.changeColsCost(len(self._places), self._places, objective)
        self._highs.changeColsBounds(len(self._places), self._places, low, high)
        table = self._table(low, high)
        if table is None:
            self._highs.clearSolver()
            table = self._table(low, high)
        return solved(replace(self.part, least=low, most=high), objective) if table is None else table

    def _table(self, low: Floats, high: Floats) -> Floats | None:
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        table = np.clip(np.array(self._highs.getSolution().col_value, dtype=np.float64), low, high)
        part, sums = self.part, self.part.matrix @ table
        size = 1.0 + abs(part.matrix) @ np.abs(table)
        off = np.maximum(part.low - sums, sums - part.high) / size
        return table if off.max(initial=0.0) <= OFF else None


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
