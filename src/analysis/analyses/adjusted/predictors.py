"""Who the pupils are: which figures of the background a model uses, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.model.observations import Observations
from analysis.statistics.intervals import Floats
from analysis.statistics.noise import binomial_variance
from analysis.statistics.refusal import CannotFitError

PARENTS = ("parents_education_index", "parents_education")
ORIGIN = ("newly_arrived", "foreign_background")
GIRLS = "girls"
KNOWN = "background_known"
PUPILS_BEHIND = "pupils_grade_1_9"
"""the number of pupils that the composition is counted from; the cohort's own where it is not given"""
FEWEST_PUPILS = 15
LEAST_KNOWN = 75.0
"""per cent of the pupils whose background is known"""


@dataclass(frozen=True)
class Predictors:
    """The columns a model uses: parents' education, origin and sex, and what else of the same kind is given."""

    parents: str
    origin: str
    others: tuple[str, ...]
    """the other figures of parents' education and origin that the same units also have"""

    @property
    def names(self) -> tuple[str, str, str]:
        """The three columns, parents' education first."""
        return (self.parents, self.origin, GIRLS)

    def replaced(self) -> tuple[str, str, str]:
        """The three columns with the other figure of the same kind wherever one is given."""
        parents = next((name for name in PARENTS if name in self.others), self.parents)
        origin = next((name for name in ORIGIN if name in self.others), self.origin)
        return (parents, origin, GIRLS)


def predictors(table: pd.DataFrame, year: int) -> Predictors:
    """The figure of each kind that most units with a value have in `year`; the one SALSA uses when as many do.

    Raises CannotFitError with the reason no_context when a kind is not given at all.
    """
    now = table[table["year"] == year]
    chosen: list[str] = []
    spare: list[str] = []
    for kinds in (PARENTS, ORIGIN, (GIRLS,)):
        counts = {name: int(now[name].notna().sum()) for name in kinds if name in table.columns}
        given = [name for name, count in counts.items() if count == max(counts.values()) and count]
        if not given:
            raise CannotFitError("no_context", f"none of {', '.join(kinds)} is given for {year}")
        chosen.append(given[0])
        spare += [name for name, count in counts.items() if name != given[0] and count]
    return Predictors(chosen[0], chosen[1], tuple(spare))


def with_background(observations: Observations, rows: pd.DataFrame) -> pd.DataFrame:
    """The given rows, each with the background of its unit and year (NaN where not given)."""
    wanted = (*PARENTS, *ORIGIN, GIRLS, KNOWN, PUPILS_BEHIND)
    columns = [name for name in wanted if name in observations.context.columns]
    given = rows.loc[rows["given"], ["unit_id", "year", "value", "n", "variance", "noise"]]
    context = observations.context[["unit_id", "year", *columns]]
    return given.merge(context, on=["unit_id", "year"], how="left", validate="one_to_one")


def included(table: pd.DataFrame) -> np.ndarray:
    """Rows that SALSA's rules let in: 15 pupils or more, and the background of 75 % or more known where it is told."""
    enough = table["n"].to_numpy(float) >= FEWEST_PUPILS
    if KNOWN not in table.columns:
        return np.asarray(enough, dtype=bool)
    known = table[KNOWN].to_numpy(float)
    return np.asarray(enough & ~(known < LEAST_KNOWN), dtype=bool)


def chance_in_composition(table: pd.DataFrame, names: tuple[str, ...]) -> Floats:
    """How far chance alone moves each figure of the background, as a variance: rows × `names`.

    Percentages: binomial in the pupils they are counted from. The index 1 to 3: two steps, each taken with
    the same probability, (m - 1)(3 - m)/(2 n). The number of pupils is `PUPILS_BEHIND`, else the cohort's.
    """
    pupils = table["n"].to_numpy(float)
    if PUPILS_BEHIND in table.columns:
        behind = table[PUPILS_BEHIND].to_numpy(float)
        pupils = np.where(behind > 0, behind, pupils)
    found = []
    for name in names:
        value = table[name].to_numpy(float)
        if name == PARENTS[0]:
            share = ((value - 1) / 2 * pupils + 2) / (pupils + 4)
            found.append(2 * share * (1 - share) / pupils)
        else:
            found.append(binomial_variance(value, pupils))
    return np.column_stack(found)
