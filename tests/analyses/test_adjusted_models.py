"""The same unit under many models, several years together, and SALSA's own figures beside ours."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses import analysis
from analysis.analyses.adjusted.measure import measure
from analysis.analyses.adjusted.salsa import merit_value_2015
from analysis.analyses.wording import LANGUAGES
from analysis.model.indicator import Break
from analysis.model.observations import Observations

UNIT = "se:school:00000010"


def test_the_published_model_is_its_arithmetic() -> None:
    # by hand: 93.567 + 69.846·2.4 - 35.271·.47 - 83.641·.05 = 93.567 + 167.6304 - 16.57737 - 4.18205
    assert merit_value_2015(2.4, 0.47, 0.05) == pytest.approx(240.43798, abs=1e-5)
    assert merit_value_2015(2.5, 0.5, 0.0) - merit_value_2015(2.4, 0.5, 0.0) == pytest.approx(6.9846)


@pytest.mark.parametrize(("parents", "boys", "newly"), [(0.9, 0.5, 0.0), (2.0, 50.0, 0.0), (2.0, 0.5, -0.1)])
def test_the_published_model_refuses_what_is_not_an_index_or_a_share(parents: float, boys: float, newly: float) -> None:
    with pytest.raises(ValueError, match="from"):
        merit_value_2015(parents, boys, newly)


def test_twelve_models_or_more_are_tried_and_the_main_one_is_the_answer(many: Observations) -> None:
    found = measure(many, "school", 2023)
    tried = found.details["models"]
    assert len(tried) == 22 and not any("reason" in each for each in tried)
    values = found.details["model_values"].set_index("unit_id")
    ready = found.estimates.loc[values.index]
    np.testing.assert_allclose(values["main, none, all"], ready["shrunken"])
    np.testing.assert_allclose(values.min(axis=1), ready["model_low"])
    np.testing.assert_allclose(values.max(axis=1), ready["model_high"])
    same = np.sign(values).eq(np.sign(values["main, none, all"]), axis=0).sum(axis=1)
    np.testing.assert_array_equal(same, ready["models_same"])


def test_one_year_alone_has_no_models_of_one_year(many: Observations) -> None:
    alone = replace(many, rows=many.rows[many.rows["year"] == 2023], indicator=replace(many.indicator, pupil_sd=60.0))
    found = measure(alone, "school", 2023)
    assert found.details["noise"] == "pupil_sd" and len(found.details["models"]) == 13
    assert {each["years"] for each in found.details["models"]} == {"all"}
    assert found.estimates["over_years"].isna().all() and found.estimates["shrunken"].notna().sum() == 58


def test_chance_that_cannot_be_known_gives_no_expected_value(many: Observations) -> None:
    found = measure(replace(many, rows=many.rows[many.rows["year"] == 2023]), "school", 2023)
    assert found.estimates.loc[UNIT, ["verdict", "reason"]].tolist() == ["too_few", "chance_unknown"]
    assert "slumpen i en årskull" in analysis("adjusted").say(found, UNIT, "sv").sentence
    assert analysis("adjusted").draw([found], UNIT, "sv") is None and analysis("adjusted").explain(found, UNIT, "en")


def test_the_sign_depends_on_the_model_when_one_says_above_and_another_below(many: Observations) -> None:
    """A school whose girls are far more than any other's: models with and without them disagree."""
    ours = many.units.index[many.units["level"] == "school"]
    random = np.random.default_rng(4)
    girls = pd.Series(random.uniform(35, 65, len(ours)), index=ours)
    girls[UNIT] = 95.0
    context = many.context.assign(girls=many.context["unit_id"].map(girls))
    rows = many.rows.copy()
    schools = rows["level"] == "school"
    parents = many.context.set_index(["unit_id", "year"])["parents_education"]
    key = pd.MultiIndex.from_frame(rows.loc[schools, ["unit_id", "year"]])
    own = pd.Series(random.normal(0, 3, len(ours)), index=ours)
    own[UNIT] = -45.0
    rows["value"] = rows["value"].where(~schools | (rows["status"] != "given"), 0.0)
    made = 150 + 1.0 * parents.reindex(key).to_numpy() + 2.0 * rows.loc[schools, "unit_id"].map(girls).to_numpy()
    made = made + rows.loc[schools, "unit_id"].map(own).to_numpy() + random.normal(0, 1, int(schools.sum()))
    rows.loc[schools, "value"] = np.where(rows.loc[schools, "status"] == "given", np.clip(made, 0, 340), np.nan)
    found = measure(replace(many, rows=rows, context=context), "school", 2023)
    assert found.estimates.at[UNIT, "verdict"] == "depends_on_model"
    assert found.estimates.at[UNIT, "model_low"] < 0 < found.estimates.at[UNIT, "model_high"]
    words = {"sv": "varierar med modellen", "nb": "varierer med modellen", "en": "depends on the model"}
    for lang in LANGUAGES:
        said = analysis("adjusted").say(found, UNIT, lang)
        assert words[lang] in said.sentence and said.good is None
    depends = found.estimates[found.estimates["verdict"] == "depends_on_model"]
    assert (depends["models_same"] < depends["models"]).all()
    assert (depends["model_low"] < 0).all() and (depends["model_high"] > 0).all() and len(depends) < 20


def test_a_model_that_cannot_be_fitted_is_told_of_and_gives_no_number(many: Observations) -> None:
    rows = many.rows.copy()
    few = [f"se:school:{place:08d}" for place in range(4, 40)]
    rows.loc[~rows["unit_id"].isin(few) & (rows["year"] == 2023), ["value", "status"]] = [np.nan, "missing"]
    rows.loc[rows["unit_id"].isin(few[:10]) & (rows["level"] == "school"), "n"] = 12.0
    found = measure(replace(many, rows=rows), "school", 2023)
    told = {(each["kind"], each["years"]): each.get("reason") for each in found.details["models"]}
    assert told[("main", "all")] is None and told[("main", "this")] is None
    assert found.details["replica"] == {"reason": "too_few_schools"} and found.estimates["replica"].isna().all()
    assert "SALSA:s form är inte anpassad" in analysis("adjusted").explain(found, few[20], "sv")


def test_the_replica_is_least_squares_on_one_year_with_the_share_of_boys(many: Observations) -> None:
    found = measure(many, "school", 2023)
    told = found.details["replica"]
    now = many.rows[(many.rows["year"] == 2023) & (many.rows["level"] == "school") & (many.rows["status"] == "given")]
    joined = now.merge(many.context, on=["unit_id", "year"])
    design = np.column_stack(
        [np.ones(58), joined["parents_education"], joined["foreign_background"], 100 - joined["girls"]]
    )
    known, *_ = np.linalg.lstsq(design, joined["value"].to_numpy(), rcond=None)
    np.testing.assert_allclose(list(told["coefficients"].values()), known, rtol=1e-8)
    assert list(told["coefficients"]) == ["constant", "parents_education", "foreign_background", "boys"]
    residuals = joined["value"].to_numpy() - design @ known
    np.testing.assert_allclose(found.estimates.loc[joined["unit_id"], "replica"], residuals, atol=1e-8)


def test_salsas_own_predictors_are_used_when_they_are_given(many: Observations) -> None:
    index = 1 + many.context["parents_education"] / 50
    newly = many.context["foreign_background"] / 4
    context = many.context.assign(parents_education_index=index, newly_arrived=newly)
    found = measure(replace(many, context=context), "school", 2023)
    assert list(found.details["fit"]["coefficients"])[:4] == [
        "constant", "parents_education_index", "newly_arrived", "girls",
    ]  # fmt: skip
    assert "SALSA använder andelen nyinvandrade" not in analysis("adjusted").explain(found, UNIT, "sv")
    assert {each["kind"] for each in found.details["models"]} >= {"other_figures"}
    late = context.assign(parents_education_index=index.where(context["year"] < 2023))
    lagging = measure(replace(many, context=late), "school", 2023)
    assert "parents_education" in lagging.details["fit"]["coefficients"]
    assert lagging.estimates["expected"].notna().sum() == 58


def test_a_background_known_for_few_is_not_adjusted(many: Observations) -> None:
    context = many.context.assign(background_known=np.where(many.context["unit_id"] == UNIT, 74.0, 90.0))
    found = measure(replace(many, context=context), "school", 2023)
    assert found.estimates.loc[UNIT, ["verdict", "reason"]].tolist() == ["too_few", "background_unknown"]
    assert "färre än 75" in analysis("adjusted").say(found, UNIT, "sv").sentence
    assert found.details["replica"]["n"] == 57


def test_salsa_is_shown_as_published_with_its_caveats(many: Observations) -> None:
    there = (many.context["unit_id"] == UNIT) & (many.context["year"] <= 2022)
    context = many.context.assign(
        salsa_merit_calculated=np.where(there, 233.0, np.nan), salsa_merit_deviation=np.where(there, -20.0, np.nan)
    )
    found = measure(replace(many, context=context), "school", 2023)
    row = found.estimates.loc[UNIT, ["salsa_calculated", "salsa_deviation", "salsa_year"]]
    assert row.tolist() == [233.0, -20.0, 2022.0]
    said = analysis("adjusted").say(found, UNIT, "sv").sentence
    assert "läsåret 2022/23" in said and "modellberäknat värde 233, avvikelse −20" in said
    assert "SALSA för" not in analysis("adjusted").say(found, "se:school:00000011", "sv").sentence
    cells = analysis("adjusted").tabulate([found], UNIT, "sv").rows[-1]
    assert cells[1:3] == ("SALSA, som Skolverket publicerat", "2022/23") and cells[5:7] == ("233", "−20")
    explained = analysis("adjusted").explain(found, UNIT, "sv")
    for caveat in ("inget osäkerhetsintervall", "−6 till +3", "2015 och 2016", "ett år efter", "15 elever"):
        assert caveat in explained


def test_several_years_are_surer_than_one(many: Observations) -> None:
    found = measure(many, "school", 2023).estimates
    both = found.dropna(subset=["over_years"])
    assert len(both) == 58 and (both["over_years_count"] == 5).all()
    narrower = (both["over_years_high"] - both["over_years_low"]) < (both["shrunken_high"] - both["shrunken_low"])
    assert narrower.all()


def test_nothing_is_fitted_across_a_break(many: Observations) -> None:
    note = {"sv": "ny skala", "nb": "ny skala", "en": "new scale"}
    broken = replace(many.indicator, breaks=(Break(2022, "new_scale", note),))
    found = measure(replace(many, indicator=broken), "school", 2023)
    assert found.details["fit"]["n"] == 2 * 58 and found.estimates["over_years_count"].max() == 2


def test_reliability_and_stability_are_printed_in_every_language(many: Observations) -> None:
    found = measure(many, "school", 2023)
    share, alike = found.details["reliability"], found.details["stability"]
    assert 0 < share["low"] < share["value"] < share["high"] < 1
    assert alike["low"] < alike["value"] < alike["high"] and 0 < alike["expected"] < 1
    for lang, word in {"sv": "Reliabiliteten", "nb": "Reliabiliteten", "en": "The reliability"}.items():
        text = analysis("adjusted").explain(found, UNIT, lang)
        assert word in text and text.count("95") >= 2


def test_no_context_is_missing_and_says_so(made) -> None:
    rows = {f"no:school:{place}": {year: 50.0 + place for year in range(2022, 2025)} for place in range(40)}
    found = measure(made(rows, id="np8_reading", se=1.0), "school", 2024)
    assert set(found.estimates["verdict"]) == {"missing"} and set(found.estimates["reason"]) == {"no_context"}
    assert "bakgrunn" in analysis("adjusted").say(found, "no:school:0", "nb").sentence
    assert found.estimates["value"].notna().all()


def test_the_figure_has_a_scatter_plot_and_the_models_beside_it(many: Observations) -> None:
    found = measure(many, "school", 2023)
    figure = analysis("adjusted").draw([found], UNIT, "nb")
    scatter, models = figure.axes
    diamonds = [line for axes in (scatter, models) for line in axes.lines if line.get_marker() == "D"]
    assert len(diamonds) == 2
    assert diamonds[1].get_xdata()[0] == pytest.approx(found.estimates.at[UNIT, "shrunken"])
    dots = next(line for line in models.lines if line.get_marker() == "o")
    assert len(dots.get_xdata()) == 21
    assert next(iter(models.get_yticklabels())).get_text() == "Hovedmodell"


def test_a_percentage_is_adjusted_with_binomial_chance(many: Observations, made) -> None:
    random = np.random.default_rng(2)
    schools = many.units.index[many.units["level"] == "school"]
    parents = many.context.groupby("unit_id")["parents_education"].first()
    values = {
        school: {year: 100 * random.binomial(60, 0.5 + 0.005 * parents[school]) / 60 for year in range(2019, 2024)}
        for school in schools
    }
    found = measure(made(values, id="all_subjects_passed_9", context=many.context), "school", 2023)
    assert found.details["noise"] == "binomial" and found.details["fit"]["n"] == 300
    assert found.details["fit"]["coefficients"]["parents_education"] == pytest.approx(0.5, abs=0.1)
    assert found.estimates["verdict"].str.startswith("clearly").mean() <= 0.05
    assert "procentenheter" in analysis("adjusted").say(found, UNIT, "sv").sentence
