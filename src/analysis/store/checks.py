"""Rules every cell must keep, whoever published it. One broken rule refuses the file."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from analysis.catalogue import indicators
from analysis.errors import InputRefused
from analysis.model import Status
from analysis.store.notes import Notes

CODE_WIDTHS = {
    ("se", "school"): 8,
    ("no", "school"): 9,
    ("se", "municipality"): 4,
    ("no", "municipality"): 4,
    ("se", "region"): 2,
    ("no", "region"): 2,
    ("no", "nation"): 4,
}
"""digits of a unit's code, leading zeros included"""
OWN_LEVELS = ("group", "team", "area")
"""levels whose codes nobody publishes: one gives them oneself"""
OWN_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
FETCHED = re.compile(r"(?<!\d)(20\d{2})(?P<dash>-?)(?:0[1-9]|1[0-2])(?P=dash)(?:0[1-9]|[12]\d|3[01])(?!\d)")
"""the day a file was fetched, as publishers' files have it in their names: 2024-12-12 or 20260224"""
APART = 20
"""years: a school year so long after all others is a slip of the pen"""
SAME = ["value", "status", "n", "se"]
"""what two cells about the same thing must agree in; 220 and 220,0 are the same value"""
KEY = ["country", "level", "code", "indicator", "year", "group"]


def check(cells: pd.DataFrame) -> None:
    """Refuse cells with a code of the wrong width, an impossible year, a value out of range or half a pupil."""
    _check_codes(cells)
    _check_years(cells)
    _check_ranges(cells)
    _check_pupils(cells)


def code_rule(country: str, level: str) -> tuple[str, re.Pattern[str]]:
    """What a unit's code looks like, in words and as a pattern."""
    if level in OWN_LEVELS:
        return f"the code of a {level} is 1 to 40 small letters a to z, digits and hyphens", OWN_CODE
    width = CODE_WIDTHS[country, level]
    return f"the code of a {level} has {width} digits", re.compile(rf"[0-9]{{{width}}}")


def without_doubles(cells: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """The cells, one per unit, indicator, year and group.

    The same cell twice is noted and kept once; a cell with another value, status, number of pupils or
    uncertainty is refused.
    """
    doubled = cells[cells.duplicated(KEY, keep=False)]
    if doubled.empty:
        return cells
    kinds = doubled.drop_duplicates([*KEY, *SAME]).sort_values([*KEY, "file", "row"])
    different = kinds[kinds.duplicated(KEY, keep=False)]
    if len(different):
        first, second = (row for _, row in different.head(2).iterrows())
        raise InputRefused(
            "a unit has one value per indicator, school year and group", file=str(second["file"]),
            row=int(second["row"]), column=str(second["column"]),
            found=f"{_said(second)} for {second['code']} {second['indicator']} {second['year']}, "
            f"but {_said(first)} in {first['file']}, row {first['row']}",
            mend="remove the row that is wrong",
        )  # fmt: skip
    again = cells.duplicated(KEY)
    for file, count in cells.loc[again, "file"].value_counts().items():
        notes.add("doubled", str(file), "cells that stand twice with the same value", int(count))
    return cells[~again]


def _said(cell: pd.Series[Any]) -> str:
    beside = [f"{name} {cell[name]:g}" for name in ("n", "se") if not pd.isna(cell[name])]
    return f"{cell['mark']!r} ({', '.join([str(cell['status']), *beside])})"


def _check_codes(cells: pd.DataFrame) -> None:
    for column, level in (("code", ""), ("municipality_code", "municipality"), ("county_code", "region")):
        places = [column, "country", "level", "file"]
        seen = cells.drop_duplicates(places)
        seen = seen.assign(kind=seen["level"] if column == "code" else level)
        if column == "code":
            named_only = (seen["code"] == "") & (seen["source"] == "udir_long")
            seen = seen[~named_only]
        else:
            seen = seen[seen[column] != ""]
        for (country, kind), group in seen.groupby(["country", "kind"]):
            if kind not in OWN_LEVELS and (str(country), str(kind)) not in CODE_WIDTHS:
                first = group.iloc[0]
                raise InputRefused(
                    f"this country has no {kind} row", file=str(first["file"]), row=int(first["row"]), column="level",
                    found=f"the level {kind!r} for {first['indicator']}, an indicator of the country {country!r}",
                    mend="correct the level or the indicator, or remove the row",
                )  # fmt: skip
            rule, form = code_rule(str(country), str(kind))
            wrong = group[~group[column].str.fullmatch(form)]
            if len(wrong):
                first = wrong.iloc[0]
                raise InputRefused(
                    rule, file=str(first["file"]), row=int(first["row"]),
                    found=repr(first[column]), mend="read and save codes as text, with their leading zeros",
                )  # fmt: skip


def _check_years(cells: pd.DataFrame) -> None:
    years = cells["year"].drop_duplicates().sort_values()
    after = years[years.diff() > APART]
    if len(after):
        first = cells[cells["year"] == after.iloc[0]].iloc[0]
        raise InputRefused(
            f"a school year begins at most {APART} years after another one in the files", file=str(first["file"]),
            row=int(first["row"]), found=f"{first['year']}; the year before it is {years[years < first['year']].max()}",
            mend="correct the year",
        )  # fmt: skip
    fetched = cells["file"].map({file: _fetched(file) for file in cells["file"].unique()}).astype("float64")
    early = cells[(cells["source"] != "own") & (cells["status"] != Status.NOT_YET) & (cells["year"] > fetched)]
    if len(early):
        first = early.iloc[0]
        raise InputRefused(
            "a school year has begun when its figures are fetched", file=str(first["file"]), row=int(first["row"]),
            found=f"the year {first['year']} in a file fetched in {_fetched(str(first['file'])):.0f}",
            mend="correct the year, or the date in the file's name",
        )  # fmt: skip


def _fetched(file: str) -> float:
    found = FETCHED.search(file.rsplit("/", 1)[-1])
    return float(found[1]) if found else math.inf


def _check_ranges(cells: pd.DataFrame) -> None:
    for name, group in cells[cells["status"] == Status.GIVEN].groupby("indicator"):
        measure = indicators()[str(name)]
        outside = group[~group["value"].between(measure.minimum, measure.maximum)]
        rule = f"{name} lies between {measure.minimum:g} and {measure.maximum:g}"
        if measure.unit == "count" and outside.empty:
            outside = group[group["value"] % 1 != 0]
            rule = f"{name} is a whole number of pupils"
        if len(outside):
            raise _refused(outside, rule, "value")


def _check_pupils(cells: pd.DataFrame) -> None:
    counts = [name for name, measure in indicators().items() if measure.unit == "count"]
    nobody = (cells["status"] == Status.GIVEN) & (cells["n"] == 0) & ~cells["indicator"].isin(counts)
    halves = cells["n"].notna() & (cells["n"] % 1 != 0)
    for column, rule, broken in (
        ("n", "a number of pupils is a whole number, not below 0", (cells["n"] < 0) | halves),
        ("n", "a value that is given is about one pupil or more", nobody),
        ("se", "an uncertainty is not below 0", cells["se"] < 0),
    ):
        if broken.any():
            raise _refused(cells[broken], rule, column)


def _refused(broken: pd.DataFrame, rule: str, column: str) -> InputRefused:
    first = broken.iloc[0]
    return InputRefused(
        rule, file=str(first["file"]), row=int(first["row"]), column=str(first["column"]), found=f"{first[column]:g}",
        mend="correct the number; perhaps the columns are shifted or the scale is another",
    )  # fmt: skip
