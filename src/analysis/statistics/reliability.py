"""Whether the questions of an index belong together, and what those who did not answer may hide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats, interval, wilson
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


@dataclass(frozen=True)
class Index:
    """Each respondent's index (NaN with too few answers), the mean, and how many counted and did not.

    95 % interval of the mean by Student t with ``counted`` - 1 degrees of freedom.
    """

    values: Floats
    mean: float
    sd: float
    low: float
    high: float
    counted: int
    not_counted: int


def survey_index(answers: npt.ArrayLike, fewest_items: int | None = None) -> Index:
    """One number per respondent: the mean of the questions answered, when enough of them are.

    A respondent counts who answered at least `fewest_items` (default: more than half) of the questions; the
    others are counted as such. Answers already on the index's scale (10, 6.67, 3.33 and 0 for four options),
    NaN for no answer or don't know.

    >>> found = survey_index([[4, 2, float("nan")], [1, float("nan"), float("nan")], [5, 5, 5]])
    >>> found.values.tolist(), found.counted, found.not_counted
    ([3.0, nan, 5.0], 2, 1)
    """
    rows = np.asarray(answers, dtype=float)
    least = rows.shape[1] // 2 + 1 if fewest_items is None else fewest_items
    if not 1 <= least <= rows.shape[1]:
        raise ValueError(f"between 1 and {rows.shape[1]} questions can be asked for, got: {least}")
    given = np.isfinite(rows).sum(axis=1)
    enough = given >= least
    values = np.where(enough, np.nansum(rows, axis=1) / np.maximum(given, 1), np.nan)
    counted = int(enough.sum())
    if counted < 2:
        raise CannotFitError("too_few_answers", f"{counted} respondents answered {least} questions; two are needed")
    mean, sd = float(np.nanmean(values)), float(np.nanstd(values, ddof=1))
    low, high = interval(mean, sd / np.sqrt(counted), counted - 1)
    return Index(values, mean, sd, float(low), float(high), counted, len(rows) - counted)


@dataclass(frozen=True)
class Shares:
    """How many chose each option, their share of those who answered, and its 95 % Wilson interval."""

    counts: npt.NDArray[np.int64]
    shares: Floats
    low: Floats
    high: Floats
    answered: int
    not_answered: int


def distribution(answers: npt.ArrayLike, options: npt.ArrayLike) -> Shares:
    """How the answers to a question are spread over its options.

    Shares of those who answered (NaN: no answer or don't know), each with a Wilson interval of its own. An
    answer that is not among the options is refused.

    >>> found = distribution([1, 2, 2, 4, float("nan")], [1, 2, 3, 4])
    >>> found.shares.tolist(), found.answered, found.not_answered
    ([0.25, 0.5, 0.0, 0.25], 4, 1)
    """
    given, wanted = np.asarray(answers, dtype=float), np.asarray(options, dtype=float)
    known = given[np.isfinite(given)]
    strange = np.setdiff1d(known, wanted)
    if len(strange):
        raise CannotFitError("out_of_range", f"answers outside the options: {strange.tolist()}")
    if len(known) == 0:
        raise CannotFitError("too_few_answers", "nobody has answered")
    counts = (known[:, None] == wanted).sum(axis=0).astype(np.int64)
    shares = counts / len(known)
    return Shares(counts, shares, *wilson(shares, len(known)), len(known), len(given) - len(known))


def positive_share(answers: npt.ArrayLike, options: npt.ArrayLike, positive: npt.ArrayLike) -> Shares:
    """How many of those who answered are positive: one share, with a 95 % Wilson interval.

    >>> float(positive_share([1, 2, 3, 4, float("nan")], [1, 2, 3, 4], [3, 4]).shares[0])
    0.5
    """
    given = np.asarray(answers, dtype=float)
    asked = distribution(given, options)
    is_positive = np.isin(given, np.asarray(positive, dtype=float)).astype(float)
    found = distribution(np.where(np.isfinite(given), is_positive, np.nan), [1.0, 0.0])
    one = slice(0, 1)
    return Shares(
        found.counts[one], found.shares[one], found.low[one], found.high[one], asked.answered, asked.not_answered
    )


@dataclass(frozen=True)
class ResponseBounds:
    """The response rate, and between what the figure of all lies at worst and under a stated assumption."""

    rate: float
    worst_low: float
    worst_high: float
    plausible_low: float
    plausible_high: float


def response_bounds(
    figure: float, answered: int, asked: int, lowest: float, highest: float, unlike: float
) -> ResponseBounds:
    """What the figure could be had everyone answered.

    With response rate r the figure of all is r·figure + (1 - r)·m. At worst m, the mean of those who did not
    answer, lies anywhere from `lowest` to `highest` (Manski 1989); plausibly no more than `unlike` from
    those who did, which is an assumption to be stated beside the figure. Chance is not in these bounds.

    >>> found = response_bounds(80.0, 75, 100, 0.0, 100.0, unlike=20.0)
    >>> found.rate, (found.worst_low, found.worst_high), (found.plausible_low, found.plausible_high)
    (0.75, (60.0, 85.0), (75.0, 85.0))
    """
    if not 0 < answered <= asked:
        raise CannotFitError("too_few_answers", f"{answered} of {asked} have answered")
    if not lowest <= figure <= highest or unlike < 0:
        raise ValueError(f"the figure lies between {lowest:g} and {highest:g} and may not be unlike by less than 0")
    rate = answered / asked
    silent = (lowest, highest, max(figure - unlike, lowest), min(figure + unlike, highest))
    return ResponseBounds(rate, *(rate * figure + (1 - rate) * mean for mean in silent))
