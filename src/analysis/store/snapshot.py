"""The collected figures as they stand at one time: read only, never changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analysis.catalogue import indicator, indicators
from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError
from analysis.model import Indicator, Status
from analysis.store.query import query
from analysis.store.sealing import sealed

if TYPE_CHECKING:
    import pandas as pd

    from analysis.model.observations import Observations

CURRENT = "current"
CONTEXT = (
    "parents_education", "foreign_background", "girls", "pupils_grade_1_9", "parents_education_index", "newly_arrived",
    "background_known", "salsa_merit_calculated", "salsa_merit_deviation",
)  # fmt: skip
"""the indicators that describe who the pupils are"""


@dataclass(frozen=True)
class Snapshot:
    """A folder of collected figures, named by date and hash.

    The same files, catalogue and readers give the same ``hash``, whoever collects and whenever.
    """

    path: Path
    hash: str
    date: str
    is_made_up: bool = False
    """whether everything in it is made up, as the workspace's settings say"""
    is_protected: bool = True
    """whether what small groups could be worked out from is kept back: False only where all is made up"""

    @classmethod
    def read(cls, path: Path) -> Snapshot:
        """The snapshot in this folder."""
        written = json.loads((path / "snapshot.json").read_text(encoding="utf-8"))
        is_made_up = bool(written.get("synthetic", False))
        is_protected = not is_made_up or bool(written.get("protected", True))
        return cls(path, str(written["hash"]), str(written["date"]), is_made_up, is_protected)

    @cached_property
    def public_name(self) -> str:
        """What pages, manifests and folders call it: its hash, or where it holds closed figures, the sealed hash."""
        from analysis.store.private import TABLE

        is_closed = self.is_protected and (self.path / f"{TABLE}.parquet").is_file()
        return sealed(self.hash, self.path.parent.parent) if is_closed else self.hash

    def units(self) -> pd.DataFrame:
        """Every unit, indexed by ``unit_id``: level, name, country, code and the units it belongs to."""
        return _units(self.path).copy(deep=False)

    def observations(self, indicator_id: str) -> Observations:
        """All rows of one indicator, one origin per unit and group, with who the pupils are.

        A unit's official series is used when it has a figure for at least as many years as the one
        computed from its schools; the two are never mixed within a series. Where the snapshot holds pupils,
        ``pupils`` has one row for each of the indicator's grades, and ``targets`` the targets set for it.
        """
        from analysis.model.observations import Observations
        from analysis.store import own

        measure = indicator(indicator_id)
        rows = one_origin(_rows(self.path, indicator_id))
        return Observations(
            measure,
            rows,
            self.units(),
            self._context(measure),
            own.pupils(self.path, indicator_id),
            own.targets(self.path, indicator_id),
        )

    def commitments(self) -> pd.DataFrame:
        """What the units have committed themselves to, as commitments.csv has it; no rows where there is none."""
        from analysis.store import own

        return own.plan(self.path, "commitments")

    def accounts(self) -> pd.DataFrame:
        """What the units have answered to the questions put to them; no rows where there is nothing."""
        from analysis.store import own

        return own.plan(self.path, "accounts")

    def interventions(self) -> pd.DataFrame:
        """Which units have taken up which intervention, and when; no rows where there is none."""
        from analysis.store import own

        return own.plan(self.path, "interventions")

    def hidden(self) -> pd.DataFrame:
        """How many published cells have no number, by indicator, level, year and status."""
        return self.query(
            "SELECT indicator, level, year, status, count(*) AS cells FROM observations"
            " WHERE status <> 'given' AND origin = 'official' GROUP BY ALL ORDER BY ALL"
        )

    def query(self, sql: str, parameters: dict[str, Any] | None = None) -> pd.DataFrame:
        """The answer to a question in SQL; the tables are observations, units and reconciliation."""
        return query(self.path, sql, parameters)

    def reconciliation(self) -> pd.DataFrame:
        """Official figures beside computed ones, where a unit has both."""
        return self.query("SELECT * FROM reconciliation")

    def notes(self) -> list[dict[str, Any]]:
        """Everything skipped, normalised, carried or left outside, counted by kind and file."""
        return cast("list[dict[str, Any]]", json.loads((self.path / "notes.json").read_text(encoding="utf-8")))

    def files(self) -> list[dict[str, Any]]:
        """The files the figures come from, each with its source, size and SHA-256."""
        written = json.loads((self.path / "snapshot.json").read_text(encoding="utf-8"))
        return cast("list[dict[str, Any]]", written["files"])

    def _context(self, measure: Indicator) -> pd.DataFrame:
        """Who the pupils are, and the same test's figure the year before (``prior_value``) where there is one."""
        context = _context(self.path, measure.country).copy(deep=False)
        if measure.prior_years != 1 or len(measure.prior) != 1:
            return context
        earlier = one_origin(_rows(self.path, measure.prior[0]))
        earlier = earlier[(earlier["group"] == "all") & (earlier["status"] == Status.GIVEN)]
        earlier = earlier.assign(year=earlier["year"] + 1)[["unit_id", "year", "value", "n"]]
        named = earlier.rename(columns={"value": "prior_value", "n": "prior_n"})
        return context.merge(named, on=["unit_id", "year"], how="outer")


def current(workspace: Workspace) -> Snapshot:
    """The snapshot the workspace uses now; a UsageError when nothing has been collected."""
    pointer = workspace.store / CURRENT
    mend = "\n  mend:  collect the figures first: arshjul collect"
    if not pointer.is_file():
        raise UsageError(f"no figures have been collected in {workspace.root}{mend}")
    path = workspace.store / pointer.read_text(encoding="utf-8").strip()
    if not (path / "snapshot.json").is_file():
        raise UsageError(f"{pointer} names the snapshot {path.name!r}, which is not there{mend}")
    return Snapshot.read(path)


def one_origin(rows: pd.DataFrame) -> pd.DataFrame:
    """One series per unit and group: the official one, unless the computed one has more years given."""
    from analysis.model.observations import ROW_COLUMNS

    if rows.empty:
        return rows[list(ROW_COLUMNS)]
    given = (rows["status"] == Status.GIVEN).astype(int)
    keys = ["unit_id", "group"]
    counted = rows.assign(given=given).groupby([*keys, "origin"])["given"].sum().unstack("origin")
    counted = counted.reindex(columns=["official", "computed"])
    official = counted["official"].notna() & ~(counted["computed"] > counted["official"])
    chosen = official.map({True: "official", False: "computed"}).rename("chosen")
    kept = rows[rows["origin"] == rows.join(chosen, on=keys)["chosen"]]
    return kept[list(ROW_COLUMNS)].sort_values(["unit_id", "group", "year"], ignore_index=True)


@lru_cache(maxsize=4)
def _units(path: Path) -> pd.DataFrame:
    return query(path, "SELECT * FROM units").set_index("unit_id")


@lru_cache(maxsize=1)  # whoever keeps them keeps them as observations
def _rows(path: Path, indicator_id: str) -> pd.DataFrame:
    return query(path, "SELECT * FROM observations WHERE indicator = $indicator", {"indicator": indicator_id})


@lru_cache(maxsize=8)
def _context(path: Path, country: str) -> pd.DataFrame:
    import pandas as pd

    wide = pd.DataFrame({"unit_id": pd.Series(dtype="str"), "year": pd.Series(dtype="int64")})
    for name in CONTEXT:
        rows = one_origin(_rows(path, name)) if indicators()[name].country == country else _rows(path, name).head(0)
        given = rows[(rows["group"] == "all") & (rows["status"] == Status.GIVEN)]
        wide = wide.merge(given[["unit_id", "year", "value"]].rename(columns={"value": name}), how="outer")
    return wide.sort_values(["unit_id", "year"], ignore_index=True)
