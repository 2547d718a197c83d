"""A tiny municipality, what is true of it, and what is released of it with the guard on and off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from analysis.audit.auditing import Found, audited
from analysis.audit.reading import Figure
from analysis.audit.release import Release, is_withheld, withheld_words
from analysis.audit.truth import Truth, dimension_of
from analysis.catalogue.disclosure import has_parts
from analysis.publish.disclosure.protect import protected
from analysis.publish.disclosure.table import CountTable

Place = tuple[str, str]
Counts = Mapping[Place, tuple[int, float]]
PASSED, MERIT, SURVEY = "eligible_vocational", "merit_value", "survey_safety"
YEAR = "2023"
PARTS = ("n", "k", "rest")
WITHHELD = sorted(withheld_words())[0]


def truth_of(
    counts: Counts, parents: Mapping[str, str], indicator: str = PASSED, opened: Counts | None = None
) -> Truth:
    """What is true: for each unit and group the pupils and how many of them passed (or their sum of points)."""
    rows = [(indicator, unit, group, YEAR, float(n), float(k)) for (unit, group), (n, k) in counts.items()]
    names = ["indicator", "unit_id", "group", "year", "n", "numerator"]
    open_rows = [(indicator, u, g, YEAR, float(n), float(k), 100 * k / n) for (u, g), (n, k) in (opened or {}).items()]
    return Truth(
        pd.DataFrame(rows, columns=names),
        pd.DataFrame(open_rows, columns=[*names, "value"]).astype({"n": float, "value": float}),
        dict(parents),
    )


def release_of(
    counts: Counts, hidden: Iterable[Place], *, indicator: str = PASSED, decimals: int = 1, name: str = "one",
    only_value: Iterable[Place] = (), divisor: float = 100,
) -> Release:  # fmt: skip
    """A release that shows n and the share (or the mean, divisor 1), `hidden` places as withheld in words."""
    out, values = set(hidden), set(only_value)
    rows = []
    for (unit, group), (n, k) in counts.items():
        for field, value, places in (("n", float(n), 0), ("value", round(divisor * k / n, decimals), decimals)):
            is_shown = (unit, group) not in out or (field == "value" and (unit, group) in values)
            text = str(value) if is_shown else WITHHELD
            rows.append(
                Figure("page", indicator, unit, group, YEAR, field, text, value if is_shown else np.nan, places)
            )
    return Release(name, name, "public", pd.DataFrame(rows, columns=list(Figure._fields)).assign(release=name))


def found(truth: Truth, *releases: Release) -> list[Found]:
    """What the audit finds in these releases together."""
    return list(audited(releases, truth, "public").found)


def small(truth: Truth, indicator: str = PASSED) -> set[Place]:
    """The places with a part that is too small: what is withheld with the guard off."""
    groups = frozenset(truth.closed["group"])
    return set(truth.block(indicator, YEAR, groups).small("public"))


def guarded(truth: Truth, indicator: str = PASSED, width: int = 5) -> set[Place]:
    """What the protector withholds of the whole table: a place is withheld when any of its parts is.

    A mean has no parts: it is withheld where its number of pupils is.
    """
    closed = truth.closed.set_index(["unit_id", "group"])[["n", "numerator"]]
    known = truth.open.set_index(["unit_id", "group"])[["n", "numerator"]]
    places, names = [*closed.index, *known.index], PARTS if has_parts(indicator) else ("n",)
    number = {(*place, part): at for at, (place, part) in enumerate((p, q) for p in places for q in names)}
    both = pd.concat([closed, known])
    value = np.array([each for n, k in both.to_numpy() for each in (n, k, n - k)[: len(names)]], dtype=float)
    sums = [[((u, g, "n"), -1.0), ((u, g, "k"), 1.0), ((u, g, "rest"), 1.0)] for u, g in places if "k" in names]
    sums += [line for part in names for line in _lines(places, truth.parents, part)]
    matrix = np.zeros((len(sums), len(value)))
    for row, terms in enumerate(sums):
        for key, sign in terms:
            matrix[row, number[key]] = sign
    parts = truth.block(indicator, YEAR, frozenset(g for _, g in places)).small("public")
    primary = np.array([part in parts.get((u, g), ()) for u, g, part in number], dtype=bool)
    is_open = np.array([(u, g) in known.index for u, g, _ in number], dtype=bool)
    none = np.zeros(len(value), dtype=bool)
    table = CountTable(value, csr_matrix(matrix), is_open, primary & ~is_open, none, 1 + np.log1p(value))
    hidden = protected(table, width).hidden
    return {(u, g) for (u, g, _), at in number.items() if hidden[at]}


def _lines(
    places: list[Place], parents: Mapping[str, str], part: str
) -> list[list[tuple[tuple[str, str, str], float]]]:
    """Each unit is the sum of the units below it, and each group of all pupils the sum of its parts."""
    found = []
    units = sorted({unit for unit, _ in places})
    for unit, group in places:
        below = [each for each in units if parents.get(each) == unit and (each, group) in places]
        if below:
            found.append([((unit, group, part), -1.0), *(((each, group, part), 1.0) for each in below)])
    for unit in units:
        dimensions = {dimension_of(g) for u, g in places if u == unit} - {"all"}
        for dimension in sorted(dimensions):
            groups = [g for u, g in places if u == unit and dimension_of(g) == dimension]
            found.append([((unit, "all", part), -1.0), *(((unit, g, part), 1.0) for g in groups)])
    return found


def municipality(
    schools: Mapping[str, tuple[tuple[int, int], tuple[int, int]]],
) -> tuple[dict[Place, tuple[int, float]], dict[str, str]]:
    """Counts of girls, boys and all for schools, given as (n, k) of girls and of boys, and of the municipality."""
    counts: dict[Place, tuple[int, float]] = {}
    for name, (girls, boys) in schools.items():
        counts[name, "girls"], counts[name, "boys"] = girls, boys
        counts[name, "all"] = (girls[0] + boys[0], girls[1] + boys[1])
    for group in ("girls", "boys", "all"):
        mine = [counts[name, group] for name in schools]
        counts["M", group] = (sum(n for n, _ in mine), sum(k for _, k in mine))
    return counts, dict.fromkeys(schools, "M")


assert is_withheld(WITHHELD)
