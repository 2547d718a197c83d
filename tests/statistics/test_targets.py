"""Probabilities of targets against counting in made-up cohorts."""

import numpy as np
import pytest

from analysis.statistics.targets import (
    Lines,
    Usual,
    drawn_towards,
    lines_drawn_towards,
    outlook,
    probability_met,
    probability_within,
    usual,
)


def test_a_figure_on_the_target_has_met_it_with_one_chance_in_two() -> None:
    assert probability_met([50.0, 80.0], [1.0, 9.0], [50.0, 80.0]).tolist() == [0.5, 0.5]


def test_the_probability_of_reaching_and_of_staying_below_are_one_together() -> None:
    up = probability_met(61.0, 4.0, 65.0)
    down = probability_met(61.0, 4.0, 65.0, lower_is_better=True)
    assert up + down == pytest.approx(1) and up < 0.5 < down


def test_few_degrees_of_freedom_make_it_less_certain() -> None:
    assert 0.5 < probability_met(60.0, 4.0, 50.0, df=3) < probability_met(60.0, 4.0, 50.0)


def test_a_missing_number_gives_no_probability() -> None:
    assert np.isnan(probability_met([np.nan, 5.0, 5.0], [1.0, np.nan, 1.0], 4.0, df=[9, 9, np.nan])).all()


@pytest.mark.parametrize("se", [0.0, -1.0])
def test_a_figure_taken_as_certain_is_refused(se: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        probability_met(50.0, se, 50.0)


@pytest.mark.parametrize(("n", "value", "sd"), [(15, 4.8, 10.8), (30, 6.5, 8.8), (60, 7.9, 6.9), (120, 8.8, 5.1)])
def test_ten_points_are_drawn_towards_the_middle_by_the_number_of_pupils(n: int, value: float, sd: float) -> None:
    found, error = drawn_towards([10.0], [60.0 / np.sqrt(n)], 0.0, 15.0)
    assert (found[0], error[0]) == pytest.approx((value, sd), abs=0.06)


def test_probabilities_say_how_often_drawn_units_meet_the_target() -> None:
    random = np.random.default_rng(1)
    truth = random.normal(70, 5, 200_000)
    seen = truth + random.normal(0, 6, 200_000)
    chance = probability_met(*drawn_towards(seen, 6.0, 70.0, 5.0), 74.0)
    for low in np.arange(0.0, 0.8, 0.2):
        inside = (chance >= low) & (chance < low + 0.2)
        assert np.mean(truth[inside] >= 74) == pytest.approx(chance[inside].mean(), abs=0.02)


def test_the_outlook_is_what_happens_to_cohorts_of_the_same_trend() -> None:
    random = np.random.default_rng(2)
    both = random.multivariate_normal([60, 1.5], [[4, 0.3], [0.3, 0.25]], 200_000)
    then = both[:, 0] + 3 * both[:, 1]
    truly = outlook(60, 2, 1.5, 0.5, 3, 66, covariance=0.3)
    assert float(truly.probability) == pytest.approx(np.mean(then >= 66), abs=0.005)
    shown = outlook(60, 2, 1.5, 0.5, 3, 66, covariance=0.3, cohort_variance=9.0)
    assert float(shown.probability) == pytest.approx(np.mean(then + random.normal(0, 3, len(then)) >= 66), abs=0.005)
    assert float(shown.sd) > float(truly.sd)


def test_no_years_ahead_is_now() -> None:
    assert outlook(60, 2, 1.5, 0.5, 0, 61).probability == probability_met(60, 2, 61)


def test_shifting_the_figure_and_the_target_changes_nothing() -> None:
    one, other = outlook(60, 2, 1.5, 0.5, 2, 66), outlook(160, 2, 1.5, 0.5, 2, 166)
    assert other.probability == pytest.approx(float(one.probability))


def test_a_target_in_the_past_is_refused() -> None:
    with pytest.raises(ValueError, match="lies in the past: -1 years ahead"):
        outlook(60, 2, 1.5, 0.5, -1, 66)


def test_an_impossible_covariance_is_refused() -> None:
    with pytest.raises(ValueError, match="contradict"):
        outlook(60, 1, 1.5, 1, 1, 66, covariance=-2)


def test_a_difference_within_reach_is_so_whichever_way_it_goes() -> None:
    assert probability_within([3.0, -3.0], 2.0, 4.0).tolist() == pytest.approx([0.6912297] * 2, abs=1e-6)
    assert float(probability_within(0.0, 1.0, 0.0)) == 0.0
    with pytest.raises(ValueError, match="zero or more"):
        probability_within(0.0, 1.0, -1.0)


def test_an_estimated_prior_mean_makes_a_small_unit_less_certain() -> None:
    middle, sd = drawn_towards(60.0, 5.0, 50.0, 5.0, 2.0)
    assert float(middle) == 55.0 and float(sd) == pytest.approx(np.sqrt(12.5 + 0.25 * 4))
    assert float(drawn_towards(60.0, 5.0, 50.0, 0.0, 2.0)[1]) == 2.0


def test_lines_are_drawn_as_the_joint_normal_distribution_says() -> None:
    """Conditioning the joint normal of truth and estimate, one unit, by the block formula."""
    lines = Lines(*(np.array([each]) for each in (60.0, 3.0, 4.0, 1.0, 0.8)))
    found = lines_drawn_towards(lines, Usual(50.0, 9.0, 0.0), Usual(1.0, 0.25, 0.0))
    between, chance = np.diag([9.0, 0.25]), np.array([[4.0, 0.8], [0.8, 1.0]])
    precision = np.linalg.inv(between) + np.linalg.inv(chance)
    covariance = np.linalg.inv(precision)
    mean = covariance @ (np.linalg.inv(between) @ [50.0, 1.0] + np.linalg.inv(chance) @ [60.0, 3.0])
    assert [found.level[0], found.slope[0]] == pytest.approx(mean.tolist())
    assert found.covariance[0] == pytest.approx(covariance[0, 1])
    assert [found.level_variance[0], found.slope_variance[0]] == pytest.approx(np.diag(covariance).tolist())


def test_lines_alike_by_all_signs_keep_the_uncertainty_of_what_is_usual() -> None:
    lines = Lines(*(np.array([each, np.nan]) for each in (60.0, 3.0, 4.0, 1.0, 0.8)))
    found = lines_drawn_towards(lines, Usual(50.0, 0.0, 0.3), Usual(1.0, 0.0, 0.1))
    assert (found.level[0], found.slope[0]) == (50.0, 1.0)
    assert (found.level_variance[0], found.slope_variance[0]) == (pytest.approx(0.3), pytest.approx(0.1))
    assert np.isnan(found.level[1]) and np.isnan(found.slope_variance[1])


def test_what_is_usual_is_recovered_with_chance_removed() -> None:
    random = np.random.default_rng(3)
    variances = random.uniform(4, 60, 4000)
    found = usual(70 + random.normal(0, 5, 4000) + random.normal(0, np.sqrt(variances)), variances)
    assert found.mean == pytest.approx(70, abs=0.4) and found.between == pytest.approx(25, rel=0.1)
