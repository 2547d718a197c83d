"""Where do we stand?"""

import numpy as np
import pytest

from analysis.analyses import analysis
from analysis.analyses.level.measure import measure
from analysis.model.observations import Observations


def test_the_seven_similar_units_are_named_and_never_the_unit_itself(many: Observations) -> None:
    found = measure(many, "school", 2023).estimates["similar_units"]
    for unit, names in found.items():
        near = names.split()
        assert len(near) == (7 if unit not in found.index[2:4] else 0)
        assert unit not in near and not set(found.index[2:4]) & set(near)
    table = analysis("level").tabulate([measure(many, "school", 2023)], found.index[0], "sv")
    assert sum("liknande enhet: " in str(row[3]) for row in table.rows) == 7


def test_a_school_is_part_of_its_municipality(made) -> None:
    town = "no:municipality:0180"
    rows = {"no:school:1": {2022: 52.0}, town: {2022: 50.0}}
    whole = made(rows, id="np5_reading", se=1.0, rounding=0.0, decimals=1)
    frame = whole.rows.copy()
    frame.loc[frame["unit_id"] == town, ["n", "se"]] = [240.0, 0.5]
    object.__setattr__(whole, "rows", frame)
    found = measure(whole, "school", 2022).estimates.iloc[0]
    share, floor = 60 / 240, 0.1**2 / 12
    own, theirs = 1.0 + floor, 0.25 + floor
    known = np.sqrt((1 - share) ** 2 * own + theirs - share**2 * own)
    assert found["se"] == pytest.approx(known, rel=1e-9)
    assert found["municipality_diff"] == pytest.approx(2.0)


def test_the_only_school_is_not_compared_with_itself(made) -> None:
    rows = {"no:school:1": {2022: 52.0}, "no:municipality:0180": {2022: 52.0}}
    result = measure(made(rows, id="np5_reading", se=1.0), "school", 2022)
    assert np.isnan(result.estimates.iloc[0]["municipality_diff"])
    assert result.estimates.iloc[0][["verdict", "reason"]].tolist() == ["too_few", "no_comparison"]


def test_without_open_background_the_sentence_says_so(made) -> None:
    rows = {"no:school:1": {2022: 52.0}, "no:school:2": {2022: 50.0}, "no:municipality:0180": {2022: 50.0}}
    whole = made(rows, id="np5_reading", se=0.5)
    whole.rows.loc[whole.rows["level"] == "municipality", "n"] = 500.0
    result = measure(whole, "school", 2022)
    assert result.details["context"] == "no_context"
    for lang, word in (("sv", "bakgrund saknas"), ("nb", "ikke finnes åpne tall"), ("en", "no open figures")):
        assert word in analysis("level").say(result, "no:school:1", lang).sentence


def test_a_comparison_without_a_number_gives_no_clause(many: Observations) -> None:
    said = analysis("level").say(measure(many, "region", 2023), "se:region:01", "sv").sentence
    assert "kommunen" not in said and "rikets" not in said


def test_own_history_leaves_the_year_itself_out(many: Observations) -> None:
    rows = many.rows[(many.rows["unit_id"] == "se:school:00000010") & (many.rows["group"] == "all")]
    found = measure(many, "school", 2023).estimates.loc["se:school:00000010", "history"]
    assert found == pytest.approx(rows.loc[rows["year"] < 2023, "value"].mean())
