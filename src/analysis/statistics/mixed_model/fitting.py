"""Fits mixed models: checked rows in, a frozen result or a refusal out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.mixed_model.identification import (
    refuse_few_groups,
    refuse_unseparable,
    refuse_unseparable_levels,
)
from analysis.statistics.mixed_model.likelihood import Evaluation, Problem
from analysis.statistics.mixed_model.nested import nested_sums
from analysis.statistics.mixed_model.optimum import Optimum, optimum
from analysis.statistics.mixed_model.prediction import of_groups, of_nested
from analysis.statistics.mixed_model.result import FixedEffects, Labels, MixedModel, ThreeLevelModel
from analysis.statistics.mixed_model.rows import Scaled, matrix, numbered, scaled
from analysis.statistics.mixed_model.satterthwaite import satterthwaite
from analysis.statistics.mixed_model.sums import GroupSums, group_sums
from analysis.statistics.refusal import CannotFitError

METHODS = ("REML", "ML")


def fit(
    y: npt.ArrayLike,
    X: npt.ArrayLike,  # noqa: N803 - the names of the formula
    groups: npt.ArrayLike,
    Z: npt.ArrayLike | None = None,  # noqa: N803
    method: str = "REML",
    names: tuple[str, ...] | None = None,
) -> MixedModel:
    """A line that all schools share, and how far each school lies from it.

    y = Xβ + Zb + ε with b ~ N(0, Ψ) per group and ε ~ N(0, σ²), by REML or ML. `X` and `Z` carry their own
    constants; without `Z` each group has an intercept of its own. Everything is in the unit of y. The
    coefficients' degrees of freedom are Satterthwaite's. Raises CannotFitError with the reason not_finite,
    constant_outcome, exact_fit, collinear, too_few_rows, too_few_groups, one_row_per_group, too_many_effects,
    no_variation_within_groups, not_identified or no_convergence; never a number from a failed fit.

    >>> found = fit([1, 3, 5, 7, 4, 6], np.ones(6), ["a", "a", "b", "b", "c", "c"])
    >>> [round(float(each), 6) for each in (found.fixed[0], found.residual_variance, found.variances[0, 0])]
    [4.333333, 2.0, 3.333333]
    """
    target, design, columns = _target_and_design(y, X, method, names)
    codes, labels = numbered(groups, len(target), "groups")
    varying = np.ones((len(target), 1)) if Z is None else matrix(Z, len(target), "Z", ())
    size = varying.shape[1]
    refuse_few_groups(len(labels), len(target), size)
    rows = scaled(target, design, varying, columns)
    sums = group_sums(codes, len(labels), rows.varying, rows.table)
    refuse_unseparable(sums, rows)
    free = np.tril(np.ones((size, size), dtype=bool))
    problem = _problem(sums.evaluate, free, rows, method, len(labels))
    best = optimum(problem)
    shared = _shared(problem, best, rows, columns, method)
    variances, effects, effect_sd = _of_groups(sums, best, rows)
    icc, foreseen = None, None
    if size == 1 and np.all(varying == 1):
        icc = float(variances[0, 0] / (variances[0, 0] + shared.residual_variance))
        foreseen = of_groups(problem, sums, best.relative, rows.spread / float(rows.varying_scale[0, 0]))
    return MixedModel(
        **vars(shared),
        groups=labels,
        variances=variances,
        effects=effects,
        effect_sd=effect_sd,
        foreseen=foreseen,
        icc=icc,
    )


def fit_three_levels(
    y: npt.ArrayLike,
    X: npt.ArrayLike,  # noqa: N803
    groups: npt.ArrayLike,
    outer_groups: npt.ArrayLike,
    method: str = "REML",
    names: tuple[str, ...] | None = None,
) -> ThreeLevelModel:
    """A line that all share, how far each municipality lies from it, and each school from its municipality.

    y = Xβ + u_outer + v_group + ε with independent normal parts, by REML or ML; each group belongs to one outer
    group. Everything is in the unit of y. Refuses as `fit`, and with the reason not_nested.
    """
    target, design, columns = _target_and_design(y, X, method, names)
    codes, labels = numbered(groups, len(target), "groups")
    outer_codes, outer_labels = numbered(outer_groups, len(target), "outer_groups")
    refuse_few_groups(len(labels), len(target), 1)
    refuse_few_groups(len(outer_labels), len(target), 1)
    codes, labels, belongs = _nested(codes, labels, outer_codes)
    rows = scaled(target, design, np.ones((len(target), 1)), columns)
    sums = nested_sums(codes, belongs, rows.table)
    refuse_unseparable_levels(sums, codes, rows)
    problem = _problem(sums.evaluate, np.eye(2, dtype=bool), rows, method, len(labels))
    best = optimum(problem)
    reach, pulls, outer_reach, outer_pulls = sums.of_each(best.relative)
    inner, outer = (float(each) for each in np.diag(best.relative))
    contrast = np.append(-best.profile.coefficients, 1.0)
    shared = _shared(problem, best, rows, columns, method)
    effects, outer_effects = inner * (pulls @ contrast) * rows.spread, outer * (outer_pulls @ contrast) * rows.spread
    total, around = of_nested(problem, sums, best.relative, rows.spread)
    return ThreeLevelModel(
        **vars(shared),
        groups=labels,
        outer_groups=outer_labels,
        variance=inner * shared.residual_variance,
        outer_variance=outer * shared.residual_variance,
        effects=effects,
        effect_sd=np.sqrt(shared.residual_variance * np.maximum(inner - inner**2 * reach, 0.0)),
        outer_effects=outer_effects,
        outer_effect_sd=np.sqrt(shared.residual_variance * np.maximum(outer - outer**2 * outer_reach, 0.0)),
        foreseen=total,
        outer_foreseen=around,
    )


def _target_and_design(
    y: npt.ArrayLike, design: npt.ArrayLike, method: str, names: tuple[str, ...] | None
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """The outcome, the design and the names of its columns, all checked for shape and finite values."""
    if method not in METHODS:
        raise ValueError(f"the method is REML or ML, got: {method!r}")
    rows = len(np.asarray(y))
    target = matrix(y, rows, "y", ("y",))
    if target.shape[1] != 1:
        raise ValueError(f"y needs one column, got the shape {np.shape(y)}")
    table = matrix(design, rows, "X", names or ())
    columns = names or tuple(f"X column {each}" for each in range(table.shape[1]))
    if len(columns) != table.shape[1]:
        raise ValueError(f"X has {table.shape[1]} columns, got {len(columns)} names")
    return target[:, 0], table, tuple(columns)


def _nested(codes: Codes, labels: Labels, outer_codes: Codes) -> tuple[Codes, Labels, Codes]:
    """The inner groups numbered anew in the order of their outer groups, and each one's outer group."""
    belongs = np.zeros(len(labels), dtype=np.int64)
    belongs[codes] = outer_codes
    is_stray = belongs[codes] != outer_codes
    if is_stray.any():
        stray = labels[codes[int(np.argmax(is_stray))]]
        raise CannotFitError(
            "not_nested", f"a group belongs to one outer group; found {stray} in several: give each its own name"
        )
    order = np.argsort(belongs, kind="stable")
    return np.argsort(order)[codes], labels[order], belongs[order]


def _problem(
    evaluate: Callable[[Floats], Evaluation], free: npt.NDArray[np.bool_], rows: Scaled, method: str, groups: int
) -> Problem:
    """The likelihood to maximise, on the common scale."""
    count, columns = len(rows.table), rows.table.shape[1] - 1
    is_restricted = method == "REML"
    return Problem(evaluate, free, count, count - columns if is_restricted else count, is_restricted, groups)


def _shared(problem: Problem, best: Optimum, rows: Scaled, names: tuple[str, ...], method: str) -> FixedEffects:
    """What all groups have in common, back in the unit of y."""
    back: Floats = np.asarray(np.linalg.inv(rows.design_scale), dtype=float)
    deviance = best.profile.deviance + problem.degrees * 2 * np.log(rows.spread)
    if problem.is_restricted:
        deviance += 2 * np.sum(np.log(np.abs(np.diag(rows.design_scale))))
    return FixedEffects(
        names=names,
        fixed=rows.common + rows.spread * (back @ best.profile.coefficients),
        fixed_covariance=best.profile.variance * rows.spread**2 * back @ best.profile.inverse @ back.T,
        degrees_of_freedom=satterthwaite(problem, best, back),
        residual_variance=best.profile.variance * rows.spread**2,
        deviance=float(deviance),
        method=method,
        n=problem.rows,
        is_boundary=best.is_boundary,
    )


def _of_groups(sums: GroupSums, best: Optimum, rows: Scaled) -> tuple[Floats, Floats, Floats]:
    """The covariance of the random effects, each group's own and their conditional sd, in the unit of y."""
    relative, variance = best.relative, best.profile.variance
    back = np.linalg.inv(rows.varying_scale) * rows.spread
    reach, pulls = sums.of_each(relative)
    contrast = np.append(-best.profile.coefficients, 1.0)
    effects = back @ relative @ np.einsum("akg,k->ag", pulls, contrast)
    left = relative[:, :, None] - np.einsum("ab,bcg,cd->adg", relative, reach, relative, optimize=True)
    spreads = variance * np.einsum("ab,bcg,ac->ga", back, left, back, optimize=True)
    return variance * back @ relative @ back.T, effects.T, np.sqrt(np.maximum(spreads, 0.0))
