"""What level, growth and trend say, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from analysis.analyses.growth.figure import drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.words import Direction
from analysis.statistics.seda import NAMES

DIFFERENT = ("growth_above", "growth_below")


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """How high the unit's results are, how far a cohort comes from grade to grade, and how cohorts differ."""
    row, wording = estimate_of(result, unit_id), Wording("growth", result.indicator, lang)
    verdict = str(row["verdict"])
    if verdict in (*UNANSWERED, "refused"):
        return absent(result, unit_id, wording)
    headline = wording.text(f"headline_{verdict}", name=wording.short)
    if verdict == "too_few":
        count = number(row["years"], 0, lang)
        sentence = wording.text("sentence_too_few", name=wording.name, count=count)
        return Finding("growth", result.indicator.id, unit_id, verdict, headline, sentence, f"{headline}.")
    fields = _fields(result, row, wording)
    direction = result.indicator.direction
    good = None if verdict not in DIFFERENT or direction == Direction.CONTEXT else _is_good(verdict, direction)
    return Finding(
        question="growth",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=headline,
        sentence=wording.text("sentence", name=wording.name, clause=wording.text(f"clause_{verdict}"), **fields),
        brief=wording.text("brief", headline=headline, **fields),
        weight=weight(row["estimate"], row["se"], verdict in DIFFERENT),
        good=good,
    )


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """Alternative text: what each figure shows."""
    return alternative("alternative", drawn(results, unit_id), [say(each, unit_id, lang) for each in results], lang)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of level, growth and trend with its numbers."""
    wording, details = Wording("growth", result.indicator, lang), result.details
    left_out = number(int(str(details["cells_left_out"])), 0, lang)
    if "units" not in details:
        return wording.text("explain_none", left_out=left_out)
    sizes = {f"{name}_sd": number(float(str(details[f"{name}_sd"])), 2, lang) for name in NAMES}
    cell_sd, units = number(float(str(details["cell_sd"])), 2, lang), number(int(str(details["units"])), 0, lang)
    return wording.text(
        "explain", how=wording.text("how_alone"), units=units, cell_sd=cell_sd, left_out=left_out, **sizes
    )


def grades_of(result: Result) -> dict[str, str]:
    """The two grades, for a text that names them."""
    earlier, later = cast("tuple[int, int]", result.details["grades"])
    return {"earlier": str(earlier), "later": str(later)}


def _fields(result: Result, row: Mapping[str, Any], wording: Wording) -> dict[str, object]:
    common = float(str(result.details["common_growth"]))
    average = number(row["average"], wording.finer, wording.lang)
    return {
        **grades_of(result),
        "average": wording.text(f"value_{wording.indicator.unit}", value=average),
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
