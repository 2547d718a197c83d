"""The made-up municipality put together: who the pupils are, what they reach and what they answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.catalogue.surveys import surveys
from analysis.synthetic.answers import SURVEY, Answers, answered
from analysis.synthetic.background import Truths, Whole
from analysis.synthetic.effects import Effects, drawn_effects
from analysis.synthetic.enrolment import Enrolment, enrolled
from analysis.synthetic.normal import Floats
from analysis.synthetic.outcomes import Reached, grade_nine, grade_six
from analysis.synthetic.plan import FEW_ANSWER, FIRST_YEAR, LAST_YEAR, SMALL, Plan
from analysis.synthetic.programme import Programme, chosen
from analysis.synthetic.pupil_model import Sitting, grade_6_chance, grade_6_mean, grade_6_reached

PARTS = ("enrolment", "effects", "grade_6", "earlier", "grade_9", "answers", "neighbours", "figures", "codes")
"""each draws its chance from a stream of its own, so that a change in one moves nothing in the others"""


def stream(seed: int, part: str) -> np.random.Generator:
    """The chance of one part of the municipality."""
    return np.random.default_rng([seed, PARTS.index(part)])


@dataclass(frozen=True)
class Municipality:
    """Everything that is true of the municipality and its pupils."""

    plan: Plan
    enrolment: Enrolment
    effects: Effects
    programme: Programme
    grade_6: Reached
    grade_6_without: Reached
    """the same pupils and the same chance, had there been no reading programme"""
    grade_9: Reached
    start: Floats
    """grade points in grade 6 of the pupils in grade 9, also where they were not reported"""
    asked: Sitting
    answers: Answers


def municipality(plan: Plan, seed: int) -> Municipality:
    """The municipality that belongs to this plan and seed."""
    enrolment = enrolled(plan, stream(seed, "enrolment"))
    effects = drawn_effects(plan.schools, enrolment.classes, stream(seed, "effects"))
    always = _always_given(enrolment, plan)
    six, nine = _in_grade(enrolment, (6,)), _in_grade(enrolment, (9,))
    tests = grade_six(six, effects, np.zeros(len(six), dtype=bool), stream(seed, "grade_6"))
    programme = chosen(plan, tests)
    lifted = tests.with_lift(programme.lift(six.school, six.year))
    known = np.full((len(enrolment.entry), 3), np.nan)
    known[six.pupil] = lifted.grades()
    start = _started(enrolment, nine, known, effects, stream(seed, "earlier"))
    asked = _in_grade(enrolment, surveys()[SURVEY].grades)
    return Municipality(
        plan, enrolment, effects, programme,
        grade_6=lifted.reached(),
        grade_6_without=tests.reached(),
        grade_9=grade_nine(nine, start, effects, always[nine.pupil], stream(seed, "grade_9")),
        start=start,
        asked=asked,
        answers=answered(asked, effects, plan.place(FEW_ANSWER), stream(seed, "answers")),
    )  # fmt: skip


def _in_grade(enrolment: Enrolment, grades: tuple[int, ...]) -> Sitting:
    places = np.flatnonzero(np.isin(enrolment.roll.grade, grades))
    roll = enrolment.roll.at(places)
    return Sitting(
        roll.pupil, enrolment.year[places], roll.school, roll.group,
        who=enrolment.background.at(roll.pupil), here=np.ones(len(places), dtype=bool),
    )  # fmt: skip


def _always_given(enrolment: Enrolment, plan: Plan) -> Truths:
    """The pupils of the two planted groups, by number: they lack no result, so that their size is what it is."""
    roll, newest = enrolment.roll, enrolment.year == LAST_YEAR
    planted = newest & (roll.grade == 9)
    planted &= (roll.group == enrolment.smallest_group) | (roll.school == plan.place(SMALL))
    found = np.zeros(len(enrolment.entry), dtype=bool)
    found[roll.pupil[planted]] = True
    return found


def _started(enrolment: Enrolment, nine: Sitting, known: Floats, effects: Effects, rng: np.random.Generator) -> Floats:
    """The grade points in grade 6 of the pupils in grade 9.

    Those who were elsewhere in grade 6, or before the first year, have what they reached there: drawn from the same
    model, without any school's part. It is in no file, so their earlier result is not known to anyone who reads.
    """
    lacking = np.unique(nine.pupil[np.isnan(known[nine.pupil, 0])])
    first = np.zeros(len(enrolment.entry), dtype=np.int64)
    np.maximum.at(first, nine.pupil, nine.year)
    sitting = Sitting(
        lacking, first[lacking] - 3, enrolment.entry[lacking], np.full(len(lacking), -1),
        who=enrolment.background.at(lacking), here=np.zeros(len(lacking), dtype=bool),
    )  # fmt: skip
    mean = grade_6_mean(sitting, effects)
    known[lacking] = grade_6_reached(mean, grade_6_chance(len(lacking), rng))[0]
    return known[nine.pupil]


def dissimilarity(school: Whole, share: Floats) -> float:
    """How unevenly a group is spread over schools: the share that would have to change school, 0 to 1.

    Half the sum over schools of the difference between the school's part of the group and its part of the others;
    `share` is each pupil's 0 or 1, or the chance of belonging to the group.

    >>> dissimilarity(np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 0.0, 0.0]))
    1.0
    """
    group, others = np.bincount(school, share), np.bincount(school, 1 - share)
    return float(0.5 * np.abs(group / group.sum() - others / others.sum()).sum())


YEARS_WITH_START = (FIRST_YEAR + 3, LAST_YEAR)
"""the school years in which pupils in grade 9 can have a reported result from grade 6"""
