"""The ends of an index, sought among the cohorts of more and less even schools."""

import numpy as np
import pytest

from analysis.statistics.steepness import MIDDLE, ends, steps_of

MEAN = np.array([0.0, 0.0, 0.1, 0.2, 0.3, 0.4])[:, None]


def test_the_ends_are_the_means_at_which_the_estimate_would_just_be_unusual() -> None:
    """By hand: a reach of .05 where schools are even and .15 where they are not; .25 is unusual from .18 to .37."""
    reach = np.array([0.05, 0.05, 0.05, 0.08, 0.1, 0.15])[:, None]
    low, high = ends(np.array([0.25]), MEAN, MEAN - reach, MEAN + reach)
    # upper passes .25 between .15 at .1 and .28 at .2; lower between .2 at .3 and .25 at .4
    assert low[0] == pytest.approx(0.1 + 0.1 * 0.1 / 0.13) and high[0] == pytest.approx(0.4)


def test_the_low_end_is_nought_or_less_where_lots_would_show_as_much() -> None:
    low, high = ends(
        np.array([0.04, -0.02]), *(np.repeat(each, 2, axis=1) for each in (MEAN, MEAN - 0.05, MEAN + 0.05))
    )
    assert np.all(low <= 0.0) and np.all(high > [0.04, -0.02])


def test_the_high_end_never_lies_nearer_than_the_cohorts_at_the_estimate_reach() -> None:
    lower = np.array([-0.1, -0.1, 0.0, 0.1, 0.29, 0.39])[:, None]
    _, high = ends(np.array([0.2]), MEAN, lower, MEAN + 0.12)
    assert high[0] == pytest.approx(0.2 + 0.12)  # the steps alone would have said 0.25


def test_the_steps_rise_to_both_sides_of_the_estimate() -> None:
    steps = steps_of(np.array([0.0, 0.04, 0.5]), np.array([0.01, 0.01, 0.01]), np.array([4.0, 9.0, 30.0]))
    assert steps.shape == (6, 3) and np.all(np.diff(steps, axis=0) >= 0)
    np.testing.assert_allclose(steps[MIDDLE] ** 2, [0.0, 0.04, 0.5])
    assert np.all(steps[0] == 0.0) and steps[1, 2] > 0.4 and steps[-1, 0] > 0.1


def test_a_place_far_from_lots_is_not_taken_for_lots_however_wide_its_reach() -> None:
    """The estimate is not unusual at any step around it, but would be under lots."""
    mean, upper = np.array([0.0, 0.3, 0.35, 0.4, 0.45, 0.5])[:, None], np.array([0.1, 0.5, 0.5, 0.5, 0.6, 0.7])[:, None]
    low, _ = ends(np.array([0.4]), mean, 2 * mean - upper, upper)
    assert low[0] == pytest.approx(0.3 * 0.3 / 0.4)
