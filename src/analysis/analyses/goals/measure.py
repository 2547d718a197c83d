"""Is the target met? A probability in place of a traffic light."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.goals.standing import gap_rows, segment_rows, standing
from analysis.analyses.rows import levels_above, noisy_rows, parent_value, series_of, unanswered, unit_ids, values_of
from analysis.analyses.targets import first_targets, held_targets
from analysis.model.observations import Observations, Result
from analysis.model.words import BOYS, GIRLS, Direction
from analysis.statistics.intervals import Floats, interval
from analysis.statistics.targets import outlook, probability_met, probability_within

GAP = "gap_reduction"
FIRST = ("target_kind", "target", "target_due", "target_set_by", "target_unit")


def measure(observations: Observations, level: str, year: int) -> Result:
    """How likely it is that each unit's true figure meets its target in `year`, and in the target's own year.

    ``probability_now`` is P(θ ≥ target), or ≤ when lower is better, for this year's figure drawn towards its
    like; ``probability_due`` the same for the unit's line carried to the target's year (at least three years in
    the segment; none when that year is passed), level and slope drawn towards its like: it assumes that the
    line goes on. The verdict is that of ``probability_now``: met from .95, likely_met from .80, not_met to .05,
    unlikely_met to .20. A goal, an improvement and a minimum give the value to reach; a gap_reduction gives the
    largest difference between girls and boys, whichever way, and is judged by P(|gap| ≤ target). A target
    holds for the units below that have none. Without any target at this level the estimates have no rows.
    """
    indicator = observations.indicator
    ids = unit_ids(observations, level)
    noisy = noisy_rows(observations, level, year)
    now = noisy.rows[noisy.rows["year"] == year]
    estimates = unanswered(now, ids).join(values_of(now, ids, year))
    held = held_targets(observations, ids, level, year)
    details, series = noisy.details(), series_of(observations, noisy, ids, level, year)
    if held.empty:
        return Result("goals", indicator, level, year, estimates.iloc[:0], series, observations.units, details)
    rows = segment_rows(noisy, indicator, year)
    gaps = _gaps(observations, level, year) if (held["target_kind"] == GAP).any() else rows.iloc[:0]
    found = {False: standing(rows, ids, year), True: standing(gaps, ids, year)}
    judged = _judged(held, found, indicator.direction, year)
    estimates = estimates.join(_answers(judged, ids))
    estimates["targets"] = held["unit_id"].value_counts().reindex(ids).fillna(0).astype(float)
    if "municipality" in levels_above(level):
        estimates["municipality"] = parent_value(observations, ids, "municipality", year)
    _decide(estimates, indicator.direction)
    details |= {"judged": judged, "gaps": gaps, "tested": int(estimates["probability_now"].notna().sum())}
    return Result("goals", indicator, level, year, estimates, series, observations.units, details)


def _gaps(observations: Observations, level: str, year: int) -> pd.DataFrame:
    """Girls minus boys, per unit and year of the running segment."""
    girls, boys = (
        segment_rows(noisy_rows(observations, level, year, group), observations.indicator, year)
        for group in (GIRLS, BOYS)
    )
    return gap_rows(girls, boys)


def _judged(held: pd.DataFrame, found: dict[bool, pd.DataFrame], direction: Direction, year: int) -> pd.DataFrame:
    """Every target of every unit with its probabilities and the figure they rest on."""
    parts = []
    for is_gap, frame in found.items():
        mine = held[(held["target_kind"] == GAP) == is_gap]
        figures = frame.reindex(mine["unit_id"]).reset_index(drop=True)
        joined = pd.concat([mine.reset_index(drop=True), figures], axis=1)
        now = _probability(joined["drawn"], joined["drawn_sd"], joined["df"], joined["target"], direction, is_gap)
        parts.append(joined.assign(probability_now=now, probability_due=_due(joined, now, direction, is_gap, year)))
    together = pd.concat(parts, ignore_index=True)
    order = held.reset_index()[["unit_id", "target_id", "index"]]
    return together.merge(order, on=["unit_id", "target_id"]).sort_values("index", ignore_index=True)


def _probability(
    middle: pd.Series[float], sd: pd.Series[float], df: pd.Series[float], target: pd.Series[float],
    direction: Direction, is_gap: bool,
) -> Floats:  # fmt: skip
    if is_gap:
        return probability_within(middle, sd, target, df=df)
    if direction == Direction.CONTEXT:
        return np.full(len(target), np.nan)
    return probability_met(middle, sd, target, lower_is_better=direction == Direction.LOWER, df=df)


def _due(joined: pd.DataFrame, now: Floats, direction: Direction, is_gap: bool, year: int) -> Floats:
    """The probability in the target's own year; that of now when it is this year, NaN when it is passed."""
    ahead = joined["target_due"].to_numpy(float) - year
    parts = [joined[name].to_numpy(float) for name in ("level", "level_variance", "slope", "slope_variance")]
    level, level_variance, slope, slope_variance = parts
    far = outlook(
        level, np.sqrt(level_variance), slope, np.sqrt(slope_variance), np.maximum(ahead, 0), joined["target"],
        covariance=joined["covariance"], df=joined["line_df"],
    )  # fmt: skip
    frame = joined.assign(expected=far.expected, sd=far.sd)
    later = _probability(frame["expected"], frame["sd"], frame["line_df"], frame["target"], direction, is_gap)
    return np.select([ahead == 0, ahead > 0], [now, later], default=np.nan)


def _answers(judged: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """The first target of each unit as columns of an estimate."""
    first = judged.drop_duplicates("unit_id").set_index("unit_id").reindex(ids)
    frame = first_targets(judged, ids)[list(FIRST)]
    numbers = ["probability_now", "probability_due", "df", "years", "weight"]
    frame = frame.join(first[numbers].astype(float).rename(columns={"weight": "shrinkage_weight"}))
    frame = frame.assign(smallest_n=first["n"].astype(float), shrunken=first["drawn"].astype(float))
    frame = frame.assign(shrunken_low=first["low"].astype(float), shrunken_high=first["high"].astype(float))
    raw, se = first["value"].to_numpy(float), first["se"].to_numpy(float)
    low, high = interval(raw, se, first["df"].to_numpy(float))
    return frame.assign(estimate=raw, se=se, low=low, high=high)


def _decide(estimates: pd.DataFrame, direction: Direction) -> None:
    probability = estimates["probability_now"].to_numpy(float)
    limits = [probability >= 0.95, probability >= 0.8, probability > 0.2, probability > 0.05]
    names = np.select(limits, ["met", "likely_met", "uncertain", "unlikely_met"], default="not_met")
    answered = np.isfinite(probability)
    estimates.loc[answered, "verdict"] = names[answered]
    estimates.loc[answered, "reason"] = ""
    without = (estimates["target_kind"] == "").to_numpy(bool)
    estimates.loc[without, ["verdict", "reason"]] = "no_target"
    silent = ~without & ~answered & estimates["value"].notna().to_numpy(bool)
    gap = (estimates["target_kind"] == GAP).to_numpy(bool)
    estimates.loc[silent & gap, ["verdict", "reason"]] = ["too_few", "no_gap"]
    if direction == Direction.CONTEXT:
        estimates.loc[silent & ~gap, ["verdict", "reason"]] = ["refused", "no_direction"]
