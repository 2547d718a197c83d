"""Every unit measured once at its own level, from the pupils themselves: no average of averages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.catalogue import indicators
from analysis.catalogue.surveys import surveys
from analysis.model import ALL, BOYS, GIRLS, Status
from analysis.store.local.pupils import KEY, PLACES, Pupils, grades_of
from analysis.store.rollup import ENOUGH

SOURCE = "local"
BACKGROUND_GRADES = (1, 9)
"""the first and the last grade that Swedish figures of pupils' background are about"""
COUNTED = {"pupils_grade_1_9": (1, 9), "pupils_grade_6": (6, 6), "pupils_grade_9": (9, 9), "pupils_total": (0, 9)}
UNIT_KEY = ["unit_id", "indicator", "year", "group"]


def measured(pupils: Pupils, carried_by: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Rows of every unit at every level, from its own pupils and those of the units merged into it.

    The value is the mean of the pupils' results (percentages: of 0 and 100), n the pupils with a result, se
    their standard deviation (n - 1) over √n, and coverage n over the pupils of the indicator's grades. With less
    than half covered no value is given. Background and numbers of pupils are measured from all pupils of the
    grades they are about; a pupil whose background is unknown is not covered.
    """
    cells = pd.concat([cells_of_results(pupils), cells_of_background(pupils.enrolments)], ignore_index=True)
    by_sex = cells["indicator"].isin(pupils.results["indicator"].unique())
    sex = cells["sex"].map({"girl": GIRLS, "boy": BOYS})
    both = pd.concat([cells.assign(group=ALL), cells[by_sex].assign(group=sex[by_sex])], ignore_index=True)
    parts = []
    for column in PLACES:
        here = both.assign(unit_id=both[column])
        parts.append(_measured_at(carried_cells(here, carried_by), column.removesuffix("_id")))
    parts.append(_counts(pupils.enrolments, carried_by))
    found = pd.concat(parts, ignore_index=True)
    return found.assign(mark="", source=SOURCE, origin="computed", file=pupils.file, row=0)


def cells_of_results(pupils: Pupils) -> pd.DataFrame:
    """One row per pupil, year and indicator that the pupil could have a result of that year."""
    parts = []
    columns = [*KEY, *PLACES, "grade", "sex"]
    held = pupils.results.groupby("indicator")
    for name, results in held:
        asked = pupils.enrolments[
            pupils.enrolments["grade"].isin(grades_of(str(name)))
            & pupils.enrolments["year"].isin(years_of(pupils, str(name)))
            & (pupils.enrolments["group_id"].str[:2] == indicators()[str(name)].country)
        ]
        parts.append(asked[columns].merge(results[[*KEY, "value"]], on=KEY, how="left").assign(indicator=str(name)))
    return pd.concat(parts, ignore_index=True) if parts else _no_cells(pupils.enrolments)


def years_of(pupils: Pupils, indicator: str) -> set[int]:
    """The years in which somebody has a result of the indicator, or was asked in its survey."""
    found = set(pupils.results.loc[pupils.results["indicator"] == indicator, "year"])
    for name, asked in surveys().items():
        if indicator in asked.fewest_items:
            found |= set(pupils.answers.loc[pupils.answers["survey"] == name, "year"])
    return found


def _no_cells(enrolments: pd.DataFrame) -> pd.DataFrame:
    return enrolments.head(0).assign(value=np.nan, indicator="")


def cells_of_background(enrolments: pd.DataFrame) -> pd.DataFrame:
    """The background of each Swedish pupil of grades 1-9 as values of the context indicators."""
    mine = enrolments[(enrolments["group_id"].str[:2] == "se") & enrolments["grade"].between(*BACKGROUND_GRADES)]
    education, origin = mine["parents_education"], mine["origin"]
    both_known = education.notna() & (origin != "")
    values = {
        "girls": mine["sex"] == "girl",
        "foreign_background": (origin != "domestic").where(origin != ""),
        "newly_arrived": (origin == "newly_arrived").where(origin != ""),
        "parents_education": (education == 3).where(education.notna()),
        "background_known": both_known,
    }
    parts = [mine.assign(indicator=name, value=100.0 * value.astype("float64")) for name, value in values.items()]
    parts.append(mine.assign(indicator="parents_education_index", value=education))
    return pd.concat(parts, ignore_index=True)[[*KEY, *PLACES, "grade", "sex", "value", "indicator"]]


def carried_cells(cells: pd.DataFrame, carried_by: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """The cells of units, and again those of merged units under each unit that carries them on."""
    cells = cells[cells["unit_id"] != ""]
    again = []
    for unit_id, successors in carried_by.items():
        mine = cells[cells["unit_id"] == unit_id]
        again += [mine.assign(unit_id=successor) for successor in successors if len(mine)]
    return pd.concat([cells, *again], ignore_index=True) if again else cells


def _measured_at(cells: pd.DataFrame, level: str) -> pd.DataFrame:
    grouped = cells.groupby(UNIT_KEY, sort=True)["value"].agg(["mean", "count", "std", "size"]).reset_index()
    n = grouped["count"].astype("float64")
    coverage = n / grouped["size"]
    enough = coverage >= ENOUGH
    return grouped[UNIT_KEY].assign(
        level=level,
        value=grouped["mean"].where(enough),
        status=np.where(enough, Status.GIVEN.value, Status.MISSING.value),
        n=n,
        se=(grouped["std"] / np.sqrt(n.where(n > 0))).where(enough),
        coverage=coverage,
    )


def _counts(enrolments: pd.DataFrame, carried_by: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    mine = enrolments[enrolments["group_id"].str[:2] == "se"]
    parts = []
    for name, span in COUNTED.items():
        asked = mine[mine["grade"].between(*span)].assign(indicator=name, group=ALL)
        for column in PLACES:
            here = carried_cells(asked.assign(unit_id=asked[column]), carried_by)
            counted = here.groupby(UNIT_KEY).size().rename("value").astype("float64").reset_index()
            parts.append(counted.assign(level=column.removesuffix("_id")))
    found = pd.concat(parts, ignore_index=True)
    return found.assign(status=Status.GIVEN.value, n=found["value"], se=np.nan, coverage=1.0)
