"""The trend beside other units', three years as one, a change of level, and many looks counted."""

import numpy as np
import pandas as pd
import pytest

from analysis.analyses import analysis
from analysis.analyses.trend.measure import measure
from analysis.analyses.wording import LANGUAGES
from analysis.model.observations import Observations

SCHOOL = "se:school:1"


def _level(made, units: int = 40, years: int = 5, *, slope: float = 2.0, n: float = 60.0, **changes) -> Observations:
    random = np.random.default_rng(3)
    values = {
        f"se:school:{place}": {
            year: 200 + slope * (year - 2023) + random.normal(0, 60 / np.sqrt(n)) for year in range(2024 - years, 2024)
        }
        for place in range(1, units + 1)
    }
    return made(values, n=n, **changes)


def test_a_slope_is_drawn_towards_the_common_one(made) -> None:
    result = measure(_level(made), "school", 2023)
    found, common = result.estimates, float(str(result.details["common_slope"]))
    assert common == pytest.approx(2.0, abs=1.0) and result.details["pooled_units"] == 40
    assert np.all((found["shrinkage_weight"] > 0) & (found["shrinkage_weight"] < 1))
    kept = common + found["shrinkage_weight"] * (found["estimate"] - common)
    doubt = float(str(result.details["common_slope_se"]))
    assert np.all(np.abs(found["shrunken"] - kept) < doubt)  # what is common is not the same for every spread
    assert (found["shrunken_high"] - found["shrunken_low"]).mean() < (found["high"] - found["low"]).mean()


def test_nine_units_have_no_common_slope(made) -> None:
    result = measure(_level(made, 9), "school", 2023)
    assert result.estimates["shrunken"].isna().all() and result.estimates["estimate"].notna().all()
    assert "den gemensamma" not in analysis("trend").explain(result, SCHOOL, "sv")


def test_raw_and_drawn_slope_stand_in_the_table_and_in_the_method(made) -> None:
    result = measure(_level(made), "school", 2023)
    row = result.estimates.loc[SCHOOL]
    cells = analysis("trend").tabulate([result], SCHOOL, "en").rows
    names = [str(each[0]) for each in cells[-3:]]
    assert "own school years" in names[0] and "drawn towards the common one" in names[1] and "3–2–1" in names[2]
    weight = f"{100 * row['shrinkage_weight']:.0f}"
    assert f"({weight}% kept)" in names[1]
    explained = analysis("trend").explain(result, SCHOOL, "en")
    assert "drawn towards the common one" in explained and "for the level's 40 units" in explained
    assert "stand in the table" in explained


def test_three_years_weigh_three_two_and_one(made) -> None:
    result = measure(made({SCHOOL: {2021: 200, 2022: 210, 2023: 230}}, n=25), "school", 2023)
    found = result.estimates.loc[SCHOOL]
    # by hand: (3·230 + 2·210 + 200)/6, variance (9 + 4 + 1)/36 of one cohort's, which is own scatter on 1 df
    assert found["pooled"] == pytest.approx(1310 / 6) and found["pooled_n"] == 75
    variance = 10.0**2 / 6
    reach = 12.70620 * np.sqrt(14 / 36 * variance)
    assert found["pooled_high"] - found["pooled"] == pytest.approx(reach, rel=1e-3)


@pytest.mark.parametrize(("years", "expected"), [((2021, 2023), 222.5), ((2022, 2023), 222.0), ((2023,), np.nan)])
def test_two_of_three_years_are_enough(made, years, expected) -> None:
    values = {2021: 200, 2022: 210, 2023: 230}
    found = measure(made({SCHOOL: {year: values[year] for year in years}}), "school", 2023).estimates.loc[SCHOOL]
    assert found["pooled"] == pytest.approx(expected, nan_ok=True)


def test_years_before_a_break_are_not_pooled(made) -> None:
    values = {"no:school:1": {2020: 40.0, 2021: 40.0, 2022: 50.0, 2023: 52.0}}
    found = measure(made(values, id="np5_reading", se=0.5), "school", 2023).estimates.iloc[0]
    assert found["pooled"] == pytest.approx((3 * 52 + 2 * 50) / 5)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_three_years_are_said_only_when_the_newest_has_few_pupils(made, lang: str) -> None:
    few, many = (_level(made, 12, n=n) for n in (29.0, 30.0))
    said = [analysis("trend").say(measure(each, "school", 2023), SCHOOL, lang).sentence for each in (few, many)]
    assert "3–2–1" in said[0] and "29" in said[0] and "3–2–1" not in said[1]


def test_an_unknown_number_of_pupils_makes_the_sum_unknown(made) -> None:
    observations = _level(made, 3, n=29.0)
    rows = observations.rows.assign(n=observations.rows["n"].where(observations.rows["year"] != 2022))
    found = measure(made_of(observations, rows), "school", 2023).estimates
    assert found["pooled_n"].isna().all() and found["pooled"].notna().all()


def made_of(observations: Observations, rows: pd.DataFrame) -> Observations:
    from dataclasses import replace

    return replace(observations, rows=rows)


def _steps(made, years: int = 10, size: float = 60.0) -> Observations:
    random = np.random.default_rng(5)
    first = 2024 - years
    values = {
        f"se:school:{place}": {year: 200 + random.normal(0, 7) for year in range(first, 2024)} for place in range(1, 31)
    }
    values[SCHOOL] = {year: value + size * (year >= 2019) for year, value in values[SCHOOL].items()}
    values["se:school:2"] = {year: value + 12.0 * (year - first) for year, value in values["se:school:2"].items()}
    return made(values)


def test_a_change_of_level_is_found_in_its_year_and_said_with_its_size(made) -> None:
    result = measure(_steps(made), "school", 2023)
    found = result.estimates.loc[SCHOOL]
    assert found["change_year"] == 2019 and found["change_p"] < 0.01
    assert found["change_size"] == pytest.approx(60, abs=10)
    said = {lang: analysis("trend").say(result, SCHOOL, lang).sentence for lang in LANGUAGES}
    assert "Från och med läsåret 2019/20 ligger värdena högre än dessförinnan" in said["sv"]
    assert "Fra og med skoleåret 2019/20 ligger verdiene høyere enn før" in said["nb"]
    assert "From the school year 2019/20 on, the values lie higher than before" in said["en"]
    down = measure(_steps(made, size=-60.0), "school", 2023)
    assert "lägre än dessförinnan" in analysis("trend").say(down, SCHOOL, "sv").sentence


def test_a_change_is_marked_in_the_figure(made) -> None:
    result = measure(_steps(made), "school", 2023)
    figure = analysis("trend").draw([result], SCHOOL, "en")
    marks = [line for line in figure.axes[0].lines if line.get_label() == "a new level begins"]
    assert len(marks) == 1 and set(marks[0].get_xdata()) == {2018.5}


def test_a_steady_rise_is_a_trend_and_not_a_change_of_level(made) -> None:
    found = measure(_steps(made), "school", 2023).estimates.loc["se:school:2"]
    assert found["verdict"] == "rise" and found["change_p"] < 0.05 and np.isnan(found["change_year"])


def test_seven_years_are_too_few_for_a_change_of_level(made) -> None:
    result = measure(_steps(made, years=7), "school", 2023)
    assert result.estimates["change_p"].isna().all() and result.details["change_tested"] == 0
    assert "sup-F" not in analysis("trend").explain(result, SCHOOL, "en")


def test_many_looks_are_counted(made, many: Observations) -> None:
    details = measure(many, "school", 2023).details
    assert 2 <= int(str(details["flagged_fdr"])) <= int(str(details["flagged"])) <= int(str(details["tested"]))
    stable = measure(_level(made, 60, slope=0.0), "school", 2023).details
    assert stable["flagged_fdr"] == 0


def _stable(made, scale: str, schools: int, seed: int) -> Observations:
    """Schools of 5 to 120 pupils and five years with nothing but chance in them."""
    random = np.random.default_rng(seed)
    id, middle, sd = {"points": ("merit_value", 220.0, 60.0), "scale": ("np8_reading", 50.0, 10.0)}[scale]
    country = "se" if scale == "points" else "no"
    sizes = random.integers(5, 121, schools)
    values = {
        f"{country}:school:{place}": {year: middle + random.normal(0, sd / np.sqrt(size)) for year in range(2019, 2024)}
        for place, size in enumerate(sizes)
    }
    rows = made(values, id=id, breaks=(), rounding=0.1, decimals=1)
    n = rows.rows["unit_id"].map(dict(zip(values, sizes, strict=True))).astype(float)
    return made_of(rows, rows.rows.assign(n=n, se=sd / np.sqrt(n) if scale == "scale" else np.nan))


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "threshold"), [("scale", 0.5), ("points", 3.0)])
def test_a_fixed_threshold_would_have_called_many_stable_schools_changed(made, scale: str, threshold: float) -> None:
    """±0.5 scale points a year; the same share of a pupil's standard deviation in merit value is ±3 points."""
    found = measure(_stable(made, scale, 1000, 11), "school", 2023).estimates
    ours = found["verdict"].isin(["rise", "fall"]).mean()
    fixed = (found["estimate"].abs() >= threshold).mean()
    print(f"{scale}: of 1,000 stable schools the interval flags {ours:.1%}, the rule ±{threshold:g} a year {fixed:.1%}")
    assert ours <= 0.05 and fixed > 0.25


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["scale", "points"])
def test_pooled_slopes_of_stable_schools_exclude_zero_at_most_one_time_in_twenty(made, scale: str) -> None:
    found = measure(_stable(made, scale, 1000, 12), "school", 2023).estimates
    assert ((found["shrunken_low"] > 0) | (found["shrunken_high"] < 0)).mean() <= 0.05
