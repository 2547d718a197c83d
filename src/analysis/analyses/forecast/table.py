"""The figures behind the fans."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.tables import about, cell, row_cells, value_columns
from analysis.analyses.wording import Wording, estimate_of
from analysis.model.by_unit import of_unit
from analysis.model.finding import NOTHING, About, Cell, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per measure and school year of the segment, then the two coming years with prediction intervals."""
    rows: list[tuple[Cell, ...]] = []
    mine_are: list[About] = []
    wording = Wording("forecast", results[0].indicator, lang)
    for result in results:
        words, indicator = Wording("forecast", result.indicator, lang), result.indicator
        series = of_unit(result.series, unit_id)
        for row in series[series["segment"] == indicator.segment(result.year)].itertuples():
            numbers = row_cells(row, words, ("value", "low", "high", "n"))
            rows.append((words.short, str(SchoolYear(int(str(row.year)))), *numbers))
            mine_are.append(about(result, unit_id, row.year))
        mine = estimate_of(result, unit_id)
        for step, name in enumerate(("next", "later") if mine["next"] == mine["next"] else (), start=1):
            ends = [cell(mine[each], words.text("cell_none")) for each in (name, f"{name}_low", f"{name}_high")]
            title = words.text("row_expected", name=words.short)
            rows.append((title, str(SchoolYear(result.year + step)), *ends, words.text("cell_not_yet")))
            mine_are.append(NOTHING)
    decimals = max(result.indicator.decimals for result in results)
    return Table(wording.text("caption"), value_columns(wording, decimals), tuple(rows), tuple(mine_are))
