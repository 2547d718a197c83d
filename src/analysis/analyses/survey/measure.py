"""What do the pupils answer? The index of a survey with its uncertainty, response and difference from the town."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.rows import (
    above,
    levels_above,
    noisy_rows,
    parent_value,
    series_of,
    unanswered,
    unit_ids,
    values_of,
)  # fmt: skip
from analysis.analyses.survey.answers import answers_of, pupils_of
from analysis.analyses.survey.kept_back import kept_back
from analysis.catalogue.surveys import survey_of
from analysis.model.observations import Observations, Result
from analysis.statistics.intervals import interval, welch_df

LEAST_RESPONSE = 0.5
"""below this share of the invited nothing is said of a difference"""
NUMBERS = (
    "value", "value_low", "value_high", "n", "smallest_n", "sd", "invited", "response", "worst_low", "worst_high",
    "plausible_low", "plausible_high", "positive", "positive_low", "positive_high", "municipality", "estimate", "se",
    "df", "low", "high", "low80", "high80",
)  # fmt: skip


def measure(observations: Observations, level: str, year: int) -> Result:
    """What the pupils of each unit answer in `year`, how sure that is, and whether it differs from the municipality.

    With pupils: the mean of their index, 95 % Student t interval; `answers_of` says how those who did not
    answer could move it. The difference is against the municipality that the unit is itself a part of, with
    Welch's test against the others (`difference_from_whole`); no difference is judged where less than half have
    answered, and no number at all is given where fewer than the indicator's ``smallest_n`` have. Without pupils:
    the published rows, each with its own standard error; the municipality is then taken as another sample,
    which makes the interval of the difference a little too wide. No rows when the unit's level was not asked.
    """
    ids, survey = unit_ids(observations, level), survey_of(observations.indicator.id)
    pupils = pupils_of(observations, level, year, ids)
    if survey is not None and len(pupils):
        answers = answers_of(observations, survey, level, year, ids, pupils)
        estimates, series = kept_back(observations, survey, answers, level, year)
        details = answers.details
    elif survey is not None and len(ids) and len(observations.at(level)):
        estimates, series, details = _from_rows(observations, level, year, ids)
    else:
        ids, details = ids[:0], {"kind": "rows"}
        series = pd.DataFrame(columns=["unit_id", "year", "group", "value", "low", "high", "status", "mark", "n"])
        estimates = pd.DataFrame({"verdict": "", "reason": ""}, index=ids)
    estimates = estimates.reindex(columns=["verdict", "reason", *NUMBERS])
    estimates[list(NUMBERS)] = estimates[list(NUMBERS)].astype(float)
    _decide(estimates)
    return Result("survey", observations.indicator, level, year, estimates, series, observations.units, details)


def _from_rows(
    observations: Observations, level: str, year: int, ids: pd.Index
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    """The index as published, and its difference from the published index of the municipality."""
    noisy = noisy_rows(observations, level, year)
    now = noisy.rows[noisy.rows["year"] == year]
    estimates = unanswered(now, ids).join(values_of(noisy.rows, ids, year))
    estimates["smallest_n"] = estimates["n"]
    if "municipality" in levels_above(level):
        estimates["municipality"] = parent_value(observations, ids, "municipality", year)
        towns = noisy_rows(observations, "municipality", year).rows
        parents = above(observations, ids, "municipality")
        parts, dfs = [], []
        for rows, keys in ((now, ids), (towns[towns["year"] == year], pd.Index(parents))):
            by_unit = rows[rows["given"]].set_index("unit_id")[["variance", "df"]].reindex(keys)
            parts.append(by_unit["variance"].to_numpy(float))
            dfs.append(by_unit["df"].to_numpy(float))
        estimates["estimate"] = estimates["value"] - estimates["municipality"]
        estimates["se"], estimates["df"] = np.sqrt(parts[0] + parts[1]), welch_df(np.stack(parts), np.stack(dfs))
        ends = (interval(estimates["estimate"], estimates["se"], estimates["df"], sure) for sure in (0.95, 0.80))
        for suffix, (low, high) in zip(("", "80"), ends, strict=True):
            estimates[f"low{suffix}"], estimates[f"high{suffix}"] = low, high
    return estimates, series_of(observations, noisy, ids, level, year), noisy.details() | {"kind": "rows"}


def _decide(estimates: pd.DataFrame) -> None:
    """The verdict of each unit that has a value, by its response and by the interval of its difference."""
    answered = estimates["value"].notna()
    estimates.loc[answered, "reason"] = ""
    estimates.loc[answered, "verdict"] = "described"
    estimates.loc[answered & estimates["low"].notna(), "verdict"] = "no_certain_difference"
    estimates.loc[answered & (estimates["low"] > 0), "verdict"] = "above_municipality"
    estimates.loc[answered & (estimates["high"] < 0), "verdict"] = "below_municipality"
    estimates.loc[answered & (estimates["response"] < LEAST_RESPONSE), "verdict"] = "too_low_response"
