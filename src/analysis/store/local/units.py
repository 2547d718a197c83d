"""One's own units, placed among those the publishers name: classes, teams, schools, areas and what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from analysis.errors import InputRefused
from analysis.model.observations import UNIT_COLUMNS
from analysis.store.cells import plain_name
from analysis.store.checks import code_rule
from analysis.store.local.rules import filled, one_of, refuse_where, unique, years
from analysis.store.units import ORDER, in_order

PARENTS: dict[str, tuple[str, ...]] = {
    "group": ("team", "school"),
    "team": ("school",),
    "school": ("area", "municipality"),
    "area": ("municipality",),
    "municipality": ("region",),
    "region": (),
}
"""the levels a unit of each level may belong to"""
MAY_STAND_ALONE = ("municipality", "region")
ALWAYS, STILL = 0, 9999
"""the first and the last year of a unit that says none"""


@dataclass(frozen=True)
class LocalUnits:
    """Every unit, the publishers' and one's own, and what became of those that are gone.

    ``renamed`` maps the id of a unit that has a new code, and is otherwise the same, to the id it has today.
    ``carried_by`` maps a unit that was merged into others to all those that carry its pupils on. ``years``
    maps one's own units to their first and last school year.
    """

    units: pd.DataFrame = field(hash=False)
    renamed: dict[str, str] = field(default_factory=dict, hash=False)
    carried_by: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    years: dict[str, tuple[int, int]] = field(default_factory=dict, hash=False)

    def today(self, unit_id: str) -> str:
        """The id the unit has today."""
        return self.renamed.get(unit_id, unit_id)

    def there(self, unit_id: str) -> tuple[int, int]:
        """The first and last year in which a unit and all it belongs to are there."""
        first, last = self.years.get(unit_id, (ALWAYS, STILL))
        parent = str(self.units.at[unit_id, "parent_id"])
        above = self.there(parent) if parent in self.units.index else (ALWAYS, STILL)
        return max(first, above[0]), min(last, above[1])


def local_units(official: pd.DataFrame, frame: pd.DataFrame | None) -> LocalUnits:
    """The publishers' units and those of ``units.csv``, or InputRefused for a row that breaks a rule."""
    if frame is None:
        return LocalUnits(official)
    found = _checked(frame)
    known = set(official.index) | set(found["unit_id"])
    found["parent_id"] = _parents(frame, found, known)
    found["successor_id"] = _successors(frame, found, known)
    renamed = _renamed(found)
    placed = _placed(frame, found, official, renamed)
    spans: dict[str, tuple[int, int]] = {}
    for unit_id, first, last in found[["unit_id", "first", "last"]].itertuples(index=False):
        today = renamed.get(unit_id, unit_id)
        held = spans.get(today, (first, last))
        spans[today] = min(held[0], first), max(held[1], last)
    return LocalUnits(placed, renamed, _carried_by(found, renamed), spans)


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    filled(frame, "unit_code", "level", "name", "country")
    one_of(frame, "level", PARENTS)
    one_of(frame, "country", ("se", "no"))
    for (country, level), group in frame.groupby(["country", "level"]):
        rule, form = code_rule(str(country), str(level))
        wrong = frame.index.isin(group.index[~group["unit_code"].str.fullmatch(form)])
        refuse_where(frame, wrong, rule, "unit_code", "save codes as text, with their leading zeros")
    unique(frame, ["country", "level", "unit_code"], "a unit")
    found = pd.DataFrame({"unit_id": frame["country"] + ":" + frame["level"] + ":" + frame["unit_code"]})
    found["country"], found["level"], found["code"] = frame["country"], frame["level"], frame["unit_code"]
    found["name"] = frame["name"].map({name: plain_name(name).strip() for name in frame["name"].unique()})
    refuse_where(frame, found["name"] == "", "a unit has a name of letters that can be seen", "name", "write the name")
    found["first"] = years(frame, "first_year", empty=ALWAYS)
    found["last"] = years(frame, "last_year", empty=STILL)
    before = found["last"] < found["first"]
    refuse_where(frame, before, "a unit's last year is not before its first", "last_year", "correct one of them")
    return found


def _parents(frame: pd.DataFrame, found: pd.DataFrame, known: set[str]) -> list[str]:
    """The id of the unit each one belongs to; empty where it stands alone."""
    parents = []
    for place, (country, level, code) in enumerate(frame[["country", "level", "parent_code"]].itertuples(index=False)):
        among = [f"{country}:{above}:{code}" for above in PARENTS[level]]
        fits = [each for each in among if each in known]
        if len(fits) != 1 and not (code == "" and level in MAY_STAND_ALONE):
            wanted = " or ".join(PARENTS[level]) or "nation, left empty,"
            rule = f"{'an' if level == 'area' else 'a'} {level} belongs to one {wanted} that is there"
            said = f", which fits {' and '.join(fits) or 'no unit'}"
            at = frame.index == frame.index[place]
            refuse_where(frame, at, rule, "parent_code", "correct the code, or add the unit it names", said)
        parents.append(fits[0] if fits else "")
    return parents


def _successors(frame: pd.DataFrame, found: pd.DataFrame, known: set[str]) -> pd.Series[str]:
    code = frame["successor_code"]
    successor = (frame["country"] + ":" + frame["level"] + ":" + code).where(code != "", "")
    mend = "correct the code, or leave it empty"
    unknown = (code != "") & ~successor.isin(known)
    refuse_where(frame, unknown, "a successor is a unit of the same level that is there", "successor_code", mend)
    endless = (code != "") & (found["last"] == STILL)
    refuse_where(frame, endless, "a unit with a successor has a last year", "last_year", "write its last school year")
    spans = found.set_index("unit_id")[["first", "last"]]
    first = successor.map(spans["first"]).astype("float64").fillna(ALWAYS)
    last = successor.map(spans["last"]).astype("float64").fillna(STILL)
    absent = (code != "") & ~((first <= found["last"] + 1) & (last > found["last"]))
    rule = "a successor is there in the school year after the unit's last"
    refuse_where(frame, absent, rule, "successor_code", "correct the years or the code")
    return successor


def _renamed(found: pd.DataFrame) -> dict[str, str]:
    """Units whose only successor has no other predecessor and begins when they end: the same unit, with a new code."""
    predecessors = Counter(found["successor_id"])
    first = dict(zip(found["unit_id"], found["first"], strict=True))
    step = {
        unit_id: successor
        for unit_id, successor, last in found[["unit_id", "successor_id", "last"]].itertuples(index=False)
        if successor and predecessors[successor] == 1 and first.get(successor) == last + 1
    }
    return {unit_id: _end(unit_id, step) for unit_id in step}


def _end(unit_id: str, step: dict[str, str]) -> str:
    while unit_id in step:
        unit_id = step[unit_id]
    return unit_id


def _carried_by(found: pd.DataFrame, renamed: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Every merged unit with the units that carry it on, nearest first."""
    merged = {
        renamed.get(unit_id, unit_id): renamed.get(successor, successor)
        for unit_id, successor in found[["unit_id", "successor_id"]].itertuples(index=False)
        if successor and unit_id not in renamed
    }
    carried: dict[str, tuple[str, ...]] = {}
    for unit_id in merged:
        line, step = [], merged.get(unit_id)
        while step is not None:
            line.append(step)
            step = merged.get(step)
        carried[unit_id] = tuple(line)
    return carried


def _placed(frame: pd.DataFrame, found: pd.DataFrame, official: pd.DataFrame, renamed: dict[str, str]) -> pd.DataFrame:
    """All units with the units they belong to; where a publisher names a unit too, its name and place stay."""
    known: dict[str, dict[str, str]] = {
        str(unit_id): {str(column): str(value) for column, value in row.items()}
        for unit_id, row in official.to_dict("index").items()
    }
    nations = {row["country"]: unit_id for unit_id, row in known.items() if row["level"] == "nation"}
    rows = dict(zip(found["unit_id"], frame["row"], strict=True))
    listed = found.sort_values("level", key=lambda levels: levels.map({name: n for n, name in enumerate(ORDER)}))
    for record in listed.drop(columns=["first", "last"]).to_dict("records"):
        each = {str(column): str(value) for column, value in record.items()}
        unit_id, parent_id = each["unit_id"], renamed.get(each["parent_id"], each["parent_id"])
        if unit_id in renamed:
            continue
        above = known.get(parent_id, {"nation_id": nations.get(each["country"], "")})
        row = {column: above.get(column, "") for column in UNIT_COLUMNS if column.endswith("_id")}
        row |= {column: each[column] for column in ("level", "name", "country", "code")}
        row |= {"parent_id": parent_id or row["nation_id"], f"{each['level']}_id": unit_id}
        if unit_id in known:
            row = _agreeing(known[unit_id], row, str(frame.attrs["file"]), int(rows[unit_id]), alone=not parent_id)
        known[unit_id] = row
    return in_order(pd.DataFrame.from_dict(known, orient="index").rename_axis("unit_id"))


def _agreeing(official: dict[str, str], own: dict[str, str], file: str, row: int, *, alone: bool) -> dict[str, str]:
    """A unit the publishers name too: it may get an area, and lies where they say."""
    for level in ("municipality", "region"):
        column = f"{level}_id"
        if not alone and own["level"] != level and own[column] != official[column]:
            raise InputRefused(
                f"a {own['level']} that the publishers name lies in the {level} they say", file=file, row=row,
                column="parent_code", found=f"{own[column] or 'none'}, but theirs is {official[column] or 'none'}",
                mend="correct the parent",
            )  # fmt: skip
    if own["level"] != "school":
        return official
    return {**official, "area_id": own["area_id"], "parent_id": own["parent_id"]}
