"""Checked rows about units, and what was estimated from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.model.indicator import Indicator

ROW_COLUMNS = (
    "unit_id",  # str   se:school:16762245
    "level",  # str   school, municipality, region, nation
    "year",  # int   the autumn in which the school year starts
    "group",  # str   all, girls, boys
    "value",  # float NaN unless status is given
    "status",  # str   one of Status
    "mark",  # str   the cell as the publisher wrote it
    "n",  # float pupils behind the value; NaN when not known
    "se",  # float the source's own standard error; NaN when it gives none
    "source",  # str   source id
    "origin",  # str   official (published for this unit) or computed (lifted from the level below)
    "coverage",  # float share of the pupils below that the computed value rests on; 1 for official
)
UNIT_COLUMNS = (
    "level", "name", "country", "code", "parent_id",
    "team_id", "school_id", "area_id", "municipality_id", "region_id", "nation_id",
)  # fmt: skip
PUPIL_COLUMNS = {
    "year": "the autumn the school year starts",
    "grade": "the grade the pupil goes in",
    "group_id": "the pupil's group or class",
    "team_id": "the team the group belongs to",
    "school_id": "the school",
    "area_id": "the area, empty where the municipality has none",
    "municipality_id": "the municipality",
    "sex": "girl or boy",
    "parents_education": "1 compulsory, 2 upper secondary, 3 post-secondary; NaN when not known",
    "origin": "domestic, foreign_background, newly_arrived, or empty when not known",
    "support": "whether the pupil has special support",
    "value": "the pupil's own result in the indicator's unit (percentages: 0 or 100); NaN for none",
    "prior": "the pupil's earlier result that the catalogue names for the indicator; NaN for none",
}
"""the columns of the pupil layer of one indicator; a survey's index has one more column per statement"""
TARGET_COLUMNS = {
    "target_id": "the target's own name",
    "unit_id": "the unit it is set for; it holds for the units below it that have none of their own",
    "kind": "goal, minimum, improvement or gap_reduction",
    "value": "the value to reach, in the indicator's unit",
    "due_year": "the autumn of the school year in which it is to be reached",
    "set_by": "council, administration or school",
}
"""the columns of the targets of one indicator"""


def _without_rows(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class Observations:
    """All checked rows of one indicator, with the units they speak of and their context.

    ``rows`` has `ROW_COLUMNS`, sorted by unit, group and year, one row per unit, group and year.
    ``units`` is indexed by ``unit_id`` with `UNIT_COLUMNS`. ``context`` has ``unit_id``, ``year`` and
    one column per context indicator (NaN where not given). ``pupils`` has `PUPIL_COLUMNS`, one row per pupil
    and year, without anything that names a pupil, and no rows where only figures of units are held;
    ``targets`` has `TARGET_COLUMNS`. Whoever holds one need not check again.
    """

    indicator: Indicator
    rows: pd.DataFrame = field(hash=False, compare=False)
    units: pd.DataFrame = field(hash=False, compare=False)
    context: pd.DataFrame = field(hash=False, compare=False)
    pupils: pd.DataFrame = field(hash=False, compare=False, default_factory=lambda: _without_rows(PUPIL_COLUMNS))
    targets: pd.DataFrame = field(hash=False, compare=False, default_factory=lambda: _without_rows(TARGET_COLUMNS))

    def __post_init__(self) -> None:
        missing = [name for name in ROW_COLUMNS if name not in self.rows.columns]
        if missing:
            raise ValueError(f"observations need the columns {', '.join(ROW_COLUMNS)}, missing: {missing}")

    def at(self, level: str, group: str = "all") -> pd.DataFrame:
        """The rows of one level and group, untouched and in order."""
        rows = self.rows
        return rows[(rows["level"] == level) & (rows["group"] == group)].reset_index(drop=True)


@dataclass(frozen=True)
class Result:
    """What a question found, for every unit of a level at once.

    ``estimates`` is indexed by ``unit_id`` and has columns of `ESTIMATE_COLUMNS` only; its ``verdict``
    is decided in the measuring, never in the wording. ``series`` holds the rows shown beside it
    (``unit_id``, ``year``, ``value``, ``low``, ``high``, ``status``, ``mark``, ``n`` …). ``details``
    carries the figures of the method (standard deviations, degrees of freedom, coefficients).
    """

    question: str
    indicator: Indicator
    level: str
    year: int
    estimates: pd.DataFrame = field(hash=False, compare=False)
    series: pd.DataFrame = field(hash=False, compare=False)
    units: pd.DataFrame = field(hash=False, compare=False)
    details: Mapping[str, object] = field(hash=False, compare=False, default_factory=dict)
    caveats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = [name for name in self.estimates.columns if name not in ESTIMATE_COLUMNS]
        if unknown:
            raise ValueError(f"an estimate's columns come from ESTIMATE_COLUMNS, unknown: {unknown}")


ESTIMATE_COLUMNS: dict[str, str] = {
    "verdict": "what was found, one word of the question's own vocabulary, or too_few, withheld, missing, refused",
    "reason": "why there is no answer (a key of the question's words), empty when there is one",
    "value": "the unit's value in the year asked for, in the indicator's unit",
    "value_low": "lower end of its 95 % interval",
    "value_high": "upper end of its 95 % interval",
    "n": "pupils behind the value",
    "smallest_n": "pupils in the smallest group behind the estimate, whichever year it stands in; NaN when not known",
    "estimate": "the question's main estimate (slope per year, difference, gap, deviation)",
    "se": "its standard error",
    "df": "degrees of freedom of its interval",
    "low": "lower end of its 95 % interval",
    "high": "upper end of its 95 % interval",
    "low80": "lower end of its 80 % interval",
    "high80": "upper end of its 80 % interval",
    "first_year": "first school year (autumn) the estimate rests on",
    "last_year": "last school year (autumn) the estimate rests on",
    "years": "number of years it rests on",
    "expected": "value expected from the background, leaving the unit itself out",
    "shrunken": "the estimate drawn towards zero in proportion to its uncertainty",
    "shrunken_low": "lower end of the shrunken value's 95 % interval",
    "shrunken_high": "upper end of the shrunken value's 95 % interval",
    "shrinkage_weight": "share of the raw estimate that the shrunken one keeps, 0 to 1",
    "municipality": "the municipality's value the same year",
    "municipality_diff": "value minus the municipality's",
    "municipality_low": "lower end of that difference's 95 % interval",
    "municipality_high": "upper end of that difference's 95 % interval",
    "municipality_low80": "lower end of that difference's 80 % interval",
    "municipality_high80": "upper end of that difference's 80 % interval",
    "region": "the county's value the same year",
    "region_diff": "value minus the county's",
    "region_low": "lower end of that difference's 95 % interval",
    "region_high": "upper end of that difference's 95 % interval",
    "region_low80": "lower end of that difference's 80 % interval",
    "region_high80": "upper end of that difference's 80 % interval",
    "nation": "the nation's value the same year",
    "nation_diff": "value minus the nation's",
    "nation_low": "lower end of that difference's 95 % interval",
    "nation_high": "upper end of that difference's 95 % interval",
    "nation_low80": "lower end of that difference's 80 % interval",
    "nation_high80": "upper end of that difference's 80 % interval",
    "similar": "weighted mean of the most similar units the same year",
    "similar_diff": "value minus theirs",
    "similar_low": "lower end of that difference's 95 % interval",
    "similar_high": "upper end of that difference's 95 % interval",
    "similar_low80": "lower end of that difference's 80 % interval",
    "similar_high80": "upper end of that difference's 80 % interval",
    "history": "mean of the unit's own earlier years in the same segment",
    "history_diff": "value minus that mean",
    "history_low": "lower end of that difference's 95 % interval",
    "history_high": "upper end of that difference's 95 % interval",
    "history_low80": "lower end of that difference's 80 % interval",
    "history_high80": "upper end of that difference's 80 % interval",
    "similar_units": "the most similar units' ids, most similar first, separated by spaces",
    "spread": "standard deviation between schools, in the indicator's unit, chance removed",
    "between_share": "share of the pupils' variance that lies between schools, 0 to 1",
    "between_low": "lower end of its 95 % interval",
    "between_high": "upper end of its 95 % interval",
    "schools": "number of schools behind the estimate",
    "lowest": "lowest school's value",
    "highest": "highest school's value",
}
"""every column an estimate may have, and what it means"""
