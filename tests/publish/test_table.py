"""The table under a figure, on the page and as CSV."""

from __future__ import annotations

import csv
import io
from urllib.parse import unquote

import pytest

from analysis.model import Column, Table
from analysis.publish.table import MOST_COLUMNS, csv_link, csv_text, numbers, shown
from analysis.report.exporter import style

TABLE = Table(
    "Meritvärde",
    (Column("Läsår"), Column("Värde", 1), Column("Skillnad", 1, signed=True)),
    (("2022/23", 1234.56, -0.5), ("2023/24", "skyddad", None)),
)


def test_the_page_writes_numbers_as_its_language_does():
    value, difference = TABLE.columns[1:]
    assert shown(1234.56, value, "sv") == "1\N{NO-BREAK SPACE}234,6"
    assert shown(1234.56, value, "en") == "1,234.6"
    assert shown(-0.5, difference, "nb") == "\N{MINUS SIGN}0,5"
    assert shown("skyddad", value, "sv") == "skyddad"
    assert shown(None, value, "sv") == ""


def test_a_nordic_excel_opens_the_csv():
    text = csv_text(TABLE, "sv")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    assert rows == [["Läsår", "Värde", "Skillnad"], ["2022/23", "1234,6", "-0,5"], ["2023/24", "skyddad", ""]]
    assert unquote(csv_link(TABLE, "sv")).endswith(text)


def test_the_csv_says_of_each_row_which_figure_it_is_and_what_it_is_held_against():
    columns = (Column("Mått"), Column("Värde", 1, field="value"), Column("Jämfört med", 1, field="reference"))
    rows = (("Meritvärde", 201.5, 199.0), ("Meritvärde", 201.5, 205.0), ("per läsår", 1.0, None))
    about = (("merit_value", "se:school:1", "all", "2023"),) * 2 + (("", "", "", ""),)
    held = Table("t", columns, rows, about, ("se:area:1", "", ""))
    told = list(csv.DictReader(io.StringIO(csv_text(held, "sv")[1:]), delimiter=";"))
    names = ["indicator_id", "unit_id", "group", "school_year_start", "reference_unit_id"]
    assert [[row[name] for name in names] for row in told] == [
        ["merit_value", "se:school:1", "all", "2023", "se:area:1"],
        ["merit_value", "se:school:1", "all", "2023", ""],
        [""] * 5,
    ]
    assert "reference_unit_id" not in csv_text(Table("t", columns, rows, about, ("", "", "")), "sv")


def test_a_value_and_its_interval_have_the_decimals_of_their_measure_and_a_gap_the_column_s():
    columns = (Column("v", 2, field="value"), Column("l", 2, field="low"), Column("d", 2))
    table = Table("t", columns, ((201.456, 190.123, 0.456), (0.456, 0.123, 0.456)), decimals=(1, 2))
    assert csv_text(table, "en").splitlines()[1:] == ["201.5,190.1,0.46".replace(",", ";"), "0.46;0.12;0.46"]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\tx"])
def test_a_name_is_never_a_formula_in_a_spreadsheet(text):
    table = Table("x", (Column(text),), ((text,),))
    rows = list(csv.reader(io.StringIO(csv_text(table, "sv")[1:]), delimiter=";"))
    assert [cell for row in rows for cell in row] == ["'" + text] * 2


def test_nan_cannot_enter_a_table():
    with pytest.raises(ValueError, match="never NaN"):
        Table("x", (Column("v", 1),), ((float("nan"),),))


def test_a_row_of_the_wrong_length_cannot_enter_a_table():
    with pytest.raises(ValueError, match="a table row has 1 cells, got 2"):
        Table("x", (Column("v", 1),), ((1.0, 2.0),))


def test_the_style_sheet_knows_the_columns_of_the_widest_table_and_a_wider_one_is_refused() -> None:
    columns = tuple(Column(f"C{place}", 1) for place in range(MOST_COLUMNS))
    named = numbers(Table("widest", columns, ())).split()
    for rule in (f".{each} tr>:nth-child({each[1:]})" for each in named):
        assert rule in style()
    with pytest.raises(ValueError, match=r"at most 24 columns, got 25: wider"):
        numbers(Table("wider", (*columns, Column("one more")), ()))
