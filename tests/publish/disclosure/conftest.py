"""Tables to protect, and an attacker who knows what is shown and nothing of the protector."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from analysis.publish.disclosure.table import CountTable

Reach = tuple[float, float]


def reach(sums: csr_matrix, value: np.ndarray, is_known: np.ndarray, cell: int) -> Reach:
    """The least and the greatest value of one cell over all tables without negative cells that agree with the known."""
    unknown = np.flatnonzero(~is_known)
    at = np.flatnonzero(unknown == cell)
    if len(at) == 0:
        return float(value[cell]), float(value[cell])
    left = sums[:, unknown]
    due = -(sums[:, np.flatnonzero(is_known)] @ value[is_known])
    rows = np.diff(left.indptr) > 0
    ends = []
    for sign in (1.0, -1.0):
        cost = np.zeros(len(unknown))
        cost[at] = sign
        found = linprog(cost, A_eq=left[rows], b_eq=due[rows], bounds=(0, None), method="highs")
        if found.status == 3:
            ends.append(-np.inf)
            continue
        assert found.status == 0, found.message
        ends.append(found.fun)
    return float(ends[0]), float(-ends[1])


def table(
    value: Iterable[float],
    sums: Iterable[tuple[int, Iterable[int]]],
    primary: Iterable[int],
    open_cells: Iterable[int] = (),
    inner: Iterable[int] = (),
) -> CountTable:
    """A table from (total, parts) and the numbers of its primary, open and inner cells; every cell costs 1."""
    counts = np.array(list(value), dtype=float)
    lines = list(sums)
    matrix = np.zeros((len(lines), len(counts)))
    for row, (total, parts) in enumerate(lines):
        matrix[row, list(parts)] = 1
        matrix[row, total] = -1
    marks = []
    for cells in (open_cells, primary, inner):
        marks.append(np.zeros(len(counts), dtype=bool))
        marks[-1][list(cells)] = True
    return CountTable(counts, csr_matrix(matrix), marks[0], marks[1], marks[2], np.ones(len(counts)))


@pytest.fixture(scope="session")
def attack() -> Callable[[csr_matrix, np.ndarray, np.ndarray, int], Reach]:
    return reach


@pytest.fixture(scope="session")
def build() -> Callable[..., CountTable]:
    return table


@pytest.fixture(scope="session")
def counties(repository: Path) -> ModuleType:
    """The made-up counties that the measurements use."""
    spec = importlib.util.spec_from_file_location("bench_disclosure", repository / "bench" / "disclosure.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
