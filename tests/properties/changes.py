"""What is done to a made-up town: its rows mixed, its units renamed, its pupils doubled, its values moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from tests.properties.worlds import REGION, STEPS, World

from analysis.model.observations import Observations

FRAMES = ("rows", "units", "context", "pupils", "targets", "hidden")
BELONGING = [f"{step}_id" for step in STEPS]
COUNTS = ("pupils_grade_1_9", "prior_n")
"""the columns of the context that count pupils"""
SILENT_TOWN, SILENT_SCHOOL = "se:municipality:9999", "se:school:99999999"


def _changed(world: World, **frames: pd.DataFrame) -> World:
    return replace(world, observations=replace(world.observations, **frames))  # type: ignore[arg-type]


def mixed(world: World, seed: int) -> World:
    """The rows of every frame in another order."""
    frames = {name: getattr(world.observations, name) for name in FRAMES}
    other = {name: frame.sample(frac=1, random_state=seed) for name, frame in frames.items()}
    return _changed(world, **{k: v if k == "units" else v.reset_index(drop=True) for k, v in other.items()})


def renaming(world: World, seed: int) -> dict[str, str]:
    """Every unit's new id: that of another unit of the same level."""
    random, units, new = np.random.default_rng(seed), world.observations.units, dict[str, str]()
    for _, ids in units.groupby("level").groups.items():
        new |= dict(zip(ids, random.permutation(ids.to_numpy(str)), strict=True))
    return {str(old): str(name) for old, name in new.items()}


def renamed(world: World, new: dict[str, str]) -> World:
    """The same town in which every unit goes by another's id."""
    observed = world.observations

    def other(frame: pd.DataFrame) -> pd.DataFrame:
        columns = [name for name in ("unit_id", "parent_id", *BELONGING) if name in frame.columns]
        found = {name: frame[name].map(lambda each: new.get(each, each)) for name in columns}
        return frame.assign(**found)

    frames = {name: other(getattr(observed, name)) for name in FRAMES if name != "units"}
    units = other(observed.units).rename(index=new).rename_axis("unit_id").sort_index()
    return _changed(world, units=units, **frames)


def doubled(world: World) -> World:
    """Every pupil twice: the same values of twice as many, with standard errors a root of two smaller."""
    observed = world.observations
    rows, context = observed.rows, observed.context
    rows = rows.assign(n=2 * rows["n"], se=rows["se"] / np.sqrt(2))
    context = context.assign(**{name: 2 * context[name] for name in COUNTS if name in context.columns})
    pupils = pd.concat([observed.pupils, observed.pupils], ignore_index=True)
    return _changed(world, rows=rows, context=context, pupils=pupils)


def moved(world: World, by: float) -> World:
    """Every value, and every target that is a value, `by` higher."""
    observed = world.observations
    context, targets = observed.context, observed.targets
    if "prior_value" in context.columns:
        context = context.assign(prior_value=context["prior_value"] + by)
    level = targets["kind"].isin(["goal", "minimum"])
    return _changed(
        world,
        rows=observed.rows.assign(value=observed.rows["value"] + by),
        pupils=observed.pupils.assign(value=observed.pupils["value"] + by),
        context=context,
        targets=targets.assign(value=targets["value"].astype(float) + by * level),
    )


def with_a_silent_town(world: World) -> World:
    """The same and one more municipality with one school, of which every figure is withheld."""
    observed = world.observations
    rows, pupils = _silent_rows(observed), _silent_pupils(observed)
    units = observed.units.reset_index()
    template = units[units["level"] == "school"].iloc[:1]
    school = template.assign(unit_id=SILENT_SCHOOL, name="Tyst", school_id=SILENT_SCHOOL)
    town = template.assign(unit_id=SILENT_TOWN, level="municipality", name="Tysta", school_id=None)
    more = pd.concat([town, school]).assign(municipality_id=SILENT_TOWN, parent_id=SILENT_TOWN, region_id=REGION)
    every = pd.concat([units, more[list(units.columns)]], ignore_index=True).set_index("unit_id")
    return _changed(world, rows=rows, pupils=pupils, units=every)


def _silent_rows(observed: Observations) -> pd.DataFrame:
    rows = observed.rows
    if rows.empty:
        return rows
    model = rows[rows["unit_id"] == rows.loc[rows["level"] == "school", "unit_id"].iloc[0]]
    nothing = {"value": np.nan, "n": np.nan, "se": np.nan, "status": "withheld", "mark": ".."}
    names = {"school": SILENT_SCHOOL, "municipality": SILENT_TOWN}
    more = [model.assign(unit_id=unit, level=level, **nothing) for level, unit in names.items()]
    together: pd.DataFrame = pd.concat([rows, *more], ignore_index=True)
    return together


def _silent_pupils(observed: Observations) -> pd.DataFrame:
    pupils = observed.pupils
    if pupils.empty:
        return pupils
    answers = [name for name in pupils.columns if name.startswith(("safety", "value", "prior"))]
    belongs = {"school_id": SILENT_SCHOOL, "municipality_id": SILENT_TOWN}
    more = pupils.iloc[:12].assign(**belongs, **dict.fromkeys(answers, np.nan))
    return pd.concat([pupils, more], ignore_index=True)
