"""Which answers may be seen: of a unit, and of units together, so that none is the difference between others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.rows import above, levels_above, unit_ids
from analysis.analyses.survey.answers import Answers, answers_of, pupils_of
from analysis.catalogue.surveys import Survey
from analysis.model.observations import Observations

Shown = set[tuple[str, str]]
"""units and the statements whose answers are spread out for them"""


def kept_back(
    observations: Observations, survey: Survey, answers: Answers, level: str, year: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What may not be seen taken out: units withheld, and statements with an option that few have chosen.

    The answers to a statement are spread out where every option, and the positive answers with their opposite, has
    been chosen by none or by at least ``observations.smallest_cell``. Above the school they are where they are for each
    school in the unit that has answers, and below it for all of a school's units or none: so none is a total less the
    others. A difference from a municipality that may not be seen is not shown either.
    """
    hidden = observations.withheld(year)
    numbers = [name for name in answers.estimates.columns if name not in ("verdict", "reason")]
    estimates, gone = answers.estimates.copy(), answers.estimates.index.isin(list(hidden))
    estimates.loc[gone, numbers] = np.nan
    estimates.loc[gone, ["verdict", "reason"]] = ["withheld", "few_answers"]
    towns = above(observations, estimates.index, "municipality").isin(list(hidden)).to_numpy()
    beside = ["municipality", "estimate", "se", "df", "low", "high", "low80", "high80"]
    estimates.loc[towns, beside] = np.nan
    series = answers.series.copy()
    own = series["unit_id"].isin(list(hidden)) & (series["group"] == "all")
    series.loc[own, ["value", "low", "high", "n"]] = np.nan
    series.loc[own, "status"], series.loc[own, "given"] = "withheld", False
    shown = _spread_out(observations, series, year)
    if observations.smallest_cell > 1:
        shown &= _beside_others(observations, survey, level, year, shown)
    is_spread = series["group"] == "statement"
    places = pd.MultiIndex.from_frame(series.loc[is_spread, ["unit_id", "statement"]])
    return estimates, series.drop(index=series.index[is_spread][~places.isin(list(shown))])


def _spread_out(observations: Observations, series: pd.DataFrame, year: int) -> Shown:
    """The units and statements of which every option is chosen by none or by enough."""
    answers = series[(series["group"] == "statement") & ~series["unit_id"].isin(list(observations.withheld(year)))]
    n = answers["n"]
    counts = [(answers[name] * n / 100).round() for name in ("value", "positive")]
    few = pd.Series(False, index=answers.index)
    for count in (*counts, n.round() - counts[1]):
        few |= (count > 0) & (count < observations.smallest_cell)
    pairs = set(answers[["unit_id", "statement"]].itertuples(index=False, name=None))
    return pairs - set(answers.loc[few, ["unit_id", "statement"]].itertuples(index=False, name=None))


def _beside_others(observations: Observations, survey: Survey, level: str, year: int, shown: Shown) -> Shown:
    """Those of a level's units and statements that no total less others would give away."""
    if level == "school":
        return shown
    if "school" in levels_above(level):
        ids = unit_ids(observations, level)
        whole = _of_all(shown, above(observations, ids, "school"), _answering(observations, level, year, ids))
        school = above(observations, ids, "school").to_dict()
        return {(unit, statement) for unit, statement in shown if (school.get(unit, ""), statement) in whole}
    schools = unit_ids(observations, "school")
    found = answers_of(observations, survey, "school", year, schools, pupils_of(observations, "school", year, schools))
    ours = _spread_out(observations, found.series, year)
    return _of_all(ours, above(observations, schools, level), _answering(observations, "school", year, schools))


def _answering(observations: Observations, level: str, year: int, ids: pd.Index) -> set[str]:
    """The units in which anybody has answered."""
    pupils = pupils_of(observations, level, year, ids)
    return {str(ids[place]) for place in pupils.loc[pupils["value"].notna(), "place"].unique()}


def _of_all(shown: Shown, parent: pd.Series[str], answering: set[str]) -> Shown:
    """The parents and statements for which all answering units below are shown."""
    due = parent[parent.index.isin(list(answering))].value_counts().to_dict()
    met: dict[tuple[str, str], int] = {}
    for unit, statement in shown:
        place = (str(parent.get(unit, "")), statement)
        met[place] = met.get(place, 0) + (unit in answering)
    return {place for place, number in met.items() if number == due.get(place[0], 0)}
