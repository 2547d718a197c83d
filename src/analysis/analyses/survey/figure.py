"""How the answers are spread, as stacked bars; a point with its interval where the spread is not shown."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.analyses.wording import Wording, capitalised, estimate_of
from analysis.catalogue.surveys import Survey, survey_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import key, resting_points
from analysis.drawing.panel import Panel
from analysis.drawing.style import MOST_PANELS, OWN, TEXT, decimal_axis, panels, plain, title
from analysis.model.by_unit import of_unit
from analysis.model.language import number
from analysis.model.observations import Result

SHADES = {4: ("#12436D", "#5B8DB8", "#B5B5B5", "#E6E6E6"), 5: ("#12436D", "#4A7BA6", "#8FB0CC", "#C4C4C4", "#EBEBEB")}
"""from agreeing to disagreeing, each lighter than the one before, so that they hold without colour"""
EDGE = "#595959"
LEAST_LABELLED = 7.0
"""a part of a bar has its percentage written in it from this many per cent"""
BAR, STATEMENT_WIDTH = 0.46, 105


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results with a value for the unit in the year, at most six."""
    return [each for each in results if estimate_of(each, unit_id)["value"] == estimate_of(each, unit_id)["value"]][
        :MOST_PANELS
    ]


def statements(result: Result, unit_id: str) -> Any:
    """The rows of the unit's answers to each statement; empty where the spread is not shown."""
    mine = of_unit(result.series, unit_id)
    return mine[mine["group"] == "statement"]


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """One panel per measure below each other; None when none has a value."""
    shown = drawn(results, unit_id)
    if not shown:
        return None
    heights = [0.55 + BAR * max(statements(each, unit_id)["statement"].nunique(), 2)
               if len(statements(each, unit_id)) else 1.3 for each in shown]  # fmt: skip
    drawing, made = panels(len(shown), columns=1, heights=heights)
    for result, panel in zip(shown, made, strict=True):
        title(panel, Wording("survey", result.indicator, lang).short, 80)
        survey, rows = survey_of(result.indicator.id), statements(result, unit_id)
        if survey is not None and len(rows):
            _bars(survey, rows, lang, panel, Wording("survey", result.indicator, lang))
        else:
            _point(result, unit_id, lang, panel)
    key(drawing, 2)
    return drawing


def _bars(survey: Survey, rows: Any, lang: str, panel: Panel, wording: Wording) -> None:
    asked = list(dict.fromkeys(rows["statement"]))
    for place, name in enumerate(reversed(asked)):
        mine = rows[rows["statement"] == name].set_index("option")["value"]
        left = 0.0
        for (value, text), shade in zip(survey.options, SHADES[len(survey.options)], strict=True):
            width = float(mine[value])
            label = text[lang] if place == 0 else ""
            panel.barh(place, width, BAR, left=left, color=shade, edgecolor=EDGE, linewidth=0.6, label=label)
            if width >= LEAST_LABELLED:
                ink = "white" if shade == OWN else TEXT
                panel.write(number(width, 0, lang), left + width / 2, place, ink, across="center")
            left += width
        panel.write(_statement(survey, name, lang, wording), 0.0, place + 0.29, TEXT, up="bottom")
    panel.set_ylim(-0.35, len(asked) - 0.25)
    panel.set_xlim(0, 100)
    panel.set_yticks([])
    panel.set_xticks([])
    panel.grid(False)
    panel.bare |= {"left", "bottom"}


def _statement(survey: Survey, name: str, lang: str, wording: Wording) -> str:
    text = survey.statements[name].text[lang]
    if survey.statements[name].reversed:
        text = wording.text("reversed", text=text)
    return plain(textwrap.shorten(text, STATEMENT_WIDTH, placeholder="…"), STATEMENT_WIDTH)


def _point(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    row, wording = estimate_of(result, unit_id), Wording("survey", result.indicator, lang)
    found = [(str(result.units.at[unit_id, "name"]), row["value"], row["value_low"], row["value_high"])]
    if row["municipality"] == row["municipality"]:
        found.append((capitalised(wording.text("municipality")), row["municipality"], np.nan, np.nan))
    labels, values, low, high = zip(*found, strict=True)
    numbers = [np.array(each, dtype=float) for each in (values, low, high)]
    resting_points(panel, numbers[0], numbers[1], numbers[2], list(labels))
    panel.margins(x=0.2)
    decimal_axis(panel, lang, "x")
