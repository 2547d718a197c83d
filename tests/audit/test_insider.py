"""What a pupil who stands alone in a hidden cell can work out, and two of them together."""

import numpy as np
import pandas as pd
import pytest

from analysis.audit.attack import findings, reach
from analysis.audit.equations import system
from analysis.audit.insider import coalitions, could_hold, insiders
from analysis.audit.system import Contradiction, System


def _school(counts: dict[str, int], hidden: set[str], school: str = "A") -> pd.DataFrame:
    """The groups of one school with their total; `hidden` groups are withheld."""
    rows = pd.DataFrame({"group": [*counts, "all"], "value": [*counts.values(), sum(counts.values())]})
    rows["value"] = rows["value"].astype(float).mask(rows["group"].isin(hidden))
    same = {
        "release": "one", "indicator": "passed", "unit_id": school, "level": "school", "parent_id": "",
        "year": 2024, "part": "n", "low": np.nan, "high": np.nan, "is_open": False,
    }  # fmt: skip
    return rows.assign(**same, group_dimension=np.where(rows["group"] == "all", "all", "background"))


def _cell(known: System, group: str, school: str = "A") -> int:
    (cell,) = np.flatnonzero((known.cells["group"] == group) & (known.cells["unit_id"] == school))
    return int(cell)


def test_the_one_pupil_in_a_cell_works_out_the_other_hidden_cell_of_the_line() -> None:
    known = system(_school({"a": 1, "b": 9, "c": 40}, {"a", "b"}))
    assert findings(known, width=5) == []
    (leak,) = insiders(known, width=5, singles=[_cell(known, "a")])
    assert (leak.cell, leak.low, leak.high, leak.kind) == (_cell(known, "b"), 9, 9, "exact")
    assert leak.knowing == ("A, a, 2024, n of passed",)
    assert leak.through == ("A, all, 2024, n of passed = the sum by background [A, all, 2024, n of passed = 50; "
                            "A, c, 2024, n of passed = 40]",)  # fmt: skip


def test_a_third_hidden_cell_protects_against_the_insider_but_not_against_two() -> None:
    known = system(_school({"a": 1, "b": 1, "c": 9, "d": 40}, {"a", "b", "c"}))
    ones = [_cell(known, "a"), _cell(known, "b")]
    assert insiders(known, width=5, singles=ones) == []
    leaks = coalitions(known, width=5, singles=ones, pairs=[])
    (leak,) = leaks
    assert (leak.cell, leak.low, leak.kind, len(leak.knowing)) == (_cell(known, "c"), 9, "exact", 2)


def test_the_two_pupils_of_a_cell_of_two_know_it_together() -> None:
    known = system(_school({"a": 2, "b": 9, "c": 40}, {"a", "b"}))
    leaks = coalitions(known, width=5, singles=[], pairs=[_cell(known, "a")])
    assert [(leak.cell, leak.low) for leak in leaks] == [(_cell(known, "b"), 9)]


def test_without_being_told_every_hidden_count_that_could_be_one_is_tried() -> None:
    known = system(_school({"a": 1, "b": 9, "c": 40}, {"a", "b"}))
    assert could_hold(known, 1) == [_cell(known, "a"), _cell(known, "b")]
    assert could_hold(known, 11) == []
    assert {leak.cell for leak in insiders(known, width=5)} == {_cell(known, "a"), _cell(known, "b")}


def test_a_cell_said_to_be_of_one_that_cannot_be_is_refused_and_one_only_supposed_is_left_out() -> None:
    known = system(_school({"a": 1, "b": 9, "c": 40}, {"a", "b"}))
    both = [_cell(known, "a"), _cell(known, "b")]
    with pytest.raises(Contradiction, match="no figure is left for A, "):
        coalitions(known, width=5, singles=both, pairs=[])
    assert {leak.knowing for leak in coalitions(known, width=5)} == {
        ("A, a, 2024, n of passed",), ("A, b, 2024, n of passed",)
    }  # fmt: skip


def test_what_an_outsider_already_knows_is_not_laid_to_the_insider() -> None:
    known = system(_school({"a": 1, "b": 2, "c": 40}, {"a", "b"}))
    assert {leak.cell for leak in findings(known, width=5)} == {_cell(known, "a"), _cell(known, "b")}
    assert insiders(known, width=5, singles=[_cell(known, "a")]) == []


def test_pupils_of_different_schools_are_no_coalition() -> None:
    counts, hidden = {"a": 1, "b": 9, "c": 9, "d": 40}, {"a", "b", "c"}
    known = system(pd.concat([_school(counts, hidden), _school(counts, hidden, "B")]))
    ones = [_cell(known, "a"), _cell(known, "a", "B")]
    assert coalitions(known, width=5, singles=ones, pairs=[]) == []


@pytest.mark.parametrize("seed", range(6))
def test_an_insider_leaks_exactly_what_the_release_with_that_cell_shown_would(seed: int) -> None:
    random = np.random.default_rng(seed)
    frames = []
    for school in "ABCD":
        counts = dict(zip("abcd", random.integers(1, 12, 4).tolist(), strict=True))
        frames.append(_school(counts, set(random.choice([*"abcd"], 3, replace=False)), school).assign(parent_id="M"))
    rows = pd.concat(frames, ignore_index=True)
    schools = rows[rows["group"] == "all"]
    total = schools.iloc[:1].assign(unit_id="M", parent_id="", value=schools["value"].sum())
    known = system(pd.concat([rows, total], ignore_index=True))
    ends, chosen = reach(known), could_hold(known, 1)[0]
    told = reach(known.told({chosen: 1.0})).drop(index=chosen)
    before = ends.loc[told.index]
    narrowed = told[(told["high"] - told["low"] < 5) & (before["high"] - before["low"] >= 5)]
    leaks = insiders(known, width=5, singles=[chosen])
    assert {leak.cell: (leak.low, leak.high) for leak in leaks} == {
        int(cell): (low, high) for cell, low, high in narrowed.itertuples()
    }
