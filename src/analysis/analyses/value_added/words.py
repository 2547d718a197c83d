"""How far the pupils have come, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.analyses.value_added.figure import drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, noise_in_words, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.words import Direction

INSIDE_SCHOOLS = ("team", "group")
"""units that a school may have only one of, so that they cannot be told apart from it"""
FEWEST_SAID = 5
"""a number of pupils below this, above none, is not said"""


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """Whether the unit's pupils have come further than those who started alike, or less far: by how much, and n."""
    row, wording = estimate_of(result, unit_id), Wording("value_added", result.indicator, lang)
    verdict, reason = str(row["verdict"]), str(row["reason"])
    if verdict in UNANSWERED:
        return absent(result, unit_id, wording)
    if reason:
        return _unanswered(result, unit_id, wording, verdict, reason)
    is_certain = verdict in ("above", "below")
    if result.details["way"] == "rows":
        kind, names, size = f"growth_{verdict}", ("estimate", "low", "high"), "diff"
        fields = _growth_fields(result, row, wording)
    else:
        is_alike = bool(result.details["is_alike"]) and not is_certain
        kind, names, size = "alike" if is_alike else verdict, ("shrunken", "shrunken_low", "shrunken_high"), "kept"
        fields = _pupil_fields(row, wording)
    middle, low, high = (float(row[name]) for name in names)
    if verdict == "below":
        middle, low, high = -middle, -high, -low
    fields[size] = wording.change(middle, signed=not is_certain)
    fields |= {"interval": wording.ends(low, high, signed=not is_certain), "pupils": wording.pupils(row["n"])}
    headline = wording.text(f"headline_{kind}", name=wording.short)
    return Finding(
        question="value_added",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=headline,
        sentence=wording.text(f"sentence_{kind}", name=wording.name, **fields),
        brief=f"{headline} ({fields[size]}; {fields['interval']}; {fields['pupils']}).",
        weight=0.0 if kind == "alike" else weight(middle, (high - low) / 4, is_certain),
        good=_is_good(verdict, result.indicator.direction),
    )


def _pupil_fields(row: dict[str, Any], wording: Wording) -> dict[str, object]:
    left_out = float(row["without_prior"])
    return {
        "years": wording.years(row["first_year"], row["last_year"]),
        "left_out": "" if left_out == 0 else wording.text("left_out", n=_capital(few_or_number(left_out, wording))),
    }


def _growth_fields(result: Result, row: dict[str, Any], wording: Wording) -> dict[str, object]:
    return {
        "value": wording.value(row["value"]),
        "year": wording.in_year(result.year),
        "growth": wording.change(row["value"] - row["prior_mean"], signed=True),
        "common": wording.change(float(str(result.details["common"])), signed=True),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def few_or_number(n: float, wording: Wording) -> str:
    """How many pupils, without telling a number so small that somebody could be known by it."""
    return wording.text("few") if 0 < n < FEWEST_SAID else wording.pupils(n)


def _unanswered(result: Result, unit_id: str, wording: Wording, verdict: str, reason: str) -> Finding:
    """Why there is no answer for a unit that has pupils or a value."""
    key = "refused" if verdict == "refused" else reason
    fields: dict[str, object] = {
        "year": wording.in_year(result.year),
        "fewest": number(float(str(result.details["fewest"])), 0, wording.lang),
    }
    if key == "refused":
        inside = f"_{result.level}" if reason == "not_separable" and result.level in INSIDE_SCHOOLS else ""
        fields["why"] = wording.text(f"why_{reason}{inside}")
    headline = wording.text(f"headline_{key}", name=wording.short)
    return Finding(
        question="value_added",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=headline,
        sentence=wording.text(f"sentence_{key}", name=wording.name, **fields),
        brief=f"{headline}.",
    )


def _is_good(verdict: str, direction: Direction) -> bool | None:
    if verdict == "equal" or direction == Direction.CONTEXT:
        return None
    return (verdict == "above") == (direction == Direction.HIGHER)


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The dot plot for those who cannot see it: type, measures, year and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang, one_year=True)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The model with its variances, what was left out and what that could change."""
    wording, details = Wording("value_added", result.indicator, lang), result.details
    if "spread" not in details:
        return wording.text("explain_refused")
    units = number(float(str(details["units"])), 0, lang)
    if details["way"] == "rows":
        common = wording.change(float(str(details["common"])), signed=True)
        return wording.text("explain_rows", units=units, common=common, noise=noise_in_words(result, unit_id, wording))
    bends = int(str(details["bends"]))
    spread, pupil_sd, share = (float(str(details[name])) for name in ("spread", "pupil_sd", "share"))
    return wording.text(
        "explain_pupils",
        pupils=wording.pupils(float(str(details["pupils"]))),
        units=units,
        curve=wording.text("curve_spline", bends=number(bends, 0, lang)) if bends else wording.text("curve_line"),
        spread=wording.change(spread),
        pupil_sd=wording.change(pupil_sd),
        share=wording.percent(share),
        fewest=number(float(str(details["fewest"])), 0, lang),
        without_prior=few_or_number(float(str(details["without_prior"])), wording),
        without_value=few_or_number(float(str(details["without_value"])), wording),
        sensitivity=_sensitivity(result, wording),
        binary=wording.text("binary") if result.indicator.unit == "percent" else "",
    )


def _sensitivity(result: Result, wording: Wording) -> str:
    details = result.details
    if "with_all_refused" in details:
        return wording.text("sensitivity_refused")
    if "turned" not in details:
        return ""
    turned = number(float(str(details["turned"])), 0, wording.lang)
    return wording.text("sensitivity", turned=turned, apart=wording.change(float(str(details["largest_apart"]))))
