"""Programmes: who takes part, since when, what they were chosen on, and that figure over the years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis import catalogue
from analysis.analyses.wording import Wording, capitalised
from analysis.evaluations.chosen import Chosen, Names, Series, draw, with_values
from analysis.model import ALL, Cell, Column, SchoolYear, Status, Table
from analysis.model.by_unit import of_unit
from analysis.model.language import join
from analysis.publish.cards import value_and_pupils
from analysis.publish.figure import image_source
from analysis.publish.part import Drawing, Part, display_part
from analysis.publish.seen import Seen
from analysis.publish.words import word

FILE = "data/local/interventions.csv"


def taking_part(seen: Seen) -> pd.DataFrame:
    """The programmes of the unit and of all units under it that have begun by the page's school year, by name."""
    found = seen.figures.written("interventions")
    units = seen.figures.units
    place = units.reindex(found["unit_id"]).reset_index()
    inside = found["unit_id"] == seen.unit_id
    if f"{seen.level}_id" in units.columns:
        inside |= (place[f"{seen.level}_id"] == seen.unit_id).to_numpy()
    mine = found[inside & (found["adoption_year"] <= seen.year.start)]
    named = mine.assign(unit=units["name"].reindex(mine["unit_id"]).to_numpy())
    return named.sort_values(["name", "adoption_year", "unit", "unit_id"], kind="stable").reset_index(drop=True)


def programmes(seen: Seen) -> None:
    """Which programmes the unit and the units under it take part in: who, since when, and what they were chosen on."""
    mine = taking_part(seen)
    if mine.empty:
        display_part(seen, Part("programmes", empty=((word("empty_programmes", seen.lang), FILE),)))
        return
    rows = [
        (
            str(row["unit"]),
            str(row["name"]),
            str(SchoolYear(int(row["adoption_year"]))),
            str(SchoolYear(int(row["exit_year"]))) if pd.notna(row["exit_year"]) else word("still", seen.lang),
            capitalised(catalogue.indicator(row["selected_on"]).short[seen.lang]) if row["selected_on"] else "–",
        )
        for _, row in mine.iterrows()
    ]
    keys = ("unit", "name", "since", "until", "chosen_on")
    columns = tuple(Column(word(f"programme_{key}", seen.lang)) for key in keys)
    named = join(list(dict.fromkeys(str(name) for name in mine["name"])), seen.lang)
    table = Table(word("programme_caption", seen.lang, names=named), columns, tuple(rows))
    display_part(seen, Part("programmes", tables=(table,)))


def programmes_in_short(seen: Seen) -> None:
    """A line for each programme: how many units take part, since when, how they were chosen and how many have ended."""
    mine = taking_part(seen)
    lines = [
        ("", _line(seen, str(name), rows)) for (name, _), rows in mine.groupby(["name", "intervention"], sort=False)
    ]
    if not lines:
        lines = [("", word("no_programmes", seen.lang))]
    display_part(seen, Part("programmes_in_short", lists=(("", tuple(lines)),)))


def _line(seen: Seen, name: str, rows: pd.DataFrame) -> str:
    lang, levels = seen.lang, seen.figures.units["level"].reindex(rows["unit_id"])
    counted = [_counted(level, int(count), lang) for level, count in levels.value_counts(sort=False).items()]
    began = [str(SchoolYear(int(year))) for year in sorted(set(rows["adoption_year"]))]
    key = "programme_line" if len(began) == 1 else "programme_line_waves"
    said = [word(key, lang, name=name, units=join(counted, lang), began=join(began, lang))]
    chosen = int((rows["selected_on"] != "").sum())
    said.append(word("programme_chosen_by", lang, chosen=chosen, count=len(rows)))
    ended = int((rows["exit_year"].notna() & (rows["exit_year"] < seen.year.start)).sum())
    if ended:
        said.append(word("programme_ended", lang, count=ended))
    return " ".join(said)


def _counted(level: object, count: int, lang: str) -> str:
    known = catalogue.level(str(level))
    return f"{count} {(known.name if count == 1 else known.plural)[lang]}"


def chosen(seen: Seen) -> None:
    """The figure that units were chosen for a programme on, year by year; nothing where none was chosen on a figure."""
    mine = taking_part(seen)
    picked = mine[mine["selected_on"] != ""]
    if picked.empty:
        return
    drawings: list[Drawing] = []
    tables = []
    for (name, _, indicator), rows in picked.groupby(["name", "intervention", "selected_on"], sort=False):
        tables.append(_table(seen, str(name), str(indicator), rows))
        drawing = _drawing(seen, str(name), str(indicator), rows)
        drawings += [drawing] if drawing else []
    display_part(seen, Part("chosen", drawings=tuple(drawings), tables=tuple(tables)))


def _table(seen: Seen, name: str, indicator: str, rows: pd.DataFrame) -> Table:
    """Each unit in the year it was chosen on, the year it began, and the page's year: value and pupils, or why none."""
    measure = catalogue.indicator(indicator)
    cells: list[tuple[Cell, ...]] = []
    about = []
    for _, row in rows.iterrows():
        for year, when in _years(seen, row).items():
            found = _figure(seen, indicator, str(row["unit_id"]), year)
            cells.append((str(row["unit"]), str(SchoolYear(year)), word(f"when_{when}", seen.lang), *found))
            about.append((indicator, str(row["unit_id"]), ALL, str(year)))
    columns = (
        Column(word("programme_unit", seen.lang)),
        Column(word("card_year", seen.lang)),
        Column(word("chosen_when", seen.lang)),
        Column(word("card_value", seen.lang), measure.decimals, field="value"),
        Column(word("card_pupils", seen.lang), 0, field="n"),
    )
    caption = word("chosen_caption", seen.lang, name=name, measure=measure.name[seen.lang])
    return Table(caption, columns, tuple(cells), tuple(about))


def _years(seen: Seen, row: pd.Series[Any]) -> dict[int, str]:
    """The years of a unit that are held side by side, and what each is; a year that is two of them is the first."""
    found = {int(row["selection_year"]): "chosen"}
    found.setdefault(int(row["adoption_year"]), "began")
    found.setdefault(seen.year.start, "now")
    return found


def _figure(seen: Seen, indicator: str, unit: str, year: int) -> tuple[Cell, Cell]:
    rows = of_unit(seen.figures.observations(indicator).rows, unit)
    mine = rows[(rows["group"] == ALL) & (rows["year"] == year)]
    return value_and_pupils(None if mine.empty else mine.iloc[0], seen.lang)


def _drawing(seen: Seen, name: str, indicator: str, rows: pd.DataFrame) -> Drawing | None:
    """The figure of each unit over the years, of at most six of the units; None when there is nothing to draw."""
    around = _series(seen, indicator, seen.unit_id)
    units = [
        Chosen(
            str(row["unit"]), _series(seen, indicator, str(row["unit_id"])), int(row["selection_year"]),
            int(row["adoption_year"]), around,
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip
    lang, measure = seen.lang, catalogue.indicator(indicator)
    names = Names(word("mark_unit", lang), seen.name, word("mark_chosen", lang), word("mark_began", lang))
    shown = with_values(units)
    drawn = draw(shown, names, lang)
    if drawn is None:
        return None
    caption = word("chosen_caption", lang, name=name, measure=measure.name[lang])
    alt = " ".join([f"{caption}.", word("chosen_alt", lang, around=seen.name), *_said(shown, indicator, lang)])
    if len(shown) < len(units):
        caption += ". " + word("chosen_not_all", lang, shown=len(shown), count=len(units))
    return Drawing(image_source(drawn), alt, caption, "chart", drawn.narrow.shape if drawn.narrow else "")


def _said(shown: Sequence[Chosen], indicator: str, lang: str) -> list[str]:
    """What each panel shows, in words: the first and the last value that stand in it."""
    wording, said = Wording("level", catalogue.indicator(indicator), lang), []
    for each in shown:
        years, values = each.series.years, each.series.values
        known = np.flatnonzero(np.isfinite(values))
        first, last = known[0], known[-1]
        fields = {
            "name": each.name,
            "first": wording.value(float(values[first])),
            "first_year": SchoolYear(int(years[first])),
            "last": wording.value(float(values[last])),
            "last_year": SchoolYear(int(years[last])),
            "chosen": SchoolYear(each.chosen),
            "began": SchoolYear(each.began),
        }
        said.append(word("chosen_alt_unit", lang, **fields))
    return said


def _series(seen: Seen, indicator: str, unit: str) -> Series:
    """A unit's values up to the page's year, with a hole where one is missing, rounded or withheld."""
    rows = of_unit(seen.figures.observations(indicator).rows, unit)
    mine = rows[(rows["group"] == ALL) & (rows["year"] <= seen.year.start)].sort_values("year")
    values = mine["value"].where(mine["status"] == Status.GIVEN).to_numpy("float64")
    years = mine["year"].to_numpy("float64")
    measure = catalogue.indicator(indicator)
    return Series(years, values, np.array([measure.segment(int(year)) for year in years], dtype=float))
