"""One's own figures: a table with one row per unit, indicator, school year and group, as CSV or Excel.

The columns are described in docs/own-data.md. CSV is UTF-8 with ``;``, ``,`` or tabs; numbers have a
decimal comma or point. Excel files have one sheet with the header in its first row.
"""

from __future__ import annotations

import math

import pandas as pd

from analysis.catalogue import indicators
from analysis.errors import InputRefused, nearest
from analysis.model import SchoolYear, Source, Status
from analysis.store.cells import Cells
from analysis.store.notes import Notes
from analysis.store.sheets import sheet

NEEDED = ("unit_code", "level", "indicator", "school_year", "group", "value", "n")
OPTIONAL = ("numerator", "denominator", "status")
GROUPS = ("all", "girls", "boys")
LEVELS = ("group", "team", "school", "area", "municipality", "region", "nation")
ROUNDING = 0.05
"""how far a share may lie from its numerator and denominator: it is written with one decimal"""


def read(content: bytes, file: str, source: Source, notes: Notes) -> pd.DataFrame:
    """The cells of a file of one's own."""
    found = sheet(content, file)
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
