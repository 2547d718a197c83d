"""What was planted in the made-up municipality is found, what was not is left alone, and intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from analysis import catalogue
from analysis.analyses import analysis

pytestmark = pytest.mark.slow

NEWEST = 2024
MERIT = "merit_value"
TESTS_6 = ("national_test_swedish_6", "national_test_english_6", "national_test_maths_6")
TESTS_9 = ("national_test_swedish_9", "national_test_english_9", "national_test_maths_9")
OUTCOMES = (MERIT, "all_subjects_passed_9", "eligible_vocational", *TESTS_9, *TESTS_6)
MERIT_PER_TEST_POINT = 16
RARE = 0.999
"""what chance stays below so often is what chance allows"""


def unit(town, planted: str) -> str:
    return str(town.truth.planted[planted]["unit_id"])


def answered(town, question: str, indicator: str, level: str, year: int = NEWEST) -> pd.DataFrame:
    estimates = town.result(question, indicator, level, year).estimates
    return estimates[estimates["estimate"].notna()]


def expected(town, indicator: str, **only: object) -> pd.DataFrame:
    rows = town.truth.values
    rows = rows[rows["indicator"] == indicator]
    for column, wanted in only.items():
        rows = rows[rows[column] == wanted]
    return rows


def true_slope(rows: pd.DataFrame) -> float:
    """The line of the values expected of each year's pupils, the years weighing as many pupils as they have."""
    return float(np.polyfit(rows["school_year"], rows["expected"], 1, w=np.sqrt(rows["n"]))[0])


def true_slopes(town, indicator: str, estimates: pd.DataFrame) -> pd.Series:
    """Of the schools whose true series has the same years as the one that was fitted: not the merged and renamed."""
    found = {}
    for unit_id, rows in expected(town, indicator, level="school", group="all").groupby("unit_id"):
        if unit_id in estimates.index:
            fitted = estimates.loc[unit_id]
            if (rows["school_year"].min(), len(rows)) == (fitted["first_year"], fitted["years"]):
                found[unit_id] = true_slope(rows)
    return pd.Series(found)


def covered(estimates: pd.DataFrame, truth: pd.Series, low: str = "low", high: str = "high") -> np.ndarray:
    rows = estimates.loc[truth.index]
    return ((rows[low] <= truth) & (truth <= rows[high])).to_numpy()


def often_enough(held: np.ndarray) -> bool:
    """Whether 95 % intervals held the truth so often that chance explains the rest."""
    return bool(held.sum() >= binom.ppf(1 - RARE, len(held), 0.95))


def test_the_planted_rise_and_fall_in_merit_values_are_found_and_nothing_else(town) -> None:
    found = answered(town, "trend", MERIT, "school")
    flagged = found.loc[found["verdict"].isin(["rise", "fall"]), "verdict"].to_dict()
    assert flagged == {unit(town, "rises_in_grade_9"): "rise", unit(town, "falls_in_grade_9"): "fall"}
    assert len(found) >= 40


def test_the_planted_rise_in_grade_6_is_found(town) -> None:
    rising = unit(town, "rises_in_grade_6")
    verdicts = {name: answered(town, "trend", name, "school").at[rising, "verdict"] for name in TESTS_6}
    assert "fall" not in verdicts.values()
    assert list(verdicts.values()).count("rise") >= 2, verdicts


def test_the_line_of_a_planted_school_holds_the_slope_that_is_true(town) -> None:
    for planted, names in (("rises_in_grade_9", OUTCOMES), ("falls_in_grade_9", (MERIT, *TESTS_9))):
        school = unit(town, planted)
        for name in names:
            found = answered(town, "trend", name, "school").loc[school]
            truth = true_slope(expected(town, name, unit_id=school, group="all"))
            assert found["low"] <= truth <= found["high"], (school, name, truth)


def test_the_intervals_of_the_lines_hold_the_true_slope_as_often_as_they_say(town) -> None:
    held = [
        covered(found, true_slopes(town, name, found))
        for name in OUTCOMES
        for found in [answered(town, "trend", name, "school")]
    ]
    together = np.concatenate(held)
    assert len(together) > 300
    assert often_enough(together)


def test_false_alarms_about_schools_without_a_trend_are_no_more_than_chance_allows(town) -> None:
    planted = town.truth.planted
    moved = {unit(town, name) for name in ("rises_in_grade_6", "rises_in_grade_9", "falls_in_grade_9", "gap_closes")}
    moved |= set(planted["reading_programme"]["unit_ids"])
    tested = alarms = 0
    for name in OUTCOMES:
        found = answered(town, "trend", name, "school").drop(index=list(moved), errors="ignore")
        tested += len(found)
        alarms += int(found["verdict"].isin(["rise", "fall"]).sum())
    assert tested > 250
    assert alarms <= binom.ppf(RARE, tested, 0.05), (alarms, tested)


@pytest.mark.parametrize("level", ["group", "team", "school", "area"])
def test_the_gaps_between_girls_and_boys_are_as_large_as_they_truly_are(town, level) -> None:
    held = []
    for name in (MERIT, "all_subjects_passed_9", *TESTS_9, *TESTS_6):
        gaps = town.result("equity", name, level).details["gaps"]
        gaps = gaps[(gaps["pair"] == "sex") & (gaps["basis"] == "pupils") & (gaps["status"] == "given")]
        by_sex = expected(town, name, level=level, school_year=NEWEST).pivot(
            index="unit_id", columns="group", values="expected"
        )
        held.append(covered(gaps.set_index("unit_id"), (by_sex["girls"] - by_sex["boys"]).reindex(gaps["unit_id"])))
    together = np.concatenate(held)
    assert len(together) >= 20
    assert often_enough(together)


def test_the_change_of_the_planted_gap_is_within_its_interval(town) -> None:
    school = unit(town, "gap_closes")
    for name in (MERIT, *TESTS_9, *TESTS_6):
        by_sex = expected(town, name, unit_id=school).pivot(index="school_year", columns="group", values="expected")
        gap = by_sex["girls"] - by_sex["boys"]
        truth = float(np.polyfit(gap.index, gap, 1)[0])
        found = town.result("equity", name, "school").estimates.loc[school]
        assert found["gap_slope_low"] <= truth <= found["gap_slope_high"], (name, truth)
        assert found["gap_change"] != "widening"
        assert name != MERIT or gap.iloc[0] > 1.5 * gap.iloc[-1]


@pytest.mark.parametrize("year", [2020, 2021, 2022, 2023, 2024])
def test_the_counted_dissimilarity_is_that_of_the_pupils_themselves(town, year) -> None:
    found = answered(town, "segregation", "foreign_background", "municipality", year)
    found = found.loc[town.truth.planted["municipality"]]
    truth = town.truth.segregation.set_index("school_year").loc[year]
    assert found["counted"] == pytest.approx(truth["as_it_became"], abs=0.001)
    without_lots = (truth["as_drawn"] - found["by_chance"]) / (1 - found["by_chance"])
    assert found["low"] <= without_lots <= found["high"]


def test_the_change_of_the_dissimilarity_is_within_its_interval(town) -> None:
    found = answered(town, "segregation", "foreign_background", "municipality").loc[town.truth.planted["municipality"]]
    truth = town.truth.segregation
    slope = float(np.polyfit(truth["school_year"], truth["as_drawn"], 1)[0])
    assert found["slope_low"] <= slope <= found["slope_high"]


def true_added(town, indicator: str, schools: pd.Index, weights: pd.Series, year: float) -> pd.Series:
    """What schools truly add in a year, beside the mean of all their pupils."""
    known = town.truth.schools.set_index("unit_id").loc[schools]
    per_year = known["trend_9"] * (year - (2015 + NEWEST) / 2)
    if indicator == MERIT:
        added = known["value_added"] + per_year
    else:
        added = known["value_added_tests"] + per_year / MERIT_PER_TEST_POINT
    return added - float(np.average(added, weights=weights))


def test_what_the_schools_truly_add_is_within_the_intervals_and_in_the_same_order(town) -> None:
    raw, shrunken, alike = [], [], []
    for indicator in (MERIT, *TESTS_9):
        for year in range(2020, NEWEST + 1):
            found = answered(town, "value_added", indicator, "school", year)
            middle = (found["first_year"].min() + found["last_year"].max()) / 2
            truth = true_added(town, indicator, found.index, found["n"], middle)
            assert set(found.index) == set(grade_9_schools(town))
            raw.append(covered(found, truth))
            shrunken.append(covered(found, truth, "shrunken_low", "shrunken_high"))
            alike.append(np.corrcoef(found["estimate"], truth)[0, 1])
    assert often_enough(np.concatenate(raw))
    assert often_enough(np.concatenate(shrunken))
    assert np.mean(alike) > 0.75


def grade_9_schools(town) -> list[str]:
    """The municipality's schools with grade 9, but the one with four pupils in it."""
    schools = town.truth.schools
    here = schools[schools["municipality_id"] == town.truth.planted["municipality"]]
    nine = here.loc[here["last_grade"] == 9, "unit_id"]
    return [each for each in nine if each != unit(town, "few_in_grade_9")]


@pytest.mark.parametrize("level", ["group", "team", "school", "area"])
def test_a_survey_index_with_its_interval_holds_what_those_who_answered_truly_feel(town, level) -> None:
    held = []
    for name in catalogue.shown("survey", "se", level):
        found = town.result("survey", name, level).estimates.dropna(subset=["value_low"])
        true = town.truth.surveys
        true = true[(true["indicator"] == name) & (true["school_year"] == NEWEST)].set_index("unit_id")
        held.append(covered(found, true["of_answering"].reindex(found.index), "value_low", "value_high"))
        assert found["invited"].tolist() == true["asked"].reindex(found.index).tolist()
    together = np.concatenate(held)
    assert len(together) >= 12
    assert often_enough(together)


def test_where_few_answer_the_figure_is_too_high_and_the_page_does_not_lean_on_it(town) -> None:
    school = unit(town, "few_answer_the_survey")
    for name in catalogue.shown("survey", "se", "school"):
        found = town.result("survey", name, "school").estimates.loc[school]
        true = town.truth.surveys
        true = true[(true["indicator"] == name) & (true["school_year"] == NEWEST)].set_index("unit_id").loc[school]
        assert found["value"] > true["expected"], name
        assert found["plausible_low"] <= true["expected"] <= found["plausible_high"], name
        assert found["verdict"] == "too_low_response"
        assert found["response"] == pytest.approx(true["response"], abs=0.01)


@pytest.mark.parametrize("planted", ["merger", "renamed"])
@pytest.mark.parametrize("indicator", TESTS_6)
def test_a_school_that_merged_or_changed_its_name_has_one_series_without_a_jump(town, planted, indicator) -> None:
    found = town.result("trend", indicator, "school").estimates.loc[unit(town, planted)]
    assert (found["first_year"], found["last_year"], found["years"]) == (2015, NEWEST, 10)
    assert found["verdict"] == "no_certain_change"
    assert np.isnan(found["change_year"])


@pytest.mark.parametrize("indicator", TESTS_6)
def test_a_closed_school_has_its_own_years_only(town, indicator) -> None:
    closed = town.truth.planted["closed"]
    found = town.result("trend", indicator, "school").estimates.loc[closed["unit_id"]]
    assert (found["last_year"], np.isnan(found["value"])) == (closed["last_year"], True)
    assert town.result("level", indicator, "school").estimates.at[closed["unit_id"], "verdict"] == "missing"


def test_the_school_with_four_pupils_in_grade_9_has_no_number_anywhere(town) -> None:
    small = unit(town, "few_in_grade_9")
    for question in ("level", "trend", "equity", "adjusted", "value_added", "goals", "funnel", "forecast"):
        for name in catalogue.shown(question, "se", "school"):
            if name not in (MERIT, "all_subjects_passed_9", "eligible_vocational", *TESTS_9):
                continue
            result = town.result(question, name, "school")
            found = result.estimates.loc[small]
            assert found["verdict"] in ("withheld", "too_few", "refused"), (question, name)
            assert np.isnan(found["value"]) and np.isnan(found["estimate"]), (question, name)
            for lang in ("sv", "nb", "en"):
                assert analysis(question).say(result, small, lang).weight == 0


def test_no_certain_verdict_about_a_target_is_wrong(town) -> None:
    judged = []
    for _, target in town.truth.targets.iterrows():
        unit_id = f"se:{target['level']}:{target['unit_code']}"
        found = town.result("goals", target["indicator"], target["level"]).estimates.loc[unit_id]
        if found["target_kind"] == target["kind"] and found["target"] == target["target_value"]:
            judged.append((target["target"], found["verdict"], bool(target["truly_met"])))
    assert len(judged) >= 6
    assert [each for each in judged if each[1:] in (("met", False), ("not_met", True))] == []
    assert {each[1] for each in judged} >= {"met", "not_met"}
