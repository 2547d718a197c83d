"""One's own figures: a table with one row per unit, indicator, school year and group, as CSV or Excel.

The columns are described in docs/own-data.md. CSV is UTF-8 with ``;``, ``,`` or tabs; numbers have a
decimal comma or point. Excel files have one sheet with the header in its first row.
"""

from __future__ import annotations

import io
import math
import zipfile
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


def read(content: bytes, file: str, source: Source, notes: Notes) -> pd.DataFrame:
    """The cells of a file of one's own."""
    found = _workbook(content, file) if file.endswith(".xlsx") else _text(content, file)
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
    numerator = cells.count(cell.get("numerator", ""), row, "numerator")
    denominator = cells.count(cell.get("denominator", ""), row, "denominator")
    _check_share(indicator.unit, value, numerator, denominator, file, row)
    code = cell["unit_code"]
    cells.add(
        country=indicator.country, level=level, code=code, indicator=indicator.id, group=group,
        year=_year(cell["school_year"], file, row), value=value, status=status, mark=cell["value"],
        n=denominator if math.isnan(n) else n, row=row, column="value",
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
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
        if unpacked > LARGEST:
            raise InputRefused(
                f"a workbook holds at most {LARGEST:,} bytes", file=file, found=f"{unpacked:,}", mend="divide the file"
            )
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
    except (zipfile.BadZipFile, KeyError) as error:
        raise InputRefused(
            "the file must be an Excel workbook (.xlsx)", file=file, found=str(error), mend="save it as .xlsx"
        ) from error
    if len(book.sheetnames) != 1:
        raise InputRefused(
            "a workbook has one sheet", file=file, found=", ".join(book.sheetnames), mend="remove the other sheets"
        )
    lines = [[_cell(value, file, row) for value in line] for row, line in enumerate(book.active.values, 1)]
    book.close()
    while lines and not any(lines[-1]):
        lines.pop()
    if not lines:
        raise InputRefused("a file must have content", file=file, found="an empty sheet", mend="fill in the sheet")
    return checked_table(file, lines[0], lines[1:], 2)


def _cell(value: Any, file: str, row: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InputRefused(
            "a cell is text or a number", file=file, row=row, found=f"{value} ({type(value).__name__})",
            mend="format the column as text; Excel makes dates of school years",
        )  # fmt: skip
    if isinstance(value, str) and value.startswith("#") and value.endswith(("!", "?", "A")):
        raise InputRefused("a formula has a result", file=file, row=row, found=value, mend="correct the formula")
    return value if isinstance(value, str) else f"{value:.10g}" if isinstance(value, float) else str(value)
