"""Attacks on charts, texts, orders and estimates: other hidden figures give the very same bytes with the guard on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis import catalogue
from analysis.analyses import analysis
from analysis.model.observations import ROW_COLUMNS, UNIT_COLUMNS, Observations, Result
from analysis.publish.disclosure.decision import Decision
from analysis.publish.figure import svg
from analysis.publish.table import csv_text
from analysis.report.parameters import page_path

MERIT, YEAR = "merit_value", 2023
SCHOOLS = [f"se:school:990000{number:02d}" for number in range(1, 31)]
HIDDEN, OTHER, SEEN = SCHOOLS[0], SCHOOLS[1], SCHOOLS[2]
TOWN, COUNTY, NATION = "se:municipality:9901", "se:region:99", "se:nation:0000"


def units() -> pd.DataFrame:
    rows = [(unit, "school", f"Skola {unit[-2:]}", TOWN) for unit in SCHOOLS]
    rows += [(TOWN, "municipality", "Hittestad", COUNTY), (COUNTY, "region", "Hittelän", NATION)]
    rows += [(NATION, "nation", "Riket", "")]
    frame = pd.DataFrame(rows, columns=["unit_id", "level", "name", "parent_id"]).set_index("unit_id")
    frame = frame.assign(country="se", code=[each.split(":")[-1] for each in frame.index])
    frame["nation_id"], frame["region_id"] = NATION, np.where(frame["level"] == "nation", "", COUNTY)
    is_school = frame["level"] == "school"
    frame["municipality_id"] = np.where(is_school | (frame.index == TOWN), TOWN, "")
    frame["school_id"] = np.where(is_school, frame.index, "")
    return frame.reindex(columns=list(UNIT_COLUMNS), fill_value="")


@cache
def world(moved: float, hidden_n: int = 6) -> Observations:
    """The figures with the hidden school's moved so far up, and another hidden school's as far down."""
    random = np.random.default_rng(5)
    rows = []
    for number, unit in enumerate(SCHOOLS):
        sign = {HIDDEN: 1.0, OTHER: -1.0}.get(unit, 0.0)
        for year in range(2018, YEAR + 1):
            value = 215 + 2 * number % 17 + random.normal(0, 6) + sign * moved
            n = float(hidden_n if unit in (HIDDEN, OTHER) else 30 + 3 * number)
            rows.append((unit, "school", year, "all", round(value, 1), "given", "", n, np.nan, "own", "official", 1.0))
    for unit, level in ((TOWN, "municipality"), (COUNTY, "region"), (NATION, "nation")):
        rows += [
            (unit, level, year, "all", 220.0 + year % 5, "given", "", 2000.0, np.nan, "skolverket", "official", 1.0)
            for year in range(2018, YEAR + 1)
        ]
    frame = pd.DataFrame(rows, columns=list(ROW_COLUMNS)).sort_values(["unit_id", "group", "year"], ignore_index=True)
    names = ["parents_education", "foreign_background", "girls", "pupils_grade_1_9", "newly_arrived"]
    context = frame[["unit_id", "year"]].assign(
        **{name: 30 + 20 * np.sin(np.arange(len(frame)) // 6 * (place + 1.3)) for place, name in enumerate(names)}
    )
    return Observations(catalogue.indicator(MERIT), frame, units(), context)


def guarded(seen: Observations) -> Observations:
    """The same with both schools withheld in every year, as a decision withholds them."""
    keys = [(MERIT, unit, "all", year, False) for unit in (HIDDEN, OTHER) for year in range(2018, YEAR + 1)]
    rows = pd.DataFrame(keys, columns=["indicator", "unit_id", "group", "year", "given"])
    return Observations(
        seen.indicator, Decision("public", "one", rows).applied(MERIT, seen.rows), seen.units, seen.context
    )


def without_last_year(seen: Observations, year: int = YEAR - 1) -> Observations:
    """The same with a school's figure of one year withheld, as a decision withholds it."""
    rows = pd.DataFrame([(MERIT, SEEN, "all", year, False)], columns=["indicator", "unit_id", "group", "year", "given"])
    decision = Decision("public", "one", rows)
    return Observations(
        seen.indicator, decision.applied(MERIT, seen.rows), seen.units, seen.context, hidden=decision.hidden(MERIT)
    )


def of_one_year(moved: float, year: int = YEAR - 1) -> Observations:
    """The figures with one school's figure of one year moved."""
    seen = world(0.0)
    rows = seen.rows.copy()
    at = (rows["unit_id"] == SEEN) & (rows["year"] == year)
    rows.loc[at, "value"] += moved
    return Observations(seen.indicator, rows, seen.units, seen.context)


def measured(question: str, seen: Observations, level: str = "school") -> Result:
    return analysis(question).measure(seen, level, YEAR)


def drawn(question: str, unit: str) -> Callable[[Observations], bytes]:
    """The bytes of the question's figure for a unit, drawn both ways; none where nothing is drawn."""

    def artefact(seen: Observations) -> bytes:
        results = [measured(question, seen)]
        figure, drawing = analysis(question).draw(results, unit, "sv"), analysis(question).drawing(results, unit, "sv")
        return svg(figure) + drawing.svg() if figure is not None else b""

    return artefact


def limits(question: str, unit: str) -> Callable[[Observations], list[tuple[float, float]]]:
    """The ends of the axes of the question's figure."""

    def artefact(seen: Observations) -> list[tuple[float, float]]:
        figure = analysis(question).draw([measured(question, seen)], unit, "sv")
        return [] if figure is None else [end for axes in figure.axes for end in (axes.get_xlim(), axes.get_ylim())]

    return artefact


def tabled(question: str, unit: str, level: str = "school") -> Callable[[Observations], str]:
    return lambda seen: csv_text(analysis(question).tabulate([measured(question, seen, level)], unit, "sv"), "sv")


def estimates(question: str) -> Callable[[Observations], str]:
    """Every estimate of every unit: intervals, p-values, deviations from a model of all."""
    return lambda seen: measured(question, seen).estimates.to_csv()


def text(question: str, unit: str) -> Callable[[Observations], str]:
    """The sentence, the alternative text and the method in words."""

    def artefact(seen: Observations) -> str:
        result, record = measured(question, seen), analysis(question)
        parts = (record.say(result, unit, "sv").sentence, record.describe([result], unit, "sv"))
        return "\n".join((*parts, record.explain(result, unit, "sv")))

    return artefact


def ranked(seen: Observations) -> list[str]:
    """The schools by the newest value they are shown with, those without a value last."""
    rows = seen.at("school")
    return list(rows[rows["year"] == YEAR].sort_values(["value", "unit_id"], na_position="last")["unit_id"])


ARTEFACTS: dict[str, Callable[[Observations], object]] = {
    "A17 the lowest and the highest school of the municipality": tabled("equity", TOWN, "municipality"),
    "A19 points as large as their n": drawn("funnel", SEEN),
    "A20 ends of the axes": limits("funnel", HIDDEN),
    "A21 alternative text and sentence of the hidden school": text("level", HIDDEN),
    "A22 coordinates in a drawing": drawn("level", HIDDEN),
    "A26 the table to take along": tabled("trend", HIDDEN),
    "A28 place of the hidden school in an order by value": ranked,
    "A29 sentences about the hidden school": text("trend", HIDDEN),
    "A30 intervals and p-values": estimates("trend"),
    "A31 a model with all schools in it": estimates("adjusted"),
    "A33 size of what is written": lambda seen: (
        len(str(tabled("trend", HIDDEN)(seen))) + len(drawn("trend", HIDDEN)(seen))
    ),
    "A34 line of a withheld series": drawn("trend", HIDDEN),
}


@pytest.mark.parametrize("name", sorted(ARTEFACTS))
def test_no_byte_tells_the_hidden_figures_apart_when_they_are_withheld(name: str) -> None:
    artefact = ARTEFACTS[name]
    assert artefact(world(0.0)) != artefact(world(41.3)), "with the guard off the artefact tells them apart"
    assert artefact(guarded(world(0.0))) == artefact(guarded(world(41.3)))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ARTEFACTS))
def test_eighteen_rebuilds_of_each_artefact_with_other_hidden_figures_differ_in_no_byte(name: str) -> None:
    artefact, moves = ARTEFACTS[name], np.random.default_rng(9).uniform(-60, 60, 18)
    as_built = artefact(guarded(world(0.0)))
    assert [moved for moved in moves if artefact(guarded(world(float(moved)))) != as_built] == []


@pytest.mark.parametrize("artefact", [estimates("trend"), tabled("trend", SEEN), text("trend", SEEN)])
def test_a10_three_years_together_hold_nothing_of_a_year_that_is_withheld(
    artefact: Callable[[Observations], str],
) -> None:
    assert artefact(of_one_year(0.0)) != artefact(of_one_year(20.0)), "with the guard off the window tells them apart"
    first, second = (without_last_year(of_one_year(moved)) for moved in (0.0, 20.0))
    assert artefact(first) == artefact(second)
    assert measured("trend", first).estimates.loc[SEEN, ["pooled", "pooled_n"]].notna().all()


def test_a27_the_name_of_a_page_is_the_unit_s_code_and_nothing_else() -> None:
    assert page_path(HIDDEN) == "school/se-school-99000001.html"
    assert {page_path(unit).replace(unit[-8:], "") for unit in SCHOOLS} == {page_path(HIDDEN).replace(HIDDEN[-8:], "")}


@pytest.mark.parametrize("name", ["A26 the table to take along", "A29 sentences about the hidden school"])
def test_a35_what_is_small_and_what_is_withheld_for_its_sake_look_the_same(name: str) -> None:
    artefact = ARTEFACTS[name]
    assert artefact(world(0.0, 6)) != artefact(world(0.0, 60))
    assert artefact(guarded(world(0.0, 6))) == artefact(guarded(world(0.0, 60)))
