"""The figures behind the line charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.analyses.tables import about, cell, row_cells, value_columns
from analysis.analyses.wording import Wording, estimate_of
from analysis.model.by_unit import of_unit
from analysis.model.finding import NOTHING, About, Cell, Column, Table
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per measure and school year, then what the years say together: slopes and three years as one."""
    rows: list[tuple[Cell, ...]] = []
    figures: list[tuple[About, str]] = []
    wording = Wording("trend", results[0].indicator, lang)
    decimals = max(result.indicator.decimals for result in results)
    levels = {str(each) for result in results for each in result.series["reference_level"].dropna().unique()}
    for result in results:
        words = Wording("trend", result.indicator, lang)
        mine = of_unit(result.series, unit_id)
        for row in mine.itertuples():
            numbers = row_cells(row, words, ("value", "low", "high", "n"))
            compared = cell(row.reference, wording.text("cell_missing"))
            rows.append((words.short, str(SchoolYear(int(str(row.year)))), *numbers, compared))
            figures.append((about(result, unit_id, row.year), _above(result, unit_id, row.reference_level)))
        rows += _together(estimate_of(result, unit_id), words, result.year)
        figures += [(NOTHING, "")] * (len(rows) - len(figures))
    title = wording.texts[levels.pop()] if len(levels) == 1 else wording.text("reference")
    compared_with = Column(title[:1].upper() + title[1:], decimals, field="reference")
    columns = (*value_columns(wording, decimals), compared_with)
    mine_are, against = tuple(each for each, _ in figures), tuple(unit for _, unit in figures)
    return Table(wording.text("caption"), columns, tuple(rows), mine_are, against)


def _above(result: Result, unit_id: str, level: object) -> str:
    """The unit whose value is in the last column; empty where there is none."""
    column = f"{level}_id"
    return str(result.units.at[unit_id, column]) if column in result.units.columns else ""


def _together(row: dict[str, Any], words: Wording, year: int) -> list[tuple[Cell, ...]]:
    """The slope of the unit's own years, the same drawn towards the common one, and the newest years as one."""
    found, none = [], words.text("cell_none")
    weight = words.percent(row["shrinkage_weight"]) if row["shrinkage_weight"] == row["shrinkage_weight"] else ""
    for key, value, low, high, signed in (
        ("row_slope", "estimate", "low", "high", True),
        ("row_shrunken", "shrunken", "shrunken_low", "shrunken_high", True),
        ("row_pooled", "pooled", "pooled_low", "pooled_high", False),
    ):
        if row[value] == row[value]:
            numbers: list[Cell] = [_written(row[name], words, none, signed) for name in (value, low, high)]
            n = row["pooled_n"] if key == "row_pooled" else row["smallest_n"]
            period = _period(year - 2, year) if key == "row_pooled" else _period(row["first_year"], row["last_year"])
            name = words.text(key, name=words.short, weight=weight)
            found.append((name, period, *numbers, cell(n, none), words.text("not_compared")))
    return found


def _written(value: float, words: Wording, none: str, signed: bool) -> str:
    """A number with one decimal more than the column has when that has none."""
    return number(value, words.finer, words.lang, signed=signed) if value == value else none


def _period(first: float, last: float) -> str:
    return f"{SchoolYear(int(first))}–{SchoolYear(int(last))}"
