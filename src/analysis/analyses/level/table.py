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
from analysis.model.school_year import SchoolYear
from analysis.model.words import ALL


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """Per measure: the unit's value, each comparison with difference, interval and verb; beside it similar units."""
    wording = Wording("level", results[0].indicator, lang)
    rows, mine_are, against = [], [], []
    for result in results:
        for unit, row in _rows(result, unit_id, Wording("level", result.indicator, lang)):
            rows.append(row)
            mine_are.append(about(result, unit_id, result.year))
            against.append(unit)
    columns = columns_of(results, lang)
    alike = similar_units(results, unit_id, lang)
    return Table(wording.text("caption"), columns, tuple(rows), tuple(mine_are), tuple(against), beside=alike)


def similar_units(results: Sequence[Result], unit_id: str, lang: str) -> Table | None:
    """The similar units of each school year by name with their values; None where no measure has any.

    Single units are not judged against each other. A unit that is not similar for a measure, because it has no value
    or another is nearer, has a dash there.
    """
    found: dict[tuple[int, str], dict[str, Cell]] = {}
    asked, name_of = [], {}
    for result in results:
        names = str(estimate_of(result, unit_id)["similar_units"]).split()
        cannot = Wording("level", result.indicator, lang).text("cell_none")
        for unit in names:
            value = cell(result.estimates["value"][unit], cannot)
            found.setdefault((result.year, unit), {})[result.indicator.id] = value
            name_of[unit] = str(result.units["name"][unit])
        asked += [result] if names else []
    if not found:
        return None
    wording = Wording("level", asked[0].indicator, lang)
    columns = [Column(wording.text("column_similar")), Column(wording.text("column_year"))]
    for result in asked:
        own = Wording("level", result.indicator, lang)
        columns.append(Column(own.short, result.indicator.decimals, field=f"value@{result.indicator.id}"))
    rows = tuple(
        (name_of[unit], str(SchoolYear(year)), *(values.get(each.indicator.id, "–") for each in asked))
        for (year, unit), values in found.items()
    )
    about = tuple(("", unit, ALL, str(year)) for year, unit in found)
    return Table(wording.text("caption_similar"), tuple(columns), rows, about)


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
    return rows or [("", (*own, cannot, cannot, cannot, cannot, cannot, cannot))]
