"""The pupils' own answers: the index of each unit, its response and how the answers are spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.analyses.rows import above, levels_above
from analysis.analyses.survey.spread import spread_of_answers
from analysis.catalogue.surveys import Survey
from analysis.model.observations import PUPIL_COLUMNS, Observations
from analysis.statistics.intervals import interval, wilson
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.reliability import alpha, omega
from analysis.statistics.survey import Means, difference_from_whole, means, response_limits


@dataclass(frozen=True)
class Answers:
    """The estimates of each unit, the rows shown beside them, and the reliability of the index."""

    estimates: pd.DataFrame
    series: pd.DataFrame
    details: dict[str, object]


def pupils_of(observations: Observations, level: str, year: int, ids: pd.Index) -> pd.DataFrame:
    """The invited pupils of a year with ``place``, where among `ids` their unit stands; others are left out."""
    pupils = observations.pupils
    pupils = pupils[pupils["year"] == year]
    if not len(pupils) or not len(ids):
        return pupils.iloc[:0].assign(place=pd.Series(dtype="int64"))
    column = f"{level}_id"
    if column in PUPIL_COLUMNS:
        units = pd.Index(pupils[column].fillna("").astype(str))
    else:
        towns = pd.Index(pupils["municipality_id"].unique())
        units = pd.Index(pupils["municipality_id"].map(above(observations, towns, level)).fillna("").astype(str))
    pupils = pupils.assign(place=ids.get_indexer(units).astype(np.int64))
    return pupils[pupils["place"] >= 0]


def answers_of(
    observations: Observations, survey: Survey, level: str, year: int, ids: pd.Index, pupils: pd.DataFrame
) -> Answers:
    """The index of each unit's pupils with what non-response could do, positive answers and the difference.

    Response is the invited pupils with a value (enough statements answered). Bounds: those without one at the
    scale's ends (Manski), or one of the unit's standard deviations from those with one. ``positive``: the share
    of all answers to the index's statements that are positive, reversed statements turned; its Wilson interval
    counts pupils, not answers, since a pupil's answers go together. Units with fewer answers than the
    indicator's ``smallest_n`` get no number but how many were invited.
    """
    place, value = pupils["place"].to_numpy(np.int64), pupils["value"].to_numpy(float)
    has = np.isfinite(value)
    part = means(place[has], value[has], len(ids))
    invited = np.bincount(place, minlength=len(ids)).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        response = part.n / invited
    limits = response_limits(part.mean, response, survey.lowest, survey.highest, part.sd)
    kept_within = np.clip([part.low, part.high], survey.lowest, survey.highest)
    spread = spread_of_answers(survey, observations.indicator.id, pupils, len(ids))
    positive = spread.positive_share()
    columns = {
        "value": part.mean, "value_low": kept_within[0], "value_high": kept_within[1], "n": part.n, "sd": part.sd,
        "smallest_n": part.n, "response": response, "positive": positive,
        **dict(zip(("worst_low", "worst_high", "plausible_low", "plausible_high"), limits, strict=True)),
        **dict(zip(("positive_low", "positive_high"), wilson(positive, part.n), strict=True)),
    }  # fmt: skip
    estimates = pd.DataFrame(columns, index=ids).join(_difference(observations, level, year, ids, part))
    few = part.n < max(observations.indicator.smallest_n, 2)
    estimates.loc[few] = np.nan
    estimates["invited"] = invited
    estimates["verdict"] = np.where(invited > 0, "withheld", "missing")
    estimates["reason"] = np.where(invited > 0, "few_answers", "not_asked")
    series = pd.concat([_own_rows(estimates, year), spread.rows(ids, year, ~few)], ignore_index=True)
    return Answers(estimates, series, _reliability(survey, observations, pupils) | {"kind": "pupils"})


def _difference(observations: Observations, level: str, year: int, ids: pd.Index, part: Means) -> pd.DataFrame:
    """Each unit's mean minus its municipality's; NaN columns at the municipality and above."""
    frame = pd.DataFrame(np.nan, index=ids, columns=["municipality", "estimate", "se", "df"])
    if "municipality" not in levels_above(level):
        return frame.assign(low=np.nan, high=np.nan, low80=np.nan, high80=np.nan)
    parents = above(observations, ids, "municipality").to_numpy()
    towns = pd.Index(np.unique(parents.astype(str)))
    pupils = pupils_of(observations, "municipality", year, towns)
    pupils = pupils[pupils["value"].notna()]
    whole = means(pupils["place"].to_numpy(np.int64), pupils["value"].to_numpy(float), len(towns))
    at = towns.get_indexer(pd.Index(parents.astype(str)))
    beside = Means(*(each[at] for each in vars(whole).values()))
    found = difference_from_whole(part, beside)
    frame["municipality"], frame["estimate"] = beside.mean, found.difference
    frame["se"], frame["df"] = found.se, found.df
    for suffix, sure in (("", 0.95), ("80", 0.80)):
        frame[f"low{suffix}"], frame[f"high{suffix}"] = interval(found.difference, found.se, found.df, sure)
    return frame


def _own_rows(estimates: pd.DataFrame, year: int) -> pd.DataFrame:
    """One row per unit with its index, in the shape of a series."""
    rows = estimates[["value", "value_low", "value_high", "n"]].rename(
        columns={"value_low": "low", "value_high": "high"}
    )
    given = rows["value"].notna()
    status = np.select([given, estimates["verdict"] == "withheld"], ["given", "withheld"], "missing")
    return rows.assign(year=year, group="all", status=status, mark="", given=given).reset_index()


def _reliability(survey: Survey, observations: Observations, pupils: pd.DataFrame) -> dict[str, object]:
    """α with its interval and ω of the index over all pupils of the level; a refusal is kept by its reason."""
    names = [name for name in survey.statements_of(observations.indicator.id) if name in pupils.columns]
    answers = pupils[names].to_numpy(float)
    turned = np.array([survey.statements[name].reversed for name in names], dtype=bool)
    scored = np.where(turned, survey.lowest + survey.highest - answers, answers)
    details: dict[str, object] = {"items": len(names)}
    try:
        found = alpha(scored)
        details |= {"alpha": found.alpha, "alpha_low": found.low, "alpha_high": found.high, "complete": found.complete}
    except CannotFitError as refusal:
        details["alpha_refused"] = refusal.reason
    try:
        details["omega"] = omega(scored).omega
    except CannotFitError as refusal:
        details["omega_refused"] = refusal.reason
    return details
