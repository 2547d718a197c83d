"""Is it getting better?"""

import numpy as np
import pytest
from tests.analyses.conftest import MUNICIPALITY, REGION

from analysis.analyses import analysis
from analysis.analyses.trend.measure import measure
from analysis.model.observations import Observations


def test_a_rise_a_fall_and_no_certain_change_are_told_apart(many: Observations) -> None:
    found = measure(many, "school", 2023).estimates["verdict"]
    assert found.iloc[0] == "rise" and found.iloc[1] == "fall"
    assert (found.iloc[4:] == "no_certain_change").mean() > 0.9


def test_two_years_are_too_few(made) -> None:
    found = measure(made({"se:school:1": {2022: 200, 2023: 260}}), "school", 2023)
    assert found.estimates.loc["se:school:1", ["verdict", "reason"]].tolist() == ["too_few", "too_few"]
    assert "2 läsår" in analysis("trend").say(found, "se:school:1", "sv").sentence


def test_a_unit_of_unknown_size_is_judged_by_its_own_years(made) -> None:
    values = [50, 52, 51, 53]
    rows = {"no:school:1": dict(zip(range(2016, 2020), values, strict=True))}
    found = measure(made(rows, id="np5_reading", n=np.nan), "school", 2020).estimates.iloc[0]
    # by hand: slope .8, residual variance .9 on 2 df, Σ(x - x̄)² = 5, t(2) = 4.302653
    assert found["estimate"] == pytest.approx(0.8)
    assert found["se"] == pytest.approx(np.sqrt(0.9 / 5))
    assert found["high"] == pytest.approx(0.8 + 4.302653 * np.sqrt(0.9 / 5), abs=1e-5)
    assert found["df"] == 2 and np.isnan(found["smallest_n"])


def test_nothing_is_fitted_across_a_break(made) -> None:
    rows = {"no:school:1": {year: 40.0 for year in range(2016, 2021)} | {2022: 55.0, 2023: 55.0, 2024: 55.0}}
    found = measure(made(rows, id="np5_reading", se=0.4), "school", 2024).estimates.iloc[0]
    assert (found["first_year"], found["years"]) == (2022, 3)
    assert found["verdict"] == "no_certain_change" and found["estimate"] == pytest.approx(0)


def test_years_after_the_one_asked_for_are_not_used(many: Observations) -> None:
    early = measure(many, "school", 2021)
    assert early.series["year"].max() == 2021
    assert early.estimates["last_year"].max() == 2021


def test_lower_is_better_turns_the_judgement_not_the_verdict(made) -> None:
    rows = {f"se:school:{place}": {year: 12.0 + (year - 2019) for year in range(2019, 2024)} for place in range(3)}
    result = measure(made(rows, id="pupils_per_teacher", direction="lower_better"), "school", 2023)
    said = analysis("trend").say(result, "se:school:0", "sv")
    assert (said.verdict, said.good) == ("rise", False) and "åt fel håll" in said.sentence


def test_a_gap_year_leaves_a_hole_in_the_line(made) -> None:
    rows = {"se:school:1": {2019: 200, 2020: 210, 2022: 215, 2023: 220}}
    figure = analysis("trend").draw([measure(made(rows), "school", 2023)], "se:school:1", "sv")
    drawn = next(line for line in figure.axes[0].lines if line.get_marker() == "D")
    assert np.isnan(drawn.get_ydata()[2]) and drawn.get_xdata()[2] == 2021


@pytest.mark.parametrize(
    ("town", "expected"),
    [
        ({2021: 220.0, 2022: 221.0, 2023: 222.0}, ("municipality", [220.0, 221.0, 222.0])),
        ({2021: 220.0, 2022: 221.0, 2023: "withheld"}, ("region", [230.0, 231.0, 232.0])),
        ({2021: "withheld", 2022: "withheld", 2023: "withheld"}, ("region", [230.0, 231.0, 232.0])),
    ],
)
def test_a_unit_is_seen_beside_the_nearest_one_above_that_has_a_value_this_year(
    made, town: dict[int, object], expected: tuple[str, list[float]]
) -> None:
    years = {2021: "withheld", 2022: "withheld", 2023: "withheld"}
    county = {2021: 230.0, 2022: 231.0, 2023: 232.0}
    observations = made({"se:school:1": years, MUNICIPALITY: town, REGION: county})
    series = analysis("trend").measure(observations, "school", 2023).series
    assert set(series["reference_level"]) == {expected[0]}
    assert series.sort_values("year")["reference"].tolist() == expected[1]


def test_where_nobody_above_has_a_value_this_year_the_nearest_with_any_is_shown(made) -> None:
    observations = made({"se:school:1": {2021: 210.0, 2023: 211.0}, MUNICIPALITY: {2021: 220.0}})
    series = analysis("trend").measure(observations, "school", 2023).series.sort_values("year")
    assert series["reference"].iloc[0] == 220.0 and np.isnan(series["reference"].iloc[1])
