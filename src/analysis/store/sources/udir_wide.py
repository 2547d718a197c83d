"""Utdanningsdirektoratet's table of national tests: one row per unit, three columns per test.

UTF-16 little-endian without a byte order mark, ``sep=`` in the first line, tabs, thousands with a
space, names with a trailing blank. ``Usikkerhet`` is the half-width of a 95 % interval, so the
standard error is that divided by 1.96. ``*`` hides a cell, a blank means that nobody took the test.
"""

from __future__ import annotations

import re
from typing import NamedTuple, cast

import pandas as pd

from analysis.errors import InputRefused
from analysis.model import SchoolYear, Source, Status
from analysis.store.cells import Cells, with_plain_names
from analysis.store.notes import Notes
from analysis.store.tables import Table, table, utf16

LEVELS = {"1": "nation", "2": "region", "3": "municipality", "4": "school"}
IDENTITY = ("EnhetNivaa", "Fylkekode", "Kommunekode", "Organisasjonsnummer", "Fylke", "Kommune", "EnhetNavn")
WIDE = re.compile(
    r"(?P<year>\d{4}-\d{2})\.(?P<test>[^.]+\.\d+\. årstrinn)\.Alle eierformer\.Alle kjønn\."
    r"(?P<what>Skalapoeng|Usikkerhet|Antall elever deltatt)"
)
HALF_WIDTH = 1.96


class Score(NamedTuple):
    """One test in the file, and where its three columns stand."""

    indicator: str
    year: int
    score: str
    places: tuple[int, int, int]


def read(content: bytes, file: str, source: Source, notes: Notes) -> pd.DataFrame:
    """The cells of every unit and test, with the number of pupils and the standard error."""
    text = utf16(content, file)
    preamble = 1 if text.startswith("sep=") else 0
    found = table(text, file, "\t", preamble=preamble)
    places = [found.place(name) for name in IDENTITY]
    tests = _tests(found, source)
    cells = Cells(source, file)
    trimmed = 0
    for row, line in enumerate(found.rows, found.first):
        identity = [line[place] for place in places]
        trimmed += any(part != part.strip() for part in identity)
        unit = _unit([part.strip() for part in identity], file, row)
        for test in tests:
            cells.add(**unit, **_cell(cells, line, test, row), row=row, column=test.score)
    notes.add("normalised", file, "rows whose names had blanks at the end", trimmed)
    return with_plain_names(cells.frame(), notes)


def _tests(found: Table, source: Source) -> list[Score]:
    known = cast("dict[str, str]", source.options["tests"])
    columns: dict[tuple[str, str], dict[str, str]] = {}
    for name in found.header:
        if name in IDENTITY or name in ("Nasjonaltkode", "Nasjonalt"):
            continue
        match = WIDE.fullmatch(name)
        if match is None or match["test"] not in known:
            raise InputRefused(
                "a column is named '2024-25.Lesing.8. årstrinn.Alle eierformer.Alle kjønn.Skalapoeng'",
                file=found.file, row=found.first - 1, column=name, found=repr(name),
                mend=f"remove the column; the tests are {', '.join(known)}",
            )  # fmt: skip
        columns.setdefault((match["year"], match["test"]), {})[match["what"]] = name
    tests = [_test(found, year, test, known[test], named) for (year, test), named in columns.items()]
    if not tests:
        raise InputRefused(
            "at least one test has columns in the file", file=found.file, row=found.first - 1, found="none",
            mend="fetch the file anew from its publisher",
        )  # fmt: skip
    return tests


def _test(found: Table, year: str, test: str, indicator: str, named: dict[str, str]) -> Score:
    stem = f"{year}.{test}.Alle eierformer.Alle kjønn."
    names = [stem + what for what in ("Skalapoeng", "Usikkerhet", "Antall elever deltatt")]
    in_name = re.match(r"\d{4}-\d{2}", found.file.rsplit("/", 1)[-1])
    if in_name is not None and in_name[0] != year:
        raise InputRefused(
            "the year in the file's name is the year in its columns", file=found.file, row=found.first - 1,
            column=names[0], found=f"{year!r} in the column, {in_name[0]!r} in the file's name",
            mend="give the file the name it had when it was fetched",
        )  # fmt: skip
    score, uncertainty, pupils = (found.place(name) for name in names)
    return Score(indicator, SchoolYear.parse(year).start, names[0], (score, uncertainty, pupils))


def _unit(identity: list[str], file: str, row: int) -> dict[str, object]:
    step, county_code, municipality_code, organisation, county, municipality, name = identity
    if step not in LEVELS:
        raise InputRefused(
            "EnhetNivaa is 1 (nation), 2 (county), 3 (municipality) or 4 (school)", file=file, row=row,
            column="EnhetNivaa", found=repr(step), mend="fetch the file anew from its publisher",
        )  # fmt: skip
    level = LEVELS[step]
    code = {"nation": "0000", "region": county_code, "municipality": municipality_code, "school": organisation}[level]
    name = {"nation": "Norge", "region": county, "municipality": municipality, "school": name}[level]
    below = level in ("school", "municipality")
    return {
        "country": "no",
        "level": level,
        "code": code,
        "name": name,
        "municipality_code": municipality_code if below else "",
        "municipality": municipality if below else "",
        "county_code": "" if level == "nation" else county_code,
        "county": "" if level == "nation" else county,
    }


def _cell(cells: Cells, line: tuple[str, ...], test: Score, row: int) -> dict[str, object]:
    score, uncertainty, pupils = (line[place].strip() for place in test.places)
    value, status = cells.read(score, row, test.score)
    half_width = cells.count(uncertainty, row, test.score.replace("Skalapoeng", "Usikkerhet"))
    n = cells.count(pupils, row, test.score.replace("Skalapoeng", "Antall elever deltatt"))
    if status == Status.MISSING and "*" in (uncertainty, pupils):
        score, status = "*", Status.WITHHELD.value  # a hidden number of pupils hides the cell
    return {
        "indicator": test.indicator,
        "year": test.year,
        "value": value,
        "status": status,
        "mark": score,
        "n": n,
        "se": half_width / HALF_WIDTH,
    }
