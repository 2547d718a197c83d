"""The figures behind the picture, one labelled row per kind of adjusted value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.analyses.adjusted.words import published
from analysis.analyses.tables import about, cell, row_cells
from analysis.analyses.wording import Wording, estimate_of
from analysis.model.finding import NOTHING, Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear

NUMBERS = ("expected", "estimate", "low", "high", "shrunken", "shrunken_low", "shrunken_high")
SIGNED = ("raw", "low", "high", "kept", "kept_low", "kept_high")


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """Per measure: our model, several years together, the ends of all models, SALSA's form anew, SALSA as published.

    Value, expected value, raw and remaining difference with intervals, and the share that remains.
    """
    wording = Wording("adjusted", results[0].indicator, lang)
    decimals = max(result.indicator.decimals for result in results)
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_model")),
        Column(wording.text("column_year")),
        Column(wording.text("column_value"), decimals, field="value"),
        Column(wording.text("column_pupils"), 0, field="n"),
        Column(wording.text("column_expected"), decimals),
        *(Column(wording.text(f"column_{name}"), max(decimals, 1), signed=True) for name in SIGNED),
        Column(wording.text("column_share"), 0),
    )
    rows, mine_are = [], []
    for result in results:
        for place, row in enumerate(_rows(result, unit_id, lang)):
            rows.append(row)
            mine_are.append(NOTHING if place else about(result, unit_id, result.year))
    return Table(wording.text("caption"), columns, tuple(rows), tuple(mine_are))


def _rows(result: Result, unit_id: str, lang: str) -> Iterator[tuple[Cell, ...]]:
    wording = Wording("adjusted", result.indicator, lang)
    row, cannot, not_shown = estimate_of(result, unit_id), wording.text("cell_none"), wording.text("cell_not_shown")
    mine = result.series[(result.series["unit_id"] == unit_id) & (result.series["year"] == result.year)]
    own = row_cells(next(mine.itertuples()), wording, ("value", "n")) if len(mine) else [wording.cell("", "")] * 2
    year = str(SchoolYear(result.year))

    def line(kind: str, when: str, values: Sequence[Cell], **fields: str) -> tuple[Cell, ...]:
        return (wording.short, wording.text(f"kind_{kind}", **fields), when, *values)

    def given(*names: str) -> list[Cell]:
        return [cell(row[name], cannot) if name else not_shown for name in names]

    share = cell(100 * row["shrinkage_weight"], cannot)
    yield line("own", year, [*own, *(cell(row[name], cannot) for name in NUMBERS), share])
    if row["over_years"] == row["over_years"]:
        kept = given("", "", "", "", "", "", "over_years", "over_years_low", "over_years_high", "")
        yield line("over_years", wording.text("some_years", years=str(int(row["over_years_count"]))), kept)
    if row["models"] == row["models"]:
        for end in ("low", "high"):
            kept = given("", "", "", "", "", "", f"model_{end}", "", "", "")
            yield line(f"model_{end}", year, kept, models=str(int(row["models"])))
    if row["replica"] == row["replica"]:
        again = given("replica_expected", "replica", "replica_low", "replica_high", "", "", "", "")
        yield line("replica", year, [*own, *again])
    if row["salsa_year"] == row["salsa_year"]:
        calculated = published(row["salsa_calculated"], lang)
        deviation = published(row["salsa_deviation"], lang, signed=True)
        cells = [not_shown, not_shown, calculated, deviation, *[not_shown] * 6]
        yield line("salsa", str(SchoolYear(int(row["salsa_year"]))), cells)
