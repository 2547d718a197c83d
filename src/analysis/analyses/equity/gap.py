"""The gap between girls and boys in each unit, from figures by sex or from its own pupils."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.equity.groups import gaps_between_pupils
from analysis.analyses.equity.pairs import SEX
from analysis.analyses.equity.published import gaps_in_figures
from analysis.analyses.rows import NoisyRows, levels_above, noisy_rows, parent_value, unanswered, unit_ids, values_of
from analysis.model.observations import Observations, Result
from analysis.model.words import BOYS, GIRLS, Direction
from analysis.statistics.intervals import interval

MAIN = {
    "gap": "estimate", "se": "se", "df": "df", "low": "low", "high": "high", "first_year": "first_year",
    "last_year": "last_year", "smallest_n": "smallest_n", "p_value": "gap_p",
    "relative": "relative", "relative_low": "relative_low", "relative_high": "relative_high",
    "standardised": "standardised", "standardised_low": "standardised_low", "standardised_high": "standardised_high",
    "slope": "gap_slope", "slope_low": "gap_slope_low", "slope_high": "gap_slope_high",
    "slope_years": "gap_slope_years",
}  # fmt: skip
"""what the columns of a gap between girls and boys are called among the estimates"""


def gap_between_groups(observations: Observations, level: str, year: int) -> Result:
    """Girls' value minus boys', with all the unit's other gaps in ``details["gaps"]``.

    A unit with pupils in `year`: `gaps_between_pupils` (Welch). Any other: `gaps_in_figures`, the mean over the
    years of the latest segment with figures by sex. 95 % interval, in the indicator's unit.
    """
    indicator, ids = observations.indicator, unit_ids(observations, level)
    sides = {group: noisy_rows(observations, level, year, group) for group in (GIRLS, BOYS)}
    rows = pd.concat([side.rows for side in sides.values()], ignore_index=True)
    all_pupils = noisy_rows(observations, level, year)
    gaps = gaps_at(observations, level, year, rows, sides[GIRLS])
    here = _latest(rows)
    estimates = unanswered(here[["unit_id", "status", "given"]].drop_duplicates(), ids)
    without = ~ids.isin(rows["unit_id"].unique())
    estimates.loc[without, ["verdict", "reason"]] = "no_groups"
    estimates = estimates.join(values_of(all_pupils.rows, ids, year))
    estimates = estimates.join(_main(gaps, here, ids))
    small = gaps[(gaps["pair"] == SEX) & (gaps["status"] == "withheld")]["unit_id"]
    estimates.loc[ids.isin(small), ["verdict", "reason"]] = ["withheld", "hidden_group"]
    if "municipality" in levels_above(level):
        estimates["municipality"] = parent_value(observations, ids, "municipality", year)
    _decide(estimates, indicator.direction)
    return Result(
        "equity", indicator, level, year, estimates, _series(rows), observations.units,
        sides[GIRLS].details() | {"kind": "gap", "noise": _noise_of(here), "gaps": gaps},
    )  # fmt: skip


def gaps_at(observations: Observations, level: str, year: int, rows: pd.DataFrame, girls: NoisyRows) -> pd.DataFrame:
    """Every gap known of each unit: those of its pupils, and girls and boys by figures where it has no pupils."""
    by_pupils = gaps_between_pupils(observations, level, year)
    by_figures = gaps_in_figures(_latest(rows), observations.indicator, girls.noise.pupil_sd)
    known = by_pupils.loc[by_pupils["pair"] == SEX, "unit_id"]
    by_figures = by_figures[~by_figures["unit_id"].isin(known)]
    found = [each for each in (by_pupils, by_figures) if len(each)]
    return pd.concat(found, ignore_index=True) if found else by_pupils


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the latest segment with a figure by sex."""
    latest = rows.loc[rows["given"], "segment"].max()
    return rows[rows["segment"] == latest] if pd.notna(latest) else rows


def _noise_of(rows: pd.DataFrame) -> str:
    """own_years when any figure by sex had to be judged by the school's own years."""
    kinds = rows.loc[rows["given"], "noise"].unique()
    return str(kinds[0]) if len(kinds) == 1 else "own_years"


def _main(gaps: pd.DataFrame, here: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """The gap between girls and boys of each unit, under the estimates' names."""
    sex = gaps[gaps["pair"] == SEX].set_index("unit_id")
    frame = sex[list(MAIN)].rename(columns=MAIN).astype(float).reindex(ids)
    frame["gap_change"] = sex["change"].reindex(ids).fillna("too_few")
    frame["low80"], frame["high80"] = interval(frame["estimate"], frame["se"], frame["df"], 0.80)
    years = _years(here).reindex(ids).fillna(0.0)
    own = (sex["basis"] == "pupils").reindex(ids, fill_value=False).astype(bool)
    frame["years"] = np.where(own, 1.0, years)
    return frame


def _years(here: pd.DataFrame) -> pd.Series[float]:
    """How many years each unit has figures for both girls and boys."""
    given = here[here["given"]]
    both = given.duplicated(["unit_id", "year"])
    counts: pd.Series[float] = given.loc[both, "unit_id"].value_counts().astype(float)
    return counts


def _series(rows: pd.DataFrame) -> pd.DataFrame:
    columns = [
        "unit_id",
        "year",
        "group",
        "value",
        "low",
        "high",
        "status",
        "mark",
        "n",
        "segment",
        "noise",
        "given",
        "source",
    ]
    series = rows[columns].sort_values(["unit_id", "group", "year"], ignore_index=True)
    return series.assign(value=series["value"].where(series["given"]), reference=np.nan, reference_level=None)


def _decide(estimates: pd.DataFrame, direction: Direction) -> None:
    """Who is ahead: those with the higher value, or the lower one where lower is better."""
    low, high = estimates["low"], estimates["high"]
    girls, boys = (high < 0, low > 0) if direction == Direction.LOWER else (low > 0, high < 0)
    estimates.loc[low.notna(), "reason"] = ""
    estimates.loc[low.notna(), "verdict"] = "no_certain_gap"
    estimates.loc[girls, "verdict"] = "girls_ahead"
    estimates.loc[boys, "verdict"] = "boys_ahead"
