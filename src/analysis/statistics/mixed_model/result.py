"""What a mixed model found, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.mixed_model.posterior import Foreseen

Labels = npt.NDArray[Any]


@dataclass(frozen=True)
class FixedEffects:
    """What all groups have in common.

    ``fixed`` are the coefficients of `X`, ``fixed_covariance`` their covariance at the estimated variances,
    ``degrees_of_freedom`` Satterthwaite's for each. ``deviance`` is −2 log likelihood, of the restricted
    likelihood under REML, with its constants as in lme4. ``is_boundary`` says that the groups do not differ
    in some direction as far as can be seen: a variance is zero or the random effects are perfectly
    correlated. That is an answer, not a failure.
    """

    names: tuple[str, ...]
    fixed: Floats
    fixed_covariance: Floats
    degrees_of_freedom: Floats
    residual_variance: float
    deviance: float
    method: str
    n: int
    is_boundary: bool

    @property
    def fixed_se(self) -> Floats:
        """The standard error of each coefficient."""
        return np.asarray(np.sqrt(np.diag(self.fixed_covariance)), dtype=float)


@dataclass(frozen=True)
class MixedModel(FixedEffects):
    """A model of pupils in schools: the common line, how much schools differ, and each school's own deviation.

    ``variances`` is the covariance matrix of the random effects (q × q). ``effects`` are the groups' own
    deviations (groups × q), drawn towards zero in proportion to their uncertainty (BLUP, empirical Bayes), in
    the order of ``groups``; ``effect_sd`` their conditional standard deviations given coefficients and
    variances. ``foreseen`` (intercepts only, else None) is the deviation with its 95 % interval when neither
    coefficients nor variances are taken for known: the posterior over all variances that may be. ``icc`` is the
    share of the remaining variance that lies between groups, None with slopes.
    """

    groups: Labels
    variances: Floats
    effects: Floats
    effect_sd: Floats
    foreseen: Foreseen | None
    icc: float | None

    @property
    def groups_n(self) -> int:
        """The number of groups."""
        return len(self.groups)


@dataclass(frozen=True)
class ThreeLevelModel(FixedEffects):
    """A model of pupils in schools in municipalities, with an intercept of its own for each at both levels.

    ``effects`` and ``effect_sd`` belong to ``groups`` (schools, as deviations from their own outer group),
    ``outer_effects`` and ``outer_effect_sd`` to ``outer_groups``. ``foreseen`` is the groups' whole deviation, the
    outer group's and their own together, with its 95 % interval, and ``outer_foreseen`` that of the outer groups,
    neither coefficients nor variances taken for known. ``share`` and ``outer_share`` are the parts of the remaining
    variance that lie between schools within an outer group, and between outer groups.
    """

    groups: Labels
    outer_groups: Labels
    variance: float
    outer_variance: float
    effects: Floats
    effect_sd: Floats
    outer_effects: Floats
    outer_effect_sd: Floats
    foreseen: Foreseen
    outer_foreseen: Foreseen

    @property
    def groups_n(self) -> int:
        """The number of inner groups."""
        return len(self.groups)

    @property
    def outer_groups_n(self) -> int:
        """The number of outer groups."""
        return len(self.outer_groups)

    @property
    def share(self) -> float:
        """The share of the remaining variance between schools of the same outer group, 0 to 1."""
        return self.variance / (self.variance + self.outer_variance + self.residual_variance)

    @property
    def outer_share(self) -> float:
        """The share of the remaining variance between outer groups, 0 to 1."""
        return self.outer_variance / (self.variance + self.outer_variance + self.residual_variance)
