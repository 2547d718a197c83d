"""When a required question is put: what must be so in the unit's own figures and plans, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analysis import catalogue
from analysis.analyses.wording import capitalised
from analysis.model import BOYS, GIRLS, Status
from analysis.publish.adoption import taking_part
from analysis.publish.answers import CERTAIN, findings_of
from analysis.publish.cards import under
from analysis.publish.plans import own_commitments
from analysis.publish.seen import Seen

Trigger = Callable[[Seen], list[str] | None]
"""what was found, which may be nothing to name; None when the question is not put"""
FEWEST_ALIKE = 2
OUTSIDE = ("far_below", "below", "above", "far_above")
"""what the funnel says of a unit that differs by more than chance for its size, in whichever direction is good"""


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
    return [each.name for each in under(seen) if any(place in OUTSIDE for place in _places(each))] or None


def no_below_deviates(seen: Seen) -> list[str] | None:
    """Units under this one were held against chance, and none differs by more; not asked where none could be held."""
    places = [place for each in under(seen) for place in _places(each)]
    return [] if places and not any(place in OUTSIDE for place in places) else None


def _places(seen: Seen) -> list[str]:
    """Where the funnel has placed the unit, measure by measure; nothing where it gives no answer."""
    verdicts = [finding.verdict for finding in findings_of("funnel", seen)]
    return [verdict for verdict in verdicts if verdict in (*OUTSIDE, "inside")]


def below_good(seen: Seen) -> list[str] | None:
    """A unit under this one has a certain good answer, for its size or given its pupils: which ones, by name."""
    return sorted(each.name for each in under(seen) if _succeeds(each)) or None


def _succeeds(seen: Seen) -> bool:
    found = [*findings_of("funnel", seen), *findings_of("adjusted", seen)]
    return any(finding.good is True and finding.weight > CERTAIN for finding in found)


def below_share(seen: Seen) -> list[str] | None:
    """Two units or more, and at least half of those with an answer, develop the wrong way: in which measures."""
    found: dict[str, list[bool]] = {}
    for each in under(seen):
        for finding in findings_of("trend", each):
            if finding.weight > 0:
                found.setdefault(finding.indicator, []).append(finding.good is False and finding.weight > CERTAIN)
    alike = [name for name, bad in found.items() if sum(bad) >= FEWEST_ALIKE and 2 * sum(bad) >= len(bad)]
    return [_short(seen, name) for name in alike] or None


def has_programmes(seen: Seen) -> list[str] | None:
    """The unit or a unit under it takes part in a programme that has begun: the programmes, by name."""
    return list(dict.fromkeys(str(each) for each in taking_part(seen)["name"])) or None


def no_programmes(seen: Seen) -> list[str] | None:
    """No programme that has begun is on record for the unit or a unit under it."""
    return [] if taking_part(seen).empty else None


def chosen_on_a_figure(seen: Seen) -> list[str] | None:
    """A unit was chosen for a programme on a measure: which measures."""
    names = [str(each) for each in taking_part(seen)["selected_on"] if each]
    return [_short(seen, name) for name in dict.fromkeys(names)] or None


def not_chosen_on_a_figure(seen: Seen) -> list[str] | None:
    """A unit takes part in a programme without it being on record which figure it was chosen on."""
    return [] if (taking_part(seen)["selected_on"] == "").any() else None


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
        has_programmes,
        no_programmes,
        chosen_on_a_figure,
        not_chosen_on_a_figure,
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
