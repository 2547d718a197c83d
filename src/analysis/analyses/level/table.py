"""The figures behind the dot plots."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.level.figure import COMPARED
from analysis.analyses.level.words import verdicts
from analysis.analyses.tables import about, cell
from analysis.analyses.wording import Wording, estimate_of
from analysis.model.by_unit import of_unit
from analysis.model.finding import Cell, Column, Table
from analysis.model.observations import Result


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """Per measure: the unit's value, each comparison with difference, interval and verb, and the similar units."""
    wording = Wording("level", results[0].indicator, lang)
    rows, mine_are, against = [], [], []
    for result in results:
        for unit, row in _rows(result, unit_id, Wording("level", result.indicator, lang)):
            rows.append(row)
            mine_are.append(about(result, unit_id, result.year))
            against.append(unit)
    columns = columns_of(results, lang)
    return Table(wording.text("caption"), columns, tuple(rows), tuple(mine_are), tuple(against))


def columns_of(results: Sequence[Result], lang: str, *, of_one_thing: bool = False) -> tuple[Column, ...]:
    """The columns of a table of comparisons; without that of what is compared with where it is one thing throughout."""
    wording, decimals = Wording("level", results[0].indicator, lang), max(each.indicator.decimals for each in results)
    finer = max(decimals, 1)
    against = () if of_one_thing else (Column(wording.text("column_against")),)
    return (
        Column(wording.text("column_measure")),
        Column(wording.text("column_value"), decimals, field="value"),
        Column(wording.text("column_pupils"), 0, field="n"),
        *against,
        Column(wording.text("column_reference"), decimals, field="reference"),
        Column(wording.text("column_difference"), finer, signed=True),
        Column(wording.text("column_low"), finer, signed=True),
        Column(wording.text("column_high"), finer, signed=True),
        Column(wording.text("column_verb")),
    )


Row = tuple[str, tuple[Cell, ...]]
"""the unit that the row compares with, empty for none, and its cells"""


def _rows(result: Result, unit_id: str, wording: Wording) -> list[Row]:
    row, found = estimate_of(result, unit_id), verdicts(result, unit_id)
    series = of_unit(result.series, unit_id)
    mine = series[series["year"] == result.year]
    why = wording.cell(str(mine["status"].iloc[0]), str(mine["mark"].iloc[0])) if len(mine) else wording.cell("", "")
    own: list[Cell] = [wording.short, cell(row["value"], why), cell(row["n"], why)]
    cannot = wording.text("cell_none")
    rows: list[Row] = []
    for name in COMPARED:
        if name not in row or row[name] != row[name]:
            continue
        numbers = [cell(row[f"{name}_{end}"], cannot) for end in ("diff", "low", "high")]
        verb = wording.text(f"verb_{found[name]}") if name in found else cannot
        other = str(result.units.at[unit_id, f"{name}_id"]) if f"{name}_id" in result.units.columns else ""
        rows.append((other, (*own, wording.text(f"label_{name}"), cell(row[name], cannot), *numbers, verb)))
    rows += [(unit, (*own, *each)) for unit, each in _similar(result, str(row["similar_units"]), wording)]
    return rows or [("", (*own, cannot, cannot, cannot, cannot, cannot, cannot))]


def _similar(result: Result, names: str, wording: Wording) -> list[Row]:
    """One row per similar unit: its name and value; single units are not judged against each other."""
    cannot = wording.text("cell_none")
    values, name_of = result.estimates["value"], result.units["name"]
    return [
        (unit, (wording.text("one_similar", unit=name_of[unit]), cell(values[unit], cannot), *["–"] * 4))
        for unit in names.split()
    ]
