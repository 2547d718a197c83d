"""How far have the pupils come, given where they started?"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.analyses.value_added import RECORD
from analysis.analyses.value_added.design import design, spline
from analysis.analyses.value_added.measure import measure
from analysis.analyses.wording import LANGUAGES, words
from analysis.catalogue import indicator
from analysis.model.observations import PUPIL_COLUMNS, ROW_COLUMNS, Observations, Result

NUMBERS = ["estimate", "shrunken", "shrunken_low", "shrunken_high"]
TOWN = "se:municipality:0000"


def _school(place: int) -> str:
    return f"se:school:{place:08d}"


def _units(schools: int) -> pd.DataFrame:
    ids = [_school(place) for place in range(schools)]
    frame = pd.DataFrame({"unit_id": ids, "level": "school", "name": [f"_Skola $ {each}" for each in range(schools)]})
    groups = [(f"se:group:{place}{name}", "group", name) for place in range(schools) for name in "abc"]
    areas = [(f"se:area:{place}", "area", f"Område {place}") for place in range(8)]
    others = pd.DataFrame([*groups, *areas, (TOWN, "municipality", "Staden")], columns=["unit_id", "level", "name"])
    frame = pd.concat([frame, others], ignore_index=True).assign(country="se", code="", parent_id=TOWN)
    for name in ("team_id", "school_id", "area_id", "region_id", "nation_id"):
        frame[name] = None
    return frame.assign(municipality_id=TOWN).set_index("unit_id")


def _town(
    seed: int = 1, schools: int = 12, per_cohort: int = 45, school_sd: float = 15.0, class_sd: float = 0.0
) -> Observations:
    """Two cohorts of pupils with a known truth in a made-up town: one in eight areas, three classes a school."""
    random = np.random.default_rng(seed)
    count = schools * per_cohort * 2
    school, year = np.repeat(np.arange(schools), per_cohort * 2), np.tile([2022, 2023], count // 2)
    letter = random.integers(0, 3, count)
    own = random.normal(0, school_sd, schools)[school] + random.normal(0, class_sd, (schools, 3))[school, letter]
    prior = 12 + 3 * random.normal(size=count) + random.normal(0, 1.5, schools)[school]
    education = random.choice([1.0, 2.0, 3.0, np.nan], count, p=[0.1, 0.4, 0.4, 0.1])
    value = 60 + 12 * prior + 6 * np.nan_to_num(education, nan=2.0) + own + random.normal(0, 40, count)
    group = [f"se:group:{each}{'abc'[name]}" for each, name in zip(school, letter, strict=True)]
    ids, areas = [_school(each) for each in school], [f"se:area:{each % 8}" for each in school]
    pupils = pd.DataFrame(
        {
            "year": year, "grade": 9, "group_id": group, "team_id": "", "school_id": ids, "area_id": areas,
            "municipality_id": TOWN, "sex": random.choice(["girl", "boy"], count), "parents_education": education,
            "origin": random.choice(["domestic", "foreign_background", ""], count, p=[0.7, 0.25, 0.05]),
            "support": random.random(count) < 0.1, "value": value, "prior": prior,
        }
    )  # fmt: skip
    rows, context = pd.DataFrame(columns=list(ROW_COLUMNS)), pd.DataFrame({"unit_id": [], "year": []})
    return Observations(indicator("merit_value"), rows, _units(schools), context, pupils=pupils)


def _changed(town: Observations, **columns: object) -> Observations:
    return replace(town, pupils=town.pupils.assign(**columns))


def _answered(result: Result) -> pd.DataFrame:
    return result.estimates[result.estimates["reason"] == ""]


TOWN_OF_TWELVE = _town()


def test_the_columns_are_those_of_the_pupil_layer() -> None:
    assert list(TOWN_OF_TWELVE.pupils.columns) == list(PUPIL_COLUMNS)


def test_a_school_that_truly_adds_more_is_above_and_one_that_adds_less_is_below() -> None:
    school = TOWN_OF_TWELVE.pupils["school_id"]
    moved = TOWN_OF_TWELVE.pupils["value"] + 60 * (school == _school(3)) - 60 * (school == _school(5))
    found = measure(_changed(TOWN_OF_TWELVE, value=moved), "school", 2023).estimates
    assert found.loc[[_school(3), _school(5)], "verdict"].tolist() == ["above", "below"]
    assert ((found["verdict"] == "above") == (found["shrunken_low"] > 0)).all()
    assert ((found["verdict"] == "below") == (found["shrunken_high"] < 0)).all()
    np.testing.assert_allclose(found["value"] - found["expected"], found["estimate"])


def test_a_school_is_not_credited_for_pupils_who_started_far_ahead() -> None:
    pupils = TOWN_OF_TWELVE.pupils
    ahead = pupils["school_id"] == _school(7)
    known = measure(TOWN_OF_TWELVE, "school", 2023).estimates.loc[_school(7)]
    other = _changed(TOWN_OF_TWELVE, prior=pupils["prior"] + 3 * ahead, value=pupils["value"] + 36 * ahead)
    found = measure(other, "school", 2023).estimates.loc[_school(7)]
    assert found["value"] == pytest.approx(known["value"] + 36)
    assert found["shrunken"] == pytest.approx(known["shrunken"], abs=6)


@pytest.mark.parametrize(("level", "unit"), [("school", _school(2)), ("group", "se:group:2a")])
def test_too_few_pupils_give_no_answer_and_no_number(level: str, unit: str) -> None:
    pupils = TOWN_OF_TWELVE.pupils
    column = f"{level}_id"
    inside = pupils[(pupils[column] == unit) & (pupils["year"] == 2023)].index
    smallest = {"school": 15, "group": 10}[level]
    for count, reason in ((smallest - 1, "few_pupils"), (smallest, "")):
        kept = pupils[(pupils[column] != unit) | pupils.index.isin(inside[:count])]
        row = measure(replace(TOWN_OF_TWELVE, pupils=kept), level, 2023).estimates.loc[unit]
        assert (row["n"], row["reason"]) == (count, reason)
        assert np.isfinite(row[NUMBERS].to_numpy(float)).all() == (reason == "")
        assert (row["verdict"] == "too_few") == (reason == "few_pupils")


def test_pupils_without_an_earlier_result_are_counted_and_left_out() -> None:
    pupils = TOWN_OF_TWELVE.pupils
    new = (pupils["school_id"] == _school(1)) & (np.arange(len(pupils)) % 10 == 0)
    town = _changed(TOWN_OF_TWELVE, prior=pupils["prior"].mask(new), origin=pupils["origin"].mask(new, "newly_arrived"))
    result = measure(town, "school", 2023)
    row = result.estimates.loc[_school(1)]
    assert (row["n"], row["without_prior"]) == (90 - new.sum(), new.sum()) and result.details[
        "without_prior"
    ] == new.sum()
    assert result.details["turned"] in range(13)
    gone = measure(replace(town, pupils=town.pupils[~new]), "school", 2023).estimates
    pd.testing.assert_frame_equal(gone[NUMBERS], result.estimates[NUMBERS])
    assert f"{new.sum()} elever utan tidigare resultat är inte med" in RECORD.say(result, _school(1), "sv").sentence


def test_fewer_than_five_without_an_earlier_result_are_not_told() -> None:
    pupils = TOWN_OF_TWELVE.pupils
    new = pupils.index.isin(pupils.index[pupils["school_id"] == _school(1)][:3])
    result = measure(_changed(TOWN_OF_TWELVE, prior=pupils["prior"].mask(new)), "school", 2023)
    told = RECORD.say(result, _school(1), "sv").sentence + RECORD.explain(result, _school(1), "sv")
    assert "Färre än 5 elever utan tidigare resultat" in told and "3 elever" not in told
    assert "färre än 5 elever" in RECORD.tabulate([result], _school(1), "sv").rows[0]


def test_the_two_newest_cohorts_are_pooled_and_the_newest_stands_beside() -> None:
    found = measure(TOWN_OF_TWELVE, "school", 2023).estimates
    assert set(found.loc[[_school(0)], ["first_year", "last_year", "years"]].to_numpy().ravel()) == {2022, 2023, 2}
    alone = replace(TOWN_OF_TWELVE, pupils=TOWN_OF_TWELVE.pupils.query("year == 2023"))
    known = measure(alone, "school", 2023).estimates
    np.testing.assert_allclose(found["newest"].dropna(), known["shrunken"].dropna())
    assert known["newest"].isna().all()


def test_cohorts_on_both_sides_of_a_break_are_not_pooled() -> None:
    from analysis.model.indicator import Break

    broken = replace(TOWN_OF_TWELVE, indicator=replace(TOWN_OF_TWELVE.indicator, breaks=(Break(2023, "scale", {}),)))
    assert _answered(measure(broken, "school", 2023))["first_year"].eq(2023).all()


def test_what_is_not_known_of_a_pupil_is_a_category_and_no_pupil_is_lost() -> None:
    found = measure(TOWN_OF_TWELVE, "school", 2023)
    names = found.details["coefficients"]
    assert isinstance(names, dict) and {"parents_education unknown", "origin unknown"} <= set(names)
    assert found.details["pupils"] == len(TOWN_OF_TWELVE.pupils)


def test_two_backgrounds_that_say_the_same_are_counted_once() -> None:
    pupils = TOWN_OF_TWELVE.pupils
    same = np.where(pupils["parents_education"].isna(), "", "domestic")
    made = design(pupils.assign(origin=same))
    assert "origin unknown" not in made.names and np.linalg.matrix_rank(made.table) == len(made.names)
    assert _answered(measure(_changed(TOWN_OF_TWELVE, origin=same), "school", 2023)).shape[0] == 12


def test_a_spline_is_straight_beyond_its_outer_knots_and_a_line_with_two() -> None:
    across = np.linspace(-6, 6, 241)
    table, bends = spline(across, np.array([-2.0, -0.5, 0.5, 2.0]))
    assert (table.shape, bends) == ((241, 3), 4)
    bent = np.diff(table, 2, axis=0)
    outside = (across[1:-1] < -2.05) | (across[1:-1] > 2.05)
    np.testing.assert_allclose(bent[outside], 0, atol=1e-9)
    assert np.abs(bent[~outside, 1:]).max() > 1e-4
    assert spline(across, np.array([0.0, 1.0]))[0].shape == (241, 1)


def test_the_curve_follows_a_floor_and_a_ceiling_where_a_square_does_not() -> None:
    random = np.random.default_rng(2)
    prior = random.normal(0, 1, 8000)
    truth = np.tanh(1.5 * prior)
    frame = TOWN_OF_TWELVE.pupils.head(1).loc[[0] * 8000].assign(prior=prior)
    by_spline = design(frame).table
    square = np.column_stack([np.ones(8000), prior, prior**2])
    missed = [np.abs(truth - each @ np.linalg.lstsq(each, truth)[0]).mean() for each in (by_spline, square)]
    assert missed[0] < 0.4 * missed[1]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"value": 200.0}, "no_variation"),
        ({"value": TOWN_OF_TWELVE.pupils["prior"]}, "no_variation"),
        (
            {"school_id": TOWN_OF_TWELVE.pupils["school_id"].where(lambda each: each < _school(4), _school(0))},
            "few_units",
        ),
    ],
)
def test_a_model_that_cannot_be_fitted_gives_no_number(columns: dict[str, object], reason: str) -> None:
    result = measure(_changed(TOWN_OF_TWELVE, **columns), "school", 2023)
    row = result.estimates.loc[_school(0)]
    assert (row["verdict"], row["reason"]) == ("refused", reason) and result.estimates[NUMBERS].isna().all(axis=None)
    for lang in LANGUAGES:
        assert words("value_added", lang)[f"why_{reason}"] in RECORD.say(result, _school(0), lang).sentence
        assert RECORD.explain(result, _school(0), lang) and RECORD.tabulate([result], _school(0), lang).rows
    assert RECORD.draw([result], _school(0), "sv") is None


def test_schools_that_do_not_differ_are_said_to_be_alike() -> None:
    for seed in range(20):
        result = measure(_town(seed, school_sd=0.0, per_cohort=20), "school", 2023)
        if result.details["is_alike"]:
            break
    found = _answered(result)
    assert (found["verdict"] == "equal").all() and result.details["spread"] == 0
    assert (found["shrunken"].abs() < found["estimate"].abs()).all() and found["shrinkage_weight"].lt(0.5).all()
    assert (found["shrunken_low"] < 0).all() and (found["shrunken_high"] > 0).all()
    said = RECORD.say(result, _school(0), "sv")
    assert "inga säkra skillnader" in said.headline and "utöver slumpen" in said.sentence and said.weight == 0


def test_a_level_without_pupils_has_no_rows_and_a_unit_without_pupils_is_missing() -> None:
    for level in ("region", "team"):
        assert measure(TOWN_OF_TWELVE, level, 2023).estimates.empty
    no_prior = measure(_changed(TOWN_OF_TWELVE, prior=np.nan), "school", 2023)
    assert no_prior.estimates.empty
    gone = replace(TOWN_OF_TWELVE, pupils=TOWN_OF_TWELVE.pupils.query("school_id != @_school(4)"))
    assert measure(gone, "school", 2023).estimates.loc[_school(4), ["verdict", "reason"]].tolist() == ["missing"] * 2
    assert measure(TOWN_OF_TWELVE, "municipality", 2023).estimates.loc[TOWN, "reason"] == "few_units"


def test_classes_stand_within_schools_and_schools_within_areas() -> None:
    town = _town(3, schools=24, per_cohort=60, class_sd=25.0)
    groups, areas = measure(town, "group", 2023), measure(town, "area", 2023)
    assert _answered(groups)["last_year"].eq(2023).all() and _answered(groups)["years"].eq(1).all()
    assert float(str(groups.details["spread"])) > 15 and len(_answered(areas)) == 8
    assert (groups.estimates["verdict"].isin(["above", "below"])).any()
    value, expected = (_answered(areas)[name] for name in ("value", "expected"))
    assert (value - expected).abs().max() < 60


def test_measuring_leaves_its_input_unchanged_and_says_every_unit_in_every_language() -> None:
    before = TOWN_OF_TWELVE.pupils.copy()
    pupils = before[(before["school_id"] != _school(2)) | (before.index % 8 == 0)]
    result = measure(replace(TOWN_OF_TWELVE, pupils=pupils), "school", 2023)
    pd.testing.assert_frame_equal(TOWN_OF_TWELVE.pupils, before)
    for unit in result.estimates.index:
        for lang in LANGUAGES:
            said = RECORD.say(result, unit, lang)
            texts = [
                said.headline,
                said.sentence,
                RECORD.describe([result], unit, lang),
                RECORD.explain(result, unit, lang),
            ]
            assert said.verdict == result.estimates.at[unit, "verdict"] and said.headline in texts[2]
            assert said.brief.startswith(said.headline) and len(said.headline) <= 90 and 0 <= said.weight <= 1
            assert not any(re.search(r"\bnan\b|\binf\b|[{}]", text) for text in texts)
            assert RECORD.tabulate([result], unit, lang).rows


def test_every_language_has_the_same_keys_and_fields_and_no_word_of_causes() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    swedish, *others = (words("value_added", lang) for lang in LANGUAGES)
    for other in (swedish, *others):
        assert {key: fields(text) for key, text in other.items()} == {
            key: fields(text) for key, text in swedish.items()
        }
        causes = r"effekt|ledde till|beror på|orsak|førte til|skyldes|årsak|effect|\bcaused?\b|led to|because of"
        assert not [key for key, text in other.items() if re.search(causes, text, re.I)]


def test_the_figure_names_only_the_unit_itself() -> None:
    result = measure(TOWN_OF_TWELVE, "school", 2023)
    figure = RECORD.draw([result] * 3, _school(4), "en")
    shown = [axes for axes in figure.axes if axes.get_visible()]
    texts = [text.get_text() for text in figure.findobj(lambda each: hasattr(each, "get_text")) if text.get_text()]
    assert len(shown) == 3 and all(not axes.get_xticks().size for axes in shown)
    assert r"Skola \$ 4" in texts and not any(f"Skola \\$ {other}" in texts for other in (0, 1, 2, 3, 5, 6))


def _moved(known: Observations, move: Callable[[pd.DataFrame], pd.DataFrame]) -> Observations:
    return replace(known, pupils=move(known.pupils))


@settings(max_examples=5, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), shift=st.floats(-1e4, 1e4))
def test_order_names_and_a_common_shift_do_not_matter(seed: int, shift: float) -> None:
    town = _town(seed)
    known = measure(town, "school", 2023).estimates
    mixed = _moved(town, lambda pupils: pupils.sample(frac=1, random_state=seed))
    moved = _moved(town, lambda pupils: pupils.assign(value=pupils["value"] + shift, prior=5 * pupils["prior"] + 7))
    for other in (mixed, moved):
        found = measure(other, "school", 2023).estimates
        np.testing.assert_allclose(found[NUMBERS], known[NUMBERS], rtol=1e-5, atol=1e-5)
        assert found["verdict"].tolist() == known["verdict"].tolist()
    new = {_school(place): f"se:school:9{11 - place:07d}" for place in range(12)}
    units = town.units.rename(index=new)
    named = replace(town, units=units, pupils=town.pupils.assign(school_id=town.pupils["school_id"].map(new)))
    found = measure(named, "school", 2023).estimates
    np.testing.assert_allclose(found[NUMBERS], known[NUMBERS], rtol=1e-5, atol=1e-5)


def test_every_pupil_twice_moves_answers_only_by_weight() -> None:
    known = _answered(measure(TOWN_OF_TWELVE, "school", 2023))
    twice = _moved(TOWN_OF_TWELVE, lambda pupils: pd.concat([pupils, pupils], ignore_index=True))
    found = _answered(measure(twice, "school", 2023))
    np.testing.assert_allclose(found["n"], 2 * known["n"])
    assert (found["shrinkage_weight"] > known["shrinkage_weight"]).all()
    np.testing.assert_allclose(found["estimate"], known["estimate"], atol=0.6)
    assert np.corrcoef(found["shrunken"], known["shrunken"])[0, 1] > 0.999


@pytest.mark.slow
def test_schools_that_do_not_differ_are_hardly_ever_called_above_or_below() -> None:
    verdicts = pd.concat(
        [_answered(measure(_town(seed, school_sd=0.0), "school", 2023))["verdict"] for seed in range(60)]
    )
    assert len(verdicts) == 720 and (verdicts != "equal").mean() <= 0.05


@pytest.mark.slow
def test_sixty_towns_whose_schools_are_alike_give_no_wrong_number() -> None:
    random = np.random.default_rng(11)
    alike = 0
    for _ in range(60):
        town = _town(1, per_cohort=13)
        pupils = town.pupils.groupby("school_id").head(25)
        x = random.normal(0, 1, 300)
        plain = pupils.assign(prior=x, value=200 + 8 * x + random.normal(0, 40, 300), sex="girl", origin="domestic")
        plain = plain.assign(parents_education=2.0, support=False, year=2023)
        result = measure(replace(town, pupils=plain), "school", 2023)
        found, alike = _answered(result), alike + bool(result.details["is_alike"])
        assert len(found) == 12 and (found["expected"] - 200).abs().max() < 16
        assert (found["verdict"] == "equal").mean() >= 11 / 12 and found["shrunken"].abs().max() < 25
    assert 20 <= alike <= 50


@pytest.mark.slow
@pytest.mark.parametrize("schools", [12, 60])
def test_value_added_is_unbiased_whatever_the_schools_intake_and_intervals_cover(schools: int) -> None:
    hits, slopes = [], []
    for seed in range(1080 // schools):
        random = np.random.default_rng([seed, schools])
        town = _town(seed, schools=schools, per_cohort=30, school_sd=0.0)
        true = pd.Series(random.normal(0, 15, schools), index=[_school(each) for each in range(schools)])
        moved = town.pupils["value"] + true[town.pupils["school_id"]].to_numpy()
        found = _answered(measure(_changed(town, value=moved), "school", 2023))
        hits.append(((found["shrunken_low"] <= true) & (true <= found["shrunken_high"])).mean())
        slopes.append(np.polyfit(found["prior_mean"], found["estimate"] - true, 1)[0])
    assert 0.93 <= np.mean(hits) <= 0.97, np.mean(hits)
    assert abs(np.mean(slopes)) < 3.5 * np.std(slopes) / np.sqrt(len(slopes)) + 0.05, np.mean(slopes)
