"""What is hidden is enough, in whatever order the cells stand, and never what is public already."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from analysis.publish.disclosure import protect
from analysis.publish.disclosure.contributors import Contributors
from analysis.publish.disclosure.programme import Programme
from analysis.publish.disclosure.protect import looked_at_again, protected
from analysis.publish.disclosure.search import Search
from analysis.publish.disclosure.table import CountTable, DisclosureError

Build = Callable[..., CountTable]
Attack = Callable[..., tuple[float, float]]
ROWS, COLUMNS = 3, 4
INSIDE = ROWS * COLUMNS


def crossed(counts: np.ndarray, build: Build, open_cells: list[int], inner: list[int]) -> CountTable:
    """Rows and columns with their totals; 1 to 4 pupils are few."""
    value = [*counts.ravel(), *counts.sum(axis=1), *counts.sum(axis=0), counts.sum()]
    rows = [(INSIDE + row, range(COLUMNS * row, COLUMNS * row + COLUMNS)) for row in range(ROWS)]
    columns = [(INSIDE + ROWS + column, range(column, INSIDE, COLUMNS)) for column in range(COLUMNS)]
    last = len(value) - 1
    totals = [(last, range(INSIDE, INSIDE + ROWS)), (last, range(INSIDE + ROWS, last))]
    few = [cell for cell, count in enumerate(value) if 0 < count < 5 and cell not in open_cells]
    return build(value, rows + columns + totals, few, open_cells, inner)


COUNTS = st.lists(st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=INSIDE, max_size=INSIDE).map(
    lambda each: np.array(each).reshape(ROWS, COLUMNS)
)


def known_by(cells: set[int], table: CountTable) -> set[int]:
    """What the pupils alone in these cells know: their own cells all the way, and totals of nothing but those."""
    sums = table.sums.toarray()
    lines = [(int(np.flatnonzero(line < 0)[0]), set(np.flatnonzero(line > 0).tolist())) for line in sums]
    known = set(cells)
    while True:
        more = set(known)
        for total, parts in lines:
            if total in more:
                more |= parts
            alone = table.value[total] == 1 and parts & more & set(np.flatnonzero(table.value == 1).tolist())
            if parts <= more or alone:
                more.add(total)
        if more == known:
            return known
        known = more


def narrow(table: CountTable, hidden: np.ndarray, width: float, attack: Attack, together: int) -> list[tuple[int, ...]]:
    """Every cell that up to `together` pupils who are alone in a cell can narrow down, with their cells."""
    alone = np.flatnonzero((table.value == 1) & ~table.is_open).tolist()
    found = []
    for size in range(together + 1):
        for coalition in combinations(alone, size):
            own = known_by(set(coalition), table)
            known = ~(hidden | table.is_inner)
            known[list(own)] = True
            for cell in sorted(set(np.flatnonzero(table.is_primary).tolist()) - own):
                low, high = attack(table.sums, table.value, known, cell)
                if high - low < width - 1e-6:
                    found.append((cell, *coalition))
    return found


@settings(max_examples=12, deadline=None)
@given(COUNTS, st.sampled_from([3, 5, 10]))
def test_nobody_inside_or_outside_narrows_a_small_group_down(
    build: Build, attack: Attack, counts: np.ndarray, width: int
) -> None:
    table = crossed(counts, build, [], [])
    found = protected(table, width)
    assert narrow(table, found.hidden, width, attack, 1) == []


@settings(max_examples=6, deadline=None)
@given(COUNTS)
def test_two_pupils_together_do_not_narrow_a_small_group_down(build: Build, attack: Attack, counts: np.ndarray) -> None:
    table = crossed(counts, build, [], [])
    assert narrow(table, protected(table, 5).hidden, 5, attack, 2) == []


@settings(max_examples=8, deadline=None)
@given(COUNTS)
def test_crossings_that_are_not_published_are_protected_through_what_is(
    build: Build, attack: Attack, counts: np.ndarray
) -> None:
    table = crossed(counts, build, [], list(range(INSIDE)))
    found = protected(table, 5)
    assert not found.hidden[:INSIDE].any()
    assert narrow(table, found.hidden, 5, attack, 1) == []


@settings(max_examples=12, deadline=None)
@given(COUNTS)
def test_every_small_group_is_hidden_and_open_figures_never_are(build: Build, counts: np.ndarray) -> None:
    last = INSIDE + ROWS + COLUMNS
    table = crossed(counts + 2, build, [last], [])
    found = protected(table, 5)
    assert (found.hidden >= table.is_primary).all()
    assert not found.hidden[last]
    assert (found.hidden == found.primary | found.secondary).all()
    assert not (found.primary & found.secondary).any()


@settings(max_examples=8, deadline=None)
@given(COUNTS, st.randoms(use_true_random=False))
def test_in_another_order_the_same_groups_are_small_and_all_are_safe(
    build: Build, attack: Attack, counts: np.ndarray, random: np.random.Generator
) -> None:
    table = crossed(counts, build, [], [])
    order = list(range(len(table.value)))
    random.shuffle(order)
    turned = CountTable(
        table.value[order], csr_matrix(table.sums[:, order]), table.is_open[order], table.is_primary[order],
        table.is_inner[order], table.cost[order],
    )  # fmt: skip
    found = protected(turned, 5)
    assert (found.primary == protected(table, 5).primary[order]).all()
    assert narrow(turned, found.hidden, 5, attack, 1) == []


@given(COUNTS)
@settings(max_examples=12, deadline=None)
def test_nothing_is_hidden_where_no_group_is_small(build: Build, counts: np.ndarray) -> None:
    found = protected(crossed(counts + 5, build, [], []), 5)
    assert not found.hidden.any()


def test_the_same_table_is_always_protected_in_the_same_way(build: Build) -> None:
    counts = np.random.default_rng(7).integers(0, 12, (ROWS, COLUMNS))
    first, second = (protected(crossed(counts, build, [], []), 5) for _ in range(2))
    assert (first.hidden == second.hidden).all()
    assert first.search_programmes == second.search_programmes > 0


def test_a_cell_that_cannot_go_up_is_protected_up_and_down(build: Build, attack: Attack) -> None:
    table = build([3, 4, 7], [(2, [0, 1])], [0, 1], [2])
    found = protected(table, 7)
    assert attack(table.sums, table.value, ~found.hidden, 0) == pytest.approx((0, 7))


@pytest.mark.parametrize(
    ("values", "small", "shown", "width", "rooms"),
    [
        ([3, 40, 43], [0], [1, 2], 5, {0: 0.0}),
        ([3, 4, 7], [0, 1], [2], 8, {0: 7.0, 1: 7.0}),
        ([1, 4, 5], [0, 1], [2], 5, {1: 0.0}),
    ],
    ids=["given away", "a total too small for the width", "given away to the pupil who is alone"],
)
def test_what_open_figures_confine_by_themselves_keeps_the_room_they_leave_it_and_is_named(
    build: Build, values: list[int], small: list[int], shown: list[int], width: int, rooms: dict[int, float]
) -> None:
    found = protected(build(values, [(2, [0, 1])], small, shown), width)
    assert dict(found.rooms) == pytest.approx(rooms, abs=1e-6)
    assert found.hidden.tolist() == [place in small for place in range(3)]


def test_what_open_figures_confine_costs_no_other_cell_its_protection(build: Build, attack: Attack) -> None:
    # 0 is given away by what is open; 3 is small as well, and can be protected
    table = build([3, 40, 43, 2, 30, 20, 52], [(2, [0, 1]), (6, [3, 4, 5])], [0, 3], [1, 2])
    found = protected(table, 5)
    assert list(found.rooms) == [0]
    low, high = attack(table.sums, table.value, ~found.hidden, 3)
    assert high - low >= 5 - 1e-6


def test_cheap_cells_are_hidden_before_dear_ones(build: Build) -> None:
    plain = build([3, 40, 50, 93], [(3, [0, 1, 2])], [0], [3])
    for dear, cheap in ((1, 2), (2, 1)):
        cost = np.ones(4)
        cost[dear] = 9
        table = CountTable(plain.value, plain.sums, plain.is_open, plain.is_primary, plain.is_inner, cost)
        assert np.flatnonzero(protected(table, 5).hidden).tolist() == [0, cheap]


def test_what_crosses_the_blocks_is_protected_in_the_whole(build: Build, attack: Attack) -> None:
    # two blocks of two cells with open totals, one small cell each, of which one needs the other block
    value = [3, 40, 43, 30, 20, 50, 33, 60]
    table = build(value, [(2, [0, 1]), (5, [3, 4]), (6, [0, 3]), (7, [1, 4])], [0], [2, 5, 6, 7])
    found = protected(table, 5, [np.array([0, 0, 0, 1, 1, 1, -1, -1])])
    assert found.hidden.tolist() == [True, True, False, True, True, False, False, False]
    low, high = attack(table.sums, table.value, ~found.hidden, 0)
    assert high - low >= 5 - 1e-6


def test_a_fault_in_the_search_is_found_by_the_last_look(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    table = crossed(np.array([[3, 20, 30, 40], [15, 25, 35, 45], [16, 26, 36, 46]]), build, list(range(12, 20)), [])
    hide = protect.Search.hide

    def hides_too_little(search: protect.Search, programme: Programme, *moves: np.ndarray) -> None:
        before = search.hidden.sum()
        hide(search, programme, *moves)
        search.hidden[np.flatnonzero(search.hidden & ~table.is_primary)[:1]] = search.hidden.sum() == before

    monkeypatch.setattr(protect.Search, "hide", hides_too_little)
    with pytest.raises(DisclosureError, match="can be narrowed down to less than 5"):
        protected(table, 5)


def test_a_small_group_left_showing_is_refused(build: Build) -> None:
    table = build([3, 40, 50, 93], [(3, [0, 1, 2])], [0], [])
    with pytest.raises(DisclosureError, match="cell 0 is a small group and is not hidden"):
        looked_at_again(table, np.array([False, True, True, True]), 5)


def test_a_pupil_knows_what_lies_inside_her_own_cell_and_no_more(build: Build) -> None:
    # 5: one pupil, all of cells 0 and 1; 6 = 2 + 3 with 2 alone; 7 = 5 + 6
    who = Contributors(build([1, 0, 1, 3, 9, 1, 4, 5], [(5, [0, 1]), (6, [2, 3]), (7, [5, 6])], [], []))
    assert who.persons == 2
    assert who.person[0] == who.person[5] != who.person[2]
    assert np.flatnonzero(who.known).tolist() == [0, 1, 2, 5]
    assert np.flatnonzero(who.known_to([int(who.person[5])])).tolist() == [0, 1, 5]


def test_two_pupils_know_together_the_total_of_nothing_but_themselves(build: Build) -> None:
    who = Contributors(build([1, 1, 2, 7, 9], [(2, [0, 1]), (4, [2, 3])], [], []))
    assert np.flatnonzero(who.known).tolist() == [0, 1, 2]
    assert who.weight.tolist() == [1, 1, 2]
    assert who.known_to([2]).tolist() == who.known_to([0, 1]).tolist() == [True, True, True, False, False]
    assert not who.known_to([0])[2]


def test_two_pupils_in_a_group_of_their_own_do_not_come_to_know_another(build: Build, attack: Attack) -> None:
    # two girls and four boys, six in all: the girls know how many they are, and must not learn how many boys there are
    table = build([2, 4, 6, 30, 36, 40, 76], [(2, [0, 1]), (4, [2, 3]), (6, [4, 5])], [0, 1], [])
    found = protected(table, 5)
    assert found.hidden[2] and found.secondary.sum() >= 2
    known = ~found.hidden
    known[0] = True
    low, high = attack(table.sums, table.value, known, 1)
    assert high - low >= 5 - 1e-6


@pytest.mark.parametrize(
    ("value", "sums", "marks", "text"),
    [
        ([1, 2, 4], [(2, [0, 1])], {}, "sum 0 does not add up"),
        ([-1, 2, 1], [(2, [0, 1])], {}, "a number of at least nought is due"),
        ([np.nan, 2, 1], [(2, [0, 1])], {}, "a number of at least nought is due"),
        ([1, 2, 3], [(2, [0, 1])], {"primary": [2], "open_cells": [2]}, "cell 2 is open"),
        ([1, 2, 3], [(2, [0, 1])], {"inner": [0], "open_cells": [0]}, "cell 0 is open"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(
    build: Build, value: list[float], sums: list[tuple[int, list[int]]], marks: dict[str, list[int]], text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        build(value, sums, **({"primary": []} | marks))


def test_a_table_of_the_wrong_shape_is_refused(build: Build) -> None:
    good = build([1, 2, 3], [(2, [0, 1])], [])
    with pytest.raises(ValueError, match="is_open has the shape"):
        CountTable(good.value, good.sums, np.zeros(2, dtype=bool), good.is_primary, good.is_inner, good.cost)
    with pytest.raises(ValueError, match="sums has 2 columns, not 3"):
        CountTable(good.value, good.sums[:, :2], good.is_open, good.is_primary, good.is_inner, good.cost)
    with pytest.raises(ValueError, match="is_inner holds int64"):
        CountTable(good.value, good.sums, good.is_open, good.is_primary, np.zeros(3, dtype=np.int64), good.cost)


def test_a_shown_cell_that_costs_nothing_to_hide_is_refused(build: Build) -> None:
    good = build([1, 2, 3], [(2, [0, 1])], [], inner=[0])
    with pytest.raises(ValueError, match="cell 1 costs nothing to hide"):
        CountTable(good.value, good.sums, good.is_open, good.is_primary, good.is_inner, np.array([0.0, 0.0, 1.0]))


def test_a_width_or_block_labels_that_make_no_sense_are_refused(build: Build) -> None:
    table = build([1, 2, 3], [(2, [0, 1])], [])
    with pytest.raises(ValueError, match="width is 0"):
        protected(table, 0)
    with pytest.raises(ValueError, match="2 block labels for 3 cells"):
        protected(table, 5, [np.zeros(2, dtype=np.int64)])


def test_a_move_that_breaks_a_sum_moves_what_is_shown_or_leaves_less_than_nought_proves_nothing(build: Build) -> None:
    shown = build([5.0, 6, 7, 8, 3, 29], [(5, [0, 1, 2, 3, 4])], [4])
    hidden = np.array([True, False, False, True, True, False])
    cells = np.array([0, 3, 4])
    honest = (cells, np.array([[0.0, -5.0, 5.0]]))
    lies = [
        (cells, np.array([[0.0, 0.0, 5.0]])),
        (np.array([1, 4]), np.array([[-5.0, 5.0]])),
        (cells, np.array([[-6.0, 1.0, 5.0]])),
    ]
    for witnesses, is_proven in ((lies, False), ([honest], True), ([*lies, honest], True)):
        search = Search(shown, 5, Contributors(shown), largest_first=True)
        search.hidden = hidden.copy()
        search.verify(witnesses)
        assert bool(search.is_safe(np.array([4]))[0]) is is_proven
    assert looked_at_again(shown, hidden, 5, witnesses=[honest]) == 0
    assert looked_at_again(shown, hidden, 5, witnesses=lies) > 0
    with pytest.raises(DisclosureError):
        looked_at_again(shown, shown.is_primary, 5, witnesses=lies)


@settings(max_examples=8, deadline=None)
@given(COUNTS)
def test_outsiders_and_single_pupils_can_be_withstood_by_themselves(
    build: Build, attack: Attack, counts: np.ndarray
) -> None:
    table = crossed(counts, build, [], [])
    hidden = [protected(table, 5, together=each).hidden for each in (0, 1)]
    assert all(narrow(table, each, 5, attack, together) == [] for together, each in enumerate(hidden))


def test_each_attacker_more_costs_figures(build: Build) -> None:
    table = crossed(np.array([[1, 2, 30, 9], [2, 1, 25, 8], [40, 6, 3, 1]]), build, [], [])
    found = [int(protected(table, 5, together=each).hidden.sum()) for each in (0, 1, 2)]
    assert found == sorted(found) and found[0] < found[2]
