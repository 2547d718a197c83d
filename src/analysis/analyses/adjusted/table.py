"""The figures behind the scatter plot."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.tables import cell, row_cells
from analysis.analyses.wording import Wording, estimate_of
from analysis.model.finding import Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear

NUMBERS = ("expected", "estimate", "low", "high", "shrunken", "shrunken_low", "shrunken_high")


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per measure: value, expected value, raw and remaining difference with intervals, share that remains."""
    wording = Wording("adjusted", results[0].indicator, lang)
    decimals = max(result.indicator.decimals for result in results)
    finer = max(decimals, 1)
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_year")),
        Column(wording.text("column_value"), decimals),
        Column(wording.text("column_pupils"), 0),
        Column(wording.text("column_expected"), decimals),
        Column(wording.text("column_raw"), finer, signed=True),
        Column(wording.text("column_low"), finer, signed=True),
        Column(wording.text("column_high"), finer, signed=True),
        Column(wording.text("column_kept"), finer, signed=True),
        Column(wording.text("column_kept_low"), finer, signed=True),
        Column(wording.text("column_kept_high"), finer, signed=True),
        Column(wording.text("column_share"), 0),
    )
    return Table(wording.text("caption"), columns, tuple(_row(result, unit_id, lang) for result in results))


def _row(result: Result, unit_id: str, lang: str) -> tuple[Cell, ...]:
    wording = Wording("adjusted", result.indicator, lang)
    row, cannot = estimate_of(result, unit_id), wording.text("cell_none")
    mine = result.series[(result.series["unit_id"] == unit_id) & (result.series["year"] == result.year)]
    own = row_cells(next(mine.itertuples()), wording, ("value", "n")) if len(mine) else [wording.cell("", "")] * 2
    share = cell(100 * row["shrinkage_weight"], cannot)
    return (wording.short, str(SchoolYear(result.year)), *own, *(cell(row[name], cannot) for name in NUMBERS), share)
