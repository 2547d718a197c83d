"""Checked rows about units, and what was estimated from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
    "value": "the value to reach; of a gap_reduction the largest difference between girls and boys",
    "due_year": "the autumn of the school year in which it is to be reached",
    "set_by": "council, administration or school",
}
"""the columns of the targets of one indicator"""
HIDDEN_COLUMNS = {
    "unit_id": "the unit",
    "year": "the autumn the school year starts",
    "group": "all, girls, boys, a group by background (origin:domestic) or adjusted",
}
"""the columns of what may not be seen of one indicator"""


def _without_rows(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class Observations:
    """All checked rows of one indicator, with the units they speak of and their context.

    ``rows`` has `ROW_COLUMNS`, sorted by unit, group and year, one row per unit, group and year.
    ``units`` is indexed by ``unit_id`` with `UNIT_COLUMNS`. ``context`` has ``unit_id``, ``year`` and
    one column per context indicator (NaN where not given). ``pupils`` has `PUPIL_COLUMNS`, one row per pupil
    and year, without anything that names a pupil, and no rows where only figures of units are held;
    ``targets`` has `TARGET_COLUMNS`. ``hidden`` has `HIDDEN_COLUMNS`: figures withheld from whoever reads, also from
    what is counted from ``pupils``; ``smallest_cell`` is the fewest pupils a part of a survey's answers is shown for.
    Whoever holds one need not check again.
    """

    indicator: Indicator
    rows: pd.DataFrame = field(hash=False, compare=False)
    units: pd.DataFrame = field(hash=False, compare=False)
    context: pd.DataFrame = field(hash=False, compare=False)
    pupils: pd.DataFrame = field(hash=False, compare=False, default_factory=lambda: _without_rows(PUPIL_COLUMNS))
    targets: pd.DataFrame = field(hash=False, compare=False, default_factory=lambda: _without_rows(TARGET_COLUMNS))
    hidden: pd.DataFrame = field(hash=False, compare=False, default_factory=lambda: _without_rows(HIDDEN_COLUMNS))
    smallest_cell: int = 1
    derived: dict[object, Any] = field(init=False, repr=False, hash=False, compare=False, default_factory=dict)
    """what was worked out from these rows and is needed again; a changed copy starts without"""

    def __post_init__(self) -> None:
        missing = [name for name in ROW_COLUMNS if name not in self.rows.columns]
        if missing:
            raise ValueError(f"observations need the columns {', '.join(ROW_COLUMNS)}, missing: {missing}")

    def withheld(self, year: int, group: str = "all") -> frozenset[str]:
        """The units whose figure of a year and group may not be seen."""
        rows = self.hidden
        return frozenset(rows.loc[(rows["year"] == year) & (rows["group"] == group), "unit_id"])

    def at(self, level: str, group: str = "all") -> pd.DataFrame:
        """The rows of one level and group, untouched and in order. What is returned may be changed freely."""
        key = ("at", level, group)
        if key not in self.derived:
            rows = self.rows
            self.derived[key] = rows[(rows["level"] == level) & (rows["group"] == group)].reset_index(drop=True)
        kept: pd.DataFrame = self.derived[key]
        return kept.copy(deep=False)


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
    "shrunken": "the estimate drawn towards zero, or towards the level's common one, as far as it is uncertain",
    "shrunken_low": "lower end of the shrunken value's 95 % interval",
    "shrunken_high": "upper end of the shrunken value's 95 % interval",
    "shrinkage_weight": "share of the raw estimate that the shrunken one keeps, 0 to 1",
    "over_years": "the adjusted value of all the unit's years together, drawn towards zero",
    "over_years_low": "lower end of its 95 % interval",
    "over_years_high": "upper end of its 95 % interval",
    "over_years_count": "number of years the adjusted value of several years rests on",
    "replica": "value minus the one expected by SALSA's form fitted to these units in one year",
    "replica_low": "lower end of its 95 % interval",
    "replica_high": "upper end of its 95 % interval",
    "replica_expected": "value expected by SALSA's form fitted to these units in one year",
    "salsa_calculated": "the value that SALSA itself calculated for the unit, as published",
    "salsa_deviation": "SALSA's own deviation, as published",
    "salsa_year": "the autumn of the school year that SALSA's figures are for",
    "model_low": "lowest adjusted value among the models tried",
    "model_high": "highest adjusted value among the models tried",
    "models": "number of models that gave the unit an adjusted value",
    "models_same": "number of them whose value has the same sign as the main model's",
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
    "pooled": "mean of the three newest school years in the segment, weighted 3, 2 and 1 from the newest",
    "pooled_low": "lower end of its 95 % interval",
    "pooled_high": "upper end of its 95 % interval",
    "pooled_n": "pupils behind the pooled years together; NaN when any of them is not known",
    "change_year": "first school year of a new level, where one is found; NaN otherwise",
    "change_p": "p-value of a change of level in any year; NaN where it is not tested",
    "change_size": "mean from the change year on minus the mean before it; NaN where none is found",
    "next": "value expected next school year if the line goes on",
    "next_low": "lower end of its 95 % prediction interval",
    "next_high": "upper end of its 95 % prediction interval",
    "next_low80": "lower end of its 80 % prediction interval",
    "next_high80": "upper end of its 80 % prediction interval",
    "later": "value expected the school year after the next if the line goes on",
    "later_low": "lower end of its 95 % prediction interval",
    "later_high": "upper end of its 95 % prediction interval",
    "later_low80": "lower end of its 80 % prediction interval",
    "later_high80": "upper end of its 80 % prediction interval",
    "average": "mean over grades and cohorts, drawn towards the common mean",
    "average_low": "lower end of its 95 % interval",
    "average_high": "upper end of its 95 % interval",
    "average_raw": "the same from the unit's own cells alone",
    "average_weight": "share of the raw mean's deviation that is kept, 0 to 1",
    "growth": "change per grade within a cohort, drawn towards the common change",
    "growth_low": "lower end of its 95 % interval",
    "growth_high": "upper end of its 95 % interval",
    "growth_raw": "the same from the unit's own cells alone",
    "growth_weight": "share of the raw change's deviation that is kept, 0 to 1",
    "cohorts": "change from one cohort to the next within a grade, drawn towards the common change",
    "cohorts_low": "lower end of its 95 % interval",
    "cohorts_high": "upper end of its 95 % interval",
    "cohorts_raw": "the same from the unit's own cells alone",
    "cohorts_weight": "share of the raw change's deviation that is kept, 0 to 1",
    "team": "the team's value the same year",
    "team_diff": "value minus the team's",
    "team_low": "lower end of that difference's 95 % interval",
    "team_high": "upper end of that difference's 95 % interval",
    "team_low80": "lower end of that difference's 80 % interval",
    "team_high80": "upper end of that difference's 80 % interval",
    "school": "the school's value the same year",
    "school_diff": "value minus the school's",
    "school_low": "lower end of that difference's 95 % interval",
    "school_high": "upper end of that difference's 95 % interval",
    "school_low80": "lower end of that difference's 80 % interval",
    "school_high80": "upper end of that difference's 80 % interval",
    "area": "the area's value the same year",
    "area_diff": "value minus the area's",
    "area_low": "lower end of that difference's 95 % interval",
    "area_high": "upper end of that difference's 95 % interval",
    "area_low80": "lower end of that difference's 80 % interval",
    "area_high80": "upper end of that difference's 80 % interval",
    "target": "the value to reach; of a gap_reduction the largest difference between girls and boys",
    "target_diff": "value minus the target",
    "target_low": "lower end of that difference's 95 % interval",
    "target_high": "upper end of that difference's 95 % interval",
    "target_low80": "lower end of that difference's 80 % interval",
    "target_high80": "upper end of that difference's 80 % interval",
    "target_kind": "goal, minimum, improvement or gap_reduction; empty without a target",
    "target_due": "the autumn of the school year in which the target is to be reached",
    "target_set_by": "council, administration or school; empty without a target",
    "target_unit": "id of the unit that the target is set for: the unit itself or one it belongs to",
    "targets": "number of targets that hold for the unit",
    "probability_now": "probability that the true figure meets the target in the year asked for, 0 to 1",
    "probability_due": "probability that it does so in the target's year if the line goes on, 0 to 1",
    "reference": "the pupil-weighted mean of all other units of the level the same year",
    "limit_low": "lower limit within which 95 in 100 units of that size and level lie",
    "limit_high": "upper limit within which 95 in 100 units of that size and level lie",
    "limit_low998": "lower limit within which 998 in 1,000 such units lie",
    "limit_high998": "upper limit within which 998 in 1,000 such units lie",
    "lowest": "lowest school's value",
    "highest": "highest school's value",
    "relative": "the gap in per cent of the second group's mean",
    "relative_low": "lower end of its 95 % interval",
    "relative_high": "upper end of its 95 % interval",
    "standardised": "the gap in standard deviations between pupils",
    "standardised_low": "lower end of its 95 % interval",
    "standardised_high": "upper end of its 95 % interval",
    "gap_p": "two-sided p of no gap, by the same distribution as its 95 % interval",
    "gap_slope": "change of the gap per school year, in the indicator's unit",
    "gap_slope_low": "lower end of its 95 % interval",
    "gap_slope_high": "upper end of its 95 % interval",
    "gap_slope_years": "school years behind that change",
    "gap_change": "whether the gap is closing, widening, turned, no_certain_change or too_few",
    "counted": "dissimilarity of the pupils' spread over schools as counted, 0 to 1, chance still in it",
    "by_chance": "the dissimilarity that allotting the same pupils by lot gives on average",
    "p_value": "how often lots give an unevenness at least as large",
    "isolation": "share of the group among the schoolmates of its members, chance removed, 0 to 1",
    "eta2": "isolation freed from the group's share, chance removed, 0 to 1",
    "entropy": "Theil's H, chance removed, 0 to 1",
    "entropy_between": "the part of H between the municipalities (or counties) of the unit",
    "entropy_within": "the part of H between schools within them",
    "schools_missing": "schools without a figure that the estimate leaves out",
    "pupils_covered": "share of the pupils of known schools that the estimate rests on, 0 to 1",
    "slope": "change of the estimate per school year",
    "slope_se": "its standard error",
    "slope_low": "lower end of its 95 % interval",
    "slope_high": "upper end of its 95 % interval",
    "sd": "standard deviation between the pupils of the unit, in the indicator's unit",
    "invited": "pupils that were asked",
    "response": "share of the invited pupils that have a value, 0 to 1",
    "worst_low": "the value of all invited if those without a value had the lowest possible",
    "worst_high": "the value of all invited if they had the highest possible",
    "plausible_low": "the value of all invited if they were one standard deviation below those with a value",
    "plausible_high": "the value of all invited if they were one standard deviation above",
    "positive": "share of the answers that are positive, 0 to 1",
    "positive_low": "lower end of its 95 % interval",
    "positive_high": "upper end of its 95 % interval",
    "without_prior": "pupils with a result who have no earlier one, left out of the model",
    "prior_mean": "mean earlier result of the same pupils, or of the same cohort",
    "newest": "the shrunken estimate from the newest cohort alone; NaN where no older one is pooled",
    "newest_low": "lower end of its 95 % interval",
    "newest_high": "upper end of its 95 % interval",
    "newest_n": "pupils of the newest cohort",
}
"""every column an estimate may have, and what it means"""
