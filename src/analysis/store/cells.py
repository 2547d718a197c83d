"""Cells as the publishers wrote them, and what they mean."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field

import pandas as pd

from analysis.errors import InputRefused
from analysis.model import Source, Status
from analysis.store.notes import Notes

CELL_COLUMNS = (
    "country",
    "level",
    "code",
    "name",
    "municipality_code",
    "municipality",
    "county_code",
    "county",
    "indicator",
    "year",
    "group",
    "value",
    "status",
    "mark",
    "n",
    "se",
    "source",
    "file",
    "row",
    "column",
)
"""the columns every reader gives; ``file``, ``row`` and ``column`` say where each cell stands"""

NUMBER = re.compile(r"[+\-−]?(\d+|\d{1,3}([ \u00a0\u202f]\d{3})+)([.,]\d+)?")
SPACES = str.maketrans({" ": "", "\u00a0": "", "\u202f": "", "−": "-", ",": "."})


def is_number(text: str) -> bool:
    """Whether a cell is a number: digits, perhaps thousands set off by spaces, a decimal comma or point.

    >>> is_number("1 727"), is_number("12,5"), is_number("1E5"), is_number("inf")
    (True, True, False, False)
    """
    return NUMBER.fullmatch(text) is not None


def number(text: str) -> float:
    """The number in a cell that `is_number`.

    >>> number("1 727"), number("−12,5")
    (1727.0, -12.5)
    """
    return float(text.translate(SPACES))


@dataclass
class Cells:
    """Cells as they are read, column by column, with their source's marks known.

    A mark of the source becomes its status and is kept; a number is given; anything else is refused.
    """

    source: Source
    file: str
    columns: dict[str, list[object]] = field(default_factory=lambda: {name: [] for name in CELL_COLUMNS})
    known: dict[str, tuple[float, str]] = field(default_factory=dict)

    def read(self, text: str, row: int, column: str) -> tuple[float, str]:
        """Value and status of a cell."""
        if text not in self.known:
            self.known[text] = self._meaning(text, row, column)
        return self.known[text]

    def count(self, text: str, row: int, column: str) -> float:
        """A number beside the value (pupils, uncertainty): NaN where there is a mark instead."""
        return self.read(text, row, column)[0]

    def add(self, **cell: object) -> None:
        """One more cell; what is not said is empty."""
        for name in CELL_COLUMNS:
            self.columns[name].append(cell[name] if name in cell else EMPTY[name])

    def frame(self) -> pd.DataFrame:
        """The cells as a table with `CELL_COLUMNS`."""
        read = dict(self.columns)
        read["source"] = [self.source.id] * len(read["row"])
        read["file"] = [self.file] * len(read["row"])
        return pd.DataFrame(read).astype(TYPES)

    def _meaning(self, text: str, row: int, column: str) -> tuple[float, str]:
        if text in self.source.symbols:
            return math.nan, self.source.symbols[text]
        if is_number(text):
            return number(text), Status.GIVEN.value
        marks = ", ".join(repr(mark) for mark in self.source.symbols)
        raise InputRefused(
            "a cell is a number or one of the publisher's marks",
            file=self.file,
            row=row,
            column=column,
            found=repr(text),
            mend=f"write a number or one of {marks}",
        )


def plain_name(name: str) -> str:
    r"""A name of letters that can be seen: no invisible or direction marks, line breaks as blanks, letters composed.

    >>> plain_name("\u202eÄngs\u200bskolan\nnorra")
    'Ängsskolan norra'
    """
    if name.isascii() and name.isprintable():
        return name
    visible = (
        " " if sign in LINE_BREAKS else sign
        for sign in name
        if unicodedata.category(sign) != "Cf" and sign not in INVISIBLE
    )
    return unicodedata.normalize("NFC", "".join(visible))


def with_plain_names(cells: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """The cells with every name as `plain_name` has it; a unit without a name is refused."""
    found = cells.copy()
    marked = pd.Series(False, index=cells.index)
    for column in NAMES:
        plain = {name: plain_name(name) for name in cells[column].dropna().unique()}
        found[column] = cells[column].map(plain).astype("str")
        marked |= cells[column].map({name: name != clean for name, clean in plain.items()}).fillna(False).astype(bool)
    rows = cells.loc[marked].drop_duplicates(["file", "row"])
    for file, count in rows["file"].value_counts().items():
        text = "rows whose names had invisible marks, direction marks or line breaks"
        notes.add("normalised", str(file), text, int(count))
    _check_named(found)
    return found


def _check_named(found: pd.DataFrame) -> None:
    for column, needed in (("name", found["level"] != ""), ("municipality", found["municipality_code"] != "")):
        blank = needed & (found[column].fillna("").str.strip() == "")
        if blank.any():
            first = found[blank].iloc[0]
            raise InputRefused(
                f"a {first['level'] if column == 'name' else column} has a name", file=str(first["file"]),
                row=int(first["row"]), found="nothing" if pd.isna(first[column]) else repr(first[column]),
                mend=f"write the name beside the code {first['code']!r}, or fetch the file anew from its publisher",
            )  # fmt: skip


NAMES = ("name", "municipality", "county")
LINE_BREAKS = "\t\n\r\u2028\u2029"
INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10)))
"""signs without a shape that Unicode does not count among the format characters (Cf)"""
EMPTY: dict[str, object] = {
    **dict.fromkeys(("municipality_code", "municipality", "county_code", "county"), ""),
    **dict.fromkeys(("name", "mark", "source", "file"), ""),
    "group": "all",
    "n": math.nan,
    "se": math.nan,
}
TYPES = {
    **dict.fromkeys(CELL_COLUMNS, "str"),
    **dict.fromkeys(("value", "n", "se"), "float64"),
    **dict.fromkeys(("year", "row"), "int64"),
}
