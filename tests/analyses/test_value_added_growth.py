"""How far a cohort has come from one grade to the next, where only schools' own means are held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses.value_added import RECORD
from analysis.analyses.value_added.measure import measure
from analysis.analyses.wording import LANGUAGES
from analysis.model.observations import Observations

SCHOOLS = [f"no:school:{place}" for place in range(30)]


@pytest.fixture
def schools(made) -> Observations:
    """Thirty Norwegian schools whose cohorts go from about 50 to 53 points; number 0 goes further, 1 less far."""
    return _made_of(made, np.random.default_rng(4), {0: 8.0, 1: -8.0}, n=60.0)


def _made_of(made, random: np.random.Generator, further: dict[int, float], n: float) -> Observations:
    years = range(2016, 2021)
    earlier = {(unit, year): 50 + random.normal(0, 3) for unit in SCHOOLS for year in years}
    values = {
        unit: {
            year: round(earlier[unit, year] + 3 + further.get(place, 0.0) + random.normal(0, 1.2), 2) for year in years
        }
        for place, unit in enumerate(SCHOOLS)
    }
    context = pd.DataFrame(
        [(*key, value, n) for key, value in earlier.items()], columns=["unit_id", "year", "prior_value", "prior_n"]
    )
    return made(values, id="np9_reading", n=n, context=context, prior=("np8_reading",), prior_years=1)


def test_growth_is_compared_with_the_schools_common_growth(schools: Observations) -> None:
    result = measure(schools, "school", 2020)
    found = result.estimates
    assert found.loc[SCHOOLS[:2], "verdict"].tolist() == ["above", "below"]
    assert (found.loc[SCHOOLS[2:], "verdict"] == "equal").mean() > 0.85
    growth = found["value"] - found["prior_mean"]
    np.testing.assert_allclose(found["estimate"], growth - growth.mean())
    assert result.details["common"] == pytest.approx(growth.mean())
    assert ((found["verdict"] == "above") == (found["low"] > 0)).all()


def test_growth_is_said_drawn_and_tabled_in_every_language(schools: Observations) -> None:
    result = measure(schools, "school", 2020)
    for unit in SCHOOLS[:3]:
        for lang in LANGUAGES:
            said = RECORD.say(result, unit, lang)
            assert said.headline in RECORD.describe([result], unit, lang) and len(said.headline) <= 90
            assert RECORD.explain(result, unit, lang) and RECORD.tabulate([result], unit, lang).rows
            assert "nan" not in said.sentence and said.brief.startswith(said.headline)
    assert "flyttat in eller ut" in RECORD.explain(result, SCHOOLS[0], "sv")
    assert RECORD.say(result, SCHOOLS[1], "sv").good is False
    assert RECORD.draw([result], SCHOOLS[0], "nb") is not None


def test_two_years_with_a_break_between_are_no_growth(schools: Observations) -> None:
    assert schools.indicator.segment(2016) != schools.indicator.segment(2015)
    found = measure(schools, "school", 2016).estimates
    assert (found["reason"] == "no_prior").all() and found["estimate"].isna().all()


def test_a_school_without_an_earlier_figure_or_with_few_pupils_has_no_growth(schools: Observations) -> None:
    context = schools.context
    lost = context["prior_value"].mask((context["unit_id"] == SCHOOLS[2]) & (context["year"] == 2020))
    rows = schools.rows.assign(n=schools.rows["n"].mask(schools.rows["unit_id"] == SCHOOLS[3], 14.0))
    result = measure(replace(schools, rows=rows, context=context.assign(prior_value=lost)), "school", 2020)
    assert result.estimates.loc[SCHOOLS[2:4], "reason"].tolist() == ["no_prior", "few_pupils"]
    assert result.estimates.loc[SCHOOLS[2:4], "estimate"].isna().all()
    assert "inget tidigare resultat" in RECORD.say(result, SCHOOLS[2], "sv").headline


def test_without_earlier_figures_nothing_is_asked(made) -> None:
    observations = made({"no:school:1": {2019: 50.0, 2020: 51.0}}, id="np9_reading")
    assert measure(observations, "school", 2020).estimates.empty


def test_withheld_and_missing_stay_apart_and_four_schools_are_too_few(schools: Observations) -> None:
    rows = schools.rows
    hidden = (rows["unit_id"] == SCHOOLS[4]) & (rows["year"] == 2020)
    rows = rows.assign(status=rows["status"].mask(hidden, "withheld"), value=rows["value"].mask(hidden))
    found = measure(replace(schools, rows=rows), "school", 2020)
    assert found.estimates.loc[SCHOOLS[4], ["verdict", "reason"]].tolist() == ["withheld", "withheld"]
    assert "skyddad" in RECORD.say(found, SCHOOLS[4], "sv").sentence
    few = rows[rows["unit_id"].isin(SCHOOLS[:4])]
    result = measure(replace(schools, rows=few), "school", 2020)
    assert (result.estimates.loc[SCHOOLS[:4], "reason"] == "few_units").all()
    assert "fem enheter" in RECORD.say(result, SCHOOLS[0], "sv").sentence and RECORD.explain(result, SCHOOLS[0], "sv")


@pytest.mark.slow
@pytest.mark.parametrize("n", [60.0, np.nan])
def test_schools_that_grow_alike_are_hardly_ever_called_above_or_below(made, n: float) -> None:
    random = np.random.default_rng(8)
    base = _made_of(made, random, {}, n)
    earlier = base.context.set_index(["unit_id", "year"])["prior_value"]
    earlier = earlier.reindex(pd.MultiIndex.from_frame(base.rows[["unit_id", "year"]])).to_numpy()
    found = []
    for _ in range(150):
        rows = base.rows.assign(value=earlier + 3 + random.normal(0, 1.2, len(earlier)))
        found.append(measure(replace(base, rows=rows), "school", 2020).estimates["verdict"])
    verdicts = pd.concat(found)
    assert verdicts.isin(["above", "below", "equal"]).all() and (verdicts != "equal").mean() <= 0.05
