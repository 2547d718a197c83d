"""What can be worked out from sums, shares, means, years and releases, against answers found by trying all tables."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.audit.attack import findings, integer_reach, reach
from analysis.audit.equations import system
from analysis.audit.system import Contradiction, System

HIDDEN = float("nan")


def _row(unit: str, part: str, value: float, **other: object) -> dict[str, object]:
    row: dict[str, object] = {
        "release": "one", "indicator": "passed", "unit_id": unit, "level": "school", "parent_id": "",
        "group_dimension": "all", "group": "all", "year": 2024, "part": part, "value": value,
        "low": np.nan, "high": np.nan, "is_open": False, "decimals": np.nan,
    }  # fmt: skip
    return row | other


def _girls(unit: str, part: str, value: float, **other: object) -> dict[str, object]:
    return _row(unit, part, value, group="girls", group_dimension="gender", **other)


def _boys(unit: str, part: str, value: float, **other: object) -> dict[str, object]:
    return _row(unit, part, value, group="boys", group_dimension="gender", **other)


def _system(*rows: dict[str, object], **other: object) -> System:
    return system(pd.DataFrame(list(rows)), **other)  # type: ignore[arg-type]


def _cell(known: System, unit: str, part: str, group: str = "all", year: int | str = 2024) -> int:
    cells = known.cells
    at = (cells["unit_id"] == unit) & (cells["part"] == part) & (cells["group"] == group)
    (number,) = np.flatnonzero(at & (cells["year"] == str(year)))
    return int(number)


def _ends(known: System, *place: str, **other: int | str) -> tuple[float, float]:
    cell = _cell(known, *place, **other)  # type: ignore[arg-type]
    low, high = reach(known, [cell]).loc[cell]
    return float(low), float(high)


def test_boys_are_what_girls_leave_of_all() -> None:
    known = _system(_row("A", "n", 30), _girls("A", "n", 17), _boys("A", "n", HIDDEN))
    assert _ends(known, "A", "n", "boys") == (13, 13)


def test_the_unknown_group_keeps_the_other_from_being_a_difference() -> None:
    rows = [_row("A", "n", 30), _girls("A", "n", 17), _boys("A", "n", HIDDEN)]
    known = _system(*rows, _row("A", "n", HIDDEN, group="unknown", group_dimension="gender"))
    assert _ends(known, "A", "n", "boys") == (0, 13)


def test_a_school_that_is_not_in_the_release_still_counts_in_its_municipality() -> None:
    units = pd.DataFrame({"unit_id": ["A", "B", "C"], "parent_id": "M"})
    rows = [_row("M", "n", 50), _row("A", "n", HIDDEN), _row("B", "n", 30)]
    assert _ends(_system(*rows), "A", "n") == (0, np.inf)
    assert _ends(_system(*rows, units=units), "A", "n") == (0, 20)
    assert _ends(_system(*rows, units=units[:2]), "A", "n") == (20, 20)
    assert _ends(_system(*rows, units=units[:2], incomplete=["M"]), "A", "n") == (0, 20)


def test_the_share_gives_the_number_away_when_n_is_known() -> None:
    known = _system(_row("A", "n", 37), _row("A", "k", HIDDEN), _row("A", "share", 8.1, decimals=1))
    assert _ends(known, "A", "k") == (3, 3)
    assert _ends(known, "A", "rest") == (34, 34)


def test_a_share_in_whole_per_cent_leaves_as_many_numbers_as_round_to_it() -> None:
    known = _system(_row("A", "n", 450), _row("A", "k", HIDDEN), _row("A", "share", 8, decimals=0))
    fits = [k for k in range(451) if 7.5 <= 100 * k / 450 <= 8.5]
    assert _ends(known, "A", "k") == (min(fits), max(fits))


def test_a_share_without_n_pins_n_when_it_cannot_be_large() -> None:
    rows = [_row("A", "n", HIDDEN, low=1, high=15), _row("A", "k", HIDDEN), _row("A", "share", 14.3, decimals=1)]
    known = _system(*rows)
    fits = [(n, k) for n in range(1, 16) for k in range(n + 1) if 14.25 <= 100 * k / n <= 14.35]
    n, k = _cell(known, "A", "n"), _cell(known, "A", "k")
    ends = integer_reach(known, [n, k])
    assert (ends.loc[n].tolist(), ends.loc[k].tolist()) == ([7, 14], [1, 2])
    assert fits == [(7, 1), (14, 2)]


def test_a_group_where_everybody_passed_is_an_exact_share() -> None:
    known = _system(_row("A", "n", HIDDEN, low=3), _row("A", "k", HIDDEN), _row("A", "rest", 0),
                    _row("A", "share", HIDDEN))  # fmt: skip
    leaks = findings(known, width=0)
    assert [(leak.what, leak.low, leak.kind) for leak in leaks] == [("A, all, 2024, share of passed", 100.0, "exact")]


def test_means_give_a_hidden_groups_sum_within_their_rounding() -> None:
    known = _system(
        _row("A", "n", 10), _girls("A", "n", 8), _boys("A", "n", 2), _row("A", "mean", 200.0, decimals=1),
        _girls("A", "mean", 210.0, decimals=1), _boys("A", "sum", HIDDEN), _boys("A", "mean", HIDDEN),
    )  # fmt: skip
    low, high = _ends(known, "A", "sum", "boys")
    assert (low, high) == pytest.approx((1999.5 - 1680.4, 2000.5 - 1679.6), abs=0.01)
    assert _ends(known, "A", "mean", "boys") == pytest.approx((low / 2, high / 2), abs=0.01)


def test_the_difference_of_two_windows_is_the_year_that_came_less_the_year_that_went() -> None:
    windows = pd.DataFrame(
        [("2021-2023", y, 1, "pooled") for y in (2021, 2022, 2023)]
        + [("2022-2024", y, 1, "pooled") for y in (2022, 2023, 2024)],
        columns=["window", "year", "weight", "kind"],
    )
    rows = [_row("A", "k", 31, year="2021-2023"), _row("A", "k", 29, year="2022-2024"), _row("A", "k", 5, year=2021)]
    known = _system(*rows, _row("A", "k", HIDDEN, year=2024), windows=windows)
    assert _ends(known, "A", "k", year=2024) == (3, 3)


def test_a_mean_of_three_years_shares_gives_the_third_year_away() -> None:
    windows = pd.DataFrame({"window": "three", "year": [2022, 2023, 2024], "weight": 1 / 3, "kind": "mean"})
    n, k = {2022: 20, 2023: 25, 2024: 30}, {2022: 10, 2023: 5, 2024: 3}
    mean = round(sum(100 * k[year] / n[year] for year in n) / 3, 1)
    rows = [_row("A", "n", n[year], year=year) for year in n]
    rows += [_row("A", "k", HIDDEN if year == 2024 else k[year], year=year) for year in n]
    known = _system(*rows, _row("A", "share", mean, year="three", decimals=1), windows=windows)
    assert _ends(known, "A", "k", year=2024) == (3, 3)


def test_a_figure_withheld_in_one_release_and_shown_in_another_is_known() -> None:
    first = [_row("A", "n", 30), _girls("A", "n", HIDDEN), _boys("A", "n", HIDDEN)]
    assert _ends(_system(*first), "A", "n", "boys") == (0, 30)
    known = _system(*first, _girls("A", "n", 4, release="two"))
    assert _ends(known, "A", "n", "boys") == (26, 26)
    assert not known.cells["is_hidden"].iloc[_cell(known, "A", "n", "girls")]


def test_a_revised_total_narrows_the_first_release_to_within_the_revision() -> None:
    both = [_row("A", "n", 30), _girls("A", "n", HIDDEN), _boys("A", "n", HIDDEN)]
    later = [_row("A", "n", 31), _girls("A", "n", 4), _boys("A", "n", 27)]
    known = _system(*both, *(row | {"release": "two"} for row in later))
    cells = known.cells
    (cell,) = np.flatnonzero((cells["release"] == "one") & (cells["group"] == "girls"))
    assert reach(known, [int(cell)]).to_numpy().tolist() == [[3, 4]]  # 27 ± 1 boys and 4 ± 1 girls are 30


def test_a_crossing_that_is_shown_adds_up_to_the_margin_that_is_not() -> None:
    crossed = {"girls×foreign": 2, "girls×swedish": 1, "boys×foreign": 9, "boys×swedish": 8}
    rows = [_row("A", "k", n, group=group, group_dimension="gender×background") for group, n in crossed.items()]
    known = _system(*rows, _girls("A", "k", HIDDEN), _boys("A", "k", HIDDEN))
    assert _ends(known, "A", "k", "girls") == (3, 3)


def test_some_leaks_show_only_to_somebody_who_counts_in_whole_pupils() -> None:
    windows = pd.DataFrame({"window": "mixed", "year": [1, 2, 3], "weight": [6, 10, 15], "kind": "pooled"})
    known = _system(*(_row("A", "n", HIDDEN, year=year) for year in (1, 2, 3)), _row("A", "n", 61, year="mixed"),
                    windows=windows)  # fmt: skip
    fits = [each for each in product(range(11), range(7), range(5)) if np.dot(each, (6, 10, 15)) == 61]
    assert fits == [(1, 1, 3), (1, 4, 1), (6, 1, 1)]
    assert findings(known, width=4) == []
    leaks = findings(known, width=4, integer=3)
    assert [(leak.what, leak.low, leak.high) for leak in leaks] == [
        ("A, all, 2, n of passed", 1, 4), ("A, all, 3, n of passed", 1, 3),
    ]  # fmt: skip
    assert all(leak.through[0].startswith("A, all, mixed, n of passed = its 3 years, pooled") for leak in leaks)


def test_a_target_in_the_release_is_a_leak_and_an_authoritys_open_figure_is_not() -> None:
    known = _system(_row("A", "k", 2), _row("B", "k", 3, is_open=True))
    leaks = findings(known, width=5, targets=[_cell(known, "A", "k"), _cell(known, "B", "k")])
    assert [(leak.what, leak.kind) for leak in leaks] == [("A, all, 2024, k of passed", "shown")]


def test_a_figure_no_row_mentions_is_a_leak_only_when_it_is_asked_about() -> None:
    known = _system(_row("A", "n", 20), _row("A", "k", 18))
    assert findings(known, width=5) == []
    leaks = findings(known, width=5, targets=[_cell(known, "A", "rest")])
    assert [(leak.what, leak.low, leak.kind) for leak in leaks] == [("A, all, 2024, rest of passed", 2, "exact")]


def test_an_open_figure_is_known_to_the_attacker() -> None:
    rows = [_row("A", "n", 20), _row("A", "k", HIDDEN), _row("A", "rest", HIDDEN)]
    leaks = findings(_system(*rows, _row("A", "rest", 18, is_open=True, release="authority")), width=5)
    assert [(leak.what, leak.low, leak.high) for leak in leaks] == [("A, all, 2024, k of passed", 2, 2)]


def test_sums_that_do_not_add_up_are_refused() -> None:
    known = _system(_row("A", "n", 10), _girls("A", "n", 7), _boys("A", "n", 4))
    with pytest.raises(Contradiction, match="what was released cannot all be true: no figure is left for A, "):
        reach(known)


def test_two_values_for_one_figure_in_one_release_are_refused() -> None:
    with pytest.raises(Contradiction, match="one release gives two values for passed, A, all, all, 2024, n"):
        _system(_row("A", "n", 10), _row("A", "n", 11))


def test_a_share_without_decimals_is_refused() -> None:
    with pytest.raises(ValueError, match="a released share or mean needs its number of decimals"):
        _system(_row("A", "share", 10.0))


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(ValueError, match="a part is one of n, k, rest, sum, share, mean; got: median"):
        _system(_row("A", "median", 10.0))


UNITS, GROUPS = ("A", "B", "C"), ("girls", "boys", "unknown")
COUNTS = st.lists(st.integers(0, 6), min_size=18, max_size=18)
MASK = st.lists(st.booleans(), min_size=48, max_size=48)


def _counted(counts: list[int]) -> dict[tuple[str, str, str], int]:
    """Every figure of three schools, three groups, passed or not, with all totals."""
    true: dict[tuple[str, str, str], int] = {}
    for (unit, group, part), count in zip(product(UNITS, GROUPS, ("k", "rest")), counts, strict=True):
        for at in product((unit, "M"), (group, "all"), (part, "n")):
            true[at] = true.get(at, 0) + count
    return true


def _published(true: dict[tuple[str, str, str], int], hidden: list[bool]) -> System:
    rows = [
        _row(unit, part, HIDDEN if is_hidden else value, group=group, parent_id="" if unit == "M" else "M",
             group_dimension="all" if group == "all" else "gender")
        for ((unit, group, part), value), is_hidden in zip(true.items(), hidden, strict=True)
    ]  # fmt: skip
    return _system(*rows)


def _truth(known: System, true: dict[tuple[str, str, str], int]) -> np.ndarray:
    keys = zip(known.cells["unit_id"], known.cells["group"], known.cells["part"], strict=True)
    return np.array([true[key] for key in keys])


@settings(max_examples=25, deadline=None)
@given(COUNTS, MASK)
def test_the_true_value_always_lies_in_the_reach(counts: list[int], hidden: list[bool]) -> None:
    true = _counted(counts)
    known = _published(true, hidden)
    found = reach(known)
    values = _truth(known, true)[found.index]
    assert ((found["low"] <= values) & (values <= found["high"])).all()


@settings(max_examples=25, deadline=None)
@given(COUNTS, MASK, MASK)
def test_more_published_never_widens_a_reach(counts: list[int], hidden: list[bool], also: list[bool]) -> None:
    true = _counted(counts)
    little = reach(_published(true, hidden))
    more = reach(_published(true, [one and other for one, other in zip(hidden, also, strict=True)]))
    little = little.loc[more.index]
    assert (more["low"] >= little["low"]).all() and (more["high"] <= little["high"]).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=6, max_size=6), st.lists(st.booleans(), min_size=12, max_size=12))
def test_the_integer_attacker_finds_what_trying_all_tables_finds(counts: list[int], hidden: list[bool]) -> None:
    table = np.zeros((3, 4), int)
    table[:2, :3] = np.reshape(counts, (2, 3))
    table[2], table[:, 3] = table[:2].sum(axis=0), table[:, :3].sum(axis=1)
    table[2, 3] = table[:2, :3].sum()
    mask = np.reshape(hidden, (3, 4))
    names, units = [*GROUPS, "all"], ["A", "B", "M"]
    rows = [
        _row(units[i], "n", HIDDEN if mask[i, j] else table[i, j], group=names[j], high=8 if mask[i, j] and i < 2 and
             j < 3 else np.nan, group_dimension="all" if j == 3 else "gender", parent_id="" if i == 2 else "M")
        for i, j in product(range(3), range(4))
    ]  # fmt: skip
    known = _system(*rows)
    asked = np.flatnonzero(known.cells["is_hidden"]).tolist()
    tables = _all_tables(table, mask)
    place = {(units[i], names[j]): (i, j) for i, j in product(range(3), range(4))}
    found = integer_reach(known, asked)
    for cell in asked:
        i, j = place[known.cells["unit_id"].iloc[cell], known.cells["group"].iloc[cell]]
        assert found.loc[cell].tolist() == [tables[:, i, j].min(), tables[:, i, j].max()]


def _all_tables(table: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Every table that agrees with what is shown, hidden inner cells from 0 to 8, found by trying them all."""
    choices = [range(9) if is_hidden else [value] for value, is_hidden in zip(table[0, :3], mask[0, :3], strict=True)]
    below = [range(9) if is_hidden else [value] for value, is_hidden in zip(table[1, :3], mask[1, :3], strict=True)]
    first, second = np.array(list(product(*choices))), np.array(list(product(*below)))
    keep = [
        rows[np.isin(rows.sum(axis=1), [total]) | is_hidden]
        for rows, total, is_hidden in ((first, table[0, 3], mask[0, 3]), (second, table[1, 3], mask[1, 3]))
    ]
    a, b = np.repeat(keep[0], len(keep[1]), axis=0), np.tile(keep[1], (len(keep[0]), 1))
    bottom = a + b
    fits = np.all((bottom == table[2, :3]) | mask[2, :3], axis=1)
    fits &= (bottom.sum(axis=1) == table[2, 3]) | mask[2, 3]
    inner = np.stack([a[fits], b[fits], bottom[fits]], axis=1)
    return np.concatenate([inner, inner.sum(axis=2, keepdims=True)], axis=2)
