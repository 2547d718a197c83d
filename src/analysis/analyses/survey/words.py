"""What the pupils' answers say, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.analyses.survey.figure import drawn
from analysis.analyses.wording import (
    UNANSWERED,
    Wording,
    absent,
    alternative,
    estimate_of,
    noise_in_words,
    weight,
)  # fmt: skip
from analysis.catalogue.surveys import survey_of
from analysis.model.finding import Finding
from analysis.model.language import number, span
from analysis.model.observations import Result
from analysis.model.words import Direction

CERTAIN = ("above_municipality", "below_municipality")
COMPARED = (*CERTAIN, "no_certain_difference")
WELL_ANSWERED = 0.8
"""below this response it is said what those without a value could do to the figure"""


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """The index of the unit's pupils, its interval and response, and whether it differs from the municipality."""
    row, wording = estimate_of(result, unit_id), Wording("survey", result.indicator, lang)
    verdict = str(row["verdict"])
    if verdict in UNANSWERED:
        return absent(result, unit_id, wording)
    good = _is_good(verdict, result.indicator.direction)
    fields = _fields(row, result, wording) | _difference(row, wording)
    fields["good"] = "" if good is None else wording.text("good" if good else "bad")
    headline = wording.text(f"headline_{verdict}", name=wording.short)
    size = ("change", "difference_interval") if verdict in COMPARED else ("value", "interval")
    return Finding(
        question="survey",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=headline,
        sentence=wording.text(f"sentence_{verdict}", name=wording.name, **fields),
        brief=f"{headline} ({fields[size[0]]}; {fields[size[1]]}; {fields['answers']}).",
        weight=weight(row["estimate"], row["se"], verdict in CERTAIN) if verdict in COMPARED else 0.1,
        good=good,
    )


def _is_good(verdict: str, direction: Direction) -> bool | None:
    if verdict not in CERTAIN or direction == Direction.CONTEXT:
        return None
    return (verdict == "above_municipality") == (direction == Direction.HIGHER)


def _fields(row: dict[str, Any], result: Result, wording: Wording) -> dict[str, object]:
    fields: dict[str, object] = {
        "value": wording.value(row["value"]),
        "year": wording.in_year(result.year),
        "interval": wording.ends(row["value_low"], row["value_high"])
        if row["value_low"] == row["value_low"]
        else wording.text("cell_none"),
        "answers": _answers(row, wording),
        "positive": "",
        "silent": "",
    }
    if row["positive"] == row["positive"]:
        ends = span(100 * row["positive_low"], 100 * row["positive_high"], 0, wording.lang)
        share, interval = wording.percent(row["positive"]), wording.text("interval", span=ends)
        fields["positive"] = wording.text("positive", share=share, interval=interval)
    if row["response"] < WELL_ANSWERED:
        fields["silent"] = wording.text(
            "silent",
            missing=wording.pupils(row["invited"] - row["n"]),
            plausible=wording.plain_ends(row["plausible_low"], row["plausible_high"]),
            worst=wording.plain_ends(row["worst_low"], row["worst_high"]),
        )
    return fields


def _answers(row: dict[str, Any], wording: Wording) -> str:
    if row["n"] != row["n"]:
        return wording.text("answers_unknown")
    n = number(row["n"], 0, wording.lang)
    if row["invited"] != row["invited"]:
        return wording.text("answers_alone", n=n)
    invited = number(row["invited"], 0, wording.lang)
    return wording.text("answers", n=n, invited=invited, rate=wording.percent(row["response"]))


def _difference(row: dict[str, Any], wording: Wording) -> dict[str, object]:
    if row["verdict"] not in COMPARED:
        return {}
    certain = row["verdict"] in CERTAIN
    change, low, high = float(row["estimate"]), float(row["low"]), float(row["high"])
    if row["verdict"] == "below_municipality":
        change, low, high = -change, -high, -low
    return {
        "change": wording.change(change, signed=not certain),
        "difference_interval": wording.ends(low, high, signed=not certain),
        "municipality": wording.value(row["municipality"]),
    }


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The bars for those who cannot see them: type, measures, year and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang, one_year=True)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of the index with its numbers; of the published value where there are no answers."""
    wording, survey = Wording("survey", result.indicator, lang), survey_of(result.indicator.id)
    if result.details["kind"] == "rows" or survey is None:
        return wording.text("explain_rows", noise=noise_in_words(result, unit_id, wording))
    return wording.text(
        "explain_pupils",
        items=number(int(str(result.details["items"])), 0, lang),
        lowest=number(survey.lowest, 0, lang),
        highest=number(survey.highest, 0, lang),
        fewest=number(survey.fewest_items[result.indicator.id], 0, lang),
        reliability=_reliability(result, wording),
    )


def _reliability(result: Result, wording: Wording) -> str:
    details: dict[str, Any] = dict(result.details)
    if "alpha" not in details:
        return wording.text("reliability_refused")
    ends = span(details["alpha_low"], details["alpha_high"], 2, wording.lang)
    omega = wording.text("omega", omega=number(details["omega"], 2, wording.lang)) if "omega" in details else ""
    return wording.text(
        "reliability",
        complete=number(details["complete"], 0, wording.lang),
        alpha=number(details["alpha"], 2, wording.lang),
        interval=wording.text("interval", span=ends),
        omega=omega,
    )
