"""The attacker's notes on one indicator and year: released figures as rows, and what to try to work out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd

from analysis import catalogue
from analysis.audit.release import LIMIT, is_withheld
from analysis.audit.truth import Block, dimension_of
from analysis.catalogue.disclosure import has_parts

SHARE = "share:"
COUNT, PERCENT = "count", "percent"
SHORT = (1.0, 4.0)
"""so many are short of all where a share is given as a limit"""


def part_of(indicator: str, field: str) -> tuple[str, str]:
    """The figure's own name and what it is in a sum: a number of pupils, a share of them or a mean; empty for others.

    A share of the answers to a statement is a figure of its own, ``survey_safety/s1#4``; that of a whole index is a
    mean over its statements, and no number of pupils.

    >>> part_of("merit_value", "value"), part_of("survey_safety/s1", "share:4"), part_of("merit_value", "low")
    (('merit_value', 'mean'), ('survey_safety/s1#4', 'share'), ('merit_value', ''))
    """
    if field == "n":
        return indicator, "n"
    if field.startswith(SHARE):
        return f"{indicator}#{field.removeprefix(SHARE)}", "share" if "/" in indicator else ""
    if field != "value" or "/" in indicator:
        return indicator, ""
    unit = catalogue.indicator(indicator).unit
    return indicator, "n" if unit == COUNT else "share" if unit == PERCENT else "mean"


def attackers_rows(
    figures: pd.DataFrame,
    block: Block,
    releases: Collection[str] | None = None,
    opened: Collection[str] | None = None,
) -> pd.DataFrame:
    """Everything released about one indicator and year, with the closed figures that were not, for `equations.system`.

    `figures` are those of the block. Figures of an authority's own come in as open. Every closed figure without a
    number gets rows without value for all its parts, whether any page mentions it (``is_mentioned``) or not. `releases`
    are those of the figures unless given: one without a figure still leaves the attacker what is open. What is open was
    known in the releases that `opened` names, all of them unless given.
    """
    rows = list(_given(figures, block))
    units = sorted({str(unit) for unit, _ in block.closed.index})
    unknown = block.has_unknown(frozenset(map(str, figures["group"].unique())))
    for release in sorted({str(each) for each in figures["release"]} if releases is None else releases):
        of_release = figures[figures["release"] == release]
        rows += _open(release, block) if opened is None or release in opened else []
        rows += [*_withheld(release, of_release, block), *_limits(release, of_release, block)]
        for dimension in unknown:
            rows += [_row(release, block.indicator, each, "unknown", block, "n", dimension=dimension) for each in units]
    return pd.DataFrame(rows)


def learnt_rows(
    learnt: Mapping[tuple[str, str], tuple[float, float]], block: Block, releases: Iterable[str]
) -> pd.DataFrame:
    """Between which numbers the pupils of units and groups are, as rows for `equations.system`."""
    closed = set(block.closed.index)
    places = [(place, ends) for place, ends in learnt.items() if place in closed]
    return pd.DataFrame(
        _row(release, block.indicator, *place, block, "n", bounds=ends)
        for release in releases
        for place, ends in places
    )


def units_of(block: Block) -> tuple[pd.DataFrame, list[str]]:
    """The tree of units for `equations.system`, and the parents with pupils outside the units below them."""
    tree, incomplete = block.sums()
    pairs = [(unit, parent) for parent, below in tree.items() for unit in below]
    return pd.DataFrame(pairs, columns=["unit_id", "parent_id"], dtype="str"), incomplete


def _row(
    release: str, indicator: str, unit: str, group: str, block: Block, part: str, *, value: float = np.nan,
    decimals: float = np.nan, is_open: bool = False, is_mentioned: bool = False, dimension: str = "",
    bounds: tuple[float, float] = (np.nan, np.nan),
) -> dict[str, object]:  # fmt: skip
    return {
        "release": release, "indicator": indicator, "unit_id": unit, "level": "", "parent_id": "",
        "group_dimension": dimension or dimension_of(group), "group": group, "year": block.year, "part": part,
        "value": value, "low": bounds[0], "high": bounds[1], "is_open": is_open, "decimals": decimals,
        "is_mentioned": is_mentioned,
    }  # fmt: skip


def _given(figures: pd.DataFrame, block: Block) -> Iterable[dict[str, object]]:
    closed = set(block.closed.index)
    is_adjusted = catalogue.kind_of(block.indicator) == "adjusted"  # a residual or a prediction is no mean of pupils
    given = figures[figures["value"].notna()]
    names = ["release", "indicator", "unit_id", "group", "field", "value", "decimals"]
    shares: dict[tuple[str, str, str, str], set[str]] = {}
    for release, indicator, unit, group, field, *_ in given[names].itertuples(index=False):
        if str(field).startswith(SHARE):
            shares.setdefault((release, indicator, unit, group), set()).add(part_of(indicator, field)[0])
    finest = given.sort_values("decimals").drop_duplicates(names[:5], keep="last")
    for release, indicator, unit, group, field, value, decimals in finest[names].itertuples(index=False):
        name, part = part_of(indicator, field)
        if not part or (part == "mean" and is_adjusted):
            continue
        known = (unit, group) not in closed
        sharp = min(decimals, catalogue.indicator(block.indicator).decimals) if unit in block.rough else decimals
        places = np.nan if part == "n" else float(sharp)
        yield _row(release, name, unit, group, block, part, value=float(value), decimals=places, is_open=known)
        if field == "n":
            for other in sorted(shares.get((release, indicator, unit, group), ())):
                yield _row(release, other, unit, group, block, part, value=float(value), is_open=known)


def _open(release: str, block: Block) -> Iterable[dict[str, object]]:
    """The authority's own open figures, as known as the pages."""
    measure = catalogue.indicator(block.indicator)
    part = part_of(block.indicator, "value")[1]
    names = ["unit_id", "group", "n", "value"]
    for unit, group, n, value in block.open.reset_index()[names].itertuples(index=False):
        if n == n:
            yield _row(release, block.indicator, unit, group, block, "n", value=float(n), is_open=True)
        if part == "share" and value != value:
            yield _row(release, block.indicator, unit, group, block, "rest", bounds=SHORT)
        elif part != "n":
            places = float(measure.decimals)
            yield _row(release, block.indicator, unit, group, block, part, value=value, decimals=places, is_open=True)


def _withheld(release: str, figures: pd.DataFrame, block: Block) -> Iterable[dict[str, object]]:
    """The closed figures of which no value was released, in all their parts."""
    part = part_of(block.indicator, "value")[1]
    mine = figures[(figures["indicator"] == block.indicator) & (figures["field"] == "value")]
    given = set(mine.loc[mine["value"].notna(), ["unit_id", "group"]].itertuples(index=False, name=None))
    names = mine[["unit_id", "group", "value", "text"]].itertuples(index=False, name=None)
    mentioned = {(unit, group) for unit, group, value, text in names if value != value and is_withheld(str(text))}
    parts = {"n": ("n",), "share": ("n", "k", "rest", "share"), "mean": ("n", "sum", "mean")}[part]
    counted = ("k", "rest") if has_parts(block.indicator) else ()
    for unit, group in block.closed.index:
        is_mentioned = (unit, group) in mentioned
        for each in parts if (unit, group) not in given else counted:
            yield _row(release, block.indicator, unit, group, block, each, is_mentioned=is_mentioned)


def _limits(release: str, figures: pd.DataFrame, block: Block) -> Iterable[dict[str, object]]:
    """What a limit says of the pupils: some are short of all, and few."""
    mine = figures[(figures["indicator"] == block.indicator) & (figures["field"] == "value")]
    mine = mine[mine["text"].astype(str).str.startswith(LIMIT)]
    for unit, group in mine[["unit_id", "group"]].drop_duplicates().itertuples(index=False):
        yield _row(release, block.indicator, str(unit), str(group), block, "rest", bounds=SHORT)
