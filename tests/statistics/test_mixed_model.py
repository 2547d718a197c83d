"""A mixed model refuses what it cannot answer, and answers the same however the rows are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.statistics.mixed_model import CannotFitError, MixedModel, fit, fit_three_levels

SCHOOLS, ROWS = 30, 600


def _schools(seed: int = 3, slope_sd: float = 3.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """y, X (constant and x) and school of 600 pupils in 30 schools that truly differ."""
    random = np.random.default_rng(seed)
    school = np.sort(random.integers(0, SCHOOLS, ROWS))
    x = random.normal(0, 1, ROWS)
    own = random.normal(0, 15, SCHOOLS)[school] + random.normal(0, slope_sd, SCHOOLS)[school] * x
    return 200 + 8 * x + own + random.normal(0, 30, ROWS), np.column_stack([np.ones(ROWS), x]), school


def _same(found: MixedModel, known: MixedModel, factor: float = 1.0) -> None:
    np.testing.assert_allclose(found.fixed_se, factor * known.fixed_se, rtol=1e-5)
    np.testing.assert_allclose(found.variances, factor**2 * known.variances, rtol=1e-4, atol=1e-6 * factor**2)
    np.testing.assert_allclose(found.effects, factor * known.effects, rtol=1e-4, atol=1e-4 * factor)
    np.testing.assert_allclose(found.effect_sd, factor * known.effect_sd, rtol=1e-4, atol=1e-4 * factor)
    assert found.residual_variance == pytest.approx(factor**2 * known.residual_variance, rel=1e-6)


Y, X, SCHOOL = _schools()
BROKEN = np.where(np.arange(ROWS) == 5, np.nan, 1.0)
REFUSED: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a constant outcome": (lambda: fit(np.ones(ROWS), X, SCHOOL), "constant_outcome", "1 in all 600 rows"),
    "an outcome that follows from x": (lambda: fit(2 + 3 * X[:, 1], X, SCHOOL), "exact_fit", "without a remainder"),
    "a missing outcome": (lambda: fit(Y * BROKEN, X, SCHOOL), "not_finite", "found nan in y, row 5"),
    "a missing background": (
        lambda: fit(Y, X * BROKEN[:, None], SCHOOL, names=("constant", "girls")),
        "not_finite",
        "found nan in constant, row 5",
    ),
    "an infinite slope column": (
        lambda: fit(Y, X, SCHOOL, np.column_stack([X[:, 0], np.where(BROKEN == 1, X[:, 1], np.inf)])),
        "not_finite",
        "found inf in Z column 1, row 5",
    ),
    "a pupil without a school": (lambda: fit(Y, X, SCHOOL * BROKEN), "not_finite", "none in groups, row 5"),
    "a column that follows from others": (
        lambda: fit(Y, np.column_stack([X, 3 - X[:, 1]]), SCHOOL, names=("constant", "girls", "boys")),
        "collinear",
        "boys follows from the columns before it",
    ),
    "a column of zeros": (lambda: fit(Y, np.column_stack([X, 0 * Y]), SCHOOL), "collinear", "zero everywhere"),
    "a slope column given twice": (lambda: fit(Y, X, SCHOOL, X[:, [1, 1]]), "collinear", "Z column 1"),
    "one school": (lambda: fit(Y, X, np.zeros(ROWS)), "too_few_groups", "at least 2 groups, found: 1"),
    "two schools with slopes": (lambda: fit(Y, X, SCHOOL < 9, X), "too_few_groups", "at least 3 groups, found: 2"),
    "a school per pupil": (lambda: fit(Y, X, np.arange(ROWS)), "one_row_per_group", "600 groups has one row"),
    "more effects than pupils": (lambda: fit(Y, X, np.arange(ROWS) // 2, X), "too_many_effects", "600 rows"),
    "as many rows as columns": (lambda: fit([1, 2, 4], np.eye(3), ["a", "a", "b"]), "too_few_rows", "found: 3"),
    "pupils of a school alike": (
        lambda: fit(np.sqrt(SCHOOL + 1), X[:, :1], SCHOOL),
        "no_variation_within_groups",
        "do not differ",
    ),
    "a column per school": (
        lambda: fit(Y, (SCHOOL[:, None] == np.arange(SCHOOLS)).astype(float), SCHOOL),
        "not_identified",
        "found: 0",
    ),
    "a slope on two kinds of schools": (
        lambda: fit(Y, X, SCHOOL, np.column_stack([X[:, 0], SCHOOL < 15])),
        "not_identified",
        "leave it out of Z",
    ),
    "a municipality per school": (lambda: fit_three_levels(Y, X, SCHOOL, SCHOOL), "not_identified", "no two groups"),
    "one municipality": (lambda: fit_three_levels(Y, X, SCHOOL, 0 * SCHOOL), "too_few_groups", "found: 1"),
    "a column per municipality": (
        lambda: fit_three_levels(Y, (SCHOOL[:, None] // 10 == np.arange(3)).astype(float), SCHOOL, SCHOOL // 10),
        "not_identified",
        "explains every difference between the 3 outer groups",
    ),
    "a school in two municipalities": (
        lambda: fit_three_levels(Y, X, SCHOOL, np.arange(ROWS) % 2),
        "not_nested",
        "found 0 in several",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_answered_is_refused_with_its_reason(case: str) -> None:
    call, reason, text = REFUSED[case]
    with pytest.raises(CannotFitError, match=text) as refusal:
        call()
    assert refusal.value.reason == reason


def test_a_search_that_does_not_end_gives_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.statistics.mixed_model.optimum.ATTEMPTS", 0)
    with pytest.raises(CannotFitError, match="not found in 0 attempts \\(600 rows, 30 groups\\)") as refusal:
        fit(Y, X, SCHOOL)
    assert refusal.value.reason == "no_convergence"


def test_a_wrong_shape_or_method_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="the method is REML or ML, got: 'reml'"):
        fit(Y, X, SCHOOL, method="reml")
    with pytest.raises(ValueError, match="groups needs one entry per row"):
        fit(Y, X, SCHOOL[:-1])
    with pytest.raises(ValueError, match="X needs 600 rows"):
        fit(Y, X[:-1], SCHOOL)
    with pytest.raises(ValueError, match="X has 2 columns, got 1 names"):
        fit(Y, X, SCHOOL, names=("constant",))


def test_sixty_municipalities_whose_schools_are_alike_give_no_wrong_number() -> None:
    random = np.random.default_rng(1)
    schools = np.repeat(np.arange(12), 25)
    boundaries = 0
    for _ in range(60):
        x = random.normal(0, 1, 300)
        design = np.column_stack([np.ones(300), x])
        y = 200 + 8 * x + random.normal(0, 40, 300)
        found = fit(y, design, schools)
        assert np.all(np.abs(found.fixed - [200, 8]) < 4.5 * found.fixed_se)
        assert found.fixed_se == pytest.approx([40 / 300**0.5] * 2, rel=0.6)
        assert found.icc is not None and found.icc < 0.08
        if found.is_boundary:
            boundaries += 1
            known = sm.OLS(y, design).fit()
            np.testing.assert_allclose(found.fixed, known.params, rtol=1e-9)
            np.testing.assert_allclose(found.fixed_se, known.bse, rtol=1e-9)
            np.testing.assert_allclose(found.degrees_of_freedom, [298, 298], rtol=1e-6)
            assert not found.effects.any() and not found.effect_sd.any() and found.icc == 0
    assert 20 <= boundaries <= 50


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), method=st.sampled_from(["REML", "ML"]), has_slopes=st.booleans())
def test_the_order_of_rows_and_the_names_of_schools_do_not_matter(seed: int, method: str, has_slopes: bool) -> None:
    y, design, school = _schools(seed)
    varying = design if has_slopes else design[:, :1]
    known = fit(y, design, school, varying, method)
    order = np.random.default_rng(seed).permutation(ROWS)
    names = np.array([f"school {each:03d}" for each in school])
    found = fit(y[order], design[order], names[order], varying[order], method)
    _same(found, known)
    np.testing.assert_allclose(found.fixed, known.fixed, rtol=1e-6)
    assert found.deviance == pytest.approx(known.deviance, abs=1e-6)
    assert list(found.groups) == [f"school {each:03d}" for each in known.groups]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), shift=st.floats(-1e5, 1e5), factor=st.floats(0.001, 1000))
def test_shifting_and_scaling_every_value_shifts_and_scales_the_answer(seed: int, shift: float, factor: float) -> None:
    y, design, school = _schools(seed)
    known, found = fit(y, design, school, design), fit(factor * y + shift, design, school, design)
    np.testing.assert_allclose(found.fixed, factor * known.fixed + [shift, 0], rtol=1e-5, atol=1e-5 * factor)
    _same(found, known, factor)
    np.testing.assert_allclose(found.degrees_of_freedom, known.degrees_of_freedom, rtol=1e-3)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), has_slopes=st.booleans())
def test_a_copy_of_every_school_doubles_the_deviance_and_nothing_else(seed: int, has_slopes: bool) -> None:
    y, design, school = _schools(seed)
    varying = design if has_slopes else design[:, :1]
    known = fit(y, design, school, varying, "ML")
    twice = np.concatenate([school, school + SCHOOLS])
    found = fit(np.tile(y, 2), np.tile(design, (2, 1)), twice, np.tile(varying, (2, 1)), "ML")
    np.testing.assert_allclose(found.fixed, known.fixed, rtol=1e-6)
    np.testing.assert_allclose(found.fixed_se, known.fixed_se / np.sqrt(2), rtol=1e-5)
    np.testing.assert_allclose(found.variances, known.variances, rtol=1e-4, atol=1e-6)
    assert found.deviance == pytest.approx(2 * known.deviance, rel=1e-9)
    np.testing.assert_allclose(found.effects[: len(known.groups)], known.effects, rtol=1e-4, atol=1e-4)


def test_a_slope_measured_on_another_scale_gives_the_same_model() -> None:
    y, design, school = _schools()
    other = design @ [[1.0, 1900.0], [0.0, 1000.0]]
    known, found = fit(y, design, school, design), fit(y, other, school, other)
    turn = np.linalg.inv([[1.0, 1900.0], [0.0, 1000.0]])
    np.testing.assert_allclose(found.variances, turn @ known.variances @ turn.T, rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(found.fixed, turn @ known.fixed, rtol=1e-6)


def test_three_levels_do_not_depend_on_the_order_of_rows() -> None:
    place = SCHOOL // 5
    order = np.random.default_rng(5).permutation(ROWS)
    known = fit_three_levels(Y, X, SCHOOL, place)
    found = fit_three_levels(Y[order], X[order], SCHOOL[order], place[order])
    np.testing.assert_allclose(found.effects, known.effects, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(found.outer_effects, known.outer_effects, rtol=1e-5, atol=1e-5)
    assert (found.groups_n, found.outer_groups_n) == (SCHOOLS, 6)
    assert 0 <= found.share <= 1 and 0 <= found.outer_share <= 1


def test_nearly_all_variance_between_schools_gives_the_lines_within_them() -> None:
    random = np.random.default_rng(3)
    school, x = np.repeat(np.arange(30), 20), random.normal(size=600)
    y = random.normal(size=30)[school] + x + 1e-5 * random.normal(size=600)
    found = fit(y, np.column_stack([np.ones(600), x]), school)
    known = sm.OLS(y, np.column_stack([school[:, None] == np.arange(30), x])).fit()
    assert found.fixed[1] == pytest.approx(known.params[-1], abs=1e-9)
    assert found.fixed_se[1] == pytest.approx(known.bse[-1], rel=1e-4)
    np.testing.assert_allclose(found.degrees_of_freedom, [29, 569], rtol=1e-3)


def test_the_input_is_left_as_it_was() -> None:
    kept = Y.copy(), X.copy(), SCHOOL.copy()
    fit(Y, X, SCHOOL, X)
    for before, after in zip(kept, (Y, X, SCHOOL), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint64])
@pytest.mark.parametrize(("step", "first"), [(1, 0), (1, -15), (7, -90), (10**6, 3)])
def test_numbered_groups_are_the_same_groups_by_name(dtype: type[np.integer], step: int, first: int) -> None:
    own = first + step * SCHOOL
    if own.min() < np.iinfo(dtype).min or own.max() > np.iinfo(dtype).max:
        pytest.skip("the numbers do not fit in the type")
    by_number, by_name = fit(Y, X, own.astype(dtype)), fit(Y, X, np.array([f"{each:09d}" for each in SCHOOL]))
    _same(by_number, by_name)
    assert by_number.groups.tolist() == (first + step * np.arange(SCHOOLS)).tolist()
