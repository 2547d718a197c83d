"""The figures behind the dots and the lines."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.tables import about, cell
from analysis.analyses.wording import Wording
from analysis.model.finding import About, Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear

NUMBERS = ("share", "schools", "schools_missing", "n", "value", "low", "high", "counted", "by_chance")


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per measure and school year: the group's share, schools, pupils, and the index with its interval."""
    wording = Wording("segregation", results[0].indicator, lang)
    cannot = wording.text("cell_none")
    rows: list[tuple[Cell, ...]] = []
    mine_are: list[About] = []
    for result in results:
        short = Wording("segregation", result.indicator, lang).short
        mine = (result.series["unit_id"] == unit_id) & (result.series["group"] == "all")
        for row in result.series[mine].itertuples():
            numbers = [cell(getattr(row, name), cannot) for name in NUMBERS]
            rows.append((short, str(SchoolYear(int(str(row.year)))), *numbers))
            mine_are.append(about(result, unit_id, row.year))
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_year")),
        Column(wording.text("column_share"), 1, field="share_of_schools"),
        Column(wording.text("column_schools"), 0),
        Column(wording.text("column_missing_schools"), 0),
        Column(wording.text("column_pupils"), 0, field="n_of_schools"),
        Column(wording.text("column_index"), 2, field="unevenness"),
        Column(wording.text("column_low"), 2),
        Column(wording.text("column_high"), 2),
        Column(wording.text("column_counted"), 2),
        Column(wording.text("column_by_chance"), 2),
    )
    return Table(wording.text("caption"), columns, tuple(rows), tuple(mine_are))
