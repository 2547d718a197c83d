"""Every wording of every question, each with figures that agree with it: what golden texts are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from tests.properties.claims import CLAIMS

from analysis.analyses import analysis
from analysis.analyses.level.figure import COMPARED
from analysis.analyses.wording import LANGUAGES as LANGUAGES
from analysis.analyses.wording import Wording, _section
from analysis.catalogue import indicator
from analysis.model.finding import Finding
from analysis.model.observations import Result
from analysis.model.words import Direction

SEED, SIZE = 3, 13
STRENGTH = {
    "girls_ahead": 2, "boys_ahead": -2, "schools_differ": 2, "rise": 2, "fall": -2, "likely_higher": 2,
    "likely_lower": -2, "rising": 2, "falling": -2, "beyond_random": 2, "above": 2, "below": -2, "far_above": 2,
    "far_below": -2, "growth_above": 2, "growth_below": -2, "above_municipality": 2, "below_municipality": -2,
    "clearly_above": 2, "clearly_below": -2, "probably_above": 1, "probably_below": -1, "met": 2, "likely_met": 1,
    "unlikely_met": -1, "not_met": -2,
}  # fmt: skip
"""which way a verdict points: 2 when the 95 % interval lies on that side of zero, 1 when only the 80 % interval does"""
CHANCES = {2: 0.991, 1: 0.88, 0: 0.5, -1: 0.12, -2: 0.009}
NOT_OF_DIRECTION = ("equity", "segregation")
"""what is found here is a difference between groups or schools, which is neither good nor bad"""
ALONE = ("depends_on_model", "alike", "described", "too_low_response", "uncertain", "cannot_tell", "growth_as_others",
         "growth_equal", "equal", "inside", "cannot_be_told_apart", "indistinguishable_from_random")  # fmt: skip
UNSURE = (*ALONE, "no_certain_change", "no_certain_gap", "no_certain_difference")
"""verdicts with an estimate that point nowhere"""


def headings(question: str) -> list[str]:
    """The wordings of a question by the endings of its headlines."""
    return [key.removeprefix("headline_") for key in _section(f"analysis.analyses.{question}", "sv")
            if key.startswith("headline_")]  # fmt: skip


@lru_cache(maxsize=32)
def measured(name: str) -> Result:
    """The answer of a made-up town, which every wording borrows a unit from."""
    claim = CLAIMS[name]
    world = claim.make(SEED, SIZE)
    return analysis(world.question).measure(world.observations, world.level, world.year)


def figures(strength: int, size: float) -> dict[str, float]:
    """An estimate with its two intervals that lie as the strength says."""
    middle, half = {0: (0.2, 1.0), 1: (0.8, 1.0), 2: (1.5, 1.0)}[abs(strength)]
    middle *= 1 if strength >= 0 else -1
    ends = {"": middle, "_low": middle - half, "_high": middle + half}
    ends |= {"_low80": middle - 0.65 * half, "_high80": middle + 0.65 * half}
    return {name: size * each for name, each in ends.items()}


def agreeing(question: str, kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an estimate that its verdict rests on, agreeing with it."""
    strength = STRENGTH.get(kind.removeprefix("growth_") if question == "value_added" else kind, 0)
    large = 0.2 if question == "segregation" else 4.0
    found = figures(strength, large)
    columns = {"estimate": found[""], "se": large / 2}
    columns |= {end: found[f"_{end}"] for end in ("low", "high", "low80", "high80")}
    columns |= {f"shrunken{end}": found[end] for end in ("", "_low", "_high")}
    columns |= {f"slope{end}": found[end] / 10 for end in ("", "_low", "_high")} | {"slope_se": large / 20}
    if question == "segregation":
        columns |= {"estimate": 0.2, "low": 0.1, "high": 0.3}
        if kind == "indistinguishable_from_random":
            columns |= {"estimate": 0.01, "low": 0.0, "high": 0.03}
    if question == "equity" and kind in ("schools_differ", "no_certain_difference"):
        columns |= {"estimate": 4.0, "low": 1.0 if kind == "schools_differ" else 0.0, "high": 7.0}
    if question == "level":
        for name in COMPARED:
            if np.isfinite(row.get(f"{name}_low", np.nan)):
                columns |= {f"{name}{end}": each for end, each in found.items() if end}
                columns |= {f"{name}_diff": found[""], name: row["value"] - found[""]}
    if question == "funnel":
        away = {"far_below": -35, "below": -25, "inside": 5, "above": 25, "far_above": 35}.get(kind, 5)
        limits = {"limit_low": 200, "limit_high": 240, "limit_low998": 190, "limit_high998": 250}
        columns |= {"reference": 220, "value": 220 + away, "estimate": away, "se": 10, **limits}
    if question == "goals":
        columns = {"probability_now": CHANCES[strength], "probability_due": CHANCES[strength]}
    if question == "adjusted":
        columns["expected"] = row["value"] - found[""]
    if question == "survey":
        columns["municipality"] = row["value"] - found[""]
    return {name: float(each) for name, each in columns.items() if name in row}


@lru_cache(maxsize=2000)
def said(question: str, kind: str, lang: str, direction: Direction | None = None) -> tuple[str, Finding]:
    """What the question says when its headline is of the kind, and of which made-up town; found by trying.

    The verdict is the kind itself, or one of those without an answer whose reason is the kind.
    """
    verdicts = [(kind.removeprefix("growth_") if question == "value_added" else kind, ""), (kind, kind)]
    verdicts = [("equal", "")] if kind == "alike" else verdicts
    silent = [(each, kind) for each in ("too_few", "refused", "missing", "withheld", "no_groups", "no_target")]
    is_estimated = kind in (*STRENGTH, *UNSURE) or kind.startswith("growth_")
    verdicts = [*verdicts, *silent] if is_estimated else [*silent, *reversed(verdicts)]
    if kind == "refused":
        verdicts = [("refused", "few_units")]
    for name in CLAIMS:
        if measured(name).question != question:
            continue
        for verdict, reason in verdicts:
            found = attempt(name, question, kind, verdict, reason, lang, direction)
            if found is not None:
                return name, found
    raise AssertionError(f"{question}: nothing leads to the headline {kind!r}")


def attempt(
    name: str, question: str, kind: str, verdict: str, reason: str, lang: str, direction: Direction | None
) -> Finding | None:
    """The finding of a borrowed unit with this verdict, if its headline is the one wanted."""
    result = measured(name)
    spoken = result.estimates[result.estimates["reason"].eq("") & ~result.estimates["verdict"].isin(["too_few"])]
    if spoken.empty:
        return None
    unit_id = str(spoken.index[0])
    row = {str(key): value for key, value in spoken.iloc[0].items()}
    columns = agreeing(question, kind, row) | {"verdict": verdict, "reason": reason}
    if question == "growth" and kind.startswith("growth_"):
        common = float(str(result.details["common_growth"]))
        pairs = (("", "estimate"), ("_low", "low"), ("_high", "high"))
        columns |= {f"growth{end}": common + columns[name] for end, name in pairs}
    estimates = result.estimates.copy()
    for column, value in columns.items():
        estimates[column] = estimates[column].astype(object) if isinstance(value, str) else estimates[column]
        estimates.loc[unit_id, column] = value
    usual = indicator(result.indicator.id)
    chosen = replace(result.indicator, decimals=usual.decimals, direction=direction or result.indicator.direction)
    details = dict(result.details) | ({"is_alike": kind == "alike"} if "is_alike" in result.details else {})
    changed = replace(result, estimates=estimates, indicator=chosen, details=details)
    used: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        plain = Wording.text
        patch.setattr(Wording, "text", lambda self, key, **fields: (used.append(key), plain(self, key, **fields))[1])
        try:
            found = analysis(question).say(changed, unit_id, lang)
        except (KeyError, StopIteration):
            return None  # no such verdict of figures of this kind
    own = _section(f"analysis.analyses.{question}", lang)
    wanted = {f"headline_{kind}"} | ({f"sentence_{kind}"} & own.keys())
    return found if wanted <= set(used) else None
