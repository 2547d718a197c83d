"""Attacks by adding and subtracting: each recovers something with the guard off and nothing with it on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tiny import (
    MERIT,
    PASSED,
    SURVEY,
    YEAR,
    Place,
    found,
    guarded,
    municipality,
    release_of,
    small,
    truth_of,
)

from analysis import catalogue
from analysis.analyses import analysis
from analysis.audit.attack import findings
from analysis.audit.equations import COLUMNS, system
from analysis.audit.reading import Figure
from analysis.model.observations import PUPIL_COLUMNS, ROW_COLUMNS, Observations

ASKED = "se:school:1"
TOWN, ABOVE = municipality(
    {
        "A": ((31, 23), (36, 25)),
        "B": ((40, 31), (38, 29)),
        "C": ((7, 5), (29, 21)),
        "D": ((44, 30), (41, 33)),
    }
)
ALL_ONLY = {place: each for place, each in TOWN.items() if place[1] == "all"}


def only(*places: Place) -> dict[Place, tuple[int, float]]:
    return {place: TOWN[place] for place in places}


def whats(leaks: list) -> set[tuple[str, str]]:
    """The unit and group of each finding."""
    return {tuple(each.what.split(", ")[:2]) for each in leaks}


SUMS = {
    "A1": ({("M", "all"): (103, 70), ("A", "all"): (50, 34), ("B", "all"): (45, 31), ("C", "all"): (8, 5)},
           {"A": "M", "B": "M", "C": "M"}, ("C", "all")),
    "A2": ({("M", "all"): (116, 77), ("N", "all"): (8, 5), ("A", "all"): (8, 5), ("S", "all"): (108, 72),
            ("B", "all"): (60, 40), ("C", "all"): (48, 32)},
           {"A": "N", "N": "M", "S": "M", "B": "S", "C": "S"}, ("A", "all")),
    "A3": (TOWN, ABOVE, ("C", "girls")),
    "A4": ({("A", "all"): (90, 62), ("A", "origin:domestic"): (60, 43), ("A", "origin:foreign_background"): (22, 14),
            ("A", "origin:unknown"): (8, 5)}, {}, ("A", "origin:unknown")),
    "A5": ({("A", "all"): (75, 52), ("9a", "all"): (25, 17), ("9b", "all"): (24, 16), ("9c", "all"): (19, 14),
            ("9d", "all"): (7, 5)}, {"9a": "A", "9b": "A", "9c": "A", "9d": "A"}, ("9d", "all")),
}  # fmt: skip


@pytest.mark.parametrize("scenario", sorted(SUMS))
def test_a_small_group_is_a_difference_until_others_are_withheld_with_it(scenario: str) -> None:
    counts, parents, wanted = SUMS[scenario]
    truth = truth_of(counts, parents)
    hidden = small(truth)
    off = {wanted} if scenario != "A2" else hidden - {("N", "all")}
    assert wanted in hidden
    assert wanted in whats(found(truth, release_of(counts, off)))
    assert found(truth, release_of(counts, guarded(truth) | hidden)) == []


def test_a6_those_who_passed_and_those_who_did_not_are_all_of_them() -> None:
    counts = {("A", "all"): (40, 38), ("B", "all"): (50, 33), ("C", "all"): (45, 30), ("M", "all"): (135, 101)}
    truth = truth_of(counts, dict.fromkeys("ABC", "M"))
    leaks = found(truth, release_of(counts, ()))
    assert {("A", "all")} <= whats(leaks) and {each.kind for each in leaks} == {"exact"}
    assert found(truth, release_of(counts, guarded(truth))) == []


def test_a7_a_per_cent_and_n_give_the_number_away() -> None:
    counts = {("A", "all"): (37, 3), ("B", "all"): (60, 22), ("C", "all"): (55, 25), ("M", "all"): (152, 50)}
    truth = truth_of(counts, dict.fromkeys("ABC", "M"))
    shown = [each for each in found(truth, release_of(counts, ())) if ", k of" in each.what]
    assert [(each.low, each.high) for each in shown] == [(3, 3)]
    assert found(truth, release_of(counts, guarded(truth))) == []


def test_a8_a_per_cent_without_its_n_gives_it_away_when_n_is_a_difference() -> None:
    counts = {("A", "all"): (7, 3), ("B", "all"): (60, 42), ("M", "all"): (67, 45)}
    truth = truth_of(counts, dict.fromkeys("AB", "M"))
    leaks = found(truth, release_of(counts, {("A", "all")}, only_value={("A", "all")}))
    assert {(each.low, each.high) for each in leaks if each.what.startswith("A, all, 2023, k")} == {(3, 3)}
    assert found(truth, release_of(counts, guarded(truth))) == []


def test_a9_a_mean_times_n_is_a_sum_and_sums_can_be_subtracted() -> None:
    counts = {("A", "all"): (8, 1630.0), ("B", "all"): (60, 13200.0), ("C", "all"): (40, 8400.0)}
    counts["M", "all"] = (108, 23230.0)
    truth = truth_of(counts, dict.fromkeys("ABC", "M"), MERIT)
    fixed = {"indicator": MERIT, "divisor": 1, "decimals": 1}
    leaks = found(truth, release_of(counts, {("A", "all")}, **fixed))
    assert ("A", "all") in whats(leaks)
    hidden = guarded(truth, MERIT)
    assert hidden > {("A", "all")} and len(hidden) < len(counts)
    assert found(truth, release_of(counts, hidden, **fixed)) == []


def test_a10_two_windows_of_three_years_differ_by_the_year_that_came_and_the_one_that_went() -> None:
    windows = pd.DataFrame(
        [(f"{start}-{start + 2}", year, 1, "pooled") for start in (2021, 2022) for year in range(start, start + 3)],
        columns=["window", "year", "weight", "kind"],
    )

    def rows(*given: tuple[object, float]) -> pd.DataFrame:
        fixed = dict.fromkeys(COLUMNS, "") | {"indicator": PASSED, "unit_id": "A", "group": "all", "part": "k"}
        fixed |= {"group_dimension": "all", "low": np.nan, "high": np.nan, "is_open": False}
        return pd.DataFrame([fixed | {"year": year, "value": value} for year, value in given])

    off = system(rows(("2021-2023", 31), ("2022-2024", 29), (2021, 5), (2024, np.nan)), windows=windows)
    assert [(each.low, each.kind) for each in findings(off, 5)] == [(3, "exact")]
    on = system(rows(("2021-2023", 31), ("2022-2024", np.nan), (2021, 5), (2024, np.nan)), windows=windows)
    assert findings(on, 5) == []  # the guard that leaves a withheld year out of its window is tried in test_artefacts


def test_a11_what_was_released_before_with_another_limit_stays_known() -> None:
    counts = {("A", "all"): (12, 8), ("B", "all"): (60, 42), ("C", "all"): (55, 30), ("M", "all"): (127, 80)}
    truth = truth_of({**counts, ("A", "all"): (9, 6), ("M", "all"): (124, 78)}, dict.fromkeys("ABC", "M"))
    hidden = guarded(truth)
    now = {**counts, ("A", "all"): (9, 6), ("M", "all"): (124, 78)}
    assert found(truth, release_of(now, hidden)) == []
    earlier = release_of(now, (), name="earlier")
    assert ("A", "all") in whats(found(truth, release_of(now, hidden), earlier))
    assert found(truth, release_of(now, hidden), release_of(now, hidden, name="earlier")) == []


def test_a12_two_reports_that_withhold_different_cells_are_read_together() -> None:
    truth = truth_of(ALL_ONLY | {("C", "all"): (8, 5), ("M", "all"): (238, 176)}, ABOVE)
    counts = ALL_ONLY | {("C", "all"): (8, 5), ("M", "all"): (238, 176)}
    first, second = {("C", "all"), ("A", "all")}, {("C", "all"), ("B", "all")}
    assert ("C", "all") not in whats(found(truth, release_of(counts, first)))
    assert ("C", "all") not in whats(found(truth, release_of(counts, second)))
    assert ("C", "all") in whats(found(truth, release_of(counts, first), release_of(counts, second)))
    hidden = guarded(truth)
    assert found(truth, release_of(counts, hidden), release_of(counts, hidden)) == []


def test_a13_an_open_figure_of_an_authority_is_a_margin_too() -> None:
    counts = {("A", "all"): (8, 5), ("B", "all"): (60, 42), ("C", "all"): (55, 30)}
    opened = {("M", "all"): (123, 77)}
    truth = truth_of(counts, dict.fromkeys("ABC", "M"), opened=opened)
    assert ("A", "all") in whats(found(truth, release_of(counts, {("A", "all")})))
    assert found(truth, release_of(counts, guarded(truth))) == []


@pytest.mark.parametrize("passed", [0, 30])
def test_a14_that_all_or_none_did_says_what_each_of_them_did(passed: int) -> None:
    counts = {("A", "all"): (30, passed), ("B", "all"): (60, 42), ("C", "all"): (55, 30)}
    counts["M", "all"] = (145, 72 + passed)
    truth = truth_of(counts, dict.fromkeys("ABC", "M"))
    assert ("A", "all") in whats(found(truth, release_of(counts, ())))
    assert found(truth, release_of(counts, guarded(truth))) == []


@pytest.mark.parametrize("few", [3, 0])
def test_a18_a_bar_of_three_answers_is_three_pupils(few: int) -> None:
    truth = truth_of({(ASKED, "all"): (30, 6.0)}, {}, SURVEY)
    off, on = (_spread(few, smallest_cell) for smallest_cell in (1, 5))
    leaks = found(truth, _bars(off))
    assert [(each.low, each.high) for each in leaks] == [(few, few)] * (4 if few else 0)
    assert len(off) == 16 and len(on) == (0 if few else 16), "a distribution is shown whole or not at all"
    assert found(truth, _bars(on)) == []


def _spread(few: int, smallest_cell: int) -> pd.DataFrame:
    """The distribution of thirty pupils' answers to four statements, `few` of whom chose the third option."""
    asked = catalogue.survey("school_survey")
    pupils = pd.DataFrame({name: [""] * 30 for name in PUPIL_COLUMNS})
    pupils = pupils.assign(year=int(YEAR), grade=8, school_id=ASKED, municipality_id="se:municipality:1", prior=np.nan)
    chosen = np.repeat([10.0, 6.67, 3.33, 0.0], [15, 15 - few, few, 0])
    for name in asked.statements_of(SURVEY):
        pupils[name] = [asked.scored(name, each) for each in chosen]
    units = pd.DataFrame({"level": "school", "name": "A", "country": "se", "code": "1", "school_id": ASKED,
                          "municipality_id": "se:municipality:1", "parent_id": "se:municipality:1"},
                         index=pd.Index([ASKED], name="unit_id"))  # fmt: skip
    units = units.reindex(columns=[*units.columns, "team_id", "area_id", "region_id", "nation_id"])
    rows, context = pd.DataFrame({name: [] for name in ROW_COLUMNS}), pd.DataFrame({"unit_id": [], "year": []})
    seen = Observations(
        catalogue.indicator(SURVEY), rows, units, context, pupils.assign(value=chosen), smallest_cell=smallest_cell
    )
    series = analysis("survey").measure(seen, "school", int(YEAR)).series
    return series[series["group"] == "statement"]


def _bars(shown: pd.DataFrame):
    """The distribution as it stands in a page's table, without decimals."""
    release = release_of({(ASKED, "all"): (30, 6.0)}, (), indicator=SURVEY, divisor=1)
    rows = []
    for statement, option, value, n in shown[["statement", "option", "value", "n"]].itertuples(index=False):
        about = ("page", f"{SURVEY}/{statement}", ASKED, "all", YEAR)
        rows += [Figure(*about, f"share:{option:g}", f"{value:.0f}", round(value), 0)]
        rows += [Figure(*about, "n", f"{n:.0f}", float(n), 0)]
    return replace(
        release,
        figures=pd.concat([release.figures, pd.DataFrame(rows, columns=list(Figure._fields)).assign(release="one")]),
    )
