"""What the differences between groups and schools say, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.analyses.equity.figure import drawn, has_dots
from analysis.analyses.equity.more import more
from analysis.analyses.equity.pairs import SEX, gaps_of
from analysis.analyses.equity.scan import scan_of
from analysis.analyses.equity.table import scan_in_words
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, noise_in_words, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.words import Direction

CERTAIN = ("girls_ahead", "boys_ahead", "schools_differ")


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """Whether girls and boys, or the unit's schools, differ: size, interval, years and n; then the other gaps."""
    row, wording = estimate_of(result, unit_id), Wording("equity", result.indicator, lang)
    verdict, reason = str(row["verdict"]), str(row["reason"])
    if verdict in UNANSWERED and reason != "hidden_group":
        return absent(result, unit_id, wording)
    key = reason or verdict
    fields = _counts(result, unit_id, wording)
    if not reason:
        fields |= _gap_fields(result, unit_id, wording) if _is_gap(result) else _spread_fields(result, unit_id, wording)
    headline = wording.text(f"headline_{key}", name=wording.short, side=fields.get("side", ""))
    size = "" if reason else f" ({fields['change']}; {fields['interval']}; {fields['pupils']})"
    return Finding(
        question="equity",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=headline,
        sentence=wording.text(f"sentence_{key}", name=wording.name, **fields) + more(result, unit_id, wording),
        brief=f"{headline}{size}.",
        weight=0.0 if reason else _weight(result, unit_id),
    )


def _is_gap(result: Result) -> bool:
    return result.details["kind"] == "gap"


def _weight(result: Result, unit_id: str) -> float:
    row = estimate_of(result, unit_id)
    reach = row["se"] if _is_gap(result) else (row["high"] - row["low"]) / 4
    return weight(row["estimate"], reach, row["verdict"] in CERTAIN)


def _counts(result: Result, unit_id: str, wording: Wording) -> dict[str, object]:
    row = estimate_of(result, unit_id)
    name = "years" if _is_gap(result) else "schools"
    return {"count" if _is_gap(result) else "schools": number(row[name], 0, wording.lang)}


def _gap_fields(result: Result, unit_id: str, wording: Wording) -> dict[str, object]:
    row = estimate_of(result, unit_id)
    gap, low, high = float(row["estimate"]), float(row["low"]), float(row["high"])
    certain = row["verdict"] in CERTAIN
    side = "lower" if result.indicator.direction == Direction.LOWER else "higher"
    if certain and gap < 0:
        low, high = -high, -low
    older = ""
    if row["last_year"] < result.year:
        older = " " + wording.text("older", year=wording.in_year(row["last_year"]))
    several = row["years"] > 1
    return {
        "change": wording.change(abs(gap) if certain else gap, signed=not certain),
        "interval": wording.ends(low, high, signed=not certain),
        "years": wording.years(row["first_year"], row["last_year"]),
        "mean": wording.text("mean") + " " if several else "",
        "counted": wording.text("counted", count=number(row["years"], 0, wording.lang)) + ", " if several else "",
        "pupils": wording.pupils(row["smallest_n"], "at_least_group"),
        "side": wording.text(side),
        "older": older,
    }


def _spread_fields(result: Result, unit_id: str, wording: Wording) -> dict[str, object]:
    row = estimate_of(result, unit_id)
    share = wording.text("share_unknown")
    if row["between_share"] == row["between_share"]:
        ends = {name: wording.percent(row[f"between_{name}"]) for name in ("low", "high")}
        share = wording.text("share", share=wording.percent(row["between_share"]), **ends)
    return {
        "change": wording.change(row["estimate"]),
        "interval": wording.ends(row["low"], row["high"]),
        "years": wording.years(row["first_year"], row["last_year"]),
        "pupils": wording.pupils(row["smallest_n"], "at_least"),
        "share": f" {share}",
    }


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The figure for those who cannot see it: type, measures, period and finding."""
    findings, shown = [say(result, unit_id, lang) for result in results], drawn(results, unit_id)
    dots = has_dots(results, unit_id)
    if shown and _is_gap(shown[0]):
        return alternative("alternative_dots" if dots else "alternative_gap", shown, findings, lang, one_year=dots)
    kind = "alternative_both" if dots else "alternative_spread"
    return alternative(kind, shown, findings, lang, one_year=True)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of the gap or the spread with its numbers, and of the gaps between groups of pupils."""
    row, wording = estimate_of(result, unit_id), Wording("equity", result.indicator, lang)
    noise = noise_in_words(result, unit_id, wording)
    gaps, background = gaps_of(result.details, unit_id), result.details["background"]
    sex = gaps[gaps["pair"] == SEX]
    texts = []
    if not _is_gap(result):
        pupils = unit_id in result.details["shares_of_pupils"]  # type: ignore[operator]
        total = wording.text("total_pupils" if pupils else f"total_{result.details['total_from']}")
        texts.append(wording.text("explain_spread", schools=number(row["schools"], 0, lang), total=total, noise=noise))
    elif "pupils" not in set(sex["basis"]):
        df = row["df"]
        degrees = wording.text("df", df=number(df, 0, lang)) if math.isfinite(df) else ""
        texts.append(wording.text("explain_gap", count=number(row["years"], 0, lang), df=degrees, noise=noise))
    if "pupils" in set(gaps["basis"]):
        texts.append(wording.text("explain_pupils", smallest=number(result.indicator.smallest_n, 0, lang)))
    if (background["unit_id"] == unit_id).any():  # type: ignore[index]
        texts.append(wording.text("explain_background"))
    if len(gaps):
        texts.append(wording.text("explain_change"))
    return " ".join(texts) + scan_in_words(scan_of([result], unit_id), wording)
