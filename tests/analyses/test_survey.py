"""What do the pupils answer?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses.survey import RECORD
from analysis.analyses.survey.measure import measure
from analysis.analyses.wording import LANGUAGES, Wording
from analysis.catalogue import indicator, indicators, survey, survey_of, surveys
from analysis.errors import UsageError
from analysis.model.observations import PUPIL_COLUMNS, ROW_COLUMNS, Observations

TOWN, YEAR = "se:municipality:9901", 2023
OPTIONS = np.array([10.0, 6.67, 3.33, 0.0])


def school(place: int) -> str:
    return f"se:school:{place:08d}"


def made_pupils(
    sizes: list[int], levels: list[float], answering: list[float], seed: int = 1, id: str = "survey_safety"
) -> pd.DataFrame:
    """Invited pupils of a made-up town: each answers the statements around the school's level, or nothing."""
    random, asked = np.random.default_rng(seed), survey("school_survey")
    place = np.repeat(np.arange(len(sizes)), sizes)
    own = np.array(levels)[place] + random.normal(0, 1.6, len(place))
    frame = pd.DataFrame({name: [""] * len(place) for name in PUPIL_COLUMNS})
    frame["year"], frame["grade"], frame["municipality_id"] = YEAR, 8, TOWN
    frame["school_id"] = [school(each) for each in place]
    silent = random.uniform(size=len(place)) > np.array(answering)[place]
    scored = []
    for name in asked.statements_of(id):
        wanted = own + random.normal(0, 2, len(place))
        turned = OPTIONS[np.abs(wanted[:, None] - OPTIONS).argmin(axis=1)]
        scored.append(np.where(silent, np.nan, turned))
        frame[name] = np.where(silent, np.nan, [asked.scored(name, each) for each in turned])
    return frame.assign(value=np.mean(scored, axis=0), prior=np.nan)


def made_town(pupils: pd.DataFrame, id: str = "survey_safety", rows: pd.DataFrame | None = None) -> Observations:
    schools = sorted(pupils["school_id"].unique())
    columns = ["level", "name", "country", "code", "parent_id", "team_id", "school_id", "area_id", "municipality_id"]
    data = [["municipality", "Staden", "se", "9901", None, None, None, None, None]]
    data += [["school", f"Skola {each}", "se", each[-8:], TOWN, None, None, None, TOWN] for each in schools]
    units = pd.DataFrame(data, columns=columns, index=pd.Index([TOWN, *schools], name="unit_id"))
    units["region_id"], units["nation_id"] = None, None
    held = pd.DataFrame({name: [] for name in ROW_COLUMNS}) if rows is None else rows
    return Observations(indicator(id), held, units, pd.DataFrame({"unit_id": [], "year": []}), pupils)


@pytest.fixture
def town() -> Observations:
    """Six schools: 0 above, 1 below, 2 as the others, 3 with four answers, 4 with a low response, 5 with some."""
    return made_town(made_pupils([120, 120, 90, 4, 80, 90], [8.8, 4.5, 6.7, 6.7, 6.7, 6.7], [1, 1, 0.95, 1, 0.3, 0.65]))


def test_schools_above_below_and_alike_are_told_apart(town: Observations) -> None:
    found = measure(town, "school", YEAR).estimates
    verdicts = ["above_municipality", "below_municipality", "no_certain_difference", "withheld", "too_low_response"]
    assert found["verdict"].tolist()[:5] == verdicts
    assert (found["low"] > 0).tolist()[:2] == [True, False] and found["high"].iloc[1] < 0
    assert measure(town, "municipality", YEAR).estimates["verdict"].tolist() == ["described"]


def test_the_index_is_the_mean_of_those_who_answered(town: Observations) -> None:
    found = measure(town, "school", YEAR).estimates.loc[school(5)]
    mine = town.pupils[town.pupils["school_id"] == school(5)]["value"]
    assert (found["value"], found["sd"]) == pytest.approx((mine.mean(), mine.std()))
    assert (found["n"], found["invited"], found["response"]) == (mine.notna().sum(), 90, mine.notna().mean())


def test_fewer_answers_than_five_give_no_number_anywhere(town: Observations) -> None:
    result = measure(town, "school", YEAR)
    row = result.estimates.loc[school(3)]
    assert row["reason"] == "few_answers" and row.drop(["verdict", "reason", "invited"]).isna().all()
    mine = result.series[result.series["unit_id"] == school(3)]
    assert mine["value"].isna().all() and mine["n"].isna().all() and (mine["group"] != "statement").all()
    assert "skydda enskilda elever" in RECORD.say(result, school(3), "sv").sentence
    assert RECORD.draw([result], school(3), "sv") is None
    assert "skyddad" in str(RECORD.tabulate([result], school(3), "sv").rows)


def test_the_spread_is_shown_from_ten_answers_only() -> None:
    observations = made_town(made_pupils([9, 10, 60], [7, 7, 7], [1, 1, 1]))
    series = measure(observations, "school", YEAR).series
    shown = series[series["group"] == "statement"].groupby("unit_id").size()
    assert school(0) not in shown and shown[school(1)] == 16


def test_the_shares_of_a_statement_sum_to_a_hundred_and_a_reversed_one_is_turned(town: Observations) -> None:
    rows = measure(town, "school", YEAR).series.query("group == 'statement' and unit_id == @school(0)")
    assert rows.groupby("statement")["value"].sum().tolist() == pytest.approx([100] * 4)
    afraid = rows[rows["statement"] == "safety_afraid"].set_index("option")
    disagreeing = afraid.loc[[3.33, 0.0], "value"].sum()
    assert afraid["positive"].iloc[0] == pytest.approx(disagreeing) and disagreeing > 60


def test_what_the_silent_could_do_is_said_below_eighty_per_cent(town: Observations) -> None:
    result = measure(town, "school", YEAR)
    row = result.estimates.loc[school(5)]
    assert row["worst_low"] < row["plausible_low"] < row["value"] < row["plausible_high"] < row["worst_high"]
    rate = row["response"]
    assert row["worst_high"] - row["worst_low"] == pytest.approx((1 - rate) * 10)
    assert "ytterfallen" in RECORD.say(result, school(5), "sv").sentence
    assert "ytterfallen" not in RECORD.say(result, school(0), "sv").sentence


def test_the_difference_holds_against_the_others_of_the_municipality() -> None:
    same = made_town(made_pupils([50, 500], [6.0, 6.0], [1, 1], seed=4))
    row = measure(same, "school", YEAR).estimates.iloc[0]
    values = [same.pupils.loc[same.pupils["school_id"] == school(each), "value"] for each in (0, 1)]
    assert row["estimate"] == pytest.approx(values[0].mean() - same.pupils["value"].mean())
    assert row["estimate"] == pytest.approx(500 / 550 * (values[0].mean() - values[1].mean()))


def test_the_reliability_of_the_index_is_said_once_with_alpha_and_omega(town: Observations) -> None:
    result = measure(town, "school", YEAR)
    assert 0.5 < float(str(result.details["alpha"])) < 0.95
    assert float(str(result.details["omega"])) == pytest.approx(float(str(result.details["alpha"])), abs=0.05)
    assert "Cronbachs alfa 0," in RECORD.explain(result, school(0), "sv")


def test_pupils_who_answered_too_little_count_as_invited_only() -> None:
    pupils = made_pupils([40], [7], [1])
    pupils.loc[:9, ["value", "safety_afraid", "safety_breaks"]] = np.nan
    row = measure(made_town(pupils), "school", YEAR).estimates.iloc[0]
    assert (row["n"], row["invited"], row["response"]) == (30, 40, 0.75)


def test_an_answer_that_is_no_option_is_an_error_that_says_which() -> None:
    pupils = made_pupils([40], [7], [1])
    pupils.loc[3, "safety_breaks"] = 7.0
    with pytest.raises(ValueError, match=r"found for safety_breaks: \[7.0\]; mend:"):
        measure(made_town(pupils), "school", YEAR)


def test_published_rows_without_pupils_are_compared_as_they_stand(town: Observations) -> None:
    values = {TOWN: (7.0, 0.05, 900.0), school(0): (8.0, 0.2, 80.0), school(1): (7.1, 0.2, 80.0)}
    rows = pd.DataFrame(
        [
            [unit, unit.split(":")[1], YEAR, "all", value, "given", "", n, se, "own", "official", 1.0]
            for unit, (value, se, n) in values.items()
        ],
        columns=list(ROW_COLUMNS),
    )
    observations = replace(town, pupils=town.pupils.iloc[:0], rows=rows)
    result = measure(observations, "school", YEAR)
    assert result.estimates["verdict"].tolist()[:3] == ["above_municipality", "no_certain_difference", "missing"]
    assert "svarsfrekvens" not in RECORD.say(result, school(0), "sv").sentence
    assert RECORD.draw([result], school(0), "sv") is not None
    assert RECORD.tabulate([result], school(0), "sv").rows[0][2] == 8.0


def test_without_a_survey_there_is_no_section(town: Observations, many: Observations) -> None:
    assert len(measure(replace(town, pupils=town.pupils.iloc[:0]), "school", YEAR).estimates) == 0
    assert len(measure(many, "school", YEAR).estimates) == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_unit_is_answered_in_every_language(town: Observations, lang: str) -> None:
    for level in ("school", "municipality"):
        result = measure(town, level, YEAR)
        for unit in result.estimates.index:
            said = RECORD.say(result, unit, lang)
            texts = [said.headline, said.sentence, said.brief, RECORD.describe([result], unit, lang)]
            texts.append(RECORD.explain(result, unit, lang))
            assert said.brief.startswith(said.headline) and len(said.headline) <= 90 and 0 <= said.weight <= 1
            assert all(texts) and not any(word in text for text in texts for word in ("nan", "{", "}", " inf"))
            assert RECORD.tabulate([result], unit, lang).rows


def test_a_bar_chart_has_every_statement_and_readable_letters(town: Observations) -> None:
    figure = RECORD.draw([measure(town, "school", YEAR)], school(0), "sv")
    texts = [text for axes in figure.axes for text in axes.texts]
    assert sum("trygg" in text.get_text() or "rädd" in text.get_text() for text in texts) >= 3
    assert min(text.get_fontsize() for text in texts) >= 9
    assert figure.legends[0].get_texts()[0].get_text() == "Stämmer helt"


def test_measuring_leaves_the_pupils_unchanged(town: Observations) -> None:
    before = town.pupils.copy()
    measure(town, "school", YEAR)
    pd.testing.assert_frame_equal(before, town.pupils)


@pytest.mark.parametrize("each", surveys().values(), ids=lambda each: each.id)
def test_a_survey_is_whole_in_every_language(each) -> None:  # type: ignore[no-untyped-def]
    assert each.grades and each.options and set(each.positive) < {value for value, _ in each.options}
    for name, statement in each.statements.items():
        assert set(statement.text) == set(LANGUAGES) and all(text.endswith(".") for text in statement.text.values())
        assert each.scored(name, each.scored(name, each.lowest)) == each.lowest
    for name in each.fewest_items:
        known = indicators()[name]
        assert survey_of(name) == each and (known.minimum, known.maximum) == (each.lowest, each.highest)
        assert 3 <= len(each.statements_of(name)) <= 5 and known.smallest_n == 5


def test_the_breaks_of_the_surveys_are_those_that_are_known() -> None:
    assert [each.year for each in indicator("survey_safety").breaks] == [2018, 2022]
    assert [each.year for each in indicator("pupil_survey_bullying").breaks] == [2013, 2016]
    with pytest.raises(UsageError, match="Did you mean 'school_survey'"):
        survey("school_surve")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_index_has_a_value_and_a_difference_in_words(lang: str) -> None:
    for id in ("survey_safety", "pupil_survey_wellbeing"):
        wording = Wording("survey", indicator(id), lang)
        assert wording.value(4.25)[0] == "4" and "ind" in wording.change(0.31)


def test_schools_that_do_not_differ_are_called_different_at_most_one_time_in_twenty() -> None:
    observations = made_town(made_pupils([25] * 200, [6.5] * 200, [0.9] * 200, seed=9))
    found = measure(observations, "school", YEAR).estimates["verdict"]
    assert found.isin(["above_municipality", "below_municipality"]).mean() <= 0.09
