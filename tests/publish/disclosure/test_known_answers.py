"""Tables whose answers are known: patterns that look safe and are not, and what makes them so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from analysis.publish.disclosure.protect import looked_at_again, protected
from analysis.publish.disclosure.table import CountTable, DisclosureError

Build = Callable[..., CountTable]
Attack = Callable[..., tuple[float, float]]

# a 4 × 4 table: the cells are 0 to 15, row totals 16 to 19, column totals 20 to 23, the grand total is 24
SQUARE = np.array([[20, 50, 8, 40], [10, 22, 47, 31], [60, 70, 34, 35], [80, 90, 19, 49]])
NINE = [0, 1, 4, 5, 6, 10, 11, 14, 15]  # two or more in every row and every column


@pytest.fixture
def square(build: Build) -> CountTable:
    value = [*SQUARE.ravel(), *SQUARE.sum(axis=1), *SQUARE.sum(axis=0), SQUARE.sum()]
    rows = [(16 + row, range(4 * row, 4 * row + 4)) for row in range(4)]
    columns = [(20 + column, range(column, 16, 4)) for column in range(4)]
    return build(value, [*rows, *columns, (24, range(16, 20))], NINE, range(16, 25))


def test_two_hidden_cells_in_every_line_still_give_47_away(square: CountTable, attack: Attack) -> None:
    shown = ~square.is_primary
    lines = square.is_primary[:16].reshape(4, 4)
    assert lines.sum() == 9
    assert lines.sum(axis=0).min() == lines.sum(axis=1).min() == 2
    assert attack(square.sums, square.value, shown, 6) == pytest.approx((47, 47))
    for cell in [each for each in NINE if each != 6]:
        low, high = attack(square.sums, square.value, shown, cell)
        assert high - low > 10


@pytest.mark.parametrize("width", [5, 10, 30])
def test_the_protector_does_not_leave_47_to_be_worked_out(square: CountTable, attack: Attack, width: int) -> None:
    found = protected(square, width)
    assert found.secondary.any()
    for cell in NINE:
        low, high = attack(square.sums, square.value, ~found.hidden, cell)
        assert high - low >= width - 1e-6


def test_the_last_look_finds_the_cell_that_is_given_away(square: CountTable) -> None:
    with pytest.raises(DisclosureError, match="cell 6 can be narrowed down"):
        looked_at_again(square, square.is_primary, 5)


# units K, L, M, N in county X and A, Q, R in county Y; K, A and Q are large, the others small
K, L, M, N, A, Q, R, X, Y, LARGE, SMALL, ALL = range(12)
VALUES = [3, 5, 4, 20, 2, 2, 30, 32, 34, 7, 59, 66]
BY_COUNTY = [(X, [K, L, M, N]), (Y, [A, Q, R]), (ALL, [X, Y])]
BY_SIZE = [(LARGE, [K, A, Q]), (SMALL, [L, M, N, R]), (ALL, [LARGE, SMALL])]
FEW = [K, L, M, A, Q]
TOTALS = [X, Y, LARGE, SMALL, ALL]


@pytest.mark.parametrize(("sums", "width"), [(BY_COUNTY, 4), (BY_SIZE, 7)])
def test_by_county_or_by_size_alone_nothing_is_given_away(
    build: Build, attack: Attack, sums: list[tuple[int, list[int]]], width: int
) -> None:
    alone = build(VALUES, sums, FEW, TOTALS)
    for cell in FEW:
        low, high = attack(alone.sums, alone.value, ~alone.is_primary, cell)
        assert high - low >= width - 1e-6


def test_by_county_and_by_size_together_k_is_three_until_more_is_hidden(build: Build, attack: Attack) -> None:
    linked = build(VALUES, BY_COUNTY + BY_SIZE, FEW, TOTALS)
    assert attack(linked.sums, linked.value, ~linked.is_primary, K) == pytest.approx((3, 3))
    found = protected(linked, 4)
    assert {R} <= set(np.flatnonzero(found.secondary)) <= {N, R}
    for cell in FEW:
        low, high = attack(linked.sums, linked.value, ~found.hidden, cell)
        assert high - low >= 4 - 1e-6


def test_four_rows_of_two_columns_need_two_whole_rows_hidden(build: Build, attack: Attack) -> None:
    value = np.array([[3, 40], [50, 60], [70, 80], [90, 30]])
    rows = [(8 + row, [2 * row, 2 * row + 1]) for row in range(4)]
    columns = [(12, [0, 2, 4, 6]), (13, [1, 3, 5, 7])]
    totals = [*value.sum(axis=1), *value.sum(axis=0)]
    pattern = build([*value.ravel(), *totals], rows + columns, [0], range(8, 14))
    found = protected(pattern, 5)
    hidden = found.hidden[:8].reshape(4, 2)
    assert hidden.sum() == 4
    assert sorted(hidden.sum(axis=1).tolist()) == [0, 0, 2, 2]
    low, high = attack(pattern.sums, pattern.value, ~found.hidden, 0)
    assert high - low >= 5 - 1e-6


def test_a_single_pupil_cannot_take_away_her_own_cell_and_find_her_neighbour(build: Build, attack: Attack) -> None:
    row = build([1, 8, 30, 40, 79], [(4, [0, 1, 2, 3])], [0, 1], [4])
    assert attack(row.sums, row.value, ~row.is_primary, 1) == pytest.approx((0, 9))  # wide enough for outsiders
    known = ~row.is_primary | (row.value == 1)
    assert attack(row.sums, row.value, known, 1) == pytest.approx((8, 8))
    found = protected(row, 5)
    assert found.hidden.sum() == 3
    low, high = attack(row.sums, row.value, ~found.hidden | (row.value == 1), 1)
    assert high - low >= 5 - 1e-6


def test_a_pupil_alone_in_two_cells_and_another_alone_in_one_find_nothing_together(
    build: Build, attack: Attack
) -> None:
    # a is alone in cell 0; b in cell 1 and in its part 2; cell 4 has eight pupils; cell 6 is all of them
    sums = [(1, [2, 3]), (6, [0, 1, 4, 5])]
    line = build([1, 1, 1, 0, 8, 30, 40], sums, [0, 1, 2, 4], [6])
    both = ~line.is_primary | np.isin(np.arange(7), [0, 1, 2, 3])
    assert np.ptp(attack(line.sums, line.value, ~line.is_primary, 4)) == pytest.approx(10)  # outsiders: 0 to 10
    assert attack(line.sums, line.value, both, 4) == pytest.approx((8, 8))
    found = protected(line, 5)
    for known in ([0], [1, 2, 3], [0, 1, 2, 3]):
        seen = ~found.hidden
        seen[known] = True
        for cell in sorted({0, 1, 2, 4} - set(known)):
            low, high = attack(line.sums, line.value, seen, cell)
            assert high - low >= 5 - 1e-6


def test_one_pupil_who_did_not_reach_the_goal_does_not_learn_how_many_did(build: Build, attack: Attack) -> None:
    # n, k and n − k of three classes and of the school; in the first class one pupil did not reach the goal
    value = [9, 8, 1, 40, 30, 10, 50, 35, 15, 99, 73, 26]
    classes = [(0, [1, 2]), (3, [4, 5]), (6, [7, 8]), (9, [10, 11])]
    school = [(9 + part, [part, 3 + part, 6 + part]) for part in range(3)]
    table = build(value, classes + school, [0, 1, 2], [9, 10, 11])
    found = protected(table, 5)
    for known in (~found.hidden, ~found.hidden | (table.value == 1)):
        for cell in (0, 1):
            low, high = attack(table.sums, table.value, known, cell)
            assert high - low >= 5 - 1e-6
