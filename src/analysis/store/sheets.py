"""Tables that people write themselves: CSV with one of three delimiters, or an Excel file with one sheet."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from analysis.errors import InputRefused
from analysis.store.tables import LARGEST, Table, checked_table, table, utf8

UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError),
    *(SyntaxError, LookupError, ValueError, TypeError, AttributeError),
)
"""what openpyxl, the parsers of XML (SyntaxError) and the unpacking raise for a file that is no workbook"""


def sheet(content: bytes, file: str) -> Table:
    """The table in a file of one's own, Excel when its name ends so and CSV otherwise."""
    return _workbook(content, file) if file.lower().endswith(".xlsx") else _text(content, file)


def _text(content: bytes, file: str) -> Table:
    text = utf8(content, file)
    first = text.splitlines()[0]
    preamble = 0
    if first.startswith("sep="):
        preamble, first = 1, text.splitlines()[1] if len(text.splitlines()) > 1 else ""
    return table(text, file, max(";,\t", key=first.count), preamble=preamble)


def _workbook(content: bytes, file: str) -> Table:
    try:
        values, formulas = _lines(content, file, results=True), _lines(content, file, results=False)
    except UNREADABLE as error:
        raise InputRefused(
            "the file must be an Excel workbook (.xlsx)", file=file, found=str(error) or type(error).__name__,
            mend="open it in Excel or LibreOffice and save it as .xlsx",
        ) from error  # fmt: skip
    pairs = zip(values, formulas, strict=True)
    lines = [[_cell(*cell, file, row) for cell in zip(*pair, strict=True)] for row, pair in enumerate(pairs, 1)]
    for line in lines:
        while line and not line[-1]:
            line.pop()
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise InputRefused("a file must have content", file=file, found="an empty sheet", mend="fill in the sheet")
    width = len(lines[0])
    return checked_table(file, lines[0], [line + [""] * (width - len(line)) for line in lines[1:]], 2)


def _lines(content: bytes, file: str, *, results: bool) -> list[tuple[Any, ...]]:
    """The rows of a workbook's only sheet: the results of its formulas, or the formulas themselves."""
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        unpacked = sum(each.file_size for each in packed.infolist())
    if unpacked > LARGEST:
        raise InputRefused(
            f"a workbook holds at most {LARGEST:,} bytes", file=file, found=f"{unpacked:,}", mend="divide the file"
        )
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=results, read_only=True)
    if len(book.sheetnames) != 1:
        raise InputRefused(
            "a workbook has one sheet", file=file, found=", ".join(book.sheetnames), mend="remove the other sheets"
        )
    book.active.reset_dimensions()  # what the file says of its own size is not to be relied on
    lines = list(book.active.values)
    book.close()
    return lines


def _cell(value: Any, formula: Any, file: str, row: int) -> str:
    if value is None:
        if formula is not None:
            raise InputRefused(
                "a formula has a result", file=file, row=row, found=f"{formula} without one",
                mend="open the workbook in Excel or LibreOffice and save it, or write the number instead",
            )  # fmt: skip
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InputRefused(
            "a cell is text or a number", file=file, row=row, found=f"{value} ({type(value).__name__})",
            mend="format the column as text; Excel makes dates of school years",
        )  # fmt: skip
    if isinstance(value, str) and value.startswith("#") and value.endswith(("!", "?", "A")):
        raise InputRefused("a formula has a result", file=file, row=row, found=value, mend="correct the formula")
    return value if isinstance(value, str) else f"{value:.10g}" if isinstance(value, float) else str(value)
