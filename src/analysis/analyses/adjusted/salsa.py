"""What the Swedish agency itself publishes: SALSA's values as they are, and its model of 2015/16."""

from __future__ import annotations

import pandas as pd

from analysis.model.observations import Observations

COLUMNS = {
    "merit_value": ("salsa_merit_calculated", "salsa_merit_deviation"),
    "all_subjects_passed_9": ("salsa_passed_calculated", "salsa_passed_deviation"),
}
"""the context columns that carry SALSA's calculated value and deviation, per indicator"""
CONSTANT, PER_PARENTS, PER_BOYS, PER_NEWLY_ARRIVED = 93.567, 69.846, -35.271, -83.641


def merit_value_2015(parents_education: float, boys: float, newly_arrived: float) -> float:
    """The merit value that SALSA's published model expected of a school in 2015/16.

    93.567 + 69.846·E - 35.271·K - 83.641·I: E parents' mean education (1 compulsory to 3 post-secondary),
    K share of boys and I share newly arrived (0 to 1). Linear regression on 1,443 schools, R² .585, standard
    error of estimate 17.34 points (Skolverket, PM 2017-02-13). Breaks of 2015 and 2016 apply.

    >>> round(merit_value_2015(2.27, 0.518, 0.050), 2)
    229.66
    """
    if not 1 <= parents_education <= 3:
        raise ValueError(f"parents' education is an index from 1 to 3, got: {parents_education!r}")
    for name, share in (("boys", boys), ("newly_arrived", newly_arrived)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name} is a share from 0 to 1, got: {share!r}")
    return CONSTANT + PER_PARENTS * parents_education + PER_BOYS * boys + PER_NEWLY_ARRIVED * newly_arrived


def as_published(observations: Observations, ids: pd.Index, year: int) -> pd.DataFrame:
    """SALSA's calculated value and deviation for each unit, the latest published up to `year`, unaltered.

    ``salsa_calculated``, ``salsa_deviation`` and ``salsa_year``; NaN where nothing is published.
    """
    names = COLUMNS.get(observations.indicator.id, ())
    context = observations.context
    empty = pd.DataFrame(float("nan"), index=ids, columns=["salsa_calculated", "salsa_deviation", "salsa_year"])
    if not names or not all(name in context.columns for name in names):
        return empty
    given = context[(context["year"] <= year) & context[list(names)].notna().all(axis=1)]
    latest = given.sort_values("year").drop_duplicates("unit_id", keep="last").set_index("unit_id")
    chosen = latest[[*names, "year"]].set_axis(list(empty.columns), axis=1)
    return chosen.reindex(ids).astype(float)
