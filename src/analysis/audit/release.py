"""Everything one run released, as somebody outside gets it: its pages, and what an earlier run or record showed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pandas as pd

from analysis import catalogue
from analysis.analyses.wording import Wording
from analysis.audit.numbers import number_in, numbers_said
from analysis.audit.reading import HAS_CODE, HOLDS_NUMBERS, Figure, PageRead, Said, read_page
from analysis.errors import UsageError

FILES = frozenset((".html", ".json"))
INDEX, MANIFEST, ORDER = "index.html", "manifest.json", "data-order"
CELL = ["release", "indicator", "unit_id", "group", "year"]
LIMIT = "~100"
"""an authority's mark for a share of nearly all: one to four are short of it"""
NEAR = 1e-9
"""far below the last digit of any number on a page"""
NUMBER_WORDS = {
    "sv": "två tre fyra fem sex sju åtta nio tio",
    "nb": "to tre fire fem seks sju åtte ni ti",
    "en": "two three four five six seven eight nine ten",
}
"""small numbers in words: *three of the pupils* says as much as 3"""


@dataclass
class Release:
    """One run as it lies in its folder: what data it says it is made from, its tables' figures, what else it says.

    ``figures`` has a row for each figure in a table (see `Figure`) with the ``release`` it belongs to; ``faults`` are
    what a reader gets beside what is shown; ``record`` is the name it has in the record of releases, ``said`` what its
    pages say together with something that people have written.
    """

    name: str
    data: str
    audience: str
    figures: pd.DataFrame
    faults: list[str] = field(default_factory=list)
    record: str = ""
    said: list[Said] = field(default_factory=list)


def read_run(folder: Path) -> Release:
    """The run in a folder, from its released files alone.

    The index may run the code by which its list is filtered, which the gate knows by its hash, and number its levels.

    Raises UsageError for a folder that holds no run.
    """
    if not (folder / MANIFEST).is_file():
        raise UsageError(f"a run of `arshjul build` is needed\n  found: {folder} holds no {MANIFEST}")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    data = str(manifest["data"])
    pages, faults = [], []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_dir():
            continue
        if (
            any(part.startswith(".") for part in name.parts)
            or path.suffix not in FILES
            or (path.suffix == ".json" and str(name) != MANIFEST)
        ):
            faults.append(f"{name}: a run holds pages and its manifest only; this file was not read")
        elif path.suffix == ".html":
            page = read_page(path.read_text(encoding="utf-8"), str(name))
            if str(name) == INDEX:
                own = (HAS_CODE.format(INDEX, "script"), HOLDS_NUMBERS.format(INDEX, ORDER))
                page.faults = [each for each in page.faults if each not in own]
            pages.append(page)
    found = released(pages, str(folder), data, str(manifest["parameters"].get("audience", "public")), faults)
    return replace(found, record=str(manifest["parameters"].get("release", "")))


def released(pages: Iterable[PageRead], name: str, data: str, audience: str, faults: Iterable[str] = ()) -> Release:
    """The release that these pages are, with the faults of each and the numbers said of what is withheld."""
    found, wrong, said = [], list(faults), []
    for page in pages:
        found += page.figures
        said += [each for each in page.said if each.card]
        wrong += [*page.faults, *told(page)]
    figures = pd.DataFrame(found, columns=list(Figure._fields)).assign(release=data)
    return Release(name, data, audience, figures, wrong, said=said)


@cache
def withheld_words() -> frozenset[str]:
    """The words that stand in a table for a figure that is withheld, in all languages."""
    some = next(iter(catalogue.indicators().values()))
    return frozenset(Wording("trend", some, lang).cell("withheld", "") for lang in ("sv", "nb", "en"))


def is_withheld(text: str) -> bool:
    """Whether a cell's words say that its figure is withheld, with or without an authority's own mark."""
    return text.partition(" (")[0].strip() in withheld_words()


def told(page: PageRead) -> Iterator[str]:
    """Numbers that a page says, outside its tables, of a measure it shows no figure of because it is withheld.

    A sentence belongs to the measure it is marked with, or to the one whose name it begins with. School years, limits,
    numbers in the names of measures and of the unit, figures of other units (what the municipality shows instead), and
    what a table says beside its figures (how far its schools lie apart) are no faults; numbers in words up to ten are
    looked for too.
    """
    mine = [each for each in page.figures if each.unit_id == page.unit_id and each.field == "value"]
    given = {each.indicator for each in mine if each.value == each.value}
    silent = {each.indicator for each in mine if is_withheld(each.text) and "/" not in each.indicator} - given
    beside = {indicator: _beside(page, indicator) for indicator in silent}
    for each in page.said:
        for indicator in silent:
            if _is_about(each, indicator, page.lang):
                allowed = _allowed(page, indicator, each.text)
                text = each.text.replace(page.name, " ") if page.name else each.text
                said_of = [number for each in numbers_said(text) if (number := number_in(each, page.lang))]
                extra = [each for each in said_of if each not in allowed and not _is_rounded(each, beside[indicator])]
                said = {word.strip(".,:;") for word in each.text.lower().split()}
                if extra or said & set(NUMBER_WORDS[page.lang].split()) - _words_of(indicator, page.lang):
                    yield f"{each.where}: a number is said of {indicator}, which is withheld"


def _is_about(said: Said, indicator: str, lang: str) -> bool:
    if said.indicator:
        return said.indicator == indicator
    measure, text = catalogue.indicator(indicator), said.text.lower()
    return any(text.startswith(name[lang].lower()) for name in (measure.name, measure.short))


def _beside(page: PageRead, indicator: str) -> list[tuple[float, int]]:
    """The numbers that tables say of a measure beside its figures."""
    measure = catalogue.indicator(indicator)
    names = {name[page.lang].lower() for name in (measure.name, measure.short)}
    texts = [text for row in page.beside if row and row[0].strip().lower() in names for text in row[1:]]
    found = [number_in(each, page.lang) for text in texts for each in numbers_said(text)]
    return [number for number in found if number is not None]


def _is_rounded(number: tuple[float, int], others: Iterable[tuple[float, int]]) -> bool:
    """Whether a number is one of the others, as it is or rounded."""
    half = 0.5 * 10.0 ** -number[1] + NEAR
    return any(abs(number[0] - value) <= half and places >= number[1] for value, places in others)


def _words_of(indicator: str, lang: str) -> set[str]:
    measure = catalogue.indicator(indicator)
    return set(f"{measure.name[lang]} {measure.short[lang]}".lower().split())


def _allowed(page: PageRead, indicator: str, text: str) -> set[tuple[float, int] | None]:
    """The numbers that may stand in a sentence about a withheld measure: others' figures, limits, names of measures."""
    others = {
        (each.value, each.decimals) for each in page.figures
        if each.indicator == indicator and each.unit_id != page.unit_id
    }  # fmt: skip
    kind = catalogue.kind_of(indicator)
    limits = {(float(catalogue.limit(each, kind).smallest_n), 0) for each in catalogue.AUDIENCES} if kind else set()
    measures = [catalogue.indicator(indicator), *catalogue.indicators().values()]
    names = [each[page.lang] for measure in measures for each in (measure.name, measure.short)]
    said = names[:2] + [name for name in names if name.lower() in text.lower()]
    return others | limits | {number_in(each, page.lang) for name in said for each in numbers_said(name)}


def contradictions(figures: pd.DataFrame) -> list[str]:
    """The same figure with two values in one release, further apart than their rounding."""
    given = figures[figures["value"].notna() & figures["field"].isin(["value", "n"])]
    half = (0.5 * 10.0 ** -given["decimals"].astype(float)).where(given["field"] == "value", 0.0)
    ends = given.assign(low=given["value"] - half, high=given["value"] + half)
    apart = ends.groupby([*CELL, "field"]).agg(low=("low", "max"), high=("high", "min"), where=("where", "unique"))
    apart = apart[apart["low"] > apart["high"] + NEAR]
    return [
        f"{unit}, {group}, {year}, {name} of {indicator} has two values: {', '.join(where)}"
        for _, indicator, unit, group, year, name, _, _, where in apart.reset_index().itertuples(index=False)
    ]


def ledger(file: Path, audience: str) -> pd.DataFrame:
    """The record of earlier releases to these readers and to everybody as figures of each; none without one."""
    if not file.is_file():
        return pd.DataFrame(columns=[*Figure._fields, "release"])
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        rows = pd.read_sql_query(
            'SELECT release, indicator, unit_id, grp AS "group", year, value, n FROM released'
            " WHERE audience IN (?, 'public') ORDER BY rowid",
            connection, params=(audience,),
        )  # fmt: skip
    return as_figures(rows)


def shown_to(file: Path) -> dict[str, set[str]]:
    """The audiences that the record holds releases to, with the names of those; none without one."""
    if not file.is_file():
        return {}
    found: dict[str, set[str]] = {}
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        for audience, release in connection.execute("SELECT DISTINCT audience, release FROM released"):
            found.setdefault(str(audience), set()).add(str(release))
    return found


def as_figures(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the record (release, indicator, unit_id, group, year, value, n) as figures.

    A value is taken as known to two decimals, the most that a page ever writes; a share without a value but with a
    number of pupils was shown as a limit.
    """
    parts = [rows.assign(field=name, value=rows[name]) for name in ("value", "n")]
    long = pd.concat(parts, ignore_index=True).assign(text="")
    long.loc[long["value"].isna() & (long["field"] == "value") & long["n"].notna(), "text"] = LIMIT
    long = long[long["value"].notna() | (long["text"] == LIMIT)]
    long = long.assign(where="the record of releases", decimals=0, year=long["year"].astype(str))
    long.loc[long["field"] == "value", "decimals"] = 2
    return long[[*Figure._fields, "release"]]
