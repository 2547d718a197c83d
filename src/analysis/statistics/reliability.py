"""Whether the questions of an index belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.refusal import CannotFitError

FEWEST_ANSWERS = 10
LEAST_UNIQUE = 0.005
"""a question with less than this share of variance of its own is a Heywood case"""


@dataclass(frozen=True)
class Alpha:
    """Cronbach's α with Feldt's 95 % interval, and how many answered everything and how many did not."""

    alpha: float
    low: float
    high: float
    items: int
    complete: int
    incomplete: int


@dataclass(frozen=True)
class Omega:
    """McDonald's ω, each question's loading and own variance in its own unit, and how many answered everything."""

    omega: float
    loadings: Floats
    unique: Floats
    complete: int
    incomplete: int


def alpha(answers: npt.ArrayLike) -> Alpha:
    """How well the questions of an index measure one thing, if all measure it equally well.

    Cronbach's (1951) α = k/(k - 1)·(1 - Σ sᵢ²/s_total²) over those who answered all k questions; 95 % interval
    of Feldt, Woodruff & Salih (1987), 1 - (1 - α)·F with n - 1 and (n - 1)(k - 1) degrees of freedom. `answers`
    has a row per respondent and a column per question, NaN for no answer.

    >>> round(alpha([[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]] * 2).alpha, 6)
    1.0
    """
    from scipy.special import fdtri

    rows, incomplete = _complete(answers, fewest_items=2)
    n, items = rows.shape
    found = items / (items - 1) * (1 - rows.var(axis=0, ddof=1).sum() / rows.sum(axis=1).var(ddof=1))
    low, high = (1 - (1 - found) * fdtri(n - 1, (n - 1) * (items - 1), tail) for tail in (0.975, 0.025))
    return Alpha(float(found), float(low), float(high), items, n, incomplete)


def omega(answers: npt.ArrayLike) -> Omega:
    """How well the questions of an index measure one thing, also when some measure it better than others.

    McDonald's (1999) ω = (Σλ)²/((Σλ)² + Σψ) of a one-factor model fitted by maximum likelihood to the
    correlations of those who answered everything, loadings λ and own variances ψ put back in the questions'
    unit. At least three questions; refused when the fit does not converge or a question has no variance of
    its own (a Heywood case). No interval: with few respondents read it beside α.
    """
    rows, incomplete = _complete(answers, fewest_items=3)
    loadings, unique = one_factor(np.asarray(np.corrcoef(rows, rowvar=False), dtype=float))
    sd = rows.std(axis=0, ddof=1)
    loadings, unique = loadings * sd, unique * sd**2
    common = float(loadings.sum()) ** 2
    return Omega(common / (common + float(unique.sum())), loadings, unique, len(rows), incomplete)


def one_factor(correlation: Floats) -> tuple[Floats, Floats]:
    """Loadings and own variances of the one thing that the questions share, by maximum likelihood.

    Jöreskog's (1967) profile over the own variances ψ: -Σ (ln eⱼ - eⱼ) - k + 1 over all but the largest
    eigenvalue e of ψ^-½ R ψ^-½, bounded BFGS with the analytic gradient.

    >>> loadings, own = one_factor(np.full((4, 4), 0.25) + 0.75 * np.eye(4))
    >>> loadings.round(4).tolist(), own.round(4).tolist()
    ([0.5, 0.5, 0.5, 0.5], [0.75, 0.75, 0.75, 0.75])
    """
    from scipy.optimize import minimize

    eigenvalues = np.linalg.eigvalsh(correlation)
    if eigenvalues[0] < 1e-8:
        raise CannotFitError("collinear", "one question follows from the others: leave it out")
    start = np.clip(0.5 / np.diag(np.linalg.inv(correlation)), 0.05, 0.95)
    bounds = [(LEAST_UNIQUE, 1.0)] * len(start)
    fit = minimize(
        _misfit, start, args=(correlation,), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )  # fmt: skip
    unique = np.asarray(fit.x, dtype=float)
    if np.any(unique <= LEAST_UNIQUE * 1.001):
        raise CannotFitError("heywood", "a question has no variance of its own in the one-factor model")
    if np.max(np.abs(_misfit(unique, correlation)[1]) * ((unique < 1) | (fit.jac > 0))) > 1e-4:
        raise CannotFitError("not_converged", f"the one-factor model did not converge: {fit.message}")
    return _loadings(unique, correlation), unique


def _loadings(unique: Floats, correlation: Floats) -> Floats:
    root = np.sqrt(unique)
    values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
    loadings = root * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
    return np.asarray(loadings * (1.0 if loadings.sum() >= 0 else -1.0), dtype=float)


def _misfit(unique: Floats, correlation: Floats) -> tuple[float, Floats]:
    """The profiled misfit and its gradient, (λλ' + ψ - R)ᵢᵢ/ψᵢ²."""
    root = np.sqrt(unique)
    rest = np.linalg.eigvalsh(correlation / np.outer(root, root))[:-1]
    loadings = _loadings(unique, correlation)
    gradient = (loadings**2 + unique - np.diag(correlation)) / unique**2
    return float(np.sum(rest - np.log(rest)) - len(rest)), gradient


def _complete(answers: npt.ArrayLike, fewest_items: int) -> tuple[Floats, int]:
    rows = np.asarray(answers, dtype=float)
    if rows.ndim != 2 or rows.shape[1] < fewest_items:
        raise CannotFitError("too_few_items", f"this needs a row per respondent and {fewest_items} questions")
    complete = np.all(np.isfinite(rows), axis=1)
    kept = rows[complete]
    if len(kept) < FEWEST_ANSWERS:
        raise CannotFitError("too_few_answers", f"{len(kept)} answered everything, {FEWEST_ANSWERS} are needed")
    if np.any(kept.var(axis=0) == 0) or kept.sum(axis=1).var() == 0:
        raise CannotFitError("no_variation", "a question, or the sum of all, has the same answer from everyone")
    return kept, int((~complete).sum())
