"""Rules every cell must keep, whoever published it. One broken rule refuses the file."""

from __future__ import annotations

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
KEY = ["country", "level", "code", "indicator", "year", "group"]


def check(cells: pd.DataFrame) -> None:
    """Refuse cells with a code of the wrong width, a value out of range or half a pupil."""
    _check_codes(cells)
    _check_ranges(cells)


def without_doubles(cells: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """The cells, one per unit, indicator, year and group.

    The same cell twice is noted and kept once; two different values for one cell are refused.
    """
    doubled = cells[cells.duplicated(KEY, keep=False)]
    if doubled.empty:
        return cells
    different = doubled.groupby(KEY)["mark"].transform("nunique") > 1
    if different.any():
        first, second = (row for _, row in doubled[different].sort_values([*KEY, "file", "row"]).head(2).iterrows())
        raise InputRefused(
            "a unit has one value per indicator, school year and group", file=str(second["file"]),
            row=int(second["row"]), column=str(second["column"]),
            found=f"{second['mark']!r} for {second['code']} {second['indicator']} {second['year']}, "
            f"but {first['mark']!r} in {first['file']}, row {first['row']}",
            mend="remove the row that is wrong",
        )  # fmt: skip
    again = cells.duplicated(KEY)
    for file, count in cells.loc[again, "file"].value_counts().items():
        notes.add("doubled", str(file), "cells that stand twice with the same value", int(count))
    return cells[~again]


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
            width = CODE_WIDTHS[str(country), str(kind)]
            wrong = group[~group[column].str.fullmatch(rf"[0-9]{{{width}}}")]
            if len(wrong):
                first = wrong.iloc[0]
                raise InputRefused(
                    f"the code of a {kind} has {width} digits", file=str(first["file"]), row=int(first["row"]),
                    found=repr(first[column]), mend="read and save codes as text, with their leading zeros",
                )  # fmt: skip


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
    halves = cells["n"].notna() & (cells["n"] % 1 != 0)
    for column, rule, broken in (
        ("n", "a number of pupils is a whole number, not below 0", (cells["n"] < 0) | halves),
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
