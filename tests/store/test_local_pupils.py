"""Units measured from their pupils, and the layer of pupils that is kept, on a town counted by hand."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from tests.store.town import UNITS, merit, pupil_rows, result_rows, written

from analysis.errors import UsageError
from analysis.model.observations import PUPIL_COLUMNS, ROW_COLUMNS
from analysis.store import Snapshot

Collected = Callable[..., Snapshot]


def one(snapshot: Snapshot, indicator: str, unit_id: str, year: int, group: str = "all") -> pd.Series:
    rows = snapshot.observations(indicator).rows
    mine = rows[(rows["unit_id"] == unit_id) & (rows["year"] == year) & (rows["group"] == group)]
    assert len(mine) == 1
    return mine.iloc[0]


def points(year: int, *classes: tuple[str, int]) -> list[float]:
    return [merit(year, group, k) for group, size in classes for k in range(size)]


UNITS_OF_2021 = [
    ("se:group:a9", [("a9", 12)]),
    ("se:team:lag-1", [("a9", 12)]),
    ("se:school:99000001", [("a9", 12)]),
    ("se:school:99000002", [("b9", 20)]),
    ("se:school:99000003", [("a9", 12), ("b9", 20)]),
    ("se:school:99000005", [("d9", 10)]),
    ("se:area:norr", [("a9", 12), ("b9", 20)]),
    ("se:municipality:9901", [("a9", 12), ("b9", 20), ("d9", 10)]),
    ("se:region:99", [("a9", 12), ("b9", 20), ("d9", 10)]),
]


@pytest.mark.parametrize(("unit_id", "classes"), UNITS_OF_2021)
def test_every_unit_is_measured_from_its_own_pupils(
    collected: Collected, unit_id: str, classes: list[tuple[str, int]]
) -> None:
    found, known = one(collected(), "merit_value", unit_id, 2021), points(2021, *classes)
    assert found["value"] == pytest.approx(np.mean(known)) and found["n"] == len(known)
    assert found["se"] == pytest.approx(np.std(known, ddof=1) / math.sqrt(len(known)))
    assert list(found[["status", "origin", "source", "coverage"]]) == ["given", "computed", "local", 1.0]


def test_a_merger_makes_no_jump_for_the_merged_schools_are_in_the_years_before(collected: Collected) -> None:
    rows = collected().observations("merit_value").at("school")
    merged = rows[rows["unit_id"] == "se:school:99000003"]
    assert list(merged["year"]) == [2020, 2021, 2022, 2023] and list(merged["n"]) == [32.0, 32.0, 30.0, 30.0]
    closed = rows[rows["unit_id"] == "se:school:99000001"]
    assert list(closed["year"]) == [2020, 2021]


def test_a_new_code_carries_the_series_on(collected: Collected) -> None:
    rows = collected().observations("merit_value").at("school")
    assert list(rows.loc[rows["unit_id"] == "se:school:99000005", "year"]) == [2020, 2021, 2022, 2023]
    assert "se:school:99000004" not in set(rows["unit_id"])


def test_a_share_is_the_mean_of_noughts_and_hundreds(collected: Collected) -> None:
    found = one(collected(), "eligible_vocational", "se:group:a9", 2021)
    known = [100.0 * (value > 215) for value in points(2021, ("a9", 12))]
    assert found["value"] == pytest.approx(np.mean(known)) and found["n"] == 12


def test_girls_and_boys_are_measured_where_both_are_enough_and_withheld_together(collected: Collected) -> None:
    found = collected()
    for group, first in (("girls", 0), ("boys", 1)):
        row = one(found, "merit_value", "se:group:b9", 2021, group)
        assert row["n"] == 10 and row["value"] == pytest.approx(np.mean(points(2021, ("b9", 20))[first::2]))
        assert one(found, "merit_value", "se:group:a9", 2021, group)["status"] == "withheld"


def test_a_class_of_ten_is_shown_and_one_of_nine_is_withheld_whole(collected: Collected) -> None:
    assert one(collected(), "merit_value", "se:group:e9", 2021)["status"] == "given"
    fewer = [each for each in result_rows() if each["pupil"] != "d9-2021-0"]
    found = collected(results=written(fewer))
    row = one(found, "merit_value", "se:group:e9", 2021)
    assert row["status"] == "withheld" and row[["value", "n", "se"]].isna().all()
    assert one(found, "merit_value", "se:municipality:9901", 2021)["n"] == 41


def test_pupils_without_a_result_lower_the_coverage_and_below_a_half_there_is_no_figure(collected: Collected) -> None:
    def without(count: int) -> pd.Series:
        gone = {f"c9-2023-{k}" for k in range(count)}
        rows = [each for each in result_rows() if each["pupil"] not in gone]
        return one(collected(results=written(rows)), "merit_value", "se:school:99000003", 2023)

    assert list(without(15)[["status", "n", "coverage"]]) == ["given", 15.0, 0.5]
    assert without(16)["status"] == "missing" and math.isnan(without(16)["value"])


def test_a_blank_result_is_no_result(collected: Collected) -> None:
    rows = [{**each, "value": "" if each["pupil"] == "c9-2023-3" else each["value"]} for each in result_rows()]
    found = one(collected(results=written(rows)), "merit_value", "se:school:99000003", 2023)
    assert found["n"] == 29 and found["coverage"] == pytest.approx(29 / 30)


def test_who_the_pupils_are_is_measured_from_the_pupils(collected: Collected) -> None:
    context = collected().observations("merit_value").context.set_index(["unit_id", "year"])
    mine = context.loc[("se:school:99000003", 2023)]
    assert mine["pupils_grade_1_9"] == 30 and mine["girls"] == 50
    assert mine["newly_arrived"] == 20 and mine["foreign_background"] == 40
    assert mine["parents_education"] == 50 and mine["parents_education_index"] == 2.5
    assert mine["background_known"] == pytest.approx(100 * 2 / 3)


def test_pupils_of_a_grade_are_counted(collected: Collected) -> None:
    found = collected()
    assert one(found, "pupils_grade_9", "se:municipality:9901", 2020)["value"] == 42
    assert one(found, "pupils_total", "se:municipality:9901", 2020)["value"] == 52
    assert one(found, "pupils_grade_6", "se:school:99000005", 2020)["value"] == 10


def test_the_county_is_lifted_where_some_schools_have_no_pupils_here_and_a_merged_school_counts_once(
    collected: Collected,
) -> None:
    units = UNITS + "9902;municipality;Grannstad;99;se;;;\n99000009;school;Grannskolan;9902;se;;;\n"
    figures = "unit_code;level;indicator;school_year;group;value;n\n99000009;school;merit_value;2021/22;all;300;42\n"
    found = collected(units=units, figures=figures)
    row = one(found, "merit_value", "se:region:99", 2021)
    own = points(2021, ("a9", 12), ("b9", 20), ("d9", 10))
    assert row["value"] == pytest.approx((np.mean(own) + 300) / 2) and row["n"] == 84 and row["coverage"] == 1
    town = one(found, "merit_value", "se:municipality:9901", 2021)
    assert list(town[["value", "source"]]) == [pytest.approx(np.mean(own)), "local"]
    assert not math.isnan(town["se"])


def test_rows_stand_once_and_have_their_columns(collected: Collected) -> None:
    found = collected()
    everything = pd.read_parquet(found.path / "observations.parquet")
    assert not everything.duplicated(["indicator", "unit_id", "year", "group", "origin"]).any()
    assert list(found.observations("merit_value").rows.columns) == list(ROW_COLUMNS)
    assert everything.loc[everything["status"] != "given", "value"].isna().all()


def test_the_layer_has_a_row_for_every_pupil_of_the_grade(collected: Collected) -> None:
    pupils = collected().observations("merit_value").pupils
    assert list(pupils.columns) == list(PUPIL_COLUMNS)
    assert len(pupils) == 164 and set(pupils["grade"]) == {9}
    first = pupils[(pupils["group_id"] == "se:group:a9") & (pupils["year"] == 2021) & pupils["support"]].iloc[0]
    assert list(first[["sex", "parents_education", "origin", "value"]]) == ["girl", 3.0, "newly_arrived", 201.0]
    assert list(first[["team_id", "school_id", "area_id"]]) == ["se:team:lag-1", "se:school:99000003", "se:area:norr"]
    assert set(pupils["origin"]) == {"newly_arrived", "foreign_background", "domestic"}
    assert pupils["parents_education"].isna().sum() == sum(
        each["parents_education"] == "" and each["grade"] == 9 for each in pupil_rows()
    )


def test_a_pupils_own_earlier_results_are_found_by_the_code_three_years_before(collected: Collected) -> None:
    pupils = collected().observations("merit_value").pupils
    with_prior = pupils[pupils["prior"].notna()]
    assert set(zip(with_prior["group_id"], with_prior["year"], strict=True)) == {("se:group:e9", 2023)}
    place = (with_prior["value"] - merit(2023, "e9", 0)) / 2.5
    assert np.allclose(with_prior["prior"], (10 + place / 2 + 12.5 + 15) / 3) and len(with_prior) == 10


def test_an_earlier_result_needs_all_the_tests_it_is_the_mean_of(collected: Collected) -> None:
    rows = [each for each in result_rows() if (each["pupil"], each["indicator"]) != ("e-4", "national_test_maths_6")]
    pupils = collected(results=written(rows)).observations("merit_value").pupils
    assert pupils["prior"].notna().sum() == 9


def test_no_code_of_a_pupil_is_in_the_store(collected: Collected) -> None:
    found = collected()
    for file in found.path.glob("*"):
        content = file.read_bytes()
        assert b"a9-2021-" not in content and b"c9-2023-" not in content
    for name in ("enrolments", "results", "answers"):
        table = pq.read_table(found.path / f"{name}.parquet")
        assert "pupil" not in table.column_names
        for column in table.to_pandas().select_dtypes("str"):
            codes = {str(each["pupil"]) for each in pupil_rows()}
            assert not codes & set(table.column(column).to_pylist())


def test_the_number_of_a_pupil_links_no_years(collected: Collected) -> None:
    enrolments = pd.read_parquet(collected().path / "enrolments.parquet")
    assert list(enrolments["number"]) == list(range(174))


def test_the_pupil_layer_cannot_be_asked_in_sql(collected: Collected) -> None:
    found = collected()
    with pytest.raises(UsageError, match="cannot answer"):
        found.query("SELECT * FROM enrolments")
    with pytest.raises(UsageError, match="cannot answer"):
        found.query(f"SELECT * FROM read_parquet('{found.path / 'enrolments.parquet'}')")
    assert len(found.query("SELECT * FROM targets")) == 2


def test_a_survey_has_a_row_for_everyone_asked_and_a_column_for_each_statement(collected: Collected) -> None:
    found = collected().observations("survey_safety")
    pupils = found.pupils
    statements = ["safety_at_school", "safety_afraid", "safety_adult_helps", "safety_breaks"]
    assert list(pupils.columns) == [*PUPIL_COLUMNS, *statements]
    assert len(pupils) == 40 and set(pupils["year"]) == {2023}
    answered = pupils[pupils["safety_at_school"].notna()].sort_values("safety_at_school", ascending=False)
    assert list(answered["safety_at_school"]) == [10.0, 3.33]
    assert answered["value"].iloc[0] == pytest.approx((10 + 10 + 6.67) / 3)
    assert math.isnan(answered["value"].iloc[1]) and math.isnan(answered["safety_adult_helps"].iloc[1])
    assert set(found.at("school")["status"]) == {
        "missing",
        "withheld",
    }  # nobody has answered, or too few to say how many


def test_what_nobody_was_asked_has_no_pupils(collected: Collected) -> None:
    found = collected()
    assert found.observations("national_test_maths_9").pupils.empty
    assert found.observations("np5_reading").pupils.empty
    assert list(found.observations("np5_reading").pupils.columns) == list(PUPIL_COLUMNS)


def test_the_order_of_the_rows_does_not_matter(collected: Collected) -> None:
    first = collected()
    before = {file.name: file.read_bytes() for file in first.path.glob("*.parquet")}
    found = collected(pupils=written(pupil_rows()[::-1]), results=written(result_rows()[::-1]))
    assert found.hash != first.hash
    assert {file.name: file.read_bytes() for file in found.path.glob("*.parquet")} == before


def test_the_snapshot_says_whether_it_is_made_up(collected: Collected) -> None:
    assert collected().is_made_up
    without = dict.fromkeys(("pupils", "results", "answers"))
    real = collected(settings="", **without)
    assert not real.is_made_up and len(real.units()) == 13
    assert real.observations("merit_value").pupils.empty and len(real.observations("merit_value").targets) == 2
