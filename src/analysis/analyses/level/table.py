"""The figures behind the dot plots."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.level.figure import COMPARED
from analysis.analyses.level.words import verdicts
from analysis.analyses.tables import cell
from analysis.analyses.wording import Wording, estimate_of
from analysis.model.finding import Cell, Column, Table
from analysis.model.observations import Result


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """Per measure: the unit's value, each comparison with difference, interval and verb, and the similar units."""
    wording = Wording("level", results[0].indicator, lang)
    rows = [row for result in results for row in _rows(result, unit_id, Wording("level", result.indicator, lang))]
    decimals = max(result.indicator.decimals for result in results)
    finer = max(decimals, 1)
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_value"), decimals),
        Column(wording.text("column_pupils"), 0),
        Column(wording.text("column_against")),
        Column(wording.text("column_reference"), decimals),
        Column(wording.text("column_difference"), finer, signed=True),
        Column(wording.text("column_low"), finer, signed=True),
        Column(wording.text("column_high"), finer, signed=True),
        Column(wording.text("column_verb")),
    )
    return Table(wording.text("caption"), columns, tuple(rows))


def _rows(result: Result, unit_id: str, wording: Wording) -> list[tuple[Cell, ...]]:
    row, found = estimate_of(result, unit_id), verdicts(result, unit_id)
    mine = result.series[(result.series["unit_id"] == unit_id) & (result.series["year"] == result.year)]
    why = wording.cell(str(mine["status"].iloc[0]), str(mine["mark"].iloc[0])) if len(mine) else wording.cell("", "")
    own: list[Cell] = [wording.short, cell(row["value"], why), cell(row["n"], why)]
    cannot = wording.text("cell_none")
    rows: list[tuple[Cell, ...]] = []
    for name in COMPARED:
        if name not in row or row[name] != row[name]:
            continue
        numbers = [cell(row[f"{name}_{end}"], cannot) for end in ("diff", "low", "high")]
        verb = wording.text(f"verb_{found[name]}") if name in found else cannot
        rows.append((*own, wording.text(f"label_{name}"), cell(row[name], cannot), *numbers, verb))
    rows += [(*own, *each) for each in _similar(result, str(row["similar_units"]), wording)]
    return rows or [(*own, cannot, cannot, cannot, cannot, cannot, cannot)]


def _similar(result: Result, names: str, wording: Wording) -> list[tuple[Cell, ...]]:
    """One row per similar unit: its name and value; single units are not judged against each other."""
    cannot = wording.text("cell_none")
    values = result.estimates["value"]
    return [
        (wording.text("one_similar", unit=result.units.at[unit, "name"]), cell(values[unit], cannot), *["–"] * 4)
        for unit in names.split()
    ]
