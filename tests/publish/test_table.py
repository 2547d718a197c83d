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
