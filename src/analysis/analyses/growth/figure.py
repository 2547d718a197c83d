"""Two lines by cohort: its value in the earlier grade and, a year later, in the next. What lies between is growth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from analysis.analyses.multiples import small_multiples, with_number
from analysis.analyses.wording import Wording
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import bars, line
from analysis.drawing.panel import Panel
from analysis.drawing.style import OWN, SECOND, decimal_axis, title, year_axis
from analysis.model.by_unit import of_unit
from analysis.model.observations import Result

APART = 0.06
"""how far the two grades stand from the cohort's place, so that their intervals do not hide each other"""


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with an answer for the unit, at most six."""
    return with_number(results, unit_id, "low")


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """One panel per measure with an answer for the unit, at most six; None when none has."""
    return small_multiples(drawn(results, unit_id), lambda result, panel: _draw_one(result, unit_id, lang, panel))


def _draw_one(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording = Wording("growth", result.indicator, lang)
    earlier, later = cast("tuple[int, int]", result.details["grades"])
    mine = of_unit(result.series, unit_id)
    mine = mine[mine["used"]]
    title(panel, wording.short)
    for grade, colour, marker, side in ((earlier, SECOND, "o", -APART), (later, OWN, "D", APART)):
        rows = mine[mine["grade"] == grade]
        started = rows["cohort"].to_numpy(float) + earlier
        bars(panel, started + side, rows["low"].to_numpy(float), rows["high"].to_numpy(float), colour)
        name = wording.text("grade", grade=grade)
        line(panel, started, rows["value"].to_numpy(float), name, colour=colour, marker=marker)
    year_axis(panel, [int(each) + earlier for each in mine["cohort"]])
    panel.set_xlabel(wording.text("axis", earlier=earlier))
    panel.margins(y=0.2)
    decimal_axis(panel, lang)
