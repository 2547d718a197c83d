"""Whether a unit is unusual among units of its size, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.analyses.funnel.figure import drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, noise_in_words, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.words import Direction


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """The unit's value, the others' mean, and whether the value is inside the limits of units of its size."""
    row, wording = estimate_of(result, unit_id), Wording("funnel", result.indicator, lang)
    verdict, reason = str(row["verdict"]), str(row["reason"])
    if verdict in UNANSWERED:
        return absent(result, unit_id, wording)
    value, year = wording.value(row["value"]), wording.in_year(result.year)
    good, importance, size = None, 0.0, ""
    if reason:
        headline = wording.text(f"headline_{reason}", name=wording.short)
        sentence = wording.text(f"sentence_{reason}", name=wording.name, value=value, year=year)
    else:
        good = _is_good(verdict, result.indicator.direction)
        importance = weight(row["estimate"], row["se"], verdict != "inside")
        unit = f"value_{result.indicator.unit}"
        pupils, limits = wording.pupils(row["n"]), wording.plain_ends(row["limit_low"], row["limit_high"])
        headline = wording.text(f"headline_{verdict}", name=wording.short)
        size = f" ({wording.text('in_brief', value=value, limits=limits, pupils=pupils)})"
        sentence = wording.text(
            "sentence",
            name=wording.name,
            value=value,
            year=year,
            pupils=pupils,
            reference=wording.text(unit, value=number(row["reference"], wording.finer, lang)),
            limits=limits,
            clause=wording.text(f"clause_{verdict}"),
        )
    brief = f"{headline}{size}."
    return Finding("funnel", result.indicator.id, unit_id, verdict, headline, sentence, brief, importance, good)


def _is_good(verdict: str, direction: Direction) -> bool | None:
    if verdict == "inside" or direction == Direction.CONTEXT:
        return None
    return verdict.endswith("above") == (direction == Direction.HIGHER)


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The funnel plots for those who cannot see them: type, measures, year and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang, one_year=True)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of the funnel with its numbers."""
    wording = Wording("funnel", result.indicator, lang)
    noise = noise_in_words(result, unit_id, wording)
    if "curve" not in result.details:
        return wording.text("explain_refused", noise=noise)
    tested, flagged, left_out, units = (
        int(str(result.details[name])) for name in ("tested", "flagged", "left_out", "units")
    )
    tau = float(str(result.details["tau"]))
    return wording.text(
        "explain",
        others=number(units - 1, 0, lang),
        noise=noise,
        spread=wording.text("explain_spread" if tau > 0 else "explain_no_spread", tau=wording.change(tau)),
        shares=wording.text("explain_shares") if result.indicator.noise == "binomial" else "",
        left_out=number(left_out, 0, lang),
        tested=number(tested, 0, lang),
        flagged=number(flagged, 0, lang),
        by_chance=number(math.ceil(0.05 * tested), 0, lang),
    )
