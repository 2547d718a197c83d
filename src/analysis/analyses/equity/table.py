"""The figures behind the gaps and the spreads."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.tables import cell, row_cells
from analysis.analyses.wording import Wording, estimate_of
from analysis.model.finding import Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear
from analysis.model.words import BOYS, GIRLS


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """Girls and boys by school year in a school; the spread between schools at the levels above."""
    wording = Wording("equity", results[0].indicator, lang)
    gap = results[0].details["kind"] == "gap"
    rows = [row for result in results for row in (_gaps if gap else _spreads)(result, unit_id, lang)]
    decimals = max(result.indicator.decimals for result in results)
    columns = _gap_columns(wording, decimals) if gap else _spread_columns(wording, decimals)
    return Table(wording.text("caption_gap" if gap else "caption_spread"), columns, tuple(rows))


def _gap_columns(wording: Wording, decimals: int) -> tuple[Column, ...]:
    return (
        Column(wording.text("column_measure")),
        Column(wording.text("column_year")),
        Column(wording.text("girls"), decimals),
        Column(wording.text("boys"), decimals),
        Column(wording.text("column_gap"), decimals, signed=True),
    )


def _spread_columns(wording: Wording, decimals: int) -> tuple[Column, ...]:
    finer = max(decimals, 1)
    return (
        Column(wording.text("column_measure")),
        Column(wording.text("column_year")),
        Column(wording.text("column_value"), decimals),
        Column(wording.text("column_schools"), 0),
        Column(wording.text("column_lowest"), decimals),
        Column(wording.text("column_highest"), decimals),
        Column(wording.text("column_spread"), finer),
        Column(wording.text("column_low"), finer),
        Column(wording.text("column_high"), finer),
        Column(wording.text("column_share"), 0),
    )


def _gaps(result: Result, unit_id: str, lang: str) -> list[tuple[Cell, ...]]:
    wording = Wording("equity", result.indicator, lang)
    mine = result.series[result.series["unit_id"] == unit_id]
    rows: list[tuple[Cell, ...]] = []
    for year in sorted({int(each) for each in mine["year"]}):
        sides: list[Cell] = []
        for group in (GIRLS, BOYS):
            found = mine[(mine["year"] == year) & (mine["group"] == group)]
            sides += row_cells(next(found.itertuples()), wording, ("value",)) if len(found) else [wording.cell("", "")]
        girls, boys = sides
        both = isinstance(girls, float) and isinstance(boys, float)
        gap: Cell = girls - boys if both else wording.text("cell_none")  # type: ignore[operator]
        rows.append((wording.short, str(SchoolYear(year)), girls, boys, gap))
    return rows


def _spreads(result: Result, unit_id: str, lang: str) -> list[tuple[Cell, ...]]:
    wording = Wording("equity", result.indicator, lang)
    row, cannot = estimate_of(result, unit_id), wording.text("cell_none")
    names = ("schools", "lowest", "highest", "estimate", "low", "high")
    numbers = [cell(row[name], cannot) for name in names]
    share = cell(100 * row["between_share"], cannot)
    mine = result.series[(result.series["unit_id"] == unit_id) & (result.series["group"] != "school")]
    now = mine[mine["year"] == result.year]
    own = row_cells(next(now.itertuples()), wording, ("value",)) if len(now) else [wording.cell("", "")]
    return [(wording.short, str(SchoolYear(result.year)), *own, *numbers, share)]
