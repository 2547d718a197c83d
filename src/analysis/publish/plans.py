"""What units have written: what they said they would do, what became of it, and what is to be reached."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import catalogue
from analysis.analyses.targets import held_targets
from analysis.analyses.wording import Wording, capitalised
from analysis.model import Column, SchoolYear, Table
from analysis.publish.accounts import lifted
from analysis.publish.answers import findings_of, indicators_of
from analysis.publish.cards import under
from analysis.publish.part import Card, Part, display_part
from analysis.publish.seen import Seen
from analysis.publish.words import day, word

GOES_ON = ("planned", "ongoing", "carried")
FILE = "data/local/commitments.csv"


def own_commitments(seen: Seen) -> pd.DataFrame:
    """The unit's commitments up to the page's school year that have begun, newest first."""
    mine = _of(seen, [seen.unit_id])
    begun = (mine["status"] != "planned") | (mine["year"] < seen.year.start)
    return mine[(mine["year"] <= seen.year.start) & begun]


def _of(seen: Seen, units: list[str]) -> pd.DataFrame:
    found = seen.figures.written("commitments")
    return found[found["unit_id"].isin(units)].sort_values(["year", "commitment"], ascending=[False, True])


def commitments(seen: Seen) -> None:
    """What the unit said it would do, and what it says became of it."""
    cards = _cards(seen, own_commitments(seen))
    empty = () if cards else ((word("empty_commitments", seen.lang), FILE),)
    display_part(seen, Part("commitments", cards=cards, empty=empty))


def plan(seen: Seen) -> None:
    """What the unit means to do: what is new and what goes on, each with why, what, who and when it is followed up."""
    mine = _of(seen, [seen.unit_id])
    wanted = mine[(mine["year"] > seen.year.start) | mine["status"].isin(GOES_ON)]
    cards = _cards(seen, wanted, is_plan=True)
    empty = () if cards else ((word("empty_plan", seen.lang), FILE),)
    boxes = tuple(word(f"plan_{each}", seen.lang) for each in ("why", "what", "how", "when", "who", "followed"))
    display_part(seen, Part("plan", cards=cards, empty=empty, boxes=boxes))


def written(seen: Seen) -> None:
    """What the units under this one have written, lifted with which unit and when; nothing when nothing is written.

    First their answers to the questions put to them, then commitments, also the unit's own.
    """
    units = [seen.unit_id, *(each.unit_id for each in under(seen))]
    found = _of(seen, units)
    cards = (*lifted(seen), *_cards(seen, found[found["year"] <= seen.year.start]))
    if cards:
        display_part(seen, Part("written", cards=cards))


def _cards(seen: Seen, rows: pd.DataFrame, *, is_plan: bool = False) -> tuple[Card, ...]:
    found = [{str(key): value for key, value in row.items()} for _, row in rows.iterrows()]
    goes_on = [row["year"] <= seen.year.start for row in found]
    left_out = ("why", "expected", "outcome")
    return tuple(
        _card(seen, row, left_out if is_plan and old else ("outcome",) if is_plan else ())
        for row, old in zip(found, goes_on, strict=True)
    )


def _card(seen: Seen, row: dict[str, Any], left_out: tuple[str, ...]) -> Card:
    """One commitment; what stands above already, of one that goes on, is left out of the plan."""
    lang, unit, when = seen.lang, str(row["unit_id"]), row["follow_up_on"]
    origin = word("written_by", lang, unit=seen.figures.units.at[unit, "name"], year=SchoolYear(int(row["year"])))
    fields = {
        "why": str(row["why"]),
        "expected": str(row["expected"]),
        "measures": _measured(seen, str(row["indicators"]).split(), unit == seen.unit_id),
        "responsible": str(row["responsible_role"]),
        "follow_up": day(when, lang) if pd.notna(when) and str(when) else "",
        "status": word(f"doing_{row['status']}", lang),
        "outcome": word(f"became_{row['outcome'] or 'open'}", lang),
    }
    shown = tuple(
        (word(f"commitment_{name}", lang), text)
        for name, text in fields.items()
        if text.strip() and name not in left_out
    )
    by = "" if unit == seen.unit_id else unit
    return Card(str(row["what"]), origin, shown, by, measures=word("commitment_measures", lang))


def _measured(seen: Seen, names: list[str], is_own: bool) -> str:
    """The measures a commitment is followed by; for the page's own unit with what can be said of their development."""
    said = {each.indicator: each.headline for each in findings_of("trend", seen)} if is_own else {}
    parts = [said.get(name) or capitalised(catalogue.indicator(name).short[seen.lang]) for name in names]
    return "; ".join(parts)


def targets(seen: Seen) -> None:
    """What is to be reached: every target that holds for the unit, who set it, for whom, and when it is due."""
    rows = []
    for name in indicators_of(seen):
        observations = seen.figures.observations(name)
        held = held_targets(observations, pd.Index([seen.unit_id]), seen.level, seen.year.start)
        wording = Wording("goals", catalogue.indicator(name), seen.lang)
        rows += [_target(seen, wording, {str(key): value for key, value in row.items()}) for _, row in held.iterrows()]
    keys = ("measure", "kind", "target", "due", "set_by", "set_for")
    columns = tuple(Column(word(f"target_{key}", seen.lang)) for key in keys)
    if not rows:
        empty = ((word("empty_targets", seen.lang), "data/local/targets.csv"),)
        display_part(seen, Part("targets", empty=empty))
        return
    display_part(seen, Part("targets", tables=(Table(word("target_caption", seen.lang), columns, tuple(rows)),)))


def _target(seen: Seen, wording: Wording, row: dict[str, Any]) -> tuple[str, ...]:
    reach = wording.change if row["target_kind"] == "gap_reduction" else wording.value
    return (
        wording.short,
        word(f"aim_{row['target_kind']}", seen.lang),
        reach(float(row["target"])),
        str(SchoolYear(int(row["target_due"]))),
        word(f"by_{row['target_set_by']}", seen.lang),
        str(seen.figures.units.at[row["target_unit"], "name"]),
    )
