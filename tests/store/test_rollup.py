"""Lifting schools to the levels above, on cases whose answers can be checked in the head."""

import math

import pandas as pd
import pytest

from analysis.catalogue import lineage
from analysis.store.notes import Notes
from analysis.store.reconciliation import reconciled
from analysis.store.rollup import computed, with_pupils
from analysis.store.snapshot import one_origin
from analysis.store.succession import carried, with_codes
from analysis.store.units import units_of

NAN = float("nan")
UNITS = pd.DataFrame(
    {"area_id": "", "municipality_id": "se:municipality:0180", "region_id": "se:region:01", "nation_id": ""},
    index=[f"se:school:{number}" for number in "abcd"],
)


def rows(*cells: tuple[str, float, str, float], indicator: str = "merit_value", se: float = NAN) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "unit_id": f"se:school:{school}", "level": "school", "indicator": indicator, "year": 2023,
                "group": "all", "value": value, "status": status, "n": n, "se": se, "source": "skolverket_measures",
            }
            for school, value, status, n in cells
        ]
    )  # fmt: skip


def municipality(cells: pd.DataFrame) -> pd.Series:
    found = computed(cells, UNITS, Notes())
    return found[found["level"] == "municipality"].iloc[0]


def test_a_mean_is_weighted_with_pupils() -> None:
    found = municipality(rows(("a", 200.0, "given", 30), ("b", 240.0, "given", 10)))
    assert (found["value"], found["n"], found["coverage"], found["status"]) == (210.0, 40.0, 1.0, "given")


def test_the_same_schools_give_municipality_and_county_the_same_value_and_no_nation_is_made_up() -> None:
    found = computed(rows(("a", 200.0, "given", 30), ("b", 240.0, "given", 10)), UNITS, Notes())
    assert list(found["level"]) == ["municipality", "region"]
    assert set(found["value"]) == {210.0}


def test_a_withheld_school_is_left_out_and_lowers_the_coverage() -> None:
    found = municipality(rows(("a", 200.0, "given", 30), ("b", NAN, "withheld", 10)))
    assert (found["value"], found["n"], found["coverage"]) == (200.0, 30.0, 0.75)


def test_a_withheld_school_is_never_derived_from_its_municipality() -> None:
    cells = rows(("a", 200.0, "given", 30), ("b", NAN, "withheld", 10))
    official = pd.concat(
        [cells, cells.head(1).assign(unit_id="se:municipality:0180", level="municipality", value=205.0, n=40.0)]
    )
    lifted = computed(official, UNITS, Notes())
    assert set(lifted["level"]) == {"municipality", "region"}
    assert set(lifted["value"]) == {200.0}
    hidden = official[official["status"] == "withheld"]
    assert hidden["value"].isna().all()


def test_what_the_publisher_withholds_for_a_municipality_is_not_computed() -> None:
    cells = rows(("a", 200.0, "given", 30))
    above = rows(("a", NAN, "withheld", NAN)).assign(unit_id="se:municipality:0180", level="municipality")
    found = computed(pd.concat([cells, above], ignore_index=True), UNITS, Notes()).set_index("level")
    assert list(found["status"]) == ["withheld", "given"]
    assert math.isnan(found.loc["municipality", "value"]) and found.loc["region", "value"] == 200.0


def test_half_of_the_pupils_is_enough_and_less_is_not() -> None:
    half = municipality(rows(("a", 200.0, "given", 20), ("b", NAN, "withheld", 20)))
    less = municipality(rows(("a", 200.0, "given", 19), ("b", NAN, "withheld", 20)))
    assert (half["status"], half["value"]) == ("given", 200.0)
    assert (less["status"], less["mark"]) == ("missing", "")
    assert math.isnan(less["value"])


def test_a_municipality_with_withheld_schools_only_is_withheld() -> None:
    found = municipality(rows(("a", NAN, "withheld", 5), ("b", NAN, "withheld", 8)))
    assert found["status"] == "withheld" and math.isnan(found["value"])


def test_nearly_all_is_two_and_a_half_pupils_short_and_not_covered() -> None:
    found = municipality(rows(("a", 90.0, "given", 100), ("b", NAN, "rounded", 100), indicator="eligible_vocational"))
    assert found["value"] == pytest.approx((90 + 97.5) / 2)
    assert found["coverage"] == 0.5


def test_a_given_figure_without_a_number_of_pupils_counts_as_an_average_school() -> None:
    found = municipality(rows(("a", 200.0, "given", 30), ("b", 300.0, "given", NAN)))
    assert (found["value"], found["coverage"]) == (200.0, 0.5)


def test_figures_without_any_number_of_pupils_are_not_lifted_and_that_is_noted() -> None:
    notes = Notes()
    assert computed(rows(("a", 200.0, "given", NAN)), UNITS, notes).empty
    assert notes.table()[0]["text"] == "merit_value, municipality: no school below has a figure and a number of pupils"


def test_a_school_without_the_grade_changes_nothing() -> None:
    alone = municipality(rows(("a", 200.0, "given", 30)))
    beside = municipality(rows(("a", 200.0, "given", 30), ("b", NAN, "missing", NAN)))
    assert (alone["value"], alone["coverage"]) == (beside["value"], beside["coverage"]) == (200.0, 1.0)


def test_the_standard_error_is_that_of_the_weighted_mean() -> None:
    found = municipality(rows(("a", 200.0, "given", 30), ("b", 240.0, "given", 10), se=2.0))
    assert found["se"] == pytest.approx(math.hypot(60, 20) / 40)


def test_counts_are_summed_and_given_only_when_all_are() -> None:
    whole = rows(("a", 30.0, "given", 30), ("b", 10.0, "given", 10), indicator="pupils_grade_9")
    broken = rows(("a", 30.0, "given", 30), ("b", NAN, "withheld", NAN), indicator="pupils_grade_9")
    assert municipality(whole)["value"] == 40.0
    assert (municipality(broken)["status"], municipality(broken)["coverage"]) == ("missing", 0.5)


def test_a_second_language_is_not_lifted_for_its_number_of_pupils_is_unknown() -> None:
    cells = rows(("a", 9.0, "given", 30), indicator="national_test_swedish_second_9")
    assert computed(cells, UNITS, Notes()).empty


def test_the_order_of_the_rows_does_not_matter() -> None:
    cells = rows(("a", 200.0, "given", 30), ("b", 240.0, "given", 10), ("c", NAN, "withheld", 7))
    known = computed(cells, UNITS, Notes())
    found = computed(cells.iloc[::-1].reset_index(drop=True), UNITS, Notes())
    pd.testing.assert_frame_equal(known, found)


def test_pupils_come_from_the_same_school_and_year_and_only_for_all() -> None:
    cells = pd.concat(
        [
            rows(("a", 200.0, "given", NAN), ("b", 210.0, "given", NAN)),
            rows(("a", 210.0, "given", NAN)).assign(group="girls"),
            rows(("a", 25.0, "given", NAN), indicator="pupils_grade_9"),
        ],
        ignore_index=True,
    )
    found = with_pupils(cells)["n"]
    assert found[0] == 25.0 and found[3] == 25.0
    assert found[1:2].isna().all()


def test_the_official_figure_stands_beside_the_computed_one() -> None:
    below = rows(("a", 50.0, "given", 30), ("b", 53.0, "given", 10), indicator="np5_reading")
    official = below.head(1).assign(unit_id="se:municipality:0180", level="municipality", value=52.0)
    found = reconciled(official, computed(below, UNITS, Notes())).iloc[0]
    assert (found["official"], found["computed"], found["difference"]) == (52.0, 50.75, -1.25)
    assert (found["tolerance"], found["within"]) == (1.0, False)


def series(origin: str, *given: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit_id": "u", "level": "region", "year": [2020 + step for step in range(len(given))], "group": "all",
            "value": [1.0 if each else NAN for each in given], "n": NAN, "se": NAN, "source": "s", "origin": origin,
            "status": ["given" if each else "missing" for each in given], "mark": "", "coverage": 1.0,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("official", "lifted", "chosen"),
    [
        ((True, True), (True, True), "official"),
        ((True, False), (True, True), "computed"),
        ((True, True), (False, True), "official"),
        ((False, False), (False, False), "official"),
    ],
)
def test_a_series_has_one_origin(official: tuple[bool, ...], lifted: tuple[bool, ...], chosen: str) -> None:
    found = one_origin(pd.concat([series("official", *official), series("computed", *lifted)], ignore_index=True))
    assert list(found["origin"]) == [chosen, chosen]


def cells(*units: tuple[str, str, str, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "country": "no", "level": level, "code": code, "name": name, "municipality_code": place,
                "municipality": municipality, "county_code": place[:2], "county": "", "year": year,
                "file": "f", "row": 3,
            }
            for level, code, name, place, municipality, year in units
        ]
    )  # fmt: skip


def test_a_school_belongs_where_it_was_last() -> None:
    moved = cells(
        ("school", "974000001", "Old name", "1106", "Haugesund", 2022),
        ("school", "974000001", "New name ", "1149", "Karmøy", 2024),
    )
    found = units_of(moved, lineage()).loc["no:school:974000001"]
    assert (found["name"], found["parent_id"]) == ("New name", "no:municipality:1149")


def test_schools_and_their_municipality_go_to_the_new_code_together() -> None:
    old = cells(
        ("municipality", "3024", "Bærum", "3024", "Bærum", 2022),
        ("school", "974000001", "A", "3024", "Bærum", 2022),
        ("municipality", "1507", "Ålesund", "1507", "Ålesund", 2022),
    )
    found = carried(old, lineage(), Notes())
    assert list(found["code"]) == ["3201", "974000001", "1507"]
    assert list(found["municipality_code"]) == ["3201", "3201", "1507"]
    assert list(found["county_code"]) == ["32", "32", "15"]
    assert list(old["code"]) == ["3024", "974000001", "1507"]


def test_a_school_known_by_name_gets_the_code_of_the_school_of_that_name_in_its_municipality() -> None:
    known = cells(
        ("school", "975275345", "Fogn oppvekstsenter Avdeling skule", "1103", "Stavanger", 2023),
        ("school", "974000009", "Lenden skole", "0301", "Oslo", 2023),
        ("school", "", "Fogn oppvekstsenter - Avdeling skule", "1103", "Stavanger", 2015),
        ("school", "", "Lenden skole", "1103", "Stavanger", 2015),
        ("school", "", "Finnøy sentralskule", "1103", "Stavanger", 2015),
    )
    notes = Notes()
    found = with_codes(known, lineage(), notes)
    assert list(found["code"][2:]) == ["975275345", "1103-lenden-skole", "975289249"]
    assert [note["kind"] for note in notes.table()] == ["closed school"]


def test_a_year_in_which_one_school_has_a_row_is_not_taken_for_the_municipality() -> None:
    before = rows(("a", 200.0, "given", 30), ("b", 240.0, "given", 30))
    cells = pd.concat([before, rows(("a", 210.0, "given", 4)).assign(year=2024)], ignore_index=True)
    found = computed(cells, UNITS, Notes())
    newest = found[(found["level"] == "municipality") & (found["year"] == 2024)].iloc[0]
    assert newest["status"] == "missing"
    assert newest["coverage"] == 4 / 34
