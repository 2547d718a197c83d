"""Funnel plots: the limits by number of pupils, the others as grey dots without names, the unit as a dark diamond."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from analysis.analyses.funnel.chance import Chance
from analysis.analyses.multiples import small_multiples, with_number
from analysis.analyses.wording import Wording, estimate_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import beside, cloud
from analysis.drawing.panel import Panel
from analysis.drawing.style import OWN, PEERS, TEXT, decimal_axis, title
from analysis.model.observations import Result
from analysis.statistics.funnel import Limits
from analysis.statistics.intervals import Floats

POINTS = 160


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that get a panel: those with limits for the unit, at most six."""
    return with_number(results, unit_id, "reference")


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """One panel per measure with limits for the unit, at most six; None when none has."""
    return small_multiples(
        drawn(results, unit_id),
        lambda result, panel: _draw_one(result, unit_id, lang, panel),
        height=3.2,
    )


def _draw_one(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording, row = Wording("funnel", result.indicator, lang), estimate_of(result, unit_id)
    title(panel, wording.short)
    known = result.estimates[result.estimates["reference"].notna()]
    others = known.drop(index=unit_id)
    cloud(panel, others["n"].to_numpy(float), others["value"].to_numpy(float))
    _curves(result, row, known["n"].to_numpy(float), wording, panel)
    panel.plot([row["n"]], [row["value"]], "D", color=OWN, markersize=9, zorder=5)
    middle = float(known["n"].min() + known["n"].max()) / 2
    beside(panel, str(result.units.at[unit_id, "name"]), row["n"], row["value"], middle=middle)
    panel.set_xlabel(wording.text("axis_pupils"))
    decimal_axis(panel, lang, "x")
    decimal_axis(panel, lang)


def _curves(result: Result, row: dict[str, Any], sizes: Any, wording: Wording, panel: Panel) -> None:
    """The reference and the limits around it, for every number of pupils, as this unit meets them."""
    curve = result.details["curve"]
    if not isinstance(curve, Chance):
        raise TypeError(f"the details of a funnel hold its curve of chance, got: {curve!r}")
    own_n, reference = np.array([round(row["n"])], dtype=float), float(row["reference"])
    between = max(float((row["se"] ** 2 - curve.variance(np.array([reference]), own_n))[0]), 0.0)
    n, limits = limits_by_size(
        curve, reference, 0.0 if between < 1e-9 else round(between, 9), float(sizes.min()), float(sizes.max())
    )
    within = (result.indicator.minimum, result.indicator.maximum)
    low95, high95, low998, high998 = (
        np.clip(end, *within) for end in (limits.low95, limits.high95, limits.low998, limits.high998)
    )
    panel.axhline(reference, color=TEXT, linewidth=1.0, zorder=2, label=wording.text("key_mean"))
    for name, style, ends in (("key_near", "-", (low95, high95)), ("key_far", "--", (low998, high998))):
        for label, end in zip((wording.text(name), None), ends, strict=True):
            panel.plot(n, end, style, color=PEERS, linewidth=1.4, zorder=3, label=label or "")


@lru_cache(maxsize=512)
def limits_by_size(curve: Chance, reference: float, between: float, least: float, most: float) -> tuple[Floats, Limits]:
    """Numbers of pupils from the least to the most, and the limits at each: worked out once for all units alike."""
    n = np.unique(np.round(np.geomspace(max(least, 1.0), most, POINTS))).astype(np.float64)
    return n, curve.limits(np.full(len(n), reference), n, np.full(len(n), between))
