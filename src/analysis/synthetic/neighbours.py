"""Seven made-up neighbouring municipalities of the same county: figures of schools only, from the same model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.synthetic.background import drawn
from analysis.synthetic.effects import Effects, drawn_effects
from analysis.synthetic.names import MUNICIPALITIES, NEIGHBOUR_SCHOOLS, school_code
from analysis.synthetic.normal import Floats
from analysis.synthetic.outcomes import Reached, grade_nine, grade_six
from analysis.synthetic.plan import YEARS, School
from analysis.synthetic.pupil_model import Sitting, grade_6_chance, grade_6_mean, grade_6_reached

KINDS = ((1, 9), (1, 9), (1, 9), (1, 6), (1, 6), (7, 9), (7, 9))
"""the first and last grades of the seven schools of a municipality"""
NEWLY_ARRIVED = 0.12


@dataclass(frozen=True)
class Neighbours:
    """The schools, all their pupils (one place per pupil and year) with grades, and what they reached."""

    schools: tuple[School, ...]
    effects: Effects
    everyone: Sitting
    grade: np.ndarray
    grade_6: Reached
    grade_9: Reached


def neighbours(rng: np.random.Generator) -> Neighbours:
    """Forty-nine schools that differ in size, in who goes there and in what is true of them."""
    schools = _schools(rng)
    effects = drawn_effects(schools, None, rng)
    everyone, grade = _everyone(schools, rng)
    six, nine = _some(everyone, grade == 6), _some(everyone, grade == 9)
    nobody = np.zeros(len(six), dtype=bool), np.zeros(len(nine), dtype=bool)
    tests = grade_six(six, effects, nobody[0], rng)
    start = _start(nine, effects, rng)
    return Neighbours(
        schools, effects, everyone, grade, tests.reached(), grade_nine(nine, start, effects, nobody[1], rng)
    )


def _schools(rng: np.random.Generator) -> tuple[School, ...]:
    found = []
    for place, (municipality, _) in enumerate(MUNICIPALITIES[1:]):
        usual = rng.uniform(0.10, 0.35), rng.uniform(0.42, 0.60)
        for number, (first, last) in enumerate(KINDS):
            foreign = float(np.clip(usual[0] + rng.normal(0, 0.10), 0.03, 0.75))
            high = float(np.clip(usual[1] + rng.normal(0, 0.09) - 0.25 * (foreign - usual[0]), 0.22, 0.85))
            found.append(
                School(
                    school_code(municipality, number + 1), NEIGHBOUR_SCHOOLS[len(KINDS) * place + number], "", first,
                    last, cohort=int(rng.integers(18, 80)), foreign=foreign, high=high,
                    low=float(np.clip(0.16 - 0.16 * high, 0.02, 0.2)), municipality=municipality,
                )
            )  # fmt: skip
    return tuple(found)


def _everyone(schools: tuple[School, ...], rng: np.random.Generator) -> tuple[Sitting, np.ndarray]:
    cells = [
        (place, year, grade, each.cohort)
        for place, each in enumerate(schools)
        for year in YEARS
        for grade in range(each.first_grade, each.last_grade + 1)
    ]
    school, year, grade, cohort = np.array(cells).T
    counts = np.maximum(4, cohort + np.rint(rng.normal(0, 0.07, len(cohort)) * cohort).astype(np.int64))
    school, year, grade = (np.repeat(each, counts) for each in (school, year, grade))
    shares = np.array([[each.foreign, each.high, each.low] for each in schools])[school].T
    who = drawn(rng, *shares, year=year, newly_arrived=NEWLY_ARRIVED)
    count = len(school)
    everyone = Sitting(np.arange(count), year, school, np.full(count, -1), who, np.ones(count, dtype=bool))
    return everyone, grade


def _some(everyone: Sitting, which: np.ndarray) -> Sitting:
    places = np.flatnonzero(which)
    return Sitting(
        everyone.pupil[places], everyone.year[places], everyone.school[places], everyone.group[places],
        everyone.who.at(places), everyone.here[places],
    )  # fmt: skip


def _start(nine: Sitting, effects: Effects, rng: np.random.Generator) -> Floats:
    """Where the pupils of grade 9 started, without any school's part: who taught them earlier is not followed here."""
    earlier = Sitting(
        nine.pupil, nine.year - 3, nine.school, nine.group, nine.who, np.zeros(len(nine), dtype=bool)
    )  # fmt: skip
    return grade_6_reached(grade_6_mean(earlier, effects), grade_6_chance(len(nine), rng))[0]
