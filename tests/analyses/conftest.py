"""Small made-up units with a known truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.catalogue import indicator
from analysis.model.observations import ROW_COLUMNS, TARGET_COLUMNS, Observations

Make = Callable[..., Observations]
MUNICIPALITY, REGION = "se:municipality:0180", "se:region:01"


def _row(unit: str, level: str, year: int, group: str, value: object, n: float, se: float) -> dict[str, object]:
    """A number is given; a text is a status."""
    given = not isinstance(value, str)
    marks = {"withheld": "..", "missing": ".", "rounded": "~100"}
    return {
        "unit_id": unit, "level": level, "year": year, "group": group,
        "value": float(str(value)) if given else np.nan, "status": "given" if given else value,
        "mark": marks.get(str(value), ""), "n": n if given else np.nan, "se": se if given else np.nan,
        "source": "sample", "origin": "official", "coverage": 1.0,
    }  # fmt: skip


def _units(schools: Sequence[str], country: str) -> pd.DataFrame:
    town, county = MUNICIPALITY.replace("se:", f"{country}:"), REGION.replace("se:", f"{country}:")
    rows = [(county, "region", "Länet", None, None), (town, "municipality", "Staden", None, county)]
    rows += [(school, "school", f"_Skola $ {place}", town, county) for place, school in enumerate(schools)]
    frame = pd.DataFrame(rows, columns=["unit_id", "level", "name", "municipality_id", "region_id"])
    frame = frame.assign(country=country, code=frame["unit_id"].str.split(":").str[-1], nation_id=None)
    frame = frame.assign(team_id="", area_id="", school_id=frame["unit_id"].where(frame["level"] == "school", ""))
    return frame.assign(parent_id=frame["municipality_id"].fillna(frame["region_id"])).set_index("unit_id")


@pytest.fixture
def made() -> Make:
    """Observations from ``{unit: {year: value or status}}``; groups from ``{(unit, group): …}``."""

    def make(
        values: Mapping[str | tuple[str, str], Mapping[int, object]],
        *,
        id: str = "merit_value",
        n: float = 60.0,
        se: float = np.nan,
        context: pd.DataFrame | None = None,
        **changes: object,
    ) -> Observations:
        rows, country = [], indicator(id).country
        for key, years in values.items():
            unit, group = key if isinstance(key, tuple) else (key, "all")
            level = unit.split(":")[1]
            rows += [_row(unit, level, year, group, value, n, se) for year, value in years.items()]
        frame = pd.DataFrame(rows, columns=list(ROW_COLUMNS)).sort_values(["unit_id", "group", "year"])
        schools = list(dict.fromkeys(frame.loc[frame["level"] == "school", "unit_id"]))
        given = pd.DataFrame({"unit_id": [], "year": []}) if context is None else context
        chosen = replace(indicator(id), **changes)  # type: ignore[arg-type]
        return Observations(chosen, frame.reset_index(drop=True), _units(schools, country), given)

    return make


@pytest.fixture
def many(made: Make) -> Observations:
    """Sixty stable Swedish schools, five years, with background: 0 rises, 1 falls, 2 is withheld, 3 missing."""
    return _many(made)


def _many(made: Make) -> Observations:
    random = np.random.default_rng(8)
    years, schools = range(2019, 2024), [f"se:school:{place:08d}" for place in range(60)]
    parents, foreign, girls = random.uniform(30, 85, 60), random.uniform(2, 60, 60), random.uniform(42, 57, 60)
    own = 150 + 1.4 * parents + random.normal(0, 12, 60)
    slopes = {0: 15.0, 1: -15.0}
    values: dict[str | tuple[str, str], dict[int, object]] = {
        school: {year: own[place] + slopes.get(place, 0.0) * (year - 2021) + random.normal(0, 7) for year in years}
        for place, school in enumerate(schools)
    }
    values[schools[2]] = dict.fromkeys(years, "withheld")
    values[schools[3]] = dict.fromkeys(years, "missing")
    values[MUNICIPALITY] = {year: 230.0 + random.normal(0, 0.5) for year in years}
    values[REGION] = {year: 232.0 + random.normal(0, 0.2) for year in years}
    context = pd.DataFrame(
        [
            (school, year, parents[place], foreign[place], girls[place], 300.0 + 10 * place)
            for place, school in enumerate(schools)
            for year in years
        ],
        columns=["unit_id", "year", "parents_education", "foreign_background", "girls", "pupils_grade_1_9"],
    )
    made_of = made(values, context=context)
    above = made_of.rows["level"] != "school"
    targets = pd.DataFrame([["mål", REGION, "goal", 225.0, 2025, "council"]], columns=list(TARGET_COLUMNS))
    return replace(made_of, rows=made_of.rows.assign(n=made_of.rows["n"].where(~above, 3600.0)), targets=targets)
