"""A made-up nation to measure with: the made-up neighbours over and over, each copy a little different.

    python tools/nation.py FOLDER [--schools 5000]

Writes a workspace of that many schools in municipalities of seven and counties of fifteen, with ten years of figures
for all pupils, girls and boys, and no pupils: everybody may see all of it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

IN_MUNICIPALITY, IN_COUNTY = 7, 15
APART = 0.04
"""how much the copies of a school differ, as a share of the value"""
SETTINGS = """[synthetic]
seed = 1
protected = false

[build]
within = []
having = ["merit_value", "national_test_swedish_6"]
"""


def write_nation(folder: Path, schools: int, notebooks: Path) -> Path:
    """A workspace with so many made-up schools in the folder, which must not exist."""
    from analysis.synthetic import made

    town = made(folder.parent / f"{folder.name}-first", pupils=1000, protected=False, notebooks=notebooks)
    units = pd.read_csv(town / "data/local/units.csv", sep=";", dtype=str, keep_default_na=False)
    figures = pd.read_csv(town / "data/own/figures.csv", sep=";", dtype=str, keep_default_na=False)
    patterns = units[(units["level"] == "school") & ~units["parent_code"].str.startswith("9901")]
    patterns = patterns[patterns["parent_code"].str.len() == 4]
    (folder / "data" / "own").mkdir(parents=True)
    (folder / "data" / "local").mkdir()
    (folder / "arshjul.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "notebooks").symlink_to(notebooks)
    listed = _units(schools)
    listed.to_csv(folder / "data/local/units.csv", sep=";", index=False)
    of_school = {str(code): rows for code, rows in figures.groupby("unit_code")}
    random, parts = np.random.default_rng(0), []
    for number, code in enumerate(listed.loc[listed["level"] == "school", "unit_code"]):
        rows = of_school[str(patterns["unit_code"].iloc[number % len(patterns)])].assign(unit_code=code)
        parts.append(rows.assign(value=_moved(rows, random)))
    pd.concat(parts).to_csv(folder / "data/own/figures.csv", sep=";", index=False)
    return folder


def _units(schools: int) -> pd.DataFrame:
    """The nation's units: counties 10 and up, municipalities of seven schools."""
    municipalities = -(-schools // IN_MUNICIPALITY)
    counties = -(-municipalities // IN_COUNTY)
    rows = [(f"{10 + each}", "region", f"Länet {each + 1}", "") for each in range(counties)]
    town_of = [f"{10 + each // IN_COUNTY}{each % IN_COUNTY + 10}" for each in range(municipalities)]
    rows += [(code, "municipality", f"Staden {place + 1}", code[:2]) for place, code in enumerate(town_of)]
    rows += [
        (f"{10_000_000 + each}", "school", f"Skolan {each + 1}", town_of[each // IN_MUNICIPALITY])
        for each in range(schools)
    ]
    frame = pd.DataFrame(rows, columns=["unit_code", "level", "name", "parent_code"])
    return frame.assign(country="se", first_year="2015/16", last_year="", successor_code="")


def _moved(rows: pd.DataFrame, random: np.random.Generator) -> pd.Series:
    """The values, those of one measure moved alike, so that what adds up still does; counts of pupils stay."""
    value = pd.to_numeric(rows["value"], errors="coerce")
    counts = rows["indicator"].str.startswith("pupils_grade")
    names, at = np.unique(rows["indicator"].to_numpy(dtype=str), return_inverse=True)
    scale = np.array([value[rows["indicator"] == name].mean() for name in names])
    step = np.round(APART * scale * random.normal(size=len(names)), 1)[at]
    moved = (value + step).round(1)
    share = value.le(100) & moved.gt(99)
    keep = counts | value.isna() | share | moved.lt(1)
    return rows["value"].where(keep, moved.map("{:.1f}".format))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--schools", type=int, default=5000)
    chosen = parser.parse_args()
    print(write_nation(chosen.folder, chosen.schools, Path(__file__).resolve().parents[1] / "notebooks"))


if __name__ == "__main__":
    main()
