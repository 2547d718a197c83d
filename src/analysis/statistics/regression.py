"""Linear regression with clusters: coefficients, robust errors and predictions that leave a cluster out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.refusal import CannotFitError

LARGEST_CONDITION = 1e8
"""columns (scaled to unit length) with a larger condition number are refused as collinear"""


@dataclass(frozen=True)
class Regression:
    """A fitted line through many schools.

    ``coefficients`` and ``covariance`` (cluster-robust), ``r2``, ``left_out`` = each row's residual when its
    whole cluster is left out, ``n`` rows and ``clusters`` clusters.
    """

    coefficients: Floats
    covariance: Floats
    r2: float
    residuals: Floats
    left_out: Floats
    n: int
    clusters: int

    def prediction_variance(self, design: Floats) -> Floats:
        """The variance of each row's expected value that comes from the coefficients."""
        return np.asarray(np.einsum("ij,jk,ik->i", design, self.covariance, design), dtype=float)


def regression(design: Floats, y: Floats, clusters: Codes, weights: Floats | None = None) -> Regression:
    """Least squares with robust errors for rows that belong together.

    OLS, or WLS with `weights`; covariance clustered by `clusters` with the correction
    G/(G-1) · (N-1)/(N-k); R² as centred (weighted) share. `design` carries its own constant in column 0.
    Raises CannotFitError when the columns are collinear.
    """
    weight = np.ones(len(y)) if weights is None else weights
    root: Floats = np.sqrt(weight)
    x, target = design * root[:, None], y * root
    lengths = np.linalg.norm(x, axis=0)
    if len(y) <= design.shape[1] or np.any(lengths == 0) or np.linalg.cond(x / lengths) > LARGEST_CONDITION:
        raise CannotFitError("collinear", "the columns of the model are collinear or there are fewer rows than columns")
    bread: Floats = np.asarray(np.linalg.inv(x.T @ x), dtype=float)
    coefficients = bread @ (x.T @ target)
    residuals: Floats = np.asarray(target - x @ coefficients, dtype=float)
    labels, codes = np.unique(clusters, return_inverse=True)
    groups, rows, columns = len(labels), *design.shape
    if groups < 2:
        raise CannotFitError("too_few_groups", "robust errors need at least two clusters")
    scores = np.zeros((groups, columns))
    np.add.at(scores, codes, x * residuals[:, None])
    correction = groups / (groups - 1) * (rows - 1) / (rows - columns)
    covariance = correction * bread @ (scores.T @ scores) @ bread
    centred = y - np.sum(weight * y) / np.sum(weight)
    r2 = 1 - float(np.sum(residuals**2) / np.sum(weight * centred**2))
    left_out = _left_out(x, residuals, bread, codes.astype(np.int64)) / root
    return Regression(coefficients, covariance, r2, residuals / root, left_out, rows, groups)


def _left_out(x: Floats, residuals: Floats, bread: Floats, codes: Codes) -> Floats:
    """Residuals when each row's whole cluster is left out: (I - H_gg)⁻¹ e_g; NaN where nothing is left to fit."""
    answer = np.empty(len(residuals))
    order = np.argsort(codes, kind="stable")
    _, starts, sizes = np.unique(codes[order], return_index=True, return_counts=True)
    for size in np.unique(sizes):
        rows = order[starts[sizes == size][:, None] + np.arange(size)]
        block = x[rows]
        makers = np.eye(size) - np.einsum("gik,kl,gjl->gij", block, bread, block)
        solvable = np.linalg.svd(makers, compute_uv=False)[:, -1] > 1e-9
        found = np.full(rows.shape, np.nan)
        if solvable.any():
            found[solvable] = np.linalg.solve(makers[solvable], residuals[rows][solvable][..., None])[..., 0]
        answer[rows] = found
    return answer
