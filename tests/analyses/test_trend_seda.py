"""Level, growth and trend of units whose truth is known."""

import re
from dataclasses import replace

import numpy as np
import pytest

from analysis.analyses.trend.seda import seda
from analysis.analyses.trend.seda_words import explain_seda, say_seda, tabulate_seda
from analysis.analyses.wording import LANGUAGES
from analysis.model.observations import Observations

FIRST, SECOND = "no:school:1", "no:school:2"


def _grades(made, *, units: int = 60, n: float = 80.0, known: bool = True, seed: int = 1) -> dict[int, Observations]:
    """Grades 8 and 9, five years; everyone gains 4, the first school 9, the second nothing; cohorts gain 0.2."""
    random = np.random.default_rng(seed)
    level, chance = random.normal(50, 3, units), 10 / np.sqrt(n)
    growth = np.concatenate([[9.0, -1.0], random.normal(4, 0.4, units - 2)])
    found = {}
    for grade in (8, 9):
        values = {
            f"no:school:{place + 1}": {
                year: level[place]
                + growth[place] * (grade - 8)
                + 0.2 * (year - grade - 2010)
                + random.normal(0, chance)
                for year in range(2016, 2021)
            }
            for place in range(units)
        }
        se = 10 / np.sqrt(n) if known else np.nan
        found[grade] = made(values, id=f"np{grade}_reading", n=n if known else np.nan, se=se)
    return found


@pytest.mark.parametrize("known", [True, False])
def test_growth_unlike_the_common_one_is_found(made, known: bool) -> None:
    result = seda(_grades(made, known=known), "school", 2020)
    found = result.estimates
    assert found.loc[[FIRST, SECOND], "verdict"].tolist() == ["growth_above", "growth_below"]
    assert (found["verdict"].drop([FIRST, SECOND]) == "growth_as_others").mean() > 0.9
    assert result.details["common_growth"] == pytest.approx(4.0, abs=0.5)
    assert result.details["common_cohorts"] == pytest.approx(0.2, abs=0.15)
    assert found.loc[FIRST, "growth"] > 5.5 and found.loc[SECOND, "growth"] < 2.5
    assert (found["years"] == 10).all()


def test_fewer_than_twenty_pupils_are_withheld_with_the_reason(made) -> None:
    grades = _grades(made)
    few = {
        grade: replace(each, rows=each.rows.assign(n=each.rows["n"].where(each.rows["unit_id"] != FIRST, 19.0)))
        for grade, each in grades.items()
    }
    result = seda(few, "school", 2020)
    row = result.estimates.loc[FIRST]
    assert row[["verdict", "reason"]].tolist() == ["withheld", "few_pupils"] and np.isnan(row["growth"])
    assert result.details["cells_left_out"] == 10
    assert "färre än 20 elever" in say_seda(result, FIRST, "sv").sentence


def test_of_unknown_number_only_cells_as_certain_as_twenty_pupils_are_used(made) -> None:
    result = seda(_grades(made, n=8.0, known=False), "school", 2020)
    assert int(str(result.details["cells_left_out"])) > 0.5 * 600


def test_too_few_units_are_refused_without_a_number(made) -> None:
    result = seda(_grades(made, units=8), "school", 2020)
    assert set(result.estimates["verdict"]) == {"refused"} and "growth" not in result.estimates
    assert result.details["refusal"] == "few_units"
    for lang in LANGUAGES:
        assert say_seda(result, FIRST, lang).sentence and tabulate_seda(result, FIRST, lang).rows == ()


def test_a_unit_with_one_grade_has_too_few_values(made) -> None:
    grades = _grades(made)
    grades[9] = replace(grades[9], rows=grades[9].rows[grades[9].rows["unit_id"] != FIRST].reset_index(drop=True))
    result = seda(grades, "school", 2020)
    assert result.estimates.loc[FIRST, "verdict"] == "too_few"
    assert "5 värden" in say_seda(result, FIRST, "sv").sentence


def test_years_on_another_scale_are_not_used(made) -> None:
    result = seda(_grades(made), "school", 2024)
    assert len(result.estimates) == 0


def test_unlike_scales_are_refused(made) -> None:
    values = {FIRST: {2023: 50.0}}
    with pytest.raises(ValueError, match="the same scale in at least two grades of one country, got"):
        seda({8: made(values, id="np8_reading"), 9: made({"se:school:1": {2023: 200.0}})}, "school", 2023)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_level_growth_and_trend_are_said_with_intervals(made, lang: str) -> None:
    result = seda(_grades(made), "school", 2020)
    for unit in result.estimates.index:
        said = say_seda(result, unit, lang)
        texts = [said.headline, said.sentence, said.brief, explain_seda(result, unit, lang)]
        assert all(texts) and not any(re.search(r"\bnan\b|\binf\b|[{}]", text) for text in texts)
        assert said.brief.startswith(said.headline) and len(said.headline) <= 110
    first = say_seda(result, FIRST, lang)
    assert first.good is True and first.weight > 0.4
    rows = tabulate_seda(result, FIRST, lang).rows
    assert len(rows) == 3 and rows[1][2] == pytest.approx(result.estimates.loc[FIRST, "growth"])


def test_the_order_of_rows_does_not_matter(made) -> None:
    grades = _grades(made)
    mixed = {grade: replace(each, rows=each.rows.sample(frac=1, random_state=1)) for grade, each in grades.items()}
    known, found = (seda(each, "school", 2020).estimates for each in (grades, mixed))
    np.testing.assert_allclose(found["growth"], known["growth"], rtol=1e-5)
    assert found["verdict"].tolist() == known["verdict"].tolist()
