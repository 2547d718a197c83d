"""How pupils come out: tests in grade 6, and grades and tests in grade 9 given where they started.

Grade 6: score = base of the test + who the pupil is + the school's, team's, group's and year's part + the
pupil's own part (normal, the same in all three tests) + chance; the grade points are the steps of the score.
Grade 9: merit = 82 + 11 × mean grade points in grade 6 + who the pupil is + the school's, team's, group's and year's
part + chance (normal), in steps of 2.5 within 0–340. What the school adds is thus exactly what a model with
the pupils' own results in grade 6 asks for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.synthetic.background import Background
from analysis.synthetic.effects import MERIT_PER_POINT, Effects
from analysis.synthetic.normal import GRADE_CUTS, Floats, expected_grade, graded, nodes, normal_cdf
from analysis.synthetic.plan import FIRST_YEAR

SUBJECTS = ("swedish", "english", "maths")
BASE = np.array([13.3, 14.0, 12.7])
GIRLS = np.array([0.9, 0.2, -0.1])
EDUCATION = np.array([-1.5, -0.4, 0.5])
FOREIGN, NEWLY_ARRIVED, SUPPORT = -0.7, -2.2, -1.8
SD_PUPIL, SD_TEST = 2.3, 1.6
PASS_REST = 9.3
"""all other subjects are passed when the pupil's mean score with a new chance reaches this"""
MERIT_BASE, MERIT_PER_START, SD_MERIT = 82.0, 11.0, 32.0
MERIT_GIRLS, MERIT_FOREIGN, MERIT_NEW, MERIT_SUPPORT = 10.0, 2.0, -18.0, -14.0
MERIT_EDUCATION = np.array([-10.0, -2.0, 5.0])
LOWEST_ALL, LOWEST_VOCATIONAL, SLACK_ALL, SLACK_VOCATIONAL = 160.0, 125.0, 15.0, 15.0
"""nobody below `LOWEST_ALL` passes all of sixteen subjects; above it, all but exp(−excess / 15) do"""
TEST_BASE, TEST_PER_START, SD_LATER_TEST = 3.6, 0.75, 2.2


@dataclass(frozen=True)
class Sitting:
    """Pupils in the grade and year they are tested, one place each."""

    pupil: npt.NDArray[np.int64]
    year: npt.NDArray[np.int64]
    school: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    """−1 where groups are not known"""
    who: Background
    here: npt.NDArray[np.bool_]
    """whether the pupil goes to the school; otherwise neither the school's part nor the group's is there"""

    def __len__(self) -> int:
        return len(self.pupil)

    def part(self, by_group: Floats) -> Floats:
        """The group's part; 0 where groups are not known."""
        if not len(by_group):
            return np.zeros(len(self.group))
        return np.asarray(np.where(self.group >= 0, by_group[self.group], 0.0), dtype=float)

    def single_year(self, by_year: Floats) -> Floats:
        """The part of the school's single year; 0 before the first year."""
        inside = self.year >= FIRST_YEAR
        return np.asarray(np.where(inside, by_year[self.school, np.where(inside, self.year - FIRST_YEAR, 0)], 0.0))


def grade_6_mean(sitting: Sitting, effects: Effects) -> Floats:
    """The mean score of each pupil (first axis) and test, the single year left out."""
    who = sitting.who
    pupils = (
        EDUCATION[who.education - 1]
        + FOREIGN * who.foreign
        + NEWLY_ARRIVED * who.is_newly_arrived(sitting.year)
        + SUPPORT * who.support
    )
    schools = (
        effects.at_grade_6(sitting.school, sitting.year)
        + effects.boys(sitting.school, sitting.year) * ~who.girl
        + effects.team[sitting.school, 1]
        + sitting.part(effects.group)
    )
    common = pupils + schools * sitting.here
    return np.asarray(BASE + np.outer(who.girl, GIRLS) + common[:, None], dtype=float)


@dataclass(frozen=True)
class Chance:
    """What is left to chance in grade 6: the pupil's own part, each test's, and the other subjects'."""

    own: Floats
    tests: Floats
    rest: Floats


def grade_6_chance(count: int, rng: np.random.Generator) -> Chance:
    """Chance for so many pupils."""
    shape = (count, len(SUBJECTS))
    return Chance(rng.normal(0, SD_PUPIL, count), rng.normal(0, SD_TEST, shape), rng.normal(0, SD_TEST, count))


def grade_6_reached(mean: Floats, chance: Chance) -> tuple[Floats, Floats]:
    """Grade points in the three tests, and 1 where all subjects are passed, 0 elsewhere."""
    own = mean + chance.own[:, None]
    grades = graded(own + chance.tests)
    passed = (own.mean(axis=1) + chance.rest >= PASS_REST) & (grades > 0).all(axis=1)
    return grades, np.asarray(passed, dtype=float)


def grade_6_expected(mean: Floats) -> tuple[Floats, Floats]:
    """Expected grade points in the three tests, and the chance of passing all subjects, over all chance: exact."""
    points = expected_grade(mean, float(np.hypot(SD_PUPIL, SD_TEST)))
    passed = np.zeros(len(mean))
    for at, weight in zip(*nodes(), strict=True):
        own = mean + SD_PUPIL * at
        tests = normal_cdf((own - GRADE_CUTS[0]) / SD_TEST).prod(axis=1)
        passed += weight * tests * normal_cdf((own.mean(axis=1) - PASS_REST) / SD_TEST)
    return points, passed


def merit_mean(sitting: Sitting, start: Floats, effects: Effects) -> Floats:
    """The mean merit of each pupil given the grade points in grade 6, the single year left out."""
    who = sitting.who
    return np.asarray(
        MERIT_BASE
        + MERIT_PER_START * start.mean(axis=1)
        + MERIT_GIRLS * who.girl
        + MERIT_EDUCATION[who.education - 1]
        + MERIT_FOREIGN * who.foreign
        + MERIT_NEW * who.is_newly_arrived(sitting.year)
        + MERIT_SUPPORT * who.support
        + effects.at_grade_9(sitting.school, sitting.year)
        + effects.boys(sitting.school, sitting.year) * ~who.girl * MERIT_PER_POINT
        + effects.team_added[sitting.school, 2]
        + sitting.part(effects.group_added),
        dtype=float,
    )


def merit_points(merit: Floats) -> Floats:
    """A merit value as grades can give it: steps of 2.5 from 10 (or 0) to 340.

    >>> merit_points(np.array([-3.0, 2.0, 6.0, 201.1, 500.0])).tolist()
    [0.0, 0.0, 10.0, 200.0, 340.0]
    """
    steps = np.clip(2.5 * np.round(merit / 2.5), 0, 340)
    return np.asarray(np.where(steps < 5, 0.0, np.maximum(steps, 10.0)), dtype=float)


def passes(merit: Floats) -> tuple[Floats, Floats]:
    """The chance of having passed all subjects, and of being eligible for vocational programmes, at a merit value."""
    above = np.maximum(0, merit - LOWEST_ALL), np.maximum(0, merit - LOWEST_VOCATIONAL)
    every = 1 - np.exp(-above[0] / SLACK_ALL)
    vocational = 1 - np.exp(-above[1] / SLACK_VOCATIONAL) * (1 - every)
    return np.asarray(every), np.asarray(vocational)


def merit_expected(mean: Floats) -> tuple[Floats, Floats, Floats]:
    """Expected merit value, chance of passing all subjects, and of being eligible, over the pupil's chance: exact."""
    found = [np.zeros(len(mean)) for _ in range(3)]
    grid = np.linspace(-5, 5, 161)
    weights = np.exp(-0.5 * grid**2) / np.exp(-0.5 * grid**2).sum()
    for at, weight in zip(grid, weights, strict=True):
        merit = merit_points(mean + SD_MERIT * at)
        for total, part in zip(found, (merit, *passes(merit)), strict=True):
            total += weight * part
    return found[0], found[1], found[2]


def grade_9_test_mean(sitting: Sitting, start: Floats, effects: Effects) -> Floats:
    """The mean score of each pupil in the three tests of grade 9, given the same test in grade 6."""
    who = sitting.who
    school = effects.at_grade_9(sitting.school, sitting.year) / MERIT_PER_POINT
    common = (
        0.5 * EDUCATION[who.education - 1]
        + NEWLY_ARRIVED / 2 * who.is_newly_arrived(sitting.year)
        + school
        + effects.boys(sitting.school, sitting.year) * ~who.girl
        + (effects.team_added[sitting.school, 2] + sitting.part(effects.group_added)) / MERIT_PER_POINT
    )
    return np.asarray(TEST_BASE + TEST_PER_START * start + common[:, None], dtype=float)
