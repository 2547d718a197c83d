"""Targets, commitments, accounts and interventions of one's own units."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.catalogue import indicators, may_answer
from analysis.store.local.rules import (
    about_nobody,
    dates,
    each_cell,
    filled,
    numbers,
    one_of,
    refuse_where,
    unique,
    whole,
    years,
)
from analysis.store.local.units import PARENTS, LocalUnits

KINDS = ("goal", "minimum", "improvement", "gap_reduction")
SETTERS = ("council", "administration", "school")
STATUSES = ("planned", "ongoing", "done", "stopped", "carried")
OUTCOMES = ("effect", "partly", "none", "unclear", "")
LONGEST = 1_000
"""signs that an answer may have: what is longer belongs in a document of its own, and a compilation holds many"""
NO_YEAR = -1
"""the school year of an empty cell"""


def own_plans(frames: Mapping[str, pd.DataFrame], units: LocalUnits) -> dict[str, pd.DataFrame]:
    """The tables targets, commitments, accounts and interventions that one has written, checked."""
    readers = {
        "targets": _targets, "commitments": _commitments, "accounts": _accounts, "interventions": _interventions,
    }  # fmt: skip
    return {name: read(frames[name], units) for name, read in readers.items() if name in frames}


def _units(frame: pd.DataFrame, local: LocalUnits, country: pd.Series[str] | None = None) -> pd.Series[str]:
    """The id, today, of the unit of each row; a code that two countries have is refused."""
    filled(frame, "unit_code")
    one_of(frame, "level", (*PARENTS, "nation"))
    found = pd.Series("", index=frame.index, dtype="str")
    for land in ("se", "no"):
        id = (land + ":" + frame["level"] + ":" + frame["unit_code"]).map(lambda each: local.today(str(each)))
        fits = id.isin(local.units.index)
        if country is not None:
            fits &= country.isin([land, ""])
        rule = "a unit's code and level are enough to know it by"
        refuse_where(frame, fits & (found != ""), rule, "unit_code", "give one of the two units another code")
        found = found.where(~fits, id)
    rule = "a plan or a target is about a unit that is there, in the indicator's country"
    mend = "correct the code, with its leading zeros, or the level"
    refuse_where(frame, found == "", rule, "unit_code", mend)
    return found


def _country(indicator: pd.Series[str]) -> pd.Series[str]:
    return indicator.map({"": "", **{name: each.country for name, each in indicators().items()}}).astype("str")


def _targets(frame: pd.DataFrame, local: LocalUnits) -> pd.DataFrame:
    filled(frame, "target", "why")
    about_nobody(frame, "target", "why")
    unique(frame, ["target"], "a target")
    indicator = one_of(frame, "indicator", indicators())
    kind = one_of(frame, "kind", KINDS)
    value = numbers(frame, "target_value")
    low = indicator.map({name: each.minimum for name, each in indicators().items()}).astype("float64")
    high = indicator.map({name: each.maximum for name, each in indicators().items()}).astype("float64")
    within = value.between(low, high).where(kind.isin(["goal", "minimum"]), value.abs().between(0, high - low))
    rule = "a target can be reached on the indicator's scale"
    refuse_where(frame, ~within, rule, "target_value", "correct the number or the kind")
    return pd.DataFrame(
        {
            "target_id": frame["target"],
            "unit_id": _units(frame, local, _country(indicator)),
            "indicator": indicator,
            "kind": kind,
            "value": value,
            "due_year": years(frame, "due_school_year"),
            "set_by": one_of(frame, "set_by", SETTERS),
            "decided_on": dates(frame, "decided_on"),
            "why": frame["why"],
        }
    )


def _several(text: str) -> str:
    """Indicators separated by blanks, each of which is in the catalogue."""
    names = text.split()
    if not set(names) <= set(indicators()):
        raise ValueError(text)
    return " ".join(names)


def _commitments(frame: pd.DataFrame, local: LocalUnits) -> pd.DataFrame:
    filled(frame, "commitment", "what")
    about_nobody(frame, "commitment", "why", "what", "expected", "responsible_role")
    unique(frame, ["commitment"], "a commitment")
    rule = "indicators are ids of the catalogue with blanks between them"
    named = each_cell(frame, "indicators", _several, rule, "correct the ids; `arshjul list indicators` shows them all")
    return pd.DataFrame(
        {
            "commitment": frame["commitment"],
            "unit_id": _units(frame, local, _country(named.map(lambda names: names.partition(" ")[0]))),
            "year": years(frame, "school_year"),
            **{column: frame[column] for column in ("why", "what", "expected")},
            "indicators": named,
            "status": one_of(frame, "status", STATUSES),
            "responsible_role": frame["responsible_role"],
            "follow_up_on": dates(frame, "follow_up_on", may_be_empty=True),
            "outcome": one_of(frame, "outcome", OUTCOMES),
        }
    )


def _accounts(frame: pd.DataFrame, local: LocalUnits) -> pd.DataFrame:
    """What units have answered to the questions that must be asked of them, one answer to each a school year."""
    filled(frame, "question", "text", "written_by_role")
    about_nobody(frame, "text", "written_by_role")
    units = _units(frame, local)
    for level, rows in frame.groupby("level", sort=False):
        rows.attrs["file"] = frame.attrs["file"]
        one_of(rows, "question", may_answer(str(level)))
    rule = f"an answer is at most {LONGEST:,} signs"
    refuse_where(frame, frame["text"].str.len() > LONGEST, rule, "text", "say it shorter, or refer to a document")
    year = years(frame, "school_year")
    unique(frame.assign(unit_id=units, year=year), ["unit_id", "year", "question"], "an answer to a question")
    return pd.DataFrame(
        {
            "unit_id": units,
            "year": year,
            **{column: frame[column] for column in ("question", "text", "written_by_role")},
            "written_on": dates(frame, "written_on"),
        }
    )


def _interventions(frame: pd.DataFrame, local: LocalUnits) -> pd.DataFrame:
    filled(frame, "intervention", "name")
    about_nobody(frame, "intervention", "name")
    selected_on = one_of(frame, "selected_on", ("", *indicators()))
    found = pd.DataFrame(
        {
            "intervention": frame["intervention"],
            "name": frame["name"],
            "unit_id": _units(frame, local, _country(selected_on)),
            "adoption_year": years(frame, "adoption_school_year"),
            "exit_year": years(frame, "exit_school_year", empty=NO_YEAR),
            "wave": whole(frame, "wave", 1, 99),
            "selected_on": selected_on,
            "selection_year": years(frame, "selection_school_year", empty=NO_YEAR),
        }
    )
    unique(frame.assign(unit_id=found["unit_id"]), ["intervention", "unit_id"], "an intervention in a unit")
    left = (found["exit_year"] != NO_YEAR) & (found["exit_year"] < found["adoption_year"])
    refuse_where(frame, left, "an intervention ends after it begins", "exit_school_year", "correct one of the years")
    alone = (found["selected_on"] == "") != (found["selection_year"] == NO_YEAR)
    rule = "the indicator a unit was chosen on stands beside the school year it was chosen on"
    refuse_where(frame, alone, rule, "selection_school_year", "write both, or leave both empty")
    late = (found["selection_year"] != NO_YEAR) & (found["selection_year"] > found["adoption_year"])
    rule = "a unit is chosen before it begins"
    refuse_where(frame, late, rule, "selection_school_year", "correct one of the years")
    for column in ("exit_year", "selection_year"):
        found[column] = found[column].where(found[column] != NO_YEAR).astype("Int64")
    return found
