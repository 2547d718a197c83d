"""The units the files speak of: what they are called and where they belong."""

from __future__ import annotations

import pandas as pd

from analysis.catalogue import Lineage
from analysis.model.observations import UNIT_COLUMNS
from analysis.store.succession import tidy_name

ABOVE = {"school": "municipality_id", "municipality": "region_id", "region": "nation_id"}
ORDER = ("nation", "region", "municipality", "area", "school", "team", "group")
"""the levels as the units are listed, highest first"""


def unit_ids(country: pd.Series[str], level: pd.Series[str] | str, code: pd.Series[str]) -> pd.Series[str]:
    """Ids as ``se:school:16762245``; empty where there is no code."""
    return (country + ":" + level + ":" + code).where(code != "", "")


def units_of(cells: pd.DataFrame, lineage: Lineage) -> pd.DataFrame:
    """Every unit once, indexed by ``unit_id``, as it was in the last year it has a row.

    A school belongs to the municipality, and a municipality to the county, of its latest row. The
    ``*_id`` of a unit's own level is its own id; those below, and those a country lacks, are empty.
    """
    latest = cells.sort_values(["year", "file", "row"], kind="stable")
    schools = _last(latest[latest["level"] == "school"], "code", "name")
    municipalities = _last(latest[latest["municipality_code"] != ""], "municipality_code", "municipality")
    regions = _last(latest[latest["county_code"] != ""], "county_code", "county")
    nations = _last(latest[latest["level"] == "nation"], "code", "name")
    named = [
        schools.assign(level="school"),
        municipalities.assign(level="municipality"),
        regions.assign(level="region", municipality_code=""),
        nations.assign(level="nation", municipality_code="", county_code=""),
    ]
    found = pd.concat(named, ignore_index=True)
    keys = zip(found["country"], found["code"], strict=True)
    counties = [lineage.counties.get(key, "") for key in keys]
    found["name"] = found["name"].where((found["level"] != "region") | (found["name"] != ""), counties).map(tidy_name)
    return _placed(found, dict(zip(nations["country"], nations["code"], strict=True)))


def _last(cells: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
    """One row per unit: where it stood last, and the last name it was given."""
    keys = ["country", code]
    places = cells.drop_duplicates(keys, keep="last")[[*dict.fromkeys([*keys, "municipality_code", "county_code"])]]
    names = cells[cells[name] != ""].drop_duplicates(keys, keep="last")[[*keys, name]]
    found = places.merge(names, on=keys, how="left").astype({name: "str"}).fillna({name: ""})
    if code != "code":
        found["code"] = found[code]
    return found.rename(columns={name: "name"})[["country", "code", "name", "municipality_code", "county_code"]]


def _placed(found: pd.DataFrame, nations: dict[str, str]) -> pd.DataFrame:
    nation = pd.Series([nations.get(country, "") for country in found["country"]], index=found.index, dtype="str")
    placed = pd.DataFrame(
        {
            "unit_id": unit_ids(found["country"], found["level"], found["code"]),
            "level": found["level"],
            "name": found["name"],
            "country": found["country"],
            "code": found["code"],
            **dict.fromkeys(("team_id", "area_id"), ""),
            "school_id": unit_ids(found["country"], "school", found["code"].where(found["level"] == "school", "")),
            "municipality_id": unit_ids(found["country"], "municipality", found["municipality_code"]),
            "region_id": unit_ids(found["country"], "region", found["county_code"]),
            "nation_id": unit_ids(found["country"], "nation", nation),
        }
    )
    # a school's county is its municipality's, whichever of its rows came last
    counties = placed[placed["level"] == "municipality"].set_index("unit_id")["region_id"]
    own = placed["municipality_id"].map(counties)
    placed["region_id"] = placed["region_id"].where(own.isna(), own)
    placed["parent_id"] = ""
    for level, column in ABOVE.items():
        here = placed["level"] == level
        placed.loc[here, "parent_id"] = placed.loc[here, column]
    return in_order(placed.set_index("unit_id"))


def in_order(units: pd.DataFrame) -> pd.DataFrame:
    """The units with `UNIT_COLUMNS`, from the nation downwards and by id."""
    place = {level: number for number, level in enumerate(ORDER)}
    found = units.sort_index().sort_values("level", key=lambda levels: levels.map(place), kind="stable")
    return found[list(UNIT_COLUMNS)].astype("str")
