"""Each unit's posterior: against brute force, at its limits, and how often its interval holds the truth."""

import time
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import chi2, norm, t

from analysis.statistics.intervals import interval
from analysis.statistics.mixtures import mixture_quantiles
from analysis.statistics.pooling import moderated
from analysis.statistics.posterior import beyond, posterior

Figures = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]
CENTRE = 3.0


def _figures(units: int, spread: float, seed: object, kind: str = "known", factor: float = 5.0) -> Figures:
    """Truth, estimate, variance and degrees of freedom; `spread` in median standard errors, which differ `factor`."""
    random = np.random.default_rng(seed)
    scatter, shape = (np.exp(random.uniform(0, np.log(factor), units)) for _ in range(2))
    variance = scatter * shape
    truth = CENTRE + spread * np.sqrt(np.median(variance)) * random.normal(size=units)
    estimate = random.normal(truth, np.sqrt(variance))
    if kind == "known":
        return truth, estimate, variance, None
    df = random.integers(2, 7, units).astype(float)
    found = moderated(scatter * random.chisquare(df) / df, df)
    assert found is not None
    return truth, estimate, shape * found.variance, found.df


def _by_force(y: np.ndarray, variance: np.ndarray, df: float | None, ends: np.ndarray) -> tuple[np.ndarray, ...]:
    """Value, share kept, probability below `ends`, and median spread, by a fine grid of spreads, means, variances."""
    nodes, odds = variance[:, None], np.ones(1)
    if df is not None:
        drawn = np.geomspace(*chi2(df).ppf([1e-5, 1 - 1e-5]), 40)
        nodes, odds = nodes * df / drawn, drawn * chi2(df).pdf(drawn)
    logs, parts = [], []
    for spread in np.exp(np.linspace(-5, 5, 110)):
        prior = np.log(spread) + 0.5 * np.log(np.sum((spread / (variance + spread**2)) ** 2))
        for mean in np.linspace(y.min() - 6, y.max() + 6, 120):
            each = odds / odds.sum() * norm.pdf(y[:, None], mean, np.sqrt(nodes + spread**2))
            logs.append(prior + np.log(each.sum(axis=1)).sum())
            parts.append((spread, mean, each / each.sum(axis=1, keepdims=True)))
    chance = np.exp(np.array(logs) - max(logs))
    chance /= chance.sum()
    value, weight, below = np.zeros(len(y)), np.zeros(len(y)), np.zeros(ends.shape)
    for one, (spread, mean, share) in zip(chance, parts, strict=True):
        kept = spread**2 / (spread**2 + nodes)
        middle, sd = mean + kept * (y[:, None] - mean), np.sqrt(kept * nodes)
        value, weight = value + one * (share * middle).sum(axis=1), weight + one * (share * kept).sum(axis=1)
        below += one * (share * ndtr((ends[:, :, None] - middle) / sd)).sum(axis=2)
    smaller = np.cumsum(chance)
    median = np.interp(0.5, smaller - chance / 2, np.array([spread for spread, _, _ in parts]))
    return value, weight, below, median


@pytest.mark.parametrize(("df", "spread"), [(None, 0.8), (5.0, 0.8), (20.0, 0.0)])
def test_the_posterior_is_what_brute_force_gives(df: float | None, spread: float) -> None:
    """The common mean is integrated exactly with known variances, over a few points with estimated ones."""
    _, y, variance, _ = _figures(10, spread, 4)
    scale = np.sqrt(np.median(variance))
    y, variance = (y - 3) / scale, variance / scale**2
    found = posterior(y, variance, None if df is None else np.full(10, df))
    value, weight, below, median = _by_force(y, variance, df, np.stack([found.low, found.high]))
    exact, near = (0.002, 5e-4) if df is None else (0.02, 0.003)
    np.testing.assert_allclose(found.value, value, atol=exact)
    np.testing.assert_allclose(found.weight, weight, atol=exact)
    np.testing.assert_allclose(below[0], 0.025, atol=near)
    np.testing.assert_allclose(below[1], 0.975, atol=near)
    assert found.spread == pytest.approx(median, rel=0.05)


@pytest.mark.parametrize("df", [8.0, 40.0])
def test_variances_learnt_together_are_too_small_or_too_large_together(df: float) -> None:
    """Brute force: the posterior of every one of many factors, weighed by how likely it makes the figures."""
    _, y, variance, _ = _figures(20, 0.8, 4)
    y = y - CENTRE
    found = posterior(y, variance, centre=0.0, common_df=df)
    logs, below = [], []
    for factor in np.exp(np.linspace(-4, 4, 41) * np.sqrt(2 / df)):
        for spread in np.exp(np.linspace(-6, 4, 400)):
            total = factor * variance + spread**2
            prior = np.log(spread) + 0.5 * np.log(np.sum((spread / total) ** 2)) - df / 4 * np.log(factor) ** 2
            logs.append(prior + norm.logpdf(y, 0, np.sqrt(total)).sum())
            kept = spread**2 / total
            ends = (np.stack([found.low, found.high]) - kept * y) / np.sqrt(kept * factor * variance)
            below.append(ndtr(ends))
    chance = np.exp(np.array(logs) - max(logs))
    known = np.tensordot(chance / chance.sum(), np.array(below), axes=1)
    np.testing.assert_allclose(known, np.array([[0.025], [0.975]]) * np.ones(20), atol=0.0015)


@pytest.mark.parametrize("common_df", [25.0, np.inf])
def test_the_side_of_zero_is_that_of_the_interval(common_df: float) -> None:
    _, y, variance, _ = _figures(200, 1.5, 6)
    known = posterior(y - CENTRE, variance, centre=0.0, level=0.8, common_df=common_df)
    value, side, spread = beyond(y - CENTRE, variance, 0.8, common_df)
    np.testing.assert_allclose(value, known.value, rtol=1e-9, atol=1e-12)
    assert spread == pytest.approx(known.spread)
    np.testing.assert_array_equal(side, (known.low > 0).astype(float) - (known.high < 0))
    assert {-1.0, 0.0, 1.0} == set(side)


def test_variances_learnt_together_need_a_known_centre() -> None:
    with pytest.raises(ValueError, match="variances learnt together need a known centre"):
        posterior(np.arange(5.0), np.ones(5), common_df=20.0)


def test_units_far_apart_keep_their_own_interval() -> None:
    y, variance = np.arange(20.0) * 1e4, np.full(20, 4.0)
    low, high = interval(y, 2.0)
    found = posterior(y, variance)
    np.testing.assert_allclose([found.low, found.high], [low, high], rtol=1e-4, atol=1e-3)
    assert np.all(found.weight > 0.999)


@pytest.mark.parametrize("df", [1.0, 2.0, 4.0, 30.0])
def test_units_far_apart_keep_their_student_interval(df: float) -> None:
    found = posterior(np.arange(20.0) * 1e4, np.full(20, 4.0), np.full(20, df))
    known = 2 * t(df).ppf(0.975)
    np.testing.assert_allclose((found.high - found.low)[5:15] / 2, known, rtol=0.02)


def test_the_scale_and_the_place_of_the_figures_do_not_matter() -> None:
    _, y, variance, df = _figures(40, 0.7, 1, "moderated")
    one, other = posterior(y, variance, df), posterior(1000 - 50 * y, 2500 * variance, df)
    np.testing.assert_allclose(other.low, 1000 - 50 * one.high, rtol=1e-4)
    np.testing.assert_allclose(other.weight, one.weight, rtol=1e-4)
    assert other.spread == pytest.approx(50 * one.spread, rel=1e-4)


def test_a_known_centre_is_what_units_are_drawn_towards() -> None:
    """By hand: 400 units of variance 1 + 1 keep half of their distance from the centre."""
    y = np.random.default_rng(2).normal(7, np.sqrt(2), 400)
    found = posterior(y, np.ones(400), centre=7.0)
    assert found.mean == 7.0 and found.mean_sd == 0.0 and found.spread == pytest.approx(1.0, abs=0.2)
    np.testing.assert_allclose(found.value, 7 + found.weight * (y - 7), rtol=1e-9)


def test_the_distance_from_the_common_figure_has_an_interval_of_its_own() -> None:
    y, variance = np.arange(10.0) * 1e3, np.full(10, 1e-6)
    found = posterior(y, variance, is_apart=True)
    assert found.apart is not None
    mean, sd = np.mean(y), np.std(y, ddof=1) / np.sqrt(10)
    # what is common is known no better than ten units allow, and the doubt is heavier tailed than the normal
    assert np.all(found.apart[1] - found.apart[0] > 2 * 1.96 * sd)
    np.testing.assert_allclose((found.apart[0] + found.apart[1]) / 2, y - mean, atol=0.1 * sd)


def test_the_most_likely_spread_is_found_however_far_off_the_first_guess_lies() -> None:
    """Chance that is learnt from 3 degrees of freedom makes the spread of the figures many times the true one."""
    random = np.random.default_rng(5)
    truth = random.normal(CENTRE, 0.3, 4000)
    found = posterior(truth + random.standard_t(3, 4000), np.ones(4000), np.full(4000, 3.0))
    assert found.spread_low < 0.3 < found.spread_high and found.spread_high < 0.6


def test_two_units_and_a_variance_of_zero_are_refused() -> None:
    for y, variance in ((np.arange(2.0), np.ones(2)), (np.arange(5.0), np.zeros(5))):
        with pytest.raises(ValueError, match="a posterior needs at least 3 finite figures with variances above zero"):
            posterior(y, variance)


@pytest.mark.parametrize("probability", [0.025, 0.3, 0.975])
def test_the_quantiles_of_a_mixture_meet_their_probability(probability: float) -> None:
    random = np.random.default_rng(3)
    share = random.dirichlet(np.ones(6), 700)
    mean, sd = random.normal(0, 5, share.shape), np.exp(random.normal(0, 3, share.shape))
    found = mixture_quantiles(share.T, mean.T, sd.T**2, [probability])[0]
    below = np.sum(share * norm.cdf(found[:, None], mean, sd), axis=1)
    np.testing.assert_allclose(below, probability, atol=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["known", "moderated"])
def test_five_thousand_units_take_less_than_a_tenth_of_a_second(kind: str) -> None:
    _, y, variance, df = _figures(5000, 0.5, 1, kind)
    posterior(y, variance, df)
    taken = []
    for _ in range(5):
        start = time.process_time()
        posterior(y, variance, df)
        taken.append(time.process_time() - start)
    print(f"5,000 units, {kind}: {1000 * min(taken):.0f} ms")
    assert min(taken) < 0.1


RUNS = {4: 250, 10: 200, 30: 120, 100: 40, 300: 20}
SPREADS = (0.0, 0.25, 0.5, 1.0, 2.0)


def _covered(units: int, spreads: tuple[float, ...], runs: int, *how: Any, **asked: Any) -> tuple[np.ndarray, ...]:
    """How often the interval holds the truth at each spread, and two standard errors of the simulation."""
    inside = []
    for spread in spreads:
        for seed in range(runs):
            truth, *figures = _figures(units, spread, [seed, units, int(4 * spread)], *how)
            found = posterior(*figures, **asked)
            inside.append(np.mean((found.low < truth) & (truth < found.high)))
    each = np.array(inside).reshape(len(spreads), runs)
    cover, errors = each.mean(axis=1), each.std(axis=1) / np.sqrt(runs)
    row = " ".join(f"{100 * one:.1f} (±{100 * error:.1f})" for one, error in zip(cover, errors, strict=True))
    print(f"{units} units {how} {asked}: {row}")
    return cover, 2 * errors


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "units", "factor"),
    [
        ("known", 4, 5.0), ("known", 10, 5.0), ("known", 30, 1.0), ("known", 30, 5.0), ("known", 100, 5.0),
        ("known", 300, 5.0), ("moderated", 10, 5.0), ("moderated", 30, 5.0), ("moderated", 300, 5.0),
    ],
)  # fmt: skip
def test_the_intervals_cover_what_they_say(kind: str, units: int, factor: float) -> None:
    """93-97 % within two standard errors of the simulation; up to 99 where units differ by half an error."""
    cover, doubt = _covered(units, SPREADS, RUNS[units], kind, factor)
    assert np.all(cover >= 0.93 - doubt)
    assert np.all(cover[2:] <= np.array([0.99, 0.97, 0.97]) + doubt[2:])


@pytest.mark.slow
@pytest.mark.parametrize("units", [30, 300])
@pytest.mark.parametrize("level", [0.95, 0.80])
def test_the_intervals_around_a_known_centre_cover_what_they_say(units: int, level: float) -> None:
    """No less than two points below the level within two standard errors, and no more than four above it from half."""
    cover, doubt = _covered(units, SPREADS[1:], 2 * RUNS[units], centre=CENTRE, level=level)
    assert np.all(cover >= level - 0.02 - doubt)
    assert np.all(cover[1:] <= level + 0.04 + doubt[1:])
