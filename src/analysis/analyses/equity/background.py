"""How much results follow parents' education among a unit's own pupils, and what a gap goes along with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.analyses.equity.pairs import pupils_of
from analysis.model.indicator import Indicator
from analysis.model.observations import Observations
from analysis.statistics.concentration import Concentration, bounded_concentration, concentration
from analysis.statistics.decomposition import gelbach, two_fold
from analysis.statistics.gap_index import gap_index
from analysis.statistics.gradient import gradient, quarters, resilient_share
from analysis.statistics.intervals import interval
from analysis.statistics.refusal import CannotFitError

BACKGROUND_COLUMNS = {
    "unit_id": "the unit",
    "measure": "what was measured, a key of the question's words",
    "value": "its value; NaN where there is none",
    "low": "lower end of its 95 % interval",
    "high": "upper end of its 95 % interval",
    "smallest_n": "pupils in the smallest group behind it",
    "reason": "withheld or the reason of a refusal, empty when there is a value",
}
"""the columns of ``details["background"]``: one row per unit and measure"""
FEWEST_CLUSTERS = 8
"""schools are clusters from this many; below it each pupil counts as drawn alone"""

Row = tuple[float, float, float]
Found = dict[str, Row]


def background_of(observations: Observations, level: str, year: int) -> pd.DataFrame:
    """The gradient on parents' education (1 to 3) in `year`, and the gap by origin with what it goes along with.

    Per unit, from its pupils with a known background: OLS slope and R², the resilient share (top quarter of
    results among the quarter of all the year's pupils with the shortest education), the gap index
    and the concentration index (Erreygers' for percentages), and the gap between pupils of other
    and of domestic origin decomposed by Oaxaca–Blinder (education) and Gelbach (education, newly arrived).
    Errors by school from eight schools, else by pupil. Groups below ``smallest_n`` are withheld, and with
    one of the origins every gap that counts its pupils in. Columns:
    `BACKGROUND_COLUMNS`.
    """
    pupils = pupils_of(observations, level)
    pupils = pupils[pupils["year"] == year]
    pupils = pupils.assign(education=pd.to_numeric(pupils["parents_education"]).astype(float))
    known = pupils[pupils["education"].notna()]
    rows: list[tuple[object, ...]] = []
    if len(known):
        limits = quarters(known["value"], known["education"])
        for unit, mine in known.groupby("unit_id"):
            rows += [(unit, *each) for each in _measured(mine, observations.indicator, limits)]
    return pd.DataFrame(rows, columns=list(BACKGROUND_COLUMNS))


def _measured(mine: pd.DataFrame, indicator: Indicator, limits: tuple[float, float]) -> list[tuple[object, ...]]:
    """The rows of one unit: what each measure gives, or why it gives nothing."""
    weak, other = int((mine["education"] <= limits[1]).sum()), int((mine["education"] < 3).sum())
    sizes = [int((mine["origin"] == each).sum()) for each in ("domestic", "foreign_background", "newly_arrived")]
    by_origin = min(each for each in sizes if each) if sizes[0] and sum(sizes[1:]) else 0
    tries: list[tuple[int, tuple[str, ...], Callable[[], Found]]] = [
        (min(other, len(mine) - other), ("gradient_slope", "gradient_strength"), lambda: _gradient(mine)),
        (weak, ("resilient_share",), lambda: _resilience(mine, limits)),
        (min(other, len(mine) - other), ("gap_index",), lambda: _gap_index(mine)),
        (min(other, len(mine) - other), ("concentration",), lambda: _concentration(mine, indicator)),
        (by_origin, ("origin_gap", "with_education", "beside_education"), lambda: _oaxaca(mine)),
        (min(sizes), ("with_education_too", "with_newly_arrived", "beside_both"),
         lambda: _gelbach(mine)),
    ]  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for smallest, names, measured in tries:
        found, reason = _tried(smallest, indicator.smallest_n, measured)
        shown = float(smallest) if found else np.nan
        rows += [(name, *found.get(name, (np.nan,) * 3), shown, reason) for name in names if smallest]
    return rows


def _tried(smallest: int, fewest: int, measured: Callable[[], Found]) -> tuple[Found, str]:
    if smallest < fewest:
        return {}, "withheld"
    try:
        return measured(), ""
    except CannotFitError as refusal:
        return {}, refusal.reason


def _clusters(mine: pd.DataFrame) -> np.ndarray | None:
    codes = pd.factorize(mine["school_id"])[0]
    return codes if codes.max() + 1 >= FEWEST_CLUSTERS else None


def _gradient(mine: pd.DataFrame) -> Found:
    found = gradient(mine["value"], mine["education"], _clusters(mine))
    strength = (found.strength, found.strength_low, found.strength_high)
    return {
        "gradient_slope": (found.slope, found.low, found.high),
        "gradient_strength": tuple(100 * each for each in strength),  # type: ignore[dict-item]
    }


def _resilience(mine: pd.DataFrame, limits: tuple[float, float]) -> Found:
    found = resilient_share(mine["value"], mine["education"], *limits)
    return {"resilient_share": (100 * found.share, 100 * found.low, 100 * found.high)}


def _gap_index(mine: pd.DataFrame) -> Found:
    longer = mine["education"] == 3
    found = gap_index(mine.loc[longer, "value"], mine.loc[~longer, "value"])
    return {"gap_index": (found.index, found.low, found.high)}


def _concentration(mine: pd.DataFrame, indicator: Indicator) -> Found:
    found: Concentration
    if indicator.unit == "percent":
        found = bounded_concentration(mine["value"], mine["education"], 0, 100)
    else:
        found = concentration(mine["value"], mine["education"])
    return {"concentration": (100 * found.index, 100 * found.low, 100 * found.high)}


def _by_origin(mine: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Pupils of known origin, who is not domestic, columns of education, and who is newly arrived."""
    mine = mine[mine["origin"].isin(["domestic", "foreign_background", "newly_arrived"])]
    levels = [each for each in (2, 3) if (mine["education"] == each).any()]
    base = 1 if (mine["education"] == 1).any() else levels.pop(0)
    columns = np.column_stack([mine["education"] == each for each in levels if each != base]).astype(float)
    return mine, (mine["origin"] != "domestic").to_numpy(), columns, (mine["origin"] == "newly_arrived").to_numpy()


def _with_ends(value: float, se: float) -> Row:
    low, high = interval(value, se)
    return value, float(low), float(high)


def _oaxaca(mine: pd.DataFrame) -> Found:
    mine, foreign, columns, _ = _by_origin(mine)
    found = two_fold(mine["value"], columns, foreign, _clusters(mine))
    return {
        "origin_gap": _with_ends(found.gap, found.gap_se),
        "with_education": _with_ends(found.explained.whole, found.explained.whole_se),
        "beside_education": _with_ends(found.unexplained.whole, found.unexplained.whole_se),
    }


def _gelbach(mine: pd.DataFrame) -> Found:
    mine, foreign, columns, newly = _by_origin(mine)
    added: dict[str, npt.ArrayLike] = {"education": columns, "newly": newly.astype(float)}
    found = gelbach(mine["value"], foreign.astype(float), added, clusters=_clusters(mine))
    accounted = found.accounted
    parts = [_with_ends(float(each), float(se)) for each, se in zip(accounted.parts, accounted.se, strict=True)]
    return {
        "with_education_too": parts[0],
        "with_newly_arrived": parts[1],
        "beside_both": _with_ends(found.after, found.after_se),
    }
