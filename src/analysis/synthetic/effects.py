"""What is true of the schools: how much higher or lower their pupils come out, whoever the pupils are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.synthetic.classes import Classes
from analysis.synthetic.normal import Floats
from analysis.synthetic.plan import FALLS, FIRST_YEAR, GAP_CLOSES, LAST_YEAR, MIDDLE, RISES, School

INDICES = ("survey_safety", "survey_study_peace", "survey_stimulation", "survey_support")
SD_LEVEL, SD_ADDED, SD_INDEX = 0.50, 8.0, 0.55
"""between schools: test points in grade 6, merit points in grade 9, points of the survey's 0–10 scale"""
SD_GROUP, SD_GROUP_ADDED, SD_TEAM, SD_TEAM_ADDED = 0.35, 4.0, 0.20, 2.5
SD_YEAR, SD_YEAR_ADDED = 0.20, 2.5
"""a school's single year, beside the chance of its pupils"""
MERIT_PER_POINT = 16.0
"""merit points that belong to one point on each test: sixteen subjects"""
TRENDS = {RISES: 0.12}
TRENDS_ADDED = {FALLS: -2.5, GAP_CLOSES: 2.0}
"""change per year: test points in grade 6, merit points in grade 9; every other school's is exactly 0"""
BOYS_GAP = 1.5
"""how many test points lower the boys of one school came out in the first year, beside what boys do everywhere"""


@dataclass(frozen=True)
class Effects:
    """True values by school (first axis), and by school and team, group, or school and year."""

    level: Floats
    trend: Floats
    added: Floats
    trend_added: Floats
    boys_gap: Floats
    """test points in the first year, closing along a line to 0 in the newest year"""
    index: Floats
    """by school and index of the survey"""
    team: Floats
    team_added: Floats
    year: Floats
    year_added: Floats
    group: Floats
    group_added: Floats

    def at_grade_6(self, school: npt.NDArray[np.int64], year: npt.NDArray[np.int64]) -> Floats:
        """The school's part in test points: its level and its trend from the middle of the ten years."""
        return np.asarray(self.level[school] + self.trend[school] * (year - MIDDLE), dtype=float)

    def at_grade_9(self, school: npt.NDArray[np.int64], year: npt.NDArray[np.int64]) -> Floats:
        """The school's part in merit points: what it adds and its trend."""
        return np.asarray(self.added[school] + self.trend_added[school] * (year - MIDDLE), dtype=float)

    def boys(self, school: npt.NDArray[np.int64], year: npt.NDArray[np.int64]) -> Floats:
        """The boys' extra part in test points, never above 0."""
        return np.asarray(-self.boys_gap[school] * (LAST_YEAR - year) / (LAST_YEAR - FIRST_YEAR), dtype=float)


def drawn_effects(schools: tuple[School, ...], classes: Classes | None, rng: np.random.Generator) -> Effects:
    """True values for these schools; a merged or renamed school carries on the mean of those before it."""
    count = len(schools)
    years = LAST_YEAR - FIRST_YEAR + 1
    codes = [each.code for each in schools]

    def normal(sd: float, *shape: int) -> Floats:
        return np.asarray(rng.normal(0, sd, shape), dtype=float)

    level, added, index = normal(SD_LEVEL, count), normal(SD_ADDED, count), normal(SD_INDEX, count, len(INDICES))
    for place, school in enumerate(schools):
        before = [codes.index(each) for each in school.like]
        if before:
            level[place], added[place], index[place] = level[before].mean(), added[before].mean(), index[before].mean(0)
    groups = 0 if classes is None else len(classes.school)
    parts = {"group": normal(SD_GROUP, groups), "group_added": normal(SD_GROUP_ADDED, groups)}
    if classes is not None:
        roots = [classes.root(number) for number in range(groups)]
        parts = {name: part[roots] for name, part in parts.items()}
    return Effects(
        level=level,
        trend=np.array([TRENDS.get(code, 0.0) for code in codes]),
        added=added,
        trend_added=np.array([TRENDS_ADDED.get(code, 0.0) for code in codes]),
        boys_gap=np.array([BOYS_GAP if code == GAP_CLOSES else 0.0 for code in codes]),
        index=index,
        team=normal(SD_TEAM, count, 3),
        team_added=normal(SD_TEAM_ADDED, count, 3),
        year=normal(SD_YEAR, count, years),
        year_added=normal(SD_YEAR_ADDED, count, years),
        **parts,
    )
