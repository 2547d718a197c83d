"""The answer where each pupil's own earlier result is held."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.rows import unit_ids
from analysis.analyses.value_added.model import LEVELS, Foreseen, Nesting, foreseen
from analysis.model.observations import Observations
from analysis.statistics.refusal import CannotFitError

REASONS = {
    "few_units": "few_units",
    "too_few_groups": "few_units",
    "constant_outcome": "no_variation",
    "exact_fit": "no_variation",
    "no_variation_within_groups": "no_variation",
    "no_convergence": "no_convergence",
}
"""what a refusal of the model is called on the page; every other one is that units and pupils cannot be told apart"""


def is_held(observations: Observations, level: str) -> bool:
    """Whether pupils with an earlier result, belonging to units of this level, are held at all."""
    pupils = observations.pupils
    if level not in LEVELS or not len(pupils):
        return False
    belongs = pupils[LEVELS[level].unit].fillna("") != ""
    return bool((belongs & pupils["prior"].notna() & pupils["value"].notna()).any())


def answered(observations: Observations, level: str, year: int) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    """Estimates, series and numbers of the method for every unit of the level.

    The newest cohort and the one before it are taken together where both belong to one series (a class: the newest
    alone), and the newest is also answered for by itself. Pupils without a result have no part; pupils with a result
    but no earlier one are left out and counted, and the model is fitted once more with them, with a column of
    their own, to see whether any verdict would turn.
    """
    nesting, ids = LEVELS[level], unit_ids(observations, level)
    belonging = _belonging(observations, nesting, year)
    resulted = belonging[belonging["value"].notna()]
    used = resulted[resulted["prior"].notna()]
    estimates = _unanswered(ids, nesting, resulted, used)
    details: dict[str, object] = {"way": "pupils", "fewest": nesting.fewest}
    details |= {"without_value": len(belonging) - len(resulted), "without_prior": len(resulted) - len(used)}
    try:
        found = foreseen(used, nesting)
    except CannotFitError as refusal:
        _refuse(estimates, refusal)
        return estimates, _series(belonging, nesting), details | {"refusal": str(refusal)}
    _answer(estimates, found, nesting)
    _add_newest(estimates, used[used["year"] == year], nesting, len(used))
    details |= found.numbers | _sensitivity(estimates, resulted, used, nesting)
    return estimates, _series(belonging, nesting), details


def _belonging(observations: Observations, nesting: Nesting, year: int) -> pd.DataFrame:
    """The pupils of the cohorts that are taken together, those without a unit at this level left aside."""
    indicator, pupils = observations.indicator, observations.pupils
    newest = range(year - nesting.cohorts + 1, year + 1)
    years = [each for each in newest if indicator.segment(each) == indicator.segment(year)]
    chosen = pupils["year"].isin(years)
    for column in filter(None, (nesting.unit, nesting.below, nesting.above)):
        chosen &= pupils[column].fillna("") != ""
    return pupils[chosen]


def _unanswered(ids: pd.Index, nesting: Nesting, resulted: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """Every unit before the model: missing without pupils, too few without enough of them; how many, and when."""
    per_year = used.groupby([nesting.unit, "year"]).size()
    with_result = resulted.groupby(nesting.unit).size()
    n = per_year.groupby(level=0).sum()
    frame = pd.DataFrame({"verdict": "missing", "reason": "missing"}, index=ids)
    frame.loc[ids.isin(with_result.index), ["verdict", "reason"]] = ["too_few", "no_prior"]
    frame.loc[ids.isin(n.index), ["verdict", "reason"]] = ["too_few", "few_pupils"]
    frame["n"] = n.reindex(ids).fillna(0).astype(float)
    frame["smallest_n"] = per_year.groupby(level=0).min().reindex(ids).astype(float)
    frame["without_prior"] = (with_result.reindex(ids).fillna(0) - frame["n"]).astype(float)
    years = per_year.reset_index().groupby(nesting.unit)["year"].agg(["min", "max", "count"]).reindex(ids).astype(float)
    frame["first_year"], frame["last_year"], frame["years"] = years["min"], years["max"], years["count"].fillna(0.0)
    return frame


def _refuse(estimates: pd.DataFrame, refusal: CannotFitError) -> None:
    has_pupils = estimates["reason"] == "few_pupils"
    estimates.loc[has_pupils, ["verdict", "reason"]] = ["refused", REASONS.get(refusal.reason, "not_separable")]


def _answer(estimates: pd.DataFrame, found: Foreseen, nesting: Nesting) -> None:
    """Fills in the units with pupils enough; the verdict is that of the shrunken value's 95 % interval."""
    enough = found.table[found.table["n"] >= nesting.fewest]
    enough = enough[enough.index.isin(estimates.index)]
    for name in enough.columns.drop("n"):
        estimates[name] = enough[name].reindex(estimates.index)
    estimates.loc[enough.index, "reason"] = ""
    estimates.loc[enough.index, "verdict"] = verdicts(enough["shrunken_low"], enough["shrunken_high"])


def verdicts(low: pd.Series, high: pd.Series) -> np.ndarray:
    """Above or below only when the interval leaves the mean of all units out."""
    return np.select([low.to_numpy(float) > 0, high.to_numpy(float) < 0], ["above", "below"], default="equal")


def _add_newest(estimates: pd.DataFrame, newest: pd.DataFrame, nesting: Nesting, pooled: int) -> None:
    """The same from the newest cohort alone, beside the pooled answer; nothing where that cannot be fitted."""
    names = {"shrunken": "newest", "shrunken_low": "newest_low", "shrunken_high": "newest_high", "n": "newest_n"}
    for name in names.values():
        estimates[name] = np.nan
    if len(newest) == pooled:
        return
    try:
        table = foreseen(newest, nesting).table
    except CannotFitError:
        return
    shown = table[(table["n"] >= nesting.fewest) & table.index.isin(estimates.index)]
    estimates.loc[shown.index, list(names.values())] = shown[list(names)].to_numpy(float)


def _sensitivity(
    estimates: pd.DataFrame, resulted: pd.DataFrame, used: pd.DataFrame, nesting: Nesting
) -> dict[str, object]:
    """How many verdicts would be others with the pupils who lack an earlier result, and the largest difference."""
    if len(resulted) == len(used):
        return {}
    try:
        table = foreseen(resulted, nesting).table
    except CannotFitError as refusal:
        return {"with_all_refused": str(refusal)}
    both = estimates.index[estimates["reason"] == ""].intersection(table.index)
    other = table.loc[both]
    turned = verdicts(other["shrunken_low"], other["shrunken_high"]) != estimates.loc[both, "verdict"].to_numpy()
    apart = (other["shrunken"] - estimates.loc[both, "shrunken"]).abs()
    return {"turned": int(turned.sum()), "largest_apart": float(apart.max())}


def _series(belonging: pd.DataFrame, nesting: Nesting) -> pd.DataFrame:
    """The mean result and the number of pupils of each unit and cohort, where there are enough of them."""
    with_value = belonging[belonging["value"].notna()]
    grouped = with_value.groupby([nesting.unit, "year"], as_index=False)["value"].agg(["mean", "size"])
    frame = grouped.rename(columns={nesting.unit: "unit_id", "mean": "value", "size": "n"})
    is_shown = frame["n"] >= nesting.fewest
    frame = frame.assign(value=frame["value"].where(is_shown), group="all", mark="", given=is_shown)
    frame["status"] = np.where(is_shown, "given", "withheld")
    return frame.assign(n=frame["n"].astype(float))
