"""A probability and a target, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.analyses.wording import Wording
from analysis.model.language import number
from analysis.model.school_year import SchoolYear


def percentage(probability: float, wording: Wording) -> str:
    """A probability as a whole percentage, never as certain: over 99 %, under 1 %."""
    if probability > 0.99:
        return wording.text("over", share=wording.percent(0.99))
    if probability < 0.01:
        return wording.text("under", share=wording.percent(0.01))
    return wording.percent(probability)


def chance_in_words(row: Mapping[str, Any], year: int, wording: Wording, *, short: bool = False) -> str:
    """How likely it is that the target is met now, and in its year when that lies ahead and is known."""
    now, later, due = float(row["probability_now"]), float(row["probability_due"]), int(row["target_due"])
    fields = {
        "now": percentage(now, wording),
        "later": percentage(later, wording) if later == later else "",
        "due": str(SchoolYear(due)) if short else wording.in_year(due),
        "year": wording.in_year(year),
    }
    kind = "passed" if due < year else "same" if due == year else "ahead" if later == later else "unknown"
    return wording.text(f"{'chance' if short else 'sentence_due'}_{kind}", **fields)


def target_value(row: Mapping[str, Any], wording: Wording) -> str:
    """What is to be reached, with its unit: a value, or a largest difference."""
    if row["target_kind"] == "gap_reduction":
        return wording.change(row["target"])
    finer = number(row["target"], wording.finer, wording.lang)
    plain = number(row["target"], wording.indicator.decimals, wording.lang)
    is_plain = round(row["target"], wording.indicator.decimals) == row["target"]
    return wording.text(f"value_{wording.indicator.unit}", value=plain if is_plain else finer)
