"""How far each group's own deviation may lie from the one foreseen, all that was estimated taken into account.

Posterior of each group's deviation: β flat, σ² as 1/σ², both integrated exactly (then the profiled restricted
likelihood is the likelihood of Γ, and a deviation given Γ is Student's t with rows less columns degrees of freedom,
its squared scale Henderson's g₁ + g₂); Γ itself on a grid under Jeffreys' prior, the root of the determinant of the
expected information of the restricted likelihood (for one Γ: the reference prior of Bodnar et al. 2017,
doi:10.1002/sim.7156). It is a proper posterior from two groups on, and unlike one flat on the standard deviation
(Gelman 2006, doi:10.1214/06-BA117A) it covers 93 % also where hundreds of groups hardly differ.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.mixed_model.information import Known, information, known_of_groups, known_of_nested
from analysis.statistics.mixed_model.likelihood import Problem, Profile, profile
from analysis.statistics.mixed_model.nested import NestedSums
from analysis.statistics.mixed_model.posterior import Conditional, Foreseen, Point, foreseen
from analysis.statistics.mixed_model.sums import GroupSums

SMALLEST_START = 0.1
"""in units of Γ at which chance and true differences weigh the same: where the grid begins when Γ is estimated as 0"""


def of_groups(problem: Problem, sums: GroupSums, relative: Floats, unit: float) -> Foreseen:
    """Each group's own intercept in the unit of y (`unit` per scaled unit), from the restricted likelihood."""
    restricted, sizes = _restricted(problem, sums.within), sums.shape[0, 0] ** 2
    totals = (sums.shape[0, 0] * sums.targets[0]).T

    def at(variances: Floats) -> Point:
        between = float(variances[0])
        here, chance = profile(restricted, np.diag(variances)), 1 / (1 + sizes * between)
        pulls = totals * chance[:, None]
        known = known_of_groups(sizes, between, pulls[:, :-1])
        group = _conditional(here, between * pulls, between * chance, 1 - chance)
        return Point(_log_density(restricted, here, known), (group,))

    return foreseen(at, _start(restricted, relative), float(restricted.degrees), unit)[0]


def of_nested(problem: Problem, sums: NestedSums, relative: Floats, unit: float) -> tuple[Foreseen, Foreseen]:
    """Each inner group's whole deviation (its outer group's and its own), and each outer group's."""
    restricted, place = _restricted(problem, sums.within), sums.outer

    def at(variances: Floats) -> Point:
        inner, outer = (float(each) for each in variances)
        gamma = np.diag(variances)
        here, (_, pulls, _, outer_pulls) = profile(restricted, gamma), sums.of_each(gamma)
        known = known_of_nested(sums, inner, outer, pulls[:, :-1], outer_pulls[:, :-1])
        chance = 1 / (1 + sums.sizes * inner)
        share = 1 / (1 + np.add.reduceat(sums.sizes * chance, sums.starts) * outer)
        variance = inner * chance + chance**2 * (outer * share)[place]
        whole = _conditional(here, inner * pulls + outer * outer_pulls[place], variance, 1 - variance / (inner + outer))
        around = _conditional(here, outer * outer_pulls, outer * share, 1 - share)
        return Point(_log_density(restricted, here, known), (whole, around))

    total, outer = foreseen(at, _start(restricted, relative), float(restricted.degrees), unit)
    return total, outer


def _restricted(problem: Problem, within: Floats) -> Problem:
    """The same figures with the coefficients integrated out, also where the answer itself is by ML."""
    return replace(problem, is_restricted=True, degrees=problem.rows - (len(within) - 1))


def _start(problem: Problem, relative: Floats) -> Floats:
    return np.maximum(np.diag(relative), SMALLEST_START * problem.unit)


def _conditional(at: Profile, turned: Floats, chance: Floats, kept: Floats) -> Conditional:
    """Mean ΓZ'V⁻¹(y - Xβ̂) and squared scale σ̂²(g₁ + g₂) of groups with ΓZ'V⁻¹[X y] = `turned` and g₁ = `chance`."""
    aim = turned[:, :-1]
    common = np.sum((aim @ at.inverse) * aim, axis=1)
    return Conditional(turned[:, -1] - aim @ at.coefficients, at.variance * (chance + common), kept)


def _log_density(problem: Problem, at: Profile, known: Known) -> float:
    """Restricted log likelihood plus half the log determinant of the expected information."""
    return -at.deviance / 2 + float(np.linalg.slogdet(information(problem, at, known))[1]) / 2
