"""Reading one's own pupils, targets and plans out of a snapshot."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis.catalogue.surveys import survey_of
from analysis.model.observations import PUPIL_COLUMNS, TARGET_COLUMNS

PLANS = {
    "commitments": (
        "commitment", "unit_id", "year", "why", "what", "expected", "indicators", "status", "responsible_role",
        "follow_up_on", "outcome",
    ),
    "accounts": ("unit_id", "year", "question", "text", "written_by_role", "written_on"),
    "interventions": (
        "intervention", "name", "unit_id", "adoption_year", "exit_year", "wave", "selected_on", "selection_year",
    ),
}  # fmt: skip


def pupils(path: Path, indicator: str) -> pd.DataFrame:
    """One row per pupil of the indicator's grades in each year it was measured, with `PUPIL_COLUMNS`.

    An index of a survey has one row per pupil asked, and a column per statement with the pupil's answer.
    """
    asked = _table(path, "asked")
    asked = None if asked is None else asked[asked["indicator"] == indicator]
    if asked is None or asked.empty:
        return pd.DataFrame(columns=list(PUPIL_COLUMNS))
    enrolments = _enrolments(path)
    found = enrolments.merge(asked[["year", "grade"]], on=["year", "grade"])
    found = found[found["group_id"].str.startswith(f"{_country(indicator)}:")]
    results = pd.read_parquet(path / "results.parquet", filters=[("indicator", "=", indicator)])
    found = found.merge(results[["number", "value", "prior"]], on="number", how="left")
    found = found.merge(_answers(path, indicator), on="number", how="left")
    return found.sort_values("number", ignore_index=True).drop(columns="number")


def targets(path: Path, indicator: str) -> pd.DataFrame:
    """The targets set for an indicator, with `TARGET_COLUMNS`."""
    found = _table(path, "targets")
    if found is None:
        return pd.DataFrame(columns=list(TARGET_COLUMNS))
    return found.loc[found["indicator"] == indicator, list(TARGET_COLUMNS)].reset_index(drop=True)


def plan(path: Path, name: str) -> pd.DataFrame:
    """The commitments, accounts or interventions of a snapshot; no rows where it holds none."""
    found = _table(path, name)
    return pd.DataFrame(columns=list(PLANS[name])) if found is None else found.copy()


def _country(indicator: str) -> str:
    from analysis.catalogue import indicators

    return indicators()[indicator].country


def _answers(path: Path, indicator: str) -> pd.DataFrame:
    """The answers to the statements of an index, one column each."""
    asked = survey_of(indicator)
    if asked is None:
        return pd.DataFrame({"number": pd.Series(dtype="int64")})
    statements = list(asked.statements_of(indicator))
    wanted = [("survey", "=", asked.id), ("statement", "in", statements)]
    held = pd.read_parquet(path / "answers.parquet", filters=wanted)
    wide = held.pivot(index="number", columns="statement", values="answer").reindex(columns=statements)
    return wide.rename_axis(columns=None).reset_index()


@lru_cache(maxsize=2)
def _enrolments(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path / "enrolments.parquet")


@lru_cache(maxsize=16)
def _table(path: Path, name: str) -> pd.DataFrame | None:
    file = path / f"{name}.parquet"
    return pd.read_parquet(file) if file.is_file() else None
