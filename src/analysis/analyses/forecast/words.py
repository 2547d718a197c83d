"""What is expected, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from analysis.analyses.forecast.figure import drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, noise_in_words, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.words import Direction

CERTAIN = ("likely_higher", "likely_lower")


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """What the next two school years are expected to bring if the line goes on, with 95 % prediction intervals."""
    row = estimate_of(result, unit_id)
    wording, verdict = Wording("forecast", result.indicator, lang), str(row["verdict"])
    if verdict in UNANSWERED:
        return absent(result, unit_id, wording)
    fields: dict[str, object] = {"count": number(row["years"], 0, lang)}
    if verdict != "too_few":
        fields |= _fields(result, row, wording)
    headline = wording.text(f"headline_{verdict}", name=wording.short)
    return Finding(
        question="forecast",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=headline,
        sentence=wording.text(f"sentence_{verdict}", name=wording.name, **fields),
        brief=f"{headline}." if verdict == "too_few" else wording.text("brief", headline=headline, **fields),
        weight=weight(row["estimate"], row["se"], True) if verdict in CERTAIN else 0.0,
        good=_is_good(verdict, result.indicator.direction),
    )


def _fields(result: Result, row: dict[str, Any], wording: Wording) -> dict[str, object]:
    return {
        "next": _expected(row["next"], wording),
        "later": _expected(row["later"], wording),
        "next_year": wording.in_year(result.year + 1),
        "later_year": wording.in_year(result.year + 2),
        "interval": wording.text("prediction_interval", span=wording.plain_ends(row["next_low"], row["next_high"])),
        "later_interval": wording.plain_ends(row["later_low"], row["later_high"]),
        "value": wording.value(row["value"]),
        "year": wording.in_year(result.year),
        "pupils": wording.pupils(row["smallest_n"], "pupils_at_least"),
        "difference": wording.plain_ends(row["low"], row["high"], signed=True),
        "turned": _turned(row, wording),
    }


def _turned(row: dict[str, Any], wording: Wording) -> str:
    """Why the value expected lies on the other side of the newest one than the line leads."""
    if row["shrunken"] > 0 and row["verdict"] == "likely_lower":
        return wording.text("turned_high")
    if row["shrunken"] < 0 and row["verdict"] == "likely_higher":
        return wording.text("turned_low")
    return ""


def _expected(value: float, wording: Wording) -> str:
    """An expected value with its unit, with one decimal where published values have none."""
    return wording.text(f"value_{wording.indicator.unit}", value=number(value, wording.finer, wording.lang))


def _is_good(verdict: str, direction: Direction) -> bool | None:
    if verdict not in CERTAIN or direction == Direction.CONTEXT:
        return None
    return (verdict == "likely_higher") == (direction == Direction.HIGHER)


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The line charts with their fans for those who cannot see them."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of the forecast with its numbers."""
    row, wording = estimate_of(result, unit_id), Wording("forecast", result.indicator, lang)
    slope = ""
    if row["shrunken"] == row["shrunken"]:
        units = int(str(result.details["pooled_units"]))
        slope = wording.text(
            "explain_pooled" if units else "explain_own",
            slope=wording.change(row["shrunken"], signed=True),
            units=number(units, 0, lang),
            weight=wording.percent(row["shrinkage_weight"]),
        )
    df = row["df"]
    return wording.text(
        "explain",
        count=number(row["years"], 0, lang),
        slope=slope,
        df=wording.text("df", df=number(df, 0, lang)) if math.isfinite(df) else "",
        noise=noise_in_words(result, unit_id, wording),
        tested=number(int(str(result.details["tested"])), 0, lang),
        flagged=number(int(str(result.details["flagged"])), 0, lang),
    )
