"""The spread over many places at once, against one place at a time and lots."""

import numpy as np
import pytest
from scipy.stats import hypergeom
from tests.statistics.towns import odds_of

from analysis.statistics.allotment import by_chance, mean_deviation
from analysis.statistics.segregation import counted_indices, segregation
from analysis.statistics.unevenness import Unevenness, unevenness


def _towns(towns: int = 12, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    codes = np.repeat(np.arange(towns), random.integers(4, 12, towns))
    sizes = random.integers(20, 500, len(codes))
    return codes, random.binomial(sizes, random.beta(2, 6, len(codes))).astype(float), sizes.astype(float)


@pytest.mark.parametrize("pupils", [4, 95, 1500, 94_000])
def test_the_mean_deviation_is_that_of_a_hypergeometric_count(pupils: int) -> None:
    for members in {1, pupils // 5 + 1, pupils - 1}:
        for size in {1, pupils // 3, pupils - 1} - {0}:
            counts = np.arange(size + 1)
            known = hypergeom.pmf(counts, pupils, members, size) @ np.abs(counts - size * members / pupils)
            assert float(mean_deviation(members, pupils, size)) == pytest.approx(known, rel=1e-6)


def test_each_town_has_what_it_has_alone() -> None:
    codes, members, sizes = _towns()
    found = unevenness(codes, members, sizes, 13)
    for town in range(12):
        mine, size = members[codes == town], sizes[codes == town]
        known = counted_indices(mine, size)
        assert found.counted[town] == pytest.approx(float(known["dissimilarity"]))
        assert found.eta2[town] == pytest.approx(float(known["eta2"]))
        expected = by_chance(int(mine.sum()), size.astype(np.int64))["dissimilarity"]
        assert found.by_chance[town] == pytest.approx(expected)
        alone = unevenness(np.zeros(len(mine), dtype=np.int64), mine, size, 1)
        assert (alone.low[0], alone.high[0]) == pytest.approx((found.low[town], found.high[town]))
    assert np.isnan(found.beyond_chance[12]) and np.isnan(found.low[12])


def test_the_interval_is_close_to_that_of_binomial_cohorts() -> None:
    codes, members, sizes = _towns(6, seed=4)
    found = unevenness(codes, members, sizes, 6)
    for town in range(6):
        mine, size = members[codes == town], sizes[codes == town]
        known = segregation(mine, size - mine).dissimilarity
        assert found.beyond_chance[town] == pytest.approx(known.beyond_chance)
        wide = known.high - known.low
        assert found.high[town] - found.low[town] == pytest.approx(wide, rel=0.15)


def test_the_order_of_schools_does_not_matter() -> None:
    codes, members, sizes = _towns()
    order = np.random.default_rng(2).permutation(len(codes))
    one, other = unevenness(codes, members, sizes, 12), unevenness(codes[order], members[order], sizes[order], 12)
    np.testing.assert_allclose(one.low, other.low)
    np.testing.assert_allclose(one.se, other.se)


def test_what_cannot_be_had_is_no_number() -> None:
    codes = np.array([0, 1, 1, 2, 2, 3, 3])
    members, sizes = np.array([9.0, 3, 1, 0, 0, 40, 30]), np.array([30.0, 30, 30, 50, 50, 40, 30])
    found = unevenness(codes, members, sizes, 4)
    assert (
        np.isnan(found.beyond_chance).all() and np.isnan(found.p_value).all() and found.units.tolist() == [1, 2, 2, 2]
    )


def test_wholly_separate_schools_are_one_and_never_more() -> None:
    found = unevenness(np.zeros(4, dtype=np.int64), np.array([30.0, 30, 0, 0]), np.array([30.0, 30, 50, 50]), 1)
    assert found.beyond_chance[0] == pytest.approx(1) and found.high[0] <= 1


def _by_lot(schools: int, small: bool, repeats: int = 1500) -> Unevenness:
    random = np.random.default_rng(schools)
    sizes = random.integers(10, 60, schools) if small else random.integers(60, 500, schools)
    members = random.multivariate_hypergeometric(sizes, int(0.15 * sizes.sum()), size=repeats, method="marginals")
    codes = np.repeat(np.arange(repeats), schools)
    return unevenness(codes, members.ravel().astype(float), np.tile(sizes, repeats).astype(float), repeats)


@pytest.mark.parametrize("schools", [4, 8, 25])
@pytest.mark.parametrize("small", [True, False])
def test_pupils_allotted_by_lot_show_no_segregation(schools: int, small: bool) -> None:
    found = _by_lot(schools, small)
    assert found.beyond_chance.mean() == pytest.approx(0, abs=0.006)
    assert 0.025 <= np.mean(found.p_value < 0.05) <= 0.075
    assert np.mean(found.low > 0) <= 0.035 and found.counted.mean() > 0.02


COHORTS = 150


def _of_kind(schools: int, share: float, apart: float, pupils: tuple[int, int], towns: int = 20) -> np.ndarray:
    """Of the cohorts of many towns of one kind, which intervals lie below the truth, hold it and lie above."""
    random = np.random.default_rng([schools, int(1000 * share), int(100 * apart), pupils[0]])
    sizes = random.integers(*pupils, (towns, schools), endpoint=True)
    odds = odds_of(share, apart, sizes.astype(float), random)
    members = random.binomial(sizes[:, None], odds[:, None], (towns, COHORTS, schools)).ravel().astype(float)
    codes, every = np.repeat(np.arange(towns * COHORTS), schools), np.repeat(sizes, COHORTS, axis=0).ravel()
    found = unevenness(codes, members, every.astype(float), towns * COHORTS)
    index, low, high = (each.reshape(towns, COHORTS) for each in (found.beyond_chance, found.low, found.high))
    truth = np.nanmean(index, axis=1, keepdims=True)
    known = np.isfinite(low)
    assert known.mean() > 0.9
    return np.array([np.mean((high < truth)[known]), np.mean((low > truth)[known])])


@pytest.mark.slow
@pytest.mark.parametrize("pupils", [(20, 100), (200, 600)])
@pytest.mark.parametrize("share", [0.1, 0.3])
@pytest.mark.parametrize("schools", [4, 15])
def test_the_interval_covers_what_other_cohorts_show(schools: int, share: float, pupils: tuple[int, int]) -> None:
    """Twenty towns of each kind, 150 cohorts of each: 93-97 %. Where lots decide, nearly only the low end can miss."""
    for apart in (0.0, 0.15, 0.3, 0.5):
        below, above = _of_kind(schools, share, apart, pupils)
        cover = 1 - below - above
        print(f"{schools} schools, {share}, {apart}, {pupils}: {100 * cover:.1f} (above {100 * above:.1f})")
        assert cover >= 0.93 - 2 * np.sqrt(0.05 * 0.95 / (20 * COHORTS))
        assert above <= 0.035 + 2 * np.sqrt(0.025 * 0.975 / (20 * COHORTS))
        assert cover <= 0.97 + 2 * np.sqrt(0.05 * 0.95 / (20 * COHORTS)) or apart == 0.0
