"""Does the unit differ from the others by more than its size explains?"""

import re
import time

import numpy as np
import pandas as pd
import pytest

from analysis.analyses.funnel.chance import Chance
from analysis.analyses.funnel.measure import measure
from analysis.analyses.record import record
from analysis.catalogue import indicator
from analysis.drawing.style import PEERS
from analysis.model.observations import UNIT_COLUMNS, Observations

FUNNEL = record("funnel")
OUTSIDE = ["above", "below", "far_above", "far_below"]


def _observations(id: str, values: np.ndarray, n: np.ndarray, years: int = 1, **columns: object) -> Observations:
    """Schools 0, 1, … with the values of each year as columns, the last year 2023."""
    values = values.reshape(len(n), years)
    country = indicator(id).country
    ids = [f"{country}:school:{place:05d}" for place in range(len(n))]
    frame = pd.DataFrame(
        {
            "unit_id": np.repeat(ids, years),
            "year": np.tile(np.arange(2024 - years, 2024), len(n)),
            "value": values.ravel(),
            "n": np.repeat(n, years).astype(float),
        }
    )
    frame = frame.assign(level="school", group="all", status="given", mark="", se=np.nan, source="made")
    frame = frame.assign(origin="official", coverage=1.0, **columns)
    units = pd.DataFrame(None, index=pd.Index(ids, name="unit_id"), columns=list(UNIT_COLUMNS), dtype=object)
    units = units.assign(level="school", country=country, name=[f"Skola {place}" for place in range(len(n))])
    return Observations(indicator(id), frame, units, pd.DataFrame({"unit_id": [], "year": []}))


def _known(id: str = "np8_reading", seed: int = 1, schools: int = 200, spread: float = 0.0) -> Observations:
    random = np.random.default_rng(seed)
    n = random.integers(10, 121, schools)
    values = 50 + random.normal(0, spread, schools) + random.normal(0, 10 / np.sqrt(n))
    return _observations(id, values, n, se=10 / np.sqrt(n))


def test_a_school_far_from_the_others_is_outside_and_the_usual_ones_are_inside() -> None:
    whole = _known(spread=2.0)
    whole.rows.loc[0, "value"], whole.rows.loc[1, "value"] = 75.0, 25.0
    found = measure(whole, "school", 2023).estimates
    assert found["verdict"].tolist()[:2] == ["far_above", "far_below"]
    assert found["verdict"].iloc[2:].isin(["inside"]).mean() > 0.9


def test_the_verdict_is_outside_exactly_when_the_interval_leaves_zero_out() -> None:
    found = measure(_known(spread=1.0), "school", 2023).estimates
    above, below = found["verdict"].str.endswith("above"), found["verdict"].str.endswith("below")
    assert (above == (found["low"] > 0)).all() and (below == (found["high"] < 0)).all()
    assert (above == (found["value"] > found["limit_high"])).all()
    assert found["verdict"].isin(OUTSIDE).any()


def test_the_unit_itself_is_left_out_of_what_it_is_compared_with() -> None:
    n = np.array([90.0] + [10.0] * 10)
    values = np.array([60.0] + [50.0, 51.0] * 5)
    found = measure(_observations("np8_reading", values, n, se=10 / np.sqrt(n)), "school", 2023).estimates
    assert found["reference"].iloc[0] == pytest.approx(50.5)
    others = np.delete(values, 1) @ np.delete(n, 1) / np.delete(n, 1).sum()
    assert found["reference"].iloc[1] == pytest.approx(others)


def test_equal_shares_have_the_exact_binomial_limits() -> None:
    random = np.random.default_rng(7)
    n = random.integers(20, 60, 400)
    values = 100 * random.binomial(n, 0.8) / n
    whole = _observations("all_subjects_passed_9", values, n)
    result = measure(whole, "school", 2023)
    row = result.estimates.iloc[0]
    assert result.details["tau"] == 0.0
    limits = Chance(is_share=True).limits(np.array([row["reference"]]), np.array([row["n"]]), np.zeros(1))
    assert row["limit_low"] == pytest.approx(float(limits.low95[0]))
    assert row["limit_high998"] == pytest.approx(float(limits.high998[0]))


def test_units_that_truly_differ_widen_the_funnel() -> None:
    equal, apart = (measure(_known(spread=spread), "school", 2023) for spread in (0.0, 6.0))
    assert float(str(apart.details["tau"])) == pytest.approx(6, rel=0.2)
    assert float(str(equal.details["tau"])) < 1
    width = [result.estimates["limit_high"] - result.estimates["limit_low"] for result in (equal, apart)]
    assert (width[1] > width[0]).all()


def test_the_method_says_how_much_units_differ_beyond_chance() -> None:
    result = measure(_known(spread=6.0), "school", 2023)
    shown = f"{float(str(result.details['tau'])):.1f}".replace(".", ",")
    assert f"utöver slumpen är {shown} skalpoäng" in FUNNEL.explain(result, "no:school:00000", "sv")


def test_the_method_says_so_when_there_is_nothing_but_chance() -> None:
    result = measure(_observations("np8_reading", np.tile([49.0, 51.0], 10), np.full(20, 25), se=2.0), "school", 2023)
    assert result.details["tau"] == 0.0
    assert "varierar inte mer än så" in FUNNEL.explain(result, "no:school:00000", "sv")


def test_a_unit_without_a_number_of_pupils_is_said_and_counted() -> None:
    whole = _known()
    whole.rows.loc[3, "n"] = np.nan
    result = measure(whole, "school", 2023)
    assert result.estimates.iloc[3][["verdict", "reason"]].tolist() == ["too_few", "pupils_unknown"]
    assert result.details["left_out"] == 1 and result.details["units"] == 199
    said = FUNNEL.say(result, "no:school:00003", "nb").sentence
    assert "Antall elever er ikke oppgitt" in said


@pytest.mark.parametrize(
    ("schools", "share", "reason"), [(9, 0.8, "too_few_units"), (30, 1.0, "no_variation"), (30, 0.0, "no_variation")]
)
def test_what_cannot_be_placed_is_refused_with_its_reason(schools: int, share: float, reason: str) -> None:
    n = np.full(schools, 25)
    values = np.full(schools, 100 * share) if share in (0.0, 1.0) else np.linspace(60, 92, schools)
    result = measure(_observations("all_subjects_passed_9", values, n), "school", 2023)
    assert set(result.estimates["verdict"]) == {"refused"} and set(result.estimates["reason"]) == {reason}
    assert result.estimates[["estimate", "limit_low", "limit_high"]].isna().all(axis=None)
    for lang in ("sv", "nb", "en"):
        assert FUNNEL.say(result, "se:school:00000", lang).sentence.endswith(".")
        assert FUNNEL.draw([result], "se:school:00000", lang) is None


def test_the_only_school_with_failing_pupils_has_nothing_to_differ_from() -> None:
    values = np.array([80.0] + [100.0] * 20)
    found = measure(_observations("all_subjects_passed_9", values, np.full(21, 20)), "school", 2023).estimates
    assert found["reason"].iloc[0] == "no_variation" and (found["verdict"].iloc[1:] == "inside").all()


def test_chance_is_not_guessed_from_a_single_year() -> None:
    n = np.full(30, 40)
    found = measure(_observations("merit_value", np.linspace(200, 240, 30), n), "school", 2023).estimates
    assert set(found["reason"]) == {"chance_unknown"}


def test_limits_stay_within_the_scale() -> None:
    random = np.random.default_rng(2)
    n = random.integers(5, 40, 60)
    found = measure(_observations("all_subjects_passed_9", 100 * random.binomial(n, 0.93) / n, n), "school", 2023)
    assert found.estimates["limit_low998"].min() >= 0 and found.estimates["limit_high998"].max() <= 100


def test_every_verdict_is_said_in_every_language_and_never_as_a_rank() -> None:
    whole = _known(spread=2.0, seed=3)
    whole.rows.loc[[0, 1], "value"] = [75.0, 25.0]
    result = measure(whole, "school", 2023)
    chosen = result.estimates.drop_duplicates("verdict").index
    assert set(result.estimates.loc[chosen, "verdict"]) == {"inside", *OUTSIDE}
    for unit in chosen:
        for lang in ("sv", "nb", "en"):
            said = FUNNEL.say(result, unit, lang)
            assert said.brief.startswith(said.headline) and len(said.headline) <= 90
            assert not re.search(r"\bnan\b|[{}]|bäst|sämst|best\b|worst", said.sentence + said.brief)
            assert said.good is {"inside": None}.get(said.verdict, said.verdict.endswith("above"))


def test_a_cloud_of_eleven_hundred_schools_is_light_and_nameless() -> None:
    result = measure(_known(schools=1100), "school", 2023)
    figure = FUNNEL.draw([result], "no:school:00007", "sv")
    drawn = FUNNEL.drawing([result], "no:school:00007", "sv").svg().decode()
    assert len(drawn) < 20_000 and drawn.count(f'stroke="{PEERS}" stroke-width="32"') == 1
    assert "Skola 7" in drawn and "Skola 8" not in drawn
    own = [line for line in figure.axes[0].lines if line.get_marker() == "D"]
    assert [line.get_xdata()[0] for line in own] == [result.estimates["n"].iloc[7]]


def test_the_drawn_limits_pass_where_the_unit_is_judged() -> None:
    result = measure(_known(spread=3.0), "school", 2023)
    unit = "no:school:00002"
    row = result.estimates.loc[unit]
    axes = FUNNEL.draw([result], unit, "sv").axes[0]
    solid = [line for line in axes.lines if line.get_linestyle() == "-" and len(line.get_xdata()) > 2]
    ends = sorted(float(np.interp(row["n"], line.get_xdata(), line.get_ydata())) for line in solid)
    assert ends == pytest.approx([row["limit_low"], row["limit_high"]], abs=0.05)


def test_five_thousand_schools_are_measured_in_a_moment() -> None:
    random = np.random.default_rng(1)
    n = random.integers(10, 121, 5000)
    whole = _observations(
        "all_subjects_passed_9", 100 * random.binomial(n[:, None], 0.8, (5000, 12)) / n[:, None], n, 12
    )
    measure(whole, "school", 2023)
    start = time.perf_counter()
    measure(whole, "school", 2023)
    assert time.perf_counter() - start < 2.0


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.0, 6.0])
@pytest.mark.parametrize("id", ["np8_reading", "all_subjects_passed_9", "merit_value"])
def test_at_most_five_in_a_hundred_stable_schools_fall_outside(id: str, spread: float) -> None:
    """A thousand schools of 5 to 120 pupils, equal or with a spread (normal; of shares beta), twenty times.

    Beside it a rule that calls half a scale point from the mean a difference; 3 points of merit value and 2 per cent
    are the same share of the standard deviation between pupils.
    """
    near, far, fixed = [], [], []
    threshold = {"np8_reading": 0.5, "merit_value": 3.0, "all_subjects_passed_9": 2.0}[id]
    for seed in range(20):
        random = np.random.default_rng(seed)
        n = random.integers(5, 121, 1000)
        if id == "all_subjects_passed_9":
            pseudo = 0.8 * 0.2 / max(spread / 100, 1e-4) ** 2 - 1
            share = random.beta(0.8 * pseudo, 0.2 * pseudo, 1000)
            whole = _observations(id, 100 * random.binomial(n, share) / n, n)
        elif id == "np8_reading":
            truth = 50 + random.normal(0, spread / 4, 1000)
            whole = _observations(id, truth + random.normal(0, 10 / np.sqrt(n)), n, se=10 / np.sqrt(n))
        else:
            truth = 220 + random.normal(0, 3 * spread, 1000)
            values = truth[:, None] + random.normal(0, 60 / np.sqrt(n)[:, None], (1000, 5))
            whole = _observations(id, values, n, 5)
        estimates = measure(whole, "school", 2023).estimates
        found = estimates["verdict"]
        fixed.append((estimates["estimate"].abs() >= threshold).mean())
        near.append(found.isin(OUTSIDE).mean())
        far.append(found.str.startswith("far").mean())
    rule = f"the rule ±{threshold:g} {np.mean(fixed):.1%}"
    print(f"{id}, spread {spread:g}: {np.mean(near):.1%} outside 95 %, {np.mean(far):.2%} outside 99.8 %; {rule}")
    assert np.mean(near) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 20_000) < 0.25 < np.mean(fixed)
    assert np.mean(far) <= 0.002 + 3 * np.sqrt(0.002 / 20_000)
