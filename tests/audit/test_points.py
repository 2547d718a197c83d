"""The least and the most that a figure can be, near the last digits that a computer keeps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from analysis.audit.points import Extremes, Tables, _spread, extremes
from analysis.audit.system import Contradiction, Part


def part(least: list[float], most: list[float], total: float = 10.0) -> Part:
    """Cells that add up to a total."""
    sums, one = csr_array(np.ones((1, len(least)))), np.array([total])
    return Part(np.arange(len(least)), sums, one, one, np.array(least), np.array(most))


def test_bounds_of_one_s_own_that_leave_no_table_are_given_up() -> None:
    """The first cell has been seen a little too low, so that moving it no farther than wanted leaves nothing."""
    whole = part([0.0, 4.0], [10.0, 4.00001])
    seen = np.array([5.4, 4.0])
    found = Extremes(seen.copy(), seen.copy(), np.zeros(2, bool), np.zeros(2, bool), [seen])
    table = _spread(whole, Tables(whole), np.array([0]), np.array([1.0]), np.array([0.5]), found)
    assert table == pytest.approx([6.0, 4.0], abs=1e-4)


def test_no_table_at_all_is_still_a_contradiction() -> None:
    with pytest.raises(Contradiction, match="no table agrees"):
        extremes(part([0.0, 0.0], [4.0, 4.0]), np.zeros(2, bool), np.ones(2))
