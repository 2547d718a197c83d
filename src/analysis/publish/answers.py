"""What the questions answer about one unit, and which answers come first."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import cast

from analysis import catalogue
from analysis.analyses import ANALYSES, analysis
from analysis.analyses.wording import capitalised
from analysis.model import Finding, Indicator, Status
from analysis.model.language import join, number
from analysis.model.observations import Result
from analysis.publish.seen import Seen
from analysis.publish.words import word

MOST_MESSAGES = 5
MOST_OF_ONE_QUESTION = 2
CERTAIN = 0.2
"""a finding without a certain answer weighs at most half of 1.96 standard errors in five"""
FEWEST_APART = 2


def indicators_of(seen: Seen) -> list[str]:
    """Every indicator that a question shows for this kind of unit, headline first."""
    shown = (catalogue.shown(question, seen.country, seen.level) for question in ANALYSES)
    return list(dict.fromkeys(name for names in shown for name in names))


def asked(question: str, seen: Seen) -> list[Result]:
    """The question's results that speak of this unit, in the catalogue's order.

    An indicator for which nothing was ever reported about the unit is left to the coverage box.
    """
    results = []
    for name in catalogue.shown(question, seen.country, seen.level):
        result = seen.figures.result(question, name, seen.level, seen.year.start)
        if seen.unit_id in result.estimates.index:
            results.append(result)
    spoken = [each for each in results if each.estimates.at[seen.unit_id, "verdict"] != "missing"]
    return spoken or results[:1]


def findings_of(question: str, seen: Seen) -> list[Finding]:
    """What the question says about the unit, one finding for each indicator."""
    record = analysis(question)
    return [record.say(result, seen.unit_id, seen.lang) for result in asked(question, seen)]


def said(findings: list[Finding], lang: str) -> list[Finding]:
    """The findings as the page lists them: what is withheld for one reason is said once, and for which others.

    Each indicator is still named; only the repeated words are left out.
    """
    withheld = [finding for finding in findings if finding.verdict == Status.WITHHELD]
    if len(withheld) < 3:
        return findings
    names = join([catalogue.indicator(each.indicator).short[lang] for each in withheld[1:]], lang)
    others = replace(withheld[1], sentence=word("same_for", lang, names=names))
    kept = [finding for finding in findings if finding not in withheld]
    return [withheld[0], others, *kept]


def first_and_rest(findings: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """What the page says at once, and what it says when asked: measures without a certain answer come after.

    The first finding, every one that weighs more than `CERTAIN`, and what is withheld or missing are said at
    once. Fewer than two others are not put apart.
    """
    rest = [each for each in findings[1:] if 0 < each.weight <= CERTAIN]
    if len(rest) < FEWEST_APART:
        return findings, []
    return [each for each in findings if each not in rest], rest


def shown_names(seen: Seen) -> list[str]:
    """The indicators that the page speaks of."""
    return list(dict.fromkeys(each.indicator.id for question in ANALYSES for each in asked(question, seen)))


def messages(seen: Seen) -> list[Finding]:
    """At most five findings worth saying first, the most certain and largest before the others.

    At most two of one question, so that level does not drown trend; and good news is as compulsory as
    bad: when both exist, both are among them.
    """
    found = [finding for question in ANALYSES for finding in findings_of(question, seen) if finding.weight > 0]
    ranked: list[Finding] = []
    for finding in sorted(found, key=lambda each: -each.weight):
        if sum(each.question == finding.question for each in ranked) < MOST_OF_ONE_QUESTION:
            ranked.append(finding)
    chosen = ranked[:MOST_MESSAGES]
    for kind in (True, False):
        missing = [finding for finding in found if finding.good is kind]
        spare = [place for place, finding in enumerate(chosen) if finding.good is not (not kind)]
        if missing and spare and not any(finding.good is kind for finding in chosen):
            chosen[spare[-1]] = max(missing, key=lambda each: each.weight)
    return chosen


def status_counts(seen: Seen) -> dict[str, int]:
    """How many of the unit's values are given, withheld and missing, over all years shown."""
    counts = {"given": 0, "withheld": 0, "missing": 0}
    for name in indicators_of(seen):
        rows = seen.figures.observations(name).rows
        mine = rows[(rows["unit_id"] == seen.unit_id) & (rows["group"] == "all") & (rows["year"] <= seen.year.start)]
        for status in mine["status"]:
            if status == Status.WITHHELD:
                counts["withheld"] += 1
            elif status in (Status.GIVEN, Status.ROUNDED):
                counts["given"] += 1
            else:
                counts["missing"] += 1
    return counts


def key_figures(seen: Seen) -> list[tuple[str, str, str]]:
    """Up to three key figures: the unit's own with its uncertainty, one to compare with, and the pupils."""
    results = asked("level", seen)
    if not results:
        return []
    result = results[0]
    indicator = result.indicator
    keys: list[tuple[str, str, str]] = []
    value, low, high = (_number(result, seen.unit_id, name) for name in ("value", "value_low", "value_high"))
    if value is not None:
        half = ""
        if low is not None and high is not None:
            half = f"± {number((high - low) / 2, indicator.decimals, seen.lang)}"
        keys.append((capitalised(indicator.short[seen.lang]), _written(value, indicator, seen.lang), half))
    for other in ("team", "school", "area", "municipality", "region", "nation"):
        reference = _number(result, seen.unit_id, other)
        if reference is not None:
            keys.append((word(f"key_{other}", seen.lang), _written(reference, indicator, seen.lang), ""))
            break
    pupils = _number(result, seen.unit_id, "n")
    if pupils is not None:
        keys.append((word("key_pupils", seen.lang), number(pupils, 0, seen.lang), ""))
    return keys


def _number(result: Result, unit_id: str, column: str) -> float | None:
    """One estimate as a number, or None when there is none."""
    if column not in result.estimates.columns:
        return None
    found = float(cast(float, result.estimates.at[unit_id, column]))
    return found if math.isfinite(found) else None


def _written(value: float, indicator: Indicator, lang: str) -> str:
    text = number(value, indicator.decimals, lang)
    return f"{text}\N{NO-BREAK SPACE}%" if indicator.unit == "percent" else text
