"""Who goes in which class each school year, and what each pupil has reached and answered.

The pupils' own codes link the years while the figures are collected; nothing that leaves this module for the
store has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.catalogue import indicators
from analysis.catalogue.surveys import surveys
from analysis.errors import InputRefused
from analysis.model import Indicator
from analysis.store.local.keys import PUPIL_FILES
from analysis.store.local.rules import filled, numbers, one_of, refuse_where, unique, whole, years
from analysis.store.local.units import LocalUnits

YES, NO = ("yes", "1"), ("no", "0")
ORIGINS = ("domestic", "foreign_background", "newly_arrived")
KEY = ["pupil", "year"]
PLACES = ("group_id", "team_id", "school_id", "area_id", "municipality_id", "region_id", "nation_id")


@dataclass(frozen=True)
class Pupils:
    """One's own pupils: every pupil and school year, and the results and answers of each.

    ``enrolments`` has one row per pupil and year with where the pupil goes and the pupil's background;
    ``results`` pupil, year, indicator and value (percentages 0 or 100), the indices of the surveys among them;
    ``answers`` pupil, year, survey, statement and answer, NaN for "don't know". ``file`` is where they stand.
    """

    enrolments: pd.DataFrame = field(hash=False)
    results: pd.DataFrame = field(hash=False)
    answers: pd.DataFrame = field(hash=False)
    file: str = "local/pupils.csv"


def own_pupils(frames: Mapping[str, pd.DataFrame], units: LocalUnits) -> Pupils | None:
    """The pupils of one's own files, or None when there are none."""
    if "pupils" not in frames:
        for name in PUPIL_FILES:
            if name in frames:
                raise InputRefused(
                    "a pupil of a result or an answer is in pupils.csv", file=str(frames[name].attrs["file"]),
                    found="no file of pupils", mend="add pupils.csv, or remove this file",
                )  # fmt: skip
        return None
    frame = frames["pupils"]
    enrolments = _enrolments(frame, units)
    results = _results(frames["results"], enrolments) if "results" in frames else _none("indicator", "value")
    answers = _answers(frames["answers"], enrolments) if "answers" in frames else _none("survey", "statement", "answer")
    indices = survey_indices(answers)
    everything = pd.concat([results, indices], ignore_index=True) if len(indices) else results
    # in one order whatever the order of the rows in the files, for the last decimals of a sum depend on it
    enrolments = enrolments.sort_values(KEY, ignore_index=True)
    everything = everything.sort_values(["indicator", *KEY], ignore_index=True)
    return Pupils(enrolments, everything, answers, str(frame.attrs["file"]))


def _none(*columns: str) -> pd.DataFrame:
    kinds = {"pupil": "str", "year": "int64"} | {
        name: "float64" if name in ("value", "answer") else "str" for name in columns
    }
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _enrolments(frame: pd.DataFrame, local: LocalUnits) -> pd.DataFrame:
    filled(frame, "pupil")
    one_of(frame, "sex", ("girl", "boy"))
    one_of(frame, "support", (*YES, *NO))
    found = pd.DataFrame({"pupil": frame["pupil"], "year": years(frame, "school_year")})
    found["grade"] = whole(frame, "grade", 0, 10)
    found["sex"] = frame["sex"]
    education = one_of(frame, "parents_education", ("1", "2", "3", ""))
    found["parents_education"] = education.map({"1": 1.0, "2": 2.0, "3": 3.0, "": np.nan}).astype("float64")
    found["origin"] = one_of(frame, "origin", (*ORIGINS, ""))
    found["support"] = frame["support"].isin(YES)
    found = pd.concat([found, _places(frame, found["year"], local)], axis=1)
    unique(frame.assign(year=found["year"]), KEY, "a pupil and a school year")
    return found


def _places(frame: pd.DataFrame, year: pd.Series[int], local: LocalUnits) -> pd.DataFrame:
    """The units each pupil belongs to that year, with the codes they have today."""
    groups = local.units[local.units["level"] == "group"]
    codes = dict(zip(groups["code"], groups.index, strict=True))
    for old, new in local.renamed.items():
        _, level, code = old.split(":")
        if level == "group":
            codes.setdefault(code, new)
    doubled = frame["group_code"].isin(groups.loc[groups["code"].duplicated(), "code"])
    rule = "a class has a code that no class of another country has"
    refuse_where(frame, doubled, rule, "group_code", "give one of the classes another code")
    group_id = frame["group_code"].map(codes)
    rule = "a pupil goes in a class that units.csv names"
    refuse_where(frame, group_id.isna(), rule, "group_code", "correct the code, or add the class to units.csv")
    there = {unit_id: local.there(unit_id) for unit_id in group_id.unique()}
    first, last = (group_id.map({unit_id: span[end] for unit_id, span in there.items()}) for end in (0, 1))
    rule = "a class, and all it belongs to, is there in the school years of its pupils"
    outside = (year < first) | (year > last)
    refuse_where(frame, outside, rule, "group_code", "correct the years in units.csv, or the class of the pupil")
    above = local.units.loc[group_id, [each for each in PLACES if each != "group_id"]].reset_index(drop=True)
    return above.set_axis(frame.index).assign(group_id=group_id)


def _indicator(frame: pd.DataFrame) -> pd.Series[str]:
    one_of(frame, "indicator", indicators())
    gradeless = frame["indicator"].map({name: each.grade is None for name, each in indicators().items()})
    rule = "a pupil's own result is of an indicator about one grade"
    refuse_where(frame, gradeless, rule, "indicator", "remove the row; figures of schools stand in data/own")
    return frame["indicator"]


def _results(frame: pd.DataFrame, enrolments: pd.DataFrame) -> pd.DataFrame:
    found = pd.DataFrame({"pupil": frame["pupil"], "year": years(frame, "school_year"), "indicator": _indicator(frame)})
    unique(frame.assign(year=found["year"]), [*KEY, "indicator"], "a pupil's result")
    mine = _enrolled(frame, found, enrolments)
    wanted = found["indicator"].map({name: each.grade for name, each in indicators().items()})
    rule = "a result is of the grade the pupil goes in"
    refuse_where(frame, mine["grade"].to_numpy() != wanted.to_numpy(), rule, "indicator", "correct the indicator")
    land = found["indicator"].map({name: each.country for name, each in indicators().items()})
    rule = "a result is of the country the class is in"
    refuse_where(frame, mine["country"].to_numpy() != land.to_numpy(), rule, "indicator", "correct the indicator")
    found["value"] = np.nan
    for name, rows in frame.groupby("indicator"):
        part = rows.copy()
        part.attrs = frame.attrs
        found.loc[part.index, "value"] = _values(part, indicators()[str(name)])
    return found[found["value"].notna()].reset_index(drop=True)


def _values(part: pd.DataFrame, measure: Indicator) -> pd.Series[float]:
    if measure.unit == "percent":
        rule = "a pupil's result is yes or no, or 1 or 0"
        meaning = {**dict.fromkeys(YES, 100.0), **dict.fromkeys(NO, 0.0), "": np.nan, ".": np.nan}
        refuse_where(part, ~part["value"].isin(meaning), rule, "value", "write 1 or 0, or leave the cell empty")
        return part["value"].map(meaning).astype("float64")
    value = numbers(part, "value", may_be_empty=True)
    rule = f"{measure.id} lies between {measure.minimum:g} and {measure.maximum:g}"
    outside = value.notna() & ~value.between(measure.minimum, measure.maximum)
    refuse_where(part, outside, rule, "value", "correct the number; perhaps the columns are shifted")
    return value


def _enrolled(frame: pd.DataFrame, found: pd.DataFrame, enrolments: pd.DataFrame) -> pd.DataFrame:
    """Grade and country of the pupil of each row, that year; a pupil who is not there is refused."""
    keyed = enrolments[[*KEY, "grade"]].assign(country=enrolments["group_id"].str[:2])
    mine = found[KEY].merge(keyed, on=KEY, how="left")
    rule = "a pupil with a result or an answer is in pupils.csv the same school year"
    refuse_where(frame, mine["grade"].isna(), rule, "pupil", "add the pupil to pupils.csv, or remove the row")
    return mine


def _answers(frame: pd.DataFrame, enrolments: pd.DataFrame) -> pd.DataFrame:
    one_of(frame, "survey", surveys())
    found = frame[["pupil", "survey", "statement"]].assign(year=years(frame, "school_year"), answer=np.nan)
    unique(frame.assign(year=found["year"]), [*KEY, "survey", "statement"], "a pupil's answer")
    mine = _enrolled(frame, found, enrolments)
    for name, rows in frame.groupby("survey"):
        asked, part = surveys()[str(name)], rows.copy()
        part.attrs = frame.attrs
        one_of(part, "statement", asked.statements)
        here = mine.iloc[frame.index.get_indexer(part.index)]
        strange = ~here["grade"].isin(asked.grades) | (here["country"] != asked.country)
        rule = f"{name} is answered in grades {', '.join(map(str, asked.grades))} of {asked.country}"
        refuse_where(part, strange, rule, "pupil", "correct the grade in pupils.csv, or remove the row")
        blanks = {"", ".", *asked.dont_know.values()}
        part["answer"] = part["answer"].where(~part["answer"].isin(blanks), "")
        answer = numbers(part, "answer", may_be_empty=True)
        values = [value for value, _ in asked.options]
        rule = f"an answer is {', '.join(f'{value:g}' for value in values)}, or empty for {asked.dont_know['en']!r}"
        refuse_where(part, answer.notna() & ~answer.isin(values), rule, "answer", "correct the answer")
        found.loc[part.index, "answer"] = answer
    return found


def survey_indices(answers: pd.DataFrame) -> pd.DataFrame:
    """Each pupil's value of every index: the mean of the answers that count in it, turned where they are reversed.

    A pupil who has answered fewer of its statements than the survey's ``fewest_items`` has none.
    """
    parts = []
    given = answers[answers["answer"].notna()].sort_values([*KEY, "statement"])
    for name, asked in surveys().items():
        mine = given[given["survey"] == name]
        if mine.empty:
            continue
        turned = mine["statement"].isin([id for id, each in asked.statements.items() if each.reversed])
        scored = mine["answer"].where(~turned, asked.lowest + asked.highest - mine["answer"])
        index = mine["statement"].map({id: each.index_indicator for id, each in asked.statements.items()})
        means = mine.assign(value=scored, indicator=index).groupby([*KEY, "indicator"])["value"].agg(["mean", "count"])
        means = means.reset_index()
        enough = means["count"] >= means["indicator"].map(asked.fewest_items)
        parts.append(means[enough].rename(columns={"mean": "value"})[[*KEY, "indicator", "value"]])
    return pd.concat(parts, ignore_index=True) if parts else _none("indicator", "value")


def grades_of(indicator: str) -> tuple[int, ...]:
    """The grades whose pupils an indicator is about: its own, or those the survey asks."""
    known = indicators()[indicator].grade
    if known is not None:
        return (known,)
    return next((each.grades for each in surveys().values() if indicator in each.fewest_items), ())
