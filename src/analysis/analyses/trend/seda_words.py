"""What level, growth and trend say, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from analysis.analyses.wording import UNANSWERED, Wording, absent, capitalised, estimate_of, weight
from analysis.model.finding import Cell, Column, Finding, Table
from analysis.model.language import join, number
from analysis.model.observations import Result
from analysis.model.words import Direction, Texts
from analysis.statistics.seda import NAMES

DIFFERENT = ("growth_above", "growth_below")


def say_seda(result: Result, unit_id: str, lang: str) -> Finding:
    """How high the unit's results are, how far a cohort comes from grade to grade, and how cohorts differ."""
    row, wording = estimate_of(result, unit_id), Wording("trend", result.indicator, lang)
    verdict, name = str(row["verdict"]), names(result, lang)
    if verdict in (*UNANSWERED, "refused"):
        return absent(result, unit_id, wording)
    headline = wording.text(f"seda_headline_{verdict}", name=name)
    if verdict == "too_few":
        count = number(row["years"], 0, lang)
        sentence = wording.text("seda_sentence_too_few", name=name, count=count)
        return Finding("trend", result.indicator.id, unit_id, verdict, headline, sentence, f"{headline}.")
    fields = _fields(result, row, wording)
    direction = result.indicator.direction
    good = None if verdict not in DIFFERENT or direction == Direction.CONTEXT else _is_good(verdict, direction)
    return Finding(
        question="trend",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=headline,
        sentence=wording.text("seda_sentence", name=name, clause=wording.text(f"seda_clause_{verdict}"), **fields),
        brief=wording.text("seda_brief", headline=headline, **fields),
        weight=weight(row["estimate"], row["se"], verdict in DIFFERENT),
        good=good,
    )


def names(result: Result, lang: str) -> str:
    """The indicators of all grades, as a sentence begins."""
    shorts = cast("tuple[Texts, ...]", result.details["shorts"])
    return capitalised(join([each[lang] for each in shorts], lang))


def tabulate_seda(result: Result, unit_id: str, lang: str) -> Table:
    """Level, growth and trend: from the own cells alone, drawn towards the common ones, and the common ones."""
    row, wording = estimate_of(result, unit_id), Wording("trend", result.indicator, lang)
    decimals = wording.finer
    rows: list[tuple[Cell, ...]] = []
    for name in NAMES if row.get("growth", float("nan")) == row.get("growth") else ():
        numbers = [float(row[each]) for each in (f"{name}_raw", name, f"{name}_low", f"{name}_high")]
        kept, common = wording.percent(row[f"{name}_weight"]), float(str(result.details[f"common_{name}"]))
        rows.append((wording.text(f"seda_row_{name}"), *numbers, kept, common))
    titles = ("seda_column_raw", "seda_column_drawn", "column_low", "column_high")
    columns = [Column(wording.text("column_measure")), *(Column(wording.text(each), decimals) for each in titles)]
    columns += [Column(wording.text("seda_column_kept")), Column(wording.text("seda_column_common"), decimals)]
    return Table(f"{wording.text('seda_caption')}: {names(result, lang)}", tuple(columns), tuple(rows))


def explain_seda(result: Result, unit_id: str, lang: str) -> str:
    """The method of level, growth and trend with its numbers."""
    wording, details = Wording("trend", result.indicator, lang), result.details
    left_out = number(int(str(details["cells_left_out"])), 0, lang)
    if "units" not in details:
        return wording.text("seda_explain_none", left_out=left_out)
    sizes = {f"{name}_sd": number(float(str(details[f"{name}_sd"])), 2, lang) for name in NAMES}
    cell_sd, units = number(float(str(details["cell_sd"])), 2, lang), number(int(str(details["units"])), 0, lang)
    how = wording.text("seda_how_alone" if details["is_alone"] else "seda_how_together")
    return wording.text("seda_explain", how=how, units=units, cell_sd=cell_sd, left_out=left_out, **sizes)


def _fields(result: Result, row: Mapping[str, Any], wording: Wording) -> dict[str, object]:
    common = float(str(result.details["common_growth"]))
    return {
        "average": wording.text(
            f"value_{wording.indicator.unit}", value=number(row["average"], wording.finer, wording.lang)
        ),
        "average_interval": wording.ends(row["average_low"], row["average_high"]),
        "growth": wording.change(row["growth"], signed=True),
        "growth_interval": wording.ends(row["growth_low"], row["growth_high"], signed=True),
        "growth_ends": wording.plain_ends(row["growth_low"], row["growth_high"], signed=True),
        "common": wording.change(common, signed=True),
        "cohorts": wording.change(row["cohorts"], signed=True),
        "cohorts_ends": wording.plain_ends(row["cohorts_low"], row["cohorts_high"], signed=True),
        "years": wording.years(row["first_year"], row["last_year"]),
        "count": number(row["years"], 0, wording.lang),
        "pupils": wording.pupils(row["smallest_n"], "pupils_at_least"),
    }


def _is_good(verdict: str, direction: Direction) -> bool:
    return (verdict == "growth_above") == (direction == Direction.HIGHER)
