"""Probabilities of targets against counting in made-up cohorts."""

import numpy as np
import pytest

from analysis.statistics.shrinkage import shrunken
from analysis.statistics.targets import drawn_towards, outlook, probability_met


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


def test_drawing_towards_zero_is_shrinkage() -> None:
    known = shrunken(np.array([10.0, -4.0]), np.array([240.0, 60.0]), 225.0)
    middle, sd = drawn_towards([10.0, -4.0], np.sqrt([240.0, 60.0]), 0.0, 15.0)
    np.testing.assert_allclose(middle, known.value)
    np.testing.assert_allclose(sd, known.sd)


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
