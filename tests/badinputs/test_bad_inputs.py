"""Every kind of wrong file is refused with its rule, place and remedy, and nothing is written."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.catalogue.workspace import Workspace
from analysis.errors import InputRefused, UsageError
from analysis.store import Snapshot, collect

PUPILS = "sweden/skolverket/Grundskolan - Antal elever per årskurs 2023 Skolenhet.csv"
MEASURES = "sweden/skolverket/measures.parquet"
TESTS = "norway/nasjonale_prover/2024-25_20260224-1157_Nasjonale_proever_5._trinn.csv"
STAVANGER = "norway/stavanger/nedlasting.csv"
OWN = "own/figures.csv"

STEM = ".Lesing.5. årstrinn.Alle eierformer.Alle kjønn."
Place = Callable[[dict[str, bytes]], Workspace]


def silent(workspace: Workspace) -> Snapshot:
    return collect(workspace, tell=lambda _: None)


def changed(file: str, good: dict[str, bytes], old: str, new: str) -> dict[str, bytes]:
    encoding = "utf-16-le" if file == TESTS else "utf-8"
    text = good[file].decode(encoding)
    assert old in text
    return {**good, file: text.replace(old, new, 1).encode(encoding)}


CHANGES = [
    (PUPILS, "Statistik från Skolverket", "Statistik från Kolada", "the first line begins with", 1),
    (PUPILS, "2023/24", "2022/23", "the year in the file's name is the autumn", 4),
    (PUPILS, "2023/24", "2023/25", "a line before the header says", 4),
    (PUPILS, "Valt läsår", "Läsår", "a line before the header says", 4),
    (PUPILS, "Skol-enhetskod", "Skolenhetskod", "Did you mean 'Skolenhetskod'?", 6),
    (PUPILS, "Elever, årskurs 6", "Elever, årskurs 9", "two columns may not have the same name", 6),
    (PUPILS, "61,0;30;28;", "61,0;30;28;7", "nothing stands after the last named column", 7),
    (PUPILS, "61,0;30;28;", "61,0;30;28;;", "a row has as many cells as the header", 7),
    (PUPILS, "61,0;30;28;", "61,0;28;", "a row has as many cells as the header", 7),
    (PUPILS, ";47,5;", ";101;", "girls lies between 0 and 100", 7),
    (PUPILS, ";47,5;", ";-1;", "girls lies between 0 and 100", 7),
    (PUPILS, ";47,5;", ";inf;", "a cell is a number or one of the publisher's marks", 7),
    (PUPILS, ";47,5;", ";1E1;", "a cell is a number or one of the publisher's marks", 7),
    (PUPILS, ";47,5;", ";*;", "a cell is a number or one of the publisher's marks", 7),
    (PUPILS, ";30;28;", ";30;28,5;", "a whole number of pupils", 7),
    (PUPILS, "00000011", "1E5", "the code of a school has 8 digits", 7),
    (PUPILS, ";0180;1 234", ";180;1 234", "the code of a municipality has 4 digits", 7),
    (PUPILS, "Ängsskolan;00000012", "Ängsskolan;00000011", "one value per indicator, school year and group", 8),
    (PUPILS, "Ängsskolan", "Ã„ngsskolan", "letters must be whole", 8),
    (PUPILS, "\n\nRapport", "\n\nx;00000013;Stockholm;0180;1;1;1;1;1;1;\nRapport", "only footnotes may follow", 10),
    (PUPILS, "NA;", '"NA;', "quotation marks must be closed", None),
    (TESTS, "Antall elever deltatt", "Antall elever", "a column is named", 2),
    (TESTS, "Organisasjonsnummer", "Orgnummer", "'Organisasjonsnummer' must be there", 2),
    (TESTS, "Lesing", "Skriving", "the tests are", 2),
    (TESTS, f"2024-25{STEM}Usik", f"2023-24{STEM}Usik", "must be there", None),
    (TESTS, "4\tI\t03\t0301\t974000001", "5\tI\t03\t0301\t974000001", "EnhetNivaa is 1", 4),
    (TESTS, "974000001", "97400001", "the code of a school has 9 digits", 4),
    (TESTS, "\t52\t", "\t520\t", "np5_reading lies between 0 and 100", 4),
    (TESTS, "\t52\t", "\t..\t", "a cell is a number or one of the publisher's marks", 4),
    (TESTS, "\t40\n", "\t40,5\n", "a number of pupils is a whole number", 4),
    (STAVANGER, "2014-2015", "2014-2016", "Periode is a school year", 2),
    (STAVANGER, "Jenter", "Jente", "Did you mean 'Jenter'?", 2),
    (STAVANGER, "Nasjonale prøver 5. trinn", "Elevundersøkelsen", "Statistikk is one of", 2),
    (STAVANGER, ";53;", ";5,3 poeng;", "a cell is a number or one of the publisher's marks", 2),
    (STAVANGER, "Verdi", "Verdier", "Did you mean 'Verdier'?", 1),
]


@pytest.mark.parametrize(("file", "old", "new", "words", "row"), CHANGES)
def test_a_broken_rule_refuses_the_file(
    place: Place, good: dict[str, bytes], file: str, old: str, new: str, words: str, row: int | None
) -> None:
    workspace = place(changed(file, good, old, new))
    with pytest.raises(InputRefused) as refused:
        silent(workspace)
    assert words in str(refused.value)
    assert "found:" in str(refused.value) and "mend:" in str(refused.value)
    assert refused.value.file == file
    if row is not None:
        assert refused.value.row == row
    assert not workspace.store.exists()


WHOLE_FILES = [
    (PUPILS, b"", "a file must have content"),
    (PUPILS, b"\xff\xfeS\x00t\x00", "the file must be UTF-8 text"),
    (PUPILS, "Statistik från".encode("latin-1"), "the file must be UTF-8 text"),
    (PUPILS, "Statistik från Skolverket\n".encode(), "a line before the header says"),
    (TESTS, b"sep=\t\nEnhetNivaa", "the file must be UTF-16"),
    (TESTS, "sep=\t\n".encode("utf-16-le"), "line 2 holds the names of the columns"),
    (TESTS, "sep=\t\nEnhetNivaa\tKommune\n".encode("utf-16-le"), "there must be rows under the header"),
    (MEASURES, b"PAR1 but not", "the file must be Parquet"),
    (STAVANGER, b"a;b\n", "there must be rows under the header"),
]


@pytest.mark.parametrize(("file", "content", "words"), WHOLE_FILES)
def test_a_file_of_another_kind_is_refused(
    place: Place, good: dict[str, bytes], file: str, content: bytes, words: str
) -> None:
    workspace = place({**good, file: content})
    with pytest.raises(InputRefused, match=words.replace("(", r"\(")):
        silent(workspace)
    assert not workspace.store.exists()


def measures(**changes: object) -> bytes:
    row = {
        "value": 231.5, "valueType": "EXISTS", "timePeriod": 2023.0, "variable": "averageGradesMeritRating9thGrade",
        "Skolenhetskod": "00000011", "Kommunkod": "0180", "Skolenhetsnamn": "NA", "type": "gr",
        "Kommunnamn": "Stockholm",
    }  # fmt: skip
    row.update(changes)
    buffer = io.BytesIO()
    frame = pd.DataFrame([{name: value for name, value in row.items() if value != "drop"}])
    frame.to_parquet(buffer)
    return buffer.getvalue()


MEASURE_CHANGES = [
    ({"valueType": "EXIST"}, "Did you mean 'EXISTS'?"),
    ({"variable": "meritvärde"}, "variable is one of"),
    ({"Kommunkod": "drop"}, "'Kommunkod' must be there"),
    ({"value": 341.0}, "merit_value lies between 0 and 340"),
    ({"value": float("nan")}, "a given value is a number"),
    ({"valueType": "MISSING"}, "withheld or missing has no number"),
    ({"Kommunkod": 180}, "codes with their leading zeros"),
    ({"value": "231,5"}, "the column holds numbers"),
    ({"timePeriod": 2023.5}, "a period is a whole year"),
    ({"Kommunkod": "180"}, "the code of a municipality has 4 digits"),
]


@pytest.mark.parametrize(("changes", "words"), MEASURE_CHANGES)
def test_a_measure_that_breaks_a_rule_is_refused(
    place: Place, good: dict[str, bytes], changes: dict[str, object], words: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        silent(place({**good, MEASURES: measures(**changes)}))
    assert words in str(refused.value)


def test_right_files_are_read_whatever_a_school_is_called(place: Place, good: dict[str, bytes]) -> None:
    found = silent(place({**good, MEASURES: measures()}))
    assert found.units().loc["se:school:00000011", "name"] == "NA"
    assert found.units().loc["no:school:974000001", "name"] == "Berg skole"
    pupils = found.observations("pupils_grade_1_9").at("school").set_index("unit_id")
    assert pupils.loc["se:school:00000011", "value"] == 1234
    tests = found.observations("np5_reading").at("school").set_index("unit_id")
    assert list(tests.loc["no:school:974000002", ["status", "mark"]]) == ["withheld", "*"]
    assert list(tests.loc["no:school:974000003", ["status", "mark", "n"]]) == ["missing", "", 0.0]


def test_a_row_that_stands_twice_is_kept_once_and_noted(place: Place, good: dict[str, bytes]) -> None:
    line = "NA;00000011;Stockholm;0180;1 234;47,5;~100;61,0;30;28;\n"
    found = silent(place(changed(PUPILS, good, line, line + line)))
    assert [note["count"] for note in found.notes() if note["kind"] == "doubled"] == [6]


def test_an_absent_source_and_an_unknown_file_are_noted(place: Place, good: dict[str, bytes]) -> None:
    found = silent(place({TESTS: good[TESTS], "norway/other.csv": b"x"}))
    kinds = {note["kind"]: note["text"] for note in found.notes()}
    assert "source absent" in kinds and "unknown file" in kinds


def test_a_workspace_without_any_file_is_told_what_is_missing(place: Place) -> None:
    with pytest.raises(UsageError, match="no files of any source"):
        silent(place({}))


OWN_HEADER = "unit_code;level;indicator;school_year;group;value;n;numerator;denominator;status\n"
OWN_CHANGES = [
    ("00000099;school;merit_value;2023/24;all;250,5;30;;;", "units that the publishers' files or units.csv name"),
    ("00000012;school;merit_valeu;2023/24;all;250,5;30;;;", "Did you mean 'merit_value'?"),
    ("00000012;class;merit_value;2023/24;all;250,5;30;;;", "level is group, team, school, area, municipality, region"),
    ("00000012;school;merit_value;2023/25;all;250,5;30;;;", "a school year is written 2024/25"),
    ("00000012;school;merit_value;2023/24;pojkar;250,5;30;;;", "group is all, girls, boys"),
    ("00000012;school;merit_value;2023/24;all;250,5;30;;;withheld", "a value is a number when, and only when"),
    ("00000012;school;eligible_arts;2023/24;all;90,0;20;19;20;", "a share is 100 × numerator / denominator"),
    ("00000012;school;eligible_arts;2023/24;all;90,0;20;21;20;", "a numerator is not above its denominator"),
    ("00000012;school;girls;2023/24;all;51,0;90;;;", "one value per indicator, school year and group"),
    ("00000012;school;merit_value;2023/24;all;250,5;30;;", "a row has as many cells as the header"),
]


@pytest.mark.parametrize(("line", "words"), OWN_CHANGES)
def test_own_figures_that_break_a_rule_are_refused(place: Place, good: dict[str, bytes], line: str, words: str) -> None:
    with pytest.raises(InputRefused) as refused:
        silent(place({**good, OWN: (OWN_HEADER + line + "\n").encode()}))
    assert words in str(refused.value)


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, lines in enumerate(sheets):
        sheet = book.create_sheet(f"sheet {number}")
        for line in lines:
            sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


SHEET: list[list[object]] = [
    ["unit_code", "level", "indicator", "school_year", "group", "value", "n"],
    ["00000012", "school", "merit_value", "2023/24", "all", 250.5, 30],
]


def test_own_figures_are_read_from_csv_and_excel_alike(place: Place, good: dict[str, bytes], tmp_path: Path) -> None:
    line = "00000012;school;merit_value;2023/24;all;250,5;30;;;\n"
    from_csv = silent(place({**good, OWN: (OWN_HEADER + line).encode()})).observations("merit_value").at("school")
    (tmp_path / "data" / OWN).unlink()
    from_book = silent(place({**good, "own/figures.xlsx": workbook(SHEET)})).observations("merit_value").at("school")
    assert list(from_csv["value"]) == list(from_book["value"]) == [250.5]
    assert list(from_csv["n"]) == list(from_book["n"]) == [30.0]


def test_a_workbook_with_two_sheets_or_a_date_is_refused(place: Place, good: dict[str, bytes]) -> None:
    with pytest.raises(InputRefused, match="a workbook has one sheet"):
        silent(place({**good, "own/figures.xlsx": workbook(SHEET, SHEET)}))
    dated = [SHEET[0], [*SHEET[1][:3], pd.Timestamp(2023, 10, 1).to_pydatetime(), *SHEET[1][4:]]]
    with pytest.raises(InputRefused, match="a cell is text or a number"):
        silent(place({**good, "own/figures.xlsx": workbook(dated)}))
    with pytest.raises(InputRefused, match="must be an Excel workbook"):
        silent(place({**good, "own/figures.xlsx": b"unit_code;level"}))
