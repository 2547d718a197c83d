"""The files of the made-up municipality, as text; the same seed gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.model import SchoolYear
from analysis.synthetic import decisions, true_schools, true_values
from analysis.synthetic.answers import SURVEY
from analysis.synthetic.figures import figures
from analysis.synthetic.municipality import Municipality, stream
from analysis.synthetic.names import MUNICIPALITIES
from analysis.synthetic.neighbours import Neighbours
from analysis.synthetic.outcomes import Reached
from analysis.synthetic.places import units
from analysis.synthetic.plan import LAST_YEAR, YEARS

DECIMALS = 6
"""of the numbers in the tables of the truth"""
SETTINGS = "arshjul.toml"


def written(town: Municipality, beside: Neighbours, seed: int, pupils: int) -> dict[str, str]:
    """Every file by its path in the folder."""
    codes = _pupil_codes(town, seed)
    true_values_table = true_values.values(town, beside)
    true_surveys = true_values.surveys_true(town)
    targets = decisions.targets(town, true_values_table, true_surveys)
    secret = ["true_value", "truly_met"]
    data = {
        "units": _with_school_years(units(town, beside), "first_year", "last_year"),
        "pupils": _pupils(town, codes),
        "results": _results(town, codes),
        "answers": _answers(town, codes),
        "targets": _with_school_years(targets.drop(columns=secret), "due_school_year"),
        "commitments": _with_school_years(decisions.commitments(), "school_year"),
        "accounts": _with_school_years(decisions.accounts(), "school_year"),
        "interventions": _with_school_years(
            decisions.interventions(town), "adoption_school_year", "selection_school_year"
        ),
    }
    tables = {
        "schools": true_schools.schools(town, beside),
        "groups": true_schools.groups(town),
        "values": true_values_table,
        "surveys": true_surveys,
        "programme": true_values.programme_true(town),
        "targets": targets[["target", "unit_code", "level", "indicator", "kind", "target_value", *secret]],
        "segregation": true_values.segregation(town),
        "pupils": _true_pupils(town, codes),
    }
    own = _with_school_years(figures(town, beside, stream(seed, "figures")), "school_year")
    said = {
        "seed": seed, "pupils": pupils, "years": list(YEARS), "parameters": true_schools.parameters(),
        "planted": true_schools.planted(town),
    }  # fmt: skip
    return {
        "README.md": _readme(seed, pupils),
        SETTINGS: settings(seed, protected=True),
        **{f"data/local/{name}.csv": _csv(table) for name, table in data.items()},
        "data/own/figures.csv": _csv(own),
        "truth.json": json.dumps(_plain(said), ensure_ascii=False, indent=1) + "\n",
        **{f"truth/{name}.csv": _csv(table) for name, table in tables.items()},
    }


def _csv(table: pd.DataFrame) -> str:
    return str(table.to_csv(sep=";", index=False, lineterminator="\n", float_format=f"%.{DECIMALS}f"))


def _with_school_years(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table with the years of the autumn written as school years."""

    def text(year: object) -> str:
        return str(SchoolYear(int(str(year)))) if str(year) else ""

    found = table.copy()
    for column in columns:
        found[column] = found[column].map({year: text(year) for year in found[column].unique()})
    return found


def _pupil_codes(town: Municipality, seed: int) -> np.ndarray:
    """A code for each pupil in an order that says nothing about the pupil."""
    order = stream(seed, "codes").permutation(len(town.enrolment.entry)) + 1
    return np.array([f"e{number:06d}" for number in order])


def _pupils(town: Municipality, codes: np.ndarray) -> pd.DataFrame:
    roll, year = town.enrolment.roll, town.enrolment.year
    who = town.enrolment.background.at(roll.pupil)
    classes = town.enrolment.classes
    groups = [classes.code(each, town.plan.schools[school]) for each, school in enumerate(classes.school)]
    origin = np.where(who.foreign, "foreign_background", "domestic")
    found = pd.DataFrame(
        {
            "pupil": codes[roll.pupil],
            "school_year": year,
            "grade": roll.grade,
            "group_code": np.take(groups, roll.group),
            "sex": np.where(who.girl, "girl", "boy"),
            "parents_education": np.where(who.education_known, who.education.astype(str), ""),
            "origin": np.where(who.is_newly_arrived(year), "newly_arrived", origin),
            "support": np.where(who.support, "yes", "no"),
        }
    ).sort_values(["school_year", "grade", "group_code", "pupil"])
    return _with_school_years(found, "school_year")


def _results(town: Municipality, codes: np.ndarray) -> pd.DataFrame:
    parts = [_long(each, codes) for each in (town.grade_6, town.grade_9)]
    found = pd.concat(parts, ignore_index=True).sort_values(["school_year", "indicator", "pupil"])
    return _with_school_years(found, "school_year")


def _long(reached: Reached, codes: np.ndarray) -> pd.DataFrame:
    wide = reached.values.assign(pupil=codes[reached.sitting.pupil], school_year=reached.sitting.year)
    long = wide.melt(["pupil", "school_year"], var_name="indicator").dropna(subset="value")
    return long.assign(value=long["value"].map({each: f"{each:g}" for each in long["value"].unique()}))


def _answers(town: Municipality, codes: np.ndarray) -> pd.DataFrame:
    rows, asked = town.answers.rows, town.asked
    texts = {each: "" if np.isnan(each) else f"{each:g}" for each in rows["answer"].unique()}
    found = pd.DataFrame(
        {
            "pupil": codes[asked.pupil[rows["place"]]],
            "school_year": asked.year[rows["place"]],
            "survey": SURVEY,
            "statement": rows["statement"],
            "answer": [texts.get(each, "") for each in rows["answer"]],
        }
    ).sort_values(["school_year", "pupil"], kind="stable")
    return _with_school_years(found, "school_year")


def _true_pupils(town: Municipality, codes: np.ndarray) -> pd.DataFrame:
    """Who every pupil truly is, also where the files do not know, and where those in grade 9 started."""
    who = town.enrolment.background
    start = np.full(len(codes), np.nan)
    start[town.grade_9.sitting.pupil] = town.start.mean(axis=1)
    found = pd.DataFrame(
        {
            "pupil": codes,
            "parents_education": who.education,
            "is_known": who.education_known,
            "foreign_background": who.foreign,
            "drawn_foreign": who.chance_foreign,
            "start": start,
        }
    )
    return found.sort_values("pupil", ignore_index=True)


def _plain(found: Any) -> Any:
    """The same with numbers that do not depend on the machine."""
    if isinstance(found, Mapping):
        return {str(name): _plain(each) for name, each in found.items()}
    if isinstance(found, (list, tuple)):
        return [_plain(each) for each in found]
    return round(float(found), DECIMALS) if isinstance(found, float) else found


def settings(seed: int, protected: bool) -> str:
    """The settings of the workspace."""
    return f"""# Settings of a workspace in which everything is made up.

[synthetic]
# The number that chance began with: the same number gives the same files.
seed = {seed}
# Small groups are kept back in any case. With true, so much else is kept back that no small group can be worked out
# from the rest, as always with figures about real pupils. With false, everybody sees teams and classes too.
protected = {str(protected).lower()}

[build]
# The made-up municipality whose schools get a page.
within = ["{MUNICIPALITIES[0][0]}"]

# A school gets a page only if it has a row of at least one of these indicators.
having = ["merit_value", "national_test_swedish_6"]
"""


def _readme(seed: int, pupils: int) -> str:
    return f"""# {MUNICIPALITIES[0][1]}: a municipality that does not exist

Everything in this folder is made up: the municipality, its county and neighbours, the schools, the pupils, their
results and answers, the targets and what was decided. No pupil, school or place is meant. Nothing here may be
quoted as a figure about anything real.

Made with `arshjul synth`, seed {seed}, about {pupils} pupils a year, school years {SchoolYear(YEARS[0])} to \
{SchoolYear(LAST_YEAR)}.

- `data/local/`: units, pupils, results, answers, targets, commitments, accounts and interventions
- `data/own/figures.csv`: figures of schools, those of the neighbouring municipalities among them
- `truth.json`, `truth/`: what is true. No reader of the data looks there; compare with it afterwards.
"""
