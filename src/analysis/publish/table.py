"""The table under a figure: on the page with words and numbers of the language, and as CSV."""

from __future__ import annotations

import csv
import io
from urllib.parse import quote

from analysis.model import Cell, Column, Table
from analysis.model.language import number


def shown(cell: Cell, column: Column, lang: str) -> str:
    """The cell as the page writes it."""
    if cell is None:
        return ""
    if isinstance(cell, str) or column.decimals is None:
        return str(cell)
    return number(float(cell), column.decimals, lang, signed=column.signed)


def _harmless(text: str) -> str:
    """Text that a spreadsheet cannot take for a formula."""
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _written(cell: Cell, column: Column, lang: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str) or column.decimals is None:
        return _harmless(str(cell))
    plain = f"{float(cell):.{column.decimals}f}"
    return plain if lang == "en" else plain.replace(".", ",")


def csv_text(table: Table, lang: str) -> str:
    """The table as CSV that a Nordic Excel opens: BOM, semicolons, decimal comma (point in English)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([_harmless(column.title) for column in table.columns])
    for row in table.rows:
        writer.writerow([_written(cell, column, lang) for cell, column in zip(row, table.columns, strict=True)])
    return "\ufeff" + buffer.getvalue()


def csv_link(table: Table, lang: str) -> str:
    """The CSV as the ``href`` of a link that works without a server."""
    return "data:text/csv;charset=utf-8," + quote(csv_text(table, lang))
