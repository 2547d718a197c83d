"""What may stand in a cell: no control characters, no invisible letters in names, no unit without a name."""

import csv
import io
from collections.abc import Callable

import pandas as pd
import pytest

from analysis.catalogue.workspace import Workspace
from analysis.errors import InputRefused
from analysis.store import Snapshot, collect
from analysis.store.cells import plain_name

PUPILS = "sweden/skolverket/Grundskolan - Antal elever per årskurs 2023 Skolenhet.csv"
MEASURES = "sweden/skolverket/measures.parquet"
TESTS = "norway/nasjonale_prover/2024-25_20260224-1157_Nasjonale_proever_5._trinn.csv"
STAVANGER = "norway/stavanger/nedlasting.csv"
Place = Callable[[dict[str, bytes]], Workspace]
Files = dict[str, bytes]


def silent(workspace: Workspace) -> Snapshot:
    return collect(workspace, tell=lambda _: None)


def refusal(workspace: Workspace) -> InputRefused:
    with pytest.raises(InputRefused) as refused:
        silent(workspace)
    assert not workspace.store.exists()
    return refused.value


def changed(file: str, good: Files, old: str, new: str) -> Files:
    encoding = "utf-16-le" if file == TESTS else "utf-8"
    text = good[file].decode(encoding)
    assert old in text
    return {**good, file: text.replace(old, new, 1).encode(encoding)}


def measures(*rows: dict[str, object]) -> bytes:
    usual = {
        "value": 231.5, "valueType": "EXISTS", "timePeriod": 2023.0, "variable": "averageGradesMeritRating9thGrade",
        "Skolenhetskod": "00000011", "Kommunkod": "0180", "Skolenhetsnamn": "NA", "type": "gr",
        "Kommunnamn": "Stockholm",
    }  # fmt: skip
    buffer = io.BytesIO()
    pd.DataFrame([{**usual, **row} for row in rows]).to_parquet(buffer)
    return buffer.getvalue()


CONTROLS = [
    (PUPILS, "Ängsskolan", "Ängs\0skolan", 8, "Skola"),
    (PUPILS, "Ängsskolan", "Ängs\x1b[31mskolan", 8, "Skola"),
    (PUPILS, "Ängsskolan", "Ängs\x85skolan", 8, "Skola"),
    (PUPILS, ";47,5;", ";47,5\x7f;", 7, "Andel (%) flickor, årskurs 1-9"),
    (PUPILS, "Elever, årskurs 6", "Elever, årskurs\x076", 6, None),
    (TESTS, "Berg skole", "Berg\x00skole", 4, "EnhetNavn"),
    (STAVANGER, "Auglend", "Aug\x0clend", 2, "Enhetsnavn"),
]


@pytest.mark.parametrize(("file", "old", "new", "row", "column"), CONTROLS)
def test_a_control_character_is_refused_with_its_row_and_column(
    place: Place, good: Files, file: str, old: str, new: str, row: int, column: str | None
) -> None:
    refused = refusal(place(changed(file, good, old, new)))
    assert refused.rule == "a cell holds no control characters"
    assert (refused.file, refused.row, refused.column) == (file, row, column)


@pytest.mark.parametrize("column", ["Skolenhetsnamn", "Kommunnamn", "Skolenhetskod"])
def test_a_control_character_in_a_parquet_file_is_refused(place: Place, good: Files, column: str) -> None:
    refused = refusal(place({**good, MEASURES: measures({}, {column: "0000\x000012", "timePeriod": 2022.0})}))
    assert refused.rule == "a cell holds no control characters"
    assert (refused.file, refused.row, refused.column) == (MEASURES, 2, column)


def test_a_parquet_text_that_is_not_utf8_is_refused(place: Place, good: Files) -> None:
    content = measures({"Skolenhetsnamn": "Berghsskolan"}).replace(b"Berghsskolan", b"Bergh\xff\xfeskola"[:12])
    assert refusal(place({**good, MEASURES: content})).file == MEASURES


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\ufe0f", "\u200d"])
def test_invisible_and_direction_marks_are_taken_out_of_names_and_noted(place: Place, good: Files, hidden: str) -> None:
    found = silent(place(changed(PUPILS, good, "Ängsskolan", f"Ängs{hidden}skolan{hidden}")))
    assert found.units().loc["se:school:00000012", "name"] == "Ängsskolan"
    noted = [note for note in found.notes() if note["kind"] == "normalised" and note["file"] == PUPILS]
    assert [(note["text"].split(" had ")[0], note["count"]) for note in noted] == [("rows whose names", 1)]


def test_invisible_marks_are_taken_out_of_norwegian_and_parquet_names_too(place: Place, good: Files) -> None:
    files = changed(TESTS, good, "Berg skole", "Berg\u200f skole")
    files = changed(STAVANGER, files, "Auglend", "\u2067Auglend")
    name = {"Skolenhetskod": "00000019", "Skolenhetsnamn": "Ny\u202dskolan", "Kommunnamn": "Stock\u200bholm"}
    found = silent(place({**files, MEASURES: measures(name)}))
    assert found.units().loc["no:school:974000001", "name"] == "Berg skole"
    assert "Auglend skole" in set(found.units()["name"])
    assert found.units().loc["se:school:00000019", "name"] == "Nyskolan"
    assert found.units().loc["se:municipality:0180", "name"] == "Stockholm"


def test_a_line_break_within_a_name_becomes_a_blank() -> None:
    assert plain_name("Ängs\r\nskolan") == "Ängs  skolan"
    assert plain_name("A\u030angsskolan") == "Ångsskolan"


BLANKS = [
    (PUPILS, "Ängsskolan;", ";", 8, "a school has a name"),
    (PUPILS, "Ängsskolan;", "  ;", 8, "a school has a name"),
    (PUPILS, "Ängsskolan;", "\u200b;", 8, "a school has a name"),
    (PUPILS, "Stockholm;0180;90", ";0180;90", 8, "a municipality has a name"),
    (TESTS, "Berg skole ", "", 4, "a school has a name"),
    (TESTS, "\tOslo\tBerg", "\t \tBerg", 4, "a municipality has a name"),
    (STAVANGER, "Auglend skole", "\u200b ", 2, "a school has a name"),
]


@pytest.mark.parametrize(("file", "old", "new", "row", "rule"), BLANKS)
def test_a_unit_without_a_name_is_refused(
    place: Place, good: Files, file: str, old: str, new: str, row: int, rule: str
) -> None:
    refused = refusal(place(changed(file, good, old, new)))
    assert (refused.rule, refused.file, refused.row) == (rule, file, row)


@pytest.mark.parametrize("name", [None, "", " \u200b"])
@pytest.mark.parametrize(("column", "unit"), [("Skolenhetsnamn", "school"), ("Kommunnamn", "municipality")])
def test_a_parquet_row_without_a_name_is_refused(
    place: Place, good: Files, column: str, unit: str, name: str | None
) -> None:
    refused = refusal(place({**good, MEASURES: measures({}, {column: name, "timePeriod": 2022.0})}))
    assert (refused.rule, refused.file, refused.row) == (f"a {unit} has a name", MEASURES, 2)


def test_a_cell_of_140_000_letters_has_a_rule_of_its_own(place: Place, good: Files) -> None:
    before = csv.field_size_limit()
    refused = refusal(place(changed(PUPILS, good, "Ängsskolan", "Ä" * 140_000)))
    assert refused.rule == "a cell has at most 30,000 letters"
    assert (refused.file, refused.row, refused.column) == (PUPILS, 8, "Skola")
    assert refused.found.startswith("140,000 letters")
    assert csv.field_size_limit() == before


def test_a_quotation_mark_that_is_not_closed_is_said_with_its_row(place: Place, good: Files) -> None:
    refused = refusal(place(changed(PUPILS, good, "Ängsskolan", '"Ängsskolan')))
    assert (refused.rule, refused.row) == ("quotation marks must be closed", 8)


@pytest.mark.parametrize("content", ["\ufeff", "\ufeff \r\n", "\n\n"])
@pytest.mark.parametrize("file", [PUPILS, STAVANGER, "own/figures.csv"])
def test_a_file_with_only_a_byte_order_mark_has_no_content(place: Place, good: Files, file: str, content: str) -> None:
    assert refusal(place({**good, file: content.encode()})).rule == "a file must have content"


def test_a_utf16_file_of_blanks_has_no_content(place: Place, good: Files) -> None:
    assert refusal(place({**good, TESTS: "\ufeff \r\n".encode("utf-16-le")})).rule == "a file must have content"
