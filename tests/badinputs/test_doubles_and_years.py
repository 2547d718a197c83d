"""The same figure in two places, school years that cannot be, and numbers that do not agree with each other."""

import io
from collections.abc import Callable

import pandas as pd
import pytest

from analysis.catalogue.workspace import Workspace
from analysis.errors import InputRefused
from analysis.store import Snapshot, collect

PUPILS = "sweden/skolverket/Grundskolan - Antal elever per årskurs 2023 Skolenhet.csv"
MEASURES = "sweden/skolverket/measures.parquet"
TESTS = "norway/nasjonale_prover/2024-25_20260224-1157_Nasjonale_proever_5._trinn.csv"
OWN = "own/figures.csv"
HEADER = "unit_code;level;indicator;school_year;group;value;n;numerator;denominator;status\n"
Place = Callable[[dict[str, bytes]], Workspace]
Files = dict[str, bytes]


def silent(workspace: Workspace) -> Snapshot:
    return collect(workspace, tell=lambda _: None)


def refusal(workspace: Workspace) -> InputRefused:
    with pytest.raises(InputRefused) as refused:
        silent(workspace)
    return refused.value


def own(*lines: str) -> bytes:
    return (HEADER + "".join(line + "\n" for line in lines)).encode()


def measures(*years: float) -> bytes:
    usual = {
        "value": 231.5, "valueType": "EXISTS", "variable": "averageGradesMeritRating9thGrade",
        "Skolenhetskod": "00000011", "Kommunkod": "0180", "Skolenhetsnamn": "NA", "type": "gr",
        "Kommunnamn": "Stockholm",
    }  # fmt: skip
    buffer = io.BytesIO()
    pd.DataFrame([{**usual, "timePeriod": year} for year in years]).to_parquet(buffer)
    return buffer.getvalue()


def test_the_same_value_written_in_two_ways_is_kept_once(place: Place, good: Files) -> None:
    lines = [f"00000012;school;merit_value;2023/24;all;{value};30;;;" for value in ("220", "220,0", "220.00")]
    found = silent(place({**good, OWN: own(*lines)}))
    assert list(found.observations("merit_value").at("school")["value"]) == [220.0]
    assert [note["count"] for note in found.notes() if note["kind"] == "doubled"] == [2]


def test_two_marks_with_the_same_meaning_are_kept_once(place: Place, good: Files) -> None:
    lines = [f"00000012;school;merit_value;2023/24;all;{mark};;;;" for mark in ("..", "*")]
    found = silent(place({**good, OWN: own(*lines)}))
    assert list(found.observations("merit_value").at("school")["status"]) == ["withheld"]
    assert [note["count"] for note in found.notes() if note["kind"] == "doubled"] == [1]


DIFFERENT = [
    ("220;30", "220;31", "'220' (given, n 31)", "'220' (given, n 30)"),
    ("220;30", "220;", "'220' (given)", "'220' (given, n 30)"),
    ("220;30", "221;30", "'221' (given, n 30)", "'220' (given, n 30)"),
    ("..;", ".;", "'.' (missing)", "'..' (withheld)"),
]


@pytest.mark.parametrize(("first", "second", "found", "but"), DIFFERENT)
def test_the_same_figure_with_another_value_status_or_number_is_refused(
    place: Place, good: Files, first: str, second: str, found: str, but: str
) -> None:
    lines = [f"00000012;school;merit_value;2023/24;all;{text};;;" for text in (first, first, second)]
    refused = refusal(place({**good, OWN: own(*lines)}))
    assert refused.rule == "a unit has one value per indicator, school year and group"
    assert refused.row == 4
    assert refused.found == f"{found} for 00000012 merit_value 2023, but {but} in {OWN}, row 2"


def test_the_same_score_with_another_uncertainty_is_refused(place: Place, good: Files) -> None:
    text = good[TESTS].decode("utf-16-le")
    line = next(each for each in text.splitlines(keepends=True) if "Berg skole" in each)
    refused = refusal(place({**good, TESTS: (text + line.replace("2,0", "3,0")).encode("utf-16-le")}))
    assert refused.rule == "a unit has one value per indicator, school year and group"
    assert "se 1.53061" in refused.found and "se 1.02041" in refused.found


@pytest.mark.parametrize("year", [1024.0, 1989.0, 2101.0, 2023.5, float("inf")])
def test_a_period_outside_the_school_years_is_refused(place: Place, good: Files, year: float) -> None:
    refused = refusal(place({**good, MEASURES: measures(2022.0, year)}))
    assert refused.rule in ("a school year begins between 1990 and 2100", "a period is a whole year")
    assert (refused.file, refused.row, refused.column) == (MEASURES, 2, "timePeriod")


def test_a_year_decades_after_all_others_is_refused(place: Place, good: Files) -> None:
    refused = refusal(place({**good, MEASURES: measures(2022.0, 2099.0)}))
    assert refused.rule == "a school year begins at most 20 years after another one in the files"
    assert (refused.file, refused.row) == (MEASURES, 2)


def test_an_own_year_decades_after_all_others_is_refused(place: Place, good: Files) -> None:
    refused = refusal(place({**good, OWN: own("00000012;school;merit_value;2099/00;all;220;30;;;")}))
    assert refused.rule == "a school year begins at most 20 years after another one in the files"
    assert (refused.file, refused.row, refused.found) == (OWN, 2, "2099; the year before it is 2024")


@pytest.mark.parametrize("name", ["2024-12-12_measures.parquet", "measures_20241212.parquet"])
def test_a_year_after_the_date_in_the_name_of_the_file_is_refused(place: Place, good: Files, name: str) -> None:
    file = f"sweden/skolverket/{name}"
    refused = refusal(place({**good, file: measures(2024.0, 2025.0)}))
    assert refused.rule == "a school year has begun when its figures are fetched"
    assert (refused.file, refused.row) == (file, 2)
    found = silent(place({file: measures(2023.0, 2024.0)}))
    assert sorted(found.observations("merit_value").at("school")["year"]) == [2023, 2024]


DISAGREE = [
    ("eligible_arts;2023/24;all;95,0;30;19;20;", "the number of pupils and the denominator are the same", "n"),
    ("eligible_arts;2023/24;all;95,0;;9,5;10;", "a numerator is a whole number, not below 0", "numerator"),
    ("eligible_arts;2023/24;all;95,0;;-19;20;", "a numerator is a whole number, not below 0", "numerator"),
    ("eligible_arts;2023/24;all;95,0;;19;20,5;", "a denominator is a whole number, not below 0", "denominator"),
    ("eligible_arts;2023/24;all;95,0;20;19;;", "a numerator stands beside its denominator", "denominator"),
    ("eligible_arts;2023/24;all;95,0;0;;;", "a value that is given is about one pupil or more", "value"),
    ("merit_value;2023/24;all;220;0;;;", "a value that is given is about one pupil or more", "value"),
]


@pytest.mark.parametrize(("line", "rule", "column"), DISAGREE)
def test_own_numbers_that_do_not_agree_are_refused(
    place: Place, good: Files, line: str, rule: str, column: str
) -> None:
    refused = refusal(place({**good, OWN: own(f"00000012;school;{line}")}))
    assert (refused.rule, refused.file, refused.row, refused.column) == (rule, OWN, 2, column)


def test_a_denominator_like_n_is_read_and_nobody_may_be_missing(place: Place, good: Files) -> None:
    lines = [
        "00000012;school;eligible_arts;2023/24;all;95,0;20;19;20;",
        "00000012;school;merit_value;2023/24;all;;0;;;",
    ]
    found = silent(place({**good, OWN: own(*lines)}))
    assert list(found.observations("eligible_arts").at("school")["n"]) == [20.0]
    assert list(found.observations("merit_value").at("school")["status"]) == ["missing"]


def test_a_swedish_indicator_has_no_nation_row(place: Place, good: Files) -> None:
    refused = refusal(place({**good, OWN: own("0000;nation;merit_value;2023/24;all;220;30;;;")}))
    assert refused.rule == "this country has no nation row"
    assert (refused.file, refused.row, refused.column) == (OWN, 2, "level")
