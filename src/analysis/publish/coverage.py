"""What a page rests on, and the units below it."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd

from analysis import catalogue
from analysis.analyses.wording import capitalised
from analysis.model import ALL, Cell, Column, SchoolYear, Source, Status, Table
from analysis.model.by_unit import of_unit
from analysis.model.language import number
from analysis.publish.answers import indicators_of
from analysis.publish.seen import Seen
from analysis.publish.words import word


def _mine(seen: Seen, indicator: str) -> pd.DataFrame:
    mine = of_unit(seen.figures.observations(indicator).rows, seen.unit_id)
    return mine[(mine["group"] == "all") & (mine["year"] <= seen.year.start)]


def sources_of(seen: Seen) -> list[Source]:
    """The sources behind the page, in the order they are first used."""
    used = (name for indicator in indicators_of(seen) for name in _mine(seen, indicator)["source"])
    return [catalogue.sources()[name] for name in dict.fromkeys(used)]


def _years(years: list[int]) -> str:
    """School years in words, with runs drawn together: ``2019/20–2021/22, 2023/24``."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    parts = [str(SchoolYear(run[0])) + (f"–{SchoolYear(run[-1])}" if len(run) > 1 else "") for run in runs]
    return ", ".join(parts)


def origin_of(rows: pd.DataFrame, lang: str) -> str:
    """How a unit's figures were come by: published for it, or computed from its pupils or schools, and how many."""
    computed = rows[(rows["origin"] == "computed") & (rows["status"] == Status.GIVEN)]
    if computed.empty:
        return word("origin_official", lang)
    reader = catalogue.sources()[str(computed["source"].iloc[-1])].reader
    origin = "origin_pupils" if reader == "local" else "origin_computed"
    share = float(computed["coverage"].iloc[-1])
    if share >= 0.9995:
        return word(origin, lang)
    return word(f"{origin}_part", lang, coverage=number(100 * share, 0, lang))


def coverage_table(seen: Seen) -> Table:
    """One row for each measure: years with a value, withheld, missing, pupils, source and origin."""
    lang, rows, about = seen.lang, [], []
    for name in indicators_of(seen):
        mine = _mine(seen, name)
        if mine.empty:
            continue
        given = mine[mine["status"].isin([Status.GIVEN, Status.ROUNDED])]
        pupils = mine["n"].dropna()
        year = int(mine["year"][pupils.index[-1]]) if len(pupils) else seen.year.start
        about.append((name, seen.unit_id, ALL, str(year)))
        rows.append(
            (
                catalogue.indicator(name).name[lang],
                _years([int(year) for year in given["year"]]) or word("none", lang),
                int((mine["status"] == Status.WITHHELD).sum()),
                int(len(mine) - len(given) - (mine["status"] == Status.WITHHELD).sum()),
                float(pupils.iloc[-1]) if len(pupils) else word("unknown", lang),
                ", ".join(dict.fromkeys(catalogue.sources()[each].publisher for each in mine["source"])),
                origin_of(mine, lang),
            )
        )
    keys = ("indicator", "years", "withheld", "missing", "pupils", "source", "origin")
    counted = ("withheld", "missing", "pupils")
    fields = {"pupils": "n"}
    columns = tuple(
        Column(word(f"coverage_{key}", lang), 0 if key in counted else None, field=fields.get(key, "")) for key in keys
    )
    return Table(word("coverage_caption", lang), columns, tuple(rows), tuple(about))


def below_table(seen: Seen) -> tuple[Table | None, list[str | None]]:
    """The units directly below by name with their newest headline value, and the links to their pages."""
    units = seen.seen_below()
    if units.empty:
        return None, []
    level = str(units["level"].iloc[0])
    names = catalogue.shown("level", seen.country, level)[:3]
    newest = {name: _of_year(seen, name) for name in names}
    rows, links, about = [], [], []
    for unit_id, unit in units.iterrows():
        cells = [_cell(newest[name], str(unit_id), seen.lang) for name in names]
        if all(cell is None for cell in cells):
            continue
        rows.append((str(unit["name"]), *(cell if cell is not None else word("none", seen.lang) for cell in cells)))
        links.append(seen.link(str(unit_id)))
        about.append(("", str(unit_id), ALL, str(seen.year.start)))
    if not rows:
        return None, []
    columns = [Column(word("below_unit", seen.lang))]
    for name in names:
        indicator = catalogue.indicator(name)
        title = capitalised(indicator.short[seen.lang])
        columns.append(Column(title, indicator.decimals, field=f"value@{name}"))
    caption = word("below_caption", seen.lang, year=seen.year)
    return Table(caption, tuple(columns), tuple(rows), tuple(about)), links


def _of_year(seen: Seen, indicator: str) -> pd.DataFrame:
    rows = seen.figures.observations(indicator).rows
    return rows[(rows["group"] == "all") & (rows["year"] == seen.year.start)].set_index("unit_id")


def _cell(rows: pd.DataFrame, unit_id: str, lang: str) -> Cell:
    """The value, or the words for why there is none; None when the unit has no row at all."""
    if unit_id not in rows.index:
        return None
    return value_or_words(cast("pd.Series[Any]", rows.loc[unit_id]), lang)


def value_or_words(row: pd.Series[Any], lang: str) -> float | str:
    """The value of a row, or the words for why there is none."""
    if row["status"] == Status.GIVEN:
        return float(cast(float, row["value"]))
    if row["status"] == Status.ROUNDED:
        return str(row["mark"])
    return word("status_withheld" if row["status"] == Status.WITHHELD else "status_missing", lang)
