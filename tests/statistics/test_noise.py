"""The chance variation of cohorts is recovered from cohorts that were made with it."""

import numpy as np
import pytest

from analysis.statistics.lines import slopes
from analysis.statistics.noise import binomial_variance, own_variance, pooled_dispersion, pooled_noise


def _cohorts(pupil_sd: float, year_sd: float, schools: int = 2000) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(3)
    codes = np.repeat(np.arange(schools), 6)
    x = np.tile(np.arange(6.0), schools)
    n = np.repeat(random.integers(8, 120, schools), 6) + random.integers(-3, 4, len(x))
    sd = np.sqrt(year_sd**2 + pupil_sd**2 / n)
    return codes, x, random.normal(220 + random.normal(0, 3, schools)[codes] * x, sd), n.astype(float)


@pytest.mark.parametrize(("pupil_sd", "year_sd"), [(60.0, 0.0), (60.0, 6.0), (20.0, 8.0)])
def test_pupil_and_year_variation_are_told_apart(pupil_sd: float, year_sd: float) -> None:
    codes, x, y, n = _cohorts(pupil_sd, year_sd)
    found = pooled_noise(codes, x, y, n, 2000)
    assert found is not None
    assert found.pupil_sd == pytest.approx(pupil_sd, rel=0.06)
    assert found.year_sd == pytest.approx(year_sd, abs=1.0)
    assert found.df == 8000


def test_too_few_degrees_of_freedom_give_no_pooled_noise() -> None:
    codes, x, y, n = _cohorts(60, 0, schools=4)
    assert pooled_noise(codes, x, y, n, 4) is None


def test_a_cohort_of_unknown_size_has_no_pooled_variance() -> None:
    codes, x, y, n = _cohorts(60, 0, schools=50)
    found = pooled_noise(codes, x, y, n, 50)
    assert found is not None and np.isnan(found.variance(np.array([np.nan, 0.0]))).all()


def test_everyone_passing_is_not_taken_as_certain() -> None:
    found = binomial_variance(np.array([100.0, 0.0, 50.0]), np.array([20.0, 20.0, 25.0]))
    assert (found > 0).all()
    assert found[2] == pytest.approx(100.0)


def test_rounding_is_the_least_variance_of_own_years() -> None:
    codes, x = np.zeros(4, dtype=int), np.arange(4.0)
    variance, df = own_variance(codes, x, 50 + 2 * x, 1, floor=1 / 12)
    assert variance[0] == pytest.approx(1 / 12) and df[0] == 2


def test_stated_variances_half_the_true_ones_show_a_dispersion_of_two() -> None:
    codes, x, y, n = _cohorts(60, 0)
    fit = slopes(codes, x, y, 1 / (0.5 * 60**2 / n), 2000)
    assert pooled_dispersion(fit)[0] == pytest.approx(2.0, rel=0.05)
