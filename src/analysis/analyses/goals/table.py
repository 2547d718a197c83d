"""The targets that hold for a unit, and how likely each is to be met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.analyses.tables import about, cell, row_cells
from analysis.analyses.wording import Wording, capitalised
from analysis.model.finding import NOTHING, About, Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per measure and target: the figure it is held against, the target, its year and setter, both chances."""
    wording = Wording("goals", results[0].indicator, lang)
    each_is = [row for result in results for row in _rows(result, unit_id, Wording("goals", result.indicator, lang))]
    rows, mine_are = tuple(row for _, row in each_is), tuple(figure for figure, _ in each_is)
    decimals = max(max(result.indicator.decimals for result in results), 1)
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_year")),
        Column(wording.text("column_value"), decimals, field="value"),
        Column(wording.text("column_pupils"), 0, field="n"),
        Column(wording.text("column_kind")),
        Column(wording.text("column_target"), decimals),
        Column(wording.text("column_due")),
        Column(wording.text("column_set_by")),
        Column(wording.text("column_now"), 1),
        Column(wording.text("column_later"), 1),
    )
    return Table(wording.text("caption"), columns, rows, mine_are)


def _rows(result: Result, unit_id: str, wording: Wording) -> list[tuple[About, tuple[Cell, ...]]]:
    judged = result.details.get("judged")
    if not isinstance(judged, pd.DataFrame):
        return []
    series = result.series[(result.series["unit_id"] == unit_id) & (result.series["year"] == result.year)]
    own: list[Cell] = [wording.cell("", "")] * 2
    if len(series):
        own = row_cells(next(series.itertuples()), wording, ("value", "n"))
    figure = about(result, unit_id, result.year)
    return [
        (NOTHING if row.target_kind == "gap_reduction" else figure, _row(row, result, own, wording))
        for row in judged[judged["unit_id"] == unit_id].itertuples()
    ]


def _row(row: Any, result: Result, own: list[Cell], wording: Wording) -> tuple[Cell, ...]:
    cannot = wording.text("cell_none")
    is_gap = row.target_kind == "gap_reduction"
    figures = [cell(row.value, cannot), cell(row.n, cannot)] if is_gap else own
    passed = row.target_due < result.year
    later = wording.text("cell_passed") if passed else cell(100 * row.probability_due, cannot)
    return (
        wording.short,
        str(SchoolYear(result.year)),
        *figures,
        capitalised(wording.text(f"kind_{row.target_kind}")),
        float(row.target),
        str(SchoolYear(int(row.target_due))),
        wording.text(f"set_by_{row.target_set_by}"),
        cell(100 * row.probability_now, cannot),
        later,
    )
