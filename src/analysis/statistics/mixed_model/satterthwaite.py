"""How many degrees of freedom a coefficient of a mixed model has."""

from __future__ import annotations

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.mixed_model.likelihood import Problem, along_factor, curvature, natural_scale
from analysis.statistics.mixed_model.optimum import FLAT, Optimum


def satterthwaite(problem: Problem, best: Optimum, directions: Floats) -> Floats:
    """Satterthwaite's degrees of freedom of ``directions @ coefficients``, one per row.

    2v²/(g'Ag), v the variance of the contrast, g its gradient in (Λ, log σ²) and A twice the inverse Hessian
    of the deviance there, flat directions left out (as lmerTest; Kuznetsova et al. 2017,
    doi:10.18637/jss.v082.i13). Where the groups do not differ, rows minus columns under REML.
    """
    at = best.profile
    sizes, turns = np.linalg.eigh(curvature(problem, best.factor))
    bent = sizes > FLAT * sizes[-1]
    inverse = turns[:, bent] / sizes[bent] @ turns[:, bent].T
    scale = natural_scale(problem, best.factor)
    columns = len(at.coefficients)
    answers = np.empty(len(directions))
    for place, direction in enumerate(directions):
        aim = np.append(at.inverse @ direction, 0.0)
        moved = np.einsum("akbl,k,l->ab", at.evaluation.pull, aim, aim)
        variance = float(direction @ aim[:columns])
        gradient = np.append(scale * along_factor(problem, moved, best.factor), variance)
        answers[place] = variance**2 / float(gradient @ inverse @ gradient)
    return answers
