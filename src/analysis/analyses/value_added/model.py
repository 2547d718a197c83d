"""The model of pupils in schools behind the value added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.analyses.value_added.design import Design, design
from analysis.statistics.intervals import Floats, interval
from analysis.statistics.mixed_model import Foreseen as Answer
from analysis.statistics.mixed_model import MixedModel, ThreeLevelModel, fit, fit_three_levels
from analysis.statistics.refusal import CannotFitError

FEWEST_UNITS = 5


@dataclass(frozen=True)
class Nesting:
    """What a level's units are in the model, the fewest pupils one is answered for, and the cohorts taken together.

    ``below`` is the level within the unit, or ``above`` the level around it, that has an intercept of its own.
    """

    unit: str
    fewest: int
    cohorts: int
    below: str = ""
    above: str = ""


LEVELS = {
    "group": Nesting("group_id", 10, 1, above="school_id"),
    "team": Nesting("team_id", 10, 2, above="school_id"),
    "school": Nesting("school_id", 15, 2),
    "area": Nesting("area_id", 15, 2, below="school_id"),
    "municipality": Nesting("municipality_id", 15, 2, below="school_id"),
}
"""the levels that pupils are known to belong to"""


@dataclass(frozen=True)
class Foreseen:
    """Each unit's value added (``table``, indexed by unit id) and the numbers of the method."""

    table: pd.DataFrame
    numbers: dict[str, object]


@dataclass(frozen=True)
class _Parts:
    """What of a fitted model belongs to the level's units."""

    model: MixedModel | ThreeLevelModel
    own: Answer
    """each unit's own deviation; for a unit inside another both together"""
    between: float
    within_units: float
    """the variance between the groups inside a unit, 0 where the model has none"""


def foreseen(pupils: pd.DataFrame, nesting: Nesting) -> Foreseen:
    """How far each unit's pupils have come beyond what pupils who started alike do.

    y = f(prior) + background + year + unit + ε, REML, an intercept of its own for each unit and for the level within
    or around it. ``shrunken`` is the posterior mean of the unit's own deviation (for a unit inside another: both
    together), with its interval and ``shrinkage_weight`` from the same posterior, averaged over the variances that
    may be; ``estimate`` the mean residual as it stands, variance σ²/n + x̄'Cov(β)x̄ (plus that of the groups
    within). Raises CannotFitError.
    """
    codes, labels = pd.factorize(pupils[nesting.unit], sort=True)
    if len(labels) < FEWEST_UNITS:
        raise CannotFitError("few_units", f"at least {FEWEST_UNITS} units are needed, found: {len(labels)}")
    made, values = design(pupils), pupils["value"].to_numpy(float)
    parts = _fitted(values, made, codes, pupils, nesting)
    return Foreseen(_table(values, made, codes, labels, pupils, parts, nesting), _numbers(made, parts, len(labels)))


def _fitted(values: Floats, made: Design, codes: np.ndarray, pupils: pd.DataFrame, nesting: Nesting) -> _Parts:
    if nesting.above:
        outer = pd.factorize(pupils[nesting.above], sort=True)[0]
        inside = fit_three_levels(values, made.table, codes, outer, names=made.names)
        order = np.argsort(inside.groups)
        between = inside.variance + inside.outer_variance
        own = Answer(**{name: each[order] for name, each in vars(inside.foreseen).items()})
        return _Parts(inside, own, between, 0.0)
    if nesting.below:
        inner = pd.factorize(pupils[nesting.below], sort=True)[0]
        around = fit_three_levels(values, made.table, inner, codes, names=made.names)
        return _Parts(around, around.outer_foreseen, around.outer_variance, around.variance)
    alone = fit(values, made.table, codes, names=made.names)
    assert alone.foreseen is not None
    return _Parts(alone, alone.foreseen, float(alone.variances[0, 0]), 0.0)


def _table(
    values: Floats,
    made: Design,
    codes: np.ndarray,
    labels: pd.Index,
    pupils: pd.DataFrame,
    parts: _Parts,
    nesting: Nesting,
) -> pd.DataFrame:
    n = np.bincount(codes, minlength=len(labels)).astype(float)

    def mean(column: Floats) -> Floats:
        return np.asarray(np.bincount(codes, column, len(labels)) / n, dtype=float)

    own = np.column_stack([mean(column) for column in made.table.T])
    raw, value = mean(values) - own @ parts.model.fixed, mean(values)
    chance = parts.model.residual_variance / n + np.einsum("ga,ab,gb->g", own, parts.model.fixed_covariance, own)
    if nesting.below:
        sizes = pupils.groupby([codes, pupils[nesting.below].to_numpy()]).size().to_numpy(float)
        owner = pupils.groupby([codes, pupils[nesting.below].to_numpy()]).size().index.get_level_values(0).to_numpy()
        chance = chance + parts.within_units * np.bincount(owner, sizes**2, len(labels)) / n**2
    low, high = interval(raw, np.sqrt(chance))
    low80, high80 = interval(raw, np.sqrt(chance), level=0.80)
    columns = {"value": value, "n": n, "expected": value - raw, "estimate": raw, "se": np.sqrt(chance), "df": np.inf}
    columns |= {"low": low, "high": high, "low80": low80, "high80": high80}
    columns |= {"shrunken": parts.own.value, "shrunken_low": parts.own.low, "shrunken_high": parts.own.high}
    columns |= {"shrinkage_weight": parts.own.kept, "prior_mean": mean(pupils["prior"].fillna(0.0).to_numpy(float))}
    return pd.DataFrame(columns, index=pd.Index(labels, name="unit_id"))


def _numbers(made: Design, parts: _Parts, units: int) -> dict[str, object]:
    model = parts.model
    pairs = zip(made.names, model.fixed, model.fixed_se, strict=True)
    return {
        "spread": float(np.sqrt(parts.between)),
        "pupil_sd": float(np.sqrt(model.residual_variance)),
        "share": float(parts.between / (parts.between + parts.within_units + model.residual_variance)),
        "is_alike": bool(parts.between == 0),
        "units": units,
        "pupils": model.n,
        "bends": made.bends,
        "coefficients": {name: (float(each), float(se)) for name, each, se in pairs},
    }
