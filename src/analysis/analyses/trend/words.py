"""What the trend says, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from analysis.analyses.trend.figure import drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, noise_in_words, weight
from analysis.model.finding import Finding
from analysis.model.language import NBSP, number
from analysis.model.observations import Result
from analysis.model.words import Direction

FEW_PUPILS = 30
"""fewer pupils in the newest year: the three newest are said together as well"""


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """Whether the unit's figures rise, fall or show no certain change: slope per school year, interval, years, n."""
    row = estimate_of(result, unit_id)
    wording, verdict = Wording("trend", result.indicator, lang), str(row["verdict"])
    if verdict in UNANSWERED:
        return absent(result, unit_id, wording)
    more = _pooled(row, wording) + _changed(row, wording)
    fields: dict[str, object] = {"count": number(row["years"], 0, lang), "more": more}
    good = None
    if verdict != "too_few":
        good = _is_good(verdict, result.indicator.direction)
        certain = verdict in ("rise", "fall")
        change, low, high = float(row["estimate"]), float(row["low"]), float(row["high"])
        if verdict == "fall":
            change, low, high = -change, -high, -low
        fields |= {
            "change": wording.change(change, signed=not certain),
            "interval": wording.ends(low, high, signed=not certain),
            "years": wording.years(row["first_year"], row["last_year"]),
            "pupils": wording.pupils(row["smallest_n"], "pupils_at_least"),
            "good": "" if good is None else " " + wording.text("good" if good else "bad"),
        }
    return Finding(
        question="trend",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=wording.text(f"headline_{verdict}", name=wording.short),
        sentence=wording.text(f"sentence_{verdict}", name=wording.name, **fields),
        brief=_brief(wording, verdict, fields),
        weight=0.0 if verdict == "too_few" else weight(row["estimate"], row["se"], verdict in ("rise", "fall")),
        good=good,
    )


def _pooled(row: dict[str, Any], wording: Wording) -> str:
    """What the three newest years say together, when the newest rests on few pupils."""
    if not (row["n"] < FEW_PUPILS and row["pooled"] == row["pooled"]):
        return ""
    low, high = float(row["pooled_low"]), float(row["pooled_high"])
    return wording.text(
        "pooled",
        n=number(row["n"], 0, wording.lang),
        value=wording.value(row["pooled"]),
        interval=wording.ends(low, high) if low == low else wording.text("interval_none"),
        pupils=wording.pupils(row["pooled_n"]),
    )


def _changed(row: dict[str, Any], wording: Wording) -> str:
    """From which school year the values lie on a new level, when one is found."""
    if row["change_year"] != row["change_year"]:
        return ""
    size = float(row["change_size"])
    return wording.text(
        "changed_up" if size > 0 else "changed_down",
        year=wording.in_year(row["change_year"]),
        change=wording.change(abs(size)),
        p=_p(row["change_p"], wording),
    )


def _p(value: float, wording: Wording) -> str:
    """A p-value with three decimals, or that it is smaller than that."""
    sign, shown = ("=", value) if value >= 0.001 else ("<", 0.001)
    return f"p{NBSP}{sign}{NBSP}{number(shown, 3, wording.lang)}"


def _brief(wording: Wording, verdict: str, fields: dict[str, object]) -> str:
    """The headline with its size and interval, for the top of a page."""
    headline = wording.text(f"headline_{verdict}", name=wording.short)
    if verdict == "too_few":
        return f"{headline}."
    size = wording.text("per_year", change=fields["change"])
    return f"{headline} ({size}; {fields['interval']}; {fields['pupils']})."


def _is_good(verdict: str, direction: Direction) -> bool | None:
    if verdict == "no_certain_change" or direction == Direction.CONTEXT:
        return None
    return (verdict == "rise") == (direction == Direction.HIGHER)


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The line charts for those who cannot see them: type, measures, period and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of the trend with its numbers: the line, the line drawn towards the others', the change of level."""
    row, wording = estimate_of(result, unit_id), Wording("trend", result.indicator, lang)
    tested, flagged = (int(str(result.details[name])) for name in ("tested", "flagged"))
    df = row["df"]
    line = wording.text(
        "explain",
        count=number(row["years"], 0, lang),
        df=wording.text("df", df=number(df, 0, lang)) if math.isfinite(df) else "",
        noise=noise_in_words(result, unit_id, wording),
        tested=number(tested, 0, lang),
        flagged=number(flagged, 0, lang),
        by_chance=number(math.ceil(0.05 * tested), 0, lang),
        flagged_fdr=number(int(str(result.details["flagged_fdr"])), 0, lang),
    )
    return line + _explained_pooling(result, row, wording) + _explained_change(result, row, wording)


def _explained_pooling(result: Result, row: dict[str, Any], wording: Wording) -> str:
    """What the unit's slope is drawn towards; both slopes, and how much is kept, stand in the table."""
    if row["shrunken"] != row["shrunken"]:
        return ""
    return wording.text(
        "explain_pooled",
        units=number(int(str(result.details["pooled_units"])), 0, wording.lang),
        common=wording.change(float(str(result.details["common_slope"])), signed=True),
    )


def _explained_change(result: Result, row: dict[str, Any], wording: Wording) -> str:
    """How a change of level was looked for, where there were years enough to look."""
    if row["change_p"] != row["change_p"]:
        return ""
    counts = {
        field: number(int(str(result.details[name])), 0, wording.lang)
        for field, name in (
            ("change_tested", "change_tested"),
            ("change_flagged", "change_flagged"),
            ("change_fdr", "change_flagged_fdr"),
        )
    }
    return wording.text("explain_change", p=_p(row["change_p"], wording), **counts)
