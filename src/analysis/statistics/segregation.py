"""How unevenly a group of pupils is spread over units, with what chance alone would do taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from analysis.statistics.allotment import Counts, by_chance, entropy
from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.steepness import MIDDLE, ends, steps_of

Number = TypeVar("Number", float, Floats)

DRAWS = 999
FEWEST_OF_EACH = 5


@dataclass(frozen=True)
class Corrected:
    """An index as counted, what random allocation gives, the index beyond that, and its 95 % interval."""

    counted: float
    by_chance: float
    beyond_chance: float
    low: float
    high: float


@dataclass(frozen=True)
class Segregation:
    """How unevenly a group is spread over units; see `segregation` for the estimators.

    ``share`` is the group's share of all pupils. ``between`` and ``within`` are the two parts of ``entropy``,
    None when no grouping was given. ``p_value`` is the share of random allocations with as high an entropy.
    """

    share: float
    pupils: int
    units: int
    p_value: float
    dissimilarity: Corrected
    isolation: Corrected
    eta2: Corrected
    entropy: Corrected
    between: Corrected | None
    within: Corrected | None


def counted_indices(members: npt.ArrayLike, sizes: npt.ArrayLike, grouping: Codes | None = None) -> dict[str, Floats]:
    """How unevenly the group is spread as it stands, with chance still in it.

    `members` of the group among the `sizes` pupils of each unit (last axis). D = ½ Σ|aⱼ/A - bⱼ/B|; isolation
    xPx = Σ (aⱼ/A)(aⱼ/nⱼ); η² = (xPx - P)/(1 - P); Theil's H = Σ (nⱼ/N)(E - Eⱼ)/E with E the binary entropy
    (Duncan & Duncan 1955; Massey & Denton 1988; Theil & Finizza 1971). With `grouping` (a number per unit,
    such as its municipality) H = between + within. NaN when nobody or everybody is a member.

    >>> found = counted_indices([40, 10, 90, 20], [200, 200, 150, 250])
    >>> [round(float(found[name]), 3) for name in ("dissimilarity", "isolation", "eta2")]
    [0.469, 0.401, 0.251]
    >>> float(counted_indices([30, 0], [30, 70])["dissimilarity"])
    1.0
    """
    inside, size = np.asarray(members, dtype=float), np.asarray(sizes, dtype=float)
    total, pupils = inside.sum(axis=-1), size.sum()
    share = np.where((total > 0) & (total < pupils), total / pupils, np.nan)
    uneven = np.abs(inside - size * share[..., None]).sum(axis=-1)
    isolation = (inside**2 / size).sum(axis=-1) / (share * pupils)
    whole = entropy(share)
    left = (size * entropy(inside / size)).sum(axis=-1) / pupils
    found = {
        "dissimilarity": uneven / (2 * pupils * share * (1 - share)),
        "isolation": isolation,
        "eta2": (isolation - share) / (1 - share),
        "entropy": (whole - left) / whole,
    }
    if grouping is not None:
        belongs = np.eye(int(grouping.max()) + 1)[grouping]
        group_size = size @ belongs
        left_between = (group_size * entropy(inside @ belongs / group_size)).sum(axis=-1) / pupils
        found |= {"between": (whole - left_between) / whole, "within": (left_between - left) / whole}
    return found


def segregation(
    members: npt.ArrayLike,
    others: npt.ArrayLike,
    grouping: npt.ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Segregation:
    """How unevenly a group is spread over schools, when small schools' chance differences are taken away.

    Each index is given as counted and beyond chance, (I - E₀)/(1 - E₀), with E₀ its exact expectation under
    random allocation (Winship 1977; Carrington & Troske 1997): 0 is what lots would give, 1 complete
    separation, below 0 more even than lots. Isolation is put back on its own scale, P + (1 - P)·η². The parts
    of H are each freed from their own E₀ and divided by 1 - E₀ of H, so that they still sum to H.

    The 95 % interval is that of the true unevenness under which the estimate is not among the 2.5 per cent highest
    or lowest of `draws` other cohorts of the same sizes (`ends`): each unit's count binomial, its share drawn towards
    P or away from it until η² of the shares is that of six steps, lots and around the one beyond chance. The parts have
    the middle 95 % of the cohorts at the middle step, moved so that their mean is the estimate. The p-value compares
    H with `draws` multivariate hypergeometric allocations, (1 + as high)/(1 + draws). Seeded; the order of units
    does not matter. Counts must be whole, every unit must have a pupil.

    >>> found = segregation([40, 10, 90, 20], [160, 190, 60, 230], draws=99)
    >>> round(found.share, 3), round(found.dissimilarity.counted, 3), found.p_value
    (0.2, 0.469, 0.01)
    """
    inside, sizes, codes = _in_one_order(members, others, grouping)
    random = np.random.default_rng(seed)
    total, pupils = int(inside.sum()), int(sizes.sum())
    chance = by_chance(total, sizes, codes)
    counted = {name: float(value) for name, value in counted_indices(inside, sizes, codes).items()}
    estimate = beyond_chance(counted, chance, total / pupils)
    lots = random.multivariate_hypergeometric(sizes, total, size=draws, method="marginals")
    as_high = counted_indices(lots, sizes)["entropy"] >= counted["entropy"] - 1e-12
    drawn = _other_cohorts(inside, sizes, codes, chance, draws, random)
    reach = {name: _reach(name, estimate[name], total / pupils, each) for name, each in drawn.items()}
    corrected = {name: Corrected(counted[name], chance[name], estimate[name], *reach[name]) for name in counted}
    return Segregation(
        share=total / pupils,
        pupils=pupils,
        units=len(sizes),
        p_value=float((1 + as_high.sum()) / (1 + draws)),
        dissimilarity=corrected["dissimilarity"],
        isolation=corrected["isolation"],
        eta2=corrected["eta2"],
        entropy=corrected["entropy"],
        between=corrected.get("between"),
        within=corrected.get("within"),
    )


def _reach(name: str, estimate: float, share: float, drawn: Floats) -> tuple[float, float]:
    """The interval of one index from what other cohorts show of it (steps × draws); without members (NaN) nothing."""
    if name in ("between", "within"):
        low, high = np.nanquantile(drawn[MIDDLE], [0.025, 0.975]) - np.nanmean(drawn[MIDDLE])
        return estimate + float(low), min(estimate + float(high), 1.0)
    nought = share if name == "isolation" else 0.0
    mean, edges = np.nanmean(drawn, axis=1), np.nanquantile(drawn, [0.025, 0.975], axis=1)
    shifted = [each[:, None] - nought for each in (mean, edges[0], edges[1])]
    low_end, high_end = ends(np.array([estimate - nought]), *shifted)
    return nought + float(low_end[0]), min(nought + float(high_end[0]), 1.0)


def beyond_chance(counted: dict[str, Number], chance: dict[str, float], share: Number) -> dict[str, Number]:
    """The indices with what lots give taken away, on a scale where 0 is lots and 1 complete separation.

    (I - E₀)/(1 - E₀) of each index; the parts of the entropy divided by 1 - E₀ of the whole; isolation put
    back on its own scale, P + (1 - P)·η².
    """
    found = {}
    for name, value in counted.items():
        left = 1 - chance["entropy"] if name in ("between", "within") else 1 - chance[name]
        found[name] = (value - chance[name]) / left
    found["isolation"] = share + (1 - share) * found["eta2"]
    return found


def _other_cohorts(
    inside: Counts,
    sizes: Counts,
    codes: Codes | None,
    chance: dict[str, float],
    draws: int,
    random: np.random.Generator,
) -> dict[str, Floats]:
    """The indices of other cohorts at each step of unevenness (steps × draws): counts are binomial."""
    share, pupils, units = inside.sum() / sizes.sum(), int(sizes.sum()), len(sizes)
    counted = float(counted_indices(inside, sizes)["eta2"])
    beyond = max((counted * (pupils - 1) - (units - 1)) / (pupils - units), 0.0) if pupils > units else counted
    found = []
    for step in steps_of(beyond, (units - 1) / (pupils - 1), units):
        times = float(step) / np.sqrt(counted) if counted > 0 else 0.0
        odds = np.clip(share + times * (inside / sizes - share), 0.0, 1.0)
        cohorts = random.binomial(sizes, odds, size=(draws, units))
        found.append(beyond_chance(counted_indices(cohorts, sizes, codes), chance, cohorts.sum(axis=-1) / pupils))
    return {name: np.array([each[name] for each in found]) for name in found[0]}


def _in_one_order(
    members: npt.ArrayLike, others: npt.ArrayLike, grouping: npt.ArrayLike | None
) -> tuple[Counts, Counts, Codes | None]:
    """Whole counts in an order that does not depend on the rows', or a refusal that says what is wrong."""
    inside, outside = np.asarray(members, dtype=float), np.asarray(others, dtype=float)
    both = np.concatenate([inside, outside])
    if len(inside) != len(outside) or len(inside) < 2:
        raise CannotFitError("too_few_units", f"segregation needs both counts of two units, got: {len(inside)}")
    if not np.all(np.isfinite(both)) or np.any(both < 0) or np.any(both != np.round(both)):
        raise CannotFitError("not_counts", "segregation needs whole numbers of pupils, none of them withheld")
    if np.any(inside + outside == 0):
        empty = int(np.sum(inside + outside == 0))
        raise CannotFitError("empty_units", f"{empty} units have no pupils; leave them out openly")
    if inside.sum() == 0 or outside.sum() == 0:
        raise CannotFitError("no_variation", "nobody or everybody belongs to the group, so nothing can be uneven")
    fewest = int(min(inside.sum(), outside.sum()))
    if fewest < FEWEST_OF_EACH:
        raise CannotFitError("too_few_pupils", f"segregation needs {FEWEST_OF_EACH} of each group, got: {fewest}")
    inside, sizes = inside.astype(np.int64), (inside + outside).astype(np.int64)
    if grouping is None:
        order = np.lexsort((inside, sizes))
        return inside[order], sizes[order], None
    _, codes = np.unique(np.asarray(grouping), return_inverse=True)
    of_group = [np.bincount(codes, each)[codes] for each in (inside, sizes, sizes**2)]
    order = np.lexsort((inside, sizes, *of_group))
    return inside[order], sizes[order], codes[order].astype(np.int64)
