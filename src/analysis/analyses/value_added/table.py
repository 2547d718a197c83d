"""The figures behind the dot plot."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.tables import about, cell
from analysis.analyses.value_added.words import few_or_number
from analysis.analyses.wording import Wording, estimate_of
from analysis.model.finding import NOTHING, About, Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear

NUMBERS = ("expected", "estimate", "low", "high", "shrunken", "shrunken_low", "shrunken_high")


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per measure: value, earlier result, expected value, raw and shrunken difference with intervals."""
    wording = Wording("value_added", results[0].indicator, lang)
    decimals = max(result.indicator.decimals for result in results)
    finer = max(decimals, 1)
    signed = ("column_raw", "column_low", "column_high", "column_kept", "column_kept_low", "column_kept_high")
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_years")),
        Column(wording.text("column_value"), finer, field="value_with_prior"),
        Column(wording.text("column_pupils"), 0, field="n_with_prior"),
        Column(wording.text("column_prior"), finer, field="prior_value"),
        Column(wording.text("column_expected"), finer),
        *(Column(wording.text(name), finer, signed=True) for name in signed),
        Column(wording.text("column_share"), 0),
        Column(wording.text("column_newest"), finer, signed=True),
        Column(wording.text("column_without")),
    )
    rows = tuple(_row(result, unit_id, lang) for result in results)
    return Table(wording.text("caption"), columns, rows, tuple(_figure(each, unit_id) for each in results))


def _figure(result: Result, unit_id: str) -> About:
    """The one cohort behind the row; several pooled are not one figure."""
    row = estimate_of(result, unit_id)
    is_one = row["last_year"] != row["last_year"] or row["first_year"] == row["last_year"]
    return about(result, unit_id, result.year) if is_one else NOTHING


def _row(result: Result, unit_id: str, lang: str) -> tuple[Cell, ...]:
    wording, row = Wording("value_added", result.indicator, lang), estimate_of(result, unit_id)
    cannot = wording.text("cell_none")
    why = cannot if row["verdict"] not in ("withheld", "missing") else wording.cell(str(row["reason"]), "")
    is_answered = row["reason"] == ""
    n = cell(row["n"], why) if is_answered else why
    left_out = row["without_prior"]
    return (
        wording.short,
        _years(row["first_year"], row["last_year"], result.year),
        cell(row["value"], why),
        n,
        cell(row["prior_mean"], why),
        *(cell(row[name], why) for name in NUMBERS),
        cell(100 * row["shrinkage_weight"], why),
        cell(row["newest"], why),
        few_or_number(left_out, wording) if is_answered and left_out == left_out else why,
    )


def _years(first: float, last: float, year: int) -> str:
    if first != first or first == last:
        return str(SchoolYear(int(last) if last == last else year))
    return f"{SchoolYear(int(first))}–{SchoolYear(int(last))}"
