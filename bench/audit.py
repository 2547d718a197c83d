"""How long the attacker takes over forty thousand released cells.

    python bench/audit.py [--counties 11] [--dry]

Schools in municipalities in counties, by gender and background crossed, passed or not; schools with a small count show
only their totals. Time and memory are those of one process on one core. The result goes into docs/performance.md
between its markers.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from itertools import product
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
BENCH = Path(__file__).resolve().parent
sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != BENCH]  # it hides Python's own `statistics`
sys.path[:0] = [str(BENCH.parent / "src"), str(BENCH.parent / "tools")]

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from performance_page import write_section  # noqa: E402

WIDTH, SCHOOLS, MUNICIPALITIES = 5, 100, 5
GENDERS, BACKGROUNDS = ("girls", "boys"), ("foreign", "swedish", "unknown")
CROSSED = [f"{background}×{gender}" for background, gender in product(BACKGROUNDS, GENDERS)]


def county(number: int, hidden_share: float, random: np.random.Generator) -> pd.DataFrame:
    """One county's released rows: crossings, margins and totals at four levels, three parts each."""
    counts = random.integers(WIDTH, 30, (SCHOOLS, len(BACKGROUNDS), len(GENDERS), 2))
    counts = np.where(random.random(counts.shape) < 0.04, random.integers(0, WIDTH, counts.shape), counts)
    hidden = np.zeros((SCHOOLS, 3, 2, 3), bool)
    for school in range(SCHOOLS):  # all that is crossed, at schools with a small count; and partners, generously
        if (counts[school] < WIDTH).any() or random.random() < hidden_share:
            hidden[school] = True
    rows = []
    units = [(f"county {number}", "", np.arange(SCHOOLS))]
    size = SCHOOLS // MUNICIPALITIES
    for place in range(MUNICIPALITIES):
        name = f"municipality {number}.{place}"
        units.append((name, f"county {number}", np.arange(place * size, (place + 1) * size)))
        units += [(f"school {number}.{each}", name, np.array([each])) for each in units[-1][2]]
    for name, parent, members in units:
        own = counts[members].sum(axis=0)
        full = np.concatenate([own, own.sum(axis=2, keepdims=True)], axis=2)
        full = np.pad(full, ((0, 1), (0, 1), (0, 0)))
        full[3, :2], full[:3, 2] = full[:3, :2].sum(axis=0), full[:3, :2].sum(axis=1)
        full[3, 2] = full[3, :2].sum(axis=0)
        withheld = bool(hidden[members].any()) and len(members) == 1
        rows += [cell(name, parent, at, full, withheld) for at in np.ndindex(full.shape)]
    return pd.DataFrame(rows)


def cell(unit: str, parent: str, at: tuple[int, ...], full: np.ndarray, withheld: bool) -> dict[str, object]:
    """One released row; at a withheld school only the totals are shown."""
    background, gender, part = at
    parts = [each for each in (
        ("background", BACKGROUNDS[background]) if background < 3 else None,
        ("gender", GENDERS[gender]) if gender < 2 else None) if each]  # fmt: skip
    is_hidden = withheld and len(parts) > 0
    return {
        "release": "one", "indicator": "passed", "unit_id": unit, "level": "", "parent_id": parent,
        "group_dimension": "×".join(each[0] for each in parts) or "all",
        "group": "×".join(each[1] for each in parts) or "all", "year": 2024, "part": ("k", "rest", "n")[part],
        "value": np.nan if is_hidden else float(full[at]), "low": np.nan, "high": np.nan, "is_open": False,
    }  # fmt: skip


def measured(counties: int) -> str:
    """Builds the release, audits it and says what it took."""
    from analysis.audit.attack import findings
    from analysis.audit.equations import system

    random = np.random.default_rng(7)
    released = pd.concat([county(number, 0.3, random) for number in range(counties)], ignore_index=True)
    start = time.perf_counter()
    known = system(released)
    built = time.perf_counter() - start
    leaks = findings(known, WIDTH)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    hidden = int(released["value"].isna().sum())
    exact = sum(leak.kind == "exact" for leak in leaks)
    sizes = f"| {len(released):,} | {hidden:,} | {len(known.names):,} "
    return f"{sizes}| {built:.1f} s | {seconds:.1f} s | {memory:.0f} MB | {exact:,} | {len(leaks) - exact:,} |"


def section(line: str) -> str:
    import scipy

    head = "released cells | withheld | sums | written as sums | audited in all | memory | exact | narrower than 5"
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    return "\n".join([
        "## The attacker", "",
        "Counties of 100 schools in 5 municipalities, gender × background crossed with all margins, passed or not; at",
        "schools with a small count, and some more, everything but the totals is withheld. One process on one core.",
        "`python bench/audit.py` measures again.", "",
        f"Measured on {os.cpu_count()} cores ({platform.system()}); {versions}.", "",
        f"| {head} |", "|" + "---:|" * len(head.split("|")), line,
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", type=int, default=11)
    parser.add_argument("--dry", action="store_true", help="print the section and write nothing")
    asked = parser.parse_args()
    text = section(measured(asked.counties))
    print(text)
    if not asked.dry:
        write_section("audit", text)


if __name__ == "__main__":
    main()
