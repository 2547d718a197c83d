"""The same unit under many defensible models: does the answer hold?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.analyses.adjusted.fit import FEWEST_UNITS, Fit
from analysis.analyses.adjusted.predictors import GIRLS, chance_in_composition, included
from analysis.statistics.intervals import Floats
from analysis.statistics.posterior import FEWEST_UNITS as FEWEST_TOGETHER
from analysis.statistics.posterior import beyond
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.regression import calibrated, huber_weights, regression

AT_FIRST = 256
"""rows that are looked at first for what varies"""


@dataclass(frozen=True)
class Specification:
    """One defensible model. ``kind`` says in what it departs from the main one beyond weights and years.

    ``kind`` is main, without_origin, parents_only, curved, other_figures, without_small, calibrated or huber.
    """

    kind: str
    weights: str
    years: str
    """all, or this (the year asked for alone)"""

    @property
    def id(self) -> str:
        """A name to find it by."""
        return f"{self.kind}, {self.weights}, {self.years}"


def specifications(fit: Fit) -> Iterator[Specification]:
    """Every model of the spread, the main one first: predictors × weights × years, and three more departures.

    The years' dimension is left out where the model has one year only.
    """
    years = ("all", "this") if fit.rows["year"].nunique() > 1 else ("all",)
    weights = ("none", "n_pupils") if fit.weights == "none" else ("n_pupils", "none")
    kinds = ["main", "without_origin", "parents_only", "curved"]
    kinds += ["other_figures"] if fit.predictors.others else []
    for kind in kinds:
        yield from (Specification(kind, weight, year) for year in years for weight in weights)
    for kind in ("without_small", "calibrated"):
        yield from (Specification(kind, weight, "all") for weight in weights)
    yield from (Specification("huber", weights[0], year) for year in years)


@dataclass(frozen=True)
class Spread:
    """Each unit's shrunken value under each model, and how far beyond chance it lies there.

    ``values`` and ``beyond`` (1 above, -1 below, 0 when chance cannot be left out) are units × models, in the
    order of `specifications`; ``models`` says for each its parts, its σ_u and the reason of one that could
    not be fitted.
    """

    values: pd.DataFrame
    beyond: pd.DataFrame
    models: tuple[dict[str, object], ...]

    def summary(self) -> pd.DataFrame:
        """Per unit: lowest and highest value, number of models, how many have the main model's sign, and conflict.

        ``depends`` is True when at least one model's 80 % interval lies above zero and at least one's below.
        """
        values, beyond = self.values.to_numpy(float), self.beyond.to_numpy(float)
        answered = np.isfinite(values)
        same = answered & (np.sign(values) == np.sign(values[:, [0]]))
        columns = {
            "model_low": np.nanmin(values, axis=1), "model_high": np.nanmax(values, axis=1),
            "models": answered.sum(axis=1).astype(float), "models_same": same.sum(axis=1).astype(float),
            "depends": (beyond > 0).any(axis=1) & (beyond < 0).any(axis=1),
        }  # fmt: skip
        return pd.DataFrame(columns, index=self.values.index)


def spread(fit: Fit, ready: pd.DataFrame, year: int) -> Spread:
    """The `ready` units' values in `year` under every model, on the main model's rows.

    Each value is what a model alone would publish: value minus the one expected without the unit, drawn towards
    zero by that model's own posterior, as in `measure`. The target stays the same; only the road to the expected
    value differs. A model that cannot be fitted has no column and is told of with its reason.
    """
    places = np.flatnonzero((fit.rows["year"] == year).to_numpy())
    places = places[ready.index.get_indexer(pd.Index(fit.rows["unit_id"].iloc[places])) >= 0]
    ids = fit.rows["unit_id"].iloc[places].to_numpy()
    values: dict[str, Floats] = {}
    sides: dict[str, Floats] = {}
    told: list[dict[str, object]] = []
    chance = fit.rows["variance"].to_numpy(float)[places]
    designs: dict[str, Floats] = {}
    for each in specifications(fit):
        part: dict[str, object] = {"kind": each.kind, "weights": each.weights, "years": each.years}
        try:
            if each.kind not in designs:
                designs[each.kind] = _design(fit, each)
            left_out, variance = _one(fit, each, designs[each.kind], year, places)
        except CannotFitError as refusal:
            told.append(part | {"reason": refusal.reason})
            continue
        known = np.isfinite(left_out) & np.isfinite(variance)
        if known.sum() < FEWEST_TOGETHER:
            told.append(part | {"reason": "too_few_schools"})
            continue
        drawn, side, sigma_u = beyond(left_out[known], (variance + chance)[known], 0.80, fit.chance_df)
        values[each.id], sides[each.id] = np.full(len(ids), np.nan), np.zeros(len(ids))
        values[each.id][known], sides[each.id][known] = drawn, side
        told.append(part | {"sigma_u": sigma_u})
    shrunk, sign = (pd.DataFrame(each, index=ids).reindex(ready.index) for each in (values, sides))
    return Spread(shrunk, sign, tuple(told))


def _one(fit: Fit, model: Specification, design: Floats, year: int, places: np.ndarray) -> tuple[Floats, Floats]:
    """Left-out residual and prediction variance of the rows at `places` under one model."""
    if (model.kind, model.weights, model.years) == ("main", fit.weights, "all"):
        rows = fit.rows.iloc[places]
        return rows["left_out"].to_numpy(float), rows["prediction_variance"].to_numpy(float)
    weight = _weights(fit, model, year, design)
    if np.count_nonzero(np.bincount(fit.codes[weight > 0])) < FEWEST_UNITS:
        raise CannotFitError("too_few_schools", f"{FEWEST_UNITS} units are needed")
    kept = weight > 0
    kept[places] = np.isfinite(design[places]).all(axis=1)
    y, codes = fit.rows["value"].to_numpy(float), fit.codes
    if not kept.all():
        y, codes, weight, design = y[kept], codes[kept], weight[kept], design[kept]
    idle = _idle(design[weight > 0])
    if idle.any():
        design = np.ascontiguousarray(design[:, ~idle])
    if model.kind == "huber":
        weight = huber_weights(design, y, weight)
    found = regression(design, y, codes, None if np.all(weight == 1) else weight)
    row = np.cumsum(kept)[places] - 1
    known, variance = kept[places], found.prediction_variance(design[row])
    return np.where(known, found.left_out[row], np.nan), np.where(known, variance, np.nan)


def _weights(fit: Fit, model: Specification, year: int, design: Floats) -> Floats:
    """Each row's weight in the fit, 0 for a row that takes no part."""
    rows = fit.rows
    weight = rows["n"].to_numpy(float) if model.weights == "n_pupils" else np.ones(len(rows))
    taking_part = np.isfinite(design).all(axis=1) & (weight > 0)
    if model.kind == "without_small":
        taking_part &= included(rows)
    if model.years == "this":
        taking_part &= (rows["year"] == year).to_numpy()
    return np.where(taking_part, weight, 0.0)


def _idle(design: Floats) -> np.ndarray:
    """Columns that are the constant again or nothing at all, the constant itself spared."""
    idle = np.all(design[:AT_FIRST] == design[:1], axis=0)
    idle[0] = False
    idle[idle] = np.all(design[:, idle] == design[:1, idle], axis=0)
    return np.asarray(idle, dtype=bool)


def _design(fit: Fit, model: Specification) -> Floats:
    """The model's columns for every row of the main model; NaN where a figure of the background is not given."""
    rows, chosen = fit.rows, fit.predictors
    columns = {"without_origin": (chosen.parents, GIRLS), "parents_only": (chosen.parents,)}.get(
        model.kind, chosen.names
    )
    if model.kind == "other_figures":
        columns = chosen.replaced()
    values, years = rows[list(columns)].to_numpy(float), fit.design[:, 1 + len(chosen.names) :]
    if model.kind == "curved":
        parents = values[:, [0]]
        values = np.column_stack([values, (parents - parents.mean()) ** 2])
    if model.kind == "calibrated":
        chance = chance_in_composition(rows, columns)
        known = np.isfinite(chance).all(axis=1)
        exact = np.column_stack([np.ones(len(rows)), years])
        expected = calibrated(values[known], chance[known], exact[known]).values
        values = np.full(values.shape, np.nan)
        values[known] = expected
    return np.column_stack([np.ones(len(rows)), values, years])
