"""The figures behind the bars."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.analyses.survey.figure import statements
from analysis.analyses.tables import about, cell, value_columns
from analysis.analyses.wording import Wording, estimate_of
from analysis.catalogue.surveys import Survey, survey_of
from analysis.model.finding import About, Cell, Column, Table
from analysis.model.observations import Result
from analysis.model.school_year import SchoolYear


def tabulate(results: Sequence[Result], unit_id: str, lang: str) -> Table:
    """One row per statement with the share of each answer; one row per measure where no answers are shown."""
    wording = Wording("survey", results[0].indicator, lang)
    survey = survey_of(results[0].indicator.id)
    if survey is None or not any(len(statements(each, unit_id)) for each in results):
        return _values(results, unit_id, lang, wording)
    each_is = [row for each in results for row in _answers(each, survey, unit_id, lang)]
    rows, mine_are = tuple(row for _, row in each_is), tuple(figure for figure, _ in each_is)
    options = (
        Column(wording.text("option_share", text=text[lang]), 0, field=f"share:{value}")
        for value, text in survey.options
    )
    columns = (
        Column(wording.text("column_measure")),
        Column(wording.text("column_statement")),
        *options,
        Column(wording.text("column_positive"), 0, field="share:positive"),
        Column(wording.text("column_low"), 0),
        Column(wording.text("column_high"), 0),
        Column(wording.text("column_answers"), 0, field="n"),
    )
    return Table(wording.text("caption"), columns, rows, mine_are)


def _answers(result: Result, survey: Survey, unit_id: str, lang: str) -> list[tuple[About, tuple[Cell, ...]]]:
    """The index with its positive answers first, then each statement: ``indicator/statement`` in what it is about."""
    wording, row = Wording("survey", result.indicator, lang), estimate_of(result, unit_id)
    hidden = wording.cell("withheld" if row["verdict"] == "withheld" else "missing", "")
    value = wording.value(row["value"]) if row["value"] == row["value"] else hidden
    whole = [cell(100 * row[name], hidden) for name in ("positive", "positive_low", "positive_high")]
    spread: list[Cell] = ["–"] * len(survey.options)
    figure = about(result, unit_id, result.year)
    index = (wording.short, wording.text("whole_index", value=value), *spread, *whole, cell(row["n"], hidden))
    found: list[tuple[About, tuple[Cell, ...]]] = [(figure, index)]
    for name, rows in statements(result, unit_id).groupby("statement", sort=False):
        asked = survey.statements[str(name)]
        text = wording.text("reversed", text=asked.text[lang]) if asked.reversed else asked.text[lang]
        shares = rows.set_index("option")["value"]
        first = rows.iloc[0]
        ends = [float(first[each]) for each in ("positive", "positive_low", "positive_high", "n")]
        asked_about: About = (f"{figure[0]}/{name}", *figure[1:])
        found.append((asked_about, (wording.short, text, *(float(shares[v]) for v, _ in survey.options), *ends)))
    return found


def _values(results: Sequence[Result], unit_id: str, lang: str, wording: Wording) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for result in results:
        words, row = Wording("survey", result.indicator, lang), estimate_of(result, unit_id)
        mine = result.series[(result.series["unit_id"] == unit_id) & (result.series["year"] == result.year)]
        status, mark = (str(mine.iloc[0][each]) for each in ("status", "mark")) if len(mine) else ("missing", "")
        why = words.cell(status, mark) if status != "given" else words.text("cell_none")
        numbers = [cell(row[name], why) for name in ("value", "value_low", "value_high", "n")]
        rows.append((words.short, str(SchoolYear(result.year)), *numbers))
    decimals = max(result.indicator.decimals for result in results)
    mine_are = tuple(about(each, unit_id, each.year) for each in results)
    return Table(wording.text("caption_values"), value_columns(wording, decimals), tuple(rows), mine_are)
