"""Where do we stand?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses import analysis
from analysis.analyses.level.measure import measure
from analysis.catalogue import indicator
from analysis.model.indicator import Indicator
from analysis.model.observations import TARGET_COLUMNS, UNIT_COLUMNS, Observations


def test_the_seven_similar_units_are_named_and_never_the_unit_itself(many: Observations) -> None:
    found = measure(many, "school", 2023).estimates["similar_units"]
    for unit, names in found.items():
        near = names.split()
        assert len(near) == (7 if unit not in found.index[2:4] else 0)
        assert unit not in near and not set(found.index[2:4]) & set(near)
    table = analysis("level").tabulate([measure(many, "school", 2023)], found.index[0], "sv")
    beside = table.beside
    assert beside.columns[0].title == "Liknande enhet" and beside.columns[2].field == "value@merit_value"
    result = measure(many, "school", 2023)
    assert [each[1] for each in beside.about] == found.iloc[0].split()
    assert [row[2] for row in beside.rows] == [result.estimates["value"][unit] for _, unit, *_ in beside.about]
    assert {each[2:] for each in beside.about} == {("all", "2023")}
    lonely = analysis("level").tabulate([result], found.index[2], "sv")
    assert lonely.beside is None


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


def test_the_only_school_is_neither_drawn_nor_shown_beside_itself_but_beside_the_next_level(made) -> None:
    school, town, county = "no:school:1", "no:municipality:0180", "no:region:01"
    rows = {school: {2021: 51.0, 2022: 52.0}, town: {2021: 51.0, 2022: 52.0}, county: {2021: 50.0, 2022: 49.0}}
    whole = made(rows, id="np5_reading", se=1.0)
    whole.rows.loc[whole.rows["level"] == "region", "n"] = 900.0
    result = measure(whole, "school", 2022)
    assert np.isnan(result.estimates.loc[school, "municipality"])
    assert result.estimates.loc[school, "region"] == 49.0
    mine = result.series[result.series["unit_id"] == school]
    assert mine["reference"].tolist() == [50.0, 49.0] and set(mine["reference_level"]) == {"region"}
    whole.rows.loc[whole.rows["level"] == "municipality", "n"] = np.nan
    shown = measure(replace(whole), "school", 2022).series
    assert set(shown.loc[shown["unit_id"] == school, "reference_level"]) == {"municipality"}, "not known to be the same"


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


def _part_of_a_town(share: float, seed: int) -> Observations:
    """Four hundred towns whose first school holds `share` of the pupils, all of one true level; own standard errors."""
    random, towns = np.random.default_rng(seed), 400
    n = random.integers(60, 400, towns).astype(float)
    own, rest = (50 + random.normal(0, 10 / np.sqrt(size)) for size in (share * n, (1 - share) * n))
    schools, places = ([f"se:{kind}:{place:04d}" for place in range(towns)] for kind in ("school", "municipality"))
    columns = {
        "unit_id": [*schools, *places],
        "level": ["school"] * towns + ["municipality"] * towns,
        "value": np.concatenate([own, share * own + (1 - share) * rest]),
        "n": np.concatenate([share * n, n]),
    }
    rows = pd.DataFrame(columns).assign(year=2023, group="all", status="given", mark="", source="made")
    rows = rows.assign(se=10 / np.sqrt(rows["n"]), origin="official", coverage=1.0)
    units = pd.DataFrame(index=pd.Index(rows["unit_id"], name="unit_id"), columns=list(UNIT_COLUMNS), dtype=object)
    units = units.assign(level=rows["level"].to_numpy(), name="x", country="se")
    units = units.assign(municipality_id=[*places, *[None] * towns])
    chosen = replace(indicator("np8_reading"), country="se", breaks=(), rounding=0.0, decimals=3)
    return Observations(chosen, rows, units, pd.DataFrame({"unit_id": [], "year": []}))


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_school_that_is_much_of_its_town_is_told_apart_as_often_as_stated(share: float) -> None:
    """One in twenty by chance, whatever the share; added variances without the covariance would tell far fewer."""
    found = pd.concat([measure(_part_of_a_town(share, seed), "school", 2023).estimates for seed in range(10)])
    flagged = found["verdict"].isin(["clearly_above", "clearly_below"]).mean()
    assert flagged == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 4000))


def test_the_difference_from_the_town_is_a_share_of_the_difference_from_its_other_schools() -> None:
    """y - Y = (1 - w)(y - rest): both differences lie equally many standard errors from zero."""
    share, whole = 0.3, _part_of_a_town(0.3, 1)
    found = measure(whole, "school", 2023).estimates
    town = whole.rows.set_index("unit_id").loc[found.index.str.replace("school", "municipality")]
    own = whole.rows.set_index("unit_id").loc[found.index]
    rest = (town["value"].to_numpy() - share * own["value"].to_numpy()) / (1 - share)
    apart = own["value"].to_numpy() - rest
    error = 10 * np.sqrt(1 / own["n"].to_numpy() + 1 / (town["n"].to_numpy() - own["n"].to_numpy()))
    np.testing.assert_allclose((found["municipality_diff"] / found["se"]).to_numpy(), apart / error, rtol=1e-4)


def _ladder(values: dict[str, float], chosen: Indicator, n: float = 60.0) -> Observations:
    """One group, team, school, area and municipality, each below the next, as far as `values` go."""
    steps = ["group", "team", "school", "area", "municipality"]
    ids = {step: f"se:{step}:1" for step in steps}
    frame = pd.DataFrame(
        [(ids[step], step, value) for step, value in values.items()], columns=["unit_id", "level", "value"]
    )
    sizes = [n * 2 ** steps.index(step) for step in values]
    frame = frame.assign(n=sizes, se=10 / np.sqrt(sizes), year=2023, group="all", status="given", mark="")
    frame = frame.assign(source="made", origin="computed", coverage=1.0)
    units = pd.DataFrame(index=pd.Index(list(ids.values()), name="unit_id"), columns=list(UNIT_COLUMNS), dtype=object)
    units = units.assign(level=steps, name=steps, country="se")
    for place, step in enumerate(steps[1:], 1):
        units.loc[[ids[below] for below in steps[:place]], f"{step}_id"] = ids[step]
    return Observations(chosen, frame, units, pd.DataFrame({"unit_id": [], "year": []}))


@pytest.mark.parametrize(
    ("level", "against"),
    [("group", ["team", "school", "area", "municipality"]), ("team", ["school", "area", "municipality"]),
     ("area", ["municipality"])],
)  # fmt: skip
def test_groups_and_areas_are_compared_with_all_above_and_two_are_said(level: str, against: list[str]) -> None:
    chosen = replace(indicator("np8_reading"), country="se", breaks=(), decimals=1)
    values = {"group": 60.0, "team": 55.0, "school": 52.0, "area": 56.0, "municipality": 50.0}
    result = measure(_ladder(values, chosen), level, 2023)
    row = result.estimates.loc[f"se:{level}:1"]
    assert [row[step] for step in against] == [values[step] for step in against]
    assert row["estimate"] == row[f"{against[0]}_diff"] == values[level] - values[against[0]]
    for lang, names in (
        ("sv", {"team": "arbetslagets", "school": "skolans", "area": "områdets", "municipality": "kommunens"}),
        ("nb", {"team": "teamets", "school": "skolens", "area": "områdets", "municipality": "kommunens"}),
        ("en", {step: f"the {step}'s" for step in against}),
    ):
        said = analysis("level").say(result, f"se:{level}:1", lang)
        spoken = [step for step in against if names[step] in said.sentence]
        assert spoken[0] == against[0] and len(spoken) == min(2, len(against))
    assert len(analysis("level").tabulate([result], f"se:{level}:1", "nb").rows) == len(against)


def _aimed(whole: Observations, *targets: tuple[object, ...]) -> Observations:
    return replace(whole, targets=pd.DataFrame(list(targets), columns=list(TARGET_COLUMNS)))


def test_the_target_is_one_more_comparison() -> None:
    chosen = replace(indicator("np8_reading"), country="se", breaks=(), decimals=1)
    whole = _ladder({"school": 52.0, "municipality": 50.0}, chosen)
    goal = ("a", "se:municipality:1", "goal", 40.0, 2025, "council")
    result = measure(_aimed(whole, goal), "school", 2023)
    row = result.estimates.loc["se:school:1"]
    assert (row["target"], row["target_diff"], row["target_set_by"]) == (40.0, 12.0, "council")
    assert row["target_low"] == pytest.approx(row["value_low"] - 40) and row["estimate"] == row["municipality_diff"]
    for lang, word in (("sv", " och målet (+12"), ("nb", " og målet (+12"), ("en", " and the target (+12")):
        assert word in analysis("level").say(result, "se:school:1", lang).sentence
    assert [cells[3] for cells in analysis("level").tabulate([result], "se:school:1", "sv").rows][-1] == "Målet"


def test_a_share_meets_its_target_by_wilsons_interval() -> None:
    chosen = replace(indicator("all_subjects_passed_9"), country="se", breaks=(), rounding=0.0)
    whole = _aimed(_ladder({"group": 80.0}, chosen, n=10.0), ("a", "se:group:1", "goal", 50.0, 2025, "school"))
    row = measure(whole, "group", 2023).estimates.loc["se:group:1"]
    assert [row["target_low"], row["target_high"]] == pytest.approx([49.0162 - 50, 94.3318 - 50], abs=1e-3)
    assert row["target_low80"] > 0 and row["verdict"] == "probably_above"


def test_a_target_for_a_difference_between_groups_is_no_value_to_compare_with() -> None:
    chosen = replace(indicator("np8_reading"), country="se", breaks=(), decimals=1)
    whole = _ladder({"school": 52.0, "municipality": 50.0}, chosen)
    gap = ("b", "se:school:1", "gap_reduction", 3.0, 2025, "school")
    assert "target" not in measure(_aimed(whole, gap), "school", 2023).estimates.columns


def test_without_targets_there_is_no_such_comparison() -> None:
    chosen = replace(indicator("np8_reading"), country="se", breaks=(), decimals=1)
    found = measure(_ladder({"school": 52.0, "municipality": 50.0}, chosen), "school", 2023).estimates
    assert "target" not in found.columns
