"""Is it the same for everyone?"""

import numpy as np
import pytest

from analysis.analyses import analysis
from analysis.analyses.equity.measure import measure
from analysis.model.observations import Observations

YEARS = range(2016, 2021)


def _by_sex(made, gaps: list[float]) -> Observations:
    girls = {year: 50 + gap for year, gap in zip(YEARS, gaps, strict=True)}
    rows = {("no:school:1", "girls"): girls, ("no:school:1", "boys"): dict.fromkeys(YEARS, 50.0)}
    return made({**rows, "no:school:1": dict.fromkeys(YEARS, 50.0)}, id="np5_reading", n=np.nan)


def test_the_mean_gap_has_the_t_interval_of_its_years(made) -> None:
    found = measure(_by_sex(made, [2, 3, 2, 4, 4]), "school", 2020).estimates.iloc[0]
    # by hand: mean 3, variance 1, standard error √(1/5), t(4) = 2.776445
    assert found["estimate"] == pytest.approx(3.0) and found["df"] == 4
    assert found["low"] == pytest.approx(3 - 2.776445 / np.sqrt(5), abs=1e-5)
    assert found["verdict"] == "girls_ahead"


def test_older_figures_by_sex_are_said_to_be_older(made) -> None:
    result = measure(_by_sex(made, [-2, -3, -2, -4, -4]), "school", 2024)
    for lang, word in (("sv", "Nyare uppgifter"), ("nb", "Nyere tall"), ("en", "Newer figures")):
        said = analysis("equity").say(result, "no:school:1", lang)
        assert said.verdict == "boys_ahead" and word in said.sentence and "2020/21" in said.sentence


def test_a_school_without_figures_by_sex_has_no_groups(many: Observations) -> None:
    result = measure(many, "school", 2023)
    assert set(result.estimates["verdict"]) == {"no_groups"}
    assert analysis("equity").draw([result], result.estimates.index[0], "sv") is None


def test_the_spread_between_schools_is_recovered(many: Observations) -> None:
    found = measure(many, "municipality", 2023).estimates.iloc[0]
    own = many.rows[(many.rows["level"] == "school") & (many.rows["year"] == 2023)]["value"]
    known = np.sqrt(own.var() - 7.0**2)
    assert found["estimate"] == pytest.approx(known, rel=0.05)
    assert found["low"] < found["estimate"] < found["high"] and found["verdict"] == "schools_differ"
    assert found["schools"] == 58 and (found["lowest"], found["highest"]) == (own.min(), own.max())


def test_three_schools_are_too_few(made) -> None:
    rows = {f"no:school:{place}": {2022: 50.0 + place} for place in range(3)} | {"no:municipality:0180": {2022: 51.0}}
    result = measure(made(rows, id="np5_reading", se=0.5), "municipality", 2022)
    assert result.estimates.iloc[0][["verdict", "reason"]].tolist() == ["too_few", "few_schools"]


def test_the_share_rests_on_the_known_spread_of_pupils(made) -> None:
    rows = {f"no:school:{place}": {2022: 45.0 + place} for place in range(10)} | {"no:municipality:0180": {2022: 51.0}}
    result = measure(made(rows, id="np5_reading", se=0.5), "municipality", 2022)
    found = result.estimates.iloc[0]
    assert result.details["total_from"] == "pupil_sd"
    assert found["between_share"] == pytest.approx(found["spread"] ** 2 / 10**2)
