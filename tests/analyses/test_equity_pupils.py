"""Is it the same for everyone, asked of pupils: gaps between groups, whether they close, and what they go with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses import analysis
from analysis.analyses.equity.measure import measure
from analysis.analyses.equity.pairs import GAP_COLUMNS
from analysis.analyses.equity.scan import scan_of
from analysis.analyses.wording import LANGUAGES
from analysis.catalogue import indicator
from analysis.model.observations import PUPIL_COLUMNS, ROW_COLUMNS, Observations

TOWN, COUNTY = "se:municipality:9999", "se:region:99"
YEARS = range(2018, 2024)


def school(place: int) -> str:
    return f"se:school:{place:08d}"


def pupils_of(
    schools: int = 6, n: int = 60, seed: int = 1, closing: float = 0.0, between: float = 10.0, **gaps: float
) -> pd.DataFrame:
    """Pupils (standard deviation 50) with known gaps: ``girls``, ``foreign``, ``newly``, ``education``, ``support``.

    ``closing`` points a year are taken from the girls' lead from the second year on.
    """
    random = np.random.default_rng(seed)
    rows = schools * len(YEARS) * n
    place, year = np.repeat(np.arange(schools), len(YEARS) * n), np.tile(np.repeat(np.array(YEARS), n), schools)
    is_girl, origin = random.random(rows) < 0.5, random.choice(3, rows, p=[0.6, 0.28, 0.12])
    education = random.choice([1.0, 2.0, 3.0], rows) - 0.0
    education = np.where((origin > 0) & (random.random(rows) < 0.4), 1.0, education)
    support = random.random(rows) < 0.25
    level = random.normal(0, between, schools)[place]
    lead = gaps.get("girls", 0.0) - closing * (year - YEARS[0])
    value = 220 + level + random.normal(0, 50, rows) + lead * is_girl + gaps.get("support", 0.0) * support
    value += gaps.get("foreign", 0.0) * (origin > 0) + gaps.get("newly", 0.0) * (origin == 2)
    value += gaps.get("education", 0.0) * (education - 2)
    frame = pd.DataFrame(
        {
            "year": year, "grade": 9, "group_id": [f"se:group:{p}-{y}" for p, y in zip(place, year, strict=True)],
            "team_id": "", "school_id": [school(each) for each in place], "area_id": "", "municipality_id": TOWN,
            "sex": np.where(is_girl, "girl", "boy"), "parents_education": education,
            "origin": np.array(["domestic", "foreign_background", "newly_arrived"])[origin],
            "support": support, "value": value, "prior": np.nan,
        }
    )  # fmt: skip
    return frame[list(PUPIL_COLUMNS)]


def observed(pupils: pd.DataFrame, **changes: object) -> Observations:
    """The pupils with one row per school and year made of them, and the town's and county's rows."""
    by_level = {"school": pupils["school_id"], "municipality": pupils["municipality_id"]}
    frames = []
    for level, unit in by_level.items():
        cells = pupils.groupby([unit.rename("unit_id"), "year"])["value"].agg(value="mean", n="size").reset_index()
        frames.append(cells.assign(level=level))
    rows = pd.concat(frames, ignore_index=True)
    rows = rows.assign(group="all", status="given", mark="", se=np.nan, source="made", origin="computed", coverage=1.0)
    rows = rows[list(ROW_COLUMNS)].astype({"n": float}).sort_values(["unit_id", "group", "year"], ignore_index=True)
    schools = sorted(set(pupils["school_id"]))
    units = [
        (COUNTY, "region", "Länet", None, None, COUNTY, None),
        (TOWN, "municipality", "Staden", COUNTY, TOWN, COUNTY, None),
    ]
    units += [(each, "school", f"Skola {each[-2:]}", TOWN, TOWN, COUNTY, each) for each in schools]
    names = ["unit_id", "level", "name", "parent_id", "municipality_id", "region_id", "school_id"]
    frame = pd.DataFrame(units, columns=names).assign(
        country="se", code="1", nation_id=None, team_id=None, area_id=None
    )
    chosen = replace(indicator("merit_value"), **{"breaks": (), "pupil_sd": None, **changes})  # type: ignore[arg-type]
    nothing = pd.DataFrame({"unit_id": [], "year": []})
    return Observations(chosen, rows, frame.set_index("unit_id"), nothing, pupils=pupils)


@pytest.fixture(scope="module")
def town() -> Observations:
    """Six schools with gaps of 40 (girls), -15 and -30 more (origin), 15 a step (education) and -40 (support)."""
    return observed(
        pupils_of(n=120, girls=40.0, foreign=-15.0, newly=-30.0, education=15.0, support=-40.0, closing=5.0)
    )


def _gap(observations: Observations, level: str, unit: str, pair: str) -> pd.Series:
    gaps = measure(observations, level, 2023).details["gaps"]
    return gaps[(gaps["unit_id"] == unit) & (gaps["pair"] == pair)].iloc[0]


def test_a_gap_between_pupils_is_welchs_difference(town: Observations) -> None:
    from scipy import stats

    now = town.pupils[(town.pupils["year"] == 2023) & (town.pupils["school_id"] == school(0))]
    girls, boys = (now.loc[now["sex"] == sex, "value"] for sex in ("girl", "boy"))
    known = stats.ttest_ind(girls, boys, equal_var=False)
    found = _gap(town, "school", school(0), "sex")
    ends = known.confidence_interval(0.95)
    assert (found["low"], found["high"], found["p_value"]) == pytest.approx((ends.low, ends.high, known.pvalue))
    assert found["smallest_n"] == min(len(girls), len(boys))
    assert found["relative"] == pytest.approx(100 * (girls.mean() / boys.mean() - 1))
    sd = town.pupils.loc[town.pupils["year"] == 2023, "value"].std()
    assert found["standardised"] == pytest.approx(found["gap"] / sd)


@pytest.mark.parametrize(("pair", "truth"), [("sex", 15.0), ("support", -40.0), ("newly_arrived", -52.5)])
def test_the_towns_gaps_are_recovered(town: Observations, pair: str, truth: float) -> None:
    """The girls' lead has closed to 15; newly arrived lack 45 points of their own and half a step of education."""
    found = _gap(town, "municipality", TOWN, pair)
    assert abs(found["gap"] - truth) < 3.5 * found["se"] and found["low"] < found["gap"] < found["high"]


def test_a_closing_gap_is_found_and_said(town: Observations) -> None:
    found = _gap(town, "municipality", TOWN, "sex")
    assert found["change"] == "closing" and found["slope_low"] < -5 < found["slope_high"]
    for lang, word in (("sv", "minskar med"), ("nb", "minker med"), ("en", "shrinks by")):
        said = analysis("equity").say(measure(town, "municipality", 2023), TOWN, lang).sentence
        assert word in said and "2018/19" in said


def test_a_school_with_pupils_needs_no_figures_by_sex(town: Observations) -> None:
    found = measure(town, "school", 2023).estimates
    assert found["verdict"].isin(["girls_ahead", "boys_ahead", "no_certain_gap"]).all()
    assert (found["years"] == 1).all() and (found["gap_slope_years"] == 6).all()


def test_a_group_below_the_limit_is_withheld_and_leaves_no_number(town: Observations) -> None:
    result = measure(observed(pupils_of(n=30, support=-40.0)), "school", 2023)
    gaps = result.details["gaps"]
    small = gaps[gaps["status"] == "withheld"]
    assert len(small) and small[["gap", "low", "smallest_n", "p_value", "slope"]].isna().all(axis=None)
    assert (gaps.loc[gaps["status"] == "given", "smallest_n"] >= 10).all()
    unit = small.iloc[0]["unit_id"]
    cells = [cell for row in analysis("equity").tabulate([result], unit, "sv").rows for cell in row]
    assert "skyddad" in cells


def test_too_few_girls_and_girls_withheld_for_another_s_sake_are_said_in_the_same_words(town: Observations) -> None:
    few = measure(observed(_with_few_girls(town.pupils)), "school", 2023)
    hidden = pd.DataFrame({"unit_id": sorted(set(town.pupils["school_id"])), "group": "girls", "year": 2023})
    other = measure(replace(observed(town.pupils), hidden=hidden), "school", 2023)
    assert set(few.estimates["reason"]) == {"hidden_group"}
    record = analysis("equity")
    for lang, word in (("sv", "för att skydda"), ("nb", "for å skjerme"), ("en", "to protect individual pupils")):
        first, second = (record.say(each, school(0), lang) for each in (few, other))
        end = first.sentence.index(word)
        assert word in second.sentence and first.sentence[:end] == second.sentence[:end]
        assert (first.verdict, first.headline, first.brief) == (second.verdict, second.headline, second.brief)
    rows = [record.tabulate([each], school(0), "sv").rows[0] for each in (few, other)]
    assert rows[0] == rows[1] and "skyddad" in rows[0]


def _with_few_girls(pupils: pd.DataFrame) -> pd.DataFrame:
    order = pupils.groupby(["school_id", "year", "sex"]).cumcount()
    return pupils[(pupils["sex"] == "boy") | (order < 4)]


def test_a_small_group_of_newly_arrived_hides_every_gap_that_counts_them_in(town: Observations) -> None:
    order = town.pupils.groupby(["school_id", "year", "origin"]).cumcount()
    few = observed(town.pupils[(town.pupils["origin"] != "newly_arrived") | (order < 4)])
    background = measure(few, "school", 2023).details["background"]
    hidden = background[background["measure"].isin(["origin_gap", "with_education", "with_newly_arrived"])]
    assert set(hidden["reason"]) == {"withheld"} and hidden["value"].isna().all()
    assert (background.loc[background["measure"] == "gradient_slope", "reason"] == "").all()


def test_the_parts_of_the_gap_by_origin_sum_to_it(town: Observations) -> None:
    background = measure(town, "municipality", 2023).details["background"].set_index("measure")["value"]
    gap = background["origin_gap"]
    assert background["with_education"] + background["beside_education"] == pytest.approx(gap)
    both = background[["with_education_too", "with_newly_arrived", "beside_both"]].sum()
    assert both == pytest.approx(gap)
    assert background["gradient_slope"] > 0 > gap and 0 < background["resilient_share"] < 25


def test_the_scan_counts_every_gap_that_was_looked_at(town: Observations) -> None:
    one = measure(town, "municipality", 2023)
    other = replace(one, indicator=replace(one.indicator, id="another"))
    alone, both = scan_of([one], TOWN), scan_of([one, other], TOWN)
    assert (alone.looked_at, both.looked_at) == (5, 10) and both.by_chance == pytest.approx(0.5)
    assert alone.remains("merit_value", "support") is True and alone.remains("merit_value", "nothing") is None
    table = analysis("equity").tabulate([one, other], TOWN, "en")
    assert table.caption == "Differences between schools"
    assert table.note.startswith("Comparisons between groups that were examined: 10.")


def test_nothing_remains_of_gaps_that_are_not_there() -> None:
    empty = observed(pupils_of(schools=40, n=100, seed=5, between=0.0))
    result = measure(empty, "school", 2023)
    remaining = [scan_of([result], unit).remaining > 0 for unit in result.estimates.index]
    assert np.mean(remaining) <= 0.15


def test_the_share_between_schools_is_from_the_pupils_themselves(town: Observations) -> None:
    result = measure(town, "municipality", 2023)
    row = result.estimates.loc[TOWN]
    assert result.details["shares_of_pupils"] == (TOWN,)
    assert 0 <= row["between_low"] < row["between_share"] < row["between_high"] < 1
    assert "exakt för normalfördelade" in analysis("equity").explain(result, TOWN, "sv")


def test_percentages_of_pupils_are_never_certain_when_all_pass() -> None:
    pupils = pupils_of(n=120)
    all_pass = observed(pupils.assign(value=100.0), id="eligible_vocational", unit="percent", noise="binomial")
    found = _gap(all_pass, "school", school(0), "sex")
    assert found["gap"] == 0 and found["low"] < 0 < found["high"]


def test_a_level_below_the_school_without_groups_is_not_asked(town: Observations) -> None:
    bare = replace(town, pupils=town.pupils.iloc[:0])
    assert len(measure(bare, "group", 2023).estimates) == 0
    assert set(measure(bare, "school", 2023).estimates["verdict"]) == {"no_groups"}


def test_every_school_is_said_drawn_and_tabled_in_every_language(town: Observations) -> None:
    for level in ("school", "municipality", "region"):
        result = measure(town, level, 2023)
        assert list(result.details["gaps"].columns) == list(GAP_COLUMNS)
        for unit in result.estimates.index:
            for lang in LANGUAGES:
                chosen = analysis("equity")
                said = chosen.say(result, unit, lang)
                texts = [said.sentence, chosen.describe([result], unit, lang), chosen.explain(result, unit, lang)]
                assert not any("nan" in text.split() or "{" in text for text in texts)
                assert said.headline in texts[1] and chosen.tabulate([result], unit, lang).rows
        figure = analysis("equity").draw([result], result.estimates.index[0], "nb")
        assert len(figure.axes) == (1 if level == "school" else 2)


def test_the_order_of_pupils_does_not_matter(town: Observations) -> None:
    mixed = replace(town, pupils=town.pupils.sample(frac=1, random_state=1))
    known, found = (measure(each, "school", 2023) for each in (town, mixed))
    for name in ("gaps", "background"):
        frames = [each.details[name].sort_values(list(each.details[name].columns[:2])) for each in (known, found)]
        pd.testing.assert_frame_equal(*(each.reset_index(drop=True) for each in frames), rtol=1e-9)


def test_measuring_leaves_the_pupils_unchanged(town: Observations) -> None:
    before = town.pupils.copy()
    measure(town, "municipality", 2023)
    pd.testing.assert_frame_equal(before, town.pupils)
