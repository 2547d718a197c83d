"""An unchanged town is seldom said to change, and a changing one is found: towns of many kinds, cohort by cohort."""

from __future__ import annotations

import numpy as np
import pytest
from tests.statistics.towns import odds_of

from analysis.statistics.segregation_change import SCHOOLS_AT_A_TIME, Change, change_beyond_cohorts
from analysis.statistics.unevenness import unevenness

KINDS = [
    (schools, share, apart, shared, years)
    for schools, share, apart in (
        (4, 0.05, 0.0), (4, 0.3, 0.5), (8, 0.5, 0.05), (12, 0.3, 0.15), (15, 0.3, 0.0), (25, 0.1, 0.3), (40, 0.05, 0.3),
    )
    for shared, years in ((9, 3), (9, 6), (9, 12), (1, 3), (1, 8))
]  # fmt: skip
"""schools, share of the group, true dissimilarity, years a pupil is counted in, years of figures"""


def _towns(
    kind: tuple[int, float, float, int, int], towns: int, seed: int, widening: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Members and sizes (towns × schools × years): cohorts of 20 to 100, Poisson around each school's own size."""
    schools, share, apart, shared, years = kind
    random = np.random.default_rng([seed, schools, shared, years])
    size = random.integers(20, 101, (towns, schools)).astype(float)
    odds, spans = odds_of(share, apart, size, random)[:, :, None], np.arange(years + shared - 1)
    cohort = np.maximum(random.poisson(size[:, :, None], (towns, schools, len(spans))), 3)
    members = random.binomial(cohort, np.clip(share + (odds - share) * (1 + widening * spans), 0.001, 0.999))
    both = [np.lib.stride_tricks.sliding_window_view(each, shared, axis=2).sum(axis=-1) for each in (members, cohort)]
    return both[0].astype(float), both[1].astype(float)


def _change(members: np.ndarray, sizes: np.ndarray, shared: int, draws: int = 999) -> Change:
    towns, schools, years = members.shape
    flat = [each.transpose(0, 2, 1).ravel() for each in (members, sizes)]
    index = unevenness(np.repeat(np.arange(towns * years), schools), *flat, towns * years, draws=2)
    values, by_chance = (each.reshape(towns, years) for each in (index.beyond_chance, index.by_chance))
    rows = [each.reshape(towns * schools, years) for each in (members, sizes)]
    place = np.repeat(np.arange(towns), schools)
    return change_beyond_cohorts(np.arange(years) + 2010.0, values, by_chance, place, *rows, shared, draws)


@pytest.mark.slow
def test_towns_that_do_not_change_are_said_to_at_most_five_times_in_a_hundred() -> None:
    alarms = []
    for kind in KINDS:
        found = _change(*_towns(kind, 120, 1), kind[3])
        tested = np.isfinite(found.low)
        alarms.append(((found.low > 0) | (found.high < 0))[tested])
        assert np.mean(tested) > 0.85
    share, towns = np.mean(np.concatenate(alarms)), len(np.concatenate(alarms))
    print(f"{100 * share:.2f} % of {towns} unchanged towns; worst kind {100 * max(map(np.mean, alarms)):.1f} %")
    assert towns > 4000 and share <= 0.05, share


@pytest.mark.slow
@pytest.mark.parametrize(("shared", "years"), [(9, 3), (9, 6), (9, 12), (1, 3), (1, 8)])
def test_few_years_many_years_and_single_grades_are_all_within_chance_of_five(shared: int, years: int) -> None:
    found = _change(*_towns((12, 0.3, 0.15, shared, years), 250, 2), shared)
    share = np.mean((found.low > 0) | (found.high < 0))
    print(f"{shared} grades, {years} years: {100 * share:.1f} %")
    assert share <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 250), share


@pytest.mark.slow
def test_four_schools_far_apart_are_no_worse_than_others() -> None:
    """The kind with the most false alarms of 35, over three, six and twelve years."""
    alarms = []
    for years in (3, 6, 12):
        found = _change(*_towns((4, 0.3, 0.5, 9, years), 600, 901), 9)
        alarms.append(((found.low > 0) | (found.high < 0))[np.isfinite(found.low)])
    share, towns = np.mean(np.concatenate(alarms)), len(np.concatenate(alarms))
    print(f"four schools, dissimilarity .5: {100 * share:.2f} % of {towns}")
    assert towns > 1700 and share <= 0.05, share


@pytest.mark.slow
def test_towns_that_grow_apart_are_found_and_the_interval_holds_their_slope() -> None:
    for kind, power in (((20, 0.3, 0.2, 9, 12), 0.9), ((20, 0.3, 0.2, 9, 6), 0.3), ((8, 0.3, 0.2, 9, 12), 0.5)):
        found = _change(*_towns(kind, 150, 3, widening=0.05), kind[3])
        print(f"{kind}: found {100 * np.mean(found.low > 0):.0f} %, slope {np.mean(found.slope):.4f}")
        assert np.mean(found.low > 0) > power and np.mean(found.high < 0) == 0


def test_the_slope_is_least_squares_and_years_without_an_index_are_left_out() -> None:
    members, sizes = _towns((6, 0.3, 0.3, 9, 6), 2, 4)
    years, rows = np.arange(2015.0, 2021.0), [each.reshape(12, 6) for each in (members, sizes)]
    values = np.array([[0.1, 0.2, np.nan, 0.4, 0.5, 0.6], [0.3, np.nan, np.nan, np.nan, 0.2, np.nan]])
    found = change_beyond_cohorts(years, values, np.full((2, 6), 0.05), np.repeat([0, 1], 6), *rows)
    assert found.slope[0] == pytest.approx(0.1) and np.isnan([found.slope[1], found.low[1]]).all()
    assert (found.first[0], found.last[0], found.years.tolist()) == (2015, 2020, [5, 2])


def test_a_town_of_many_schools_has_the_same_interval_in_any_order_of_schools() -> None:
    members, sizes = _towns((2 * SCHOOLS_AT_A_TIME + 5, 0.3, 0.3, 1, 3), 1, 5)
    known, turned = _change(members, sizes, 1, 99), _change(members[:, ::-1], sizes[:, ::-1], 1, 99)
    np.testing.assert_allclose(turned.low, known.low)
    assert known.low[0] < known.slope[0] < known.high[0]


def test_no_town_depends_on_another_or_on_the_order_of_its_schools() -> None:
    members, sizes = _towns((6, 0.3, 0.3, 9, 5), 3, 5)
    known = _change(members, sizes, 9, 99)
    alone, turned = _change(members[1:2], sizes[1:2], 9, 99), _change(members[:, ::-1], sizes[:, ::-1], 9, 99)
    assert (alone.low[0], alone.high[0]) == pytest.approx((known.low[1], known.high[1]))
    np.testing.assert_allclose(turned.low, known.low)


def test_years_that_scatter_more_than_cohorts_do_widen_the_interval() -> None:
    members, sizes = _towns((6, 0.3, 0.3, 9, 6), 1, 6)
    rows, years = [each.reshape(6, 6) for each in (members, sizes)], np.arange(6.0)
    smooth, rough = np.array([[0.3, 0.31, 0.3, 0.31, 0.3, 0.31]]), np.array([[0.3, 0.5, 0.2, 0.5, 0.2, 0.4]])
    calm, wild = (
        change_beyond_cohorts(years, each, np.full((1, 6), 0.05), np.zeros(6, dtype=np.int64), *rows)
        for each in (smooth, rough)
    )
    assert wild.se[0] > 4 * calm.se[0] and wild.high[0] - wild.low[0] > 4 * (calm.high[0] - calm.low[0])


def test_the_standard_error_is_that_of_many_histories_of_the_same_town() -> None:
    members, sizes = _towns((10, 0.3, 0.3, 9, 6), 1, 7)
    odds = (members.sum(axis=2) / sizes.sum(axis=2))[0]
    random = np.random.default_rng(8)
    cohort = random.poisson(sizes[0].mean(axis=1)[None, :, None] / 9, (400, 10, 14))
    drawn = random.binomial(cohort, odds[None, :, None])
    window = [np.lib.stride_tricks.sliding_window_view(each, 9, axis=2).sum(axis=-1) for each in (drawn, cohort)]
    slopes = _change(*(each.astype(float) for each in window), 9, 9).slope
    assert _change(members, sizes, 9, 999).se[0] == pytest.approx(np.std(slopes), rel=0.5)
