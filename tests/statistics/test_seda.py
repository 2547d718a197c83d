"""Level, growth and trend told apart: known truths, and the mixed model underneath by hand."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.statistics.mixed_model import fit
from analysis.statistics.posterior import posterior
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.seda import separation

Cells = tuple[np.ndarray, ...]
TRUTH = np.array([52.0, 4.0, 0.1])


def _cells(units: int, seed: int, *, grades: tuple[int, ...] = (8, 9), years: int = 5, beyond: float = 0.5,
           sd: tuple[float, float, float] = (3.0, 0.6, 0.4)) -> tuple[Cells, np.ndarray]:  # fmt: skip
    random = np.random.default_rng(seed)
    own = TRUTH + random.normal(size=(units, 3)) * np.array(sd)
    grade = np.tile(np.repeat(grades, years), units).astype(float)
    cohort = np.tile(np.tile(np.arange(2016, 2016 + years), len(grades)), units) - grade
    cells = len(grades) * years
    codes = np.repeat(np.arange(units), cells)
    variance = 100 / np.repeat(random.integers(15, 120, units), cells)
    design = np.column_stack([np.ones(len(grade)), grade - grade.mean(), cohort - cohort.mean()])
    y = np.sum(design * own[codes], axis=1) + random.normal(0, np.sqrt(variance + beyond**2))
    return (codes, grade, cohort, y, variance), own


def test_the_raw_numbers_are_weighted_least_squares_per_unit() -> None:
    (codes, grade, cohort, y, variance), _ = _cells(30, 1)
    found = separation(codes, grade, cohort, y, variance, 30)
    for unit in (0, 7, 29):
        mine = codes == unit
        design = np.column_stack([np.ones(10), grade[mine] - grade.mean(), cohort[mine] - cohort.mean()])
        known = sm.WLS(y[mine], design, weights=1 / (variance[mine] + found.cell_sd**2)).fit(cov_kwds={"scale": 1.0})
        np.testing.assert_allclose(found.raw[unit], known.params, rtol=1e-8)
        np.testing.assert_allclose(found.raw_se[unit], known.bse / np.sqrt(known.scale), rtol=1e-8)


def test_each_number_is_the_posterior_of_the_raw_ones() -> None:
    cells, _ = _cells(120, 2)
    found = separation(*cells, 120)
    for place in range(3):
        known = posterior(found.raw[:, place], found.raw_se[:, place] ** 2, is_apart=True)
        np.testing.assert_allclose(found.drawn[:, place], known.value, rtol=1e-12)
        np.testing.assert_allclose([found.low[:, place], found.high[:, place]], [known.low, known.high], rtol=1e-12)
        np.testing.assert_allclose([found.apart_low[:, place], found.apart_high[:, place]], known.apart, rtol=1e-12)
        assert (found.common[place], found.between_sd[place]) == (known.mean, known.spread)


def test_the_drawn_numbers_are_near_a_mixed_model_of_the_divided_rows() -> None:
    """The two weigh what one number says of another apart: they differ by less than a third of the doubt."""
    (codes, grade, cohort, y, variance), _ = _cells(120, 2)
    found = separation(codes, grade, cohort, y, variance, 120)
    root = np.sqrt(variance + found.cell_sd**2)
    design = np.column_stack([np.ones(len(y)), grade - grade.mean(), cohort - cohort.mean()]) / root[:, None]
    model = fit(y / root, design, codes, Z=design)
    assert model.residual_variance == pytest.approx(1.0, abs=0.15)
    apart = np.sqrt(np.mean((found.drawn - model.fixed - model.effects) ** 2, axis=0))
    assert np.all(apart < np.mean(found.sd, axis=0) / 3)
    np.testing.assert_allclose(found.common, model.fixed, atol=0.5 * model.fixed_se.max())


def test_what_was_put_in_comes_out() -> None:
    cells, own = _cells(1500, 3)
    found = separation(*cells, 1500)
    np.testing.assert_allclose(found.common, own.mean(axis=0), atol=4 * found.common_se.max())
    np.testing.assert_allclose(found.between_sd, [3.0, 0.6, 0.4], rtol=0.15)
    assert found.cell_sd == pytest.approx(0.5, abs=0.05) and found.units == 1500
    nearer = np.mean((found.drawn - own) ** 2, axis=0) / np.mean((found.raw - own) ** 2, axis=0)
    assert np.all(nearer < 1) and nearer[1] < 0.4


def test_no_scatter_beyond_the_known_is_zero() -> None:
    cells, _ = _cells(200, 4, beyond=0.0)
    assert separation(*cells, 200).cell_sd < 0.25


def test_a_cohort_seen_in_two_grades_shows_growth_and_not_trend() -> None:
    """By hand: every unit gains 5 from grade 8 to 9, and each cohort starts 1 above the one before."""
    (codes, grade, cohort, _, _), _ = _cells(40, 5)
    chance = np.random.default_rng(5).normal(0, 0.05, len(grade))
    y = 50 + 5 * (grade - 8) + 1 * (cohort - 2008) + codes / 10 + chance
    found = separation(codes, grade, cohort, y, np.full(len(y), 0.05**2), 40)
    np.testing.assert_allclose(found.common[1:], [5.0, 1.0], atol=0.02)


def test_units_seen_in_one_grade_are_left_out() -> None:
    (codes, grade, cohort, y, variance), _ = _cells(40, 6)
    kept = ~((codes == 3) & (grade == 9))
    found = separation(codes[kept], grade[kept], cohort[kept], y[kept], variance[kept], 41)
    assert np.isnan(found.raw[[3, 40]]).all() and np.isnan(found.drawn[[3, 40]]).all() and found.units == 39
    assert np.isfinite(found.drawn[[2, 4]]).all()


def test_few_units_that_are_alike_are_drawn_each_number_on_its_own() -> None:
    cells, own = _cells(12, 7, sd=(3.0, 0.0, 0.0))
    found = separation(*cells, 12)
    assert np.all((found.weight > 0) & (found.weight < 1))
    assert np.mean((found.low < own) & (own < found.high)) > 0.9


def test_nine_units_are_refused() -> None:
    cells, _ = _cells(9, 8)
    with pytest.raises(CannotFitError, match="level, growth and trend need at least 10 units with 4 cells"):
        separation(*cells, 9)


def test_order_of_cells_does_not_matter() -> None:
    cells, _ = _cells(30, 9)
    order = np.random.default_rng(9).permutation(len(cells[0]))
    one, other = separation(*cells, 30), separation(*(each[order] for each in cells), 30)
    np.testing.assert_allclose(one.drawn, other.drawn, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("units", "runs"), [(12, 150), (30, 100), (150, 30)])
def test_the_intervals_cover_the_truth(units: int, runs: int) -> None:
    """93-97 % within two standard errors of the simulation, for the numbers and their distance from the common ones."""
    inside, apart = [], []
    for seed in range(runs):
        cells, own = _cells(units, 100 + seed)
        found, off = separation(*cells, units), own - TRUTH
        inside.append(np.mean((found.low < own) & (own < found.high), axis=0))
        apart.append(np.mean((found.apart_low < off) & (off < found.apart_high), axis=0))
    cover = np.array([np.mean(each, axis=0) for each in (inside, apart)])
    doubt = 2 * np.array([np.std(each, axis=0) for each in (inside, apart)]) / np.sqrt(runs)
    print(
        f"{units} units: level, growth and trend {cover[0].round(3)}, distances {cover[1].round(3)}, ±{doubt.max():.3f}"
    )
    assert np.all(cover >= 0.93 - doubt) and np.all(cover <= 0.97 + doubt)
