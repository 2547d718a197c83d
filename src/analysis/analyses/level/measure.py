"""Where do we stand? Each unit beside its own history, the levels above and the units most like it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.analyses.level.difference import difference
from analysis.analyses.level.similar import similar
from analysis.analyses.level.target import against_target
from analysis.analyses.rows import ONLY_ONE, above, levels_above, noisy_rows, series_of, unanswered, unit_ids, values_of
from analysis.model.observations import Observations, Result
from analysis.statistics.intervals import verbs
from analysis.statistics.lines import means


def measure(observations: Observations, level: str, year: int) -> Result:
    """How each unit's value in `year` compares with its own earlier years, the levels above and similar units.

    Differences with 95 % and 80 % intervals (Student t, Welch–Satterthwaite degrees of
    freedom). With w the unit's share of its parent's pupils, Var(y - Y) = (1 - w)²v + max(V - w²v, 0), for the
    unit is part of its parent; w = 0, which widens the interval, where pupils are not known. History: mean
    of the earlier years of the same segment. The verdict is that of the nearest level above, else similar
    units, history, the target; its numbers stand in ``estimate``, ``se``, ``low`` … Target: the first that
    holds for the unit with a value to reach, taken as known; for shares the difference has Wilson's interval.
    """
    indicator = observations.indicator
    ids = unit_ids(observations, level)
    noisy = noisy_rows(observations, level, year)
    rows = noisy.rows[noisy.rows["segment"] == indicator.segment(year)]
    now = rows[rows["year"] == year]
    own = now[now["given"]].set_index("unit_id").reindex(ids)
    estimates = unanswered(now, ids).join(values_of(rows, ids, year))
    steps = [step for step in levels_above(level) if len(observations.at(step))]
    compared = {step: _against_parent(observations, own, ids, step, year) for step in steps}
    names = pd.Series("", index=ids)
    near, names, context = similar(observations, own, year)
    compared |= {"similar": near, "history": _against_history(rows[rows["given"]], own, ids, year)}
    aim = against_target(observations, own, ids, level, year, noisy.noise.dispersion)
    if aim is not None:
        compared["target"] = aim
    order = tuple(name for name, frame in compared.items() if frame["diff"].notna().any())
    for name, frame in compared.items():
        estimates = estimates.join(_columns(frame, name))
    if aim is not None:
        estimates = estimates.join(aim[["target_kind", "target_due", "target_set_by", "target_unit"]])
    estimates["similar_units"] = names
    estimates["smallest_n"] = _smallest(rows, own, ids, year)
    _decide(estimates, compared)
    details = noisy.details() | {"order": order, "context": context}
    series = series_of(observations, noisy, ids, level, year)
    return Result("level", indicator, level, year, estimates, series, observations.units, details)


def _against_parent(observations: Observations, own: pd.DataFrame, ids: pd.Index, step: str, year: int) -> pd.DataFrame:
    rows = noisy_rows(observations, step, year).rows
    now = rows[(rows["year"] == year) & rows["given"]].set_index("unit_id")
    parents = now.reindex(above(observations, ids, step).to_numpy())
    variance, n = own["variance"].to_numpy(float), own["n"].to_numpy(float)
    theirs = parents["variance"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(n / parents["n"].to_numpy(float), nan=0.0, posinf=0.0)
    mine, rest = (1 - share) ** 2 * variance, np.maximum(theirs - share**2 * variance, 0)
    value = np.where(share < ONLY_ONE, parents["value"].to_numpy(float), np.nan)
    frame = difference(own, value, (mine, rest), parents["df"].to_numpy(float))
    frame["reference"] = value
    return frame


def _against_history(given: pd.DataFrame, own: pd.DataFrame, ids: pd.Index, year: int) -> pd.DataFrame:
    earlier = given[(given["year"] < year) & given["variance"].notna()]
    codes = ids.get_indexer(pd.Index(earlier["unit_id"])).astype(np.int64)
    fit = means(codes, earlier["value"].to_numpy(float), np.ones(len(earlier)), len(ids))
    variance = np.bincount(codes, earlier["variance"].to_numpy(float), len(ids)) * fit.variance**2
    return difference(own, fit.estimate, (own["variance"].to_numpy(float), variance), None)


def _columns(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    kept = frame[["reference", "diff", "low", "high", "low80", "high80"]]
    return kept.rename(columns=lambda column: name if column == "reference" else f"{name}_{column}")


def _smallest(rows: pd.DataFrame, own: pd.DataFrame, ids: pd.Index, year: int) -> pd.Series[float]:
    """Pupils in the smallest cohort behind the value and its history; NaN when one is not known."""
    given = rows[rows["given"] & (rows["year"] <= year)]
    return given.groupby("unit_id")["n"].min(skipna=False).reindex(ids).where(own["value"].notna()).astype(float)


def _decide(estimates: pd.DataFrame, compared: Mapping[str, pd.DataFrame]) -> None:
    """Sets the verdict and its numbers from the first comparison that has an interval."""
    names = ("se", "df", "low", "high", "low80", "high80")
    chosen = np.full((len(estimates), len(names) + 1), np.nan)
    for frame in compared.values():
        open_still = np.isnan(chosen[:, 0]) & frame["low"].notna().to_numpy(bool)
        chosen[open_still] = frame[["diff", *names]].to_numpy(float)[open_still]
    estimates[["estimate", *names]] = chosen
    estimates.loc[estimates["value"].notna(), "reason"] = "no_comparison"
    ends = (estimates[name].to_numpy(float) for name in ("low", "high", "low80", "high80"))
    words = pd.Series(verbs(*ends), index=estimates.index)
    answered = words != ""
    estimates.loc[answered, "verdict"] = words[answered]
    estimates.loc[answered, "reason"] = ""
