"""One's own figures: a table with one row per unit, indicator, school year and group, as CSV or Excel.

The columns are described in docs/own-data.md. CSV is UTF-8 with ``;``, ``,`` or tabs; numbers have a
decimal comma or point. Excel files have one sheet with the header in its first row.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from typing import Any

import pandas as pd

from analysis.catalogue import indicators
from analysis.errors import InputRefused, nearest
from analysis.model import SchoolYear, Source, Status
from analysis.store.cells import Cells
from analysis.store.notes import Notes
from analysis.store.tables import LARGEST, Table, checked_table, table, utf8

NEEDED = ("unit_code", "level", "indicator", "school_year", "group", "value", "n")
OPTIONAL = ("numerator", "denominator", "status")
GROUPS = ("all", "girls", "boys")
LEVELS = ("school", "municipality", "region", "nation")
ROUNDING = 0.05
"""how far a share may lie from its numerator and denominator: it is written with one decimal"""
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError),
    *(SyntaxError, LookupError, ValueError, TypeError, AttributeError),
)
"""what openpyxl, the parsers of XML (SyntaxError) and the unpacking raise for a file that is no workbook"""


def read(content: bytes, file: str, source: Source, notes: Notes) -> pd.DataFrame:
    """The cells of a file of one's own."""
    found = _workbook(content, file) if file.lower().endswith(".xlsx") else _text(content, file)
    places = {name: found.place(name) for name in NEEDED}
    places |= {name: found.header.index(name) for name in OPTIONAL if name in found.header}
    for name in found.header:
        if name not in places:
            raise InputRefused(
                f"the columns are {', '.join((*NEEDED, *OPTIONAL))}", file=file, row=1, column=name,
                found=f"{name!r}.{nearest(name, (*NEEDED, *OPTIONAL))}", mend="rename or remove the column",
            )  # fmt: skip
    cells = Cells(source, file)
    for row, line in enumerate(found.rows, found.first):
        _add(cells, {name: line[place].strip() for name, place in places.items()}, row)
    notes.add("own figures", file, "rows of own figures", len(found.rows))
    return cells.frame()


def _add(cells: Cells, cell: dict[str, str], row: int) -> None:
    file = cells.file
    indicator = indicators()[_one_of(tuple(indicators()), cell["indicator"], file, row, "indicator")]
    level = _one_of(LEVELS, cell["level"], file, row, "level")
    group = _one_of(GROUPS, cell["group"], file, row, "group")
    value, status = cells.read(cell["value"], row, "value")
    if cell.get("status"):
        status = _stated(cell, status, file, row)
    n = cells.count(cell["n"], row, "n")
    parts = {name: cells.count(cell.get(name, ""), row, name) for name in ("numerator", "denominator")}
    _check_parts(parts, n, file, row)
    _check_share(indicator.unit, value, parts["numerator"], parts["denominator"], file, row)
    code = cell["unit_code"]
    cells.add(
        country=indicator.country, level=level, code=code, indicator=indicator.id, group=group,
        year=_year(cell["school_year"], file, row), value=value, status=status, mark=cell["value"],
        n=parts["denominator"] if math.isnan(n) else n, row=row, column="value",
        municipality_code=code if level == "municipality" else "", county_code=code if level == "region" else "",
    )  # fmt: skip


def _stated(cell: dict[str, str], found: str, file: str, row: int) -> str:
    status = _one_of(tuple(each.value for each in Status), cell["status"], file, row, "status")
    if (status == Status.GIVEN) != (found == Status.GIVEN):
        raise InputRefused(
            "a value is a number when, and only when, its status is given", file=file, row=row, column="status",
            found=f"{cell['value']!r} with the status {status!r}", mend="correct the status or the value",
        )  # fmt: skip
    return status


def _check_parts(parts: dict[str, float], n: float, file: str, row: int) -> None:
    for column, count in parts.items():
        if count < 0 or (count % 1 != 0 and not math.isnan(count)):
            raise InputRefused(
                f"a {column} is a whole number, not below 0", file=file, row=row, column=column, found=f"{count:g}",
                mend="correct the number",
            )  # fmt: skip
    numerator, denominator = parts["numerator"], parts["denominator"]
    if not math.isnan(numerator) and math.isnan(denominator):
        raise InputRefused(
            "a numerator stands beside its denominator", file=file, row=row, column="denominator",
            found=f"{numerator:g} of nothing", mend="write the denominator, or remove the numerator",
        )  # fmt: skip
    if not math.isnan(n) and not math.isnan(denominator) and n != denominator:
        raise InputRefused(
            "the number of pupils and the denominator are the same", file=file, row=row, column="n",
            found=f"n is {n:g} and denominator {denominator:g}", mend="correct one of them, or leave n empty",
        )  # fmt: skip


def _check_share(unit: str, value: float, numerator: float, denominator: float, file: str, row: int) -> None:
    if numerator > denominator or denominator <= 0:
        raise InputRefused(
            "a numerator is not above its denominator", file=file, row=row, column="numerator",
            found=f"{numerator:g} of {denominator:g}", mend="correct one of them",
        )  # fmt: skip
    if unit == "percent" and abs(value - 100 * numerator / denominator) > ROUNDING + 1e-9:
        raise InputRefused(
            "a share is 100 × numerator / denominator, with at least one decimal", file=file, row=row,
            column="value", found=f"{value:g} beside {numerator:g} of {denominator:g}", mend="correct one of them",
        )  # fmt: skip


def _one_of(known: tuple[str, ...], word: str, file: str, row: int, column: str) -> str:
    if word not in known:
        listed = ", ".join(known) if len(known) < 9 else "one of the catalogue's"
        raise InputRefused(
            f"{column} is {listed}", file=file, row=row, column=column,
            found=f"{word!r}.{nearest(word, known)}", mend="correct the word",
        )  # fmt: skip
    return word


def _year(text: str, file: str, row: int) -> int:
    try:
        return SchoolYear.parse(text).start
    except ValueError as error:
        raise InputRefused(
            "a school year is written 2024/25", file=file, row=row, column="school_year", found=repr(text),
            mend="write the school year, or the year of its autumn",
        ) from error  # fmt: skip


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
