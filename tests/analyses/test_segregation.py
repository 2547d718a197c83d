"""How are the pupils spread over the schools?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses.segregation import RECORD
from analysis.analyses.segregation.measure import measure
from analysis.analyses.wording import LANGUAGES
from analysis.catalogue import indicator
from analysis.model.observations import ROW_COLUMNS, Observations
from analysis.statistics.segregation import segregation

COUNTY, YEARS = "se:region:99", range(2016, 2024)


def town(place: int) -> str:
    return f"se:municipality:{9901 + place}"


def made_county(shares: dict[int, np.ndarray], n: float = 400.0, **changes: object) -> Observations:
    """Towns of schools: for each town the schools' shares in per cent, years down and schools across; NaN withheld."""
    units = [[COUNTY, "region", "Länet", None, None]]
    rows = []
    for place, yearly in shares.items():
        units.append([town(place), "municipality", f"Staden {place}", None, COUNTY])
        for which, column in enumerate(yearly.T):
            school = f"se:school:{place:04d}{which:04d}"
            units.append([school, "school", f"Skola {which}", town(place), COUNTY])
            for year, value in zip(YEARS, column, strict=True):
                status = "given" if np.isfinite(value) else "withheld"
                rows.append([school, "school", year, "all", value, status, "", n, np.nan, "made", "official", 1.0])
    frame = pd.DataFrame(units, columns=["unit_id", "level", "name", "municipality_id", "region_id"])
    frame = frame.assign(country="se", code="", parent_id=None, nation_id=None, area_id=None, school_id=None)
    held = pd.DataFrame(rows, columns=list(ROW_COLUMNS))
    chosen = replace(indicator("foreign_background"), **changes)  # type: ignore[arg-type]
    return Observations(chosen, held, frame.set_index("unit_id"), pd.DataFrame({"unit_id": [], "year": []}))


def by_lot(schools: int, n: int, seed: int) -> np.ndarray:
    """Shares of schools whose pupils are drawn by lot, 30 per cent in the group, the same pupils every year."""
    return np.tile(100 * np.random.default_rng(seed).binomial(n, 0.3, schools) / n, (len(YEARS), 1))


@pytest.fixture
def county() -> Observations:
    """0 grows apart, 1 grows together, 2 is uneven and stays, 3 is by lot, 4 has three schools, 5 lacks figures."""
    wide, steps = np.array([-20.0, -12, -5, 5, 12, 20]), np.arange(len(YEARS))[:, None]
    stays = np.tile(40 + wide, (len(YEARS), 1))
    lacking = stays.copy()
    lacking[:, :3] = np.nan
    return made_county(
        {
            0: 40 + wide * (0.4 + 0.12 * steps), 1: 40 + wide * (1.24 - 0.12 * steps), 2: stays,
            3: by_lot(6, 400, 5), 4: stays[:, :3], 5: lacking,
        }
    )  # fmt: skip


def test_rising_falling_unchanged_and_by_lot_are_told_apart(county: Observations) -> None:
    found = measure(county, "municipality", 2023).estimates
    assert found["verdict"].tolist()[:4] == ["rising", "falling", "no_certain_change", "indistinguishable_from_random"]
    assert (found["slope_low"] > 0).tolist() == [True] + [False] * 5
    assert found["reason"].tolist()[4:] == ["few_schools", "few_schools"]


def test_the_index_is_that_of_the_counts(county: Observations) -> None:
    row = measure(county, "municipality", 2023).estimates.loc[town(2)]
    members = np.round(np.array([20, 28, 35, 45, 52, 60]) / 100 * 400)
    known = segregation(members, 400 - members)
    assert row["counted"] == pytest.approx(known.dissimilarity.counted)
    assert row["estimate"] == pytest.approx(known.dissimilarity.beyond_chance)
    for name in ("isolation", "eta2", "entropy"):
        assert row[name] == pytest.approx(getattr(known, name).beyond_chance)
    assert (row["schools"], row["n"], row["value"]) == (6, 2400, pytest.approx(40))
    assert np.isnan(row["entropy_between"])


def test_a_countys_entropy_is_split_between_and_within_municipalities(county: Observations) -> None:
    row = measure(county, "region", 2023).estimates.loc[COUNTY]
    assert row["entropy"] == pytest.approx(row["entropy_between"] + row["entropy_within"])
    assert row["entropy_within"] > row["entropy_between"]
    assert "mellan kommunerna" in RECORD.explain(measure(county, "region", 2023), COUNTY, "sv")


def test_withheld_schools_are_left_out_and_said(county: Observations) -> None:
    result = measure(county, "region", 2023)
    assert result.estimates.loc[COUNTY, ["schools", "schools_missing"]].tolist() == [30, 3]
    assert result.estimates.loc[COUNTY, "pupils_covered"] == pytest.approx(30 / 33)
    said = RECORD.say(result, COUNTY, "sv").sentence
    assert "3 av 33 skolor saknar publicerad uppgift" in said and "90 % av eleverna" in said.replace("\xa0", " ")


def test_a_year_where_few_pupils_are_covered_is_not_measured() -> None:
    shares = np.tile(np.linspace(10, 70, 8), (len(YEARS), 1))
    shares[:, :2] = np.nan
    row = measure(made_county({0: shares}), "municipality", 2023).estimates.iloc[0]
    assert (row["verdict"], row["reason"]) == ("too_few", "low_coverage") and np.isnan(row["estimate"])
    shares[:2] = np.linspace(10, 70, 8)
    shares[2:, :2] = shares[0, :2]
    shares[3, :2] = np.nan
    row = measure(made_county({0: shares}), "municipality", 2023).estimates.iloc[0]
    assert row["years"] == len(YEARS) - 1 and row["verdict"] == "no_certain_change"


def test_too_few_of_either_kind_give_no_index() -> None:
    none = np.full((len(YEARS), 5), 0.1)
    row = measure(made_county({0: none}), "municipality", 2023).estimates.iloc[0]
    assert (row["verdict"], row["reason"]) == ("too_few", "few_members")


def test_withheld_and_missing_are_never_mixed_up() -> None:
    hidden = made_county({0: np.full((len(YEARS), 5), np.nan)})
    result = measure(hidden, "municipality", 2023)
    assert result.estimates["verdict"].tolist() == ["withheld"]
    assert "skyddad" in RECORD.say(result, town(0), "sv").sentence
    absent = replace(hidden, rows=hidden.rows.assign(status="missing"))
    assert measure(absent, "municipality", 2023).estimates["verdict"].tolist() == ["missing"]


def test_towns_whose_pupils_are_drawn_by_lot_are_seldom_called_uneven() -> None:
    towns = {place: by_lot(5, 300, place) for place in range(150)}
    found = measure(made_county(towns, n=300.0), "municipality", 2023).estimates
    assert (found["low"] > 0).mean() <= 0.06 and abs(found["estimate"].mean()) < 0.01
    assert (found["counted"].mean()) > 0.03
    assert found["verdict"].isin(["rising", "falling"]).sum() == 0


def test_years_after_the_one_asked_for_are_not_used(county: Observations) -> None:
    early = measure(county, "municipality", 2020)
    assert early.series["year"].max() == 2020 and early.estimates["last_year"].max() == 2020


def test_there_is_nothing_to_spread_in_a_school_or_for_points(county: Observations, many: Observations) -> None:
    assert len(measure(county, "school", 2023).estimates) == 0
    assert len(measure(many, "municipality", 2023).estimates) == 0


def test_the_order_of_rows_does_not_matter_and_nothing_is_changed(county: Observations) -> None:
    before = county.rows.copy()
    known = measure(county, "municipality", 2023).estimates
    mixed = replace(county, rows=county.rows.sample(frac=1, random_state=1).reset_index(drop=True))
    pd.testing.assert_frame_equal(measure(mixed, "municipality", 2023).estimates, known, rtol=1e-7)
    pd.testing.assert_frame_equal(county.rows, before)


def test_no_school_is_named(county: Observations) -> None:
    result = measure(county, "municipality", 2023)
    assert not result.series["unit_id"].str.contains("school").any()
    figure = RECORD.draw([result], town(0), "sv")
    assert all("Skola" not in text.get_text() for axes in figure.axes for text in axes.texts)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("level", ["municipality", "region"])
def test_every_unit_is_answered_in_every_language(county: Observations, level: str, lang: str) -> None:
    result = measure(county, level, 2023)
    for unit in result.estimates.index:
        said = RECORD.say(result, unit, lang)
        texts = [said.headline, said.sentence, said.brief, RECORD.describe([result], unit, lang)]
        texts.append(RECORD.explain(result, unit, lang))
        assert said.brief.startswith(said.headline) and len(said.headline) <= 90 and 0 <= said.weight <= 1
        assert said.verdict == result.estimates.at[unit, "verdict"] and said.good is None
        assert all(texts) and not any(word in text for text in texts for word in ("nan", "{", "}", " inf"))
        assert RECORD.tabulate([result], unit, lang).rows


def test_a_figure_has_dots_and_years_beside_each_other(county: Observations) -> None:
    result = measure(county, "municipality", 2023)
    figure = RECORD.draw([result] * 4, town(0), "en")
    assert sum(axes.get_visible() for axes in figure.axes) == 6
    assert RECORD.draw([result], town(4), "en") is None
