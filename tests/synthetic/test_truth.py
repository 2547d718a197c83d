from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.synthetic import plan
from analysis.synthetic import pupil_model as model
from analysis.synthetic.classes import Classes
from analysis.synthetic.effects import INDICES, SD_ADDED, SD_LEVEL
from analysis.synthetic.municipality import dissimilarity
from analysis.synthetic.normal import expected_grade, graded, normal_cdf
from analysis.synthetic.plan import LAST_YEAR, YEARS, planned
from analysis.synthetic.register import planned_shares
from analysis.synthetic.true_values import programme_true, surveys_true, values


def sizes(town, year: int) -> pd.Series:
    roll, here = town.enrolment.roll, town.enrolment.year == year
    return pd.Series(roll.group[here]).value_counts()


def regression(outcome: np.ndarray, *columns: np.ndarray) -> np.ndarray:
    design = np.column_stack([np.ones(len(outcome)), *columns]).astype(float)
    return np.linalg.lstsq(design, outcome, rcond=None)[0]


def test_there_are_about_so_many_pupils_as_asked_for_every_year(town) -> None:
    count = pd.Series(town.enrolment.year).value_counts()
    assert sorted(count.index) == list(YEARS)
    assert count.between(5300, 5700).all()


def test_classes_have_fourteen_to_twenty_eight_pupils_but_the_planted_one(town) -> None:
    mixed = [number for number, letter in enumerate(town.enrolment.classes.letter) if not letter]
    for year in YEARS:
        found = sizes(town, year).drop([*mixed, town.enrolment.smallest_group], errors="ignore")
        assert found.between(14, 28).all()
    assert sizes(town, LAST_YEAR)[town.enrolment.smallest_group] == 10


def test_the_shares_of_every_school_are_those_it_was_planned_with(town) -> None:
    who, shares = town.enrolment.background, planned_shares(town.plan)
    begun = np.isclose(who.chance_foreign, shares[town.enrolment.entry, 0])
    assert begun.mean() > 0.8
    for place in range(len(shares)):
        here = begun & (town.enrolment.entry == place)
        if here.any():
            error = np.sqrt(shares[place, 0] * (1 - shares[place, 0]) / here.sum())
            assert abs(who.foreign[here].mean() - shares[place, 0]) < 4 * error
    assert who.girl.mean() == pytest.approx(0.49, abs=0.02)
    assert who.support[who.girl].mean() == pytest.approx(0.06, abs=0.015)
    assert who.support[~who.girl].mean() == pytest.approx(0.10, abs=0.015)
    assert (~who.education_known).mean() == pytest.approx(0.025, abs=0.015)


def test_foreign_background_is_spread_as_unevenly_as_the_truth_says(town) -> None:
    roll, who = town.enrolment.roll, town.enrolment.background
    rng = np.random.default_rng(5)
    for year in (YEARS[0], LAST_YEAR):
        here = town.enrolment.year == year
        school, chance = roll.school[here], who.chance_foreign[roll.pupil[here]]
        drawn = [dissimilarity(school, (rng.random(len(chance)) < chance).astype(float)) for _ in range(200)]
        known, found = dissimilarity(school, chance), dissimilarity(school, who.foreign[roll.pupil[here]].astype(float))
        assert 0.2 < known < 0.35
        assert abs(found - np.mean(drawn)) < 5 * np.std(drawn)
        assert known == pytest.approx(np.mean(drawn), abs=0.02)


def test_the_expected_value_is_what_chance_gives_on_average(town) -> None:
    mean = np.array([[13.0, 14.0, 12.0], [9.0, 9.5, 8.5], [17.0, 18.0, 16.0]])
    points, passed = model.grade_6_expected(mean)
    many = np.repeat(mean, 100_000, axis=0)
    grades, all_passed = model.grade_6_reached(many, model.grade_6_chance(len(many), np.random.default_rng(1)))
    assert grades.reshape(3, -1, 3).mean(axis=1) == pytest.approx(points, abs=0.06)
    assert all_passed.reshape(3, -1).mean(axis=1) == pytest.approx(passed, abs=0.006)


def test_the_expected_merit_and_shares_are_what_chance_gives_on_average() -> None:
    rng = np.random.default_rng(2)
    for mean in (120.0, 170.0, 225.0, 320.0):
        merit = model.merit_points(mean + rng.normal(0, model.SD_MERIT, 200_000))
        known = [each[0] for each in model.merit_expected(np.array([mean]))]
        found = [merit.mean(), *(each.mean() for each in model.passes(merit))]
        assert found[0] == pytest.approx(known[0], abs=0.4)
        assert found[1:] == pytest.approx(known[1:], abs=0.005)


def test_what_was_observed_scatters_around_what_was_expected(town, beside) -> None:
    table = values(town, beside)
    merit = table[(table["indicator"] == "merit_value") & (table["group"] == "all") & (table["level"] == "school")]
    away = (merit["observed"] - merit["expected_in_year"]) / (model.SD_MERIT / np.sqrt(merit["n"]))
    assert away.mean() == pytest.approx(0, abs=0.2)
    assert away.std() == pytest.approx(1, abs=0.15)


def test_value_added_comes_back_from_the_grades_the_files_hold(town) -> None:
    nine, who = town.grade_9, town.grade_9.sitting.who
    sitting = nine.sitting
    education = [who.education == level for level in (1, 2)]
    newly = who.is_newly_arrived(sitting.year)
    schools = [sitting.school == place for place in np.unique(sitting.school)[1:]]
    outcome = nine.values["merit_value"].to_numpy()
    given = ~np.isnan(outcome)
    columns = [town.start.mean(axis=1), who.girl, who.support, newly, who.foreign, *education, *schools]
    found = regression(outcome[given], *[column[given] for column in columns])
    assert found[1] == pytest.approx(model.MERIT_PER_START, abs=0.8)
    places = np.unique(sitting.school)
    known = town.effects.at_grade_9(sitting.school, sitting.year)
    known = np.array([known[sitting.school == place].mean() for place in places])
    assert np.corrcoef(found[-len(schools) :], (known - known[0])[1:])[0, 1] > 0.8


def test_the_differences_between_schools_have_the_spread_they_were_given() -> None:
    from analysis.synthetic.effects import drawn_effects
    from analysis.synthetic.plan import School

    many = tuple(School(f"{number:08d}", str(number), "", 1, 9) for number in range(2000))
    effects = drawn_effects(many, Classes(), np.random.default_rng(8))
    assert effects.added.std() == pytest.approx(SD_ADDED, rel=0.06)
    assert effects.level.std() == pytest.approx(SD_LEVEL, rel=0.06)
    assert not effects.trend.any()


def test_the_planted_facts_are_there(town, known) -> None:
    roll, year, newest = town.enrolment.roll, town.enrolment.year, town.enrolment.year == LAST_YEAR
    place = town.plan.place
    assert ((roll.school == place(plan.SMALL)) & (roll.grade == 9) & newest).sum() == 4
    for code in (*plan.MERGED, plan.CLOSED, plan.RENAMED):
        last = town.plan.schools[place(code)].last_year
        assert year[roll.school == place(code)].max() == last
    for code in (plan.MERGER, plan.NEW_NAME):
        assert year[roll.school == place(code)].min() == town.plan.schools[place(code)].first_year
    effects = town.effects
    assert effects.level[place(plan.NEW_NAME)] == effects.level[place(plan.RENAMED)]
    before = [effects.level[place(each)] for each in plan.MERGED]
    assert effects.level[place(plan.MERGER)] == pytest.approx(np.mean(before))
    assert np.flatnonzero(effects.trend).tolist() == [place(plan.RISES)]
    assert sorted(np.flatnonzero(effects.trend_added)) == sorted([place(plan.FALLS), place(plan.GAP_CLOSES)])
    assert set(known.planted) == {
        "municipality", "rises_in_grade_6", "falls_in_grade_9", "rises_in_grade_9", "gap_closes", "merger", "closed",
        "renamed", "few_in_grade_9", "group_of_the_smallest_size", "few_answer_the_survey", "reading_programme",
    }  # fmt: skip
    assert known.planted["few_in_grade_9"]["pupils"] == 4
    assert known.planted["merger"]["unit_id"] == f"se:school:{plan.MERGER}"


def test_the_gap_of_the_boys_is_largest_at_first_and_gone_at_last(town) -> None:
    here = np.array([town.plan.place(plan.GAP_CLOSES)] * len(YEARS))
    found = town.effects.boys(here, np.array(YEARS))
    assert found[0] == -1.5
    assert found[-1] == 0
    assert (np.diff(found) > 0).all()
    other = town.effects.boys(here + 1, np.array(YEARS))
    assert not other.any()


def test_classes_of_a_merged_or_renamed_school_stay_together(town) -> None:
    roll, year, classes = town.enrolment.roll, town.enrolment.year, town.enrolment.classes
    moved = [number for number, like in enumerate(classes.like) if like >= 0]
    assert len(moved) > 10
    for new in moved:
        first = year[roll.group == new].min()
        before = set(roll.pupil[(roll.group == classes.like[new]) & (year == first - 1)])
        after = set(roll.pupil[(roll.group == new) & (year == first)])
        assert len(before & after) >= 0.8 * len(before)


def test_the_programme_was_given_to_schools_that_looked_weak_and_it_adds_what_it_says(town) -> None:
    table = programme_true(town)
    assert set(table["wave"]) == {1, 2, 3}
    assert (table["school_year"] >= table["adoption_year"]).all()
    assert table["added"].between(0.8, 1.5).all()
    chosen = table.drop_duplicates("unit_id")
    weights = chosen["observed_when_chosen"] - chosen["expected_when_chosen"]
    assert weights.mean() < 0


def test_without_the_programme_the_chosen_schools_would_have_come_back() -> None:
    from analysis.synthetic.municipality import municipality

    back = []
    for seed in range(12):
        town = municipality(planned(1200), seed)
        chosen = programme_true(town).drop_duplicates("unit_id")
        back += (chosen["expected_when_chosen"] - chosen["observed_when_chosen"]).tolist()
    error = np.std(back, ddof=1) / np.sqrt(len(back))
    assert np.mean(back) > 3 * error


def test_where_few_answer_the_figure_is_too_high(town) -> None:
    table = surveys_true(town)
    few = table[(table["unit_id"] == f"se:school:{plan.FEW_ANSWER}") & (table["level"] == "school")]
    others = table[(table["level"] == "school") & ~table.index.isin(few.index)]
    assert set(table["indicator"]) == set(INDICES)
    assert few["response"].between(0.3, 0.65).all()
    assert others["response"].mean() > 0.8
    assert (few["of_answering"] - few["expected"]).mean() > 0.3
    assert abs((others["of_answering"] - others["expected"]).mean()) < 0.1


def test_the_answers_say_what_was_expected_of_those_who_answered(town) -> None:
    from analysis.catalogue.surveys import surveys

    survey = surveys()["school_survey"]
    rows = town.answers.rows.dropna(subset="answer")
    for index in INDICES:
        mine = rows[rows["statement"].isin(survey.statements_of(index))]
        scored = [survey.scored(name, answer) for name, answer in zip(mine["statement"], mine["answer"], strict=True)]
        known = town.answers.expected[index].to_numpy()[mine["place"]]
        assert np.mean(scored) == pytest.approx(known.mean(), abs=0.03)


def test_targets_are_met_by_some_and_missed_by_others(known) -> None:
    assert set(known.targets["kind"]) == {"goal", "minimum", "improvement", "gap_reduction"}
    is_gap = known.targets["kind"] == "gap_reduction"
    reached = known.targets["true_value"] >= known.targets["target_value"]
    assert (known.targets["truly_met"] == reached.where(~is_gap, ~reached)).all()
    assert set(known.targets["truly_met"]) == {True, False}


def test_the_truth_is_read_back_as_it_was_written(known) -> None:
    assert known.seed == 3
    assert known.pupils_asked_for == 1200
    assert known.years == YEARS
    assert known.parameters["grade_9"]["merit_per_grade_point_in_grade_6"] == model.MERIT_PER_START
    assert len(known.schools) == 16 + 49
    merged = known.schools.set_index("unit_id")["value_added"]
    assert merged.notna().all()
    assert not known.values.duplicated(["unit_id", "indicator", "school_year", "group"]).any()
    levels = {"group", "team", "school", "area", "municipality"}
    assert set(known.values["level"]) == levels == set(known.surveys["level"])


def test_the_normal_distribution_is_the_normal_distribution() -> None:
    from scipy.stats import norm

    scores = np.linspace(-8, 8, 201)
    assert normal_cdf(scores) == pytest.approx(norm.cdf(scores), rel=1e-6)


def test_an_expected_grade_is_the_mean_of_many_grades() -> None:
    rng = np.random.default_rng(4)
    for mean in (8.0, 12.0, 18.5):
        assert graded(rng.normal(mean, 2.0, 200_000)).mean() == pytest.approx(
            float(expected_grade(np.array([mean]), 2.0)[0]), abs=0.05
        )
