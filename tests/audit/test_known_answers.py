"""Tables with an answer worked out by hand: patterns that look safe line by line and are not."""

import numpy as np
import pandas as pd

from analysis.audit.attack import findings, reach
from analysis.audit.equations import system
from analysis.audit.system import System

Place = tuple[str, str]


def _table(values: np.ndarray, rows: str, columns: str, hidden: set[str], size: dict[str, str] | None = None) -> System:
    """Units in `rows` and groups in `columns`, with all totals released; `hidden` are places such as `w|b`."""
    frame = pd.DataFrame(values, index=list(rows), columns=list(columns))
    frame["all"] = frame.sum(axis=1)
    frame.loc["total"] = frame.sum()
    released = [
        {
            "unit_id": unit,
            "parent_id": "" if unit == "total" else "total",
            "group_dimension": "all" if group == "all" else "kind",
            "group": group,
            "value": np.nan if f"{unit}|{group}" in hidden else float(frame.loc[unit, group]),
        }
        for unit in frame.index
        for group in frame.columns
    ]
    return system(_rows(pd.DataFrame(released)))


def _rows(released: pd.DataFrame) -> pd.DataFrame:
    same = {"release": "one", "indicator": "pupils", "level": "", "year": 2024, "part": "n", "is_open": False}
    return released.assign(**same, low=np.nan, high=np.nan)


def _by_name(known: System) -> pd.DataFrame:
    found = reach(known)
    cells = known.cells.loc[found.index]
    return found.set_index(cells["unit_id"] + "|" + cells["group"])


BRIDGED = np.array([[120, 75, 310, 205], [90, 160, 47, 150], [64, 220, 85, 110], [140, 31, 95, 130]])
NINE = {"u|a", "u|b", "v|a", "v|b", "v|c", "w|c", "w|d", "x|c", "x|d"}


def test_a_table_with_two_hidden_cells_in_every_line_still_gives_forty_seven_away() -> None:
    known = _table(BRIDGED, "uvwx", "abcd", NINE)
    found = _by_name(known)
    width = found["high"] - found["low"]
    assert set(found.index) == NINE
    assert tuple(found.loc["v|c"]) == (47, 47)
    assert width.drop("v|c").min() >= 69
    assert [leak.what for leak in findings(known, width=10)] == ["v, c, 2024, n of pupils"]


def test_the_proof_of_forty_seven_is_the_four_lines_of_one_block() -> None:
    (leak,) = findings(_table(BRIDGED, "uvwx", "abcd", NINE), width=10)
    assert leak.kind == "exact"
    lines = {each.split(" [")[0] for each in leak.through}
    ours = {
        "u, all, 2024, n of pupils = the sum by kind", "v, all, 2024, n of pupils = the sum by kind",
        "total, a, 2024, n of pupils = the sum of its 4 units", "total, b, 2024, n of pupils = the sum of its 4 units",
    }  # fmt: skip
    theirs = {
        "w, all, 2024, n of pupils = the sum by kind", "x, all, 2024, n of pupils = the sum by kind",
        "total, c, 2024, n of pupils = the sum of its 4 units", "total, d, 2024, n of pupils = the sum of its 4 units",
    }  # fmt: skip
    assert lines in (ours, theirs)


def test_one_more_hidden_cell_makes_the_forty_seven_safe() -> None:
    known = _table(BRIDGED, "uvwx", "abcd", NINE | {"x|b"})
    found = _by_name(known)
    assert (found["high"] - found["low"]).min() >= 31
    assert findings(known, width=10) == []


SCHOOLS = {"A": 1, "B": 3, "K": 3, "L": 2, "M": 4, "N": 7, "O": 20, "P": 30}
COUNTY = {"A": "east", "B": "east", "O": "east", "K": "west", "L": "west", "M": "west", "N": "west", "P": "west"}
SIZE = {"A": "small", "B": "small", "K": "small", "N": "small", "P": "small", "L": "large", "M": "large", "O": "large"}


def _linked(hidden: str, *tables: dict[str, str]) -> pd.DataFrame:
    """The schools' reach when their sums are released by each of the tables."""
    totals = [{"unit_id": part, "value": sum(SCHOOLS[school] for school in table if table[school] == part)}
              for table in tables for part in set(table.values())]  # fmt: skip
    schools = [{"unit_id": school, "value": np.nan if school in hidden else n} for school, n in SCHOOLS.items()]
    released = pd.DataFrame(totals + schools).assign(group_dimension="all", group="all", parent_id="")
    units = pd.concat([pd.Series(table, name="parent_id").rename_axis("unit_id").reset_index() for table in tables])
    known = system(_rows(released), units)
    found = reach(known)
    return found.set_index(known.cells.loc[found.index, "unit_id"])


def test_the_schools_by_county_alone_are_only_known_to_lie_within_the_rest() -> None:
    found = _linked("ABKLM", COUNTY)
    assert {school: tuple(ends) for school, *ends in found.itertuples()} == {
        "A": (0, 4), "B": (0, 4), "K": (0, 9), "L": (0, 9), "M": (0, 9),
    }  # fmt: skip


def test_the_schools_by_size_alone_are_only_known_to_lie_within_the_rest() -> None:
    found = _linked("ABKLM", SIZE)
    assert {school: tuple(ends) for school, *ends in found.itertuples()} == {
        "A": (0, 7), "B": (0, 7), "K": (0, 7), "L": (0, 6), "M": (0, 6),
    }  # fmt: skip


def test_by_county_and_by_size_together_give_school_k_away() -> None:
    found = _linked("ABKLM", COUNTY, SIZE)
    assert tuple(found.loc["K"]) == (3, 3)
    assert (found["high"] - found["low"]).drop("K").min() >= 4


def test_one_more_school_hidden_in_both_tables_protects_school_k() -> None:
    assert tuple(_linked("ABKLMN", COUNTY, SIZE).loc["K"]) == (0, 10)


def test_a_rectangle_in_four_by_two_reaches_as_far_as_the_smallest_line_through_it() -> None:
    values = np.array([[3, 11], [8, 6], [20, 30], [40, 25]])
    found = _by_name(_table(values, "uvwx", "ab", {"u|a", "u|b", "v|a", "v|b"}))
    assert {place: tuple(ends) for place, *ends in found.itertuples()} == {
        "u|a": (0, 11), "u|b": (3, 14), "v|a": (0, 11), "v|b": (3, 14),
    }  # fmt: skip


def test_two_hidden_cells_in_a_single_line_of_four_by_two_are_given_away_by_the_columns() -> None:
    values = np.array([[3, 11], [8, 6], [20, 30], [40, 25]])
    found = _by_name(_table(values, "uvwx", "ab", {"u|a", "u|b"}))
    assert {place: tuple(ends) for place, *ends in found.itertuples()} == {"u|a": (3, 3), "u|b": (11, 11)}


def test_a_contributor_who_stands_in_two_of_four_cells_narrows_the_other_two() -> None:
    values = np.array([[1, 1, 1, 1, 30], [20, 20, 20, 20, 30]])
    known = _table(values, "uv", "abcde", {f"{unit}|{group}" for unit in "uv" for group in "abcd"})
    number = {f"{row.unit_id}|{row.group}": int(row.Index) for row in known.cells.itertuples()}
    a, d = number["u|a"], number["u|d"]
    assert [leak for leak in findings(known, width=4) if leak.cell in (a, d)] == []
    own = {number["u|b"]: 1.0, number["u|c"]: 1.0}
    leaks = {leak.cell: (leak.low, leak.high) for leak in findings(known, width=4, targets=[a, d], knowing=own)}
    assert leaks == {a: (0, 2), d: (0, 2)}
    third = own | {d: 1.0}
    (leak,) = findings(known, width=4, targets=[a], knowing=third)
    assert (leak.kind, leak.low, len(leak.knowing)) == ("exact", 1, 3)
