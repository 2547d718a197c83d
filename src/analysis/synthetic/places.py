"""The units of the made-up county: from the county down to every group there ever was."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.municipality import Municipality
from analysis.synthetic.names import AREAS, COUNTY, MUNICIPALITIES
from analysis.synthetic.neighbours import Neighbours
from analysis.synthetic.plan import FIRST_YEAR, LAST_YEAR, MUNICIPALITY, STAGES, School

COLUMNS = ("unit_code", "level", "name", "parent_code", "country", "first_year", "last_year", "successor_code")


def team_code(school: School, stage: int) -> str:
    """The code of the team that teaches a stage: the school's and the stage's."""
    return f"{school.code}-{STAGES[stage][3]}"


def units(town: Municipality, beside: Neighbours) -> pd.DataFrame:
    """Every unit with `COLUMNS`, the highest first; school years are written as the year of their autumn."""
    rows = [_row(COUNTY[0], "region", COUNTY[1], "")]
    rows += [_row(code, "municipality", name, COUNTY[0]) for code, name in MUNICIPALITIES]
    rows += [_row(code, "area", name, MUNICIPALITY) for code, name in AREAS.items()]
    rows += [_row(each.code, "school", each.name, each.area, each) for each in town.plan.schools]
    rows += [_row(each.code, "school", each.name, each.municipality) for each in beside.schools]
    for school in town.plan.schools:
        rows += [_team(school, stage) for stage in taught(school)]
    rows += _groups(town)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def taught(school: School) -> list[int]:
    """The stages a school has."""
    return [number for number, stage in enumerate(STAGES) if school.first_grade <= stage[0] <= school.last_grade]


def _row(code: str, level: str, name: str, parent: str, school: School | None = None) -> tuple[str, ...]:
    if school is None:
        return code, level, name, parent, "se", str(FIRST_YEAR), "", ""
    last = "" if school.last_year is None else str(school.last_year)
    return code, level, name, parent, "se", str(school.first_year), last, school.successor


def _team(school: School, stage: int) -> tuple[str, ...]:
    code, level, name, parent, country, first, last, successor = _row(
        team_code(school, stage), "team", f"Arbetslag {STAGES[stage][2]}, {school.name}", school.code, school
    )
    return code, level, name, parent, country, first, last, f"{successor}-{STAGES[stage][3]}" if successor else ""


def _groups(town: Municipality) -> list[tuple[str, ...]]:
    """The groups with the school years they had pupils; a group of a renamed school is the same group after."""
    classes, schools, roll = town.enrolment.classes, town.plan.schools, town.enrolment.roll
    count = len(classes.school)
    first, last = np.full(count, LAST_YEAR + 1), np.zeros(count, dtype=np.int64)
    np.minimum.at(first, roll.group, town.enrolment.year)
    np.maximum.at(last, roll.group, town.enrolment.year)
    after = {old: new for new, old in enumerate(classes.like) if old >= 0}
    rows: list[tuple[str, ...]] = []
    for group in np.unique(roll.group).tolist():
        school = schools[classes.school[group]]
        new = after.get(group)
        is_renamed = new is not None and schools[classes.school[new]].like == (school.code,)
        successor = classes.code(new, schools[classes.school[new]]) if new is not None and is_renamed else ""
        ends = "" if last[group] == LAST_YEAR else str(last[group])
        rows.append((
            classes.code(group, school), "group", classes.name(group, school),
            team_code(school, classes.stage[group]), "se", str(first[group]), ends, successor,
        ))  # fmt: skip
    return rows
