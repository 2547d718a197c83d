"""Where a unit stands, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.analyses.level.figure import COMPARED, drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, noise_in_words, weight
from analysis.model.finding import Finding
from analysis.model.language import join
from analysis.model.observations import Result
from analysis.model.words import Direction
from analysis.statistics.intervals import verbs

MOST_SAID = 2
"""so many comparisons are said in a sentence; all of them are in the table"""


def verdicts(result: Result, unit_id: str) -> dict[str, str]:
    """The verb of each comparison that the unit has, nearest first; one without a number is not there."""
    row, found = estimate_of(result, unit_id), {}
    for name in COMPARED:
        ends = [np.array([float(row.get(f"{name}_{end}", np.nan))]) for end in ("low", "high", "low80", "high80")]
        verb = str(verbs(*ends)[0])
        if verb:
            found[name] = verb
    return found


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """The unit's value and, for the two most telling comparisons, one of five verbs with size and interval."""
    row, wording = estimate_of(result, unit_id), Wording("level", result.indicator, lang)
    verdict, good, importance, size = str(row["verdict"]), None, 0.0, ""
    if verdict in UNANSWERED:
        return absent(result, unit_id, wording)
    value, year = wording.value(row["value"]), wording.in_year(result.year)
    pupils = wording.pupils(row["n"])
    if verdict == "too_few":
        headline, size = wording.text("headline_too_few", name=wording.short), f" ({value}; {pupils})"
        sentence = wording.text("sentence_too_few", name=wording.name, value=value, year=year, pupils=f" ({pupils})")
    else:
        found = verdicts(result, unit_id)
        good = _is_good(verdict, result.indicator.direction)
        importance = weight(row["estimate"], row["se"], verdict.startswith("clearly"))
        against = wording.text(f"against_{next(iter(found))}")
        headline = wording.text(f"headline_{verdict}", name=wording.short, against=against)
        size = (
            f" ({wording.change(row['estimate'], signed=True)}; {wording.ends(row['low'], row['high'], signed=True)})"
        )
        sentence = wording.text(
            "sentence",
            name=wording.name,
            value=value,
            year=year,
            interval=wording.ends(row["value_low"], row["value_high"]),
            pupils=f"; {pupils}",
            clauses=wording.text("opening", clauses=join(_clauses(row, found, wording), lang)),
            table=_if(len(found) > MOST_SAID, "more_in_table", wording),
            lower=_if(result.indicator.direction == Direction.LOWER, "lower_better", wording),
            context=_if("similar" not in found and result.details["context"] == "no_context", "no_context", wording),
        )
    brief = f"{headline}{size}."
    return Finding("level", result.indicator.id, unit_id, verdict, headline, sentence, brief, importance, good)


def _clauses(row: dict[str, Any], found: dict[str, str], wording: Wording) -> list[str]:
    """The comparisons that are said; the verb of the second is left out when it is that of the first."""
    clauses: list[str] = []
    before = ""
    for name in most_telling(row, found):
        verb = found[name]
        key = f"clause_{verb}"
        if before:
            both_placed = "cannot_be_told_apart" not in (verb, before)
            key = "clause_same" if verb == before else "clause_more" if both_placed else key
        clauses.append(
            wording.text(
                key,
                verb=wording.text(f"verb_{verb}"),
                against=wording.text(f"against_{name}"),
                change=wording.change(row[f"{name}_diff"], signed=True),
                interval=wording.plain_ends(row[f"{name}_low"], row[f"{name}_high"], signed=True),
            )
        )
        before = verb
    return clauses


def most_telling(row: dict[str, Any], found: dict[str, str]) -> list[str]:
    """The nearest comparison, and of the others the one that is largest for its uncertainty.

    The target has a question of its own, and is said here only when nothing else stands beside the nearest.
    """
    first, *others = found
    chosen = [name for name in others if name != "target"] or others

    def size(name: str) -> float:
        width = float(row[f"{name}_high"] - row[f"{name}_low"])
        return abs(float(row[f"{name}_diff"])) / width if width > 0 else np.inf

    return [first, max(chosen, key=size)] if chosen else [first]


def _if(claim: bool, key: str, wording: Wording) -> str:
    return " " + wording.text(key) if claim else ""


def _is_good(verdict: str, direction: Direction) -> bool | None:
    if verdict == "cannot_be_told_apart" or direction == Direction.CONTEXT:
        return None
    return verdict.endswith("above") == (direction == Direction.HIGHER)


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The dot plots for those who cannot see them: type, measures, year and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang, one_year=True)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of the comparisons with its numbers."""
    wording = Wording("level", result.indicator, lang)
    return wording.text("explain", noise=noise_in_words(result, unit_id, wording))
