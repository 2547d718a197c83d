"""A survey's options between units: attacked by the audit, and kept from being a total less others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from tiny import SURVEY, YEAR, found, release_of, truth_of

from analysis import catalogue
from analysis.analyses import analysis
from analysis.audit.reading import Figure
from analysis.audit.release import Release
from analysis.model.observations import PUPIL_COLUMNS, ROW_COLUMNS, Observations

TOWN = "se:municipality:1"
OPTIONS = (10.0, 6.67, 3.33, 0.0)
SCHOOLS = {"se:school:1": (20, 12, 8, 0), "se:school:2": (18, 14, 3, 0), "se:school:3": (25, 10, 9, 6)}
"""how many pupils of each school chose each option, at every statement: three in one school is few"""
LARGE = SCHOOLS | {"se:school:2": (18, 14, 6, 0)}


def seen(schools: Mapping[str, tuple[int, ...]], smallest_cell: int) -> Observations:
    asked = catalogue.survey("school_survey")
    places = [unit for unit, chosen in schools.items() for _ in range(sum(chosen))]
    chosen = np.concatenate([np.repeat(OPTIONS, each) for each in schools.values()])
    pupils = pd.DataFrame({name: [""] * len(places) for name in PUPIL_COLUMNS})
    pupils = pupils.assign(year=int(YEAR), grade=8, school_id=places, municipality_id=TOWN, prior=np.nan)
    for name in asked.statements_of(SURVEY):
        pupils[name] = [asked.scored(name, each) for each in chosen]
    units = pd.DataFrame({"level": "school", "name": "A", "country": "se", "code": "1", "school_id": list(schools),
                          "municipality_id": TOWN, "parent_id": TOWN},
                         index=pd.Index(list(schools), name="unit_id"))  # fmt: skip
    units.loc[TOWN] = ["municipality", "M", "se", "1", "", "", ""]
    units = units.reindex(columns=[*units.columns, "team_id", "area_id", "region_id", "nation_id"])
    rows, context = pd.DataFrame({name: [] for name in ROW_COLUMNS}), pd.DataFrame({"unit_id": [], "year": []})
    measure = catalogue.indicator(SURVEY)
    return Observations(measure, rows, units, context, pupils.assign(value=chosen), smallest_cell=smallest_cell)


def spread(observations: Observations, level: str) -> pd.DataFrame:
    series = analysis("survey").measure(observations, level, int(YEAR)).series
    return series[series["group"] == "statement"]


def release(schools: Mapping[str, tuple[int, ...]], *shown: pd.DataFrame) -> Release:
    """The distributions as they stand in the tables of the pages, without decimals; the index withheld everywhere."""
    totals = {(unit, "all"): (sum(each), 5.0 * sum(each)) for unit, each in schools.items()}
    totals[TOWN, "all"] = (sum(n for n, _ in totals.values()), 5.0 * sum(n for n, _ in totals.values()))
    base, rows = release_of(totals, (), indicator=SURVEY, divisor=1), []
    for unit, statement, option, value, n in pd.concat(shown)[
        ["unit_id", "statement", "option", "value", "n"]
    ].itertuples(index=False):
        about = ("page", f"{SURVEY}/{statement}", unit, "all", YEAR)
        rows += [Figure(*about, f"share:{option:g}", f"{value:.0f}", round(value), 0)]
        rows += [Figure(*about, "n", f"{n:.0f}", float(n), 0)]
    extra = pd.DataFrame(rows, columns=list(Figure._fields)).assign(release="one")
    return replace(base, figures=pd.concat([base.figures, extra], ignore_index=True))


def truth(schools: Mapping[str, tuple[int, ...]]):
    totals = {(unit, "all"): (sum(each), 5.0 * sum(each)) for unit, each in schools.items()}
    totals[TOWN, "all"] = (sum(n for n, _ in totals.values()), 5.0 * sum(n for n, _ in totals.values()))
    return truth_of(totals, dict.fromkeys(schools, TOWN), SURVEY)


def test_an_option_of_one_school_is_the_municipality_s_less_the_others_unless_the_municipality_s_is_kept_back() -> None:
    guarded, open_to_all = seen(SCHOOLS, 5), seen(SCHOOLS, 1)
    schools = spread(guarded, "school")
    assert set(schools["unit_id"]) == {"se:school:1", "se:school:3"}
    leaking = found(truth(SCHOOLS), release(SCHOOLS, schools, spread(open_to_all, "municipality")))
    few = [each for each in leaking if each.what.startswith("se:school:2, all, 2023, k of survey_safety/")]
    assert len(few) == 4 and {(each.low, each.high) for each in few} == {(3, 3)}
    assert spread(guarded, "municipality").empty
    assert found(truth(SCHOOLS), release(SCHOOLS, schools, spread(guarded, "municipality"))) == []


def test_where_no_school_has_an_option_that_few_have_chosen_all_are_shown() -> None:
    guarded = seen(LARGE, 5)
    schools, town = spread(guarded, "school"), spread(guarded, "municipality")
    assert set(schools["unit_id"]) == set(LARGE) and len(town) == 16
    assert found(truth(LARGE), release(LARGE, schools, town)) == []


def test_a_school_withheld_whole_keeps_the_municipality_s_distribution_back() -> None:
    guarded = seen(LARGE, 5)
    hidden = pd.DataFrame({"unit_id": ["se:school:2"], "group": "all", "year": int(YEAR)})
    assert len(spread(guarded, "municipality")) == 16
    assert spread(replace(guarded, hidden=hidden), "municipality").empty
