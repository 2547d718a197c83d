"""What may be seen of a small municipality with a school of four pupils."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from analysis.analyses import analysis
from analysis.catalogue import indicator
from analysis.model import Status
from analysis.model.observations import ROW_COLUMNS, UNIT_COLUMNS, Observations
from analysis.publish.disclosure.decision import Decision, decide
from analysis.publish.disclosure.ledger import Ledger
from analysis.store import Snapshot

SHARE, MEAN, YEAR = "all_subjects_passed_9", "merit_value", 2023
CLASSES = {"1": [(11, 12, 9, 8), (13, 10, 7, 5)], "2": [(14, 11, 8, 6), (12, 12, 6, 7)], "3": [(2, 2, 1, 2)],
           "4": [(15, 13, 9, 7)], "5": [(11, 16, 6, 9), (10, 13, 5, 8)]}  # fmt: skip
"""school: classes with the numbers of girls and boys, and of those who passed"""
AREAS = {"1": "a", "2": "a", "3": "a", "4": "b", "5": "b"}
TOWN, REGION, NATION = "se:municipality:9901", "se:region:99", "se:nation:0000"
GROUPS = ("all", "girls", "boys")
Numbers = dict[tuple[str, str], tuple[float, float]]


def units() -> pd.DataFrame:
    rows: dict[str, dict[str, str]] = {}

    def add(unit: str, parent: str) -> None:
        level = unit.split(":")[1]
        above = rows.get(parent, {})
        row = {name: above.get(name, "") for name in UNIT_COLUMNS if name.endswith("_id")}
        rows[unit] = row | {
            "level": level, "name": unit, "country": "se", "code": unit.split(":")[2], "parent_id": parent,
            f"{level}_id": unit,
        }  # fmt: skip

    add(NATION, "")
    add(REGION, NATION)
    add(TOWN, REGION)
    for area in "ab":
        add(f"se:area:{area}", TOWN)
    for school, classes in CLASSES.items():
        add(f"se:school:{school}", f"se:area:{AREAS[school]}")
        for number in range(len(classes)):
            add(f"se:group:{school}-{number}", f"se:school:{school}")
    return pd.DataFrame.from_dict(rows, orient="index")[list(UNIT_COLUMNS)].rename_axis("unit_id")


def numbers() -> Numbers:
    """n and k of every unit and group, added up from the classes."""
    parents = units()["parent_id"].to_dict()
    found: Numbers = {}
    for school, classes in CLASSES.items():
        for number, (girls, boys, girls_passed, boys_passed) in enumerate(classes):
            unit = f"se:group:{school}-{number}"
            while unit:
                for group, n, k in (("girls", girls, girls_passed), ("boys", boys, boys_passed),
                                    ("all", girls + boys, girls_passed + boys_passed)):  # fmt: skip
                    old = found.get((unit, group), (0.0, 0.0))
                    found[unit, group] = old[0] + n, old[1] + k
                unit = parents[unit]
    return found


def rows_of(true: Numbers, withheld: set[tuple[str, str]]) -> pd.DataFrame:
    """The rows as they are collected: few pupils withheld."""
    rows = []
    for (unit, group), (n, k) in true.items():
        gone = (unit, group) in withheld
        value, shown = (np.nan, np.nan) if gone else (100 * k / n, n)
        status = Status.WITHHELD.value if gone else Status.GIVEN.value
        rows.append((unit, unit.split(":")[1], YEAR, group, value, status, "", shown, np.nan, "local", "computed", 1.0))
    return pd.DataFrame(rows, columns=list(ROW_COLUMNS)).sort_values(["unit_id", "group"], ignore_index=True)


def small(true: Numbers) -> set[tuple[str, str]]:
    """What is withheld when figures are collected: fewer than ten, and girls and boys together."""
    few = {key for key, (n, _) in true.items() if n < 10}
    return few | {(unit, group) for unit, each in few if each != "all" for group in ("girls", "boys")}


def snapshot_in(folder: Path) -> Snapshot:
    true = numbers()
    path = folder / "data" / "store" / "2026-01-01-abc"
    path.mkdir(parents=True)
    rows = rows_of(true, small(true)).assign(indicator=SHARE, file="", row=0)
    rows.to_parquet(path / "observations.parquet")
    units().reset_index().to_parquet(path / "units.parquet")
    private = pd.DataFrame(
        [
            (SHARE, unit, unit.split(":")[1], YEAR, group, n, k, n, 100 * k / n, "given", "local", "whole", 0)
            for (unit, group), (n, k) in true.items()
        ],
        columns=["indicator", "unit_id", "level", "year", "group", "n", "numerator", "denominator", "value", "status",
                 "source", "part", "members"],
    )  # fmt: skip
    private.to_parquet(path / "private.parquet")
    (path / "snapshot.json").write_text(json.dumps({"hash": "abc", "date": "2026-01-01", "files": []}))
    return Snapshot.read(path)


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return snapshot_in(tmp_path)


@pytest.fixture
def public(snapshot: Snapshot) -> Decision:
    return decide(snapshot, "public")


def shown_keys(decision: Decision) -> set[tuple[str, str]]:
    rows = decision.of(SHARE)
    rows = rows[rows["given"].astype(bool) & rows["group"].isin(GROUPS)]
    return set(zip(rows["unit_id"], rows["group"], strict=True))


def attacked(true: Numbers, shown: set[tuple[str, str]]) -> tuple[list[tuple[str, str]], Any, Any, Any]:
    """All that whoever reads the rows knows: what is shown, and what adds up. n first, then k, then n - k."""
    keys, parents = sorted(true), units()["parent_id"].to_dict()
    place, size = {key: number for number, key in enumerate(keys)}, len(keys)
    equations: list[dict[int, float]] = []
    for unit in {unit for unit, _ in keys}:
        for group in GROUPS:
            below = [each for each in {u for u, _ in keys} if parents[each] == unit]
            for start in (0, size) if below else ():
                equations.append({start + place[unit, group]: -1.0, **{start + place[u, group]: 1.0 for u in below}})
        for start in (0, size):
            parts = {start + place[unit, group]: 1.0 for group in ("girls", "boys")}
            equations.append({start + place[unit, "all"]: -1.0, **parts})
    for number in range(size):
        equations.append({number: -1.0, size + number: 1.0, 2 * size + number: 1.0})
    matrix = np.zeros((len(equations), 3 * size))
    for row, equation in enumerate(equations):
        matrix[row, list(equation)] = list(equation.values())
    low, high = np.zeros(3 * size), np.full(3 * size, np.inf)
    for key in shown:
        for start, exact in ((0, true[key][0]), (size, true[key][1])):
            low[start + place[key]] = high[start + place[key]] = exact
    return keys, matrix, low, high


def reach(matrix: Any, low: Any, high: Any, cell: int) -> float:
    """How far apart a cell's least and greatest value are."""
    objective = np.zeros(matrix.shape[1])
    objective[cell] = 1.0
    zero = np.zeros(len(matrix))
    bounds = list(zip(low, [None if each == np.inf else each for each in high], strict=True))
    ends = [linprog(sign * objective, A_eq=matrix, b_eq=zero, bounds=bounds) for sign in (1, -1)]
    if ends[1].status == 3:
        return float("inf")
    assert all(each.status == 0 for each in ends)
    return float(-ends[1].fun - ends[0].fun)


def test_something_is_shown_and_the_small_school_is_not(public: Decision) -> None:
    shown = shown_keys(public)
    assert (TOWN, "all") in shown
    assert ("se:school:3", "all") not in shown
    assert ("se:group:3-0", "all") not in shown


def test_a_total_that_holds_fewer_pupils_than_its_parts_is_told_also_when_the_decision_is_read_again(
    snapshot: Snapshot,
) -> None:
    assert decide(snapshot, "public").apart == ()
    file = snapshot.path / "private.parquet"
    private = pd.read_parquet(file)
    private.loc[(private["unit_id"] == TOWN) & (private["group"] == "all"), "n"] -= 3
    private.to_parquet(file)
    other = replace(snapshot, hash="changed")
    for _ in range(2):
        assert (SHARE, YEAR, TOWN, "all") in decide(other, "public").apart


def test_the_small_school_does_not_stand_alone_among_its_area(public: Decision) -> None:
    shown = shown_keys(public)
    line = [("se:area:a", "all"), *((f"se:school:{each}", "all") for each in "123")]
    assert sum(key not in shown for key in line) >= 2


def test_no_small_group_is_narrowed_down_by_what_is_shown(public: Decision) -> None:
    true = numbers()
    keys, matrix, low, high = attacked(true, shown_keys(public))
    tried = 0
    for number, key in enumerate(keys):
        n, k = true[key]
        if n < 10:
            assert reach(matrix, low, high, number) >= 5 - 1e-6, key
            tried += 1
        if k < 5 or n - k < 5:
            sides = (len(keys) + number, 2 * len(keys) + number)
            assert max(reach(matrix, low, high, each) for each in sides) >= 5 - 1e-6, key
            tried += 1
    assert tried > 10


def test_withholding_only_the_small_groups_would_give_them_away() -> None:
    true = numbers()
    keys, matrix, low, high = attacked(true, set(true) - small(true))
    assert reach(matrix, low, high, keys.index(("se:school:3", "all"))) == pytest.approx(0)


def seen_of(true: Numbers, decision: Decision) -> Observations:
    """The observations whose rows hold these numbers, as the readers may see them."""
    rows = decision.applied(SHARE, rows_of(true, small(numbers())))
    context = pd.DataFrame({"unit_id": pd.Series(dtype="str"), "year": pd.Series(dtype="int64")})
    found = Observations(indicator(SHARE), rows, units(), context)
    return replace(found, hidden=decision.hidden(SHARE))


def other_numbers(shown: set[tuple[str, str]]) -> Numbers:
    """Whole numbers that agree with everything shown, with other pupils in the small school."""
    true = numbers()
    keys, matrix, low, high = attacked(true, shown)
    cell = keys.index(("se:school:3", "all"))
    moved_low, moved_high = low.copy(), high.copy()
    moved_low[cell] = true[keys[cell]][0] + 1
    moved_low[: len(keys)] = np.maximum(moved_low[: len(keys)], 1)
    answer = milp(np.arange(len(low)) % 7, integrality=np.ones(len(low)), bounds=Bounds(moved_low, moved_high),
                  constraints=LinearConstraint(matrix, 0, 0))  # fmt: skip
    assert answer.status == 0
    found = np.round(answer.x)
    return {key: (found[number], found[len(keys) + number]) for number, key in enumerate(keys)}


def test_other_hidden_numbers_change_nothing_that_is_shown(public: Decision) -> None:
    other = other_numbers(shown_keys(public))
    assert other["se:school:3", "all"] != numbers()["se:school:3", "all"]
    first, second = seen_of(numbers(), public), seen_of(other, public)
    pd.testing.assert_frame_equal(first.rows, second.rows)
    for question in ("level", "trend", "funnel"):
        for level in ("school", "area", "municipality"):
            found = [analysis(question).measure(each, level, YEAR) for each in (first, second)]
            pd.testing.assert_frame_equal(found[0].estimates, found[1].estimates)
            pd.testing.assert_frame_equal(found[0].series, found[1].series)


def test_a_withheld_row_has_no_number_left(public: Decision) -> None:
    rows = seen_of(numbers(), public).rows
    withheld = rows[rows["status"] == "withheld"]
    assert len(withheld) > 5
    assert withheld[["value", "n", "se", "coverage"]].isna().all(axis=None)
    assert (withheld["mark"] == "").all()


def test_a_figure_that_is_missing_for_most_of_a_grade_s_pupils_does_not_tell_how_few_have_it(public: Decision) -> None:
    rows = rows_of(numbers(), set()).assign(status=Status.MISSING.value, value=np.nan)
    rows.loc[rows["group"] == "girls", "n"] = 0.0
    found = public.applied(SHARE, rows).set_index(["unit_id", "group"])
    small_school = found.loc[[("se:school:3", "all"), ("se:school:3", "boys")]]
    assert set(small_school["status"]) == {Status.WITHHELD.value} and small_school["n"].isna().all()
    assert found.at[("se:school:3", "girls"), "status"] == Status.MISSING.value  # nobody stands behind it


def test_the_same_snapshot_gives_the_same_decision_from_beside_it(snapshot: Snapshot, public: Decision) -> None:
    folder = snapshot.path.parent / "decisions"
    kept = {file: file.stat().st_mtime_ns for file in folder.glob("*.parquet")}
    again = decide(snapshot, "public")
    assert again.hash == public.hash
    assert {file: file.stat().st_mtime_ns for file in folder.glob("*.parquet")} == kept
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in kept)
    for file in kept:
        file.unlink()
    assert decide(snapshot, "public").hash == public.hash


@pytest.mark.parametrize("audience", ["board", "owner", "school"])
def test_nobody_sees_less_than_everybody(snapshot: Snapshot, public: Decision, audience: str) -> None:
    assert shown_keys(public) <= shown_keys(decide(snapshot, audience))


def test_what_was_released_is_counted_with(snapshot: Snapshot, public: Decision) -> None:
    hidden = sorted(set(numbers()) - shown_keys(public) - small(numbers()))
    unit, group = next(key for key in hidden if key[0].startswith("se:school") and key[1] == "all")
    n, k = numbers()[unit, group]
    released = pd.DataFrame(
        [(SHARE, unit, group, YEAR, 100 * k / n, n)], columns=["indicator", "unit_id", "group", "year", "value", "n"]
    )
    Ledger.of(snapshot.path).record("earlier", "public", released)
    later = shown_keys(decide(snapshot, "public"))
    true = numbers()
    keys, matrix, low, high = attacked(true, later | {(unit, group)})
    assert reach(matrix, low, high, keys.index(("se:school:3", "all"))) >= 5 - 1e-6


def test_a_release_of_the_same_decision_does_not_change_it(snapshot: Snapshot, public: Decision) -> None:
    rows = public.of(SHARE)
    rows = rows[rows["given"].astype(bool)].assign(value=1.0, n=20.0)
    Ledger.of(snapshot.path).record(public.release, "public", rows)
    assert decide(snapshot, "public").hash == public.hash


def released_as(keys: set[tuple[str, str]], off: float = 0.0) -> pd.DataFrame:
    """The figures of these units and groups as a run would have written them down, or with other numbers."""
    rows = [(SHARE, unit, group, YEAR, 100 * k / n + off, n + off) for unit, group in keys
            for n, k in [numbers()[unit, group]]]  # fmt: skip
    return pd.DataFrame(rows, columns=["indicator", "unit_id", "group", "year", "value", "n"])


def test_what_a_figure_was_before_it_was_corrected_does_not_make_it_known(snapshot: Snapshot, public: Decision) -> None:
    before = released_as({("se:school:3", group) for group in GROUPS}, off=8.0)
    Ledger.of(snapshot.path).record("earlier", "public", before)
    later = decide(snapshot, "public")
    assert later.hash == public.hash
    keys, matrix, low, high = attacked(numbers(), shown_keys(later))
    assert reach(matrix, low, high, keys.index(("se:school:3", "all"))) >= 5 - 1e-6


def test_a_figure_that_was_shown_about_as_it_is_now_does_not_hide_another(snapshot: Snapshot, public: Decision) -> None:
    covers = sorted(set(numbers()) - shown_keys(public) - small(numbers()))
    partner = next(key for key in covers if key[0].startswith("se:school") and key[1] == "all")
    Ledger.of(snapshot.path).record("earlier", "public", released_as({partner}, off=1.0))
    again = shown_keys(decide(snapshot, "public"))
    assert partner in again
    keys, matrix, low, high = attacked(numbers(), again)
    assert reach(matrix, low, high, keys.index(("se:school:3", "all"))) >= 5 - 1e-6


def test_a_total_of_the_schools_that_are_shown_does_not_make_the_total_of_all_known(snapshot: Snapshot) -> None:
    """The region is shown as the sum of the schools with a figure: without the four pupils of the small one."""
    true, file = numbers(), snapshot.path / "observations.parquet"
    observed = pd.read_parquet(file)
    upper = observed["unit_id"].isin([REGION, NATION])
    for row in observed.index[upper]:
        of_schools = [true[f"se:school:{each}", observed.at[row, "group"]] for each in "1245"]
        n, k = (sum(each[part] for each in of_schools) for part in (0, 1))
        observed.loc[row, ["value", "n", "status", "source"]] = [100 * k / n, n, Status.GIVEN.value, "lifted"]
    observed.to_parquet(file)
    first = decide(snapshot, "public")
    shown = observed[upper].merge(first.of(SHARE).query("given"), on=["indicator", "unit_id", "group", "year"])
    assert len(shown) == 6 and first.bare == ()
    Ledger.of(snapshot.path).record("earlier", "public", shown)
    again = decide(snapshot, "public")
    assert again.bare == ()
    keys, matrix, low, high = attacked(true, {key for key in shown_keys(again) if key[0] not in (REGION, NATION)})
    assert reach(matrix, low, high, keys.index(("se:school:3", "all"))) >= 5 - 1e-6


def of_two_measures(snapshot: Snapshot, absent: int) -> Snapshot:
    """The same pupils behind the share and a mean, `absent` of whom (of one class) the share leaves out.

    In the classes all passed: of them no share is shown.
    """
    file, observed = snapshot.path / "private.parquet", snapshot.path / "observations.parquet"
    share, rows = pd.read_parquet(file), pd.read_parquet(observed)
    share["members"] = np.arange(1, len(share) + 1).astype(np.uint64)
    mean = share.assign(indicator=MEAN, numerator=np.nan, denominator=np.nan, value=200.0)
    above = ["se:group:5-0", "se:school:5", "se:area:b", TOWN, REGION, NATION]
    share.loc[share["unit_id"].isin(above) & share["group"].isin(["all", "boys"]), "n"] -= absent
    share["numerator"] = share["numerator"].where(~share["unit_id"].str.startswith("se:group"), share["n"])
    pd.concat([share, mean]).to_parquet(file)
    pd.concat([rows, rows.assign(indicator=MEAN, value=rows["value"] * 0 + 200.0)]).to_parquet(observed)
    return replace(snapshot, hash="two")


@pytest.mark.parametrize("audience", ["public", "school"])
@pytest.mark.parametrize("absent", [0, 1])
def test_what_was_shown_of_the_same_pupils_is_not_withheld_again_for_nothing(
    snapshot: Snapshot, absent: int, audience: str
) -> None:
    """A mean that was shown stays so when a percentage of the same pupils hides more than it did."""
    both = of_two_measures(snapshot, absent)
    first = decide(both, audience)
    given = first.of(MEAN).query("given and group in @GROUPS").assign(value=200.0)
    mean = given.assign(n=[numbers()[key][0] for key in zip(given["unit_id"], given["group"], strict=True)])
    partner = next(key for key in sorted(set(numbers()) - shown_keys(first) - small(numbers()))
                   if key[0].startswith("se:school") and key[1] == "all")  # fmt: skip
    Ledger.of(both.path).record("earlier", audience, pd.concat([mean, released_as({partner})]))
    again = decide(both, audience).of(MEAN).query("given")
    key = ["unit_id", "group"]
    assert set(mean[key].itertuples(index=False)) <= set(again[key].itertuples(index=False))
    assert len(mean) > 5


def test_figures_that_are_made_again_after_others_rest_on_what_they_showed_themselves(
    snapshot: Snapshot, public: Decision
) -> None:
    ledger = Ledger.of(snapshot.path)
    hidden = sorted(set(numbers()) - shown_keys(public) - small(numbers()))
    partner = next(key for key in hidden if key[0].startswith("se:school") and key[1] == "all")
    ledger.record("earlier", "public", released_as({partner}))
    first = shown_keys(decide(snapshot, "public")) | {partner}  # another way of keeping the small school back
    ledger.file.unlink()
    ledger.record(public.release, "public", released_as(first))
    ledger.record("of other figures", "public", released_as({min(first)}))
    again = shown_keys(decide(snapshot, "public"))
    keys, matrix, low, high = attacked(numbers(), first | again)
    assert reach(matrix, low, high, keys.index(("se:school:3", "all"))) >= 5 - 1e-6


def test_where_all_figures_are_open_nothing_is_decided(snapshot: Snapshot) -> None:
    (snapshot.path / "private.parquet").unlink()
    rows = rows_of(numbers(), set()).assign(source="skolverket_measures", origin="official")
    rows.assign(indicator=SHARE, file="", row=0).to_parquet(snapshot.path / "observations.parquet")
    found = decide(snapshot, "public")
    assert found.rows.empty
    assert found.hash == ""
    pd.testing.assert_frame_equal(found.applied(SHARE, rows), rows)
