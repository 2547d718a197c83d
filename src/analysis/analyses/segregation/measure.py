"""How are the pupils spread over the schools? Beyond what lots would give, and whether it changes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.rows import above, unanswered, unit_ids
from analysis.analyses.segregation.parts import whole_indices
from analysis.model.observations import Observations, Result
from analysis.model.words import ALL, Status
from analysis.statistics.segregation_change import GRADES, Change, change_beyond_cohorts
from analysis.statistics.unevenness import Unevenness, unevenness

LEVELS = ("area", "municipality", "region", "nation")
FEWEST_SCHOOLS = 4
LEAST_COVERED = 0.8
"""a year is measured when the schools with a figure hold at least this share of the pupils"""
NUMBERS = (
    "value", "n", "smallest_n", "estimate", "se", "low", "high", "counted", "by_chance", "p_value", "schools",
    "schools_missing", "pupils_covered", "isolation", "eta2", "entropy", "entropy_between", "entropy_within", "slope",
    "slope_se", "slope_low", "slope_high", "first_year", "last_year", "years",
)  # fmt: skip


def measure(observations: Observations, level: str, year: int) -> Result:
    """How unevenly a group of pupils is spread over each unit's schools, beyond lots, and whether it changes.

    A school's pupils (``n``) times its published share gives the group's number, rounded to whole pupils;
    schools without a published share are left out and counted. Dissimilarity D beyond random allocation with
    a 95 % interval, `unevenness`; its straight line over the years of the current segment,
    `change_beyond_cohorts` (at least three years). η², isolation and Theil's H (for a county between its
    municipalities and within, for the nation between counties) for the year asked for. At least four schools
    that hold at least 80 % of the known pupils, five pupils on either side. Shares only; no answer for schools
    and below, where there is nothing to be spread over.
    """
    indicator = observations.indicator
    rows = observations.at("school")
    ids = unit_ids(observations, level)
    if level not in LEVELS or indicator.unit != "percent" or not len(ids) or not len(rows):
        return _nothing(observations, level, year)
    rows = _counts(rows[rows["year"] <= year], observations, ids, level)
    given = rows[rows["given"]]
    years = np.sort(rows["year"].unique()).astype(np.int64)
    codes = given["unit"].to_numpy(np.int64) * len(years) + np.searchsorted(years, given["year"])
    found = unevenness(codes, given["members"].to_numpy(float), given["n"].to_numpy(float), len(ids) * len(years))
    yearly = _yearly(found, rows, ids, years)
    comparable = years[[indicator.segment(int(each)) == indicator.segment(year) for each in years]]
    change = _change(yearly, given, comparable, len(ids), 1 if indicator.grade is not None else GRADES)
    estimates = _unanswered(rows[rows["year"] == year], yearly[yearly["year"] == year], ids)
    estimates = estimates.join(_numbers(yearly[yearly["year"] == year], change, ids))
    estimates = estimates.join(whole_indices(observations, given[given["year"] == year], ids, level))
    _decide(estimates)
    estimates = estimates[["verdict", "reason", *NUMBERS]]
    details = _details(estimates, level)
    return Result(
        "segregation", indicator, level, year, estimates, _series(yearly, given, ids), observations.units, details
    )


def _nothing(observations: Observations, level: str, year: int) -> Result:
    """The question is not asked here: no rows, so that the page leaves it out."""
    estimates = pd.DataFrame(columns=["verdict", "reason", *NUMBERS], index=pd.Index([], name="unit_id"))
    series = pd.DataFrame(columns=["unit_id", "year", "group", "value", "low", "high", "status", "mark", "n", "given"])
    return Result("segregation", observations.indicator, level, year, estimates, series, observations.units)


def _counts(rows: pd.DataFrame, observations: Observations, ids: pd.Index, level: str) -> pd.DataFrame:
    """The schools' rows with the place of the unit they belong to and the number of the group's pupils."""
    schools = pd.Index(rows["unit_id"].unique())
    unit = pd.Series(ids.get_indexer(pd.Index(above(observations, schools, level))), index=schools)
    rows = rows.assign(unit=rows["unit_id"].map(unit).to_numpy(np.int64))
    rows = rows[rows["unit"] >= 0]
    given = (rows["status"] == Status.GIVEN) & rows["value"].notna() & (rows["n"] > 0)
    pupils = np.round(rows["n"].to_numpy(float))
    members = np.round(rows["value"].to_numpy(float) / 100 * pupils)
    return rows.assign(given=given, n=pupils, members=np.where(given, members, np.nan))


def _yearly(found: Unevenness, rows: pd.DataFrame, ids: pd.Index, years: np.ndarray) -> pd.DataFrame:
    """One row per unit and year: the index beyond lots, its interval, and which schools it rests on."""
    codes = rows["unit"].to_numpy(np.int64) * len(years) + np.searchsorted(years, rows["year"])
    given, pupils = rows["given"].to_numpy(bool), rows["n"].fillna(0.0).to_numpy(float)
    cells = len(ids) * len(years)
    known, kept = np.bincount(codes, pupils, cells), np.bincount(codes[given], pupils[given], cells)
    smallest = np.full(cells, np.inf)
    np.minimum.at(smallest, codes[given], pupils[given])
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(len(ids)), len(years)), "year": np.tile(years, len(ids)),
            "value": 100 * found.share, "n": kept, "smallest_n": np.where(np.isfinite(smallest), smallest, np.nan),
            "schools": np.bincount(codes[given], minlength=cells).astype(float),
            "schools_missing": np.bincount(codes[~given], minlength=cells).astype(float),
            "pupils_covered": np.where(known > 0, kept / np.where(known > 0, known, 1.0), np.nan),
            "counted": found.counted, "by_chance": found.by_chance, "p_value": found.p_value,
            "estimate": found.beyond_chance, "se": found.se, "low": found.low, "high": found.high,
        }
    )  # fmt: skip
    measured = (frame["schools"] >= FEWEST_SCHOOLS) & (frame["pupils_covered"] >= LEAST_COVERED)
    hidden = ["value", "counted", "by_chance", "p_value", "estimate", "se", "low", "high"]
    frame.loc[~measured, hidden] = np.nan
    return frame


def _change(yearly: pd.DataFrame, given: pd.DataFrame, years: np.ndarray, units: int, shared: int) -> Change:
    """The line over the comparable years; a figure about one grade shares no pupils with the next year's."""
    then, held = yearly[yearly["year"].isin(years)], given[given["year"].isin(years)]
    values, by_chance = (then[name].to_numpy(float).reshape(units, -1) for name in ("estimate", "by_chance"))
    schools = pd.MultiIndex.from_frame(held[["unit", "unit_id"]])
    row, names = pd.factorize(schools)
    members, sizes = np.zeros((2, len(names), len(years)))
    column = np.searchsorted(years, held["year"])
    members[row, column], sizes[row, column] = held["members"].to_numpy(float), held["n"].to_numpy(float)
    place = np.array([name[0] for name in names], dtype=np.int64)
    return change_beyond_cohorts(years.astype(float), values, by_chance, place, members, sizes, shared)


def _numbers(now: pd.DataFrame, change: Change, ids: pd.Index) -> pd.DataFrame:
    names = [name for name in NUMBERS if name in now.columns]
    frame = now.set_index("unit")[names].reindex(np.arange(len(ids))).set_index(ids)
    frame["slope"], frame["slope_se"] = change.slope, change.se
    frame["slope_low"], frame["slope_high"] = change.low, change.high
    return frame.assign(first_year=change.first, last_year=change.last, years=change.years)


def _unanswered(rows: pd.DataFrame, now: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Why there is no index: the schools' own statuses, too few schools, too many of them unknown, too few pupils."""
    frame = unanswered(rows.assign(unit_id=ids[rows["unit"].to_numpy(np.int64)]), ids)
    by_unit = now.set_index("unit").reindex(np.arange(len(ids)))
    some = (frame["verdict"] == "too_few").to_numpy()
    few = by_unit["schools"].to_numpy(float) < FEWEST_SCHOOLS
    thin = by_unit["pupils_covered"].to_numpy(float) < LEAST_COVERED
    frame.loc[some, "reason"] = np.select([few, thin], ["few_schools", "low_coverage"], "few_members")[some]
    return frame


def _decide(estimates: pd.DataFrame) -> None:
    """Rising or falling by the slope's interval; else beyond lots or not by the index's own."""
    answered = estimates["low"].notna()
    beyond, up, down = estimates["low"] > 0, estimates["slope_low"] > 0, estimates["slope_high"] < 0
    estimates.loc[answered, "reason"] = ""
    estimates.loc[answered, "verdict"] = "indistinguishable_from_random"
    estimates.loc[answered & beyond, "verdict"] = "beyond_random"
    estimates.loc[answered & beyond & estimates["slope"].notna(), "verdict"] = "no_certain_change"
    estimates.loc[answered & up, "verdict"] = "rising"
    estimates.loc[answered & down, "verdict"] = "falling"


def _details(estimates: pd.DataFrame, level: str) -> dict[str, object]:
    flagged = estimates["verdict"].isin(["rising", "falling"])
    return {
        "tested": int(estimates["slope"].notna().sum()),
        "flagged": int(flagged.sum()),
        "beyond": int((estimates["low"] > 0).sum()),
        "measured": int(estimates["low"].notna().sum()),
        "parts": {"region": "municipality", "nation": "region"}.get(level, ""),
    }


def _series(yearly: pd.DataFrame, given: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """The units' index per year, and one row per school with a figure (``group`` "school"), without its name."""
    own = yearly.assign(unit_id=ids[yearly["unit"].to_numpy()], group=ALL, mark="")
    own["given"] = own["estimate"].notna()
    own["status"] = np.where(own["given"], "given", "missing")
    own = own.rename(columns={"value": "share", "estimate": "value"})
    names = ["unit_id", "year", "group", "value", "low", "high", "status", "mark", "n", "given"]
    own = own[[*names, "share", "counted", "by_chance", "schools", "schools_missing"]]
    schools = given.assign(unit_id=ids[given["unit"].to_numpy(np.int64)], group="school", low=np.nan, high=np.nan)
    return pd.concat([own, schools[names]], ignore_index=True)
