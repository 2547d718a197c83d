"""Figures of schools, as rows of a table of one's own: the neighbours' results, teachers, and the adjusted values."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.background import Whole
from analysis.synthetic.means import means
from analysis.synthetic.municipality import Municipality
from analysis.synthetic.neighbours import Neighbours
from analysis.synthetic.normal import Floats
from analysis.synthetic.outcomes import PERCENT, Reached
from analysis.synthetic.plan import LAST_YEAR

COLUMNS = ("unit_code", "level", "indicator", "school_year", "group", "value", "n")
SMALLEST = 10
"""figures of neighbours about fewer pupils are marked as withheld, as a publisher does"""
SALSA = {"base": 93.567, "education": 69.846, "boys": -35.271, "newly_arrived": -83.641}
"""the coefficients that the National Agency for Education published for the merit value of 2015/16"""
SALSA_PUPILS, SALSA_KNOWN = 15, 75.0
NEARLY_ALL = 30
"""with at least so many pupils, of whom one to four are not eligible, a publisher writes ~100"""
NOT_REPORTED = 0.02


def figures(town: Municipality, beside: Neighbours, rng: np.random.Generator) -> pd.DataFrame:
    """All rows with `COLUMNS`, as text."""
    own = [each.code for each in town.plan.schools]
    others = [each.code for each in beside.schools]
    parts = [
        _results(beside.grade_6, others),
        _results(beside.grade_9, others),
        _context(beside, others),
        _adjusted(town.grade_9, own),
        _adjusted(beside.grade_9, others),
        _teachers(own, _pupils(town.enrolment.roll.school, town.enrolment.year), _foreign_own(town), rng),
        _teachers(
            others,
            _pupils(beside.everyone.school, beside.everyone.year),
            np.array([each.foreign for each in beside.schools]),
            rng,
        ),
    ]
    found = pd.concat(parts, ignore_index=True).assign(level="school")
    order = ["unit_code", "indicator", "school_year", "group"]
    return found[list(COLUMNS)].sort_values(order, ignore_index=True)


def _text(value: pd.Series, n: pd.Series, decimals: int = 1) -> pd.DataFrame:
    """Value and n as text; about fewer than `SMALLEST` pupils only the mark of a withheld figure."""
    shown = (n >= SMALLEST) & value.notna()
    values = value.map(lambda number: f"{number + 0.0:.{decimals}f}").where(shown, "..")
    return pd.DataFrame({"value": values, "n": n.map(lambda number: f"{number:.0f}").where(shown, "")})


def _results(reached: Reached, codes: list[str]) -> pd.DataFrame:
    """Mean per school, year and group of each indicator, with the pupils behind it."""
    sitting = reached.sitting
    girl = sitting.who.girl
    parts = []
    for group, which in (("all", girl | ~girl), ("girls", girl), ("boys", ~girl)):
        found = means(sitting.school[which], sitting.year[which], reached.values[which])
        value = found["mean"].where(~found["indicator"].isin(PERCENT), 100 * found["mean"])
        shown = _text(value, found["n"])
        failing = (1 - found["mean"]) * found["n"]
        nearly = (found["indicator"] == "eligible_vocational") & failing.between(0.5, 4.5) & (found["n"] >= NEARLY_ALL)
        shown = shown.assign(value=shown["value"].where(~nearly, "~100"), n=shown["n"].where(~nearly, ""))
        parts.append(_named(found, codes).assign(group=group, **shown))
    return pd.concat(parts, ignore_index=True)


def _named(found: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    return found[["school_year", "indicator"]].assign(unit_code=np.take(codes, found["unit"]))


def _context(beside: Neighbours, codes: list[str]) -> pd.DataFrame:
    """Who goes to the neighbours' schools, and how many."""
    sitting, grade = beside.everyone, beside.grade
    who = sitting.who
    education = np.where(who.education_known, who.education, np.nan).astype(float)
    values = {
        "girls": 100.0 * who.girl,
        "foreign_background": 100.0 * who.foreign,
        "newly_arrived": 100.0 * who.is_newly_arrived(sitting.year),
        "background_known": 100.0 * who.education_known,
        "parents_education": np.where(np.isnan(education), np.nan, 100.0 * (education == 3)),
        "parents_education_index": education,
    }
    found = means(sitting.school, sitting.year, pd.DataFrame(values))
    shown = _text(found["mean"], found["n"])
    index = found["indicator"] == "parents_education_index"
    shown["value"] = shown["value"].where(~index, _text(found["mean"], found["n"], 2)["value"])
    parts = [_named(found, codes).assign(**shown)]
    for name, first, last in (("pupils_grade_1_9", 1, 9), ("pupils_grade_6", 6, 6), ("pupils_grade_9", 9, 9)):
        asked = pd.DataFrame({name: np.where((grade >= first) & (grade <= last), 1.0, np.nan)})
        counted = means(sitting.school, sitting.year, asked)
        size = counted["n"].astype(str)
        parts.append(_named(counted, codes).assign(value=size, n=size))
    return pd.concat(parts, ignore_index=True).assign(group="all")


def _adjusted(reached: Reached, codes: list[str]) -> pd.DataFrame:
    """The published equation applied to the made-up schools; the newest year is not out yet.

    Schools with fewer than 15 graded pupils, or with background known for under 75 %, are withheld.
    """
    sitting = reached.sitting
    who = sitting.who
    frame = pd.DataFrame(
        {
            "unit_code": np.take(codes, sitting.school),
            "school_year": sitting.year,
            "education": np.where(who.education_known, who.education, np.nan).astype(float),
            "known": 100.0 * who.education_known,
            "boys": ~who.girl,
            "newly_arrived": who.is_newly_arrived(sitting.year) | ~who.education_known,
            "merit": reached.values["merit_value"],
        }
    )
    graded = frame[frame["merit"].notna() & (frame["school_year"] < LAST_YEAR)]
    means = graded.astype({"boys": float, "newly_arrived": float}).groupby(["unit_code", "school_year"])
    found = means.mean().assign(n=means.size()).reset_index()
    predictors = ["education", "boys", "newly_arrived"]
    expected = SALSA["base"] + found[predictors] @ pd.Series({name: SALSA[name] for name in predictors})
    inside = (found["n"] >= SALSA_PUPILS) & (found["known"] >= SALSA_KNOWN)
    calculated = expected.round()
    published = {
        "salsa_merit_calculated": calculated,
        "salsa_merit_deviation": found["merit"].round() - calculated,
    }
    parts = [
        found[["unit_code", "school_year"]].assign(indicator=name, **_text(value.where(inside), found["n"], 0))
        for name, value in published.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(group="all")


def _pupils(school: Whole, year: Whole) -> pd.DataFrame:
    counted = means(school, year, pd.DataFrame({"pupils": np.ones(len(school))}))
    return counted[["unit", "school_year", "n"]].sort_values(["unit", "school_year"], ignore_index=True)


def _foreign_own(town: Municipality) -> Floats:
    """The share of foreign background that each school's pupils were drawn with."""
    school = town.enrolment.roll.school
    chance = town.enrolment.background.chance_foreign[town.enrolment.roll.pupil]
    return np.asarray(np.bincount(school, chance) / np.bincount(school), dtype=float)


def _teachers(codes: list[str], pupils: pd.DataFrame, foreign: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Certified teachers (fewer where more pupils have foreign background) and pupils per teacher (fewer there too)."""
    own = rng.normal(0, (6.0, 0.9), (len(codes), 2))[pupils["unit"]]
    away = foreign[pupils["unit"]] - 0.25
    yearly = rng.normal(0, (2.5, 0.3), (len(pupils), 2))
    certified = np.clip(74 - 25 * away + own[:, 0] + yearly[:, 0], 30, 100)
    per_teacher = np.clip(12.6 - 4 * away + own[:, 1] + yearly[:, 1], 6, 20)
    parts = []
    for name, value in (("certified_teachers", certified), ("pupils_per_teacher", per_teacher)):
        shown = _text(pd.Series(value), pupils["n"])
        lost = rng.random(len(pupils)) < NOT_REPORTED
        shown = shown.assign(value=shown["value"].where(~lost, "."), n=shown["n"].where(~lost, ""))
        parts.append(_named(pupils.assign(indicator=name), codes).assign(**shown))
    return pd.concat(parts, ignore_index=True).assign(group="all")
