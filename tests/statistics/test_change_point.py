"""Change points against the Nile, every Chow test by hand, and series that did not change."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.datasets import nile

from analysis.statistics.change_point import _under_no_change, change_point, forecast
from analysis.statistics.refusal import CannotFitError


def _chow_by_hand(y: np.ndarray, design: np.ndarray, weights: np.ndarray, last: int) -> float:
    whole = sm.WLS(y, design, weights=weights).fit().ssr
    sides = (slice(None, last + 1), slice(last + 1, None))
    apart = sum(sm.WLS(y[side], design[side], weights=weights[side]).fit().ssr for side in sides)
    return float((whole - apart) / (apart / (len(y) - 2 * design.shape[1])))


def test_the_nile_changed_after_1898() -> None:
    data = nile.load_pandas().data
    found = change_point(data["year"], data["volume"])
    assert (found.last_before, found.first_after) == (1898, 1899)
    assert found.sup_f == pytest.approx(75.92977, abs=1e-5)
    assert found.p_value == 0.0001
    assert (found.before, found.after) == pytest.approx((1097.75, 849.97), abs=0.01)
    assert (found.breaks[0], found.breaks[-1]) == (1885, 1955)


@pytest.mark.parametrize("with_trend", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_statistic_is_the_chow_test_by_hand(with_trend: bool, weighted: bool) -> None:
    random = np.random.default_rng(1)
    years, y = np.arange(2008, 2023), random.normal(60, 5, 15) + 1.2 * np.arange(15)
    weights = random.uniform(0.5, 2, 15) if weighted else np.ones(15)
    design = np.column_stack([np.ones(15), np.arange(15)])[:, : 2 if with_trend else 1]
    found = change_point(years, y, weights, with_trend=with_trend)
    known = [_chow_by_hand(y, design, weights, int(last - 2008)) for last in found.breaks]
    np.testing.assert_allclose(found.f, known, rtol=1e-8)
    assert found.last_before == found.breaks[np.argmax(known)]


def test_the_simulated_quantiles_become_those_of_andrews() -> None:
    """Asymptotic 10, 5 and 1 % critical values for one coefficient, 15 % trimmed (Andrews 2003): 7.12, 8.68, 12.16."""
    null = _under_no_change((1.0,) * 1000, False, 0.15)
    np.testing.assert_allclose(np.quantile(null, [0.9, 0.95, 0.99]), [7.12, 8.68, 12.16], rtol=0.04)


def test_a_short_series_needs_more_than_the_asymptotic_value() -> None:
    assert np.quantile(_under_no_change((1.0,) * 10, False, 0.15), 0.95) > 10


def test_order_shift_and_scale_do_not_matter() -> None:
    random = np.random.default_rng(2)
    years, y = np.arange(2010, 2022), random.normal(0, 1, 12)
    order, known = random.permutation(12), change_point(np.arange(2010, 2022), y)
    for found in (
        change_point(years[order], y[order]),
        change_point(years, 1e6 + 3 * y),
        change_point(years, y, np.full(12, 7.0)),
    ):
        assert (found.last_before, found.p_value) == (known.last_before, known.p_value)
        assert found.sup_f == pytest.approx(known.sup_f, rel=1e-6)


def test_turning_time_round_finds_the_same_break() -> None:
    y = np.random.default_rng(3).normal(0, 1, 12) + 2.0 * (np.arange(12) >= 5)
    one, other = change_point(range(12), y), change_point(range(12), y[::-1])
    assert one.sup_f == pytest.approx(other.sup_f) and one.last_before == 10 - other.last_before


def test_a_steady_rise_is_no_change_once_the_trend_is_allowed_for() -> None:
    y = 2.0 * np.arange(14) + np.random.default_rng(4).normal(0, 1, 14)
    assert change_point(range(14), y).p_value < 0.001
    assert change_point(range(14), y, with_trend=True).p_value > 0.05


@pytest.mark.parametrize(
    ("years", "values", "text"),
    [
        ([*range(2010, 2015), *range(2016, 2021)], range(10), "years are missing after 2014"),
        (range(2010, 2017), range(7), "at least 8 years, got: 7"),
        (range(2010, 2020), [5] * 10, "without scatter"),
        ([2010, *range(2010, 2019)], range(10), "a year comes twice"),
        (range(2010, 2020), [np.nan, *range(9)], "every year needs a value"),
    ],
)
def test_a_series_without_a_certain_break_is_refused(years: list, values: list, text: str) -> None:
    with pytest.raises(CannotFitError, match=text):
        change_point(years, values)


def test_too_much_trimming_is_refused() -> None:
    with pytest.raises(CannotFitError, match="no room for a break"):
        change_point(range(8), [1, 2, 1, 2, 3, 1, 2, 3], trimming=0.7)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_forecast_is_statsmodels_prediction(weighted: bool) -> None:
    random = np.random.default_rng(5)
    years, y = np.array([2014, 2015, 2017, 2018, 2019, 2020]), random.normal(50, 3, 6)
    weights = random.uniform(0.5, 2, 6) if weighted else np.ones(6)
    found = forecast(years, y, weights, steps=2, next_weight=1.0)
    fit = sm.WLS(y, sm.add_constant(years - 2014.0), weights=weights).fit()
    known = fit.get_prediction(sm.add_constant(np.array([2021, 2022]) - 2014.0, has_constant="add"), weights=1.0)
    frame = known.summary_frame(alpha=0.05)
    np.testing.assert_allclose(found.expected, frame["mean"], rtol=1e-9)
    np.testing.assert_allclose(found.low, frame["obs_ci_lower"], rtol=1e-8)
    np.testing.assert_allclose(found.high, frame["obs_ci_upper"], rtol=1e-8)


def test_points_on_a_line_are_not_taken_as_certain() -> None:
    found = forecast([1, 2, 3, 4, 5], [2, 4, 6, 8, 10], [0.25] * 5, least_scatter=1.0)
    assert found.expected[0] == pytest.approx(12) and found.sd[0] == pytest.approx(2 * np.sqrt(1 + 0.2 + 0.9))


def test_a_forecast_from_too_little_or_too_far_is_refused() -> None:
    with pytest.raises(CannotFitError, match="at least 4 years, got: 3"):
        forecast([1, 2, 3], [1, 2, 3])
    with pytest.raises(ValueError, match="one or two years, got: 3"):
        forecast([1, 2, 3, 4], [1, 2, 3, 5], steps=3)
    with pytest.raises(ValueError, match="a weight above zero, got: 0"):
        forecast([1, 2, 3, 4], [1, 2, 3, 5], next_weight=0)


@pytest.mark.slow
@pytest.mark.parametrize("with_trend", [False, True])
def test_stable_series_change_one_time_in_twenty(with_trend: bool) -> None:
    random = np.random.default_rng(6)
    weights = random.uniform(5, 120, 11)
    series = random.normal(200, 60 / np.sqrt(weights), (1000, 11))
    flagged = [change_point(range(11), y, weights, with_trend=with_trend).p_value <= 0.05 for y in series]
    assert np.mean(flagged) <= 0.065


@pytest.mark.slow
def test_the_prediction_interval_covers_the_next_year() -> None:
    random, inside = np.random.default_rng(7), []
    for _ in range(2000):
        y = 50 + 1.5 * np.arange(9) + random.normal(0, 3, 9)
        found = forecast(range(7), y[:7], steps=2)
        inside.append((found.low <= y[7:]) & (y[7:] <= found.high))
    assert 0.935 <= np.mean(inside) <= 0.965
