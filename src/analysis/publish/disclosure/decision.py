"""What may be seen, for whom: decided once for a whole snapshot, and the same for every page."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.catalogue import limit
from analysis.catalogue.disclosure import disclosure_hash
from analysis.model import ALL, Status
from analysis.model.observations import HIDDEN_COLUMNS
from analysis.publish.disclosure.deciding import BELOW, KEY, Apart, Bare, Key, decided
from analysis.publish.disclosure.ledger import Ledger
from analysis.publish.disclosure.material import SHOWN, Material
from analysis.store import Snapshot
from analysis.store.sources.places import OWN_FOLDERS

VERSION = 7
"""raised when the same figures and limits are decided about in another way"""
FOLDER = "decisions"
SAID = 5
"""so many groups that are known already, and totals that are no sums, are named when pages are made"""


@dataclass(frozen=True)
class Decision:
    """Which closed figures one audience may see, of all figures of a snapshot.

    ``rows`` has indicator, unit_id, group, year and ``given``. A row that is not given is withheld whole: value,
    number of pupils, standard error and mark. A figure that is in no row was published by an authority and stays as
    it is. ``bare`` names the small groups that open figures and earlier releases confine by themselves, ``apart`` the
    totals that their parts, as they are written, do not add up to.
    """

    audience: str
    release: str
    rows: pd.DataFrame = field(hash=False, compare=False)
    bare: tuple[Bare, ...] = ()
    apart: tuple[Apart, ...] = ()

    @classmethod
    def of_nothing(cls, audience: str) -> Decision:
        """The decision where nothing is closed: no row, and no release to remember."""
        return cls(audience, "", pd.DataFrame(columns=[*KEY, "given"]))

    @cached_property
    def hash(self) -> str:
        """The same when, and only when, the same figures are withheld."""
        text = self.rows.sort_values(KEY).to_csv(index=False)
        return sha256(f"{self.audience}\n{text}".encode()).hexdigest() if len(self.rows) else ""

    @cached_property
    def _of_indicator(self) -> dict[str, pd.DataFrame]:
        return {str(name): rows for name, rows in self.rows.groupby("indicator")}

    @property
    def bare_said(self) -> list[str]:
        """What open figures and earlier releases tell of small groups whatever is withheld, in a few lines."""
        if not self.bare:
            return []
        closest: dict[tuple[str, int, str, str], float] = {}
        for name, year, unit, group, room in self.bare:
            closest[name, year, unit, group] = min(room, closest.get((name, year, unit, group), room))
        lines = [
            f"{len(closest)} small groups are known more closely than the limit from open figures or earlier releases "
            "alone; what is shown now adds nothing"
        ]
        listed = sorted(closest.items(), key=lambda each: (each[1], each[0]))
        lines += [
            f"  {unit}, {group}, {year}/{(year + 1) % 100:02d}, {name}: within {room:g}"
            for (name, year, unit, group), room in listed[:SAID]
        ]
        return lines + ([f"  and {len(listed) - SAID} more"] if len(listed) > SAID else [])

    @property
    def apart_said(self) -> list[str]:
        """The totals that were not reckoned with as sums, in a few lines: what they hide or give is not looked into."""
        if not self.apart:
            return []
        lines = [f"{len(self.apart)} totals do not agree with their parts as they are written and are no sums here"]
        lines += [
            f"  {unit}, {group}, {year}/{(year + 1) % 100:02d}, {name}" for name, year, unit, group in self.apart[:SAID]
        ]
        return lines + ([f"  and {len(self.apart) - SAID} more"] if len(self.apart) > SAID else [])

    def of(self, indicator: str) -> pd.DataFrame:
        """The rows about one indicator."""
        return self._of_indicator.get(indicator, self.rows.head(0))

    def hidden(self, indicator: str) -> pd.DataFrame:
        """The units, groups and years that are withheld, with `HIDDEN_COLUMNS`."""
        rows = self.of(indicator)
        return rows.loc[~rows["given"].astype(bool), list(HIDDEN_COLUMNS)].reset_index(drop=True)

    def applied(self, indicator: str, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of an indicator, those that are not given withheld whole; everything else untouched.

        A row loses value, mark, number, standard error and coverage. What is said of a figure that is not there
        (missing, not yet) stays where no pupil stands behind it; what an authority has published openly stays whole.
        """
        hidden = self.hidden(indicator)
        if hidden.empty or rows.empty:
            return rows
        keys = pd.MultiIndex.from_frame(hidden[["unit_id", "group", "year"]])
        gone = pd.MultiIndex.from_frame(rows[["unit_id", "group", "year"]]).isin(keys)
        gone &= ~((rows["origin"] == "official") & ~rows["source"].isin(OWN_FOLDERS)).to_numpy()
        kept_back = rows.copy()
        kept_back.loc[gone, ["value", "n", "se", "coverage"]] = float("nan")
        shown = gone & (rows["status"].isin(SHOWN) | (rows["n"] > 0)).to_numpy()
        kept_back.loc[shown, "mark"] = ""
        kept_back.loc[shown, "status"] = Status.WITHHELD.value
        return kept_back

    def without_hidden(
        self, frame: pd.DataFrame, indicator: str, columns: list[str], *, later: int = 0
    ) -> pd.DataFrame:
        """A frame of units and years without the figures of all pupils that are withheld of an indicator.

        `later` is how many years after its own a figure stands in the frame.
        """
        hidden = self.hidden(indicator)
        hidden = hidden[hidden["group"] == ALL]
        if hidden.empty:
            return frame
        gone = pd.MultiIndex.from_arrays([hidden["unit_id"], hidden["year"] + later])
        found = frame.copy()
        found.loc[pd.MultiIndex.from_frame(frame[["unit_id", "year"]]).isin(gone), columns] = float("nan")
        return found

    def joined(self, nearer: Decision, units: frozenset[str]) -> Decision:
        """This decision, and of `units` what the readers of `nearer` may see."""
        mine = self.rows[~self.rows["unit_id"].isin(units)]
        theirs = nearer.rows[nearer.rows["unit_id"].isin(units)]
        rows = pd.concat([mine, theirs], ignore_index=True)
        return Decision(nearer.audience, nearer.release, rows, nearer.bare, nearer.apart)


def decide(snapshot: Snapshot, audience: str) -> Decision:
    """What the readers of `audience` may see of a snapshot; worked out once, and then read from beside it.

    Closed figures (one's own files and pupils) are decided about by the limits of the catalogue and protected
    together with everything the readers know: the open figures, what was released to them or to everybody before,
    and, for other audiences than the public, what the public may see. The same snapshot, limits and record of
    releases give the same decision. The release that this decision itself was written down as is left out of what is
    known as long as it is the newest: afterwards others rest on it, and what it showed stays known.
    """
    limit(audience, "results")
    parts = [snapshot.public_name, audience, disclosure_hash(), str(VERSION)]
    release = sha256("\n".join(parts).encode()).hexdigest()[:16]
    ledger = Ledger.of(snapshot.path)
    public = None if audience == "public" else decide(snapshot, "public")
    own = release if ledger.newest(audience) == release else ""
    parts += [ledger.hash(audience, but=own), "" if public is None else public.hash]
    key = sha256("\n".join(parts).encode()).hexdigest()
    file = snapshot.path.parent / FOLDER / f"{snapshot.hash[:12]}-{audience}-{key[:12]}.parquet"
    if not file.is_file():
        _write(file, _decided(snapshot, audience, public, ledger.known(audience, but=own)))
    rows = pd.read_parquet(file)
    told = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    return Decision(
        audience,
        release,
        rows,
        tuple((str(a), int(b), str(c), str(d), float(e)) for a, b, c, d, e in told["bare"]),
        tuple((str(a), int(b), str(c), str(d)) for a, b, c, d in told["apart"]),
    )


def within(units: pd.DataFrame, school: str) -> frozenset[str]:
    """A school with its teams and classes: the units it sees more of than everybody."""
    return frozenset(units.index[(units["school_id"] == school) & units["level"].isin(BELOW)])


def _decided(
    snapshot: Snapshot, audience: str, public: Decision | None, released: pd.DataFrame
) -> tuple[pd.DataFrame, list[Bare], list[Apart]]:
    material = Material(snapshot)
    same, changed = _as_now(released, material.observed)
    known = [same]
    if public is not None:
        known.append(public.rows.loc[public.rows["given"].astype(bool), KEY])
    rows, bare, apart = decided(material, audience, _by_year(pd.concat(known, ignore_index=True)), _by_year(changed))
    if public is not None:
        seen = pd.MultiIndex.from_frame(known[1])
        rows["given"] |= pd.MultiIndex.from_frame(rows[KEY]).isin(seen)
    return rows.sort_values(KEY, ignore_index=True), bare, apart


def _by_year(keys: pd.DataFrame) -> dict[int, dict[str, frozenset[Key]]]:
    """The units and groups of each indicator, by year."""
    found: dict[int, dict[str, frozenset[Key]]] = {}
    for (name, year), each in keys.groupby(["indicator", "year"]):
        found.setdefault(int(str(year)), {})[str(name)] = frozenset(zip(each["unit_id"], each["group"], strict=True))
    return found


def _as_now(released: pd.DataFrame, observed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The figures that were released as they are now, and those of which readers know only what they no longer are."""
    numbers = ["value", "n"]
    both = released[[*KEY, *numbers]].merge(observed[[*KEY, *numbers]], on=KEY, suffixes=("", "_now"))
    same = np.ones(len(both), dtype=bool)
    for name in numbers:
        then, now = (both[each].to_numpy(dtype=float, na_value=np.nan) for each in (name, f"{name}_now"))
        same &= np.isclose(then, now, equal_nan=True)
    return both.loc[same, KEY].drop_duplicates(), both.loc[~same, KEY].drop_duplicates()


def _write(file: Path, found: tuple[pd.DataFrame, list[Bare], list[Apart]]) -> None:
    """Beside the snapshots, for nobody else to read: whole, or not there."""
    rows, bare, apart = found
    told = {"bare": bare, "apart": apart}
    file.parent.mkdir(mode=0o700, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}.part")
    for name, write in (
        (file.with_suffix(".json"), lambda: beside.write_text(json.dumps(told), encoding="utf-8")),
        (file, lambda: rows.to_parquet(beside)),
    ):
        beside.touch(mode=0o600)
        write()
        beside.replace(name)
