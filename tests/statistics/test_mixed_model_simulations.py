"""Mixed models recover a known truth: intervals cover it, school effects shrink as they should."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.statistics.intervals import interval
from analysis.statistics.mixed_model import fit, fit_three_levels


@pytest.mark.slow
def test_intervals_with_eight_schools_cover_the_truth() -> None:
    random = np.random.default_rng(7)
    school, rounds, hits = np.repeat(np.arange(8), 20), 500, np.zeros(2)
    for _ in range(rounds):
        x = random.normal(0, 1, 160)
        y = 200 + 8 * x + random.normal(0, 15, 8)[school] + random.normal(0, 30, 160)
        found = fit(y, np.column_stack([np.ones(160), x]), school)
        low, high = interval(found.fixed, found.fixed_se, found.degrees_of_freedom)
        hits += (low <= [200, 8]) & (high >= [200, 8])
    assert np.all((hits / rounds >= 0.93) & (hits / rounds <= 0.97)), hits / rounds


@pytest.mark.slow
def test_variances_and_school_effects_are_recovered() -> None:
    random = np.random.default_rng(8)
    school = np.repeat(np.arange(300), random.integers(5, 60, 300))
    x = random.normal(0, 1, len(school))
    true = random.multivariate_normal([0, 0], [[225, 30], [30, 100]], 300)
    y = 200 + 8 * x + true[school, 0] + true[school, 1] * x + random.normal(0, 60, len(school))
    design = np.column_stack([np.ones(len(school)), x])
    found = fit(y, design, school, design)
    np.testing.assert_allclose(found.variances, [[225, 30], [30, 100]], atol=45)
    assert found.residual_variance == pytest.approx(3600, rel=0.05)
    low, high = interval(found.effects, found.effect_sd)
    covered = ((low <= true) & (true <= high)).mean(axis=0)
    assert np.all((covered >= 0.90) & (covered <= 0.98)), covered
    raw = np.array([np.mean((y - design @ found.fixed)[school == each]) for each in range(300)])
    assert np.mean((found.effects[:, 0] - true[:, 0]) ** 2) < 0.75 * np.mean((raw - true[:, 0]) ** 2)


@pytest.mark.slow
def test_three_levels_recover_both_variances_without_bias() -> None:
    random = np.random.default_rng(9)
    place = np.repeat(np.arange(40), 6)
    school = np.repeat(np.arange(240), 15)
    found = []
    for _ in range(40):
        own = random.normal(0, 10, 40)[place] + random.normal(0, 15, 240)
        y = 200 + own[school] + random.normal(0, 50, 3600)
        model = fit_three_levels(y, np.ones(3600), school, place[school])
        found.append((model.outer_variance, model.variance, model.residual_variance))
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(40)
    assert np.all(np.abs(mean - [100, 225, 2500]) < 3.5 * error), (mean, error)
