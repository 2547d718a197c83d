"""Is it the same for everyone? Girls and boys in a school; schools within a municipality, county or nation."""

from __future__ import annotations

from analysis.analyses.equity.gap import gap_between_groups
from analysis.analyses.equity.spread import spread_between_schools
from analysis.model.observations import Observations, Result


def measure(observations: Observations, level: str, year: int) -> Result:
    """Whether girls and boys differ in a school, or schools differ within a larger unit, beyond chance.

    Schools: `gap_between_groups`. Levels above: `spread_between_schools`.
    """
    if level == "school":
        return gap_between_groups(observations, level, year)
    return spread_between_schools(observations, level, year)
