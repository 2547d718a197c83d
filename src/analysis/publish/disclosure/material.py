"""What a decision rests on: the true figures of each indicator and year, and everything that adds up in them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.catalogue.disclosure import has_parts
from analysis.model import ALL, BOYS, GIRLS, Status
from analysis.publish.disclosure.cells import Cells, Link
from analysis.publish.disclosure.table import Whole
from analysis.store import Snapshot
from analysis.store.private import OWN, WHOLE, read_private, read_succession
from analysis.store.rollup import SHORT_OF_ALL, UPPER
from analysis.store.sources.places import LOCAL_FOLDER, OWN_FOLDER, OWN_FOLDERS

SHOWN = (Status.GIVEN.value, Status.ROUNDED.value)
LIFTED, OPEN = "lifted", "open"
"""in the column ``source``: lifted from schools, or published openly by an authority"""
GROUPS = (ALL, GIRLS, BOYS)
"""the groups whose figures stand in rows; those of background are decided about in `backgrounds`"""
FIELDS = ["unit_id", "group", "part", "source", "n", "k", "members", "is_published", "is_open"]
Place = tuple[str, str, str, str]
"""unit, group, part and source of a node"""


def _shared(texts: pd.Series[str]) -> pd.Series[str]:
    """The same texts as Python's own, each held once: they are read again and again, in small pieces."""
    codes, names = pd.factorize(texts)
    return pd.Series(names.to_numpy(dtype=object)[codes], texts.index, dtype=object)


class Material:
    """The private rows, the figures as collected, and the units of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.units = snapshot.units()
        self.parents = {str(unit): str(parent) for unit, parent in self.units["parent_id"].items()}
        self.private = read_private(snapshot.path)
        merged = read_succession(snapshot.path)
        self.merged = frozenset(merged["unit_id"])
        self.taken_over = {str(new): tuple(old) for new, old in merged.groupby("successor_id")["unit_id"]}
        found = snapshot.query(
            'SELECT indicator, unit_id, level, year, "group", value, status, n, source, origin FROM observations'
        )
        texts = ["unit_id", "level", "group", "status", "source", "origin"]
        self.observed = found.assign(**{name: _shared(found[name]) for name in texts})
        self._private = dict(iter(self.private.groupby(["indicator", "year"])))
        named = self.observed["indicator"].isin(self.private["indicator"].unique())
        self._observed = dict(iter(self.observed[named].groupby(["indicator", "year"])))

    @cached_property
    def closed(self) -> pd.DataFrame:
        """The collected rows that rest on closed figures, wholly or in part: those a decision is about."""
        rows, own = self.observed, self.observed["source"].isin(OWN_FOLDERS)
        key = ["indicator", "year", "group"]
        schools = pd.MultiIndex.from_frame(rows.loc[own & (rows["level"] == "school"), key].drop_duplicates())
        mixed = (rows["origin"] == "computed") & pd.MultiIndex.from_frame(rows[key]).isin(schools)
        return rows[own | mixed]

    def places(self, units: pd.Series[str], column: str) -> Whole:
        """The school or municipality of each unit, numbered from 0; −1 for units that lie in none."""
        above = units.map(self.units[column].replace("", None))
        return np.asarray(pd.factorize(above)[0], dtype=np.int64)

    def sheets(self) -> list[tuple[str, int]]:
        """The indicators and years with closed figures."""
        return sorted((str(name), int(str(year))) for name, year in self._private)

    def private_rows(self, name: str, year: int) -> pd.DataFrame:
        """The private rows of one indicator and year, those of groups by background too."""
        return self._private[name, year]

    def cells(self, name: str, year: int) -> Cells:
        """The true numbers of one indicator and year, with what adds up in them."""
        observed = self._observed.get((name, year), self.observed.head(0))
        own = _own_nodes(self._private[name, year], observed, name)
        published = _open_nodes(observed, name)
        nodes = pd.concat([own, published], ignore_index=True) if len(published) else own.reset_index(drop=True)
        places: dict[Place, int] = {
            (str(each[0]), str(each[1]), str(each[2]), str(each[3])): place
            for place, each in enumerate(nodes[["unit_id", "group", "part", "source"]].itertuples(index=False))
        }
        lifted = self._lifted(observed, places, name)
        more: list[Link] = []
        if len(lifted):
            parts = [list(each) for each in lifted.pop("parts")]
            lifted["n"] = [nodes["n"].to_numpy()[each].sum() for each in parts]
            lifted["k"] = [nodes["k"].to_numpy()[each].sum() for each in parts]
            more = [(len(nodes) + place, tuple(each)) for place, each in enumerate(parts)]
            nodes = pd.concat([nodes, lifted[FIELDS]], ignore_index=True)
        links = [*_group_links(places), *self._unit_links(places), *self._succession_links(places), *more]
        return Cells(name, year, _with_open(nodes).assign(is_known=False), tuple(links))

    def _alone(self, places: dict[Place, int], unit: str, group: str) -> int | None:
        """The node of a unit's own pupils, without those of units merged into it."""
        part = OWN if unit in self.taken_over else WHOLE
        return places.get((unit, group, part, LOCAL_FOLDER))

    def _unit_links(self, places: dict[Place, int]) -> Iterable[Link]:
        """A unit's own pupils are those of the units directly below it."""
        below: dict[tuple[str, str, str], list[int]] = {}
        for (unit, group, part, source), place in places.items():
            is_alone = source == OWN_FOLDER or place == self._alone(places, unit, group)
            if is_alone and source in OWN_FOLDERS and part in (OWN, WHOLE):
                below.setdefault((self.parents.get(unit, ""), group, source), []).append(place)
        for (unit, group, source), parts in below.items():
            total = self._alone(places, unit, group)
            if source == OWN_FOLDER:
                total = places.get((unit, group, WHOLE, source))
            if total is not None:
                yield total, tuple(parts)

    def _succession_links(self, places: dict[Place, int]) -> Iterable[Link]:
        """A unit that others were merged into is shown with their pupils."""
        for (unit, group, part, source), place in places.items():
            if unit in self.taken_over and part == WHOLE and source == LOCAL_FOLDER:
                found = [self._alone(places, each, group) for each in (unit, *self.taken_over[unit])]
                parts = tuple(each for each in found if each is not None)
                if parts:
                    yield place, parts

    def _lifted(self, observed: pd.DataFrame, places: dict[Place, int], name: str) -> pd.DataFrame:
        """The rows lifted from schools, each with the nodes of the schools behind it (``parts``)."""
        computed = observed["origin"] == "computed"
        upper = observed[computed & observed["level"].isin(UPPER) & ~_is_local(observed)]
        upper = upper[upper["status"].isin(SHOWN)]
        if upper.empty:
            return upper
        official = observed["origin"] == "official"
        schools = observed[(observed["level"] == "school") & observed["status"].isin(SHOWN) & (observed["n"] > 0)]
        elsewhere = pd.MultiIndex.from_frame(observed.loc[official, ["unit_id", "group"]])
        from_pupils = (schools["origin"] == "computed") & ~schools["unit_id"].isin(self.merged)
        from_pupils &= ~pd.MultiIndex.from_frame(schools[["unit_id", "group"]]).isin(elsewhere)
        schools = schools[(schools["origin"] == "official") | from_pupils]
        sources = schools["source"].where(schools["source"].isin(OWN_FOLDERS), OPEN)
        nodes = [
            places[str(unit), str(group), WHOLE, str(source)]
            for unit, group, source in zip(schools["unit_id"], schools["group"], sources, strict=True)
        ]
        above = schools[["unit_id", "group"]].join(self.units[list(UPPER.values())], on="unit_id").assign(node=nodes)
        parts = [above.rename(columns={column: "upper"})[["upper", "group", "node"]] for column in UPPER.values()]
        behind = pd.concat(parts).groupby(["upper", "group"])["node"].agg(list)
        wanted = pd.MultiIndex.from_frame(upper[["unit_id", "group"]])
        found = upper.assign(parts=behind.reindex(wanted).to_numpy(), part=WHOLE, source=LIFTED, members=np.uint64(0))
        found = found.assign(is_published=True, is_open=False)
        return found[found["parts"].notna()].reset_index(drop=True)


def _own_nodes(rows: pd.DataFrame, observed: pd.DataFrame, name: str) -> pd.DataFrame:
    """The closed rows; published where the collected figures give them."""
    rows = rows[rows["n"].notna() & rows["group"].isin(GROUPS)]
    key = ["unit_id", "group", "source"]
    own = observed[observed["source"].isin(OWN_FOLDERS) & observed["status"].isin(SHOWN)]
    shown = pd.MultiIndex.from_frame(own.loc[(own["origin"] == "official") | _is_local(own), key])
    rounded = (rows["status"] == Status.ROUNDED).to_numpy()
    k = rows["numerator"].round().where(~rounded, rows["n"] - SHORT_OF_ALL) if has_parts(name) else np.nan
    is_shown = pd.MultiIndex.from_frame(rows[key]).isin(shown)
    is_published = (rows["part"] == WHOLE) & is_shown
    return rows.assign(k=k, is_published=is_published, is_open=False)[FIELDS]


def _is_local(rows: pd.DataFrame) -> pd.Series[bool]:
    return (rows["source"] == LOCAL_FOLDER) & (rows["origin"] == "computed")


def _open_nodes(observed: pd.DataFrame, name: str) -> pd.DataFrame:
    """The figures an authority has published openly."""
    official = (observed["origin"] == "official") & ~observed["source"].isin(OWN_FOLDERS)
    rows = observed[official & observed["status"].isin(SHOWN) & (observed["n"] > 0)]
    k = (rows["n"] * rows["value"] / 100).round() if has_parts(name) else np.nan
    rounded = (rows["status"] == Status.ROUNDED).to_numpy()
    k = k.where(~rounded, rows["n"] - SHORT_OF_ALL) if isinstance(k, pd.Series) else k
    found = rows.assign(k=k, part=WHOLE, source=OPEN, members=np.uint64(0), is_published=True, is_open=True)
    return found[FIELDS]


def _with_open(nodes: pd.DataFrame) -> pd.DataFrame:
    """The nodes; a closed one that an open figure of the same unit and group equals is open too."""
    known = nodes[nodes["is_open"]].set_index(["unit_id", "group"])[["n", "k"]]
    if known.empty:
        return nodes
    beside = known.reindex(pd.MultiIndex.from_frame(nodes[["unit_id", "group"]]))
    same = np.isclose(beside["n"], nodes["n"]) & np.isclose(beside["k"], nodes["k"], atol=0.5, equal_nan=True)
    return nodes.assign(is_open=nodes["is_open"] | (same & (nodes["part"] == WHOLE).to_numpy()))


def _group_links(places: dict[Place, int]) -> Iterable[Link]:
    """All pupils are the girls and the boys."""
    for (unit, group, part, source), place in places.items():
        if group == ALL:
            found = [places.get((unit, each, part, source)) for each in (GIRLS, BOYS)]
            parts = tuple(each for each in found if each is not None)
            if parts:
                yield place, parts
