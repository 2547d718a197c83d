"""What the questions answer about one unit, and which answers come first."""

from __future__ import annotations

import math

from analysis import catalogue
from analysis.analyses import ANALYSES, analysis
from analysis.model import Finding, Indicator, Status
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.publish.seen import Seen
from analysis.publish.words import word

MOST_MESSAGES = 5


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


def messages(seen: Seen) -> list[Finding]:
    """At most five findings worth saying first, the most certain and largest before the others.

    Good news is as compulsory as bad: when both exist, both are among them.
    """
    found = [finding for question in ANALYSES for finding in findings_of(question, seen) if finding.weight > 0]
    ranked = sorted(found, key=lambda finding: -finding.weight)
    chosen = ranked[:MOST_MESSAGES]
    for kind in (True, False):
        rest = [finding for finding in ranked[MOST_MESSAGES:] if finding.good is kind]
        if rest and not any(finding.good is kind for finding in chosen):
            chosen[-1] = rest[0]
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
    row, indicator = result.estimates.loc[seen.unit_id], result.indicator
    keys: list[tuple[str, str, str]] = []
    if _known(row.get("value")):
        half = ""
        if _known(row.get("value_low")) and _known(row.get("value_high")):
            width = (row["value_high"] - row["value_low"]) / 2
            half = f"± {number(width, indicator.decimals, seen.lang)}"
        keys.append((indicator.short[seen.lang], _written(row["value"], indicator, seen.lang), half))
    for other in ("municipality", "region", "nation"):
        if _known(row.get(other)):
            keys.append((word(f"key_{other}", seen.lang), _written(row[other], indicator, seen.lang), ""))
            break
    if _known(row.get("n")):
        keys.append((word("key_pupils", seen.lang), number(row["n"], 0, seen.lang), ""))
    return keys


def _known(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _written(value: float, indicator: Indicator, lang: str) -> str:
    text = number(value, indicator.decimals, lang)
    return f"{text}\N{NO-BREAK SPACE}%" if indicator.unit == "percent" else text
