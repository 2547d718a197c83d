"""The true figures of one's own pupils and schools, small ones too: from these it is decided what may be seen.

Nothing here is ever shown. Only `analysis.publish.disclosure` reads it, to work out which figures give a small group
away; the questions read `observations.parquet`, where small groups were withheld when the figures were collected.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.catalogue import indicators
from analysis.model import ALL, BOYS, GIRLS, Status
from analysis.store.local.measured import COUNTED, SOURCE, carried_cells, cells_of_background, cells_of_results
from analysis.store.local.pupils import KEY, PLACES, Pupils
from analysis.store.local.units import LocalUnits
from analysis.store.sources.places import OWN_FOLDERS

TABLE, SUCCESSION = "private", "succession"
COLUMNS = (
    "indicator", "unit_id", "level", "year", "group", "n", "numerator", "denominator", "value", "status", "source",
    "part", "members",
)  # fmt: skip
WHOLE, OWN = "whole", "own"
"""part: the figure of the unit as it is shown, or without the pupils of units merged into it, where there are any"""
UNKNOWN = "unknown"
DIMENSIONS = ("sex", "origin", "parents", "support")
"""the ways of dividing all pupils of a unit into groups; the pupils not known are a group of their own"""
LENGTHS = {1.0: "shorter_education", 2.0: "shorter_education", 3.0: "longer_education"}
UNIT_KEY = ["unit_id", "indicator", "year", "group"]


def private_tables(rows: pd.DataFrame, pupils: Pupils | None, local: LocalUnits) -> dict[str, pd.DataFrame]:
    """The tables private and succession; none when nothing of one's own is held.

    ``n`` counts the pupils behind a figure, ``numerator`` those of them it counts (percentages; as far as the figure
    is exact) and ``denominator`` repeats n. ``members`` is equal for two rows about the very same pupils of a year,
    0 where single pupils are not known. Groups: all, girls, boys and, of pupils, ``origin:…``, ``parents:…`` and
    ``support:…``. ``succession`` names the units each merged unit is carried on by.
    """
    parts = [_of_files(rows[rows["source"].isin(OWN_FOLDERS)])]
    if pupils is not None:
        parts += [of_pupils(pupils, local.carried_by)]
    found = pd.concat([each for each in parts if len(each)] or parts[:1], ignore_index=True)
    if found.empty:
        return {}
    carried = [(unit, each) for unit, line in local.carried_by.items() for each in line]
    order = ["indicator", "year", "unit_id", "group", "part", "source"]
    return {
        TABLE: found[list(COLUMNS)].sort_values(order, ignore_index=True),
        SUCCESSION: pd.DataFrame(carried, columns=["unit_id", "successor_id"], dtype="str"),
    }


def read_private(path: Path) -> pd.DataFrame:
    """The private rows of the snapshot in this folder; no rows where nothing of one's own is held."""
    file = path / f"{TABLE}.parquet"
    return pd.read_parquet(file) if file.is_file() else pd.DataFrame(columns=list(COLUMNS))


def read_succession(path: Path) -> pd.DataFrame:
    """Which units carry on the pupils of which merged units: ``unit_id`` and ``successor_id``."""
    file = path / f"{SUCCESSION}.parquet"
    return pd.read_parquet(file) if file.is_file() else pd.DataFrame(columns=["unit_id", "successor_id"], dtype="str")


def _of_files(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that stand in files of one's own figures, as they are written."""
    is_share = rows["indicator"].map({name: each.unit == "percent" for name, each in indicators().items()})
    numerator = (rows["n"] * rows["value"] / 100).where(is_share.astype(bool))
    found = rows.assign(numerator=numerator, denominator=rows["n"].where(is_share.astype(bool)), part=WHOLE)
    return found.assign(members=np.uint64(0))[list(COLUMNS)]


def of_pupils(pupils: Pupils, carried_by: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """The rows that are counted from pupils, at every level."""
    enrolments = pupils.enrolments.assign(
        member=pd.util.hash_pandas_object(pupils.enrolments[KEY].astype(str), index=False).to_numpy()
    )
    background = ["origin", "parents_education", "support", "member"]
    results = cells_of_results(pupils).merge(enrolments[[*KEY, *background]], on=KEY)
    everyone = cells_of_background(enrolments).merge(enrolments[[*KEY, "member"]], on=KEY)
    counted = _counted(enrolments)
    columns = [*KEY, *PLACES, "indicator", "value", "member", "group"]
    whole = [each.assign(group=ALL)[columns] for each in (results, everyone, counted)]
    cells = pd.concat([*whole, *(each[columns] for each in _groups(results))], ignore_index=True)
    parts = []
    for column in PLACES:
        here = cells.drop(columns=[each for each in PLACES if each != column]).rename(columns={column: "unit_id"})
        level = column.removesuffix("_id")
        parts.append(_counted_up(carried_cells(here, carried_by)).assign(level=level, part=WHOLE))
        into = {each for line in carried_by.values() for each in line}
        parts.append(_counted_up(here[here["unit_id"].isin(into)]).assign(level=level, part=OWN))
    found = pd.concat([each for each in parts if len(each)] or parts[:1], ignore_index=True)
    return found.assign(source=SOURCE, status=Status.GIVEN.value)[list(COLUMNS)]


def _counted(enrolments: pd.DataFrame) -> pd.DataFrame:
    mine = enrolments[enrolments["group_id"].str[:2] == "se"]
    parts = [mine[mine["grade"].between(*span)].assign(indicator=name, value=1.0) for name, span in COUNTED.items()]
    return pd.concat(parts, ignore_index=True)


def _groups(cells: pd.DataFrame) -> list[pd.DataFrame]:
    """The pupils again for each way of dividing them."""
    lengths = pd.to_numeric(cells["parents_education"]).map(LENGTHS).fillna(UNKNOWN)
    labels = {
        "sex": cells["sex"].map({"girl": GIRLS, "boy": BOYS}),
        "origin": "origin:" + cells["origin"].where(cells["origin"] != "", UNKNOWN),
        "parents": "parents:" + lengths.astype(str),
        "support": "support:" + cells["support"].map({True: "with_support", False: "without_support"}),
    }
    return [cells.assign(group=labels[dimension].astype(str)) for dimension in DIMENSIONS]


def _counted_up(cells: pd.DataFrame) -> pd.DataFrame:
    grouped = cells.groupby(UNIT_KEY, sort=True)
    found = grouped["value"].agg(["count", "sum", "mean"]).reset_index()
    members = grouped["member"].sum().to_numpy()
    kinds = {name: each.unit for name, each in indicators().items()}
    unit = found["indicator"].map(kinds)
    n, is_share = found["count"].astype("float64"), unit == "percent"
    value = found["mean"].where(unit != "count", n)
    return found[UNIT_KEY].assign(
        n=n, numerator=(found["sum"] / 100).where(is_share), denominator=n.where(is_share), value=value, members=members
    )
