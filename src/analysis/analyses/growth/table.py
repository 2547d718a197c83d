"""The figures behind the lines: level, growth and trend, and the values they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.analyses.tables import about, cell, row_cells
from analysis.analyses.wording import UNANSWERED, Wording, estimate_of
from analysis.model.finding import NOTHING, About, Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear
from analysis.statistics.seda import NAMES


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """Level, growth and trend of each measure, own and drawn towards the common ones; then each grade's values."""
    wording = Wording("growth", results[0].indicator, lang)
    finer = max(Wording("growth", each.indicator, lang).finer for each in results)
    titles = (("column_drawn", ""), ("column_low", "low"), ("column_high", "high"), ("column_raw", "value"))
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_years")),
        *(Column(wording.text(each), finer, field=field) for each, field in titles),
        Column(wording.text("column_kept"), 0),
        Column(wording.text("column_common"), finer),
        Column(wording.text("column_pupils"), 0, field="n"),
    )
    each_is = [
        row
        for each in results
        for row in (*((NOTHING, three) for three in _three(each, unit_id, lang)), *_values(each, unit_id, lang))
    ]
    rows, mine_are = tuple(row for _, row in each_is), tuple(figure for figure, _ in each_is)
    return Table(wording.text("caption"), columns, rows, mine_are)


def _three(result: Result, unit_id: str, lang: str) -> list[tuple[Cell, ...]]:
    """One row for each of the three numbers, with the reason in words where there is none."""
    wording, row = Wording("growth", result.indicator, lang), estimate_of(result, unit_id)
    is_absent = row["verdict"] in UNANSWERED
    why = wording.cell(str(row["reason"]), "") if is_absent else wording.text("cell_none")
    years = why
    if row["first_year"] == row["first_year"]:
        years = f"{SchoolYear(int(row['first_year']))}–{SchoolYear(int(row['last_year']))}"
    rows: list[tuple[Cell, ...]] = []
    for name in NAMES:
        numbers = [cell(row[f"{name}{ending}"], why) for ending in ("", "_low", "_high", "_raw")]
        kept, common = cell(100 * row[f"{name}_weight"], why), cell(result.details.get(f"common_{name}"), why)
        pupils = cell(row["smallest_n"], _of_pupils(row, why, wording))
        rows.append((wording.text(f"row_{name}", name=wording.short), years, *numbers, kept, common, pupils))
    return rows


def _of_pupils(row: dict[str, Any], why: str, wording: Wording) -> str:
    return wording.text("pupils_unknown") if row["years"] else why


def _values(result: Result, unit_id: str, lang: str) -> list[tuple[About, tuple[Cell, ...]]]:
    """One row per grade and school year, as published; those of the lower grade are of the earlier measure."""
    wording = Wording("growth", result.indicator, lang)
    mine = result.series[result.series["unit_id"] == unit_id].sort_values(["grade", "year"], kind="stable")
    nothing = wording.text("not_drawn")
    rows: list[tuple[About, tuple[Cell, ...]]] = []
    for row in mine.itertuples():
        value, low, high = row_cells(row, wording, ("value", "low", "high"))
        name = wording.text("row_value", name=wording.short, grade=int(float(str(row.grade))))
        pupils = cell(row.n, wording.text("pupils_unknown"))
        year = str(SchoolYear(int(str(row.year))))
        figure = about(result, unit_id, row.year)
        if float(str(row.grade)) != result.indicator.grade:
            figure = (result.indicator.prior[0], *figure[1:])
        rows.append((figure, (name, year, nothing, low, high, value, nothing, nothing, pupils)))
    return rows
