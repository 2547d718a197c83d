"""Rules for the cells of one's own tables, kept for a whole column at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis.errors import InputRefused, nearest
from analysis.model import SchoolYear
from analysis.model.personal_numbers import personal_numbers
from analysis.store.cells import is_number, number

Meaning = TypeVar("Meaning", int, float, str)
NO_NUMBER = ("", ".")
"""what a cell holds when nothing was reported"""


def refuse_where(frame: pd.DataFrame, broken: object, rule: str, column: str, mend: str, found: str = "") -> None:
    """Refuse the file at the first row where the rule is broken."""
    places = np.flatnonzero(np.asarray(broken, dtype=bool))
    if len(places):
        first = frame.iloc[places[0]]
        raise InputRefused(
            rule, file=str(frame.attrs["file"]), row=int(first["row"]), column=column,
            found=repr(first[column]) + found, mend=mend,
        )  # fmt: skip


def each_cell(
    frame: pd.DataFrame, column: str, meaning: Callable[[str], Meaning], rule: str, mend: str
) -> pd.Series[Meaning]:
    """The meaning of every cell of a column; the first one without a meaning (ValueError) is refused."""
    known: dict[str, Meaning] = {}
    unknown = set()
    for text in frame[column].unique():
        try:
            known[text] = meaning(text)
        except ValueError:
            unknown.add(text)
    refuse_where(frame, frame[column].isin(unknown), rule, column, mend)
    return frame[column].map(known)


def filled(frame: pd.DataFrame, *columns: str) -> None:
    """Refuse an empty cell in any of these columns."""
    for column in columns:
        refuse_where(frame, frame[column] == "", f"{column} is filled in", column, "write it, or remove the row")


def about_nobody(frame: pd.DataFrame, *columns: str) -> None:
    """Refuse a text with the number of a person in it; the error says where, and never repeats the text."""
    for column in columns:
        for place in np.flatnonzero(frame[column].str.contains(r"\d", regex=True)):
            at = next(personal_numbers(str(frame[column].iloc[place])), None)
            if at is not None:
                raise InputRefused(
                    "no personal number stands in a text", file=str(frame.attrs["file"]),
                    row=int(frame["row"].iloc[place]), column=column, found=f"a personal number at sign {at + 1}",
                    mend="take the number out: nothing that points out a person belongs in what is published",
                )  # fmt: skip


def one_of(frame: pd.DataFrame, column: str, known: Iterable[str]) -> pd.Series[str]:
    """A column that holds one of a few words."""
    words = tuple(known)
    strange = ~frame[column].isin(words)
    if strange.any():
        written = str(frame.loc[strange, column].iloc[0])
        listed = ", ".join(word or "empty" for word in words) if len(words) < 12 else "one of the catalogue's"
        rule = f"{column} is {listed}"
        refuse_where(frame, strange, rule, column, "correct the word", "." + nearest(written, words))
    return frame[column]


def years(frame: pd.DataFrame, column: str, *, empty: int | None = None) -> pd.Series[int]:
    """School years as the year of their autumn; an empty cell is `empty` where that is given."""

    def meaning(text: str) -> int:
        return empty if text == "" and empty is not None else SchoolYear.parse(text).start

    rule = "a school year is written 2024/25" + (", or left empty" if empty is not None else "")
    return each_cell(frame, column, meaning, rule, "write the school year, or the year of its autumn").astype("int64")


def dates(frame: pd.DataFrame, column: str, *, may_be_empty: bool = False) -> pd.Series[str]:
    """Days written 2024-09-01, kept as such."""

    def meaning(text: str) -> str:
        if text == "" and may_be_empty:
            return text
        if len(text) != len("2024-09-01"):
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()

    return each_cell(frame, column, meaning, "a day is written 2024-09-01", "write year, month and day, as text")


def numbers(frame: pd.DataFrame, column: str, *, may_be_empty: bool = False) -> pd.Series[float]:
    """Numbers with decimal comma or point; NaN for nothing reported, where that is allowed."""

    def meaning(text: str) -> float:
        if may_be_empty and text in NO_NUMBER:
            return float("nan")
        if not is_number(text):
            raise ValueError(text)
        return number(text)

    rule = f"{column} is a number" + (" or, where nothing was reported, empty" if may_be_empty else "")
    return each_cell(frame, column, meaning, rule, "write a number with decimal comma or point").astype("float64")


def whole(frame: pd.DataFrame, column: str, lowest: int, highest: int) -> pd.Series[int]:
    """Whole numbers from lowest to highest."""

    def meaning(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
            raise ValueError(text)
        return int(text)

    rule = f"{column} is a whole number from {lowest} to {highest}"
    return each_cell(frame, column, meaning, rule, "correct the number").astype("int64")


def unique(frame: pd.DataFrame, columns: list[str], what: str) -> None:
    """Refuse a row that says again, or otherwise, what an earlier row says."""
    again = frame.duplicated(columns)
    if again.any():
        second = frame[again].iloc[0]
        same = (frame[columns] == second[columns]).all(axis=1)
        first = int(frame.loc[same, "row"].iloc[0])
        said = ", ".join(str(second[column]) for column in columns)
        raise InputRefused(
            f"{what} stands in one row", file=str(frame.attrs["file"]), row=int(second["row"]), column=columns[-1],
            found=f"{said}, which is also in row {first}", mend="remove the row that is wrong",
        )  # fmt: skip
