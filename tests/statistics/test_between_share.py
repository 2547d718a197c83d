"""The share between schools against the exact F test and made-up schools."""

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.between_share import between_share, upper_end
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.shrinkage import generalised_q, spread_between


def _schools(count: int, size: int, between: float, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(0, between, (count, 1)) + random.normal(0, 1, (count, size))


def _share(values: np.ndarray):
    return between_share(
        values.mean(axis=1), np.full(len(values), float(values.shape[1])), values.var(1) * values.shape[1]
    )


def test_with_equal_schools_the_interval_is_searles_own() -> None:
    """(F/F_q - 1)/(n + F/F_q - 1) with F of the analysis of variance (Searle 1971)."""
    values = _schools(7, 25, 0.5)
    ratio = stats.f_oneway(*values).statistic
    known = [(ratio / stats.f.ppf(q, 6, 7 * 24) - 1) for q in (0.975, 0.5, 0.025)]
    found = _share(values)
    assert found.low == pytest.approx(max(known[0], 0) / (25 + known[0]))
    assert found.high == pytest.approx(known[2] / (25 + known[2]))
    assert found.share == pytest.approx((ratio - 1) / (ratio - 1 + 25))


def test_the_interval_leaves_zero_out_exactly_when_the_f_test_does() -> None:
    for seed in range(40):
        values = _schools(5, 20, 0.35, seed)
        found, p = _share(values), stats.f_oneway(*values).pvalue
        assert (found.low > 0) == (p < 0.025)


def test_schools_more_alike_than_chance_still_have_an_upper_end() -> None:
    values = np.tile(np.linspace(-1, 1, 20), (5, 1)) + 1e-6 * np.arange(5)[:, None]
    found = _share(values)
    assert found.low == found.share == 0 and 0 < found.high < 1


def test_an_empty_q_profile_gets_an_upper_end() -> None:
    values, variances = np.array([10.0, 10.1, 9.9, 10.0]), np.ones(4)
    assert spread_between(values, variances).high == 0
    end = upper_end(values, variances)
    reached = stats.chi2.cdf(generalised_q(values, variances, 0.0), 3)
    assert end > 0 and stats.chi2.cdf(generalised_q(values, variances, end), 3) == pytest.approx(0.025 * reached)


@pytest.mark.parametrize(
    ("values", "reason"), [(_schools(3, 20, 1.0), "few_schools"), (np.ones((5, 10)), "no_variation")]
)
def test_what_has_no_share_is_refused(values: np.ndarray, reason: str) -> None:
    with pytest.raises(CannotFitError) as refusal:
        _share(values)
    assert refusal.value.reason == reason


@pytest.mark.slow
@pytest.mark.parametrize("count", [4, 6, 8])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_the_interval_covers_the_truth_however_few_the_schools(count: int, share: float) -> None:
    random, inside = np.random.default_rng(count), []
    for _ in range(2000):
        n = random.integers(8, 91, count).astype(float)
        means = random.normal(0, np.sqrt(share), count) + random.normal(0, np.sqrt((1 - share) / n))
        found = between_share(means, n, (1 - share) * random.chisquare(n - 1))
        inside.append(found.low <= share <= found.high)
    print(f"{count} schools, share {share}: {np.mean(inside):.3f}")
    assert 0.93 <= np.mean(inside) <= 0.97
