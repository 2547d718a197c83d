"""How much of each figure of the background is more than chance."""

from __future__ import annotations

import numpy as np

from analysis.analyses.adjusted.fit import Fit, year_columns
from analysis.analyses.adjusted.predictors import chance_in_composition
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.regression import calibrated


def composition_reliability(fit: Fit) -> dict[str, object]:
    """Per figure the share of its variance between units, given year, that is not chance in a small school.

    A share of 1 would mean that the coefficients are not drawn towards zero by chance in the composition at all;
    the models with calibrated composition allow for it. A ``reason`` when nothing but chance is seen.
    """
    names = fit.predictors.names
    chance = chance_in_composition(fit.rows, names)
    known = np.isfinite(chance).all(axis=1)
    exact = np.column_stack([np.ones(len(fit.rows)), year_columns(fit.rows["year"].to_numpy())])
    try:
        found = calibrated(fit.rows[list(names)].to_numpy(float)[known], chance[known], exact[known])
    except CannotFitError as refusal:
        return {"reason": refusal.reason}
    return {name: float(each) for name, each in zip(names, found.reliability, strict=True)}
