"""Linear regression with clusters: coefficients, robust errors and predictions that leave a cluster out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.refusal import CannotFitError

LARGEST_CONDITION = 1e8
"""columns (scaled to unit length) with a larger condition number are refused as collinear"""
HUBER_REACH = 1.345
"""residuals further out than this many scales are drawn in: 95 % efficient where they are normal"""
AT_ONCE = 256
LARGEST_OF_SERIES = 0.05
"""clusters that hold at most this much of the fit, the trace of their hat matrix, are left out by a short series"""
SMALLEST_LEFT = 1e-9
"""a cluster whose leaving-out keeps less than this share of some direction has no prediction"""


@dataclass(frozen=True)
class Regression:
    """A fitted line through many schools.

    ``coefficients`` and ``covariance`` (cluster-robust), ``r2``, ``left_out`` = each row's residual when its
    whole cluster is left out, ``n`` rows and ``clusters`` clusters with weight.
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
        return np.asarray(np.einsum("ij,ij->i", design @ self.covariance, design), dtype=float)


def regression(design: Floats, y: Floats, clusters: Codes, weights: Floats | None = None) -> Regression:
    """Least squares with robust errors for rows that belong together.

    OLS, or WLS with `weights`; covariance clustered by `clusters` with the correction
    G/(G-1) · (N-1)/(N-k); R² as centred (weighted) share. `design` carries its own constant in column 0. A
    row of weight 0 takes no part in the fit but gets residuals. Raises CannotFitError when the columns are
    collinear or there are fewer than two clusters.
    """
    weight = np.ones(len(y)) if weights is None else weights
    root: Floats = np.sqrt(weight)
    x, target = (design, y) if weights is None else (design * root[:, None], y * root)
    bread = _bread(x, int(np.count_nonzero(weight)))
    coefficients = bread @ (x.T @ target)
    residuals: Floats = np.asarray(y - design @ coefficients, dtype=float)
    codes, numbered = _numbered(clusters)
    taking_part = np.bincount(codes, weight > 0, numbered) > 0
    groups, rows, columns = int(taking_part.sum()), int(np.count_nonzero(weight)), design.shape[1]
    if groups < 2:
        raise CannotFitError("too_few_groups", "robust errors need at least two clusters")
    scores = _summed(x * (root * residuals)[:, None], codes, numbered)
    correction = groups / (groups - 1) * (rows - 1) / (rows - columns)
    covariance = correction * bread @ (scores.T @ scores) @ bread
    centred = y - np.sum(weight * y) / np.sum(weight)
    r2 = 1 - float(np.sum(weight * residuals**2) / np.sum(weight * centred**2))
    shift = _shift_without(x, root * residuals, bread, codes, numbered)
    left_out = residuals + np.einsum("ij,ij->i", design, shift[codes])
    return Regression(coefficients, covariance, r2, residuals, left_out, rows, groups)


def _numbered(clusters: Codes) -> tuple[Codes, int]:
    """The clusters as 0, 1, 2 … in their order, and how many there are; quick when rows stand cluster by cluster."""
    if np.all(clusters[1:] >= clusters[:-1]):
        codes = np.cumsum(np.diff(clusters, prepend=clusters[:1]) != 0)
        return codes.astype(np.int64), int(codes[-1]) + 1
    labels, codes = np.unique(clusters, return_inverse=True)
    return codes.astype(np.int64), len(labels)


def _summed(rows: Floats, codes: Codes, groups: int) -> Floats:
    """The rows of each cluster added up."""
    if np.all(codes[1:] >= codes[:-1]):
        starts = np.flatnonzero(np.diff(codes, prepend=-1))
        return np.asarray(np.add.reduceat(rows, starts, axis=0), dtype=float)
    return np.column_stack([np.bincount(codes, each, groups) for each in rows.T])


def huber_weights(design: Floats, y: Floats, weights: Floats | None = None, steps: int = 100) -> Floats:
    """Weights under which a few schools far from the line do not draw it to themselves.

    Huber's M-estimate by iterated weighted least squares: `weights` times min(1, 1.345·s/|r|), r the residual
    times the root of its weight, s = 1.4826 · median |r|, until no coefficient moves by more than 1e-8 of the
    largest outcome. Raises CannotFitError with the reason no_convergence when it does not settle.
    """
    start = np.ones(len(y)) if weights is None else weights
    root: Floats = np.sqrt(start)
    scaled, target = design * root[:, None], y * root
    size, previous, factor = float(np.max(np.abs(target))), np.full(design.shape[1], np.inf), np.ones(len(y))
    lengths = np.linalg.norm(scaled, axis=0) / np.sqrt(len(y))
    for _ in range(steps):
        halves = scaled * np.sqrt(factor)[:, None]
        coefficients = _bread(halves, len(y)) @ (halves.T @ (target * np.sqrt(factor)))
        if np.max(np.abs(coefficients - previous) * lengths) <= 1e-8 * size:
            return np.asarray(start * factor, dtype=float)
        previous, residual = coefficients, np.abs(target - scaled @ coefficients)
        scale = 1.4826 * float(np.median(residual[start > 0]))
        if scale <= 1e-12 * size:
            raise CannotFitError("exact_fit", "more than half of the rows lie on the line: there is no scale")
        factor = np.minimum(1.0, HUBER_REACH * scale / np.maximum(residual, 1e-300))
    raise CannotFitError("no_convergence", f"Huber's weights did not settle in {steps} steps")


@dataclass(frozen=True)
class Calibrated:
    """Predictors as they are expected to be without the chance in them, and the share of variance that is not chance.

    ``values`` has the shape of the observed ones; ``reliability`` is one number per column, 0 to 1.
    """

    values: Floats
    reliability: Floats


def calibrated(observed: Floats, error_variance: Floats, exact: Floats) -> Calibrated:
    """What a school's composition says of its usual one, when few pupils stand behind the shares.

    Regression calibration (Carroll, Ruppert, Stefanski & Crainiceanu 2006, ch. 4): W = X + U, U with the known
    variances `error_variance` (rows × columns, errors of different columns taken as independent). Given the
    columns `exact` (with their constant) E[X|W] = μ + Σₓ(Σₓ + Σᵤ)⁻¹(W - μ), Σₓ = cov(W|exact) - mean Σᵤ.
    Errors of a regression on the result do not hold the uncertainty of Σₓ. Raises CannotFitError with the
    reason all_chance when a combination of the columns varies no more than chance alone would make it.
    """
    middle = exact @ (_bread(exact, len(exact)) @ (exact.T @ observed))
    around = observed - middle
    total = around.T @ around / (len(observed) - exact.shape[1])
    true = total - np.diag(error_variance.mean(axis=0))
    if np.linalg.eigvalsh(true)[0] <= 1e-9 * np.linalg.eigvalsh(total)[-1]:
        raise CannotFitError("all_chance", "the composition varies no more between units than chance alone would make")
    spread = true + error_variance[:, :, None] * np.eye(observed.shape[1])
    kept = np.linalg.solve(spread, around[:, :, None])[:, :, 0] @ true
    return Calibrated(middle + kept, np.asarray(np.diag(true) / np.diag(total), dtype=float))


def _bread(x: Floats, rows: int) -> Floats:
    """(X'X)⁻¹; refused when the columns, each scaled to unit length, are collinear."""
    cross = x.T @ x
    lengths = np.sqrt(np.diag(cross))
    if rows <= x.shape[1] or np.any(lengths == 0):
        raise CannotFitError("collinear", "the columns of the model are collinear or there are fewer rows than columns")
    scaled = cross / np.outer(lengths, lengths)
    if _condition(scaled, x, lengths) > LARGEST_CONDITION:
        raise CannotFitError("collinear", "the columns of the model are collinear or there are fewer rows than columns")
    return np.asarray(np.linalg.inv(scaled) / np.outer(lengths, lengths), dtype=float)


def _condition(scaled: Floats, x: Floats, lengths: Floats) -> float:
    """The condition number; from the cross products where they are exact enough to tell, else from the rows."""
    values = np.linalg.eigvalsh(scaled)
    if values[0] > 1e-8 * values[-1]:
        return float(np.sqrt(values[-1] / values[0]))
    return float(np.linalg.cond(x / lengths))


def _in_pieces(sizes: Codes) -> Iterator[Codes]:
    """The clusters of each size, at most `AT_ONCE` at a time: pieces that the processor's cache holds."""
    for size in np.unique(sizes):
        mine = np.flatnonzero(sizes == size)
        yield from np.split(mine, range(AT_ONCE, len(mine), AT_ONCE))


def _shift_without(x: Floats, residuals: Floats, bread: Floats, codes: Codes, groups: int) -> Floats:
    """How far the coefficients move, with sign turned, when each cluster is left out: (X'X)⁻¹X_g'(I - H_gg)⁻¹e_g.

    NaN for a cluster without which there is nothing to fit some column from.
    """
    shift = np.empty((groups, x.shape[1]))
    ordered = np.all(codes[1:] >= codes[:-1])
    order = np.arange(len(codes)) if ordered else np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=groups)
    starts = np.cumsum(sizes) - sizes
    for mine in _in_pieces(sizes):
        size = int(sizes[mine[0]])
        rows = order[starts[mine][:, None] + np.arange(size)]
        block, own = x[rows], residuals[rows]
        reach = block @ bread
        traces = np.einsum("gij,gij->g", reach, block)
        if traces.max() <= LARGEST_OF_SERIES:
            shift[mine] = _by_series(block, reach, own, float(traces.max()))
        else:
            shift[mine] = _by_solving(block, reach, own)
    return shift


def _by_series(block: Floats, reach: Floats, residuals: Floats, largest: float) -> Floats:
    """The same as 1 + H + H² + …, until what is left is rounding: no eigenvalue of H is above `largest`."""
    found = first = (residuals[:, None, :] @ reach)[:, 0]
    for _ in range(int(np.ceil(np.log(np.finfo(float).eps) / np.log(max(largest, 1e-16))))):
        back = (block @ found[:, :, None])[:, :, 0]
        found = first + (back[:, None, :] @ reach)[:, 0]
    return np.asarray(found, dtype=float)


def _by_solving(block: Floats, reach: Floats, residuals: Floats) -> Floats:
    """The same for clusters that weigh much; NaN where nothing is left to fit some column from."""
    size = block.shape[1]
    hats = reach @ block.transpose(0, 2, 1)
    solvable = np.linalg.eigvalsh(np.eye(size) - hats)[:, 0] > SMALLEST_LEFT
    found = np.full((len(block), block.shape[2]), np.nan)
    own = np.linalg.solve(np.eye(size) - hats[solvable], residuals[solvable][..., None])
    found[solvable] = (reach[solvable].transpose(0, 2, 1) @ own)[..., 0]
    return found
