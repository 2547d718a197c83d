"""The table under a figure: on the page with words and numbers of the language, and as CSV."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from urllib.parse import quote

from analysis.model import Cell, Column, Table
from analysis.model.language import number

ABOUT, AGAINST = ("indicator_id", "unit_id", "group", "school_year_start"), "reference_unit_id"
"""the last columns of the CSV of a table whose rows say what they are about, and the unit they are held against"""

BLANKS = " \u00a0\u200b\ufeff\t\r\n"
MOST_COLUMNS = 24
"""so many columns the page's style sheet can write as numbers"""
NOT_IN_ADDRESS = re.compile(r"[%#\x00-\x1f\x7f]")
FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""the signs that begin a formula, those of full width too"""
CONTROLS = frozenset("\t\r\n")


def shown(cell: Cell, column: Column, lang: str) -> str:
    """The cell as the page writes it."""
    if cell is None:
        return ""
    if isinstance(cell, str) or column.decimals is None:
        return str(cell)
    return number(float(cell), column.decimals, lang, signed=column.signed)


def column_of(table: Table, row: int, place: int) -> Column:
    """How a cell is written: as its column's others, but a value and its interval with those of their measure."""
    column = table.columns[place]
    is_own = table.decimals and column.field in ("value", "low", "high")
    return replace(column, decimals=table.decimals[row]) if is_own else column


def numbers(table: Table) -> str:
    """Which columns hold numbers, as classes of the table: said once for a column, not in every cell of it.

    Raises ValueError for a table with more columns than the style sheet knows.

    >>> numbers(Table("", (Column("School"), Column("Value", 1), Column("Pupils", 0)), ()))
    'n2 n3'
    """
    if len(table.columns) > MOST_COLUMNS:
        raise ValueError(f"a table has at most {MOST_COLUMNS} columns, got {len(table.columns)}: {table.caption}")
    return " ".join(f"n{place}" for place, each in enumerate(table.columns, 1) if each.decimals is not None)


SIGNED = re.compile(r"[+-]\d{1,9}(?:[.,]\d{1,6})?")
"""a number with its sign, which is no formula"""


def harmless(text: str) -> str:
    """Text that a spreadsheet cannot take for a formula.

    >>> harmless("=1+1"), harmless(" @SUM(A1)"), harmless("Åsa-skolan")
    ("'=1+1", "' @SUM(A1)", 'Åsa-skolan')
    """
    begins = text.lstrip(BLANKS)[:1]
    return "'" + text if begins in FORMULA or text[:1] in CONTROLS else text


def _written(cell: Cell, column: Column, lang: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        is_number = column.decimals is not None and SIGNED.fullmatch(cell)
        return cell if is_number else harmless(cell)
    if column.decimals is None:
        return str(cell)
    plain = f"{float(cell):.{column.decimals}f}"
    return plain if lang == "en" else plain.replace(".", ",")


def csv_text(table: Table, lang: str) -> str:
    """The table as CSV that a Nordic Excel opens: BOM, semicolons, decimal comma (point in English).

    What each row is about, as an analyst needs it for joining tables, stands in columns of its own (`ABOUT`), with the
    unit that the row is held against where the table has such (`AGAINST`).
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    is_held = any(table.against)
    names = [*(ABOUT if table.about else ()), *([AGAINST] if is_held else [])]
    writer.writerow([harmless(column.title) for column in table.columns] + names)
    about = table.about or ((),) * len(table.rows)
    for number_of_row, (row, ids) in enumerate(zip(table.rows, about, strict=True)):
        cells = [_written(cell, column_of(table, number_of_row, place), lang) for place, cell in enumerate(row)]
        writer.writerow([*cells, *ids, *([table.against[number_of_row]] if is_held else [])])
    return "\ufeff" + buffer.getvalue()


def csv_link(table: Table, lang: str) -> str:
    """The CSV as the ``href`` of a link that works without a server; only what an address cannot hold is escaped."""
    return "data:text/csv;charset=utf-8," + NOT_IN_ADDRESS.sub(
        lambda found: quote(found.group()), csv_text(table, lang)
    )
