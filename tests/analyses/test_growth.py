"""Level, growth and trend of units whose truth is known."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses import growth
from analysis.analyses.growth.cells import cells_of, earlier_grade
from analysis.analyses.wording import LANGUAGES
from analysis.model.observations import Observations

FIRST, SECOND = "no:school:1", "no:school:2"
CHOSEN = growth.RECORD
YEARS = range(2016, 2021)


def _both(made, *, units: int = 60, n: float = 80.0, seed: int = 1, **changes: object) -> Observations:
    """Grades 8 and 9, five years; everyone gains 4, the first school 9, the second nothing; cohorts gain 0.2."""
    random = np.random.default_rng(seed)
    level, chance = random.normal(50, 3, units), 10 / np.sqrt(n if n == n else 80.0)
    gain = np.concatenate([[9.0, -1.0], random.normal(4, 0.4, units - 2)])

    def figure(place: int, grade: int, year: int) -> float:
        truth = level[place] + gain[place] * (grade - 8) + 0.2 * (year - grade - 2010)
        return float(truth + random.normal(0, chance))

    names = [f"no:school:{place + 1}" for place in range(units)]
    values = {name: {year: figure(place, 9, year) for year in YEARS} for place, name in enumerate(names)}
    beside = [(name, year + 1, figure(place, 8, year), n) for place, name in enumerate(names) for year in YEARS]
    context = pd.DataFrame(beside, columns=["unit_id", "year", "prior_value", "prior_n"])
    known = n if n == n else np.nan
    return made(values, id="np9_reading", n=known, se=10 / np.sqrt(n), context=context, **changes)


def test_growth_unlike_the_common_one_is_found(made) -> None:
    result = CHOSEN.measure(_both(made), "school", 2020)
    found = result.estimates
    assert found.loc[[FIRST, SECOND], "verdict"].tolist() == ["growth_above", "growth_below"]
    assert (found["verdict"].drop([FIRST, SECOND]) == "growth_as_others").mean() > 0.9
    assert result.details["common_growth"] == pytest.approx(4.0, abs=0.5)
    assert result.details["common_cohorts"] == pytest.approx(0.2, abs=0.15)
    assert found.loc[FIRST, "growth"] > 5.5 and found.loc[SECOND, "growth"] < 2.5
    assert (found["years"] == 10).all() and (found["first_year"] == 2016).all()


def test_where_the_numbers_of_pupils_are_not_known_growth_is_still_found(made) -> None:
    found = CHOSEN.measure(_both(made, n=np.nan), "school", 2020).estimates
    assert found.loc[FIRST, "verdict"] == "growth_above" and np.isnan(found.loc[FIRST, "smallest_n"])


def test_the_earlier_grade_stands_in_the_year_it_was_tested(made) -> None:
    both = _both(made, units=12)
    earlier = earlier_grade(both, "school")
    assert sorted(set(earlier.rows["year"])) == list(YEARS) and earlier.indicator.grade == 8
    cells = cells_of(earlier, "school", 2020)
    beside = both.context[(both.context["unit_id"] == FIRST) & (both.context["year"] == 2019)]
    mine = cells[(cells["unit_id"] == FIRST) & (cells["year"] == 2018)].iloc[0]
    assert mine["value"] == beside["prior_value"].iloc[0] and (mine["grade"], mine["cohort"]) == (8, 2010)


def test_a_later_year_than_the_one_asked_for_is_not_used(made) -> None:
    result = CHOSEN.measure(_both(made), "school", 2019)
    assert result.series["year"].max() == 2019 and (result.estimates["years"] == 8).all()


def test_fewer_than_twenty_pupils_are_withheld_with_the_reason(made) -> None:
    both = _both(made)
    mine, beside = both.rows["unit_id"] == FIRST, both.context["unit_id"] == FIRST
    rows = both.rows.assign(n=both.rows["n"].mask(mine, 19.0))
    few = replace(both, rows=rows, context=both.context.assign(prior_n=both.context["prior_n"].mask(beside, 19.0)))
    result = CHOSEN.measure(few, "school", 2020)
    row = result.estimates.loc[FIRST]
    assert row[["verdict", "reason"]].tolist() == ["withheld", "few_pupils"] and np.isnan(row["growth"])
    assert result.details["cells_left_out"] == 10
    assert "färre än 20 elever" in CHOSEN.say(result, FIRST, "sv").sentence
    assert CHOSEN.draw([result], FIRST, "sv") is None


def test_too_few_units_are_refused_without_a_number(made) -> None:
    result = CHOSEN.measure(_both(made, units=8), "school", 2020)
    assert set(result.estimates["verdict"]) == {"refused"} and result.estimates["growth"].isna().all()
    assert result.details["refusal"] == "few_units"
    for lang in LANGUAGES:
        assert CHOSEN.say(result, FIRST, lang).sentence and CHOSEN.explain(result, FIRST, lang)


def test_a_unit_with_one_grade_has_too_few_values(made) -> None:
    both = _both(made)
    alone = replace(both, context=both.context[both.context["unit_id"] != FIRST])
    result = CHOSEN.measure(alone, "school", 2020)
    assert result.estimates.loc[FIRST, "verdict"] == "too_few"
    assert "5 värden" in CHOSEN.say(result, FIRST, "sv").sentence


def test_where_no_unit_has_both_grades_there_are_no_rows(made) -> None:
    both = _both(made, units=12)
    half = both.context[both.context["unit_id"] != FIRST]
    apart = replace(both, rows=both.rows[both.rows["unit_id"] == FIRST].reset_index(drop=True), context=half)
    for given in (apart, replace(both, context=both.context[["unit_id", "year"]])):
        assert len(CHOSEN.measure(given, "school", 2020).estimates) == 0
    assert len(CHOSEN.measure(both, "school", 2024).estimates) == 0
    assert len(CHOSEN.measure(both, "municipality", 2020).estimates) == 0


@pytest.mark.parametrize("changes", [{"prior_years": 3}, {"grade": None}])
def test_a_test_of_another_grade_than_the_one_before_is_not_laid_beside(made, changes: dict[str, object]) -> None:
    assert len(CHOSEN.measure(_both(made, **changes), "school", 2020).estimates) == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_level_growth_and_trend_are_said_with_intervals(made, lang: str) -> None:
    result = CHOSEN.measure(_both(made), "school", 2020)
    for unit in result.estimates.index:
        said = CHOSEN.say(result, unit, lang)
        described = CHOSEN.describe([result], unit, lang)
        texts = [said.headline, said.sentence, said.brief, CHOSEN.explain(result, unit, lang), described]
        assert all(texts) and not any(re.search(r"\bnan\b|\binf\b|[{}]", text) for text in texts)
        assert said.brief.startswith(said.headline) and len(said.headline) <= 90 and said.headline in described
    first = CHOSEN.say(result, FIRST, lang)
    assert first.good is True and first.weight > 0.4
    rows = CHOSEN.tabulate([result], FIRST, lang).rows
    assert len(rows) == 3 + 10 and rows[1][2] == pytest.approx(result.estimates.loc[FIRST, "growth"])


def test_a_table_of_a_unit_without_an_answer_has_words(made) -> None:
    both = _both(made)
    alone = replace(both, context=both.context[both.context["unit_id"] != FIRST])
    rows = CHOSEN.tabulate([CHOSEN.measure(alone, "school", 2020)], FIRST, "sv").rows
    assert len(rows) == 3 + 5 and rows[1][2] == "kan inte beräknas"


def test_the_figure_has_one_line_per_grade(made) -> None:
    result = CHOSEN.measure(_both(made), "school", 2020)
    panel = CHOSEN.draw([result], FIRST, "en").axes[0]
    assert panel.get_legend_handles_labels()[1] == ["grade 8", "grade 9"]
    earlier, later = (each.get_ydata() for each in panel.get_lines())
    known = np.isfinite(earlier[:-1]) & np.isfinite(later[1:])
    gained = later[np.isfinite(later)].mean() - earlier[np.isfinite(earlier)].mean()
    assert known.any() and gained == pytest.approx(9.0 - 0.2, abs=2.0)


def test_the_order_of_rows_does_not_matter(made) -> None:
    both = _both(made)
    mixed = replace(both, rows=both.rows.sample(frac=1, random_state=1), context=both.context.sample(frac=1))
    known, found = (CHOSEN.measure(each, "school", 2020).estimates for each in (both, mixed))
    np.testing.assert_allclose(found["growth"], known["growth"], rtol=1e-5)
    assert found["verdict"].tolist() == known["verdict"].tolist()
