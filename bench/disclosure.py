"""How long it takes to decide what to keep back, how much is left to publish, and what attackers can make of it.

    python bench/disclosure.py [--schools 100 1000] [--regions 20] [--attacked 20] [--kept FILE] [--dry]

Counties of 100 schools (5 municipalities, 15 areas, lognormal cohorts of 5 to 160 pupils), counted by gender,
background and outcome: 36 groups a school. Each run is a process of its own on one core. `--attacked` regions of ten
counties each are protected and then attacked by the audit, which knows nothing of the protector: every small group by
an outsider, some by single pupils and by two together, and some in whole numbers. All of it takes hours: with `--kept`
each run is written into a file, and those that are there already are not done again. The result goes into
docs/performance.md between its markers.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

BENCH = Path(__file__).resolve().parent
sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != BENCH]  # it hides Python's own `statistics`
sys.path.insert(0, str(BENCH.parent / "tools"))

import numpy as np  # noqa: E402
from performance_page import write_section  # noqa: E402
from scipy import sparse  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.audit.attack import Leak
    from analysis.audit.system import System
    from analysis.publish.disclosure.table import CountTable

INSIDERS, PLACES, WHOLE_NUMBERS = 20, 2, 25
"""of each region: pupils alone in a cell (and pairs), places where all two such are tried, cells in whole numbers"""
ATTACKERS = ("an outsider", "and any pupil", "and any two")
DESIGNS = ("margins", "cross")
MUNICIPALITIES, AREAS, GROUPS = 5, 15, (3, 4, 3)  # gender, background and n, k, n − k; 0 is all
ONE_CORE = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


@dataclass(frozen=True)
class Region:
    """A made-up county: its table, and each cell's municipality (−1 for the county's own)."""

    table: CountTable
    municipality: np.ndarray


def pupils(random: np.random.Generator, schools: int) -> np.ndarray:
    """Counts of each school by gender, background and outcome, with their totals at index 0."""
    counts = np.zeros((schools, *GROUPS))
    cohorts = np.clip(np.round(random.lognormal(3.7, 0.75, schools)), 5, 160).astype(int)
    for school, cohort in enumerate(cohorts):
        mix = random.dirichlet(np.array([0.6, 0.25, 0.15]) * 20)
        groups = random.multinomial(cohort, np.outer([0.5, 0.5], mix).ravel()).reshape(2, 3)
        reached = random.binomial(groups, np.clip(random.normal([0.8, 0.7, 0.6], 0.08), 0.2, 0.98))
        counts[school, 1:, 1:] = np.stack([groups, reached, groups - reached], axis=-1)
    counts[:, 0] = counts[:, 1:].sum(axis=1)
    counts[:, :, 0] = counts[:, :, 1:].sum(axis=2)
    return counts


def sums_of(cell: np.ndarray, parent: np.ndarray) -> sparse.csr_matrix:
    """Every total and its parts: over places, genders, backgrounds and outcomes."""
    sums: list[tuple[int, np.ndarray]] = []
    for unit in range(len(cell)):
        below = np.flatnonzero(parent == unit)
        if len(below):
            sums += list(zip(cell[unit].ravel(), cell[below].reshape(len(below), -1).T, strict=True))
        sums += list(zip(cell[unit, 0].ravel(), cell[unit, 1:].reshape(2, -1).T, strict=True))
        sums += list(zip(cell[unit, :, 0].ravel(), cell[unit, :, 1:].swapaxes(0, 1).reshape(3, -1).T, strict=True))
        sums += list(zip(cell[unit, ..., 0].ravel(), cell[unit, ..., 1:].reshape(-1, 2), strict=True))
    rows = np.repeat(np.arange(len(sums)), [1 + len(parts) for _, parts in sums])
    columns = np.concatenate([np.append(total, parts) for total, parts in sums])
    signs = np.concatenate([np.append(-1.0, np.ones(len(parts))) for _, parts in sums])
    return sparse.csr_matrix((signs, (rows, columns)), shape=(len(sums), cell.size))


def region(seed: int, design: str, threshold: int, schools: int = 100) -> Region:
    """A county by chance; small are 1 to `threshold` − 1 pupils, and outcomes that all or none of a group have."""
    from analysis.publish.disclosure.table import CountTable

    school = pupils(np.random.default_rng(seed), schools)
    area_of, municipality_of = np.arange(schools) * AREAS // schools, np.arange(AREAS) * MUNICIPALITIES // AREAS
    area = np.stack([school[area_of == each].sum(axis=0) for each in range(AREAS)])
    municipality = np.stack([area[municipality_of == each].sum(axis=0) for each in range(MUNICIPALITIES)])
    counts = np.concatenate([municipality.sum(axis=0)[None], municipality, area, school])
    first = 1 + MUNICIPALITIES
    parent = np.concatenate([[-1], np.zeros(MUNICIPALITIES), 1 + municipality_of, first + area_of]).astype(int)
    block = np.concatenate([[-1], np.arange(MUNICIPALITIES), municipality_of, municipality_of[area_of]])
    small = (counts > 0) & (counts < threshold)
    outcomes = counts[..., 1:]
    small[..., 1:] |= ((outcomes == 0).any(axis=-1) & (counts[..., 0] > 0))[..., None]
    inner = np.zeros(counts.shape, dtype=bool)
    inner[:, 1:, 1:] = design == "margins"
    cell = np.arange(counts.size).reshape(counts.shape)
    table = CountTable(
        counts.ravel(), sums_of(cell, parent), np.zeros(counts.size, dtype=bool), small.ravel(), inner.ravel(),
        np.ones(counts.size),
    )  # fmt: skip
    return Region(table, np.broadcast_to(block[:, None, None, None], counts.shape).ravel())


def together(regions: list[Region]) -> Region:
    """Several counties as one table; no sum connects them."""
    from analysis.publish.disclosure.table import CountTable

    tables = [each.table for each in regions]
    joined = [
        np.concatenate([getattr(each, name) for each in tables])
        for name in ("value", "is_open", "is_primary", "is_inner", "cost")
    ]
    sums = sparse.csr_matrix(sparse.block_diag([each.sums for each in tables]))
    blocks = [np.where(each.municipality < 0, -1, each.municipality + MUNICIPALITIES * at)
              for at, each in enumerate(regions)]  # fmt: skip
    return Region(CountTable(joined[0], sums, *joined[1:]), np.concatenate(blocks))


def one_run(design: str, threshold: int, schools: int, seed: int, coalition: int) -> None:
    """Protects counties of 100 schools once in this process and prints what it took and what is left."""
    import resource
    import time

    from analysis.publish.disclosure.protect import protected

    made = together([region(seed + each, design, threshold) for each in range(schools // 100)])
    start = time.process_time()
    found = protected(made.table, threshold, [made.municipality], coalition)
    seconds = time.process_time() - start
    published = ~made.table.is_inner
    print(json.dumps({
        "seconds": seconds,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "cells": len(published),
        "published": 1 - float(found.hidden[published].mean()),
        "primary": float(found.primary[published].mean()),
        "programmes": found.search_programmes + found.check_programmes,
    }))  # fmt: skip


def as_system(table: CountTable, hidden: np.ndarray) -> System:
    """What is shown of a table, as the audit writes it down; each place is a unit, so that two pupils share one."""
    import pandas as pd

    from analysis.audit.system import System

    size = int(np.prod(GROUPS))
    at = np.arange(len(table.value))
    is_hidden = hidden | table.is_inner
    cells = pd.DataFrame({
        "release": "", "indicator": "made up", "unit_id": [f"place {each}" for each in at // size],
        "group": [str(each) for each in at % size], "year": "2024", "part": "n", "group_dimension": "all",
        "low": np.where(is_hidden, 0.0, table.value), "high": np.where(is_hidden, np.inf, table.value),
        "is_integer": True, "is_hidden": is_hidden, "is_listed": True, "is_open": False,
    })  # fmt: skip
    rows, none = table.sums.shape[0], np.zeros((0, 3), dtype=np.int64)
    names = tuple(f"sum {each}" for each in range(rows))
    return System(cells, sparse.csr_array(table.sums), np.zeros(rows), np.zeros(rows), names, none, np.zeros(0))


def _owned(table: CountTable) -> Callable[[Leak], bool]:
    """Whether a cell is about nobody but those who know: their own cells, all in them, and totals of them alone."""
    parts, totals = sparse.csr_array(table.sums > 0, dtype=float), sparse.csr_array(table.sums < 0, dtype=float)
    size = int(np.prod(GROUPS))

    def own(leak: Leak) -> bool:
        at = [int(name.split(",")[0].split()[1]) * size + int(name.split(",")[1]) for name in leak.knowing]
        people = table.value[at].sum()
        known = np.zeros(len(table.value), dtype=bool)
        known[at] = True
        while True:
            full = parts @ known == np.diff(parts.indptr)
            alone = (parts @ (known * table.value) == totals @ table.value) & (totals @ table.value <= people)
            alone &= parts @ known > 0
            more = known | (totals.T @ (full | alone) > 0)
            more |= parts.T @ (totals @ more) > 0
            if (more == known).all():
                return bool(known[leak.cell])
            known = more

    return own


def attack_run(design: str, threshold: int, schools: int, seed: int) -> None:
    """Protects and attacks a region once in this process and prints how many small groups could be known."""
    import resource
    import time

    from analysis.audit.attack import findings, integer_reach
    from analysis.audit.insider import coalitions, insiders
    from analysis.publish.disclosure.protect import protected

    made = together([region(seed + each, design, threshold) for each in range(schools // 100)])
    table, start = made.table, time.process_time()
    hidden = protected(table, threshold, [made.municipality]).hidden
    middle = time.process_time()
    known, small = as_system(table, hidden), np.flatnonzero(table.is_primary).tolist()
    leaks, random = findings(known, threshold, small), np.random.default_rng(seed)
    outside = time.process_time()
    ones, twos = (np.flatnonzero(known.cells["is_hidden"] & (table.value == each)) for each in (1, 2))
    alone = random.choice(ones, min(INSIDERS, len(ones)), replace=False).tolist()
    at_place = ones[np.isin(ones // np.prod(GROUPS), np.array(alone[:PLACES]) // np.prod(GROUPS))].tolist()
    pairs = random.choice(twos, min(INSIDERS, len(twos)), replace=False).tolist()
    own = _owned(table)
    inside = [leak for leak in insiders(known, threshold, small, alone) if not own(leak)]
    both = [leak for leak in coalitions(known, threshold, small, at_place, pairs) if not own(leak)]
    pupils = time.process_time()
    chosen = random.choice(small, min(WHOLE_NUMBERS, len(small)), replace=False).tolist()
    ends = integer_reach(known, chosen)
    width = ends["high"] - ends["low"]
    print(json.dumps({
        "cells": len(hidden), "primary": len(small), "published": 1 - float(hidden[~table.is_inner].mean()),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "exact": sum(leak.kind != "narrow" for leak in leaks),
        "narrow": sum(leak.kind == "narrow" for leak in leaks), "insiders": len(alone), "inside": len(inside),
        "coalitions": len(at_place) + len(pairs), "both": len(both), "whole": len(chosen),
        "whole_exact": int((width == 0).sum()), "whole_narrow": int((width < threshold).sum()),
        "protect": middle - start, "outside": outside - middle, "pupils": pupils - outside,
        "integer": time.process_time() - pupils,
    }))  # fmt: skip


class Runs:
    """Each run in a new process on one core; those in the file are taken from there."""

    def __init__(self, kept: Path | None) -> None:
        self.kept = kept
        lines = kept.read_text().splitlines() if kept and kept.exists() else []
        self.known: dict[str, dict[str, float]] = {name: found for each in lines for name, found in [json.loads(each)]}

    def of(self, how: str, design: str, *numbers: int) -> dict[str, float]:
        """What the run `how` printed."""
        words = [how, design, *map(str, numbers)]
        name = " ".join(words)
        if name not in self.known:
            command = [sys.executable, str(BENCH / "disclosure.py"), *words]
            environment = os.environ | ONE_CORE | {"PYTHONPATH": str(BENCH.parent / "src")}
            answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
            self.known[name] = json.loads(answer.splitlines()[-1])
            print(name, self.known[name], file=sys.stderr, flush=True)
            if self.kept:
                with self.kept.open("a") as file:
                    file.write(json.dumps([name, self.known[name]]) + "\n")
        return self.known[name]


def line(runs: Runs, design: str, threshold: int, schools: int, coalition: int = 2) -> str:
    """One row of the table."""
    run = runs.of("--run", design, threshold, schools, 0, coalition)
    return (
        f"| {design} | {threshold} | {ATTACKERS[coalition]} | {schools:,} | {run['cells']:,.0f} "
        f"| {run['primary']:.1%} | {run['published']:.1%} | {run['programmes']:,.0f} | {run['seconds']:.0f} s "
        f"| {run['memory']:.0f} MB |"
    )


def attacked(runs: Runs, design: str, threshold: int, regions: int, schools: int) -> str:
    """What the audit could work out of so many regions, each protected and attacked in a process of its own."""
    each = [runs.of("--attack", design, threshold, schools, 1000 + 10 * number) for number in range(regions)]
    count = {name: sum(run[name] for run in each) for name in each[0]}
    slowest = {name: max(run[name] for run in each) for name in ("protect", "outside", "memory")}
    shares = [run["published"] for run in each]
    return (
        f"- {design}, threshold {threshold}: {regions} regions of {schools:,} schools, {count['cells']:,.0f} cells, "
        f"{count['primary']:,.0f} of them small, {min(shares):.1%} to {max(shares):.1%} published. An outsider knows "
        f"**{count['exact']:.0f}** exactly and **{count['narrow']:.0f}** more to less than {threshold}; "
        f"{count['insiders']:.0f} pupils alone {count['inside']:.0f}, {count['coalitions']:,.0f} twos and members of "
        f"twos {count['both']:.0f}; of {count['whole']:.0f} by chance in whole numbers {count['whole_exact']:.0f} "
        f"exactly and {count['whole_narrow']:.0f} to less. The slowest was protected in {slowest['protect']:.0f} s and "
        f"attacked by the outsider in {slowest['outside']:.1f} s, with {slowest['memory']:.0f} MB"
    )


def regions_line(runs: Runs, design: str, threshold: int, regions: int) -> str:
    """What so many counties one by one have left to publish, in a sentence."""
    shares = [runs.of("--run", design, threshold, 100, 100 + each, 2)["published"] for each in range(regions)]
    return (
        f"- {design}, threshold {threshold}: {regions} counties of 100 schools, every primary cell found wide enough; "
        f"published {np.mean(shares):.1%} on average ({min(shares):.1%} to {max(shares):.1%})"
    )


def section(lines: list[str], sentences: list[str]) -> str:
    import scipy

    head = "design | threshold | protected against | schools | cells | primary | published | programmes"
    head += " | processor time | memory"
    return "\n".join([
        "## What is kept back",
        "",
        "Made-up counties of 100 schools, 36 groups a school (gender, background, outcome); `margins` publishes each",
        "way of grouping by itself, `cross` all crossings. Primary are 1 to threshold − 1 pupils and outcomes of all",
        "or none. Every release is protected against outsiders, any pupil alone in a cell and any two pupils; the rows",
        "that stop earlier say what that costs. The last check is counted in. One process on one core.",
        "`python bench/disclosure.py` measures again.",
        "",
        f"Measured on {platform.machine()}, {os.cpu_count()} cores ({platform.system()}); "
        f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}.",
        "",
        f"| {head} |",
        "|---|---:|---|" + "---:|" * (len(head.split("|")) - 3),
        *lines,
        "",
        *sentences,
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schools", type=int, nargs="+", default=[100, 1000], help="hundreds of schools")
    parser.add_argument("--regions", type=int, default=20, help="counties protected one by one")
    parser.add_argument("--designs", nargs="+", choices=DESIGNS, default=list(DESIGNS))
    parser.add_argument("--thresholds", type=int, nargs="+", default=[5, 10])
    parser.add_argument("--dry", action="store_true", help="print the section and write nothing")
    parser.add_argument("--run", nargs=5, help=argparse.SUPPRESS)
    parser.add_argument("--attacked", type=int, default=20, help="regions protected and attacked")
    parser.add_argument("--attacked-designs", nargs="+", choices=DESIGNS, default=["margins"])
    parser.add_argument("--kept", type=Path, help="a file with the runs that are done")
    parser.add_argument("--attack", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    work: Callable[..., None]
    for work, told in ((one_run, asked.run), (attack_run, asked.attack)):
        if told:
            work(told[0], *map(int, told[1:]))
            return
    runs, pairs = Runs(asked.kept), [(design, threshold) for design in asked.designs for threshold in asked.thresholds]
    lines = [
        line(runs, design, min(asked.thresholds), 100, coalition) for design in asked.designs for coalition in (0, 1)
    ]
    lines += [line(runs, *pair, schools) for pair in pairs for schools in asked.schools]
    sentences = [regions_line(runs, *pair, asked.regions) for pair in pairs] if asked.regions else []
    for design in asked.attacked_designs if asked.attacked else []:
        sentences += [attacked(runs, design, each, asked.attacked, max(asked.schools)) for each in asked.thresholds]
    text = section(lines, sentences)
    print(text)
    if not asked.dry:
        write_section("disclosure", text)


if __name__ == "__main__":
    main()
