"""Pupils in schools: what schools have in common, how much they differ, and how far each one stands out.

Linear mixed models by (restricted) maximum likelihood. The rows are summed per school once; after that an
evaluation of the likelihood costs the same however many pupils there are.
"""

from analysis.statistics.mixed_model.fitting import fit, fit_three_levels
from analysis.statistics.mixed_model.posterior import Foreseen
from analysis.statistics.mixed_model.result import MixedModel, ThreeLevelModel
from analysis.statistics.refusal import CannotFitError

__all__ = ["CannotFitError", "Foreseen", "MixedModel", "ThreeLevelModel", "fit", "fit_three_levels"]
