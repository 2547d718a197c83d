"""How much of a gap goes with what the groups have, and which background accounts for a changed coefficient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.regression import LARGEST_CONDITION


@dataclass(frozen=True)
class Parts:
    """Parts of a whole, which they sum to, and their standard errors."""

    parts: Floats
    se: Floats
    whole: float
    whole_se: float


@dataclass(frozen=True)
class TwoFold:
    """A gap as ``explained`` (one part per column) and ``unexplained`` (a single part)."""

    gap: float
    gap_se: float
    explained: Parts
    unexplained: Parts


@dataclass(frozen=True)
class ThreeFold:
    """A gap as ``endowments``, ``coefficients`` and ``interaction``, each with its standard error."""

    gap: float
    gap_se: float
    endowments: Parts
    coefficients: Parts
    interaction: Parts


@dataclass(frozen=True)
class _Fit:
    """Coefficients (constant first) and the influence of each row on them, n times its pull."""

    coefficients: Floats
    influence: Floats
    residuals: Floats


@dataclass(frozen=True)
class _Side:
    """One group: column means with a leading 1, its mean result, and the influence of all rows on both."""

    means: Floats
    means_influence: Floats
    result: float
    result_influence: Floats


def two_fold(
    results: npt.ArrayLike, columns: npt.ArrayLike, is_first: npt.ArrayLike, clusters: Codes | None = None
) -> TwoFold:
    """How much of the first group's lead goes with its background, at prices common to both.

    Oaxaca–Blinder with pooled coefficients b from a model that has the group in it (Jann 2008; without it the
    gap itself leaks into b): explained (x̄₁ - x̄₂)b per column, unexplained the rest. Standard errors by
    influence functions, robust to heteroskedasticity, to random backgrounds and, with `clusters`, to pupils
    who belong together; N/(N - 1), or G/(G - 1). "Explained" is arithmetic, not cause.

    >>> found = two_fold([1, 2, 3, 4, 2, 3, 4, 5], [[0], [1], [2], [3], [1], [2], [3], [4]], [0] * 4 + [1] * 4)
    >>> found.gap, found.explained.parts.round(6).tolist(), abs(found.unexplained.whole) < 1e-9
    (1.0, [1.0], True)
    """
    y, x, first = _rows(results, columns, is_first)
    ours, theirs = _side(y, x, first), _side(y, x, ~first)
    pooled = _fitted(y, np.column_stack([np.ones(len(y)), x, first]))
    prices, pull = pooled.coefficients[1:-1], pooled.influence[:, 1:-1]
    apart = (ours.means - theirs.means)[1:]
    apart_influence = (ours.means_influence - theirs.means_influence)[:, 1:]
    parts, influence = apart * prices, apart_influence * prices + apart * pull
    gap_influence = ours.result_influence - theirs.result_influence
    gap = ours.result - theirs.result
    rest = (gap_influence - influence.sum(axis=1))[:, None]
    explained = _parts(parts, influence, clusters)
    unexplained = _parts(np.array([gap - parts.sum()]), rest, clusters)
    return TwoFold(gap, _error(gap_influence, clusters), explained, unexplained)


def three_fold(
    results: npt.ArrayLike, columns: npt.ArrayLike, is_first: npt.ArrayLike, clusters: Codes | None = None
) -> ThreeFold:
    """The first group's lead as background, as other coefficients, and as both together.

    Oaxaca (1973), Blinder (1973), seen from the second group: endowments (x̄₁ - x̄₂)b₂, coefficients x̄₂(b₁ - b₂),
    interaction (x̄₁ - x̄₂)(b₁ - b₂); one part per column, the constant first among the coefficients (0 in the
    others). Of the coefficients only the sum does not depend on where a column has its zero. Standard errors as
    `two_fold`.

    >>> found = three_fold([1, 2, 3, 4, 2, 4, 6, 8], [[0], [1], [2], [3], [0], [1], [2], [3]], [0] * 4 + [1] * 4)
    >>> [round(part.whole, 6) + 0.0 for part in (found.endowments, found.coefficients, found.interaction)]
    [0.0, 2.5, 0.0]
    """
    y, x, first = _rows(results, columns, is_first)
    ours, theirs = _side(y, x, first), _side(y, x, ~first)
    our_fit, their_fit = _own_fit(y, x, first), _own_fit(y, x, ~first)
    apart, unlike = ours.means - theirs.means, our_fit.coefficients - their_fit.coefficients
    apart_pull = ours.means_influence - theirs.means_influence
    unlike_pull = our_fit.influence - their_fit.influence
    own, own_pull = their_fit.coefficients, their_fit.influence
    gap_influence = ours.result_influence - theirs.result_influence
    return ThreeFold(
        ours.result - theirs.result,
        _error(gap_influence, clusters),
        _parts(apart * own, apart_pull * own + apart * own_pull, clusters),
        _parts(theirs.means * unlike, theirs.means_influence * unlike + theirs.means * unlike_pull, clusters),
        _parts(apart * unlike, apart_pull * unlike + apart * unlike_pull, clusters),
    )


@dataclass(frozen=True)
class Gelbach:
    """A coefficient before and after background is added, and what each background accounts for.

    ``accounted`` has one part per name, in their order; its ``whole`` is ``before`` - ``after``. The standard
    errors of both coefficients are robust in the same way as those of the parts.
    """

    before: float
    before_se: float
    after: float
    after_se: float
    names: tuple[str, ...]
    accounted: Parts


def gelbach(
    results: npt.ArrayLike,
    base: npt.ArrayLike,
    added: dict[str, npt.ArrayLike],
    column: int = 0,
    clusters: Codes | None = None,
) -> Gelbach:
    """Which background accounts for the change of a coefficient, whatever the order in which it is added.

    Gelbach (2016): δ = before - after = Σ Γₖ·bₖ, Γₖ the coefficients of each added column on the base columns
    and bₖ its own in the full model; `column` is the place in `base` of the coefficient looked at, a constant
    is added. Each name in `added` may hold several columns, which are summed. Standard errors by influence
    functions, with the sampling error of Γ and of b, robust or by `clusters`; N/(N - 1), or G/(G - 1).

    >>> school, home = [0, 0, 0, 1, 1, 1], [0, 1, 2, 2, 3, 4.0]
    >>> found = gelbach([0, 1, 2, 2, 3, 4], [[each] for each in school], {"home": home})
    >>> round(found.before, 6), round(found.after, 6) + 0.0, found.accounted.parts.round(6).tolist()
    (2.0, 0.0, [2.0])
    """
    y, one = np.asarray(results, dtype=float), _columns(base)
    blocks = [_columns(each) for each in added.values()]
    few = np.column_stack([np.ones(len(y)), one])
    all_of_them = np.column_stack([few, *blocks])
    if not (np.all(np.isfinite(all_of_them)) and np.all(np.isfinite(y))):
        raise CannotFitError("missing", "every row needs every number; leave the others out openly")
    before, after = _fitted(y, few), _fitted(y, all_of_them)
    place, start = column + 1, few.shape[1]
    parts, influences = [], []
    for block in blocks:
        behind = slice(start, start + block.shape[1])
        start = behind.stop
        auxiliary = [_fitted(each, few) for each in block.T]
        gamma = np.array([fit.coefficients[place] for fit in auxiliary])
        gamma_pull = np.column_stack([fit.influence[:, place] for fit in auxiliary])
        parts.append(float(gamma @ after.coefficients[behind]))
        influences.append(gamma_pull @ after.coefficients[behind] + after.influence[:, behind] @ gamma)
    accounted = _parts(np.array(parts), np.column_stack(influences), clusters)
    (first, first_se), (second, second_se) = (
        (float(fit.coefficients[place]), _error(fit.influence[:, place], clusters)) for fit in (before, after)
    )
    return Gelbach(first, first_se, second, second_se, tuple(added), accounted)


def _columns(table: npt.ArrayLike) -> Floats:
    given = np.asarray(table, dtype=float)
    return given[:, None] if given.ndim == 1 else given


def _rows(
    results: npt.ArrayLike, columns: npt.ArrayLike, is_first: npt.ArrayLike
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    y, x, first = np.asarray(results, dtype=float), _columns(columns), np.asarray(is_first, dtype=bool)
    if not (np.all(np.isfinite(y)) and np.all(np.isfinite(x))):
        raise CannotFitError("missing", "every row needs every number; leave the others out openly")
    smaller = int(min(first.sum(), (~first).sum()))
    if smaller <= x.shape[1] + 1:
        raise CannotFitError("too_few_pupils", f"a group of {smaller} cannot carry {x.shape[1]} columns of its own")
    return y, x, first


def _side(y: Floats, x: Floats, mine: npt.NDArray[np.bool_]) -> _Side:
    design = np.column_stack([np.ones(len(y)), x])
    means, scale = design[mine].mean(axis=0), np.where(mine, len(y) / mine.sum(), 0.0)
    result = float(y[mine].mean())
    return _Side(means, (design - means) * scale[:, None], result, (y - result) * scale)


def _own_fit(y: Floats, x: Floats, mine: npt.NDArray[np.bool_]) -> _Fit:
    """The group's own fit, with the influence of all rows on it."""
    design = np.column_stack([np.ones(len(y)), x])
    own = _fitted(y[mine], design[mine])
    influence = np.zeros(design.shape)
    influence[mine] = own.influence * len(y) / mine.sum()
    return _Fit(own.coefficients, influence, own.residuals)


def _fitted(y: Floats, design: Floats) -> _Fit:
    """OLS; the influence of row i is n (X'X)⁻¹ xᵢ eᵢ."""
    lengths = np.linalg.norm(design, axis=0)
    if len(y) <= design.shape[1] or np.any(lengths == 0) or np.linalg.cond(design / lengths) > LARGEST_CONDITION:
        raise CannotFitError("collinear", "the columns are collinear or there are fewer rows than columns")
    scaled = design / lengths
    bread = np.linalg.inv(scaled.T @ scaled)
    coefficients = bread @ (scaled.T @ y) / lengths
    residuals = y - design @ coefficients
    influence = len(y) * (scaled * residuals[:, None]) @ bread / lengths
    return _Fit(coefficients, influence, np.asarray(residuals))


def _parts(parts: Floats, influence: Floats, clusters: Codes | None) -> Parts:
    errors = np.array([_error(each, clusters) for each in influence.T])
    return Parts(parts, errors, float(parts.sum()), _error(influence.sum(axis=1), clusters))


def _error(influence: Floats, clusters: Codes | None) -> float:
    """√(G/(G - 1) Σ_g (Σ influence)²)/N, each row its own cluster when none are given."""
    sums: Floats = influence
    if clusters is not None:
        _, codes = np.unique(clusters, return_inverse=True)
        sums = np.asarray(np.bincount(codes, influence), dtype=float)
    if len(sums) < 2:
        raise CannotFitError("too_few_groups", "robust errors need at least two clusters")
    return float(np.sqrt(len(sums) / (len(sums) - 1) * np.sum(sums**2)) / len(influence))
