"""Which figures a release is about, and which others their sums need, released or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from analysis.model import ALL

COUNTS, SUMS, RATIOS = ("n", "k", "rest"), ("n", "k", "rest", "sum"), ("share", "mean")
OTHER = "share of rest"
"""what the share leaves of 100: never released, and never asked about, but a bound on the rest is a bound on it"""
CROSS = "×"
"""between the dimensions, and between the groups, of a crossing: `gender×background`, `girls×foreign`"""
Group = tuple[tuple[str, str], ...]


class Key(NamedTuple):
    """What identifies a figure. ``release`` is empty until a figure has been released twice with different values."""

    release: str
    indicator: str
    unit_id: str
    group: Group
    year: str
    part: str


def group_of(dimension: str, group: str) -> Group:
    """The group as pairs of dimension and group, none for all pupils."""
    if group == ALL:
        return ()
    dimensions, groups = dimension.split(CROSS), group.split(CROSS)
    if len(dimensions) != len(groups):
        raise ValueError(f"a crossing has as many groups as dimensions, got: {dimension!r} and {group!r}")
    return tuple(sorted(zip(dimensions, groups, strict=True)))


Tree = dict[str, dict[str, list[str]]]


def tree_of(units: pd.DataFrame) -> Tree:
    """For each parent and each way of counting its children."""
    ways = units["hierarchy"] if "hierarchy" in units else pd.Series("", units.index)
    pairs = pd.DataFrame({"unit": units["unit_id"], "parent": units["parent_id"], "way": ways})
    pairs = pairs[pairs["parent"].notna() & (pairs["parent"] != "")].drop_duplicates()
    tree: Tree = {}
    for unit, parent, way in pairs.itertuples(index=False):
        tree.setdefault(str(parent), {}).setdefault(str(way), []).append(str(unit))
    return tree


Spans = dict[str, tuple[str, list[tuple[str, float]]]]


def spans_of(windows: pd.DataFrame | None) -> Spans:
    """For each window its kind and its years with their weights."""
    if windows is None:
        return {}
    spans: Spans = {}
    for window, year, weight, kind in windows[["window", "year", "weight", "kind"]].itertuples(index=False):
        if kind not in ("pooled", "mean"):
            raise ValueError(f"a window is pooled or mean, got: {kind!r}")
        spans.setdefault(str(window), (str(kind), []))[1].append((str(year), float(weight)))
    return spans


Groups = dict[tuple[str, str], list[str]]


def groups_of(listed: set[Key]) -> Groups:
    """The groups of each dimension of each indicator, everywhere: unknown is one of them."""
    met: dict[tuple[str, str], set[str]] = {}
    for key in listed:
        for dimension, group in key.group:
            met.setdefault((key.indicator, dimension), set()).add(group)
    return {name: sorted(groups) for name, groups in met.items()}


def closed(listed: set[Key], tree: Tree, groups: Groups, spans: Spans) -> list[Key]:
    """The released figures and every figure that one of their sums needs, released or not."""
    todo, done = sorted(listed), set(listed)
    for key in todo:  # grows while it is read
        for other in _needed(key, tree, groups, spans):
            if other not in done:
                done.add(other)
                todo.append(other)
    return todo


def _needed(key: Key, tree: Tree, groups: Groups, spans: Spans) -> Iterable[Key]:
    """The figures in the sums that this figure calls for."""
    if key.part in SUMS:
        for children in tree.get(key.unit_id, {}).values():
            yield from (key._replace(unit_id=child) for child in children)
        for place, (dimension, _) in enumerate(key.group):
            others = key.group[:place] + key.group[place + 1 :]
            yield key._replace(group=others)
            yield from siblings(key._replace(group=others), dimension, groups)
    kind, years = spans.get(key.year, ("", []))
    if key.part in SUMS or kind == "mean":
        yield from (key._replace(year=year) for year, _ in years)
    if key.part in ("k", "rest"):
        yield from (key._replace(part=part) for part in COUNTS)
    if key.part in RATIOS and kind != "mean":
        yield key._replace(part="n")
        yield key._replace(part=product_part(key))
    if key.part == "share" and kind != "mean":
        yield key._replace(part=OTHER)


def siblings(total: Key, dimension: str, groups: Groups) -> list[Key]:
    found = groups[total.indicator, dimension]
    return [total._replace(group=tuple(sorted((*total.group, (dimension, each))))) for each in found]


def product_part(ratio: Key) -> str:
    """What the ratio times n gives."""
    return "k" if ratio.part == "share" else "sum"


def said(key: Key) -> str:
    group = CROSS.join(group for _, group in key.group) or ALL
    return f"{key.unit_id}, {group}, {key.year}, {key.part} of {key.indicator}"
