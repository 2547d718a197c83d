"""The figures behind the funnel plots."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.funnel.measure import LIMITS
from analysis.analyses.tables import about, cell, row_cells
from analysis.analyses.wording import Wording, estimate_of
from analysis.model.finding import Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per measure: value, pupils, the others' mean, both pairs of limits, and where the value lies."""
    wording = Wording("funnel", results[0].indicator, lang)
    decimals = max(result.indicator.decimals for result in results)
    finer = max(decimals, 1)
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_year")),
        Column(wording.text("column_value"), decimals, field="value"),
        Column(wording.text("column_pupils"), 0, field="n"),
        Column(wording.text("column_reference"), finer),
        Column(wording.text("column_limit_low"), finer),
        Column(wording.text("column_limit_high"), finer),
        Column(wording.text("column_far_low"), finer),
        Column(wording.text("column_far_high"), finer),
        Column(wording.text("column_place")),
    )
    rows = tuple(_row(result, unit_id, lang) for result in results)
    return Table(wording.text("caption"), columns, rows, tuple(about(each, unit_id, each.year) for each in results))


def _row(result: Result, unit_id: str, lang: str) -> tuple[Cell, ...]:
    wording = Wording("funnel", result.indicator, lang)
    row, cannot = estimate_of(result, unit_id), wording.text("cell_none")
    mine = result.series[(result.series["unit_id"] == unit_id) & (result.series["year"] == result.year)]
    own = row_cells(next(mine.itertuples()), wording, ("value", "n")) if len(mine) else [wording.cell("", "")] * 2
    numbers = (cell(row[name], cannot) for name in ("reference", *LIMITS))
    place = wording.texts.get(f"place_{row['verdict']}", cannot)
    return (wording.short, str(SchoolYear(result.year)), *own, *numbers, place)
