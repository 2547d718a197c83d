"""When a required question is put: what must be so in the unit's own figures and plans, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analysis import catalogue
from analysis.analyses.wording import capitalised
from analysis.model import BOYS, GIRLS, Finding, Status
from analysis.publish.answers import CERTAIN, findings_of
from analysis.publish.cards import under
from analysis.publish.plans import own_commitments
from analysis.publish.seen import Seen

Trigger = Callable[[Seen], list[str] | None]
"""what was found, which may be nothing to name; None when the question is not put"""
FEWEST_ALIKE = 2


def always(seen: Seen) -> list[str] | None:
    """Always."""
    return []


def had_commitments(seen: Seen) -> list[str] | None:
    """The unit has said, up to this school year, what it would do: what it said."""
    return [str(each).rstrip(".") for each in own_commitments(seen)["what"]] or None


def no_commitments(seen: Seen) -> list[str] | None:
    """The unit has written no commitments up to this school year."""
    return [] if own_commitments(seen).empty else None


def gap_widened(seen: Seen) -> list[str] | None:
    """The gap between girls and boys has grown twice in a row, in figures that may be compared: the measures."""
    names = catalogue.shown("equity", seen.country, seen.level)
    return [_short(seen, name) for name in names if has_widened(*_gaps(seen, name))] or None


def has_widened(two_before: float, before: float, now: float) -> bool:
    """Whether a gap has grown, whichever way it goes, two years in a row; never when one of the three is missing.

    >>> has_widened(-3.0, -4.0, -6.5), has_widened(3.0, 2.0, 4.0), has_widened(float("nan"), 1.0, 2.0)
    (True, False, False)
    """
    return abs(two_before) < abs(before) < abs(now)


def _gaps(seen: Seen, name: str) -> list[float]:
    """Girls minus boys two years before, the year before and in the page's year; NaN where not both are given."""
    measure = catalogue.indicator(name)
    rows = seen.figures.observations(name).rows
    mine = rows[(rows["unit_id"] == seen.unit_id) & (rows["status"] == Status.GIVEN)]
    years = [seen.year.start + step for step in (-2, -1, 0)]
    wide = mine.pivot_table(index="year", columns="group", values="value").reindex(years)
    same = [measure.segment(year) == measure.segment(seen.year.start) for year in years]
    if not {GIRLS, BOYS} <= set(wide.columns):
        return [float("nan")] * 3
    gaps: pd.Series[float] = (wide[GIRLS] - wide[BOYS]).where(pd.Series(same, index=years))
    return [float(each) for each in gaps]


def below_deviate(seen: Seen) -> list[str] | None:
    """A unit under this one differs by more than chance for its size: which ones, by name."""
    return _below(seen, "funnel", None) or None


def no_below_deviates(seen: Seen) -> list[str] | None:
    """No unit under this one differs by more than chance for its size, and there are such units."""
    return [] if under(seen) and not _below(seen, "funnel", None) else None


def below_good(seen: Seen) -> list[str] | None:
    """A unit under this one has a certain good answer, for its size or given its pupils: which ones, by name."""
    return sorted({*_below(seen, "funnel", True), *_below(seen, "adjusted", True)}) or None


def _below(seen: Seen, question: str, good: bool | None) -> list[str]:
    """The units with a certain finding of a question, good ones only or all."""
    found = []
    for each in under(seen):
        certain = [finding for finding in findings_of(question, each) if _is_certain(finding)]
        if any(good is None or finding.good is good for finding in certain):
            found.append(each.name)
    return found


def _is_certain(finding: Finding) -> bool:
    return finding.good is not None and finding.weight > CERTAIN


def below_share(seen: Seen) -> list[str] | None:
    """Two units or more, and at least half of those with an answer, develop the wrong way: in which measures."""
    found: dict[str, list[bool]] = {}
    for each in under(seen):
        for finding in findings_of("trend", each):
            if finding.weight > 0:
                found.setdefault(finding.indicator, []).append(finding.good is False and finding.weight > CERTAIN)
    alike = [name for name, bad in found.items() if sum(bad) >= FEWEST_ALIKE and 2 * sum(bad) >= len(bad)]
    return [_short(seen, name) for name in alike] or None


def _short(seen: Seen, name: str) -> str:
    return capitalised(catalogue.indicator(name).short[seen.lang])


TRIGGERS: Mapping[str, Trigger] = {
    each.__name__: each
    for each in (
        always,
        had_commitments,
        no_commitments,
        gap_widened,
        below_deviate,
        no_below_deviates,
        below_good,
        below_share,
    )
}


def required(seen: Seen) -> dict[str, str]:
    """The questions that must be asked of the unit in this kind of report, each whose trigger fires, by their ids."""
    whose, texts = seen.kind.asked_of(seen.level), {}
    for question in catalogue.required_questions():
        if whose not in question.of:
            continue
        found = TRIGGERS[question.trigger](seen)
        if found is not None:
            texts[question.id] = question.text[seen.lang].format(names="; ".join(found))
    return texts
