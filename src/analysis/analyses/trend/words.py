"""What the trend says, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.analyses.trend.figure import drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, noise_in_words, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.words import Direction


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """Whether the unit's figures rise, fall or show no certain change: slope per school year, interval, years, n."""
    row = estimate_of(result, unit_id)
    wording, verdict = Wording("trend", result.indicator, lang), str(row["verdict"])
    if verdict in UNANSWERED:
        return absent(result, unit_id, wording)
    fields: dict[str, object] = {"count": number(row["years"], 0, lang)}
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
        headline=wording.text(f"headline_{verdict}", name=wording.short, **fields),
        sentence=wording.text(f"sentence_{verdict}", name=wording.name, **fields),
        brief=_brief(wording, verdict, fields),
        weight=0.0 if verdict == "too_few" else weight(row["estimate"], row["se"], verdict in ("rise", "fall")),
        good=good,
    )


def _brief(wording: Wording, verdict: str, fields: dict[str, object]) -> str:
    """The headline with its interval, for the top of a page."""
    headline = wording.text(f"headline_{verdict}", name=wording.short, **fields)
    if verdict == "too_few":
        return f"{headline}."
    size = "" if verdict != "no_certain_change" else f"{fields['change']}; "
    return f"{headline} ({size}{fields['interval']}; {fields['pupils']})."


def _is_good(verdict: str, direction: Direction) -> bool | None:
    if verdict == "no_certain_change" or direction == Direction.CONTEXT:
        return None
    return (verdict == "rise") == (direction == Direction.HIGHER)


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The line charts for those who cannot see them: type, measures, period and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of the trend with its numbers."""
    row, wording = estimate_of(result, unit_id), Wording("trend", result.indicator, lang)
    tested, flagged = (int(str(result.details[name])) for name in ("tested", "flagged"))
    df = row["df"]
    return wording.text(
        "explain",
        count=number(row["years"], 0, lang),
        df=wording.text("df", df=number(df, 0, lang)) if math.isfinite(df) else "",
        noise=noise_in_words(result, unit_id, wording),
        tested=number(tested, 0, lang),
        flagged=number(flagged, 0, lang),
        by_chance=number(math.ceil(0.05 * tested), 0, lang),
    )
