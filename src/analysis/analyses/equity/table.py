"""The figures behind the gaps and the spreads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from analysis.analyses.equity.pairs import gaps_of
from analysis.analyses.equity.scan import UnitScan, scan_of
from analysis.analyses.tables import about, cell, row_cells
from analysis.analyses.wording import Wording, capitalised, estimate_of
from analysis.model.finding import NOTHING, About, Cell, Column, Table
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear
from analysis.model.words import BOYS, GIRLS

Row = tuple[Cell, ...]
EMPTY = ""
FINE = 2
"""the decimals of gaps, which may be parts of a standard deviation; figures of the unit have those of their measure"""


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per number: groups by school year, schools' spread, gaps in three measures and what goes with them.

    The note tells how many gaps were looked at and how many remain when that is counted (`scan_of`).
    """
    wording, looked = Wording("equity", results[0].indicator, lang), scan_of(results, unit_id)
    each_is = [row for result in results for row in _rows(result, unit_id, lang, looked)]
    rows, mine_are = tuple(row for _, row in each_is), tuple(figure for figure, _ in each_is)
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_what")),
        Column(wording.text("column_year")),
        Column(wording.text("column_value"), FINE, field="value"),
        Column(wording.text("column_low"), FINE, field="low"),
        Column(wording.text("column_high"), FINE, field="high"),
        Column(wording.text("column_smallest"), 0, field="n"),
        Column(wording.text("column_remains")),
    )
    kind = "caption_gap" if results[0].details["kind"] == "gap" else "caption_spread"
    note = scan_in_words(looked, wording).strip()
    of_measure = {result.indicator.id: max(result.indicator.decimals, 1) for result in results}
    places = tuple(of_measure.get(indicator, FINE) for indicator, *_ in mine_are)
    return Table(wording.text(kind), columns, rows, mine_are, decimals=places, note=note)


def scan_in_words(looked: UnitScan, wording: Wording) -> str:
    """How many gaps were looked at and how many remain; nothing where fewer than two were."""
    if looked.looked_at < 2:
        return ""
    numbers = {"looked": looked.looked_at, "remain": looked.remaining, "by_chance": math.ceil(looked.by_chance)}
    return " " + wording.text("scan", **{name: number(each, 0, wording.lang) for name, each in numbers.items()})


def _rows(result: Result, unit_id: str, lang: str, looked: UnitScan) -> list[tuple[About, Row]]:
    wording = Wording("equity", result.indicator, lang)
    first = _years_by_sex(result, unit_id, wording) if result.details["kind"] == "gap" else []
    if result.details["kind"] == "spread":
        first = _spread(result, unit_id, wording)
    gaps = [
        row for each in gaps_of(result.details, unit_id).itertuples() for row in _gap(each, result, wording, looked)
    ]
    return first + [(NOTHING, row) for row in gaps + _background(result, unit_id, wording)]


def _years_by_sex(result: Result, unit_id: str, wording: Wording) -> list[tuple[About, Row]]:
    mine = result.series[result.series["unit_id"] == unit_id].sort_values(["group", "year"], ascending=[False, True])
    rows: list[tuple[About, Row]] = []
    for row in mine[mine["group"].isin([GIRLS, BOYS])].itertuples():
        numbers = row_cells(row, wording, ("value", "low", "high", "n"))
        group, year = wording.text(str(row.group)), str(SchoolYear(int(str(row.year))))
        figure = about(result, unit_id, row.year, str(row.group))
        rows.append((figure, (wording.short, group, year, *numbers, EMPTY)))
    return rows


def _spread(result: Result, unit_id: str, wording: Wording) -> list[tuple[About, Row]]:
    row, cannot = estimate_of(result, unit_id), wording.text("cell_none")
    year = str(SchoolYear(result.year))
    mine = result.series[(result.series["unit_id"] == unit_id) & (result.series["group"] != "school")]
    now = mine[mine["year"] == result.year]
    own = [wording.cell("", "")] * 4
    if len(now):
        own = [*row_cells(next(now.itertuples()), wording, ("value", "low", "high", "n"))]  # type: ignore[list-item]
    smallest = cell(row["smallest_n"], wording.text("unknown"))
    schools = number(row["schools"], 0, wording.lang)
    share = [cell(100 * row[f"between_{name}"], cannot) for name in ("share", "low", "high")]
    spread = [cell(row[name], cannot) for name in ("estimate", "low", "high")]
    rows: list[Row] = [
        (wording.short, wording.text("row_own"), year, *own, EMPTY),
        (wording.short, wording.text("row_lowest"), year, cell(row["lowest"], cannot), EMPTY, EMPTY, EMPTY, EMPTY),
        (wording.short, wording.text("row_highest"), year, cell(row["highest"], cannot), EMPTY, EMPTY, EMPTY, EMPTY),
        (wording.short, wording.text("row_spread", schools=schools), year, *spread, smallest, EMPTY),
        (wording.short, wording.text("row_share"), year, *share, smallest, EMPTY),
    ]
    return [(NOTHING if place else about(result, unit_id, result.year), row) for place, row in enumerate(rows)]


def _gap(gap: Any, result: Result, wording: Wording, looked: UnitScan) -> list[Row]:
    """A gap in points, in per cent, in standard deviations, and its change per year."""
    fields = {
        "pair": capitalised(wording.text(f"pair_{gap.pair}")),
        "unit": wording.text(f"unit_{result.indicator.unit}"),
    }
    remains = looked.remains(result.indicator.id, gap.pair)
    rows: list[Row] = []
    for name in ("gap", "relative", "standardised", "slope"):
        parts = ("low", "high") if name == "gap" else (f"{name}_low", f"{name}_high")
        why = wording.text("cell_withheld" if gap.status == "withheld" else "cell_none")
        first = gap.slope_first if name == "slope" and gap.status == "given" else gap.first_year
        numbers = [cell(getattr(gap, each), why) for each in (name, *parts)]
        n = cell(gap.smallest_n, why if gap.status == "withheld" else wording.text("unknown"))
        kept = EMPTY if name != "gap" or remains is None else wording.text("yes" if remains else "no")
        rows.append(
            (wording.short, wording.text(f"row_{name}", **fields), _period(first, gap.last_year), *numbers, n, kept)
        )
    return rows[:1] if gap.status == "withheld" else rows


def _background(result: Result, unit_id: str, wording: Wording) -> list[Row]:
    frame: Any = result.details["background"]
    rows: list[Row] = []
    for row in frame[frame["unit_id"] == unit_id].itertuples():
        why = wording.text("cell_withheld" if row.reason == "withheld" else "cell_none")
        numbers = [cell(getattr(row, name), why) for name in ("value", "low", "high", "smallest_n")]
        unit = wording.text(f"unit_{result.indicator.unit}")
        what = wording.text(f"row_{row.measure}", unit=unit)
        rows.append((wording.short, what, str(SchoolYear(result.year)), *numbers, EMPTY))
    return rows


def _period(first: float, last: float) -> str:
    ends = [str(SchoolYear(int(first))), str(SchoolYear(int(last)))]
    return ends[0] if first == last else "–".join(ends)
