"""The figures behind the line charts."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.tables import cell, row_cells, value_columns
from analysis.analyses.wording import Wording
from analysis.model.finding import Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per measure and school year: value, interval, pupils and the value compared with."""
    rows: list[tuple[Cell, ...]] = []
    wording = Wording("trend", results[0].indicator, lang)
    decimals = max(result.indicator.decimals for result in results)
    levels = {str(each) for result in results for each in result.series["reference_level"].dropna().unique()}
    for result in results:
        words = Wording("trend", result.indicator, lang)
        mine = result.series[result.series["unit_id"] == unit_id]
        for row in mine.itertuples():
            numbers = row_cells(row, words, ("value", "low", "high", "n"))
            compared = cell(row.reference, wording.text("cell_missing"))
            rows.append((words.short, str(SchoolYear(int(str(row.year)))), *numbers, compared))
    title = wording.texts[levels.pop()] if len(levels) == 1 else wording.text("reference")
    columns = (*value_columns(wording, decimals), Column(title[:1].upper() + title[1:], decimals))
    return Table(wording.text("caption"), columns, tuple(rows))
