"""Cells and columns that the tables of all questions share."""

from __future__ import annotations

import math

from analysis.analyses.wording import Wording
from analysis.model.finding import About, Cell, Column
from analysis.model.observations import Result
from analysis.model.words import ALL


def cell(value: object, why: str) -> Cell:
    """The number, or the words of why there is none."""
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value)
    return why


def about(result: Result, unit_id: str, year: object, group: str = ALL) -> About:
    """Which figure a row is: the indicator's, of this unit, group and school year."""
    return (result.indicator.id, unit_id, group, str(int(float(str(year)))))


def row_cells(row: object, wording: Wording, names: tuple[str, ...]) -> list[Cell]:
    """The named cells of one row of a series, with words where there is no number.

    An end of an interval that a given value lacks cannot be computed; everything else is as published.
    """
    status, mark = str(getattr(row, "status", "missing")), str(getattr(row, "mark", ""))
    why = {name: wording.cell(status, mark) for name in names}
    if status == "given":
        why |= {name: wording.text("cell_none") for name in ("low", "high")}
    return [cell(getattr(row, name), why[name]) for name in names]


def value_columns(wording: Wording, decimals: int) -> tuple[Column, ...]:
    """Measure, school year, value, the interval's two ends, and pupils."""
    finer = max(decimals, 1)
    return (
        Column(wording.text("column_measure")),
        Column(wording.text("column_year")),
        Column(wording.text("column_value"), decimals, field="value"),
        Column(wording.text("column_low"), finer, field="low"),
        Column(wording.text("column_high"), finer, field="high"),
        Column(wording.text("column_pupils"), 0, field="n"),
    )
