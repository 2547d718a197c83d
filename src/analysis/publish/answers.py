"""What the questions answer about one unit, and which answers come first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from analysis import catalogue
from analysis.analyses import analysis
from analysis.analyses.wording import capitalised
from analysis.model import Finding, Indicator, Status
from analysis.model.by_unit import of_unit
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.publish.seen import Seen
from analysis.publish.words import dialogue_bank, word
from analysis.statistics.multiple import p_values, scan

MOST_MESSAGES = 5
MOST_OF_ONE_QUESTION = 2
CERTAIN = 0.2
"""a finding without a certain answer weighs at most half of 1.96 standard errors in five"""
FEWEST_APART = 2
FEWEST_ALIKE = 3
"""so many measures with one and the same reason are said together"""
CONDITIONS = ("structure", "context")
"""the kinds of quality that are what a unit has to work with, and no result"""
REFUSALS = ("too_few", "refused", "no_target", "missing")
MOST_QUESTIONS = 6
"""besides those that must be asked"""
ENOUGH_MESSAGES = 3
"""findings without a certain answer are said first only up to this many messages"""


def indicators_of(seen: Seen) -> list[str]:
    """Every indicator that a question shows for this kind of unit, headline first."""
    shown = (catalogue.shown(question, seen.country, seen.level) for question in seen.about)
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
    """What the question says about the unit, one finding for each indicator; worded once for a page."""
    if question not in seen.findings:
        record = analysis(question)
        seen.findings[question] = [record.say(result, seen.unit_id, seen.lang) for result in asked(question, seen)]
    return seen.findings[question]


def said(findings: list[Finding], lang: str) -> list[Finding]:
    """The findings as the page lists them: what is withheld for one reason is said once, and for which others.

    The same holds for other findings that give the same reason and no number of their own. Each indicator is
    still named; only the repeated words are left out.
    """
    reasons = [_reason(finding, lang) for finding in findings]
    listed: list[Finding] = []
    for reason in dict.fromkeys(reasons):
        alike = [each for each, why in zip(findings, reasons, strict=True) if why == reason]
        if reason and len(alike) >= FEWEST_ALIKE:
            names = "; ".join(catalogue.indicator(each.indicator).short[lang] for each in alike[1:])
            alike = [alike[0], replace(alike[1], sentence=word("same_for", lang, names=names))]
        listed += alike
    first = [each for each in listed if each.verdict == Status.WITHHELD]
    return first + [each for each in listed if each not in first]


def _reason(finding: Finding, lang: str) -> str:
    """Why nothing is said of a measure, in words that do not name it; empty for a finding with a number."""
    if finding.verdict == Status.WITHHELD:
        return str(Status.WITHHELD)
    if finding.weight or finding.verdict not in REFUSALS:
        return ""
    return finding.sentence.replace(capitalised(catalogue.indicator(finding.indicator).name[lang]), "")


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
    return list(dict.fromkeys(each.indicator.id for question in seen.about for each in asked(question, seen)))


def messages(seen: Seen) -> list[Finding]:
    """At most five findings worth saying first: the most certain and largest before the others.

    At most two of one question, and one of one measure while there are others. A trend that would not remain
    when it is counted how many of the unit's trends were tested comes after all other certain findings. Good
    news is as compulsory as bad: when both exist, both are among them. Findings without a certain answer
    fill the list up to three.
    """
    doubtful = doubtful_trends(seen)
    found = [finding for finding in spoken_of(seen) if finding.weight > 0]

    def order(finding: Finding) -> tuple[bool, bool, float]:
        is_doubtful = finding.question == "trend" and finding.indicator in doubtful
        return finding.weight <= CERTAIN, is_doubtful, -finding.weight

    chosen = _spread_out(sorted(found, key=order))
    for kind in (True, False):
        missing = [finding for finding in found if finding.good is kind]
        if not missing or any(finding.good is kind for finding in chosen):
            continue
        best = min(missing, key=order)
        if len(chosen) < MOST_MESSAGES:
            chosen.append(best)
        else:
            neither = [place for place, finding in enumerate(chosen) if finding.good is None]
            chosen[neither[-1] if neither else -1] = best
    return chosen


def spoken_of(seen: Seen) -> list[Finding]:
    """Every finding that the page's kind is about: a report on conditions speaks of those and of no result."""
    found = [finding for question in seen.about for finding in findings_of(question, seen)]
    if seen.kind.measures != "conditions":
        return found
    return [finding for finding in found if catalogue.indicator(finding.indicator).quality in CONDITIONS]


def _spread_out(ranked: list[Finding]) -> list[Finding]:
    """The first five in order with at most two of a question: new measures first, then those already spoken of."""
    chosen: list[Finding] = []
    for measures in (1, MOST_MESSAGES):
        for finding in ranked:
            of_question = sum(each.question == finding.question for each in chosen)
            of_measure = sum(each.indicator == finding.indicator for each in chosen)
            enough = ENOUGH_MESSAGES if finding.weight <= CERTAIN else MOST_MESSAGES
            if finding not in chosen and of_question < MOST_OF_ONE_QUESTION and of_measure < measures:
                chosen += [finding] if len(chosen) < enough else []
    return [each for each in ranked if each in chosen]


def doubtful_trends(seen: Seen) -> set[str]:
    """The measures whose trend does not remain at a false discovery rate of 5 % over the unit's own trends."""
    results = asked("trend", seen) if "trend" in seen.about else []
    rows = [result.estimates.loc[seen.unit_id] for result in results]
    tested = scan([float(p_values(row["estimate"], row["se"], row["df"])) for row in rows])
    return {result.indicator.id for result, is_found in zip(results, tested.is_found, strict=True) if not is_found}


def questions(seen: Seen, most: int = MOST_QUESTIONS) -> list[str]:
    """Questions for the dialogue that the weightiest findings call for, at most so many."""
    findings = spoken_of(seen)
    called = [(entry, _caller(entry, findings)) for entry in dialogue_bank()]
    asked_for = [(entry, finding) for entry, finding in called if finding is not None]
    weightiest = sorted(asked_for, key=lambda each: -each[1].weight)[:most]
    texts = [
        str(entry[seen.lang]).format(indicator=capitalised(catalogue.indicator(finding.indicator).short[seen.lang]))
        for entry, finding in asked_for
        if (entry, finding) in weightiest
    ]
    return list(dict.fromkeys(texts))


def _caller(entry: Mapping[str, Any], findings: list[Finding]) -> Finding | None:
    """The weightiest finding (the first of equals) that calls for a question of the bank; ``*`` is called for only by
    questions without words of their own for the verdict."""
    wanted = {"good": True, "bad": False}.get(entry["when"])
    own = {each["question"] for each in dialogue_bank() if set(each["verdicts"]) & set(entry["verdicts"])}
    called = [
        finding
        for finding in findings
        if entry["question"] == (finding.question if finding.question in own else "*")
        and finding.verdict in entry["verdicts"]
        and (entry["when"] == "any" or finding.good is wanted)
    ]
    return max(called, key=lambda finding: finding.weight) if called else None


def status_counts(seen: Seen) -> dict[str, int]:
    """How many of the unit's values are given, withheld and missing, over all years shown."""
    counts = {"given": 0, "withheld": 0, "missing": 0}
    for name in indicators_of(seen):
        rows = of_unit(seen.figures.observations(name).rows, seen.unit_id)
        mine = rows[(rows["group"] == "all") & (rows["year"] <= seen.year.start)]
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
    results = asked("level", seen) if "level" in seen.about else []
    if seen.kind.measures == "conditions":
        results = [each for each in results if each.indicator.quality in CONDITIONS]
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
    return text + ("%" if lang == "en" else "\N{NO-BREAK SPACE}%") * (indicator.unit == "percent")
