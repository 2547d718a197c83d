"""From released rows to the attacker's equations: every sum, share and mean that ties one figure to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from analysis.audit.figures import (
    COUNTS,
    CROSS,
    OTHER,
    RATIOS,
    SUMS,
    Groups,
    Key,
    Spans,
    Tree,
    closed,
    group_of,
    groups_of,
    product_part,
    said,
    siblings,
    spans_of,
    tree_of,
)
from analysis.audit.system import Contradiction, System
from analysis.model import ALL

COLUMNS = (
    "release", "indicator", "unit_id", "level", "parent_id", "group_dimension", "group", "year", "part",
    "value", "low", "high", "is_open",
)  # fmt: skip


@dataclass
class _Book:
    """The figures met so far, and the sums between them."""

    number: dict[Key, int] = field(default_factory=dict)
    terms: list[tuple[int, int, float]] = field(default_factory=list)
    limits: list[tuple[float, float]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    products: list[tuple[int, int, int, float]] = field(default_factory=list)

    def add(self, name: str, total: Key, parts: Iterable[tuple[Key, float]], low: float = 0, high: float = 0) -> None:
        """low ≤ total - Σ weight·part ≤ high."""
        row = len(self.names)
        self.terms.append((row, self.number[total], 1.0))
        self.terms += [(row, self.number[key], -weight) for key, weight in parts]
        self.limits.append((low, high))
        self.names.append(name)


def system(
    released: pd.DataFrame,
    units: pd.DataFrame | None = None,
    windows: pd.DataFrame | None = None,
    incomplete: Collection[str] = (),
    loose: Mapping[str, float] | None = None,
    releases: Sequence[str] = (),
    corrected: float | None = None,
) -> System:
    """Everything released, from all pages and all years together, as an attacker would write it down.

    `released` has the columns of `COLUMNS`: ``value`` NaN is withheld, ``low`` and ``high`` what is known of it all
    the same. ``part`` is n, k, rest (n = k + rest), sum, share (in per cent: k = share·n/100) or mean (sum = mean·n).
    A column ``decimals`` turns a value into the interval it was rounded from; shares and means must have it. `units`
    (unit_id, parent_id and, where a unit is counted in two ways, hierarchy) defaults to the units released: every
    parent is the sum of its children, whether they were released or not, and at least that for the `incomplete`; what
    is counted in a `loose` unit may be off from its children by so many pupils, and need not be whole.
    `windows` (window, year, weight, kind) says that a released ``year`` is several: kind *pooled* adds n, k and sums,
    kind *mean* averages the figure itself. Crossed dimensions are written with ×.

    A figure is the same in all `releases` (in order; by name unless given) of an indicator until one of them gives
    it another value; then each release's figures are its own, and a count or sum differs between one release and the
    next by no more than one that both show. With `corrected` they are each release's own in any case, and a count may
    differ by so many pupils more.
    """
    rows = _keyed(released, is_revised=corrected is not None)
    tree = tree_of(released if units is None else units)
    spans = spans_of(windows)
    listed = set(rows["key"])
    book = _Book()
    groups = groups_of(listed)
    for key in closed(listed, tree, groups, spans):
        book.number[key] = len(book.number)
    _sums_of_units(book, tree, frozenset(incomplete), loose or {})
    _sums_of_groups(book, groups)
    _parts_and_windows(book, spans)
    _revisions(book, rows, list(releases) or sorted({key.release for key in book.number}), corrected or 0.0)
    fractional = {window for window, (_, years) in spans.items() if any(weight % 1 for _, weight in years)}
    return _written(book, rows, fractional, frozenset(loose or {}))


def _keyed(released: pd.DataFrame, *, is_revised: bool) -> pd.DataFrame:
    """The released rows with their key and the interval each value was rounded from."""
    lacking = [name for name in COLUMNS if name not in released]
    if lacking:
        raise ValueError(f"released rows need the columns {', '.join(COLUMNS)}; lacking: {', '.join(lacking)}")
    rows = released.reset_index(drop=True)
    parts = set(rows["part"]) - {*SUMS, *RATIOS}
    if parts:
        raise ValueError(f"a part is one of {', '.join((*SUMS, *RATIOS))}; got: {', '.join(sorted(map(str, parts)))}")
    decimals = rows["decimals"] if "decimals" in rows else pd.Series(np.nan, rows.index)
    if (rows["part"].isin(RATIOS) & rows["value"].notna() & decimals.isna()).any():
        raise ValueError("a released share or mean needs its number of decimals")
    half = (0.5 * 10.0 ** -decimals.astype(float)).fillna(0.0)
    low = (rows["value"] - half).where(rows["value"].notna(), rows["low"]).fillna(0.0)
    high = (rows["value"] + half).where(rows["value"].notna(), rows["high"]).fillna(np.inf)
    high = high.where(rows["part"] != "share", np.minimum(high, 100.0))
    rows = rows.assign(low=np.maximum(low.astype(float), 0.0), high=high.astype(float))
    revised = set(rows["indicator"].astype(str)) if is_revised else _revised(rows)
    identity = zip(*(rows[name].astype(str) for name in COLUMNS[:9]), strict=True)
    keys = [
        Key(release if indicator in revised else "", indicator, unit, group_of(dimension, group), year, part)
        for release, indicator, unit, _, _, dimension, group, year, part in identity
    ]
    return rows.assign(key=pd.Series(keys, rows.index, dtype=object))


def _revised(rows: pd.DataFrame) -> set[str]:
    """Indicators with a figure that was released twice with values that cannot be the same."""
    identity = ["indicator", "unit_id", "group_dimension", "group", "year", "part"]
    given = rows[rows["value"].notna()]
    both = given.groupby(identity, sort=False).agg(low=("low", "max"), high=("high", "min"), of=("release", "nunique"))
    apart = both[both["low"] > both["high"]]
    if (apart["of"] == 1).any():
        raise Contradiction(f"one release gives two values for {', '.join(map(str, apart[apart['of'] == 1].index[0]))}")
    return {str(each) for each in apart.index.get_level_values("indicator")}


def _sums_of_units(book: _Book, tree: Tree, incomplete: frozenset[str], loose: Mapping[str, float]) -> None:
    for key in list(book.number):
        if key.part not in SUMS:
            continue
        for way, children in tree.get(key.unit_id, {}).items():
            parts = [(key._replace(unit_id=child), 1.0) for child in children]
            counted = f" by {way}" if way else ""
            off = loose.get(key.unit_id, 0.0) if key.part != "n" else 0.0
            high = np.inf if key.unit_id in incomplete else off
            book.add(f"{said(key)} = the sum of its {len(parts)} units{counted}", key, parts, -off, high)


def _sums_of_groups(book: _Book, groups: Groups) -> None:
    done: set[tuple[Key, str]] = set()
    for key in list(book.number):
        if key.part not in SUMS:
            continue
        for place, (dimension, _) in enumerate(key.group):
            total = key._replace(group=key.group[:place] + key.group[place + 1 :])
            if (total, dimension) not in done:
                done.add((total, dimension))
                parts = [(each, 1.0) for each in siblings(total, dimension, groups)]
                book.add(f"{said(total)} = the sum by {dimension}", total, parts)


def _parts_and_windows(book: _Book, spans: Spans) -> None:
    for key in list(book.number):
        kind, years = spans.get(key.year, ("", []))
        if key.part == "k":
            parts = [(key._replace(part=part), 1.0) for part in ("k", "rest")]
            book.add(f"{said(key._replace(part='n'))} = k + rest", key._replace(part="n"), parts)
        if key.part in RATIOS and kind != "mean":
            base, product = key._replace(part="n"), key._replace(part=product_part(key))
            scale = 100.0 if key.part == "share" else 1.0
            book.products.append((book.number[key], book.number[base], book.number[product], scale))
        if key.part == "share" and kind != "mean":
            other, rest = key._replace(part=OTHER), key._replace(part="rest")
            book.products.append((book.number[other], book.number[base], book.number[rest], scale))
            book.add(f"{said(key)} and the share of the rest = 100", key, [(other, -1.0)], 100.0, 100.0)
        if years and (key.part in SUMS or kind == "mean"):
            added = [(key._replace(year=year), weight) for year, weight in years]
            book.add(f"{said(key)} = its {len(years)} years, {kind}", key, added)


def _revisions(book: _Book, rows: pd.DataFrame, releases: list[str], more: float) -> None:
    """A count or sum differs between two releases of a revised indicator by no more than one that both of them show."""
    values = _shown(book, rows)
    pairs = [(key, other) for key in book.number if key.release and key.part in SUMS
             for other in _later(book, key, releases)]  # fmt: skip
    largest: dict[tuple[str, ...], float] = {}
    for key, other in pairs:
        if key in values and other in values:
            moved = max(values[key][1] - values[other][0], values[other][1] - values[key][0])
            place = (key.indicator, key.year, key.part, key.release, other.release)
            largest[place] = max(largest.get(place, 0.0), moved)
    top: dict[str, float] = {}
    for key, (_, high) in values.items():
        if key.part == "mean":
            top[key.indicator] = max(top.get(key.indicator, 0.0), high)
    for key, other in pairs:
        most = largest.get((key.indicator, key.year, key.part, key.release, other.release), 0.0)
        most += more * (top.get(key.indicator, 0.0) if key.part == "sum" else 1.0)
        book.add(f"{said(key)}: {key.release} and {other.release} differ by at most {most:g}", key, [(other, 1.0)],
                 -most, most)  # fmt: skip


def _shown(book: _Book, rows: pd.DataFrame) -> dict[Key, tuple[float, float]]:
    """The least and the most each figure can be that was released, and each count and sum that a ratio of it gives."""
    given = rows[rows["value"].notna()]
    values: dict[Key, tuple[float, float]] = {}
    for key, low, high in given[["key", "low", "high"]].itertuples(index=False):
        least, most = values.get(key, (low, high))
        values[key] = (max(low, least), min(high, most))
    for key, (low, high) in list(values.items()):
        base, product = key._replace(part="n"), key._replace(part=product_part(key)) if key.part in RATIOS else key
        if key.part not in RATIOS or base not in values or product not in book.number:
            continue
        scale = 100.0 if key.part == "share" else 1.0
        ends = (low * values[base][0] / scale, high * values[base][1] / scale)
        values.setdefault(product, ends)
        if key.part == "share":
            rest = key._replace(part="rest")
            values.setdefault(rest, (values[base][0] - ends[1], values[base][1] - ends[0]))
    return values


def _later(book: _Book, key: Key, releases: list[str]) -> list[Key]:
    """The same figure in the next release that has it."""
    others = (key._replace(release=each) for each in releases[releases.index(key.release) + 1 :])
    return [other for other in others if other in book.number][:1]


def _written(book: _Book, rows: pd.DataFrame, fractional: set[str], loose: frozenset[str]) -> System:
    """The figures with their bounds, and the sums as a matrix."""
    count = len(book.number)
    numbers = rows["key"].map(book.number).to_numpy(np.int64)
    low, high = np.zeros(count), np.full(count, np.inf)
    keys = list(book.number)
    high[[key.part in ("share", OTHER) for key in keys]] = 100.0
    np.maximum.at(low, numbers, rows["low"].to_numpy(float))
    np.minimum.at(high, numbers, rows["high"].to_numpy(float))
    hidden, is_open = np.ones(count, bool), np.zeros(count, bool)
    given = rows["value"].notna().to_numpy()
    hidden[numbers[given]] = False
    hidden[[key.part == OTHER for key in keys]] = False
    is_open[numbers[given & rows["is_open"].to_numpy(bool)]] = True
    cells = pd.DataFrame(keys, columns=Key._fields)
    cells["group_dimension"] = [CROSS.join(dimension for dimension, _ in group) or ALL for group in cells["group"]]
    cells["group"] = [CROSS.join(name for _, name in group) or ALL for group in cells["group"]]
    cells["is_listed"] = np.isin(np.arange(count), numbers)
    row, column, weight = (np.array(each) for each in zip(*book.terms, strict=True)) if book.terms else ([], [], [])
    limits = np.array(book.limits, float).reshape(-1, 2)
    products = np.array([each[:3] for each in book.products], np.int64).reshape(-1, 3)
    scales = np.array([each[3] for each in book.products], float)
    whole = cells["part"].isin(COUNTS) & ~cells["year"].isin(fractional)
    whole &= ~cells["unit_id"].isin(loose) | (cells["part"] == "n")
    cells = cells.assign(low=low, high=high, is_integer=whole, is_hidden=hidden, is_open=is_open)
    matrix = csr_array((weight, (row, column)), shape=(len(book.names), count))
    return System(cells, matrix, limits[:, 0], limits[:, 1], tuple(book.names), products, scales)
