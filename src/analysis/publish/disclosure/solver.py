"""One linear programme asked many times, each time with other costs and bounds, by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
from scipy.sparse import csc_matrix

from analysis.publish.disclosure.table import SLACK, DisclosureError, Floats

INFEASIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
OPTIMAL = highspy.HighsModelStatus.kOptimal


class Solver:
    """The x of least cost·x with sums·x = `due` and low ≤ x ≤ high.

    The matrix stays; costs and bounds are given with each question. Each search begins at the basis where the one
    before it ended (dual or primal simplex, one thread), so the same questions in the same order give the same
    answers. An answer is believed only when it keeps every sum and bound to within `SLACK`. The audit sets HiGHS up by
    itself (`audit.points.Tables`), on purpose: an error here must not be the audit's too.
    """

    def __init__(self, sums: csc_matrix) -> None:
        rows, columns = sums.shape
        self._sums, self._due = sums, np.zeros(rows)
        self._last_row = np.zeros(columns)
        self._places = np.arange(columns, dtype=np.int32)
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = columns, rows
        programme.col_cost_ = programme.col_lower_ = programme.col_upper_ = np.zeros(columns)
        programme.row_lower_ = programme.row_upper_ = self._due
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        programme.a_matrix_.start_ = sums.indptr.astype(np.int32)
        programme.a_matrix_.index_ = sums.indices.astype(np.int32)
        programme.a_matrix_.value_ = sums.data.astype(np.float64)
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            self._highs.setOptionValue(name, value)
        self._highs.passModel(programme)

    def change_last_row(self, places: Sequence[int], values: Sequence[float], due: float) -> None:
        """The last row, of nothing else until now, from now on holds `values` at `places`, and adds up to `due`."""
        row = len(self._due) - 1
        for place in np.flatnonzero(self._last_row).tolist():
            self._highs.changeCoeff(row, place, 0.0)
        self._last_row[:] = 0.0
        for place, value in zip(places, values, strict=True):
            self._highs.changeCoeff(row, place, value)
            self._last_row[place] = value
        self._due[row] = due
        self._highs.changeRowBounds(row, due, due)

    def least(self, cost: Floats, low: Floats, high: Floats) -> Floats | None:
        """The x of least cost; None when there is no such x. Raises `DisclosureError` when the solver fails."""
        number = len(self._places)
        self._highs.changeColsCost(number, self._places, cost)
        self._highs.changeColsBounds(number, self._places, low, high)
        answer = self._answer(low, high)
        if answer is None and self._highs.getModelStatus() not in INFEASIBLE:
            self._highs.clearSolver()
            answer = self._answer(low, high)
        if answer is None and self._highs.getModelStatus() not in INFEASIBLE:
            status = self._highs.modelStatusToString(self._highs.getModelStatus())
            raise DisclosureError(f"the solver stopped without an answer that keeps every sum and bound: {status}")
        return answer

    def _answer(self, low: Floats, high: Floats) -> Floats | None:
        self._highs.run()
        if self._highs.getModelStatus() != OPTIMAL:
            return None
        answer = np.array(self._highs.getSolution().col_value, dtype=np.float64)
        sums = self._sums @ answer - self._due
        if self._last_row.any():
            sums[-1] += self._last_row @ answer
        off = max(np.abs(sums).max(initial=0.0), (low - answer).max(), (answer - high).max())
        return answer if off <= SLACK else None
