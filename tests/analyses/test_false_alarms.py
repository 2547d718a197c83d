"""Stable schools are not flagged: a thousand made with nothing but chance in them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyses.equity.measure import measure as equity
from analysis.analyses.trend.measure import measure as trend
from analysis.catalogue import indicator
from analysis.model.observations import Observations

SCHOOLS = 1000
SIMULATIONS = range(1, 4)


def _stable(id: str, seed: int, *, known_n: bool, group: str = "all") -> pd.DataFrame:
    random, chosen = np.random.default_rng(seed), indicator(id)
    sd = {"points": 60.0, "percent": np.nan, "scale_50_10": 10.0}[chosen.unit]
    rows = []
    for school in range(SCHOOLS):
        n, years, share = random.integers(5, 121), random.integers(3, 13), random.uniform(0.6, 0.95)
        for year in range(2024 - years, 2024):
            if chosen.unit == "percent":
                value = 100 * random.binomial(n, share) / n
            else:
                value = (220 if chosen.unit == "points" else 50) + random.normal(0, sd / np.sqrt(n))
            se = sd / np.sqrt(n) if chosen.noise == "published" and known_n else np.nan
            rows.append((f"{chosen.country}:school:{school:05d}", year, round(value, 1), n if known_n else np.nan, se))
    frame = pd.DataFrame(rows, columns=["unit_id", "year", "value", "n", "se"])
    return frame.assign(
        level="school", group=group, status="given", mark="", source="made", origin="official", coverage=1.0
    )


def _observations(id: str, rows: pd.DataFrame) -> Observations:
    units = pd.DataFrame(index=pd.Index(rows["unit_id"].unique(), name="unit_id"))
    units = units.assign(level="school", name="x", country=indicator(id).country, code="", parent_id=None)
    units = units.assign(
        team_id=None, school_id=None, area_id=None, municipality_id=None, region_id=None, nation_id=None
    )
    chosen = replace(indicator(id), breaks=(), rounding=0.1, decimals=1)
    return Observations(chosen, rows, units, pd.DataFrame({"unit_id": [], "year": []}))


@pytest.mark.slow
@pytest.mark.parametrize("known_n", [True, False])
@pytest.mark.parametrize("id", ["merit_value", "eligible_vocational", "np8_reading"])
def test_at_most_five_in_a_hundred_stable_schools_are_flagged(id: str, known_n: bool) -> None:
    details = [
        trend(_observations(id, _stable(id, seed, known_n=known_n)), "school", 2023).details for seed in SIMULATIONS
    ]
    assert [each["tested"] for each in details] == [SCHOOLS] * len(SIMULATIONS)
    assert sum(int(str(each["flagged"])) for each in details) <= 0.05 * SCHOOLS * len(SIMULATIONS)


@pytest.mark.slow
def test_equal_girls_and_boys_are_told_apart_no_more_than_an_exact_test_does() -> None:
    """An exact t interval: 5 %, give or take two standard errors of the simulation."""
    flagged = 0
    for seed in SIMULATIONS:
        girls = _stable("np8_reading", seed, known_n=False, group="girls")
        boys = girls.assign(group="boys", value=50 + np.random.default_rng(seed + 100).normal(0, 1, len(girls)))
        both = _observations("np8_reading", pd.concat([girls, boys], ignore_index=True))
        found = equity(both, "school", 2023).estimates["verdict"]
        flagged += int(found.isin(["girls_ahead", "boys_ahead"]).sum())
    tried = SCHOOLS * len(SIMULATIONS)
    assert flagged / tried <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / tried)


@pytest.mark.slow
def test_a_real_change_is_found() -> None:
    rows = _stable("merit_value", 4, known_n=True)
    rows["value"] += 8.0 * (rows["year"] - 2018)
    found = trend(_observations("merit_value", rows), "school", 2023).estimates
    many_years = found[(found["years"] >= 6) & (found["smallest_n"] >= 40)]
    assert (many_years["verdict"] == "rise").mean() > 0.9
    covered = (found["low"] < 8) & (found["high"] > 8)
    assert covered.mean() > 0.95
