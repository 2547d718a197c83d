"""How long every question takes for every school of a nation, on one core.

    python bench/questions.py [--schools 5000] [--years 12] [--indicators 30]

Made-up schools in 290 municipalities with figures for all pupils, girls and boys and a background that says
something. Every question is asked about every school, and those about larger units also about every municipality.
How the pupils are spread is asked of three groups' shares of the schools' pupils in all grades, which come beside the
indicators. The result goes into docs/performance.md between its markers.
"""

# ruff: noqa: E402 - the number of threads is set before numpy is read
from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import numpy as np
import pandas as pd
from performance_page import write_section

from analysis.analyses import ANALYSES, analysis
from analysis.catalogue import indicator
from analysis.model.observations import ROW_COLUMNS, TARGET_COLUMNS, UNIT_COLUMNS, Observations

NEWEST, MUNICIPALITIES = 2023, 290


def units(schools: int) -> pd.DataFrame:
    """Schools in municipalities in one county."""
    town = np.arange(schools) % MUNICIPALITIES
    ids = [f"se:municipality:{place:04d}" for place in range(MUNICIPALITIES)]
    rows = [{"unit_id": each, "level": "municipality", "parent_id": "se:region:01"} for each in ids]
    rows += [
        {"unit_id": f"se:school:{place:08d}", "level": "school", "parent_id": ids[town[place]]}
        for place in range(schools)
    ]
    frame = pd.DataFrame([{"unit_id": "se:region:01", "level": "region", "parent_id": ""}, *rows])
    frame["name"], frame["country"], frame["code"] = frame["unit_id"], "se", frame["unit_id"].str.split(":").str[-1]
    for column in UNIT_COLUMNS:
        if column not in frame:
            frame[column] = ""
    own = {"school": "school_id", "municipality": "municipality_id", "region": "region_id"}
    for level, column in own.items():
        frame.loc[frame["level"] == level, column] = frame["unit_id"]
    frame.loc[frame["level"] == "school", "municipality_id"] = frame["parent_id"]
    frame["region_id"] = "se:region:01"
    return frame.set_index("unit_id")[list(UNIT_COLUMNS)]


def observations(schools: int, years: int, seed: int) -> Observations:
    """One indicator: schools with a level, a trend, a gap and a background, cohorts of 10 to 120 pupils."""
    random, table = np.random.default_rng(seed), units(schools)
    span = np.arange(NEWEST - years + 1, NEWEST + 1)
    parents, foreign = random.uniform(20, 90, schools), random.uniform(1, 70, schools)
    level = 150 + parents - 0.3 * foreign + random.normal(0, 10, schools)
    n = random.integers(10, 120, (schools, 1)) + random.integers(-3, 4, (schools, years))
    value = level[:, None] + random.normal(0, 0.5, (schools, 1)) * np.arange(years)
    parts = []
    for group, shift, share in (("all", 0.0, 1.0), ("girls", 8.0, 0.5), ("boys", -8.0, 0.5)):
        size = np.maximum(np.round(n * share), 1)
        parts.append(_rows(table.index[-schools:], span, group, value + shift + _chance(random, size), size, "school"))
    towns = table.index[1 : MUNICIPALITIES + 1]
    place = np.arange(schools) % MUNICIPALITIES
    weight = np.array([np.bincount(place, n[:, year], MUNICIPALITIES) for year in range(years)]).T
    total = np.array([np.bincount(place, n[:, year] * value[:, year], MUNICIPALITIES) for year in range(years)]).T
    parts.append(_rows(towns, span, "all", total / weight, weight, "municipality"))
    context = pd.DataFrame(
        {
            "unit_id": np.repeat(table.index[-schools:].to_numpy(), years),
            "year": np.tile(span, schools),
            "parents_education": np.repeat(parents, years),
            "foreign_background": np.repeat(foreign, years),
            "girls": np.repeat(random.uniform(42, 58, schools), years),
            "pupils_grade_1_9": np.repeat(n[:, -1] * 9.0, years),
        }
    )
    targets = pd.DataFrame([["goal", "se:region:01", "goal", 230.0, NEWEST + 2, "council"]], columns=[*TARGET_COLUMNS])
    rows = pd.concat(parts, ignore_index=True).sort_values(["unit_id", "group", "year"], ignore_index=True)
    chosen = replace(indicator("merit_value"), breaks=())
    return Observations(chosen, rows, table, context, targets=targets)


def shares(schools: int, years: int, id: str) -> Observations:
    """A group's share of each school's pupils in nine grades: some schools have many, cohort takes cohort's place."""
    random, table = np.random.default_rng(len(id)), units(schools)
    span, grades = np.arange(NEWEST - years + 1, NEWEST + 1), 9
    cohort = random.poisson(random.integers(10, 60, (schools, 1)), (schools, years + grades - 1)) + 3
    odds = random.beta(2.0, 4.0, (schools, 1))
    windows = [
        np.lib.stride_tricks.sliding_window_view(each, grades, axis=1).sum(axis=-1)
        for each in (random.binomial(cohort, odds), cohort)
    ]
    value = 100 * windows[0] / windows[1]
    rows = _rows(table.index[-schools:], span, "all", value, windows[1], "school")
    chosen = replace(indicator(id), breaks=())
    context = pd.DataFrame({"unit_id": [], "year": []})
    return Observations(chosen, rows.sort_values(["unit_id", "year"], ignore_index=True), table, context)


def _chance(random: np.random.Generator, size: np.ndarray) -> np.ndarray:
    return random.normal(0, 60, size.shape) / np.sqrt(size)


def _rows(ids: pd.Index, span: np.ndarray, group: str, value: np.ndarray, n: np.ndarray, level: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "unit_id": np.repeat(ids.to_numpy(), len(span)),
            "year": np.tile(span, len(ids)),
            "value": value.ravel().round(1),
            "n": n.ravel().astype(float),
        }
    )
    fixed = {"level": level, "group": group, "status": "given", "mark": "", "se": np.nan, "source": "made_up"}
    return frame.assign(**fixed, origin="official", coverage=1.0)[list(ROW_COLUMNS)]


LEVELS = ("school", "municipality")
GROUPS = ("foreign_background", "parents_education", "girls")
"""the shares whose spread over the schools is asked for"""


def measured(schools: int, years: int, indicators: int) -> tuple[dict[tuple[str, str], float], float]:
    """Seconds of processor time per question and level over all indicators, and the process's peak memory in MB."""
    spent = {(question, level): 0.0 for level in LEVELS for question in ANALYSES}
    warm = observations(MUNICIPALITIES, years, 0)
    for question in ANALYSES:
        analysis(question).measure(warm, "school", NEWEST)
    for seed in range(indicators):
        given = observations(schools, years, seed)
        for question, level in spent:
            started = time.process_time()
            analysis(question).measure(given, level, NEWEST)
            spent[question, level] += time.process_time() - started
    for group in GROUPS:
        given = shares(schools, years, group)
        for level in LEVELS:
            started = time.process_time()
            found = analysis("segregation").measure(given, level, NEWEST).estimates
            spent["segregation", level] += time.process_time() - started
        if not found["slope"].notna().any():
            raise ArithmeticError(f"no municipality has a change of its spread in {group}: the rows lack something")
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schools", type=int, default=5_000)
    parser.add_argument("--years", type=int, default=12)
    parser.add_argument("--indicators", type=int, default=30)
    chosen = parser.parse_args()
    spent, memory = measured(chosen.schools, chosen.years, chosen.indicators)
    total = {level: sum(spent[name, level] for name in ANALYSES) for level in LEVELS}
    lines = [
        f"{chosen.schools:,} made-up schools in {MUNICIPALITIES} municipalities, {chosen.years} years, "
        f"{chosen.indicators} indicators with girls and boys, and {len(GROUPS)}",
        f"groups' shares of the pupils (*segregation*); every question about every school, then about every "
        f"municipality; one core of {platform.machine()} Linux, Python {platform.python_version()}, "
        f"pandas {pd.__version__}.",
        f"The schools take **{total['school']:.1f} s** of processor time, the municipalities "
        f"{total['municipality']:.1f} s more; at most {memory:,.0f} MB.",
        "`python bench/questions.py` measures again.",
        "",
        "| question | schools, seconds | municipalities, seconds |",
        "|---|---:|---:|",
        *(f"| {name} | {spent[name, 'school']:.1f} | {spent[name, 'municipality']:.1f} |" for name in ANALYSES),
    ]
    write_section("questions", "## Every question about every school\n\n" + "\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
