"""Skolverket's table of pupils per grade, one file per school year.

UTF-8 with a byte order mark, four lines and an empty one before the header, ``;`` with a delimiter
too many in every row (a nameless last column), decimal comma, footnotes after an empty line.
"""

from __future__ import annotations

import re
from typing import cast

import pandas as pd

from analysis.errors import InputRefused
from analysis.model import SchoolYear, Source
from analysis.store.cells import Cells, with_plain_names
from analysis.store.notes import Notes
from analysis.store.tables import Table, table, utf8

PREAMBLE = 5
TITLE = "Statistik från Skolverket"
IDENTITY = ("Skola", "Skol-enhetskod", "Skolkommun", "Kommun-kod")


def read(content: bytes, file: str, source: Source, notes: Notes) -> pd.DataFrame:
    """The cells of one school year: pupils, share of girls, foreign background, parents' education."""
    text = utf8(content, file)
    year = _year(text, file)
    found = _without_phantom(table(text, file, ";", preamble=PREAMBLE, may_end=True))
    places = [found.place(name) for name in IDENTITY]
    columns = cast("dict[str, str]", source.options["columns"])
    wanted = [(indicator, column, found.place(column)) for indicator, column in columns.items()]
    cells = Cells(source, file)
    for row, line in enumerate(found.rows, found.first):
        name, code, municipality, municipality_code = (line[place] for place in places)
        for indicator, column, place in wanted:
            mark = line[place].strip()
            value, status = cells.read(mark, row, column)
            cells.add(
                country="se", level="school", code=code, name=name, municipality=municipality,
                municipality_code=municipality_code, county_code=municipality_code[:2], indicator=indicator, year=year,
                value=value, status=status, mark=mark, row=row, column=column,
            )  # fmt: skip
    unused = len(found.header) - len(places) - len(wanted)
    notes.add("column not used", file, "columns of other grades, owners and preschool classes are not read", unused)
    return with_plain_names(cells.frame(), notes)


def _year(text: str, file: str) -> int:
    lines = text.splitlines()[:PREAMBLE]
    title = lines[0] if lines else ""
    if not title.startswith(TITLE):
        raise InputRefused(
            f"the first line begins with {TITLE!r}", file=file, row=1, found=repr(title[:60]),
            mend="put only Skolverket's tables of pupils per grade in this folder",
        )  # fmt: skip
    said = [line.split(":", 1)[1].strip(' ";') for line in lines if line.strip('"').startswith("Valt läsår:")]
    named = re.search(r"årskurs (\d{4})", file)
    try:
        year = SchoolYear.parse(said[0] if said else "").start
    except ValueError as error:
        raise InputRefused(
            "a line before the header says 'Valt läsår: 2023/24'", file=file, row=4, found=repr(said),
            mend="fetch the file anew from Skolverket",
        ) from error  # fmt: skip
    if named is None or int(named[1]) != year:
        raise InputRefused(
            "the year in the file's name is the autumn of the school year in the file", file=file, row=4,
            found=f"{said[0]!r} in the file, {named[1] if named else 'no year'} in its name",
            mend="give the file the name it had when it was fetched",
        )  # fmt: skip
    return year


def _without_phantom(found: Table) -> Table:
    """The table without its nameless last column, which must be empty in every row."""
    if found.header[-1]:
        return found
    for row, line in enumerate(found.rows, found.first):
        if line[-1].strip():
            raise InputRefused(
                "nothing stands after the last named column", file=found.file, row=row, found=repr(line[-1]),
                mend="the cells of that row are shifted; fetch the file anew",
            )  # fmt: skip
    return Table(found.file, found.header[:-1], tuple(line[:-1] for line in found.rows), found.first)
