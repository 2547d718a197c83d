"""Cells as the publishers wrote them, and what they mean."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import pandas as pd

from analysis.errors import InputRefused
from analysis.model import Source, Status

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
