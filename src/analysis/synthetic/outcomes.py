"""What the pupils reach in grades 6 and 9, and what was to be expected of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.synthetic import pupil_model as model
from analysis.synthetic.background import Truths
from analysis.synthetic.effects import MERIT_PER_POINT, Effects
from analysis.synthetic.normal import Floats, expected_grade, graded

TESTS_6 = tuple(f"national_test_{subject}_6" for subject in model.SUBJECTS)
TESTS_9 = tuple(f"national_test_{subject}_9" for subject in model.SUBJECTS)
IN_6 = (*TESTS_6, "all_subjects_passed_6")
IN_9 = ("merit_value", "all_subjects_passed_9", "eligible_vocational", *TESTS_9)
PERCENT = ("all_subjects_passed_6", "all_subjects_passed_9", "eligible_vocational")
ABSENT, ABSENT_NEW, ABSENT_SUPPORT = 0.03, 0.40, 0.08
UNGRADED, UNGRADED_NEW = 0.01, 0.10


@dataclass(frozen=True)
class Reached:
    """What pupils of one grade reached: one column per indicator, shares as 0 and 1, NaN where there is none.

    ``expected`` has the same columns: the value expected of exactly these pupils (in grade 9 given where they
    started), over all chance; ``expected_in_year`` includes the school's single year.
    """

    sitting: model.Sitting
    values: pd.DataFrame
    expected: pd.DataFrame
    expected_in_year: pd.DataFrame


@dataclass(frozen=True)
class GradeSix:
    """The grade 6 tests before it is known which results count: means and chance per pupil."""

    sitting: model.Sitting
    mean: Floats
    year_part: Floats
    chance: model.Chance
    given: Truths
    """whether each test (first three) and the grades (last) have a result"""

    def with_lift(self, lift: Floats) -> GradeSix:
        """The same tests with so many points more in Swedish for each pupil."""
        return replace(self, mean=self.mean + np.outer(lift, (1.0, 0.0, 0.0)))

    def grades(self) -> Floats:
        """The grade points that each pupil has, or would have had."""
        return model.grade_6_reached(self.mean + self.year_part[:, None], self.chance)[0]

    def reached(self) -> Reached:
        """What the pupils reached and what was expected of them."""
        grades, passed = model.grade_6_reached(self.mean + self.year_part[:, None], self.chance)
        values = np.where(self.given, np.column_stack([grades, passed]), np.nan)
        plain, in_year = (_expected_6(mean) for mean in (self.mean, self.mean + self.year_part[:, None]))
        return Reached(self.sitting, pd.DataFrame(values, columns=list(IN_6)), plain, in_year)


def _expected_6(mean: Floats) -> pd.DataFrame:
    points, passed = model.grade_6_expected(mean)
    return pd.DataFrame(np.column_stack([points, passed]), columns=list(IN_6))


def grade_six(sitting: model.Sitting, effects: Effects, always: Truths, rng: np.random.Generator) -> GradeSix:
    """The tests of grade 6; pupils in `always` lack no result."""
    mean = model.grade_6_mean(sitting, effects)
    year_part = sitting.single_year(effects.year) * sitting.here
    chance = model.grade_6_chance(len(sitting), rng)
    return GradeSix(sitting, mean, year_part, chance, _given(sitting, always, 3, rng))


def _given(sitting: model.Sitting, always: Truths, tests: int, rng: np.random.Generator) -> Truths:
    """Whether each of the tests, and then the grades, have a result."""
    new, support = sitting.who.is_newly_arrived(sitting.year), sitting.who.support
    absent = np.where(new, ABSENT_NEW, np.where(support, ABSENT_SUPPORT, ABSENT))
    ungraded = np.where(new, UNGRADED_NEW, UNGRADED)
    chances = np.column_stack([*[absent] * tests, ungraded])
    return np.asarray((rng.random(chances.shape) >= chances) | always[:, None], dtype=bool)


def grade_nine(
    sitting: model.Sitting, start: Floats, effects: Effects, always: Truths, rng: np.random.Generator
) -> Reached:
    """Grades and tests of grade 9 for pupils with these grade points in grade 6."""
    mean = model.merit_mean(sitting, start, effects)
    tests = model.grade_9_test_mean(sitting, start, effects)
    year_part = sitting.single_year(effects.year_added)
    merit = model.merit_points(mean + year_part + rng.normal(0, model.SD_MERIT, len(mean)))
    every, vocational = _passed(merit, rng)
    later = tests + (year_part / MERIT_PER_POINT)[:, None]
    grades = graded(later + rng.normal(0, model.SD_LATER_TEST, later.shape))
    values = np.column_stack([merit, every, vocational, grades])
    given = _given(sitting, always, 3, rng)
    values = np.where(given[:, [3, 3, 3, 0, 1, 2]], values, np.nan)
    return Reached(
        sitting,
        pd.DataFrame(values, columns=list(IN_9)),
        _expected_9(mean, tests),
        _expected_9(mean + year_part, later),
    )


def _passed(merit: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Whether all subjects are passed, and whether the pupil is eligible: who has passed all is eligible."""
    every = merit - model.LOWEST_ALL > rng.exponential(model.SLACK_ALL, len(merit))
    enough = merit - model.LOWEST_VOCATIONAL > rng.exponential(model.SLACK_VOCATIONAL, len(merit))
    return every.astype(float), (every | enough).astype(float)


def _expected_9(mean: Floats, tests: Floats) -> pd.DataFrame:
    points = expected_grade(tests, model.SD_LATER_TEST)
    return pd.DataFrame(np.column_stack([*model.merit_expected(mean), points]), columns=list(IN_9))
