"""Whether the target is met, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.analyses.goals.chances import chance_in_words, percentage, target_value
from analysis.analyses.goals.figure import drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, noise_in_words, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result

GOOD = {"met": True, "likely_met": True, "unlikely_met": False, "not_met": False}


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """The value, its target, and how likely it is that the true figure meets it now and in the target's year."""
    row, wording = estimate_of(result, unit_id), Wording("goals", result.indicator, lang)
    verdict, reason = str(row["verdict"]), str(row["reason"])
    if verdict in UNANSWERED:
        return absent(result, unit_id, wording)
    name, year = wording.name, wording.in_year(result.year)
    if reason:
        headline = wording.text(f"headline_{reason}", name=wording.short)
        fields = {"name": name, "year": year}
        if reason != "no_target":
            fields |= {"target": target_value(row, wording), "set_by": _set_by(row, unit_id, wording)}
        sentence = wording.text(f"sentence_{reason}", **fields)
        return Finding("goals", result.indicator.id, unit_id, verdict, headline, sentence, f"{headline}.")
    kind = str(row["target_kind"])
    headline = wording.text(f"headline_{verdict}", name=wording.short, kind=wording.text(f"kind_{kind}"))
    pupils, due = wording.pupils(row["smallest_n"]), wording.in_year(row["target_due"])
    target, now = target_value(row, wording), percentage(row["probability_now"], wording)
    figure = "own_gap" if kind == "gap_reduction" else "own_value"
    own = wording.text(figure, name=name, year=year, pupils=pupils, **_figures(row, wording))
    sentence = wording.text(
        f"sentence_{kind}",
        own=own,
        target=target,
        due=due,
        set_by=_set_by(row, unit_id, wording),
        now=now,
        later=chance_in_words(row, result.year, wording),
    )
    brief = wording.text("in_brief", headline=headline, now=now, target=target, pupils=pupils)
    sd = (row["shrunken_high"] - row["shrunken_low"]) / 4
    importance = weight(_distance(row), sd, verdict in ("met", "not_met"))
    good = GOOD.get(verdict)
    return Finding("goals", result.indicator.id, unit_id, verdict, headline, sentence, brief, importance, good)


def _figures(row: dict[str, Any], wording: Wording) -> dict[str, str]:
    """The unit's figure with its interval, and what is left of it when chance is allowed for."""
    if row["target_kind"] == "gap_reduction":
        return {
            "value": wording.change(row["estimate"], signed=True),
            "interval": wording.ends(row["low"], row["high"], signed=True),
        }
    return {"value": wording.value(row["value"]), "interval": wording.ends(row["value_low"], row["value_high"])}


def _distance(row: dict[str, Any]) -> float:
    """How far the drawn figure lies from the target; of a gap, from the nearer of the two."""
    figure = abs(row["shrunken"]) if row["target_kind"] == "gap_reduction" else row["shrunken"]
    return float(figure - row["target"])


def _set_by(row: dict[str, Any], unit_id: str, wording: Wording) -> str:
    """Who set the target, and for which unit when it is handed down."""
    who = wording.text(f"set_by_{row['target_set_by']}")
    if row["target_unit"] == unit_id:
        return who
    return wording.text("handed_down", who=who, level=wording.text(f"for_{str(row['target_unit']).split(':')[1]}"))


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The line charts for those who cannot see them: type, measures, period and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of the probabilities with its numbers."""
    row, wording = estimate_of(result, unit_id), Wording("goals", result.indicator, lang)
    kept, drawn_to = row["shrinkage_weight"], ""
    if kept == kept:
        low, high = row["shrunken_low"], row["shrunken_high"]
        drawn_to = wording.text(
            "explain_drawn",
            share=wording.percent(kept),
            value=number(row["shrunken"], wording.finer, lang),
            interval=wording.ends(low, high),
        )
    return wording.text("explain", drawn=drawn_to, noise=noise_in_words(result, unit_id, wording))
