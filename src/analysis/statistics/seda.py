"""Level, growth and trend of many schools, told apart from the mean results of their grades and years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.mixed_model import fit
from analysis.statistics.pooling import averaged
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

    ``raw`` from the unit's own cells with standard errors ``raw_se``; ``drawn`` towards the common ones, with
    ``sd`` for intervals; ``weight`` the share of the raw deviation that is kept, τ²/(τ² + se²), when each number is
    drawn on its own. ``common`` with ``common_se`` is what the units share, ``between_sd`` how much they differ,
    ``cell_sd`` how much a cell strays beyond its known variance. NaN for a unit whose cells are too few
    (`FEWEST_CELLS`) or cannot tell grades from cohorts.
    """

    raw: Floats
    raw_se: Floats
    drawn: Floats
    sd: Floats
    weight: Floats
    common: Floats
    common_se: Floats
    between_sd: Floats
    cell_sd: float
    units: int
    is_alone: bool


def separation(codes: Codes, grade: Floats, cohort: Floats, y: Floats, variance: Floats, units: int) -> Separation:
    """How high a school's results are, how far its pupils come from grade to grade, and where its cohorts are heading.

    y = (β₀ + u₀) + (β₁ + u₁)(g - ḡ) + (β₂ + u₂)(c - c̄) + w + ε with cohort c = year - grade, ε ~ N(0, s²) and known
    s² = `variance` of each cell, w ~ N(0, ω²) (Reardon et al., Stanford Education Data Archive). ``raw``: weighted
    least squares per unit. ``drawn``: empirical Bayes from `mixed_model.fit` with all three varying between units
    and freely correlated, REML. A mixed model with known cell variances is fitted by dividing each cell's row by
    √(ω² + s²), which leaves residuals of variance 1; ω² is found first, so that Σ(e²/(ω² + s²)) of the raw fits
    equals its degrees of freedom (0 when it is smaller at once). Where that ends on the boundary (a spread of
    zero, or numbers that go together perfectly: too few units to learn from) each number is drawn on its own
    instead (`averaged`) and ``is_alone`` says so. Intervals allow for what is not known of how much units differ:
    ``sd``² is the posterior variance averaged over all spreads the raw numbers allow, plus the squared distance
    between its mean and ``drawn``. `codes` numbers the unit of each cell, 0 to `units` - 1. Raises
    CannotFitError with few_units below ten units, or the mixed model's reason.
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
    root = np.sqrt(total)[:, None]
    scaled = rows / root
    model = fit(target / root[:, 0], scaled, mine, Z=scaled, names=NAMES)
    places = np.asarray(model.groups, dtype=np.int64)
    raw_se = np.sqrt(np.einsum("ijj->ij", raw_cov))
    drawn, sd, weight = _alone(raw[places], raw_se[places])
    between = np.diag(model.variances)
    if not model.is_boundary:
        together = model.fixed + model.effects
        sd = np.sqrt(sd**2 + (together - drawn) ** 2)
        drawn, weight = together, between / (between + raw_se[places] ** 2)
    table = {name: np.full((units, 3), np.nan) for name in ("drawn", "sd", "weight")}
    for name, numbers in (("drawn", drawn), ("sd", sd), ("weight", weight)):
        table[name][places] = numbers
    spread, cell_sd = np.sqrt(between), float(np.sqrt(beyond))
    return Separation(raw, raw_se, **table, common=model.fixed, common_se=model.fixed_se, between_sd=spread,
                      cell_sd=cell_sd, units=len(places), is_alone=model.is_boundary)  # fmt: skip


def _alone(raw: Floats, raw_se: Floats) -> tuple[Floats, Floats, Floats]:
    """Each of the three numbers drawn on its own, with its standard deviation and the share that is kept."""
    columns = [averaged(raw[:, place], raw_se[:, place] ** 2) for place in range(raw.shape[1])]
    drawn, sd, weight = (np.column_stack(each) for each in zip(*columns, strict=True))
    return drawn, sd, weight


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
