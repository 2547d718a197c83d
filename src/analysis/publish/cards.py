"""Every measure of a unit on one card, and the units under it with where and when each figure is from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pandas as pd

from analysis import catalogue
from analysis.analyses.wording import capitalised
from analysis.model import ALL, Cell, Column, SchoolYear, Status, Table
from analysis.model.language import NBSP
from analysis.publish.answers import CERTAIN, findings_of
from analysis.publish.coverage import origin_of, value_or_words
from analysis.publish.part import Part, display_part
from analysis.publish.seen import Seen
from analysis.publish.words import word

SAYS = ("trend", "level", "goals")
"""the questions whose answers stand on the card in words"""
STANDING_OUT = ("funnel", "trend", "goals", "adjusted", "survey")
QUALITIES = ("result", "process", "structure", "context")


def measures(seen: Seen, level: str) -> list[str]:
    """The measures that the page's kind puts on its card, for units of a level: results come first."""
    kind, country = seen.kind.measures, seen.country
    every = catalogue.indicators()
    if kind == "conditions":
        return [name for name, each in every.items() if _is_condition(name, country)]
    if kind == "survey":
        return list(catalogue.shown("survey", country, level))
    of = "school" if kind == "card" else level
    names = list(dict.fromkeys([*catalogue.shown("level", country, of), *catalogue.shown("survey", country, of)]))
    return sorted(names, key=lambda name: QUALITIES.index(every[name].quality))


def _is_condition(name: str, country: str) -> bool:
    each = catalogue.indicator(name)
    return each.country == country and each.quality in ("structure", "context")


def overview(seen: Seen) -> None:
    """Every measure on one card: value, pupils, and in words what is certain about it.

    The kind of quality stands on the scorecard only, and a question that has no answer at all has no column.
    """
    said = {question: _said(seen, question) for question in SAYS}
    found = [(name, _row(seen, name)) for name in measures(seen, seen.level)]
    found = [(name, row) for name, row in found if row is not None or seen.kind.measures == "card"]
    if not found:
        display_part(seen, Part("overview", empty=((word(f"empty_{seen.kind.measures}", seen.lang), "data/own/"),)))
        return
    answered = [question for question in SAYS if any(name in said[question] for name, _ in found)]
    keys = ["measure", *(["quality"] if seen.kind.measures == "card" else []), "value", "pupils", *answered]
    rows = [
        tuple(_cells(seen, name, row, {key: said[key].get(name, "–") for key in SAYS})[key] for key in keys)
        for name, row in found
    ]
    places = {"value": max(catalogue.indicator(name).decimals for name, _ in found), "pupils": 0}
    fields = {"value": "value", "pupils": "n"}
    columns = tuple(Column(word(f"card_{key}", seen.lang), places.get(key), field=fields.get(key, "")) for key in keys)
    about = tuple((name, seen.unit_id, ALL, str(seen.year.start)) for name, _ in found)
    caption = word("card_caption", seen.lang, name=seen.name, year=seen.year)
    own = tuple(catalogue.indicator(name).decimals for name, _ in found)
    display_part(seen, Part("overview", tables=(Table(caption, columns, tuple(rows), about, decimals=own),)))


def _cells(seen: Seen, name: str, row: pd.Series[Any] | None, answers: dict[str, str]) -> dict[str, Cell]:
    """The cells of one measure by the name of their column."""
    indicator = catalogue.indicator(name)
    value, pupils = value_and_pupils(row, seen.lang)
    return {
        "measure": capitalised(indicator.short[seen.lang]) + (f"{NBSP}(%)" if indicator.unit == "percent" else ""),
        "quality": word(f"quality_{indicator.quality}", seen.lang),
        "value": value,
        "pupils": pupils,
        **answers,
    }


def _said(seen: Seen, question: str) -> dict[str, str]:
    """What a question says of each measure, in few words and without its name."""
    if not catalogue.shown(question, seen.country, seen.level):
        return {}
    headlines = {each.indicator: each.headline for each in findings_of(question, seen)}
    return {name: text.partition(": ")[2] or text for name, text in headlines.items()}


def _row(seen: Seen, indicator: str, year: int | None = None) -> pd.Series[Any] | None:
    """The unit's row of the year, or None."""
    rows = seen.figures.observations(indicator).rows
    when = seen.year.start if year is None else year
    mine = rows[(rows["unit_id"] == seen.unit_id) & (rows["group"] == ALL) & (rows["year"] == when)]
    return None if mine.empty else mine.iloc[0]


def value_and_pupils(row: pd.Series[Any] | None, lang: str) -> tuple[Cell, Cell]:
    """A value and its number of pupils, or words for why there is none."""
    if row is None:
        return word("none", lang), word("none", lang)
    value = value_or_words(row, lang)
    if row["status"] == Status.WITHHELD:
        return value, word("status_withheld", lang)
    n = cast(float, row["n"])
    return value, float(n) if pd.notna(n) else word("unknown", lang)


def under(seen: Seen) -> list[Seen]:
    """The units that a compilation is of, each as a page would see it: schools for an area, classes for a team."""
    if seen.lower:
        return list(seen.lower)
    level = catalogue.UNDER.get(seen.level, "")
    units = seen.figures.units
    if level not in seen.figures.levels or f"{seen.level}_id" not in units.columns:
        return []
    found = units[(units["level"] == level) & (units[f"{seen.level}_id"] == seen.unit_id)]
    found = found.sort_values(["name", "code"], kind="stable")
    for unit_id, row in found.iterrows():
        unit = {str(key): value for key, value in row.items()}
        seen.lower.append(replace(seen, unit_id=str(unit_id), unit=unit, pieces=[], findings={}, lower=[]))
    return list(seen.lower)


def compilation(seen: Seen) -> None:
    """What the units under this one have: each measure with value, pupils, school year and origin. Never a ranking."""
    units = under(seen)
    if not units:
        return
    tables = [_compiled(seen, units, name) for name in measures(seen, units[0].level)]
    found = [(table, links) for table, links in tables if table.rows]
    empty = () if found else ((word("empty_compilation", seen.lang), "data/own/"),)
    display_part(
        seen,
        Part(
            "compilation",
            tables=tuple(table for table, _ in found),
            links={place: links for place, (_, links) in enumerate(found)},
            empty=empty,
        ),
    )


def _compiled(seen: Seen, units: list[Seen], name: str) -> tuple[Table, list[str | None]]:
    """One measure of every unit in its newest year up to the page's: value, pupils, when, and how it was come by."""
    rows, about, links = [], [], []
    for each in units:
        row = _newest(each, name)
        if row is None:
            continue
        year = int(row["year"])
        is_given = row["status"] in (Status.GIVEN, Status.ROUNDED)
        origin = origin_of(row.to_frame().T, seen.lang) if is_given else "–"
        rows.append((each.name, *value_and_pupils(row, seen.lang), str(SchoolYear(year)), origin))
        about.append((name, each.unit_id, ALL, str(year)))
        links.append(seen.link(each.unit_id))
    indicator = catalogue.indicator(name)
    columns = (
        Column(word("below_unit", seen.lang)),
        Column(word("card_value", seen.lang), indicator.decimals, field="value"),
        Column(word("card_pupils", seen.lang), 0, field="n"),
        Column(word("card_year", seen.lang)),
        Column(word("coverage_origin", seen.lang)),
    )
    return Table(indicator.name[seen.lang], columns, tuple(rows), tuple(about)), links


def _newest(seen: Seen, name: str) -> pd.Series[Any] | None:
    """The unit's newest row up to the page's year; one that is not given only when it is of that year."""
    rows = seen.figures.observations(name).rows
    mine = rows[(rows["unit_id"] == seen.unit_id) & (rows["group"] == ALL) & (rows["year"] <= seen.year.start)]
    shown = mine[mine["status"].isin([Status.GIVEN, Status.ROUNDED]) | (mine["year"] == seen.year.start)]
    return None if shown.empty else shown.sort_values("year").iloc[-1]


def standing_out(seen: Seen) -> None:
    """What is certain about the units under this one: good examples first, then what to look at. By name, no order."""
    good: list[tuple[str, str]] = []
    bad: list[tuple[str, str]] = []
    for each in under(seen):
        found = [finding for question in STANDING_OUT for finding in findings_of(question, each)]
        for is_good, listed in ((True, good), (False, bad)):
            mine = [finding for finding in found if finding.good is is_good and finding.weight > CERTAIN]
            if mine:
                listed.append((each.name, max(mine, key=lambda finding: finding.weight).sentence))
    lists = ((word("good_examples", seen.lang), tuple(good)), (word("look_closer", seen.lang), tuple(bad)))
    lead = "" if good or bad else word("lead_nothing_stands_out", seen.lang)
    display_part(seen, Part("standing_out", lists=lists, lead=lead))
