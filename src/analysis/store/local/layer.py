"""The pupil layer of a snapshot: what is kept of pupils, with a running number in place of their codes."""

from __future__ import annotations

import pandas as pd

from analysis.catalogue import indicators
from analysis.store.local.measured import years_of
from analysis.store.local.pupils import KEY, Pupils, grades_of
from analysis.store.local.units import LocalUnits

TABLES = ("enrolments", "results", "answers", "asked")
STORED = (
    "year", "grade", "group_id", "team_id", "school_id", "area_id", "municipality_id", "sex", "parents_education",
    "origin", "support",
)  # fmt: skip


def layer(pupils: Pupils, local: LocalUnits) -> dict[str, pd.DataFrame]:
    """The tables enrolments, results, answers and asked.

    ``number`` counts the rows of enrolments, pupils and years: it says which row a result belongs to and links
    no year with another. A pupil of a unit that was merged stands in the unit that carries it on. ``prior`` is
    the mean of the pupil's results of the indicator's ``prior``, ``prior_years`` before; NaN unless there are all.
    ``asked`` says for each indicator which years and grades are asked for.
    """
    order = [*STORED, "pupil"]
    enrolments = pupils.enrolments.sort_values(order, ignore_index=True).rename_axis("number").reset_index()
    numbers = enrolments[[*KEY, "number"]]
    results = with_prior(pupils.results).merge(numbers, on=KEY)
    answers = pupils.answers[pupils.answers["answer"].notna()].merge(numbers, on=KEY)
    kept = enrolments[["number", *STORED]].copy()
    last = {unit_id: successors[-1] for unit_id, successors in local.carried_by.items()}
    for column in ("group_id", "team_id", "school_id"):
        kept[column] = kept[column].map({each: last.get(each, each) for each in kept[column].unique()})
    columns = ["indicator", "number", "value", "prior"]
    return {
        "enrolments": kept,
        "results": results[columns].sort_values(columns[:2], ignore_index=True),
        "answers": answers[["survey", "statement", "number", "answer"]].sort_values(
            ["survey", "statement", "number"], ignore_index=True
        ),
        "asked": _asked(pupils),
    }


def with_prior(results: pd.DataFrame) -> pd.DataFrame:
    """The results, each with the pupil's own earlier result that the catalogue names for its indicator."""
    found = results.assign(prior=float("nan"))
    for name, measure in indicators().items():
        mine = (results["indicator"] == name).to_numpy()
        if not measure.prior or not mine.any():
            continue
        earlier = results[results["indicator"].isin(measure.prior)]
        earlier = earlier.assign(year=earlier["year"] + measure.prior_years)
        means = earlier.groupby(KEY)["value"].agg(["mean", "count"])
        whole = means.loc[means["count"] == len(measure.prior), "mean"]
        wanted = pd.MultiIndex.from_frame(results.loc[mine, KEY])
        found.loc[mine, "prior"] = whole.reindex(wanted).to_numpy()
    return found


def _asked(pupils: Pupils) -> pd.DataFrame:
    rows = [
        (name, year, grade)
        for name in sorted(_named(pupils))
        for year in sorted(years_of(pupils, name))
        for grade in grades_of(name)
    ]
    return pd.DataFrame(rows, columns=["indicator", "year", "grade"]).astype(
        {"indicator": "str", "year": "int64", "grade": "int64"}
    )


def _named(pupils: Pupils) -> set[str]:
    """The indicators that somebody has a result of or was asked about."""
    return {name for name in indicators() if years_of(pupils, name)}
