"""The regression behind the adjusted values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.model.observations import Observations
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.regression import Regression, regression

BACKGROUND = ("parents_education", "foreign_background", "girls")
FEWEST_UNITS = 30


@dataclass(frozen=True)
class Fit:
    """The fitted model, and its rows with ``left_out`` residual and ``prediction_variance``."""

    regression: Regression
    rows: pd.DataFrame
    names: tuple[str, ...]
    weights: str
    left_out_rows: int
    """rows with a value that the model could not use, because background or pupils were not given"""

    def summary(self) -> dict[str, object]:
        """Coefficients, standard errors and sizes, as plain numbers."""
        fit = self.regression
        errors = np.sqrt(np.diag(fit.covariance))
        return {
            "coefficients": {name: float(each) for name, each in zip(self.names, fit.coefficients, strict=True)},
            "se": {name: float(each) for name, each in zip(self.names, errors, strict=True)},
            "n": fit.n,
            "r2": fit.r2,
            "weights": self.weights,
            "clusters": fit.clusters,
            "df": fit.clusters - 1,
        }


def fitted(observations: Observations, rows: pd.DataFrame, weights: str) -> Fit:
    """The model of value on background and year over all units and years in `rows`.

    Raises CannotFitError with the reason no_context, too_few_schools or collinear.
    """
    missing = [name for name in BACKGROUND if name not in observations.context.columns]
    if missing:
        raise CannotFitError("no_context")
    context = observations.context[["unit_id", "year", *BACKGROUND]]
    given = rows[rows["given"]][["unit_id", "year", "value", "n"]]
    joined = given.merge(context, on=["unit_id", "year"], how="left", validate="one_to_one")
    complete = joined[list(BACKGROUND)].notna().all(axis=1)
    if not complete.any():
        raise CannotFitError("no_context")
    if weights == "n_pupils":
        complete &= joined["n"] > 0
    used = joined[complete].reset_index(drop=True)
    if used["unit_id"].nunique() < FEWEST_UNITS:
        raise CannotFitError("too_few_schools")
    return _fit(used, weights, int((~complete).sum()))


def _fit(used: pd.DataFrame, weights: str, left_out_rows: int) -> Fit:
    years = sorted(int(year) for year in used["year"].unique())
    dummies = [(used["year"] == year).to_numpy(float) for year in years[1:]]
    design = np.column_stack([np.ones(len(used)), *(used[name].to_numpy(float) for name in BACKGROUND), *dummies])
    names = ("constant", *BACKGROUND, *(f"year_{year}" for year in years[1:]))
    codes = pd.factorize(used["unit_id"])[0].astype(np.int64)
    pupils = used["n"].to_numpy(float) if weights == "n_pupils" else None
    try:
        found = regression(design, used["value"].to_numpy(float), codes, pupils)
    except CannotFitError as cause:
        raise CannotFitError("collinear") from cause
    table = used.assign(left_out=found.left_out, prediction_variance=found.prediction_variance(design))
    return Fit(found, table, names, weights, left_out_rows)
