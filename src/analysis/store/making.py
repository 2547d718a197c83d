"""The tables of a snapshot, made from every file's cells and one's own tables."""

from __future__ import annotations

import dataclasses

import pandas as pd

from analysis.catalogue import lineage
from analysis.catalogue.workspace import Workspace
from analysis.errors import InputRefused
from analysis.model.observations import ROW_COLUMNS
from analysis.store.checks import check, without_doubles
from analysis.store.local.layer import layer
from analysis.store.local.measured import measured
from analysis.store.local.plans import own_plans
from analysis.store.local.pupils import Pupils, own_pupils
from analysis.store.local.units import LocalUnits, local_units
from analysis.store.notes import Notes
from analysis.store.private import private_tables
from analysis.store.protection import protected
from analysis.store.reconciliation import reconciled
from analysis.store.rollup import UPPER, computed, with_pupils
from analysis.store.sources.places import OWN_FOLDER, OWN_FOLDERS
from analysis.store.succession import carried, with_codes
from analysis.store.units import unit_ids, units_of

SERIES = ["unit_id", "indicator", "group"]


def made(
    cells: pd.DataFrame, own: dict[str, pd.DataFrame], workspace: Workspace, notes: Notes
) -> dict[str, pd.DataFrame]:
    """The tables of a snapshot; `own` holds the tables of the folder local as they are written."""
    check(cells)
    cells = carried(with_codes(cells, lineage(), notes), lineage(), notes)
    local = local_units(units_of(cells[cells["source"] != OWN_FOLDER], lineage()), own.get("units"))
    cells = without_doubles(_with_new_codes(cells, local, notes), notes)
    rows = cells.assign(unit_id=unit_ids(cells["country"], cells["level"], cells["code"]))
    _check_units(rows, local.units)
    pupils, plans = own_pupils(own, local), own_plans(own, local)
    units = _in_scope(local.units, workspace)
    rows = _inside(rows, "unit_id", units, notes)
    numbered = with_pupils(rows)
    official = protected(numbered, OWN_FOLDERS, notes).assign(origin="official", coverage=1.0)
    whole = frozenset(country for country in ("se", "no") if not workspace.scope.get(country))
    if pupils is None:
        lifted = computed(official, units, notes, whole)
    else:
        enrolments = _inside(pupils.enrolments.assign(file=pupils.file), "group_id", units, notes)
        pupils = dataclasses.replace(pupils, enrolments=enrolments.drop(columns="file"))
        lifted = _measured_and_computed(official, pupils, local, units, notes, whole)
    columns = ["indicator", *ROW_COLUMNS, "file", "row"]
    order = ["indicator", "unit_id", "origin", "group", "year"]
    everything = pd.concat([official[columns], lifted[columns]], ignore_index=True)
    return {
        "observations": everything.sort_values(order, ignore_index=True),
        "units": units.reset_index(),
        "reconciliation": reconciled(official, lifted),
        **{
            name: _inside(plan.assign(file=f"local/{name}"), "unit_id", units, notes).drop(columns="file")
            for name, plan in plans.items()
        },
        **({} if pupils is None else layer(pupils, local)),
        **private_tables(numbered, pupils, local),
    }


def _measured_and_computed(
    official: pd.DataFrame, pupils: Pupils, local: LocalUnits, units: pd.DataFrame, notes: Notes, whole: frozenset[str]
) -> pd.DataFrame:
    """Every unit measured from its pupils, and the levels above lifted from schools where some have no pupils here.

    A series of an area, municipality, county or nation is measured from the pupils when no school below it has a
    figure from elsewhere; otherwise it is lifted from all its schools. A merged school counts in the school that
    carries it on, and only there.
    """
    own = protected(measured(pupils, local.carried_by), OWN_FOLDERS, notes)
    key = [*SERIES, "year"]
    elsewhere = pd.MultiIndex.from_frame(official[key])
    schools = own[(own["level"] == "school") & ~own["unit_id"].isin(local.carried_by)]
    schools = schools[~pd.MultiIndex.from_frame(schools[key]).isin(elsewhere)]
    lifted = computed(pd.concat([official, schools], ignore_index=True), units, notes, whole)
    published = official[official["level"] == "school"].join(units[list(UPPER.values())], on="unit_id")
    above = [published.assign(unit_id=published[column])[SERIES] for column in UPPER.values()]
    mixed = pd.MultiIndex.from_frame(pd.concat(above).drop_duplicates())
    from_pupils = own[~(own["level"].isin(UPPER) & pd.MultiIndex.from_frame(own[SERIES]).isin(mixed))]
    held = pd.MultiIndex.from_frame(from_pupils[SERIES].drop_duplicates())
    lifted = lifted[~pd.MultiIndex.from_frame(lifted[SERIES]).isin(held)]
    return pd.concat([from_pupils, lifted], ignore_index=True)


def _with_new_codes(cells: pd.DataFrame, local: LocalUnits, notes: Notes) -> pd.DataFrame:
    """The cells of one's own units that have a new code, under that code."""
    if not local.renamed:
        return cells
    ids = unit_ids(cells["country"], cells["level"], cells["code"])
    moved = ids.isin(local.renamed)
    today = ids[moved].map(local.renamed).str.split(":").str[-1]
    words = ids[moved].str.replace(":", " ", n=2) + " is today " + today + ", the series is carried on"
    for text, count in words.value_counts().items():
        notes.add("code carried", "", str(text), int(count))
    found = cells.copy()
    found.loc[moved, "code"] = today
    return found


def _check_units(rows: pd.DataFrame, units: pd.DataFrame) -> None:
    unknown = rows[~rows["unit_id"].isin(units.index)]
    if len(unknown):
        first = unknown.iloc[0]
        raise InputRefused(
            "own figures are about units that the publishers' files or units.csv name", file=str(first["file"]),
            row=int(first["row"]), column="unit_code", found=repr(first["unit_id"]),
            mend="correct the code, with its leading zeros, or add the unit to data/local/units.csv",
        )  # fmt: skip


def _in_scope(units: pd.DataFrame, workspace: Workspace) -> pd.DataFrame:
    """The units of the counties in the workspace's scope, and nations."""
    inside = pd.Series(True, index=units.index)
    for country, codes in workspace.scope.items():
        if codes:
            wanted = [f"{country}:region:{code}" for code in codes]
            inside &= (units["country"] != country) | units["region_id"].isin(wanted) | (units["level"] == "nation")
    return units[inside]


def _inside(rows: pd.DataFrame, column: str, units: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """The rows about units in the scope; the others are counted in the notes."""
    kept = rows[column].isin(units.index)
    for file, count in rows.loc[~kept, "file"].value_counts().items():
        notes.add("outside the scope", str(file), "cells of units in counties that are not in the scope", int(count))
    return rows[kept].reset_index(drop=True)
