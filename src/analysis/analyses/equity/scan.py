"""An honest look over all gaps of a unit: how many were looked at, and how many remain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.analyses.equity.pairs import gaps_of
from analysis.model.observations import Result
from analysis.statistics.multiple import scan


@dataclass(frozen=True)
class Look:
    """One gap that was looked at: its indicator, pair of groups, p and q values, and whether it remains."""

    indicator: str
    pair: str
    p_value: float
    q_value: float
    remains: bool


@dataclass(frozen=True)
class UnitScan:
    """All gaps of one unit, counted.

    ``looked_at`` had a p-value, ``remaining`` are believed at a false discovery rate of 5 %, ``by_chance`` is
    how many of those looked at would have an interval without zero if no groups differed at all.
    """

    looks: tuple[Look, ...]
    looked_at: int
    remaining: int
    by_chance: float

    def remains(self, indicator: str, pair: str) -> bool | None:
        """Whether one gap remains; None when it has no answer."""
        found = [each for each in self.looks if (each.indicator, each.pair) == (indicator, pair)]
        return found[0].remains if found and found[0].p_value == found[0].p_value else None


def scan_of(results: Sequence[Result], unit_id: str) -> UnitScan:
    """Which of the unit's gaps remain when it is counted how many were looked at, over all indicators and groups.

    Benjamini–Hochberg at a false discovery rate of 5 % over every gap with a p-value (two-sided, of the gap's
    own Student t); gaps of one unit share pupils and are mostly positively dependent, for which it holds.
    """
    found = {result.indicator.id: gaps_of(result.details, unit_id) for result in results}
    pairs = [
        (name, str(pair), float(p_value))
        for name, gaps in found.items()
        for pair, p_value in zip(gaps["pair"], gaps["p_value"], strict=True)
    ]
    counted = scan([p for _, _, p in pairs])
    looks = tuple(
        Look(name, pair, p, float(q), bool(is_found))
        for (name, pair, p), q, is_found in zip(pairs, counted.q_values, counted.is_found, strict=True)
    )
    return UnitScan(looks, counted.looked_at, int(counted.is_found.sum()), counted.by_chance)
