"""Whole made-up counties: an attacker with a linear programme, outside and inside, finds nothing."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from analysis.publish.disclosure.protect import protected
from analysis.publish.disclosure.table import CountTable

CELLS_OF_A_UNIT = 36


class Attacker:
    """Knows what is shown and what adds up; keeps the farthest values seen of every cell over all tables it solves."""

    def __init__(self, table: CountTable, hidden: np.ndarray, width: float, also_known: np.ndarray) -> None:
        self.unknown = np.flatnonzero((hidden | table.is_inner) & ~also_known)
        self.value, self.width = table.value[self.unknown], width
        left = table.sums[:, self.unknown]
        self.sums = csr_matrix(left[np.diff(left.indptr) > 0])
        self.due = self.sums @ self.value
        self.low, self.high = self.value.copy(), self.value.copy()
        self.random = np.random.default_rng(1)

    def narrow(self, targets: np.ndarray) -> list[tuple[int, float]]:
        """The targets that must lie within less than the width, and within what; first many at once, then each."""
        _, label = connected_components(self.sums.T @ self.sums, directed=False)
        wanted = np.isin(self.unknown, targets)
        found = [(int(cell), 0.0) for cell in np.setdiff1d(targets, self.unknown)]
        for each in np.unique(label[wanted]):
            part = np.flatnonzero(label == each)
            aim = part[wanted[part]]
            for _ in range(60):
                left = aim[self.high[aim] - self.low[aim] < self.width - 1e-6]
                if len(left) < 3:
                    break
                self._solve(part, left, self.random.choice([-1.0, 1.0], len(left)))
            for cell in aim[self.high[aim] - self.low[aim] < self.width - 1e-6]:
                for direction in (1.0, -1.0):
                    if self.high[cell] - self.low[cell] < self.width - 1e-6:
                        self._solve(part, np.array([cell]), np.array([direction]))
                if self.high[cell] - self.low[cell] < self.width - 1e-6:
                    found.append((int(self.unknown[cell]), float(self.high[cell] - self.low[cell])))
        return found

    def _solve(self, part: np.ndarray, aim: np.ndarray, direction: np.ndarray) -> None:
        sums = self.sums[:, part]
        rows = np.diff(sums.indptr) > 0
        cost, low, high = np.zeros(len(part)), np.zeros(len(part)), np.full(len(part), np.inf)
        at = np.searchsorted(part, aim)
        cost[at] = -direction
        low[at], high[at] = np.maximum(0, self.value[aim] - self.width), self.value[aim] + self.width
        found = linprog(cost, A_eq=sums[rows], b_eq=self.due[rows], bounds=np.column_stack([low, high]), method="highs")
        assert found.status == 0, found.message
        self.low[part] = np.minimum(self.low[part], found.x)
        self.high[part] = np.maximum(self.high[part], found.x)


def inside(table: CountTable, start: int) -> np.ndarray:
    """What the pupil alone in a cell knows: it, the cells of one around it, all parts of those, and sums of those."""
    sums = table.sums
    parts, totals = csr_matrix(sums > 0).astype(int), csr_matrix(sums < 0).astype(int)
    known = np.zeros(len(table.value), dtype=bool)
    known[start] = True
    while True:
        around = totals.T @ (parts @ (known & (table.value == 1)).astype(int)) > 0
        full = parts @ known.astype(int) == np.diff(parts.indptr)
        more = known | (around & (table.value == 1)) | (totals.T @ full.astype(int) > 0)
        more |= parts.T @ (totals @ more.astype(int)) > 0
        if (more == known).all():
            return known
        known = more


def found_inside(table: CountTable, hidden: np.ndarray, width: float, pupils: int) -> tuple[int, int]:
    """How many small groups of their own school single pupils can narrow down, and how many were tried."""
    alone = np.flatnonzero((table.value == 1) & (hidden | table.is_inner))
    narrow = tried = 0
    for cell in np.random.default_rng(2).choice(alone, pupils, replace=False):
        known = inside(table, cell)
        school = np.arange(len(known)) // CELLS_OF_A_UNIT == cell // CELLS_OF_A_UNIT
        targets = np.flatnonzero(table.is_primary & ~known & school)
        narrow += len(Attacker(table, hidden, width, known).narrow(targets))
        tried += len(targets)
    return narrow, tried


@pytest.mark.parametrize("threshold", [5, pytest.param(10, marks=pytest.mark.slow)])
@pytest.mark.parametrize("design", ["margins", pytest.param("cross", marks=pytest.mark.slow)])
def test_nobody_works_out_a_small_group_in_a_small_county(counties: ModuleType, design: str, threshold: int) -> None:
    county = counties.region(11, design, threshold, schools=15)
    found = protected(county.table, threshold, [county.municipality])
    small = np.flatnonzero(county.table.is_primary)
    nothing = np.zeros(len(found.hidden), dtype=bool)
    assert len(small) > 100
    assert Attacker(county.table, found.hidden, threshold, nothing).narrow(small) == []
    narrow, tried = found_inside(county.table, found.hidden, threshold, 4)
    assert narrow == 0 < tried


def test_hiding_the_small_groups_alone_gives_most_of_them_away(counties: ModuleType) -> None:
    county = counties.region(11, "cross", 5, schools=15)
    small = np.flatnonzero(county.table.is_primary)
    nothing = np.zeros(len(county.table.value), dtype=bool)
    assert len(Attacker(county.table, county.table.is_primary, 5, nothing).narrow(small)) > len(small) / 2


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "threshold"), [(1, 5), (2, 10)])
@pytest.mark.parametrize("design", ["margins", "cross"])
def test_nobody_works_out_a_small_group_in_a_county_of_a_hundred_schools(
    counties: ModuleType, design: str, seed: int, threshold: int, capsys: pytest.CaptureFixture[str]
) -> None:
    county = counties.region(seed, design, threshold)
    table = county.table
    found = protected(table, threshold, [county.municipality])
    shown = 1 - found.hidden[~table.is_inner].mean()
    with capsys.disabled():
        print(f"\n{design}, threshold {threshold}: {shown:.1%} published")
    nothing = np.zeros(len(found.hidden), dtype=bool)
    assert Attacker(table, found.hidden, threshold, nothing).narrow(np.flatnonzero(table.is_primary)) == []
    narrow, tried = found_inside(table, found.hidden, threshold, 5)
    assert narrow == 0 < tried
