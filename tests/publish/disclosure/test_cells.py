"""The tables that the protector works on."""

import numpy as np
import pandas as pd
import pytest

from analysis.catalogue import limit
from analysis.publish.disclosure.backgrounds import groups_given
from analysis.publish.disclosure.cells import Cells, number_table, part_table

RULE = limit("public", "results")


def cells(**changed: list[object]) -> Cells:
    """A school of two classes, one of which is small."""
    nodes = pd.DataFrame(
        {
            "unit_id": ["se:school:1", "se:group:a", "se:group:b"], "group": ["all"] * 3, "part": ["whole"] * 3,
            "source": ["local"] * 3, "n": [30.0, 24.0, 6.0], "k": [20.0, 18.0, 2.0], "members": [0, 1, 2],
            "is_published": [True, True, False], "is_open": [False] * 3, "is_known": [False] * 3,
        }
    ).assign(**changed)  # fmt: skip
    return Cells("all_subjects_passed_9", 2023, nodes, ((0, (1, 2)),))


NONE = np.zeros(3, dtype=bool)


def test_the_small_class_is_to_be_protected_and_is_never_published() -> None:
    table = number_table(cells(), RULE, NONE, NONE).table
    assert table.is_primary.tolist() == [False, False, True]
    assert table.is_inner.tolist() == [False, False, True]
    assert np.abs(table.sums @ table.value).max() == 0


def test_what_is_lacking_of_a_total_is_a_group_of_nobody() -> None:
    shape = number_table(cells(n=[33.0, 24.0, 6.0]), RULE, NONE, NONE)
    assert shape.table.value.tolist() == [33, 24, 6, 3]
    assert shape.node.tolist() == [0, 1, 2, -1]
    assert shape.table.is_inner[-1]


def test_parts_that_hold_more_than_the_total_do_not_add_up_to_it() -> None:
    shape = number_table(cells(n=[29.0, 24.0, 6.0]), RULE, NONE, NONE)
    assert shape.table.sums.shape[0] == 0


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("off", [-3.0, 3.0])
def test_a_total_that_a_rounded_percentage_puts_off_still_is_the_sum_of_its_parts(others: bool, off: float) -> None:
    shape = part_table(cells(k=[20.0 + off, 18.0, 2.0]), RULE, NONE, NONE, NONE, others=others)
    exact = part_table(cells(), RULE, NONE, NONE, NONE, others=others)
    assert shape.table.value.tolist() == exact.table.value.tolist()
    assert (shape.table.sums != exact.table.sums).nnz == 0


def test_a_total_of_which_pupils_are_lacking_keeps_its_own_count() -> None:
    assert cells(n=[33.0, 24.0, 6.0], k=[23.0, 18.0, 2.0]).counted.tolist() == [23.0, 18.0, 2.0]


def test_a_total_counts_all_that_its_parts_count_and_not_what_they_do_not() -> None:
    assert cells(n=[33.0, 24.0, 6.0], k=[19.0, 18.0, 2.0]).counted.tolist() == [20.0, 18.0, 2.0]
    assert cells(n=[33.0, 24.0, 6.0], k=[25.0, 18.0, 2.0]).counted.tolist() == [23.0, 18.0, 2.0]


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("off", [-1.0, 4.0])
def test_no_percentage_s_sum_is_left_out_where_pupils_are_lacking(others: bool, off: float) -> None:
    shape = part_table(cells(n=[33.0, 24.0, 6.0], k=[20.0 + off, 18.0, 2.0]), RULE, NONE, NONE, NONE, others=others)
    assert (shape.table.sums[:, np.flatnonzero(shape.kind == 1)[0]] < 0).sum() == 1
    assert shape.apart == ()


def test_a_total_that_is_no_sum_of_its_parts_is_noted() -> None:
    assert number_table(cells(n=[29.0, 24.0, 6.0]), RULE, NONE, NONE).apart == (0,)
    assert number_table(cells(), RULE, NONE, NONE).apart == ()
    nodes = pd.concat([cells().nodes, cells().nodes.iloc[1:].assign(unit_id=["girls", "boys"], k=[17.0, 2.0])])
    two_ways = Cells("all_subjects_passed_9", 2023, nodes.reset_index(drop=True), ((0, (1, 2)), (0, (3, 4))))
    none = np.zeros(5, dtype=bool)
    assert [part_table(two_ways, RULE, none, none, none, others=others).apart for others in (False, True)] == [
        (0,),
        (0,),
    ]


@pytest.mark.parametrize("others", [False, True])
def test_an_open_figure_is_known_and_a_withheld_number_is_not(others: bool) -> None:
    hidden = np.array([False, True, False])
    shape = part_table(cells(is_open=[True, False, False]), RULE, NONE, NONE, hidden, others=others)
    n, part, _ = (shape.table.is_open[shape.kind == kind] for kind in (0, 1, 2))
    assert n.tolist() == [True, False, False]
    assert part.tolist() == [True, False, False]
    assert shape.table.is_inner[shape.kind == 1].tolist() == [False, True, True]


def test_a_percentage_of_which_few_are_left_is_to_be_protected() -> None:
    table = cells(k=[26.0, 22.0, 4.0])
    assert table.with_small_parts(RULE).tolist() == [True, True, True]
    assert cells().with_small_parts(RULE).tolist() == [False, False, True]


@pytest.mark.parametrize("others", [False, True])
def test_a_limit_in_a_file_of_one_s_own_is_to_be_protected_and_is_nothing_to_add_up_with(others: bool) -> None:
    shape = part_table(cells(n=[130.0, 100.0, 30.0], k=[117.5, 97.5, 20.0]), RULE, NONE, NONE, NONE, others=others)
    ours = shape.kind == 1
    assert shape.table.is_primary[ours].tolist() == [False, True, False]
    assert not shape.table.is_open[shape.kind != 0].any()


def by_sex(n: float) -> Cells:
    """A school whose girls and boys are 22 each, of whom the same number passed, and all of whom are `n`."""
    nodes = cells().nodes.assign(unit_id="se:school:1", group=["all", "girls", "boys"], n=[n, 22.0, 22.0],
                                 k=[30.0, 15.0, 15.0], is_published=True)  # fmt: skip
    return Cells("all_subjects_passed_9", 2023, nodes, ((0, (1, 2)),))


@pytest.mark.parametrize(("n", "few"), [(45.0, True), (53.0, True), (54.0, False), (44.0, False)])
def test_pupils_who_are_in_none_of_a_unit_s_groups_are_a_small_group_too(n: float, few: bool) -> None:
    for shape in (
        number_table(by_sex(n), RULE, NONE, NONE),
        part_table(by_sex(n), RULE, NONE, NONE, NONE, others=True),
    ):
        lacking = list(shape.lacking)
        assert shape.table.is_primary[lacking].any() == few
        assert set(shape.lacking.values()) <= {0} and shape.table.is_inner[lacking].all()


def test_pupils_who_are_in_none_of_open_groups_are_known_and_those_in_no_unit_below_are_nobody_s() -> None:
    everything = np.ones(3, dtype=bool)
    assert not number_table(by_sex(45.0), RULE, everything, NONE).table.is_primary.any()
    assert number_table(cells(n=[33.0, 20.0, 10.0]), RULE, NONE, NONE).table.is_primary.sum() == 0


def test_a_level_that_is_left_out_leaves_no_sum_behind() -> None:
    left = cells().without_levels(("group",))
    assert left.nodes["unit_id"].tolist() == ["se:school:1"]
    assert left.links == ()


def background(small: float) -> pd.DataFrame:
    rows = [
        ("se:municipality:1", "all", 100.0), ("se:municipality:1", "support:with_support", 40.0),
        ("se:municipality:1", "support:without_support", 60.0),
        ("se:school:1", "all", 50.0), ("se:school:1", "support:with_support", 25.0),
        ("se:school:1", "support:without_support", 25.0),
        ("se:school:2", "all", 50.0), ("se:school:2", "support:with_support", small),
        ("se:school:2", "support:without_support", 50.0 - small),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["unit_id", "group", "n"])
    return frame.assign(source="local", part="whole", numerator=np.nan)


PARENTS = {"se:school:1": "se:municipality:1", "se:school:2": "se:municipality:1"}
UNITS = frozenset(["se:municipality:1", "se:school:1", "se:school:2"])


def test_groups_by_background_are_shown_for_all_the_units_beside_each_other() -> None:
    found = groups_given(background(15.0), "merit_value", RULE, PARENTS, UNITS)
    assert {unit for unit, _ in found} == UNITS


def test_one_unit_with_a_small_group_withholds_the_groups_of_those_beside_it() -> None:
    found = groups_given(background(9.0), "merit_value", RULE, PARENTS, UNITS)
    assert {unit for unit, _ in found} == {"se:municipality:1"}


def test_groups_of_a_unit_that_is_withheld_are_withheld() -> None:
    found = groups_given(background(15.0), "merit_value", RULE, PARENTS, UNITS - {"se:school:2"})
    assert {unit for unit, _ in found} == {"se:municipality:1"}
