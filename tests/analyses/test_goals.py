"""Is the target met?"""

import re
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses.goals.measure import measure
from analysis.analyses.record import record
from analysis.catalogue import indicator
from analysis.model.observations import TARGET_COLUMNS, UNIT_COLUMNS, Observations, Result

GOALS = record("goals")
TOWN, COUNTY = "se:municipality:0001", "se:region:01"
Target = tuple[str, str, str, float, int, str]


def _school(place: int) -> str:
    return f"se:school:{place:05d}"


def _observations(
    values: np.ndarray, n: np.ndarray, targets: Sequence[Target], id: str = "np8_reading", group: str = "all",
    last: int = 2023, **changes: object,
) -> Observations:  # fmt: skip
    """Swedish schools 0, 1, … of one municipality, one row of `values` each, one column a year, `last` the last."""
    schools, years = values.shape
    ids = [_school(place) for place in range(schools)]
    frame = pd.DataFrame(
        {
            "unit_id": np.repeat(ids, years),
            "year": np.tile(np.arange(last + 1 - years, last + 1), schools),
            "value": values.ravel(),
            "n": np.repeat(n, years).astype(float),
        }
    )
    frame = frame.assign(se=10 / np.sqrt(frame["n"]), level="school", group=group, status="given", mark="")
    frame = frame.assign(source="made", origin="official", coverage=1.0)
    units = pd.DataFrame(index=pd.Index([*ids, TOWN, COUNTY], name="unit_id"), columns=list(UNIT_COLUMNS), dtype=object)
    units = units.assign(country="se", level=["school"] * schools + ["municipality", "region"])
    units = units.assign(name=units.index, municipality_id=[TOWN] * schools + [None] * 2)
    units = units.assign(region_id=[COUNTY] * (schools + 1) + [None])
    chosen = replace(indicator(id), country="se", breaks=(), rounding=0.0, decimals=2, **changes)  # type: ignore[arg-type]
    held = pd.DataFrame(list(targets), columns=list(TARGET_COLUMNS))
    return Observations(chosen, frame, units, pd.DataFrame({"unit_id": [], "year": []}), targets=held)


def _target(unit: str, value: float, due: int = 2023, kind: str = "goal", who: str = "council") -> Target:
    return (f"{kind} {unit} {value} {due}", unit, kind, value, due, who)


def _spread(targets: Sequence[Target], schools: int = 40, years: int = 5, **changes: object) -> Observations:
    random = np.random.default_rng(1)
    n = np.full(schools, 64)
    truth = np.linspace(40, 60, schools)[:, None]
    return _observations(truth + random.normal(0, 10 / 8, (schools, years)), n, targets, **changes)


def test_the_verdict_goes_with_the_probability() -> None:
    found = measure(_spread([_target(TOWN, 50.0)]), "school", 2023).estimates
    limits = {"met": (0.95, 1), "likely_met": (0.8, 0.95), "uncertain": (0.2, 0.8), "unlikely_met": (0.05, 0.2)}
    for verdict, probability in zip(found["verdict"], found["probability_now"], strict=True):
        low, high = limits.get(verdict, (0, 0.05))
        assert low <= probability <= high
    assert found["verdict"].iloc[0] == "not_met" and found["verdict"].iloc[-1] == "met"
    assert found["probability_now"].corr(found["value"], method="spearman") == pytest.approx(1)


def test_lower_is_better_turns_the_probability_round() -> None:
    up = measure(_spread([_target(TOWN, 50.0)]), "school", 2023).estimates
    down = measure(_spread([_target(TOWN, 50.0)], direction="lower_better"), "school", 2023).estimates
    np.testing.assert_allclose(up["probability_now"] + down["probability_now"], 1)
    assert down["verdict"].iloc[0] == "met"


def test_a_target_holds_for_the_units_below_that_have_none() -> None:
    targets = [_target(COUNTY, 45.0, who="administration"), _target(_school(3), 60.0, who="school")]
    found = measure(_spread(targets), "school", 2023).estimates
    assert found["target"].iloc[3] == 60 and (found["target"].drop(_school(3)) == 45).all()
    assert found["target_set_by"].iloc[3] == "school" and found["target_unit"].iloc[4] == COUNTY
    said = GOALS.say(measure(_spread(targets), "school", 2023), _school(4), "sv").sentence
    assert "satt av förvaltningen för hela länet" in said


def test_an_own_goal_does_not_take_the_place_of_a_lowest_level_from_above() -> None:
    targets = [_target(TOWN, 40.0, 2025, "minimum"), _target(TOWN, 50.0, 2025), _target(_school(3), 60.0, 2025)]
    result = measure(_spread(targets), "school", 2023)
    assert [row[5] for row in GOALS.tabulate([result], _school(3), "sv").rows] == [60.0, 40.0]
    assert [row[5] for row in GOALS.tabulate([result], _school(4), "sv").rows] == [50.0, 40.0]


def test_the_nearest_unit_above_decides() -> None:
    found = measure(_spread([_target(COUNTY, 45.0), _target(TOWN, 48.0)]), "school", 2023).estimates
    assert (found["target"] == 48).all() and (found["target_unit"] == TOWN).all()


def test_a_target_to_come_is_spoken_of_before_one_that_is_passed_and_the_table_has_both() -> None:
    targets = [_target(TOWN, 45.0, 2021), _target(TOWN, 52.0, 2026), _target(TOWN, 40.0, 2024, "minimum")]
    result = measure(_spread(targets), "school", 2023)
    assert (result.estimates["target"] == 52).all() and (result.estimates["targets"] == 3).all()
    rows = GOALS.tabulate([result], _school(0), "sv").rows
    assert [row[5] for row in rows] == [52.0, 40.0, 45.0] and rows[2][9] == "har passerat"


def test_a_passed_year_is_said_and_gives_no_forecast() -> None:
    result = measure(_spread([_target(TOWN, 45.0, 2021)]), "school", 2023)
    assert result.estimates["probability_due"].isna().all() and result.estimates["probability_now"].notna().all()
    for lang, word in (("sv", "har passerat"), ("nb", "er passert"), ("en", "has passed")):
        assert word in GOALS.say(result, _school(0), lang).sentence


def test_in_the_targets_own_year_now_and_then_are_the_same() -> None:
    found = measure(_spread([_target(TOWN, 50.0, 2023)]), "school", 2023).estimates
    pd.testing.assert_series_equal(found["probability_now"], found["probability_due"], check_names=False)


def test_two_years_say_nothing_of_the_year_to_come() -> None:
    result = measure(_spread([_target(TOWN, 50.0, 2026)], years=2), "school", 2023)
    assert result.estimates["probability_due"].isna().all() and result.estimates["probability_now"].notna().all()
    assert "minst tre i samma mätserie" in GOALS.say(result, _school(0), "sv").sentence


def test_a_rising_school_is_likelier_to_meet_a_later_target() -> None:
    random = np.random.default_rng(2)
    slopes = np.where(np.arange(60) < 30, 1.5, -1.5)
    values = 50 + slopes[:, None] * (np.arange(6) - 5) + random.normal(0, 1, (60, 6))
    found = measure(_observations(values, np.full(60, 100), [_target(TOWN, 52.0, 2026)]), "school", 2023).estimates
    assert found["probability_due"].iloc[:30].min() > 0.8 and found["probability_due"].iloc[30:].max() < 0.05
    assert (found["probability_due"] > found["probability_now"]).iloc[:30].all()


def test_few_units_are_judged_by_their_own_figures_alone() -> None:
    found = measure(_spread([_target(TOWN, 50.0, 2025)], schools=4), "school", 2023).estimates
    assert found["shrunken"].tolist() == found["value"].tolist() and (found["shrinkage_weight"] == 1).all()


def test_a_small_school_is_drawn_further_towards_its_like_than_a_large_one() -> None:
    values = np.concatenate([np.full(20, 45.0), np.full(20, 55.0), [60.0, 60.0]])[:, None]
    n = np.array([60] * 40 + [10, 400])
    found = measure(_observations(values, n, [_target(TOWN, 56.0)]), "school", 2023).estimates
    assert found["shrunken"].iloc[40] < found["shrunken"].iloc[41] < 60
    assert found["probability_now"].iloc[40] < found["probability_now"].iloc[41]


def test_figures_without_pupils_are_judged_by_their_own_years() -> None:
    whole = _spread([_target(TOWN, 50.0, 2025)], years=6)
    bare = replace(whole, rows=whole.rows.assign(n=np.nan, se=np.nan))
    result = measure(bare, "school", 2023)
    assert (result.estimates["df"] == 4).all() and result.estimates["probability_due"].notna().all()
    assert "antalet elever är inte redovisat" in GOALS.say(result, _school(0), "sv").sentence


def _with_groups(girls: float, boys: float, target: Target) -> Result:
    random, n = np.random.default_rng(5), np.full(30, 100)
    parts = [
        _observations(level + random.normal(0, 1, (30, 5)), n, [target], group=group)
        for level, group in (((girls + boys) / 2, "all"), (girls, "girls"), (boys, "boys"))
    ]
    rows = pd.concat([part.rows for part in parts]).sort_values(["unit_id", "group", "year"], ignore_index=True)
    return measure(replace(parts[0], rows=rows), "school", 2023)


@pytest.mark.parametrize(("girls", "boys"), [(56.0, 46.0), (46.0, 56.0)])
def test_a_gap_is_too_large_whichever_way_it_goes(girls: float, boys: float) -> None:
    found = _with_groups(girls, boys, _target(TOWN, 4.0, 2025, "gap_reduction"))
    assert set(found.estimates["verdict"]) == {"not_met"}
    assert np.sign(found.estimates["estimate"]).unique().tolist() == [np.sign(girls - boys)]
    figure = GOALS.draw([found], _school(0), "sv")
    squares = [line.get_ydata()[0] for line in figure.axes[0].lines if line.get_marker() == "s"]
    assert sorted(squares) == [-4.0, 4.0]


def test_a_small_gap_meets_its_target() -> None:
    found = _with_groups(51.0, 50.0, _target(TOWN, 6.0, 2025, "gap_reduction"))
    assert set(found.estimates["verdict"]) == {"met"} and set(found.estimates["target_kind"]) == {"gap_reduction"}
    said = GOALS.say(found, _school(0), "en").sentence
    assert "girls minus boys" in said and "a difference of 6.00 scale points at most" in said


def test_a_gap_without_girls_and_boys_is_not_judged() -> None:
    result = measure(_spread([_target(TOWN, 4.0, 2025, "gap_reduction")]), "school", 2023)
    assert set(result.estimates["reason"]) == {"no_gap"} and result.estimates["probability_now"].isna().all()
    assert "flickor och pojkar" in GOALS.say(result, _school(0), "sv").headline


def test_a_measure_without_a_better_direction_is_not_judged() -> None:
    result = measure(_spread([_target(TOWN, 50.0)], direction="context"), "school", 2023)
    assert set(result.estimates["verdict"]) == {"refused"} and set(result.estimates["reason"]) == {"no_direction"}
    assert GOALS.draw([result], _school(0), "sv") is None


def test_without_any_target_the_question_is_not_asked() -> None:
    result = measure(_spread([]), "school", 2023)
    assert len(result.estimates) == 0


def test_a_school_without_a_target_is_told_apart_from_one_without_a_figure() -> None:
    whole = _spread([_target(_school(1), 50.0), _target(_school(2), 50.0)])
    whole.rows.loc[whole.rows["unit_id"] == _school(2), ["value", "status"]] = [np.nan, "withheld"]
    result = measure(whole, "school", 2023)
    assert result.estimates["verdict"].iloc[[0, 2]].tolist() == ["no_target", "withheld"]
    assert "inget mål är satt" in GOALS.say(result, _school(0), "sv").headline
    assert "skyddad" in GOALS.say(result, _school(2), "sv").sentence
    assert GOALS.draw([result], _school(2), "sv") is None


def test_an_unknown_kind_of_target_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"a target's kind is one of goal, .*, got: \['wish'\]"):
        measure(_spread([_target(TOWN, 50.0, 2023, "wish")]), "school", 2023)


def test_every_answer_is_said_in_every_language_without_certainty_that_is_not_there() -> None:
    result = measure(_spread([_target(TOWN, 50.0, 2026)]), "school", 2023)
    for unit in result.estimates.drop_duplicates("verdict").index:
        for lang in ("sv", "nb", "en"):
            said = GOALS.say(result, unit, lang)
            spoken = [said.headline, said.sentence, said.brief, GOALS.explain(result, unit, lang)]
            spoken.append(GOALS.describe([result], unit, lang))
            assert not any(re.search(r"\bnan\b|[{}]|\b100\s?%|\b0\s?%", text) for text in spoken)
            assert said.brief.startswith(said.headline) and len(said.headline) <= 90 and 0 <= said.weight <= 1
            assert said.good is {"met": True, "likely_met": True, "uncertain": None}.get(said.verdict, False)


def test_the_figure_shows_the_target_up_to_its_year_and_says_the_probability() -> None:
    result = measure(_spread([_target(TOWN, 50.0, 2026)]), "school", 2023)
    axes = GOALS.draw([result], _school(20), "sv").axes[0]
    dashed = next(line for line in axes.lines if line.get_linestyle() == "--")
    assert list(dashed.get_xdata()) == [2019, 2026] and list(dashed.get_ydata()) == [50.0, 50.0]
    assert re.match(r"Nu: \d+\s% sannolikt\n2026/27: \d+\s% sannolikt", axes.get_xlabel())


def test_the_order_of_rows_and_targets_does_not_matter() -> None:
    whole = _spread([_target(TOWN, 45.0, 2021), _target(TOWN, 52.0, 2026), _target(_school(3), 60.0)])
    mixed = replace(whole, rows=whole.rows.sample(frac=1, random_state=1), targets=whole.targets.iloc[::-1])
    known, found = (measure(each, "school", 2023).estimates for each in (whole, mixed))
    pd.testing.assert_frame_equal(known, found, rtol=1e-7)


def test_five_thousand_schools_are_judged_in_a_moment() -> None:
    random = np.random.default_rng(1)
    n = random.integers(10, 121, 5000)
    whole = _observations(random.normal(50, 3, (5000, 12)), n, [_target(TOWN, 50.0, 2026)])
    measure(whole, "school", 2023)
    start = time.perf_counter()
    measure(whole, "school", 2023)
    assert time.perf_counter() - start < 2.0


def _kept_promises(chance: np.ndarray, truly: np.ndarray) -> None:
    """Of the units given about that probability, about that share meets the target."""
    for low in np.arange(0.05, 0.95, 0.1):
        inside = (chance >= low) & (chance < low + 0.1)
        assert inside.sum() > 300
        assert truly[inside].mean() == pytest.approx(chance[inside].mean(), abs=0.04)


@pytest.mark.slow
@pytest.mark.parametrize("known_n", [True, False])
def test_of_schools_given_four_chances_in_five_four_in_five_truly_meet_the_target(known_n: bool) -> None:
    chance, truly = [], []
    for seed in range(12):
        random = np.random.default_rng(seed)
        n, truth = random.integers(8, 121, 1000), random.normal(50, 2.5, 1000)
        values = truth[:, None] + random.normal(0, 10 / np.sqrt(n)[:, None], (1000, 8))
        whole = _observations(values, n, [_target(TOWN, 51.0)])
        whole = whole if known_n else replace(whole, rows=whole.rows.assign(n=np.nan, se=np.nan))
        chance.append(measure(whole, "school", 2023).estimates["probability_now"].to_numpy(float))
        truly.append(truth >= 51.0)
    _kept_promises(np.concatenate(chance), np.concatenate(truly))


@pytest.mark.slow
def test_the_probability_of_the_targets_year_holds_when_trends_go_on() -> None:
    chance, truly = [], []
    for seed in range(12):
        random = np.random.default_rng(100 + seed)
        n, truth, slope = random.integers(8, 121, 1000), random.normal(50, 2.5, 1000), random.normal(0.1, 0.4, 1000)
        years = np.arange(7) - 6
        values = truth[:, None] + slope[:, None] * years + random.normal(0, 10 / np.sqrt(n)[:, None], (1000, 7))
        found = measure(_observations(values, n, [_target(TOWN, 51.0, 2026)]), "school", 2023).estimates
        chance.append(found["probability_due"].to_numpy(float))
        truly.append(truth + 3 * slope >= 51.0)
    _kept_promises(np.concatenate(chance), np.concatenate(truly))
