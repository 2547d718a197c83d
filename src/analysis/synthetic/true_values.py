"""What is true of every unit and year: the value expected of exactly its pupils, over all chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.means import means
from analysis.synthetic.municipality import Municipality, dissimilarity
from analysis.synthetic.neighbours import Neighbours
from analysis.synthetic.outcomes import PERCENT, Reached
from analysis.synthetic.places import team_code
from analysis.synthetic.plan import LAST_YEAR, MUNICIPALITY, YEARS
from analysis.synthetic.programme import INDICATOR
from analysis.synthetic.pupil_model import Sitting

KEY = ["unit_id", "indicator", "school_year", "group"]
LEVELS = ("group", "team", "school", "area", "municipality")


def places_of(town: Municipality, sitting: Sitting) -> pd.DataFrame:
    """The unit of each level that each pupil belongs to, as the files name it."""
    classes, schools = town.enrolment.classes, town.plan.schools
    codes = {
        "group": [classes.code(each, schools[classes.school[each]]) for each in range(len(classes.school))],
        "team": [team_code(schools[s], g) for s, g in zip(classes.school, classes.stage, strict=True)],
        "school": [each.code for each in schools],
        "area": [each.area for each in schools],
    }
    number = {"group": sitting.group, "team": sitting.group, "school": sitting.school, "area": sitting.school}
    found = {f"{level}_id": f"se:{level}:" + pd.Series(np.take(code, number[level])) for level, code in codes.items()}
    return pd.DataFrame(found).assign(municipality_id=f"se:municipality:{MUNICIPALITY}")


def values(town: Municipality, beside: Neighbours) -> pd.DataFrame:
    """Expected value per unit, indicator, year and group (all, girls, boys), over the pupils with a result.

    ``expected`` leaves the school's single year out, ``expected_in_year`` has it in; ``observed`` is the mean that
    the pupils reached, ``n`` their number. In grade 9 it is given where the pupils started. Percentages in percent.
    """
    parts = [_of(each, places_of(town, each.sitting), LEVELS) for each in (town.grade_6, town.grade_9)]
    codes = [each.code for each in beside.schools]
    for each in (beside.grade_6, beside.grade_9):
        where = pd.DataFrame({"school_id": "se:school:" + pd.Series(np.take(codes, each.sitting.school))})
        parts.append(_of(each, where, ("school",)))
    return pd.concat(parts, ignore_index=True).sort_values(KEY, ignore_index=True)


def _of(reached: Reached, where: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    """Means per unit of the levels, only over pupils who have a result."""
    girl, year = reached.sitting.who.girl, reached.sitting.year
    scale = pd.Series({name: 100.0 if name in PERCENT else 1.0 for name in reached.values})
    is_given = reached.values.notna()
    kinds = {"expected": reached.expected, "expected_in_year": reached.expected_in_year, "observed": reached.values}
    parts = []
    for level in levels:
        number, units = pd.factorize(where[f"{level}_id"])
        for group, which in (("all", girl | ~girl), ("girls", girl), ("boys", ~girl)):
            found = {
                kind: means(number[which], year[which], (table * scale).where(is_given)[which])
                for kind, table in kinds.items()
            }
            rows = found["observed"].drop(columns="mean")
            rows = rows.assign(**{kind: table["mean"] for kind, table in found.items()})
            parts.append(rows.assign(unit_id=np.asarray(units)[rows["unit"]], level=level, group=group))
    order = [*KEY[:1], "level", *KEY[1:], "expected", "expected_in_year", "observed", "n"]
    return pd.concat(parts, ignore_index=True)[order]


def surveys_true(town: Municipality) -> pd.DataFrame:
    """Per unit, index and year: what everyone asked would answer on average, and what those who answered would.

    ``response`` is the share of those asked who answered. The difference between the two means is what
    staying away does to the figure.
    """
    where = places_of(town, town.asked)
    expected = town.answers.expected
    does_each = pd.DataFrame({name: town.answers.answered for name in expected})
    parts = []
    for level in LEVELS:
        number, units = pd.factorize(where[f"{level}_id"])
        everyone = means(number, town.asked.year, expected)
        answering = means(number, town.asked.year, expected.where(does_each))
        share = means(number, town.asked.year, does_each.astype(float))
        found = everyone.rename(columns={"mean": "expected", "n": "asked"}).assign(response=share["mean"])
        key = ["unit", "school_year", "indicator"]
        found = found.merge(
            answering.rename(columns={"mean": "of_answering"})[[*key, "of_answering"]], on=key, how="left"
        )
        parts.append(found.assign(unit_id=np.asarray(units)[found["unit"]], level=level))
    order = ["unit_id", "level", "indicator", "school_year", "expected", "of_answering", "response", "asked"]
    return pd.concat(parts, ignore_index=True)[order].sort_values(order[:4], ignore_index=True)


def programme_true(town: Municipality) -> pd.DataFrame:
    """The reading programme per school and year since it began: what it truly adds in grade points.

    ``expected_without`` is the value expected of the same pupils had there been no programme. ``observed_when_chosen``
    and ``expected_when_chosen`` are of the year of choice: their difference is chance, and gone the year after.
    """
    with_it, without = town.grade_6, town.grade_6_without
    frame = pd.DataFrame(
        {
            "school": with_it.sitting.school,
            "school_year": with_it.sitting.year,
            "expected": with_it.expected[INDICATOR],
            "expected_without": without.expected[INDICATOR],
            "observed": with_it.values[INDICATOR],
        }
    )
    frame = frame[frame["observed"].notna()]
    means = frame.groupby(["school", "school_year"]).mean().reset_index()
    found = means.merge(town.programme.schools, on="school", suffixes=("", "_when_chosen"))
    found = found[found["school_year"] >= found["adoption_year"]]
    found["unit_id"] = ["se:school:" + town.plan.schools[each].code for each in found["school"]]
    found["added"] = found["expected"] - found["expected_without"]
    order = ["unit_id", "wave", "adoption_year", "school_year", "expected", "expected_without", "added", "observed"]
    order += ["selection_year", "observed_when_chosen", "expected_when_chosen"]
    return found[order].sort_values(["wave", "unit_id", "school_year"], ignore_index=True)


def segregation(town: Municipality) -> pd.DataFrame:
    """How unevenly foreign background is spread over the municipality's schools, by year.

    ``as_drawn`` is Duncan's dissimilarity of the shares the pupils were drawn with: free of the chance of who came.
    ``as_it_became`` is that of the pupils themselves, which chance makes larger.
    """
    roll, who = town.enrolment.roll, town.enrolment.background
    rows = []
    for year in YEARS:
        here = town.enrolment.year == year
        school, pupil = roll.school[here], roll.pupil[here]
        foreign = who.foreign[pupil].astype(float)
        rows.append((
            year, dissimilarity(school, who.chance_foreign[pupil]), dissimilarity(school, foreign),
            len(np.unique(school)), len(pupil),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=["school_year", "as_drawn", "as_it_became", "schools", "pupils"])


def gap(town: Municipality, unit_id: str, indicator: str, year: int = LAST_YEAR) -> float:
    """Girls' minus boys' expected value in a unit."""
    reached = town.grade_9 if indicator in town.grade_9.values else town.grade_6
    where = places_of(town, reached.sitting)[f"{unit_id.split(':')[1]}_id"] == unit_id
    here = where.to_numpy() & (reached.sitting.year == year) & reached.values[indicator].notna().to_numpy()
    expected, girl = reached.expected[indicator].to_numpy(), reached.sitting.who.girl
    return float(expected[here & girl].mean() - expected[here & ~girl].mean())
