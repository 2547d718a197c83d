"""Where is it heading? Known futures, the fan, and the words."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses.forecast import RECORD
from analysis.analyses.forecast.measure import measure
from analysis.analyses.wording import LANGUAGES
from analysis.model.observations import Observations

SCHOOL = "se:school:1"
NOT_WORDS = re.compile(r"\bnan\b|\binf\b|[{}]")
CAUSES = re.compile(r"effekt|ledde till|beror på|orsak|førte til|skyldes|årsak|effect|\bcause|led to|because of", re.I)


def _many(made, *, years: int, units: int = 40, slope: float = 0.0, seed: int = 1, slope_sd: float = 0.0,
          middle: float = 220.0) -> Observations:  # fmt: skip
    random = np.random.default_rng(seed)
    values, sizes = {}, random.integers(15, 120, units)
    for place in range(units):
        own, level = slope + random.normal(0, slope_sd) if slope_sd else slope, random.normal(middle, 15)
        sd = 60 / np.sqrt(sizes[place])
        values[f"se:school:{place + 1}"] = {
            2014 + step: level + own * step + random.normal(0, sd) for step in range(years)
        }
    observations = made(values, breaks=())
    n = observations.rows["unit_id"].map(dict(zip(values, sizes, strict=True))).astype(float)
    return replace(observations, rows=observations.rows.assign(n=n))


def test_a_steep_common_rise_is_expected_to_go_on(made) -> None:
    result = measure(_many(made, years=8, slope=25.0, middle=110.0), "school", 2021)
    found = result.estimates
    large = found["smallest_n"] >= 60
    assert (found.loc[large, "verdict"] == "likely_higher").mean() > 0.9 and large.sum() > 15
    np.testing.assert_allclose((found["later"] - found["next"]).median(), 25.0, atol=2.0)
    falling = measure(_many(made, years=8, slope=-20.0), "school", 2021).estimates
    assert (falling.loc[large, "verdict"] == "likely_lower").mean() > 0.8


def test_the_difference_is_the_prediction_interval_minus_the_known_value(made) -> None:
    found = measure(_many(made, years=6), "school", 2019).estimates
    np.testing.assert_allclose(found["low"], found["next_low"] - found["value"])
    np.testing.assert_allclose(found["high"], found["next_high"] - found["value"])
    assert ((found["verdict"] == "likely_higher") == (found["low"] > 0)).all()
    assert ((found["verdict"] == "likely_lower") == (found["high"] < 0)).all()
    assert (found["later_high"] - found["later_low"] > found["next_high"] - found["next_low"]).all()


def test_a_single_school_by_hand(made) -> None:
    rows = {"no:school:1": {year: value for year, value in zip(range(2016, 2020), (50, 52, 51, 53), strict=True)}}
    found = measure(made(rows, id="np5_reading", n=np.nan), "school", 2019).estimates.iloc[0]
    # slope .8, residual variance .9 on 2 df; at 2020: 51.5 + .8·2.5, variance .9(1/4 + 1) + (.9/5)·2.5²
    assert found["next"] == pytest.approx(53.5)
    assert found["se"] == pytest.approx(np.sqrt(0.9 * 1.25 + 0.9 / 5 * 6.25))
    assert found["next_high"] == pytest.approx(53.5 + 4.302653 * found["se"], abs=1e-4)


def test_three_years_are_too_few(made) -> None:
    result = measure(made({SCHOOL: {2021: 200, 2022: 210, 2023: 220}}), "school", 2023)
    assert result.estimates.loc[SCHOOL, ["verdict", "reason"]].tolist() == ["too_few", "too_few"]
    assert "3 läsår" in RECORD.say(result, SCHOOL, "sv").sentence
    assert RECORD.draw([result], SCHOOL, "sv") is None
    assert np.isnan(result.estimates.loc[SCHOOL, "next"])


def test_nothing_is_expected_without_the_newest_value(made) -> None:
    values = {year: 200.0 + year % 3 for year in range(2016, 2023)}
    rows = {SCHOOL: values | {2023: "withheld"}, "se:school:2": values}
    found = measure(made(rows), "school", 2023).estimates
    assert found["verdict"].tolist() == ["withheld", "missing"] and found["next"].isna().all()


def test_years_before_a_break_are_not_used(made) -> None:
    rows = {"no:school:1": {year: 40.0 + year % 2 for year in range(2016, 2021)} | {2022: 55.0, 2023: 55.0, 2024: 56.0}}
    found = measure(made(rows, id="np5_reading", se=0.4), "school", 2024).estimates.iloc[0]
    assert found["verdict"] == "too_few" and found["years"] == 3


def test_a_level_without_any_row_has_no_estimates(made) -> None:
    assert len(measure(made({SCHOOL: {2023: 200.0}}), "region", 2023).estimates) == 0


def test_a_share_is_not_expected_beyond_a_hundred(made) -> None:
    rows = {
        f"se:school:{place}": {year: 88.0 + 2.5 * (year - 2019) for year in range(2019, 2024)} for place in range(12)
    }
    found = measure(made(rows, id="eligible_vocational", breaks=()), "school", 2023).estimates
    assert (found[["next", "next_high", "later", "later_high"]] <= 100).all(axis=None)


def test_later_years_are_not_used(made) -> None:
    observations = _many(made, years=10)
    early = measure(observations, "school", 2019)
    cut = replace(observations, rows=observations.rows[observations.rows["year"] <= 2019].reset_index(drop=True))
    pd.testing.assert_frame_equal(early.estimates, measure(cut, "school", 2019).estimates)
    assert early.series["year"].max() == 2019


def test_order_and_names_of_units_do_not_matter(made) -> None:
    observations = _many(made, years=6)
    mixed = replace(observations, rows=observations.rows.sample(frac=1, random_state=1).reset_index(drop=True))
    known, found = (measure(each, "school", 2019).estimates for each in (observations, mixed))
    pd.testing.assert_frame_equal(known, found, rtol=1e-9)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_is_worded(made, many: Observations, lang: str) -> None:
    results = [measure(_many(made, years=8, slope=slope), "school", 2021) for slope in (-20.0, 0.0)]
    results += [measure(_many(made, years=8, slope=25.0, middle=110.0), "school", 2021), measure(many, "school", 2023)]
    spoken = set()
    for result in results:
        for unit in result.estimates.index:
            said = RECORD.say(result, unit, lang)
            spoken.add(said.verdict)
            texts = [said.headline, said.sentence, said.brief, RECORD.describe([result], unit, lang)]
            texts.append(RECORD.explain(result, unit, lang))
            assert all(texts) and not any(NOT_WORDS.search(each) or CAUSES.search(each) for each in texts)
            assert said.brief.startswith(said.headline) and len(said.headline) <= 90 and 0 <= said.weight <= 1
            assert RECORD.tabulate([result], unit, lang).columns
    assert spoken >= {"likely_higher", "likely_lower", "cannot_tell", "withheld", "missing"}


def test_the_direction_decides_what_is_good(made) -> None:
    observations = _many(made, years=8, slope=25.0, middle=110.0)
    turned = replace(observations, indicator=replace(observations.indicator, direction="lower_better"))
    good = [RECORD.say(measure(each, "school", 2021), SCHOOL, "sv").good for each in (observations, turned)]
    assert good == [True, False]


def test_the_figure_shows_two_coming_years_as_a_dashed_line_with_bands(made) -> None:
    result = measure(_many(made, years=8, slope=10.0), "school", 2021)
    figure = RECORD.draw([result], SCHOOL, "sv")
    panel = figure.axes[0]
    dashed = next(line for line in panel.lines if line.get_label() == "Väntat om utvecklingen fortsätter")
    row = result.estimates.loc[SCHOOL]
    assert dashed.get_xdata().tolist() == [2021, 2022, 2023] and dashed.get_linestyle() == "--"
    np.testing.assert_allclose(dashed.get_ydata(), row[["value", "next", "later"]].to_numpy(float))
    bands = {each.get_label() for each in panel.collections}
    assert {f"{share}\N{NO-BREAK SPACE}% prognosintervall" for share in (80, 95)} <= bands


def test_the_table_ends_with_the_coming_years(made) -> None:
    result = measure(_many(made, years=8), "school", 2021)
    rows = RECORD.tabulate([result], SCHOOL, "nb").rows
    assert [row[1] for row in rows[-2:]] == ["2022/23", "2023/24"] and rows[-1][5] == "publiseres senere"
    assert rows[-2][2] == pytest.approx(result.estimates.loc[SCHOOL, "next"])


@pytest.mark.slow
@pytest.mark.parametrize("known_n", [True, False])
@pytest.mark.parametrize("slope_sd", [0.0, 3.0])
@pytest.mark.parametrize("years", [4, 6, 10])
def test_the_prediction_interval_covers_the_coming_years(made, years: int, slope_sd: float, known_n: bool) -> None:
    observations = _many(made, years=years + 2, units=1500, slope_sd=slope_sd, seed=years)
    if not known_n:
        observations = replace(observations, rows=observations.rows.assign(n=np.nan))
    last = 2014 + years - 1
    found = measure(observations, "school", last).estimates
    truth = observations.rows.pivot(index="unit_id", columns="year", values="value").reindex(found.index)
    covered = {
        name: ((found[f"{name}_low"] <= truth[last + step]) & (truth[last + step] <= found[f"{name}_high"])).mean()
        for name, step in (("next", 1), ("later", 2))
    }
    print(f"{years} years, slopes' sd {slope_sd}, n known {known_n}: covered {covered}")
    assert all(0.93 <= each <= 0.975 for each in covered.values())


@pytest.mark.slow
def test_who_is_expected_to_rise_or_fall_does_so(made) -> None:
    observations = _many(made, years=11, units=3000, seed=21)
    found = measure(observations, "school", 2023).estimates
    change = observations.rows[observations.rows["year"] == 2024].set_index("unit_id")["value"] - found["value"]
    up, down = (found["verdict"] == verdict for verdict in ("likely_higher", "likely_lower"))
    shares = (change[up] > 0).mean(), (change[down] < 0).mean()
    print(f"expected higher: {up.sum()}, came true {shares[0]:.3f}; lower: {down.sum()}, came true {shares[1]:.3f}")
    assert up.sum() > 20 and down.sum() > 20
    assert min(shares) > 0.93
