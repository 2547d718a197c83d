"""The true figures behind a release: which of them are small, who is alone in a cell, and which sums hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis import catalogue
from analysis.catalogue.disclosure import has_parts
from analysis.model import ALL, BOYS, GIRLS, Status
from analysis.store import Snapshot
from analysis.store.private import WHOLE, read_private, read_succession
from analysis.store.rollup import UPPER
from analysis.store.sources.places import LOCAL_FOLDER, OWN_FOLDER, OWN_FOLDERS

PLACE = ["unit_id", "group"]
NOT_KNOWN = "unknown"
"""the pupils of a unit whose sex is not known, where there are any"""
DIMENSIONS = {GIRLS: "gender", BOYS: "gender", NOT_KNOWN: "gender"}
LIMIT_OFF = 2.5
"""a share given as a limit stands for one to four pupils short of all, and is lifted as two and a half"""
NO_ROWS = {"indicator": "str", "unit_id": "str", "year": "str", "group": "str", "n": "float64", "numerator": "float64"}


@dataclass(frozen=True)
class Truth:
    """The closed figures of a snapshot as they truly are, the authorities' own open ones, and the tree of units.

    ``closed`` and ``open`` have indicator, unit_id, group, year (as text), n, numerator; ``open`` value as well, NaN
    for a limit (``~100``); the numerator of a closed limit is n less `LIMIT_OFF`, and no whole number.
    ``parents`` maps units to the unit above, without merged units, whose pupils count where they are carried on.
    ``rough`` says, by indicator and year, of which units shares are counted as a file writes them, or lifted from
    such: what they count need not be whole, and what is lifted may be off by so many pupils, since a limit (``~100``)
    is lifted as a middle value. ``pupils`` numbers, by indicator and year, the very pupils behind what is counted from
    pupils, the same in every measure of a year that counts the same ones; only such measures are there. Read to know
    what to ask and which sums an attacker may rely on; an attack itself uses only what was released.
    """

    closed: pd.DataFrame
    open: pd.DataFrame
    parents: dict[str, str]
    rough: Mapping[tuple[str, str], Mapping[str, float]] = field(default_factory=dict)
    pupils: Mapping[tuple[str, str], dict[tuple[str, str], int]] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot) -> Truth:
        """The truth behind a snapshot."""
        rows = read_private(snapshot.path)
        rows = rows[rows["part"] == WHOLE].astype({"year": "str"})
        rows = rows.assign(numerator=rows["numerator"].round())  # of a file's rounded share
        is_limit = (rows["status"] == Status.ROUNDED).to_numpy()
        rows["numerator"] = rows["numerator"].where(~is_limit, rows["n"] - LIMIT_OFF)
        key = ["indicator", "unit_id", "group", "year"]
        rows = rows.sort_values([*key, "n"], kind="stable").drop_duplicates(key, keep="last")
        of_files = rows.loc[rows["source"] == OWN_FOLDER, ["indicator", "year", "unit_id", "status"]]
        observed = snapshot.query(
            'SELECT indicator, unit_id, level, "group", year, value, n, source, origin FROM observations'
            " WHERE status IN ($given, $rounded)",
            {"given": Status.GIVEN.value, "rounded": Status.ROUNDED.value},
        ).astype({"year": "str"})
        observed = observed[observed["indicator"].isin(set(rows["indicator"]))]
        lifted = _lifted(observed, set(rows["indicator"]))
        pupils = _pupils(rows, lifted)
        rows = pd.concat([lifted, rows[[*key, "n", "numerator"]]]).drop_duplicates(key, keep="first")
        published = observed[~observed["source"].isin(OWN_FOLDERS)]
        published = published[~pd.MultiIndex.from_frame(published[key]).isin(pd.MultiIndex.from_frame(lifted[key]))]
        merged = set(read_succession(snapshot.path)["unit_id"])
        above = snapshot.units()["parent_id"]
        parents = {
            str(unit): str(parent) for unit, parent in above.items() if isinstance(parent, str) and unit not in merged
        }
        published = published.drop_duplicates(key).reset_index(drop=True)
        limits = pd.concat([of_files[of_files["status"] == Status.ROUNDED], published[published["value"].isna()]])
        return cls(rows.reset_index(drop=True), published, parents, _rough(of_files, lifted, limits, parents), pupils)

    def blocks(self) -> list[tuple[str, str]]:
        """The indicators and years with closed figures about pupils."""
        found = self.closed[["indicator", "year"]].drop_duplicates().itertuples(index=False)
        return sorted((str(name), str(year)) for name, year in found if catalogue.kind_of(str(name)) is not None)

    @cached_property
    def _parts(self) -> tuple[dict[tuple[str, str], pd.DataFrame], dict[tuple[str, str], pd.DataFrame]]:
        closed = {(str(a), str(b)): rows for (a, b), rows in self.closed.groupby(["indicator", "year"])}
        return closed, {(str(a), str(b)): rows for (a, b), rows in self.open.groupby(["indicator", "year"])}

    def block(self, indicator: str, year: str, groups: frozenset[str]) -> Block:
        """The true figures of one indicator and year, of all pupils and of every group beside one that was released.

        A group that no page mentions is all less the others, and so are the pupils whose sex is not known.
        """
        closed, published = (parts.get((indicator, year)) for parts in self._parts)
        divided = {ALL, *map(dimension_of, groups)}
        mine = self.closed.head(0) if closed is None else closed
        mine = _with_unknown(mine[mine["group"].map(dimension_of).isin(divided)].set_index(PLACE))
        others = self.open.head(0) if published is None else published
        others = others[others["group"].map(dimension_of).isin(divided)].set_index(PLACE)
        rough = self.rough.get((indicator, year), {})
        return Block(indicator, year, mine, others[~others.index.isin(mine.index)], self.parents, rough)


def _lifted(observed: pd.DataFrame, closed: set[str]) -> pd.DataFrame:
    """What was lifted from schools of which some are closed: shown in place of what pupils of one's own sum to."""
    key = ["indicator", "year", "group"]
    own = observed[(observed["level"] == "school") & observed["source"].isin(OWN_FOLDERS)]
    mixed = pd.MultiIndex.from_frame(observed[key]).isin(pd.MultiIndex.from_frame(own[key].drop_duplicates()))
    is_lifted = (observed["origin"] == "computed") & (observed["source"] != LOCAL_FOLDER) & mixed
    found = observed[is_lifted & observed["level"].isin(UPPER) & observed["n"].notna()]
    shares = found["indicator"].isin([name for name in closed if catalogue.indicator(name).unit == "percent"])
    numerator = ((2 * found["n"] * found["value"] / 100).round() / 2).where(
        shares
    )  # of rounded shares; limits are halves
    return found.assign(numerator=numerator)[["indicator", "unit_id", "group", "year", "n", "numerator"]]


def _pupils(rows: pd.DataFrame, lifted: pd.DataFrame) -> dict[tuple[str, str], dict[tuple[str, str], int]]:
    """The number of the very pupils behind each unit and group, of measures that count the same ones everywhere.

    Measures of which one leaves pupils out anywhere, who took no test or of whose parents nothing is known, are not
    about the same: that they count as many in some school is chance, and nothing to rely on.
    """
    key = ["indicator", "unit_id", "group", "year"]
    found = rows[rows["members"] != 0]
    found = found[~pd.MultiIndex.from_frame(found[key]).isin(pd.MultiIndex.from_frame(lifted[key]))]
    alike: dict[tuple[str, int], list[tuple[str, pd.DataFrame]]] = {}
    for (year, name), mine in found.sort_values(key).groupby(["year", "indicator"]):
        counted = pd.util.hash_pandas_object(mine[["unit_id", "group", "members", "n"]], index=False)
        alike.setdefault((str(year), hash(counted.to_numpy().tobytes())), []).append((str(name), mine))
    return {
        (name, year): {
            (str(unit), str(group)): hash((counted, int(members)))
            for unit, group, members in mine[["unit_id", "group", "members"]].itertuples(index=False)
        }
        for (year, counted), measures in alike.items()
        if len(measures) > 1
        for name, mine in measures
    }


def _with_unknown(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, and for each school and unit below it the pupils who are neither among its girls nor among its boys.

    Not for the units above: what is lifted of all holds schools of which girls and boys are not shown.
    """
    wide = rows[["n", "numerator"]].unstack("group")
    if not {("n", each) for each in (ALL, GIRLS, BOYS)}.issubset(wide.columns):
        return rows
    rest = {name: wide[name, ALL] - wide[name, GIRLS] - wide[name, BOYS] for name in ("n", "numerator")}
    level = wide.index.str.split(":").str[1]
    found = pd.DataFrame(rest)[(rest["n"] > 0.5) & ~level.isin(list(UPPER))]
    found["numerator"] = found["numerator"].clip(0.0, found["n"])
    found.index = pd.MultiIndex.from_arrays([found.index, [NOT_KNOWN] * len(found)], names=PLACE)
    return pd.concat([rows, found]) if len(found) else rows


def _rough(
    of_files: pd.DataFrame, lifted: pd.DataFrame, limits: pd.DataFrame, parents: Mapping[str, str]
) -> dict[tuple[str, str], dict[str, float]]:
    """By how many pupils what is counted in a unit may differ from the sum of the units below it."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for frame in (of_files, lifted):
        for name, year, unit in frame[["indicator", "year", "unit_id"]].drop_duplicates().itertuples(index=False):
            found.setdefault((str(name), str(year)), {})[str(unit)] = 0.0
    for name, year, unit in limits[["indicator", "year", "unit_id"]].drop_duplicates().itertuples(index=False):
        mine, each = found.get((str(name), str(year)), {}), parents.get(str(unit))
        while each is not None:
            if each in mine:
                mine[each] += LIMIT_OFF
            each = parents.get(each)
    return found


@dataclass(frozen=True)
class Block:
    """The true figures of one indicator and year: ``closed`` and ``open`` indexed by unit and group."""

    indicator: str
    year: str
    closed: pd.DataFrame
    open: pd.DataFrame
    parents: dict[str, str]
    rough: Mapping[str, float] = field(default_factory=dict)

    def at_levels(self, levels: Collection[str]) -> Block:
        """The figures of units of these levels alone."""
        names = self.closed.index.get_level_values("unit_id").str.split(":").str[1]
        return replace(self, closed=self.closed[names.isin(list(levels))]) if len(self.closed) else self

    def small(self, audience: str) -> dict[tuple[str, str], frozenset[str]]:
        """Which parts (n, k, rest) of each unit and group are too small for these readers; those with none left out."""
        kind = catalogue.kind_of(self.indicator)
        if kind is None:
            return {}
        limit, is_share = catalogue.limit(audience, kind), has_parts(self.indicator)
        found = {}
        for place, n, k in self.closed[["n", "numerator"]].itertuples():
            few = 0 < n < limit.smallest_n
            parts = {"n"} if few else set()
            if is_share and k == k:
                cells = (k, n - k)
                few_of = any(0 < round(each, 6) < limit.smallest_cell for each in cells)
                if few or few_of or (limit.all_or_none and n > 0 and min(cells) < 1e-6):
                    parts |= {"k", "rest"}
            elif few:
                parts |= {"sum"}
            if parts:
                found[place] = frozenset(parts)
        return found

    def sums(self) -> tuple[dict[str, list[str]], list[str]]:
        """Which units add up to which, by their true numbers of pupils, and the parents that hold more than that.

        A sum that is not so (pupils counted twice, another definition) is nothing that an attacker can use.
        """
        n = pd.concat([self.closed["n"], self.open["n"]]).xs(ALL, level="group").dropna()
        children: dict[str, list[str]] = {}
        for unit in n.index:
            if self.parents.get(str(unit)) in n.index:
                children.setdefault(self.parents[str(unit)], []).append(str(unit))
        short = {parent: float(n[parent] - n[below].sum()) for parent, below in children.items()}
        tree = {parent: below for parent, below in children.items() if short[parent] > -0.5}
        return tree, [parent for parent in tree if short[parent] > 0.5]

    def same_as_above(self, rows: pd.DataFrame) -> set[tuple[str, str]]:
        """The units and groups with all the pupils of a released figure of the unit above: it is about them too."""
        places = zip(*(self.closed.index.get_level_values(name).astype(str) for name in PLACE), strict=True)
        n = dict(zip(places, self.closed["n"].astype(float), strict=True))
        given = set(rows.loc[rows["value"].notna(), ["unit_id", "group"]].itertuples(index=False, name=None))
        found: set[tuple[str, str]] = set()
        for (unit, group), number in n.items():
            above = (self.parents.get(unit, ""), group)
            if above in n and abs(n[above] - number) < 0.5 and (above in given or above in found):
                found.add((unit, group))
        return found

    def has_unknown(self, groups: frozenset[str]) -> list[str]:
        """The dimensions whose released groups do not hold all pupils somewhere: then there is one more group."""
        n = self.closed["n"]
        everyone = n.xs(ALL, level="group") if len(n) else n
        found = []
        for dimension in sorted({dimension_of(each) for each in groups} - {ALL}):
            mine = n[[dimension_of(str(group)) == dimension for _, group in n.index]]
            together = mine.groupby(level="unit_id").sum()
            if (np.abs(everyone.reindex(together.index) - together) > 0.5).any():
                found.append(dimension)
        return found


def dimension_of(group: str) -> str:
    """The way of dividing pupils that a group belongs to.

    >>> dimension_of("girls"), dimension_of("origin:domestic"), dimension_of("all")
    ('gender', 'origin', 'all')
    """
    return ALL if group == ALL else DIMENSIONS.get(group, group.partition(":")[0])
