"""The answer where only the means of units are held: from one grade's result to the next grade's a year later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.analyses.rows import NoisyRows, noisy_rows, unanswered, unit_ids
from analysis.analyses.value_added.model import FEWEST_UNITS
from analysis.analyses.value_added.pupils import verdicts
from analysis.model.indicator import Indicator
from analysis.model.observations import Observations
from analysis.model.words import ALL, Status
from analysis.statistics.intervals import interval
from analysis.statistics.posterior import posterior
from analysis.statistics.shrinkage import between_variance

FEWEST_PUPILS = 15
WIDEST = 1e6
"""differences have no floor and no ceiling"""


def is_held(observations: Observations, level: str) -> bool:
    """Whether any unit of the level has a figure with the same pupils' earlier one beside it."""
    context = observations.context
    if "prior_value" not in context.columns or not observations.indicator.prior_years:
        return False
    rows = observations.at(level, ALL)
    given = set(rows.loc[rows["status"] == Status.GIVEN, "unit_id"].unique())
    return not given.isdisjoint(context.loc[context["prior_value"].notna(), "unit_id"].unique())


def answered(observations: Observations, level: str, year: int) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    """Estimates, series and numbers of the method for every unit of the level.

    Growth is the value minus the earlier figure of the same cohort and test; ``estimate`` is the growth minus the
    units' common growth (weighted by pupils where every number is known), its variance that of chance in the
    growth plus the common one's. Chance is estimated from how the units' growth varies around their own lines over
    the years. ``shrunken`` = λ·estimate, the spread between units by Paule–Mandel. The verdict is that
    of the estimate's 95 % interval.
    """
    ids = unit_ids(observations, level)
    own = observations.at(level)
    own = own[own["year"] == year]
    estimates = unanswered(own.assign(given=(own["status"] == Status.GIVEN) & own["value"].notna()), ids)
    growth = replace(observations, indicator=_of_growth(observations.indicator), rows=_growth_rows(observations, level))
    noisy = noisy_rows(growth, level, year)
    now = noisy.rows[noisy.rows["year"] == year].set_index("unit_id")
    given = own[own["status"] == Status.GIVEN].set_index("unit_id")
    estimates["value"] = given["value"].reindex(ids).astype(float)
    estimates["prior_mean"] = estimates["value"] - now["value"].reindex(ids)
    estimates["n"] = estimates["smallest_n"] = now["n"].reindex(ids).astype(float)
    estimates["first_year"] = estimates["last_year"] = float(year)
    details = noisy.details() | {"way": "rows", "fewest": FEWEST_PUPILS}
    _say_why_not(estimates)
    details |= _answer(estimates, now)
    return estimates, _series(noisy), details


def _of_growth(indicator: Indicator) -> Indicator:
    """The indicator of a difference: twice the variance of rounding and, at most, of pupils; no floor or ceiling."""
    twice = float(np.sqrt(2))
    rounding = max(indicator.rounding, 10.0**-indicator.decimals)
    pupil_sd = None if indicator.pupil_sd is None else twice * indicator.pupil_sd
    changes = {"minimum": -WIDEST, "maximum": WIDEST, "rounding": twice * rounding, "pupil_sd": pupil_sd}
    return replace(indicator, noise="between_years", **changes)  # type: ignore[arg-type]


def _growth_rows(observations: Observations, level: str) -> pd.DataFrame:
    """Rows whose value is the growth, where both figures are given and belong to one series."""
    indicator, context = observations.indicator, observations.context
    rows = observations.at(level, ALL)
    rows = rows[(rows["status"] == Status.GIVEN) & rows["value"].notna()]
    earlier = context[["unit_id", "year", "prior_value", "prior_n"]].dropna(subset=["prior_value"])
    joined = rows.merge(earlier, on=["unit_id", "year"], validate="one_to_one")
    years = [int(each) for each in joined["year"].unique()]
    same = {each: indicator.segment(each) == indicator.segment(each - indicator.prior_years) for each in years}
    joined = joined[joined["year"].map(same).astype(bool)]
    n = np.minimum(joined["n"].to_numpy(float), joined["prior_n"].to_numpy(float))
    joined = joined.assign(value=joined["value"] - joined["prior_value"], n=n, se=np.nan)
    return joined[list(rows.columns)].reset_index(drop=True)


def _say_why_not(estimates: pd.DataFrame) -> None:
    """The reason of units with a value but no growth, or too few pupils."""
    has_value = estimates["value"].notna()
    estimates.loc[has_value, ["verdict", "reason"]] = ["too_few", "short_series"]
    estimates.loc[has_value & estimates["prior_mean"].isna(), ["verdict", "reason"]] = ["too_few", "no_prior"]
    few = has_value & (estimates["n"] < FEWEST_PUPILS)
    estimates.loc[few, ["verdict", "reason"]] = ["too_few", "few_pupils"]


def _answer(estimates: pd.DataFrame, now: pd.DataFrame) -> dict[str, object]:
    """Fills in the units whose growth has a known chance variance; the numbers of the method."""
    ready = now[(now["variance"] > 0) & now.index.isin(estimates.index[estimates["reason"] == "short_series"])]
    if len(ready) < FEWEST_UNITS:
        estimates.loc[ready.index, ["verdict", "reason"]] = ["refused", "few_units"]
        return {"units": len(ready)}
    growth, chance = ready["value"].to_numpy(float), ready["variance"].to_numpy(float)
    n = ready["n"].to_numpy(float)
    weights = n / n.sum() if np.isfinite(n).all() else np.full(len(growth), 1 / len(growth))
    common = float(weights @ growth)
    spread = between_variance(growth, chance)
    raw, variance = growth - common, chance + float(weights**2 @ (chance + spread))
    df = ready["df"].to_numpy(float)
    kept = posterior(raw, variance, df, centre=0.0)
    low, high = interval(raw, np.sqrt(variance), df)
    low80, high80 = interval(raw, np.sqrt(variance), df, 0.80)
    value = estimates.loc[ready.index, "value"].to_numpy(float)
    columns = {"estimate": raw, "se": np.sqrt(variance), "df": df, "low": low, "high": high}
    columns |= {"low80": low80, "high80": high80, "expected": value - raw}
    columns |= {"shrunken": kept.value, "shrunken_low": kept.low, "shrunken_high": kept.high}
    columns |= {"shrinkage_weight": kept.weight}
    for name, column in columns.items():
        estimates[name] = pd.Series(column, index=ready.index).reindex(estimates.index)
    estimates.loc[ready.index, "reason"] = ""
    estimates.loc[ready.index, "verdict"] = verdicts(pd.Series(low), pd.Series(high))
    return {"units": len(ready), "common": common, "spread": kept.spread}


def _series(noisy: NoisyRows) -> pd.DataFrame:
    """The growth of every year that chance is estimated from."""
    return noisy.rows[["unit_id", "year", "group", "value", "low", "high", "status", "mark", "n", "given", "noise"]]
