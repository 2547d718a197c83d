"""A hash of the figures that each page can show, so that a page is made anew when one of them has changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd

from analysis import catalogue
from analysis.analyses import ANALYSES
from analysis.model import SchoolYear
from analysis.model.observations import Result
from analysis.publish.seen import WRITTEN, Figures
from analysis.report.parameters import PageRequest

DRAWN: Mapping[str, tuple[str, ...]] = {
    "funnel": ("n", "value", "reference"),
    "adjusted": ("expected", "value"),
}
"""what a question shows of all other units, as grey dots: these columns of its estimates"""
OWN_ROWS_ONLY = frozenset({"trend", "forecast", "level", "goals", "equity", "segregation", "growth", "survey"})
"""questions whose words, tables and drawings read no other unit's rows, but those of the similar units they name; of
any question in neither list a page is taken to show every row"""
ODD = np.uint64(0x9E3779B97F4A7C15)

Wanted = tuple[str, str, str, int]
"""question, indicator, level and year (the autumn)"""


def wanted_by(request: PageRequest) -> list[Wanted]:
    """The answers that a page may show."""
    country, year = request.unit_id.split(":")[0], SchoolYear.parse(request.school_year).start
    return [
        (question, name, level, year)
        for level in catalogue.report_kind(request.report).levels_read(request.level)
        for question in ANALYSES
        for name in catalogue.shown(question, country, level)
    ]


def _measures(request: PageRequest) -> list[str]:
    """The indicators whose rows a page may show; of kinds with a card of their own, every one of the country."""
    country = request.unit_id.split(":")[0]
    if request.report != catalogue.USUAL:
        return sorted(name for name, each in catalogue.indicators().items() if each.country == country)
    highest = catalogue.level(request.level).order
    levels = [name for name, each in catalogue.levels().items() if each.order <= highest]
    shown = (catalogue.shown(question, country, level) for question in ANALYSES for level in levels)
    return sorted({name for names in shown for name in names})


def measure(figures: Figures, requests: Iterable[PageRequest]) -> None:
    """Ask every question about every unit once, so that the pages only read."""
    keys = sorted({key for request in requests for key in wanted_by(request)})
    for name in sorted({key[1] for key in keys}):
        figures.observations(name)
    for key in keys:
        figures.result(*key)


class Fingerprints:
    """Hashes of measured figures, each worked out once and read for every page."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self._results: dict[Wanted, tuple[dict[str, int], str]] = {}
        self._rows: dict[str, dict[str, int]] = {}
        self._units: dict[str, str] = {}
        self._targets: dict[str, dict[str, int]] = {}
        units = figures.units
        self._above: dict[str, str] = {str(unit): str(parent) for unit, parent in units["parent_id"].dropna().items()}
        self._below: dict[str, list[str]] = {
            str(parent): sorted(str(each) for each in rows.index) for parent, rows in units.groupby("parent_id")
        }

    def of(self, request: PageRequest) -> dict[str, str]:
        """The hashes of a page's figures.

        ``own``: the unit's rows in every answer and indicator that the page may show. ``below``: the rows of all
        units under it, and the answers about them that a compiling page reads. ``others``: what an answer has of the
        level as a whole (the method's figures, grey dots of other units), and the rows of the similar units that it
        names. ``units``: the names and places of the country's units. ``plans``: what the unit and those under it have
        written and take part in, and the targets that are set for it and those above.
        """
        unit, country = request.unit_id, request.unit_id.split(":")[0]
        answers = [(key, *self._result(key)) for key in wanted_by(request)]
        names = _measures(request)
        own = [[list(key), mine.get(unit, 0)] for key, mine, _ in answers if key[2] == request.level]
        under = self._under(unit)
        lower = [
            [list(key), [mine.get(each, 0) for each in under]] for key, mine, _ in answers if key[2] != request.level
        ]
        named = [[list(key), each, mine.get(each, 0)] for key, mine, _ in answers for each in self._named(key, unit)]
        return {
            "own": _hashed([own, [[name, self._rows_of(name).get(unit, 0)] for name in names]]),
            "below": _hashed([[[name, self._rows_of(name).get(each, 0)] for name in names for each in under], lower]),
            "others": _hashed([named, [[list(key), shared] for key, _, shared in answers]]),
            "units": self._units_of(country),
            "plans": _hashed([[self._plans_of(each) for each in (unit, *under)], self._targets_for(unit, names)]),
        }

    def _under(self, unit: str) -> list[str]:
        """All units under this one, in an order that does not change."""
        found = list(self._below.get(unit, []))
        for each in found:
            found += self._below.get(each, [])
        return found

    @cached_property
    def _plans(self) -> list[dict[str, int]]:
        tables = (self.figures.written(name) for name in WRITTEN)
        return [_by_unit(rows, rows["unit_id"]) for rows in tables]

    def _plans_of(self, unit: str) -> list[int]:
        return [rows.get(unit, 0) for rows in self._plans]

    def _targets_for(self, unit: str, names: Iterable[str]) -> list[list[object]]:
        """The targets of the measures that hold for a unit: its own and those of the units above it."""
        line, seen = [], unit
        while seen in self._above and seen not in line:
            line.append(seen)
            seen = self._above[seen]
        return [[name, self._targets_of(name).get(each, 0)] for name in names for each in (*line, seen)]

    def _targets_of(self, name: str) -> dict[str, int]:
        if name not in self._targets:
            rows = self.figures.observations(name).targets
            self._targets[name] = _by_unit(rows, rows["unit_id"])
        return self._targets[name]

    def _result(self, key: Wanted) -> tuple[dict[str, int], str]:
        if key not in self._results:
            self._results[key] = _of_result(key[0], self.figures.result(*key))
        return self._results[key]

    def _named(self, key: Wanted, unit: str) -> list[str]:
        """The units that an answer about a unit names: those most similar to it."""
        estimates = self.figures.result(*key).estimates
        if "similar_units" not in estimates.columns or unit not in estimates.index:
            return []
        found = estimates.at[unit, "similar_units"]
        return found.split() if isinstance(found, str) else []

    def _rows_of(self, name: str) -> dict[str, int]:
        if name not in self._rows:
            rows = self.figures.observations(name).rows
            self._rows[name] = _by_unit(rows, rows["unit_id"])
        return self._rows[name]

    def _units_of(self, country: str) -> str:
        if country not in self._units:
            units = self.figures.units
            self._units[country] = _of_frame(units[units["country"] == country].reset_index())
        return self._units[country]


def _of_result(question: str, result: Result) -> tuple[dict[str, int], str]:
    """Each unit's own part of an answer, and what of it every page of the level shows."""
    estimates = result.estimates
    parts = [_by_unit(estimates, estimates.index.to_series()), _by_unit(result.series, result.series["unit_id"])]
    shared: list[object] = [list(result.caveats)]
    for name, value in sorted(result.details.items()):
        rows = value.reset_index() if isinstance(value, pd.DataFrame) else None
        if rows is not None and "unit_id" in rows.columns:
            parts.append(_by_unit(rows, rows["unit_id"]))
        else:
            shared.append([name, _of_anything(value)])
    if question in DRAWN:
        shared.append(_of_frame(estimates[list(DRAWN[question])].reset_index()))
    elif question not in OWN_ROWS_ONLY:
        shared += [_of_frame(estimates.reset_index()), _of_frame(result.series)]
    every = {unit for part in parts for unit in part}
    own = {unit: int(_hashed([part.get(unit, 0) for part in parts])[:16], 16) for unit in every}
    return own, _hashed(shared)


def _by_unit(frame: pd.DataFrame, units: pd.Series[Any]) -> dict[str, int]:
    """A hash of each unit's rows, in their order."""
    if not len(frame):
        return {}
    rows = _of_rows(frame)
    names, where = np.unique(units.to_numpy().astype(str), return_inverse=True)
    order = np.argsort(where, kind="stable")
    first = np.searchsorted(where[order], np.arange(len(names)))
    place = np.empty(len(frame), dtype=np.uint64)
    place[order] = (np.arange(len(frame)) - np.repeat(first, np.diff([*first, len(frame)]))).astype(np.uint64)
    total = np.zeros(len(names), dtype=np.uint64)
    np.add.at(total, where, rows * (np.uint64(2) * place + np.uint64(1)) ^ place * ODD)
    return dict(zip(names.tolist(), total.tolist(), strict=True))


def _of_rows(frame: pd.DataFrame) -> Any:
    """A hash of each row, of what is in it and of its columns' names."""
    plain = frame.reset_index(drop=True)
    plain = plain.astype({name: str for name in plain.columns if plain[name].dtype == object})
    found = pd.util.hash_pandas_object(plain, index=False).to_numpy()
    return found ^ np.uint64(int(_hashed([str(name) for name in frame.columns])[:16], 16))


def _of_frame(frame: pd.DataFrame) -> str:
    return sha256(_of_rows(frame).tobytes()).hexdigest() if len(frame) else _hashed(list(map(str, frame.columns)))


def _of_anything(value: object) -> object:
    """A detail of a method in a form that is the same in every process; a TypeError for one that has none."""
    if isinstance(value, pd.DataFrame):
        return _of_frame(value.reset_index())
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.shape, value.tolist()]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_of_anything(getattr(value, each.name)) for each in dataclasses.fields(value))]
    if isinstance(value, Mapping):
        return [[str(name), _of_anything(each)] for name, each in value.items()]
    if isinstance(value, list | tuple):
        return [_of_anything(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(repr(_of_anything(each)) for each in value)
    if " at 0x" in (found := repr(value)):
        raise TypeError(f"a method's details are numbers, texts and tables, found: {type(value).__name__}")
    return found


def _hashed(content: Iterable[object] | str) -> str:
    return sha256(repr(content).encode()).hexdigest()
