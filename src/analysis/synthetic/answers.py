"""What the pupils answer in the survey, who does not answer, and what everyone would have answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.catalogue.surveys import Survey, surveys
from analysis.synthetic.background import Truths
from analysis.synthetic.effects import INDICES, Effects
from analysis.synthetic.normal import Floats, normal_cdf
from analysis.synthetic.pupil_model import Sitting

SURVEY = "school_survey"
USUAL = (7.6, 6.2, 6.4, 7.2)
"""the pupils' mean on each index"""
GIRLS, SUPPORT, NEWLY_ARRIVED = -0.25, -0.5, 0.1
SD_PUPIL, SD_STATEMENT, STATEMENTS_DIFFER = 1.7, 1.7, 0.5
BLANK = 0.03
STAY_AWAY = {"usual": 2.1, "education": 0.35, "newly_arrived": -0.8, "support": -0.4}
"""log odds of answering, per year of education at home above upper secondary, and for some groups"""
FEW_ANSWER_LESS, BY_CONTENT = -2.2, 0.9
"""in one school the log odds of answering are lower, and rise with how content the pupil is (per sd)"""


@dataclass(frozen=True)
class Answers:
    """One row per answer (``place`` of the pupil, ``statement``, ``answer`` with NaN for don't know), and per pupil
    asked and index what the pupil would be expected to answer, whether or not the pupil did."""

    rows: pd.DataFrame
    expected: pd.DataFrame
    answered: Truths


def answered(sitting: Sitting, effects: Effects, few_answer: int, rng: np.random.Generator) -> Answers:
    """The survey in the grades and years it is asked; ``few_answer`` is the school where few answer."""
    survey = surveys()[SURVEY]
    content = rng.normal(0, 1, len(sitting))
    difficulty = {name: rng.normal(0, STATEMENTS_DIFFER) for name in survey.statements}
    does = rng.random(len(sitting)) < _chance(sitting, content, few_answer)
    places = np.flatnonzero(does)
    parts, expected = [], {}
    for number, index in enumerate(INDICES):
        mean = _mean(sitting, effects, number) + SD_PUPIL * content * 0.7
        own = mean + rng.normal(0, SD_PUPIL * np.sqrt(1 - 0.49), len(mean))
        names = survey.statements_of(index)
        expected[index] = np.mean([_expected(own + difficulty[name], survey) for name in names], axis=0)
        for name in names:
            score = own[places] + difficulty[name] + rng.normal(0, SD_STATEMENT, len(places))
            answer = _written(_steps(score, survey), survey, name)
            answer[rng.random(len(places)) < BLANK] = np.nan
            parts.append(pd.DataFrame({"place": places, "statement": name, "answer": answer}))
    rows = pd.concat(parts, ignore_index=True).sort_values("place", kind="stable", ignore_index=True)
    return Answers(rows, pd.DataFrame(expected), does)


def _mean(sitting: Sitting, effects: Effects, number: int) -> Floats:
    who = sitting.who
    return np.asarray(
        USUAL[number]
        + effects.index[sitting.school, number]
        + GIRLS * who.girl
        + SUPPORT * who.support
        + NEWLY_ARRIVED * who.is_newly_arrived(sitting.year),
        dtype=float,
    )


def _chance(sitting: Sitting, content: Floats, few_answer: int) -> Floats:
    who, here = sitting.who, sitting.school == few_answer
    odds = (
        STAY_AWAY["usual"]
        + STAY_AWAY["education"] * (who.education - 2)
        + STAY_AWAY["newly_arrived"] * who.is_newly_arrived(sitting.year)
        + STAY_AWAY["support"] * who.support
        + here * (FEW_ANSWER_LESS + BY_CONTENT * content)
    )
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=float)


def _options(survey: Survey) -> tuple[Floats, Floats]:
    """The values from the lowest to the highest, and the cuts half way between them."""
    values = np.sort([value for value, _ in survey.options])
    return values, (values[1:] + values[:-1]) / 2


def _steps(score: Floats, survey: Survey) -> Floats:
    values, cuts = _options(survey)
    return np.asarray(values[np.digitize(score, cuts)], dtype=float)


def _written(scored: Floats, survey: Survey, name: str) -> Floats:
    """The answer as the pupil gives it: turned end for end for a statement where agreeing is bad."""
    if not survey.statements[name].reversed:
        return scored
    values, _ = _options(survey)
    return np.asarray(values[::-1][np.searchsorted(values, scored)], dtype=float)


def _expected(mean: Floats, survey: Survey) -> Floats:
    values, cuts = _options(survey)
    total = np.full(len(mean), values[0])
    for cut, step in zip(cuts, np.diff(values), strict=True):
        total += step * normal_cdf((mean - cut) / SD_STATEMENT)
    return total
