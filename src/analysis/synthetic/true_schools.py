"""The true parameters: of the model, of every school, and what was planted where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.synthetic import answers, effects, plan, programme
from analysis.synthetic import pupil_model as model
from analysis.synthetic.effects import INDICES, MERIT_PER_POINT
from analysis.synthetic.enrolment import FOUR, SMALLEST_GROUP
from analysis.synthetic.municipality import Municipality
from analysis.synthetic.neighbours import Neighbours
from analysis.synthetic.normal import GRADE_CUTS
from analysis.synthetic.plan import LAST_YEAR, MUNICIPALITY
from analysis.synthetic.register import planned_shares


def schools(town: Municipality, beside: Neighbours) -> pd.DataFrame:
    """One row per school: what is true of it, in test points (grade 6) and merit points (grade 9)."""
    parts = []
    for group, found in ((town.plan.schools, town.effects), (beside.schools, beside.effects)):
        frame = pd.DataFrame(
            {
                "unit_id": ["se:school:" + each.code for each in group],
                "name": [each.name for each in group],
                "municipality_id": ["se:municipality:" + each.municipality for each in group],
                "first_grade": [each.first_grade for each in group],
                "last_grade": [each.last_grade for each in group],
                "level_6": found.level,
                "trend_6": found.trend,
                "value_added": found.added,
                "value_added_tests": found.added / MERIT_PER_POINT,
                "trend_9": found.trend_added,
                "boys_gap_first_year": found.boys_gap,
                **{f"{name}_difference": found.index[:, place] for place, name in enumerate(INDICES)},
            }
        )
        parts.append(frame)
    own = planned_shares(town.plan)
    others = np.array([[each.foreign, each.high, each.low] for each in beside.schools])
    shares = pd.DataFrame(np.vstack([own, others]), columns=["drawn_foreign", "drawn_high", "drawn_low"])
    return pd.concat([pd.concat(parts, ignore_index=True), shares], axis=1)


def groups(town: Municipality) -> pd.DataFrame:
    """The part of every team and group beside its school's, in test points (grade 6) and merit points (grade 9)."""
    classes, found, plan_schools = town.enrolment.classes, town.effects, town.plan.schools
    numbers = np.unique(town.enrolment.roll.group)
    school, stage = np.array(classes.school)[numbers], np.array(classes.stage)[numbers]
    return pd.DataFrame(
        {
            "unit_id": ["se:group:" + classes.code(each, plan_schools[classes.school[each]]) for each in numbers],
            "first_grade": 3 * stage + 1,
            "group_6": np.where(stage == 1, found.group[numbers], np.nan),
            "group_9": np.where(stage == 2, found.group_added[numbers], np.nan),
            "team_6": np.where(stage == 1, found.team[school, 1], np.nan),
            "team_9": np.where(stage == 2, found.team_added[school, 2], np.nan),
        }
    )


def parameters() -> dict[str, Any]:
    """The numbers that every pupil was drawn with."""
    subjects = model.SUBJECTS
    education = ("compulsory", "upper_secondary", "post_secondary")
    return {
        "grade_6": {
            "base": dict(zip(subjects, model.BASE.tolist(), strict=True)),
            "girls": dict(zip(subjects, model.GIRLS.tolist(), strict=True)),
            "parents_education": dict(zip(education, model.EDUCATION.tolist(), strict=True)),
            "foreign_background": model.FOREIGN,
            "newly_arrived": model.NEWLY_ARRIVED,
            "support": model.SUPPORT,
            "sd_pupil": model.SD_PUPIL,
            "sd_test": model.SD_TEST,
            "grade_cuts": list(GRADE_CUTS),
        },
        "grade_9": {
            "merit_base": model.MERIT_BASE,
            "merit_per_grade_point_in_grade_6": model.MERIT_PER_START,
            "merit_girls": model.MERIT_GIRLS,
            "merit_parents_education": dict(zip(education, model.MERIT_EDUCATION.tolist(), strict=True)),
            "merit_foreign_background": model.MERIT_FOREIGN,
            "merit_newly_arrived": model.MERIT_NEW,
            "merit_support": model.MERIT_SUPPORT,
            "merit_sd": model.SD_MERIT,
            "test_base": model.TEST_BASE,
            "test_per_grade_point_in_grade_6": model.TEST_PER_START,
            "test_sd": model.SD_LATER_TEST,
        },
        "between_schools": {
            "sd_level_6": effects.SD_LEVEL,
            "sd_value_added": effects.SD_ADDED,
            "sd_survey_index": effects.SD_INDEX,
            "sd_group_6": effects.SD_GROUP,
            "sd_group_9": effects.SD_GROUP_ADDED,
            "sd_team_6": effects.SD_TEAM,
            "sd_team_9": effects.SD_TEAM_ADDED,
            "sd_single_year_6": effects.SD_YEAR,
            "sd_single_year_9": effects.SD_YEAR_ADDED,
        },
        "survey": {
            "mean": dict(zip(INDICES, answers.USUAL, strict=True)),
            "log_odds_of_answering": answers.STAY_AWAY,
            "log_odds_less_where_few_answer": answers.FEW_ANSWER_LESS,
            "log_odds_per_sd_of_content_where_few_answer": answers.BY_CONTENT,
        },
    }


def planted(town: Municipality) -> dict[str, Any]:
    """What was put there on purpose, and where."""
    group = town.enrolment.smallest_group
    classes = town.enrolment.classes
    group_code = classes.code(group, town.plan.schools[classes.school[group]])

    def school(code: str) -> str:
        return f"se:school:{code}"

    return {
        "municipality": f"se:municipality:{MUNICIPALITY}",
        "rises_in_grade_6": {"unit_id": school(plan.RISES), "test_points_per_year": effects.TRENDS[plan.RISES]},
        "falls_in_grade_9": {"unit_id": school(plan.FALLS), "merit_points_per_year": effects.TRENDS_ADDED[plan.FALLS]},
        "rises_in_grade_9": {
            "unit_id": school(plan.GAP_CLOSES),
            "merit_points_per_year": effects.TRENDS_ADDED[plan.GAP_CLOSES],
        },
        "gap_closes": {
            "unit_id": school(plan.GAP_CLOSES),
            "test_points_first_year": effects.BOYS_GAP,
            "merit_points_first_year": effects.BOYS_GAP * MERIT_PER_POINT,
        },
        "merger": {"unit_id": school(plan.MERGER), "from": [school(each) for each in plan.MERGED], "first_year": 2020},
        "closed": {"unit_id": school(plan.CLOSED), "last_year": 2018},
        "renamed": {"unit_id": school(plan.NEW_NAME), "was": school(plan.RENAMED), "first_year": 2021},
        "few_in_grade_9": {"unit_id": school(plan.SMALL), "pupils": FOUR, "year": LAST_YEAR},
        "group_of_the_smallest_size": {
            "unit_id": f"se:group:{group_code}", "pupils": SMALLEST_GROUP, "year": LAST_YEAR,
        },
        "few_answer_the_survey": {"unit_id": school(plan.FEW_ANSWER)},
        "reading_programme": {
            "indicator": programme.INDICATOR,
            "points_on_the_score": programme.LIFT,
            "unit_ids": [school(town.plan.schools[each].code) for each in town.programme.schools["school"]],
        },
    }  # fmt: skip
