"""Level, growth and trend of many schools, told apart from the mean results of their grades and years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.posterior import Posterior, posterior
from analysis.statistics.refusal import CannotFitError

NAMES = ("average", "growth", "cohorts")
"""mean over grades and cohorts; change per grade within a cohort; change per cohort within a grade"""
FEWEST_CELLS = 4
FEWEST_UNITS = 10
LEAST_DETERMINANT = 1e-6
"""of the scaled cross products: below it a unit's cells cannot tell grades from cohorts"""


@dataclass(frozen=True)
class Separation:
    """Three numbers per unit, in the order of `NAMES`; see `separation`.

    ``raw`` from the unit's own cells with standard errors ``raw_se``; ``drawn`` towards the common ones, with the 95 %
    interval ``low`` to ``high``, that of the distance from the common one ``apart_low`` to ``apart_high``, the
    ``sd`` of a normal interval as long as the first, and ``weight``, the share of the unit's own deviation that is
    kept. ``common`` with ``common_se`` is what the units share, ``between_sd`` how much they differ, ``cell_sd`` how
    much a cell strays beyond its known variance. NaN for a unit whose cells are too few (`FEWEST_CELLS`) or cannot
    tell grades from cohorts.
    """

    raw: Floats
    raw_se: Floats
    drawn: Floats
    sd: Floats
    low: Floats
    high: Floats
    apart_low: Floats
    apart_high: Floats
    weight: Floats
    common: Floats
    common_se: Floats
    between_sd: Floats
    cell_sd: float
    units: int


def separation(codes: Codes, grade: Floats, cohort: Floats, y: Floats, variance: Floats, units: int) -> Separation:
    """How high a school's results are, how far its pupils come from grade to grade, and where its cohorts are heading.

    y = (β₀ + u₀) + (β₁ + u₁)(g - ḡ) + (β₂ + u₂)(c - c̄) + w + ε with cohort c = year - grade, ε ~ N(0, s²) and known
    s² = `variance` of each cell, w ~ N(0, ω²) (Reardon et al., Stanford Education Data Archive). ``raw``: weighted
    least squares per unit. ``drawn``, its intervals, ``weight``, ``common`` and ``between_sd`` (the median): the
    posterior of each number on its own (`posterior`), averaged over all that its spread between units may be; what
    one number of a unit says of the others is not used, since a covariance learnt from tens of units makes the
    intervals too narrow. ω² is found first, so that Σ(e²/(ω² + s²)) of the raw fits equals its degrees of freedom (0
    when it is smaller at once). `codes` numbers the unit of each cell, 0 to `units` - 1. Raises CannotFitError with
    few_units below ten units.
    """
    design = np.column_stack([np.ones(len(y)), grade, cohort])
    if len(y):
        design[:, 1:] -= design[:, 1:].mean(axis=0)
    usable = _separable(codes, design, units)
    if usable.sum() < FEWEST_UNITS:
        text = f"level, growth and trend need at least {FEWEST_UNITS} units with {FEWEST_CELLS} cells"
        raise CannotFitError("few_units", f"{text} in two grades and several cohorts, got: {int(usable.sum())}")
    kept = usable[codes]
    mine, rows, target, known = codes[kept], design[kept], y[kept], variance[kept]
    beyond = _beyond(mine, rows, target, known, usable)
    total = beyond + known
    raw, raw_cov, _ = _own_fits(mine, rows, target, total, usable)
    raw_se, places = np.sqrt(np.einsum("ijj->ij", raw_cov)), np.flatnonzero(usable)
    found = [
        posterior(values, se**2, is_apart=True) for values, se in zip(raw[places].T, raw_se[places].T, strict=True)
    ]
    common, common_se, spread = (
        np.array([getattr(each, name) for each in found]) for name in ("mean", "mean_sd", "spread")
    )
    return Separation(raw, raw_se, **_table(found, places, units), common=common, common_se=common_se,
                      between_sd=spread, cell_sd=float(np.sqrt(beyond)), units=len(places))  # fmt: skip


def _table(found: list[Posterior], places: Codes, units: int) -> dict[str, Floats]:
    """The three posteriors side by side, one row for every unit; NaN where it has none."""
    parts = {
        "drawn": [each.value for each in found], "sd": [each.sd for each in found],
        "low": [each.low for each in found], "high": [each.high for each in found],
        "apart_low": [each.apart[0] for each in found if each.apart is not None],
        "apart_high": [each.apart[1] for each in found if each.apart is not None],
        "weight": [each.weight for each in found],
    }  # fmt: skip
    table = {name: np.full((units, len(NAMES)), np.nan) for name in parts}
    for name, columns in parts.items():
        table[name][places] = np.column_stack(columns)
    return table


def _cross_products(codes: Codes, design: Floats, weights: Floats, units: int) -> Floats:
    """X'WX of every unit (units × 3 × 3)."""
    size = design.shape[1]
    found = np.empty((units, size, size))
    for row in range(size):
        for column in range(size):
            found[:, row, column] = np.bincount(codes, weights * design[:, row] * design[:, column], units)
    return found


def _separable(codes: Codes, design: Floats, units: int) -> npt.NDArray[np.bool_]:
    """The units whose own cells tell level, growth and trend apart, with a cell to spare."""
    cross = _cross_products(codes, design, np.ones(len(codes)), units)
    cells = cross[:, 0, 0]
    root = np.sqrt(np.maximum(np.einsum("ijj->ij", cross), np.finfo(float).tiny))
    scaled = cross / (root[:, :, None] * root[:, None, :])
    return np.asarray((cells >= FEWEST_CELLS) & (np.linalg.det(scaled) > LEAST_DETERMINANT), dtype=np.bool_)


def _own_fits(
    codes: Codes, design: Floats, y: Floats, variance: Floats, usable: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, float]:
    """Each unit's own coefficients and covariance (NaN where not usable), and Σ e²/variance over all units."""
    units, size = len(usable), design.shape[1]
    cross = _cross_products(codes, design, 1 / variance, units)
    right = np.column_stack([np.bincount(codes, column * y / variance, units) for column in design.T])
    found, covariance = np.full((units, size), np.nan), np.full((units, size, size), np.nan)
    covariance[usable] = np.linalg.inv(cross[usable])
    found[usable] = np.einsum("ijk,ik->ij", covariance[usable], right[usable])
    residuals = y - np.sum(design * found[codes], axis=1)
    return found, covariance, float(np.sum(residuals**2 / variance))


def _beyond(codes: Codes, design: Floats, y: Floats, known: Floats, usable: npt.NDArray[np.bool_]) -> float:
    """ω²: how much cells stray around their own unit's plane beyond what their known variances say."""
    degrees = len(y) - design.shape[1] * int(usable.sum())

    def excess(beyond: float) -> float:
        return float(_own_fits(codes, design, y, known + beyond, usable)[2] - degrees)

    if excess(0.0) <= 0:
        return 0.0
    high = float(np.mean(known))
    while excess(high) > 0:
        high *= 2
    from scipy.optimize import brentq

    root: float = brentq(excess, 0.0, high, xtol=1e-9 * high, rtol=1e-9)
    return root
