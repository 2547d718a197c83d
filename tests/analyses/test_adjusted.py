"""Is it good, given who the pupils are?"""

from dataclasses import replace

import numpy as np
import pytest

from analysis.analyses import analysis
from analysis.analyses.adjusted.measure import measure
from analysis.model.observations import Observations
from analysis.statistics.posterior import posterior


def test_the_expected_value_leaves_the_whole_school_out(many: Observations) -> None:
    unit = "se:school:00000010"
    found = measure(many, "school", 2023).estimates.loc[unit]
    moved = many.rows.copy()
    moved.loc[(moved["unit_id"] == unit) & (moved["year"] < 2023), "value"] += 40
    again = measure(replace(many, rows=moved), "school", 2023).estimates.loc[unit]
    assert again["expected"] == pytest.approx(found["expected"], abs=1e-9)
    assert found["estimate"] == pytest.approx(found["value"] - found["expected"])


def test_the_shrunken_value_keeps_its_share_of_the_raw_one(many: Observations) -> None:
    found = measure(many, "school", 2023).estimates.dropna(subset=["shrunken"])
    np.testing.assert_allclose(found["shrunken"], found["shrinkage_weight"] * found["estimate"])
    assert len(found) == 58 and found["shrinkage_weight"].between(0, 1).all()


def test_the_verb_is_that_of_the_shrunken_interval(many: Observations) -> None:
    found = measure(many, "school", 2023).estimates
    clear = found["verdict"].isin(["clearly_above", "clearly_below"])
    outside = (found["shrunken_low"] > 0) | (found["shrunken_high"] < 0)
    assert clear.any() and (clear == outside).all()


def test_the_shrunken_interval_is_the_posterior_around_zero(many: Observations) -> None:
    result = measure(many, "school", 2023)
    found = result.estimates.dropna(subset=["shrunken"])
    learnt_from = float(str(result.details["noise_df"]))
    raw, variance = found["estimate"].to_numpy(), found["se"].to_numpy() ** 2
    known = posterior(raw, variance, centre=0.0, common_df=learnt_from)
    plain = posterior(raw, variance, centre=0.0)
    assert learnt_from < 1000 and np.mean(known.high - known.low) > np.mean(plain.high - plain.low)
    np.testing.assert_allclose(found[["shrunken_low", "shrunken_high"]], np.column_stack([known.low, known.high]))
    assert result.details["sigma_u"] == pytest.approx(known.spread)


def test_two_schools_the_same_year_are_too_few_to_tell_chance_from_difference(many: Observations) -> None:
    keep = [f"se:school:{place:08d}" for place in (10, 11)]
    rows = many.rows
    alone = rows[(rows["year"] < 2023) | rows["unit_id"].isin(keep)]
    result = measure(replace(many, rows=alone), "school", 2023)
    found = result.estimates.loc[keep]
    assert set(found["verdict"]) == {"refused"} and set(found["reason"]) == {"too_few_this_year"}
    assert found[["estimate", "shrunken", "expected"]].isna().all(axis=None)
    words = {"sv": "minst tre enheter", "nb": "minst tre enheter", "en": "at least three units"}
    for lang, said in words.items():
        assert said in analysis("adjusted").say(result, keep[0], lang).sentence
        assert analysis("adjusted").explain(result, keep[0], lang)
        assert analysis("adjusted").tabulate([result], keep[0], lang).rows
    assert analysis("adjusted").draw([result], keep[0], "sv") is None


def test_fourteen_pupils_are_too_few(many: Observations) -> None:
    rows = many.rows.copy()
    rows.loc[rows["unit_id"] == "se:school:00000010", "n"] = 14.0
    found = measure(replace(many, rows=rows), "school", 2023)
    assert found.estimates.loc["se:school:00000010", ["verdict", "reason"]].tolist() == ["too_few", "few_pupils"]
    assert "minst 15 elever" in analysis("adjusted").say(found, "se:school:00000010", "sv").sentence


def test_collinear_background_is_refused(many: Observations) -> None:
    context = many.context.assign(foreign_background=100 - many.context["parents_education"])
    found = measure(replace(many, context=context), "school", 2023).estimates
    assert found["reason"].value_counts().to_dict() == {"collinear": 58, "withheld": 1, "missing": 1}
    assert found["estimate"].isna().all() and found["expected"].isna().all()


def test_twenty_nine_schools_are_refused(many: Observations) -> None:
    keep = [f"se:school:{place:08d}" for place in range(4, 33)]
    found = measure(replace(many, rows=many.rows[many.rows["unit_id"].isin(keep)]), "school", 2023).estimates
    assert set(found.loc[keep, "reason"]) == {"too_few_schools"} and set(found.loc[keep, "verdict"]) == {"refused"}


def test_weights_change_the_fit_and_are_named(many: Observations) -> None:
    rows = many.rows.assign(n=many.rows["n"] + many.rows["unit_id"].str[-2:].astype(int))
    plain, weighted = (measure(replace(many, rows=rows), "school", 2023, weights=each) for each in ("none", "n_pupils"))
    assert plain.details["fit"]["coefficients"] != weighted.details["fit"]["coefficients"]
    assert weighted.details["fit"]["weights"] == "n_pupils"
    assert "vägd med antalet elever" in analysis("adjusted").explain(weighted, "se:school:00000010", "sv")


def test_an_unknown_weight_is_an_error(many: Observations) -> None:
    with pytest.raises(ValueError, match="weights are 'none' or 'n_pupils', got: 'pupils'"):
        measure(many, "school", 2023, weights="pupils")
