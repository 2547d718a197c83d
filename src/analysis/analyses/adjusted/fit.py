"""The regression behind the adjusted values: ours over several years, and SALSA's form in one year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.analyses.adjusted.predictors import Predictors, included, predictors
from analysis.statistics.intervals import Floats, interval
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.regression import Regression, regression

FEWEST_UNITS = 30


@dataclass(frozen=True)
class Fit:
    """The fitted model, and its rows with ``left_out`` residual and ``prediction_variance``."""

    regression: Regression
    rows: pd.DataFrame
    design: Floats
    codes: np.ndarray
    predictors: Predictors
    names: tuple[str, ...]
    weights: str
    left_out_rows: int
    """rows with a value that the model could not use, because background or pupils were not given"""
    chance_df: float = float("inf")
    """degrees of freedom from which all rows' chance ``variance`` was learnt together; infinite where it is known"""

    def summary(self) -> dict[str, object]:
        """Coefficients, standard errors and sizes, as plain numbers."""
        return summary(self.regression, self.names, self.weights)


def summary(fit: Regression, names: tuple[str, ...], weights: str) -> dict[str, object]:
    """Coefficients, standard errors and sizes of a regression, as plain numbers."""
    errors = np.sqrt(np.diag(fit.covariance))
    return {
        "coefficients": {name: float(each) for name, each in zip(names, fit.coefficients, strict=True)},
        "se": {name: float(each) for name, each in zip(names, errors, strict=True)},
        "n": fit.n,
        "r2": fit.r2,
        "weights": weights,
        "clusters": fit.clusters,
        "df": fit.clusters - 1,
    }


def fitted(table: pd.DataFrame, year: int, weights: str) -> Fit:
    """The model of value on background and year over all units and years in `table`.

    Raises CannotFitError with the reason no_context, too_few_schools or collinear.
    """
    chosen = predictors(table, year)
    complete = table[list(chosen.names)].notna().all(axis=1)
    if weights == "n_pupils":
        complete &= table["n"] > 0
    used = table[complete].reset_index(drop=True)
    if used["unit_id"].nunique() < FEWEST_UNITS:
        raise CannotFitError("too_few_schools", f"{FEWEST_UNITS} units with value and background are needed")
    years = sorted(int(each) for each in used["year"].unique())
    design = np.column_stack(
        [np.ones(len(used)), used[list(chosen.names)].to_numpy(float), year_columns(used["year"].to_numpy())]
    )
    names = ("constant", *chosen.names, *(f"year_{each}" for each in years[1:]))
    codes = pd.factorize(used["unit_id"])[0].astype(np.int64)
    pupils = used["n"].to_numpy(float) if weights == "n_pupils" else None
    found = regression(design, used["value"].to_numpy(float), codes, pupils)
    rows = used.assign(left_out=found.left_out, prediction_variance=found.prediction_variance(design))
    return Fit(found, rows, design, codes, chosen, names, weights, int((~complete).sum()))


def year_columns(years: np.ndarray) -> Floats:
    """One column of zeros and ones per year after the first."""
    return np.asarray(years[:, None] == np.unique(years)[1:], dtype=float)


def replica(fit: Fit, year: int) -> tuple[pd.DataFrame, dict[str, object]]:
    """SALSA's form fitted to these units: one year, its rules of inclusion, plain residuals.

    Value on parents' education, share of boys and origin, unweighted (or by pupils as `fit`), robust errors
    (each unit its own cluster: HC1). ``replica_expected``, ``replica`` and its 95 % interval by chance in the
    cohort and the coefficients; nothing is left out and nothing drawn towards zero. With fewer than 30
    units or collinear background there is no number, and the second answer says the ``reason``.
    """
    table = fit.rows[fit.rows["year"] == year]
    table = table[included(table)]
    try:
        if len(table) < FEWEST_UNITS:
            raise CannotFitError("too_few_schools", f"{FEWEST_UNITS} units are needed, {len(table)} are included")
        parents, origin, girls = (table[name].to_numpy(float) for name in fit.predictors.names)
        design = np.column_stack([np.ones(len(table)), parents, origin, 100 - girls])
        pupils = table["n"].to_numpy(float) if fit.weights == "n_pupils" else None
        value = table["value"].to_numpy(float)
        found = regression(design, value, np.arange(len(table), dtype=np.int64), pupils)
    except CannotFitError as refusal:
        return pd.DataFrame(columns=["replica", "replica_low", "replica_high", "replica_expected"]), {
            "reason": refusal.reason
        }
    variance = table["variance"].to_numpy(float) + found.prediction_variance(design)
    low, high = interval(found.residuals, np.sqrt(variance), found.clusters - 1)
    answer = {"replica": found.residuals, "replica_low": low, "replica_high": high}
    frame = pd.DataFrame(answer | {"replica_expected": value - found.residuals}, index=table["unit_id"])
    return frame, summary(found, ("constant", fit.predictors.parents, fit.predictors.origin, "boys"), fit.weights)
