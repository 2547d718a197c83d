"""How different units may truly be: every spread that their figures allow, and how likely it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.shrinkage import between_variance

LONGEST_STEP, STEP = 0.4, 1.0
"""between the spreads that are tried: of log τ, and of its standard deviation where that is shorter"""
ROOM = 1.2
"""how many times longer or shorter than `STEP` a step may be before another is sought"""
DEPTH = 9.0
"""a spread whose log density is further below the highest is left out"""
MOST_SPREADS, MOST_STEPS = 400, 200
CLOSE_ENOUGH = 1e-4
"""how many of its standard errors the common mean may lie from the most likely one"""
MEANS = 7
FEWEST_FACTORS, MOST_FACTORS, FACTORS_PER_UNIT = 3, 25, 10
ALIKE = 0.003
"""variances of a mixture's means and variances, next to its own, that move its ends by a few ten-thousandths"""


@dataclass(frozen=True)
class Given:
    """What one spread says: its log density, what is common, and how likely each of a unit's chance variances is.

    ``nodes`` are the chance variances and ``probability`` how likely they are, both nodes × units.
    """

    spread: float
    log_density: float
    mean: float
    mean_variance: float
    nodes: Floats
    probability: Floats


Density = Callable[[float, float], Given]


def density_of(y: Floats, own: Floats, nodes: Floats, share: Floats, is_centred: bool) -> Density:
    """The log density of log τ at a τ, the common mean sought from where it is thought to be.

    `nodes` × units are what each variance `own` may truly be, `share` how likely that is. Jeffreys' prior,
    proportional to √Σ(τ/(own + τ²))²; the mean, unless `is_centred` on the one that is given, by Laplace's method,
    which is exact with one node.
    """
    if len(nodes) == 1:
        return _density_of_known(y, nodes[0], is_centred)
    log_share, lowest, largest = np.log(share), float(y.min()), float(y.max())

    def at(log_spread: float, mean: float) -> Given:
        square = float(np.exp(2 * log_spread))
        precision = 1 / (nodes + square)
        base = log_share + 0.5 * np.log(precision)
        low, high = lowest, largest
        for _ in range(MOST_STEPS):
            off = y - mean
            pull = off * precision
            logs = base - 0.5 * off * pull
            highest = logs.max(axis=0)
            probability = np.exp(logs - highest)
            total = probability.sum(axis=0)
            probability /= total
            certain = float(np.einsum("ij,ij->", probability, precision))
            if is_centred:
                break
            expected = np.einsum("ij,ij->j", probability, pull)
            known = certain - (float(np.einsum("ij,ij,ij->", probability, pull, pull)) - float(expected @ expected))
            slope = float(expected.sum())
            if known > 0 and abs(slope) < CLOSE_ENOUGH * np.sqrt(certain):
                break
            low, high = (mean, high) if slope > 0 else (low, mean)
            mean = mean + slope / known if known > 0 and low < mean + slope / known < high else (low + high) / 2
        else:
            raise ArithmeticError("the common mean was not found")
        prior = 2 * log_spread + 0.5 * np.log(np.sum((own + square) ** -2))
        density = float(np.sum(np.log(total) + highest) + prior) - (0.0 if is_centred else 0.5 * float(np.log(known)))
        told = _as_one(square, off, nodes, precision, probability)
        return Given(float(np.exp(log_spread)), density, mean, 0.0 if is_centred else 1 / known, *told)

    return at


def _density_of_known(y: Floats, chance: Floats, is_centred: bool) -> Density:
    """The same where every chance variance is known: then all is normal, and the common mean comes out directly."""
    nodes, probability = chance[None], np.ones((1, len(y)))

    def at(log_spread: float, mean: float) -> Given:
        precision = 1 / (chance + float(np.exp(2 * log_spread)))
        certain = float(precision.sum())
        mean = mean if is_centred else float(precision @ y) / certain
        off = y - mean
        figures = 0.5 * (float(np.log(precision).sum()) - float((precision * off) @ off))
        prior = 2 * log_spread + 0.5 * float(np.log(precision @ precision))
        density = figures + prior - (0.0 if is_centred else 0.5 * float(np.log(certain)))
        doubt = 0.0 if is_centred else 1 / certain
        return Given(float(np.exp(log_spread)), density, mean, doubt, nodes, probability)

    return at


def over_factors(y: Floats, own: Floats, nodes: Floats, share: Floats, df: float) -> Density:
    """The log density of log τ around a known centre, when all variances are as much too large or too small.

    They share a factor, the logarithm of which is normal with variance 2/df: Gauss and Hermite's points, the closer
    the less `df` is beside the number of units. What the spread says of the factor is in the probabilities.
    """
    count = int(np.clip(np.ceil(FACTORS_PER_UNIT * len(y) / df), FEWEST_FACTORS, MOST_FACTORS))
    points, weights = np.polynomial.hermite.hermgauss(count)
    factors, likely = np.exp(2 * points / np.sqrt(df)), np.log(weights / weights.sum())
    every = [density_of(y, each * own, each * nodes, share, True) for each in factors]

    def at(log_spread: float, mean: float) -> Given:
        found = [one(log_spread, mean) for one in every]
        logs = likely + np.array([each.log_density for each in found])
        portion = np.exp(logs - logs.max())
        density = float(logs.max() + np.log(portion.sum()))
        chance = np.concatenate([each.nodes for each in found])
        probability = np.concatenate(
            [one * each.probability for one, each in zip(portion / portion.sum(), found, strict=True)]
        )
        square = found[0].spread ** 2
        told = _as_one(square, y - mean, chance, 1 / (chance + square), probability)
        return Given(found[0].spread, density, mean, 0.0, *told)

    return at


def _as_one(square: float, off: Floats, nodes: Floats, precision: Floats, probability: Floats) -> tuple[Floats, Floats]:
    """The chance variances as they are, or as one where it makes next to no difference which is the true one.

    With τ² = `square` and w = 1/(v + τ²) a unit's figure is N(μ + τ²w·off, τ²(1 - τ²w)). They become the one with the
    mean of w where, in every unit, the variance of those means and the relative variance of those variances are
    together no more than `ALIKE`, as when units hardly differ and little is kept of any.
    """
    usual = np.einsum("ij,ij->j", probability, precision)
    unlike = np.einsum("ij,ij,ij->j", probability, precision, precision) - usual**2
    left = 1 - square * usual
    if len(nodes) == 1 or np.any(square * unlike * (off**2 * left + square) > ALIKE * left**2):
        return nodes, probability
    return (1 / usual - square)[None], np.ones((1, len(usual)))


def walked(y: Floats, own: Floats, at: Density, is_centred: bool) -> list[Given]:
    """Equal steps of log τ, out from the most likely until the density is next to nothing at both ends.

    Begins at Paule–Mandel's τ², or at its standard error √(2/Σ own⁻²) where that is larger.
    """
    start = max(between_variance(y, own), float(np.sqrt(2 / np.sum(own**-2.0))))
    mean = 0.0 if is_centred else float(np.sum(y / (own + start)) / np.sum(1 / (own + start)))
    centre, step, first = _highest(at, float(0.5 * np.log(start)), mean)
    found = dict(zip((-1, 0, 1), first, strict=True))
    top = max(each.log_density for each in first)
    for way in (1, -1):
        place = way
        while found[place].log_density > top - DEPTH:
            if len(found) > MOST_SPREADS:
                raise ArithmeticError("the spread between units was not found")
            found[place + way] = at(centre + (place + way) * step, found[place].mean)
            place += way
            top = max(top, found[place].log_density)
    return [found[each] for each in sorted(found) if found[each].log_density > top - DEPTH]


def _highest(at: Density, centre: float, mean: float) -> tuple[float, float, list[Given]]:
    """Where log τ is most likely, the step to take around it, and the three spreads there.

    Steps uphill until the middle of three is the highest; then to the top of the parabola through them, with a step
    of `STEP` standard deviations of the normal density that it is the logarithm of.
    """
    step, known = LONGEST_STEP, {centre: at(centre, mean)}
    for _ in range(MOST_STEPS):
        places = (centre - step, centre, centre + step)
        near = min(known, key=lambda each: abs(each - centre))
        known = {each: known[each] if each in known else at(each, known[near].mean) for each in places}
        low, middle, high = (known[each].log_density for each in places)
        bend = 2 * middle - low - high
        if middle < max(low, high):
            centre = places[0] if low > high else places[2]
            continue
        if bend <= (ROOM * STEP) ** 2 and (bend >= (STEP / ROOM) ** 2 or step == LONGEST_STEP):
            return centre, step, [known[each] for each in places]
        centre += step * (high - low) / (2 * bend)
        step = min(LONGEST_STEP, STEP * step / float(np.sqrt(bend)))
    raise ArithmeticError("the most likely spread between units was not found")


def over_means(found: list[Given], at: Density) -> list[Given]:
    """Every spread with several common means, by Gauss and Hermite's points around the most likely one."""
    points, weights = np.polynomial.hermite.hermgauss(MEANS)
    every = []
    for each in found:
        sd = np.sqrt(each.mean_variance)
        for point, weight in zip(points, weights, strict=True):
            one = at(float(np.log(each.spread)), float(each.mean + np.sqrt(2) * sd * point))
            log_density = one.log_density + float(np.log(weight * sd) + point**2)
            every.append(Given(each.spread, log_density, one.mean, 0.0, one.nodes, one.probability))
    return every
