"""How much the schools of a municipality, county or nation differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.analyses.equity.gap import gaps_at
from analysis.analyses.equity.pairs import pupils_of
from analysis.analyses.rows import NoisyRows, above, noisy_rows, series_of, unanswered, unit_ids, values_of
from analysis.model.indicator import Indicator
from analysis.model.observations import Observations, Result
from analysis.model.words import BOYS, GIRLS
from analysis.statistics.between_share import between_share, upper_end
from analysis.statistics.intervals import Floats
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.shrinkage import spread_between

FEWEST_SCHOOLS = 4
NUMBERS = (
    "estimate", "low", "high", "spread", "between_share", "between_low", "between_high",
    "schools", "lowest", "highest", "smallest_n", "first_year", "last_year", "years",
)  # fmt: skip


def spread_between_schools(observations: Observations, level: str, year: int) -> Result:
    """How far apart the schools truly are in `year`, with chance in small cohorts taken away.

    Paule–Mandel variance between schools, each with its own cohort variance; 95 % interval by Q-profile.
    ``estimate``, ``low`` and ``high`` are standard deviations in the indicator's unit. The share of the
    pupils' variance between schools divides by the known variance of pupils (``total_from`` pupil_sd), by
    p(1 - p) for percentages (binomial), or by itself plus the pupil variance of the noise (noise). At least
    four schools with a figure. Where the unit's pupils are held, the share is that of `between_share`, whose
    interval is exact for normal pupils. The unit's gaps between groups are in ``details["gaps"]``.
    """
    indicator = observations.indicator
    ids = unit_ids(observations, level)
    noisy, schools = noisy_rows(observations, level, year), noisy_rows(observations, "school", year)
    now = noisy.rows[noisy.rows["year"] == year]
    school_rows = schools.rows[(schools.rows["year"] == year)]
    names = pd.Index(school_rows["unit_id"])
    parent = above(observations, names, level).to_numpy()
    estimates = _unanswered(now, school_rows.assign(parent=parent), ids)
    estimates = estimates.join(values_of(noisy.rows, ids, year))
    given = school_rows[school_rows["given"] & school_rows["variance"].notna()].assign(
        parent=parent[(school_rows["given"] & school_rows["variance"].notna()).to_numpy()]
    )
    for name in NUMBERS:
        estimates[name] = np.nan
    estimates["schools"] = given.groupby("parent").size().reindex(ids).fillna(0.0).to_numpy(float)
    _set_spreads(estimates, given, indicator, schools, year)
    from_pupils = _set_shares_of_pupils(estimates, observations, level, year)
    _decide(estimates)
    sides = {group: noisy_rows(observations, level, year, group) for group in (GIRLS, BOYS)}
    by_sex = pd.concat([side.rows for side in sides.values()], ignore_index=True)
    details = schools.details() | {
        "kind": "spread",
        "total_from": _total_from(indicator, schools),
        "shares_of_pupils": from_pupils,
        "gaps": gaps_at(observations, level, year, by_sex, sides[GIRLS]),
    }
    series = _series(observations, noisy, given, ids, level, year)
    return Result("equity", indicator, level, year, estimates, series, observations.units, details)


def _unanswered(now: pd.DataFrame, schools: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Why there is no spread: by the unit's schools, or by the unit's own row when it has no school."""
    by_school = unanswered(schools.assign(unit_id=schools["parent"]), ids)
    without = ~ids.isin(schools["parent"])
    by_school.loc[without] = unanswered(now, ids).loc[without]
    some = (by_school["verdict"] == "too_few").to_numpy()
    by_school.loc[some, "reason"] = "few_schools"
    return by_school


def _total_from(indicator: Indicator, schools: NoisyRows) -> str:
    if indicator.noise == "binomial":
        return "binomial"
    if indicator.pupil_sd is not None:
        return "pupil_sd"
    return "noise" if np.isfinite(schools.noise.pupil_sd) else "none"


def _set_spreads(
    estimates: pd.DataFrame, given: pd.DataFrame, indicator: Indicator, schools: NoisyRows, year: int
) -> None:
    """Sets the spread of each unit with enough schools among the `given` rows."""
    columns = given.assign(own=given["noise"] == "own_years")[["value", "variance", "df", "n", "own"]]
    figures = columns.to_numpy(float)
    of_unit = given.groupby("parent").indices
    enough = [unit for unit in estimates.index if len(of_unit.get(unit, ())) >= FEWEST_SCHOOLS]
    found = [_found(figures[of_unit[unit]].T, indicator, schools, year) for unit in enough]
    if found:
        numbers = pd.DataFrame(found, index=pd.Index(enough))
        estimates.loc[numbers.index, list(numbers.columns)] = numbers


def _found(figures: Floats, indicator: Indicator, schools: NoisyRows, year: int) -> dict[str, float]:
    """The spread between a unit's schools, from their values, variances, degrees of freedom, pupils, and own noise."""
    value, variance, df, n, own_years = figures
    own = own_years > 0
    if own.any():
        variance = np.where(own, np.average(variance[own], weights=df[own]), variance)
    spread = spread_between(value, variance)
    high = spread.high if spread.high > 0 else upper_end(value, variance)
    ends = (spread.variance, spread.low, high)
    shares = [_share(each, spread.mean, indicator, schools) for each in ends]
    estimate, low, high = (float(np.sqrt(each)) for each in ends)
    return {
        "estimate": estimate, "spread": estimate, "low": low, "high": high,
        "between_share": shares[0], "between_low": shares[1], "between_high": shares[2],
        "lowest": float(value.min()), "highest": float(value.max()),
        "smallest_n": float(n.min()),
        "first_year": float(year), "last_year": float(year), "years": 1.0,
    }  # fmt: skip


def _share(between: float, mean: float, indicator: Indicator, schools: NoisyRows) -> float:
    """The share of the pupils' variance that `between` is, 0 to 1; NaN when the pupils' variance is not known."""
    total_from = _total_from(indicator, schools)
    if total_from == "pupil_sd" and indicator.pupil_sd is not None:
        return min(between / indicator.pupil_sd**2, 1.0)
    if total_from == "binomial":
        total = mean * (100 - mean)
        return min(between / total, 1.0) if total > 0 else float("nan")
    within = schools.noise.pupil_sd**2
    return between / (between + within) if total_from == "noise" and between + within > 0 else float("nan")


def _set_shares_of_pupils(
    estimates: pd.DataFrame, observations: Observations, level: str, year: int
) -> tuple[str, ...]:
    """Sets the share between schools from the pupils themselves, and tells for which units.

    Without the pupils of schools whose figure is withheld: the share, the other schools' figures and the spread within
    them would leave little to choose for the mean of the one that is not shown.
    """
    pupils = pupils_of(observations, level)
    pupils = pupils[(pupils["year"] == year) & pupils["unit_id"].isin(estimates.index)]
    pupils = pupils[~pupils["school_id"].isin(["", *observations.withheld(year)])]
    done = []
    for unit, mine in pupils.groupby("unit_id"):
        schools = mine.groupby("school_id")["value"].agg(["mean", "size", "var"])
        schools = schools[schools["size"] >= observations.indicator.smallest_n].astype(float)
        squares = schools["var"] * (schools["size"] - 1)
        try:
            found = between_share(*(each.to_numpy(float) for each in (schools["mean"], schools["size"], squares)))
        except CannotFitError:
            estimates.loc[str(unit), ["between_share", "between_low", "between_high"]] = np.nan
            continue
        estimates.loc[str(unit), ["between_share", "between_low", "between_high"]] = found.share, found.low, found.high
        done.append(str(unit))
    return tuple(done)


def _series(
    observations: Observations, noisy: NoisyRows, given: pd.DataFrame, ids: pd.Index, level: str, year: int
) -> pd.DataFrame:
    """The units' own rows, and one row per school (``group`` "school", ``unit_id`` the unit it belongs to)."""
    own = series_of(observations, noisy, ids, level, year)
    columns = ["year", "value", "low", "high", "status", "mark", "n", "segment", "noise", "given"]
    schools = given[columns].assign(unit_id=given["parent"], school=given["unit_id"], group="school")
    return pd.concat([own.assign(school=""), schools], ignore_index=True)


def _decide(estimates: pd.DataFrame) -> None:
    answered = estimates["low"].notna()
    estimates.loc[answered, "reason"] = ""
    estimates.loc[answered, "verdict"] = "no_certain_difference"
    estimates.loc[estimates["low"] > 0, "verdict"] = "schools_differ"
