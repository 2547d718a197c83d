"""National tests in one municipality, one row per school, test, year and sex, without codes.

UTF-8 with a byte order mark, ``;``, ``.`` for no figure. The file gives neither the number of pupils
nor an uncertainty, and names schools by name only: their codes are found afterwards. Rows by the
school the pupils came from (*avgiverskole*) are counted and left out.
"""

from __future__ import annotations

from typing import cast

import pandas as pd

from analysis.errors import InputRefused, nearest
from analysis.model import SchoolYear, Source
from analysis.store.cells import Cells, with_plain_names
from analysis.store.notes import Notes
from analysis.store.tables import table, utf8

COLUMNS = ("Enhetsnavn", "Statistikk", "Indikator/delskår", "Periode", "Trinn", "Kjønn", "Verdi")
BY_FORMER_SCHOOL = "avgiverskole"


def read(content: bytes, file: str, source: Source, notes: Notes) -> pd.DataFrame:
    """The cells of every school, test, year and sex; ``code`` is empty, for the file has none."""
    found = table(utf8(content, file), file, ";")
    places = [found.place(name) for name in COLUMNS]
    tests = cast("dict[str, str]", source.options["tests"])
    groups = cast("dict[str, str]", source.options["groups"])
    municipality = {
        "municipality_code": source.options["municipality"],
        "municipality": source.options["municipality_name"],
        "county_code": source.options["county"],
    }
    cells = Cells(source, file)
    for row, line in enumerate(found.rows, found.first):
        name, statistic, subject, period, grade, sex, mark = (line[place].strip() for place in places)
        if BY_FORMER_SCHOOL in subject:
            notes.add("not used", file, "rows by the school the pupils came from (avgiverskole)")
            continue
        value, status = cells.read(mark, row, "Verdi")
        cells.add(
            country="no", level="school", code="", name=name, **municipality,
            indicator=_word(tests, f"{statistic}.{subject}.{grade}", file, row, "Statistikk"),
            year=_year(period, file, row), group=_word(groups, sex, file, row, "Kjønn"),
            value=value, status=status, mark=mark, row=row, column="Verdi",
        )  # fmt: skip
    return with_plain_names(cells.frame(), notes)


def _word(known: dict[str, str], word: str, file: str, row: int, column: str) -> str:
    if word not in known:
        raise InputRefused(
            f"{column} is one of {', '.join(known)}", file=file, row=row, column=column,
            found=f"{word!r}.{nearest(word, known)}", mend="correct the word, or add what it means to sources.toml",
        )  # fmt: skip
    return known[word]


def _year(period: str, file: str, row: int) -> int:
    try:
        return SchoolYear.parse(period).start
    except ValueError as error:
        raise InputRefused(
            "Periode is a school year, as 2014-2015", file=file, row=row, column="Periode", found=repr(period),
            mend="write both years of the school year",
        ) from error  # fmt: skip
