"""Segregation against PySAL's indices, and against pupils allotted by lot."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from analysis.statistics.allotment import by_chance
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.segregation import counted_indices, segregation

MEMBERS, OTHERS = [40, 10, 90, 20], [160, 190, 60, 230]
SIZES = np.add(MEMBERS, OTHERS)


def test_the_indices_of_four_schools_are_the_known_ones() -> None:
    found = counted_indices(MEMBERS, SIZES)
    known = {"dissimilarity": 0.46875, "isolation": 0.400625, "eta2": 0.25078125, "entropy": 0.224555048676}
    for name, value in known.items():  # tests/reference/segregation
        assert float(found[name]) == pytest.approx(value, abs=1e-11)
    assert segregation(MEMBERS, OTHERS, draws=9).share == 0.2


def test_what_chance_gives_is_what_many_lots_give() -> None:
    sizes, codes = np.array([12, 20, 20, 35, 8]), np.array([0, 0, 1, 1, 1])
    lots = np.random.default_rng(1).multivariate_hypergeometric(sizes, 19, size=20000, method="marginals")
    drawn = counted_indices(lots, sizes, codes)
    for name, known in by_chance(19, sizes, codes).items():
        assert float(drawn[name].mean()) == pytest.approx(known, abs=4 * float(drawn[name].std()) / np.sqrt(20000))


@pytest.mark.parametrize(("members", "pupils"), [(19, 95), (90, 95), (20_000, 94_000)])
def test_the_unevenness_of_chance_is_the_mean_deviation_of_a_hypergeometric_count(members: int, pupils: int) -> None:
    sizes, share = np.array([20, pupils - 20]), members / pupils
    counts = np.arange(21)
    deviation = hypergeom.pmf(counts, pupils, members, 20) @ np.abs(counts - 20 * share)
    known = 2 * deviation / (2 * pupils * share * (1 - share))
    assert by_chance(members, sizes)["dissimilarity"] == pytest.approx(known, rel=1e-7)


def test_wholly_separate_schools_are_one_hundred_per_cent_segregated() -> None:
    found = segregation([30, 30, 0, 0], [0, 0, 50, 50], draws=99)
    for index in (found.dissimilarity, found.eta2, found.entropy, found.isolation):
        assert index.counted == pytest.approx(1) and index.beyond_chance == pytest.approx(1)


def test_equal_shares_everywhere_are_more_even_than_lots() -> None:
    found = segregation([10, 20, 30], [30, 60, 90], draws=99)
    assert found.dissimilarity.counted == pytest.approx(0, abs=1e-12)
    assert found.dissimilarity.beyond_chance < 0 and found.p_value > 0.9


def test_the_parts_sum_to_the_whole_also_beyond_chance() -> None:
    found = segregation(MEMBERS, OTHERS, ["north", "north", "south", "south"], draws=99)
    assert found.between is not None and found.within is not None
    for part in ("counted", "by_chance", "beyond_chance"):
        parts = getattr(found.between, part) + getattr(found.within, part)
        assert parts == pytest.approx(getattr(found.entropy, part), abs=1e-12)


def test_one_school_per_municipality_leaves_nothing_within() -> None:
    found = segregation(MEMBERS, OTHERS, [3, 1, 2, 0], draws=99)
    assert found.within is not None and found.between is not None
    assert found.within.counted == pytest.approx(0, abs=1e-12)
    assert found.between.counted == pytest.approx(found.entropy.counted)


def test_the_order_of_schools_and_the_names_of_municipalities_do_not_matter() -> None:
    order = [2, 0, 3, 1]
    one = segregation(MEMBERS, OTHERS, ["a", "a", "b", "b"], draws=99)
    other = segregation(np.take(MEMBERS, order), np.take(OTHERS, order), np.take(["z", "z", "c", "c"], order), draws=99)
    assert one.p_value == other.p_value
    for name in ("dissimilarity", "entropy", "between", "within"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high))


def test_doubling_every_pupil_changes_no_counted_index_and_narrows_the_interval() -> None:
    one, two = segregation(MEMBERS, OTHERS), segregation(np.multiply(MEMBERS, 2), np.multiply(OTHERS, 2))
    assert two.dissimilarity.counted == pytest.approx(one.dissimilarity.counted)
    assert two.dissimilarity.high - two.dissimilarity.low < one.dissimilarity.high - one.dissimilarity.low
    assert two.dissimilarity.by_chance < one.dissimilarity.by_chance


def test_looking_from_the_other_group_gives_the_same_evenness() -> None:
    one, other = segregation(MEMBERS, OTHERS, draws=9), segregation(OTHERS, MEMBERS, draws=9)
    for name in ("dissimilarity", "eta2", "entropy"):
        assert getattr(one, name).beyond_chance == pytest.approx(getattr(other, name).beyond_chance)


@pytest.mark.parametrize(
    ("members", "others", "reason"),
    [
        ([5], [5], "too_few_units"),
        ([5, 2], [5, 2, 1], "too_few_units"),
        ([5, np.nan], [5, 2], "not_counts"),
        ([5, 2.5], [5, 2], "not_counts"),
        ([5, -1], [5, 2], "not_counts"),
        ([5, 0], [5, 0], "empty_units"),
        ([0, 0], [5, 2], "no_variation"),
        ([5, 2], [0, 0], "no_variation"),
        ([3, 1], [50, 20], "too_few_pupils"),
    ],
)
def test_counts_that_cannot_be_segregated_are_refused(members: list, others: list, reason: str) -> None:
    with pytest.raises(CannotFitError) as refusal:
        segregation(members, others)
    assert refusal.value.reason == reason


@pytest.mark.slow
def test_pupils_allotted_by_lot_show_no_segregation() -> None:
    random = np.random.default_rng(5)
    sizes, codes = random.integers(8, 60, 24), np.repeat(np.arange(6), 4)
    found = []
    for _ in range(200):
        members = random.multivariate_hypergeometric(sizes, 140, method="marginals")
        found.append(segregation(members, sizes - members, codes, draws=199))
    for name in ("dissimilarity", "eta2", "entropy", "between", "within"):
        indices = [getattr(each, name) for each in found]
        assert np.mean([each.beyond_chance for each in indices]) == pytest.approx(0, abs=0.006)
        assert np.mean([each.low <= 0 <= each.high for each in indices]) >= 0.92
    assert np.mean([each.dissimilarity.counted for each in found]) > 0.13
    assert np.mean([each.p_value <= 0.05 for each in found]) <= 0.09


@pytest.mark.slow
@pytest.mark.parametrize("schools", [4, 30])
def test_the_interval_covers_what_other_cohorts_show(schools: int) -> None:
    """93-97 % of 400 cohorts, within two standard errors of the simulation."""
    random = np.random.default_rng(7)
    sizes, odds = random.integers(15, 90, schools), random.beta(1, 4, schools)
    found = []
    for _ in range(400):
        members = random.binomial(sizes, odds)
        found.append(segregation(members, sizes - members, draws=199))
    doubt = 2 * np.sqrt(0.05 * 0.95 / 400)
    for name in ("dissimilarity", "eta2", "entropy", "isolation"):
        indices = [getattr(each, name) for each in found]
        truth = np.mean([each.beyond_chance for each in indices])
        cover = np.mean([each.low <= truth <= each.high for each in indices])
        print(f"{schools} schools, {name}: {100 * cover:.1f}")
        assert 0.93 - doubt <= cover <= 0.97 + doubt, name


@pytest.mark.slow
def test_segregation_between_municipalities_is_not_taken_for_segregation_within() -> None:
    random = np.random.default_rng(9)
    sizes, codes = random.integers(10, 60, 30), np.repeat(np.arange(6), 5)
    odds = np.array([0.05, 0.1, 0.2, 0.3, 0.5, 0.7])[codes]
    within = []
    for _ in range(100):
        members = random.binomial(sizes, odds)
        part = segregation(members, sizes - members, codes, draws=49).within
        assert part is not None
        within.append(part.beyond_chance)
    assert np.mean(within) == pytest.approx(0, abs=0.004)
