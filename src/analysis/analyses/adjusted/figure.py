"""Expected and actual value as a scatter plot, and beside it the unit in every model tried. No ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.analyses.wording import Wording, estimate_of
from analysis.drawing.figure import Drawing
from analysis.drawing.marks import bars, beside, cloud, key
from analysis.drawing.panel import Panel
from analysis.drawing.style import MOST_PANELS, OWN, PEERS, TEXT, decimal_axis, panels, title
from analysis.model.observations import Result

MOST_MEASURES = MOST_PANELS // 2
"""each measure has two panels: the scatter plot and the models"""


def drawn(results: Sequence[Result], unit_id: str) -> list[Result]:
    """The results that are drawn: those with something to show for the unit, at most three."""
    return [each for each in results if np.isfinite(estimate_of(each, unit_id)["expected"])][:MOST_MEASURES]


def draw(results: Sequence[Result], unit_id: str, lang: str) -> Drawing | None:
    """Two panels per measure whose expected value is known for the unit, at most three measures; None when none is.

    Left the scatter plot, right the unit's adjusted value in every model tried, the main model marked.
    """
    shown = drawn(results, unit_id)
    if not shown:
        return None
    drawing, made = panels(2 * len(shown), height=3.4)
    for result, left, right in zip(shown, made[::2], made[1::2], strict=True):
        _draw_one(result, unit_id, lang, left)
        _draw_models(result, unit_id, lang, right)
    key(drawing)
    return drawing


def models_of(result: Result, unit_id: str) -> pd.DataFrame:
    """The models that gave the unit a value: ``kind``, ``weights``, ``years``, ``value``, the main one first."""
    told = result.details["models"]
    values = result.details["model_values"]
    if not isinstance(told, list) or not isinstance(values, pd.DataFrame):
        raise TypeError("the details of an adjusted result carry the models as a list and their values as a table")
    frame = pd.DataFrame([each for each in told if "reason" not in each])
    mine = values[values["unit_id"] == unit_id].drop(columns="unit_id").to_numpy(float)[0]
    frame = frame.assign(value=mine)
    return frame[frame["value"].notna()].reset_index(drop=True)


def _draw_one(result: Result, unit_id: str, lang: str, panel: Panel) -> None:
    wording = Wording("adjusted", result.indicator, lang)
    known = result.estimates[result.estimates["expected"].notna()]
    row, others = estimate_of(result, unit_id), known.drop(index=unit_id)
    title(panel, wording.short)
    cloud(panel, others["expected"].to_numpy(float), others["value"].to_numpy(float))
    ends = [float(known["expected"].min()), float(known["expected"].max())]
    panel.plot(ends, ends, "--", color=PEERS, linewidth=1.2, zorder=2, label=wording.text("key_equal"))
    own = np.array([float(row["expected"])])
    low, high = (np.array([float(row["expected"] + row[name])]) for name in ("low", "high"))
    bars(panel, own, low, high)
    panel.plot(own, [row["value"]], "D", color=OWN, markersize=8, zorder=4)
    beside(panel, str(result.units.at[unit_id, "name"]), own[0], row["value"], middle=sum(ends) / 2)
    panel.set_xlabel(wording.text("axis_expected"))
    panel.set_ylabel(wording.text("axis_value"))
    decimal_axis(panel, lang, "x")
    decimal_axis(panel, lang)


def _draw_models(result: Result, unit_id: str, lang: str, strip: Panel) -> None:
    """A row of dots per kind of model; the main one is dark, diamond-shaped, with its interval."""
    wording, tried = Wording("adjusted", result.indicator, lang), models_of(result, unit_id)
    row, kinds = estimate_of(result, unit_id), list(dict.fromkeys(tried["kind"]))
    height = {kind: len(kinds) - 1 - place for place, kind in enumerate(kinds)}
    title(strip, wording.text("title_models", models=str(len(tried))))
    strip.axvline(0, color=TEXT, linewidth=0.8, zorder=1)
    heights = tried["kind"].map(height).to_numpy(float)
    strip.plot(tried["value"][1:], heights[1:], "o", color=PEERS, markersize=5, alpha=0.8, zorder=3)
    strip.hlines(heights[0], row["shrunken_low"], row["shrunken_high"], color=OWN, linewidth=1.6, zorder=2)
    strip.plot(tried["value"][:1], heights[:1], "D", color=OWN, markersize=8, zorder=4)
    strip.set_yticks([height[kind] for kind in kinds], [wording.text(f"model_{kind}") for kind in kinds])
    strip.set_ylim(-0.6, len(kinds) - 0.4)
    strip.grid(False, axis="y")
    strip.set_xlabel(wording.text("axis_models"))
    decimal_axis(strip, lang, "x")
