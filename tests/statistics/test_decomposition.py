"""Decompositions against statsmodels, pyfixest and leaving each pupil out."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.datasets import ccard
from statsmodels.stats.oaxaca import OaxacaBlinder

from analysis.statistics.decomposition import gelbach, three_fold, two_fold
from analysis.statistics.refusal import CannotFitError


def _cards() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    data = ccard.load_pandas().data
    return data["AVGEXP"].to_numpy(), data[["AGE", "INCOME", "INCOMESQ"]].to_numpy(), data["OWNRENT"].to_numpy() == 1


def _pupils(n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    first = random.uniform(size=n) < 0.4
    x = random.normal(0, 1, (n, 2)) + 0.6 * first[:, None]
    y = 10 + x @ [3.0, -1.0] + first * (2 + x[:, 0]) + random.normal(0, 2, n) * (1 + 0.5 * first)
    return y, x, first


def _jackknife(measured, *rows: np.ndarray) -> np.ndarray:
    n = len(rows[0])
    left_out = np.array([measured(*(np.delete(each, place, axis=0) for each in rows)) for place in range(n)])
    return np.sqrt((n - 1) / n * np.sum((left_out - left_out.mean(axis=0)) ** 2, axis=0))


def test_the_credit_card_parts_are_the_published_ones() -> None:
    two, three = two_fold(*_cards()), three_fold(*_cards())
    assert two.gap == pytest.approx(158.75044, abs=1e-5)
    assert two.explained.whole == pytest.approx(130.80954, abs=1e-5)
    assert two.unexplained.whole == pytest.approx(27.94091, abs=1e-5)
    parts = (three.endowments, three.coefficients, three.interaction)
    assert [part.whole for part in parts] == pytest.approx([321.74824, 75.45371, -238.45151], abs=1e-5)


def test_the_parts_are_statsmodels() -> None:
    y, x, first = _pupils()
    model = OaxacaBlinder(y, np.column_stack([x, ~first]), 2, hasconst=False, swap=False)
    unexplained, explained, gap = model.two_fold(two_fold_type="pooled").params
    found = two_fold(y, x, first)
    assert (found.unexplained.whole, found.explained.whole, found.gap) == pytest.approx((unexplained, explained, gap))
    endowments, coefficients, interaction, _ = model.three_fold().params
    three = three_fold(y, x, first)
    assert three.endowments.whole == pytest.approx(endowments)
    assert three.coefficients.whole == pytest.approx(coefficients)
    assert three.interaction.whole == pytest.approx(interaction)


def test_the_parts_sum_to_the_gap() -> None:
    y, x, first = _pupils()
    two, three = two_fold(y, x, first), three_fold(y, x, first)
    gap = y[first].mean() - y[~first].mean()
    assert two.explained.parts.sum() + two.unexplained.whole == pytest.approx(gap, abs=1e-12)
    parts = np.concatenate([part.parts for part in (three.endowments, three.coefficients, three.interaction)])
    assert parts.sum() == pytest.approx(gap, abs=1e-12)


def test_the_standard_errors_are_those_of_leaving_each_pupil_out() -> None:
    rows = _pupils()
    two, three = two_fold(*rows), three_fold(*rows)
    known = _jackknife(lambda *each: two_fold(*each).explained.parts, *rows)
    np.testing.assert_allclose(two.explained.se, known, rtol=0.04)
    known = _jackknife(lambda *each: [two_fold(*each).unexplained.whole, two_fold(*each).gap], *rows)
    np.testing.assert_allclose([two.unexplained.whole_se, two.gap_se], known, rtol=0.04)
    wholes = _jackknife(
        lambda *each: [
            getattr(three_fold(*each), part).whole for part in ("endowments", "coefficients", "interaction")
        ],
        *rows,
    )
    found = [three.endowments.whole_se, three.coefficients.whole_se, three.interaction.whole_se]
    np.testing.assert_allclose(found, wholes, rtol=0.06)


def test_seen_from_the_other_group_every_sign_turns() -> None:
    y, x, first = _pupils()
    one, other = two_fold(y, x, first), two_fold(y, x, ~first)
    np.testing.assert_allclose(other.explained.parts, -one.explained.parts, rtol=1e-9)
    assert other.unexplained.whole == pytest.approx(-one.unexplained.whole)
    assert other.explained.whole_se == pytest.approx(one.explained.whole_se)


def test_order_doubling_and_shifts_do_not_move_the_parts() -> None:
    y, x, first = _pupils()
    order, known = np.random.default_rng(2).permutation(len(y)), two_fold(y, x, first)
    again = [
        two_fold(y[order], x[order], first[order]),
        two_fold(np.tile(y, 2), np.tile(x, (2, 1)), np.tile(first, 2)),
        two_fold(y + 100, x - 7, first),
    ]
    for found in again:
        np.testing.assert_allclose(found.explained.parts, known.explained.parts, rtol=1e-8)
    assert three_fold(y, x + 50, first).coefficients.whole == pytest.approx(three_fold(y, x, first).coefficients.whole)
    paired = two_fold(np.tile(y, 2), np.tile(x, (2, 1)), np.tile(first, 2), np.tile(np.arange(len(y)), 2))
    np.testing.assert_allclose(paired.explained.se, known.explained.se, rtol=1e-8)


def test_gelbachs_parts_are_pyfixests() -> None:
    y, x, first = _cards()  # tests/reference/decomposition/credit_cards.txt
    found = gelbach(y, first[:, None], {"age": x[:, 0], "income": x[:, 1:]})
    assert found.names == ("age", "income")
    assert (found.before, found.after) == pytest.approx((158.750444, 27.940908), abs=1e-6)
    assert found.accounted.parts.tolist() == pytest.approx([-19.814923, 150.624459], abs=1e-6)


def test_gelbachs_parts_sum_to_the_change_whatever_their_order() -> None:
    y, x, first = _pupils()
    base = np.column_stack([first, x[:, 1] ** 2])
    one = gelbach(y, base, {"a": x[:, 0], "b": x[:, 1]})
    other = gelbach(y, base, {"b": x[:, 1], "a": x[:, 0]})
    assert one.accounted.whole == pytest.approx(one.before - one.after, abs=1e-12)
    np.testing.assert_allclose(other.accounted.parts[::-1], one.accounted.parts, rtol=1e-9)


def test_gelbachs_errors_are_those_of_leaving_each_pupil_out() -> None:
    y, x, first = _pupils()
    found = gelbach(y, first[:, None].astype(float), {"a": x[:, 0], "b": x[:, 1]})
    known = _jackknife(
        lambda *each: [
            *(parts := gelbach(each[0], each[1][:, None], {"a": each[2][:, 0], "b": each[2][:, 1]}).accounted).parts,
            parts.whole,
        ],
        y, first.astype(float), x,
    )  # fmt: skip
    np.testing.assert_allclose([*found.accounted.se, found.accounted.whole_se], known, rtol=0.04)


def test_with_one_group_gelbach_is_the_explained_part() -> None:
    y, x, first = _pupils()
    two = two_fold(y, x, first)
    found = gelbach(y, first[:, None], {"a": x[:, 0], "b": x[:, 1]})
    np.testing.assert_allclose(found.accounted.parts, two.explained.parts, rtol=1e-9)
    np.testing.assert_allclose(found.accounted.se, two.explained.se, rtol=1e-9)


def test_what_cannot_be_decomposed_is_refused() -> None:
    y, x, first = _pupils(40)
    twin = np.column_stack([x, 2 * x[:, 0]])
    refused = [
        (lambda: two_fold(y, twin, first), "collinear"),
        (lambda: three_fold(y, twin, first), "collinear"),
        (lambda: gelbach(y, first[:, None], {"a": x[:, 0], "twin": 2 * x[:, 0]}), "collinear"),
        (lambda: two_fold(y, x, np.arange(40) < 3), "too_few_pupils"),
        (lambda: two_fold(y, np.where(x > 1, np.nan, x), first), "missing"),
        (lambda: gelbach(np.full(40, np.nan), first[:, None], {"a": x[:, 0]}), "missing"),
        (lambda: two_fold(y, x, first, np.zeros(40, dtype=int)), "too_few_groups"),
    ]
    for call, reason in refused:
        with pytest.raises(CannotFitError) as refusal:
            call()
        assert refusal.value.reason == reason


def test_a_background_that_one_group_lacks_still_has_a_price() -> None:
    """Common prices need no fit of its own in each group; parts by a group's own prices do."""
    y, x, first = _pupils()
    only_first = np.column_stack([x, first * (x[:, 0] > 0.6)])
    found = two_fold(y, only_first, first)
    assert found.explained.whole + found.unexplained.whole == pytest.approx(found.gap)
    with pytest.raises(CannotFitError):
        three_fold(y, only_first, first)


def test_the_errors_of_both_coefficients_are_robust() -> None:
    y, x, first = _pupils()
    found = gelbach(y, first[:, None].astype(float), {"a": x[:, 0]})
    for columns, se in ((first, found.before_se), (np.column_stack([first, x[:, 0]]), found.after_se)):
        known = sm.OLS(y, sm.add_constant(columns.astype(float))).fit(cov_type="HC0")
        assert se == pytest.approx(known.bse[1] * np.sqrt(len(y) / (len(y) - 1)), rel=1e-9)
