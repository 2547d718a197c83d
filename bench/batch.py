"""How long pages take: the naive way, papermill's API, ours with one and two workers, and the floor without notebooks.

    python bench/batch.py [--pages 4] [--rounds 3] [--sizes 10 100 all] [--nation 10 100 1000 5000]

The ways take turns, each in a process of its own, on the same Swedish schools of the shipped data; then runs of the
given sizes, the last with all schools that have a merit value and their municipalities, and once more unchanged;
with `--nation` also runs of so many schools of a made-up nation.
Ratios are of processor time, which other work on the machine disturbs less than the clock. The result goes into
docs/performance.md between its markers.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != BENCH]  # it hides Python's own `statistics`
sys.path.insert(0, str(ROOT / "tools"))

from statistics import median  # noqa: E402

from performance_page import write_section  # noqa: E402

WAYS = (("naive", 1), ("api", 1), ("ours", 1), ("ours", 2), ("floor", 1), ("apart", 1))
NAMES = {
    ("naive", 1): "papermill's command, then nbconvert's",
    ("api", 1): "papermill's API, one kernel a page",
    ("ours", 1): "Årshjul, 1 worker",
    ("ours", 2): "Årshjul, 2 workers",
    ("floor", 1): "the floor: no notebook, no gate",
    ("apart", 1): "the floor, a process for each page",
}
PACKAGES = ("papermill", "nbconvert", "matplotlib", "pandas", "numpy")
Found = dict[str, Any]


def workspace_in(folder: Path) -> Path:
    """A workspace of its own with the shipped data, so that nobody's is touched."""
    (folder / "data").mkdir(parents=True)
    for name in ("notebooks", "arshjul.toml"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("sweden", "norway"):
        (folder / "data" / name).symlink_to(ROOT / "data" / name)
    return folder


def units_in(folder: Path) -> tuple[list[str], list[str]]:
    """The schools with a given merit value in any year, and their municipalities."""
    from analysis.catalogue.workspace import Workspace
    from analysis.model import Status
    from analysis.publish.seen import Figures
    from analysis.store import collect

    figures = Figures(collect(Workspace.read(folder), lambda line: None))
    rows = figures.observations("merit_value").at("school")
    schools = sorted(rows.loc[rows["status"] == Status.GIVEN, "unit_id"].unique())
    return schools, sorted(figures.units.loc[schools, "municipality_id"].unique())


def taken(way: str, jobs: int, folder: Path, out: Path, ids: list[str]) -> Found:
    """What one way took for these units, and the most memory that its processes held together."""
    listed = folder / "units.txt"
    listed.write_text("\n".join(ids), encoding="utf-8")
    command = [sys.executable, str(BENCH / "pages.py"), way, "--workspace", str(folder), "--out", str(out)]
    with subprocess.Popen(
        [*command, "--jobs", str(jobs), "--units", str(listed)], stdout=subprocess.PIPE, text=True
    ) as process:
        most: list[float] = []
        watch = threading.Thread(target=_watch, args=(process, most))
        watch.start()
        text = process.communicate()[0]
        watch.join()
    if process.returncode:
        raise SystemExit(f"{way} ended with exit code {process.returncode}")
    return {**json.loads(text.strip().splitlines()[-1]), "memory": max(most, default=0.0)}


def _watch(process: subprocess.Popen[str], found: list[float]) -> None:
    """Look some four times a second, or so much more seldom that looking takes a twentieth of a core at most."""
    while process.poll() is None:
        began = time.monotonic()
        found.append(sum(_proportional(each) for each in (process.pid, *_below(process.pid))))
        time.sleep(max(0.25, 19 * (time.monotonic() - began)))


def _below(pid: int) -> list[int]:
    try:
        own = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return own + [each for child in own for each in _below(child)]


def _proportional(pid: int) -> float:
    """Gigabytes of a process, each shared page counted for its share only."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e6


def ways(folder: Path, ids: list[str], rounds: int) -> dict[tuple[str, int], Found]:
    """The medians of every way over the rounds, in turns."""
    found: dict[tuple[str, int], list[Found]] = {way: [] for way in WAYS}
    for number in range(rounds):
        for way, jobs in WAYS:
            out = folder / f"out-{way}-{jobs}-{number}"
            found[way, jobs].append(taken(way, jobs, folder, out, ids))
            print(way, jobs, found[way, jobs][-1], flush=True)
    return {way: {name: median(each.get(name, 0.0) for each in runs) for name in ("wall", "cpu", "page_wall",
            "page_cpu", "memory", "pages")} for way, runs in found.items()}  # fmt: skip


def ways_table(found: dict[tuple[str, int], Found]) -> list[str]:
    """Seconds a page and the ratios to the naive way."""
    whole = {way: run["page_cpu"] or run["cpu"] / run["pages"] for way, run in found.items()}
    clock = {way: run["page_wall"] or run["wall"] / run["pages"] for way, run in found.items()}
    lines = [
        "| way | seconds a page | processor seconds a page | the naive way is … times as much |",
        "|---|---:|---:|---:|",
    ]
    for way, name in NAMES.items():
        lines.append(f"| {name} | {clock[way]:.2f} | {whole[way]:.2f} | {whole['naive', 1] / whole[way]:.1f} |")
    above, apart = (whole["ours", 1] / whole[way, 1] for way in ("floor", "apart"))
    said = f"A page of ours takes **{above:.2f}** times the processor time of the floor, and {apart:.2f} times that of"
    return [*lines, "", f"{said} the floor with a process for each page."]


def sizes_table(folder: Path, sizes: list[list[str]], jobs: int) -> list[str]:
    """Runs of growing size with what they took and what they weigh, and the last once more unchanged."""
    workers = f"{jobs} worker{'s' if jobs > 1 else ''}"
    lines = [
        f"| pages, {workers} | seconds | processor seconds | a page, all counted | one page more | memory "
        "| pages weigh | a page | the site's own files |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for ids in sizes:
        out = folder / f"run-{len(ids)}"
        run = taken("ours", jobs, folder, out, ids)
        pages, own = weight(out)
        print(len(ids), run, pages, own, flush=True)
        cells = (
            f"{run['wall']:.0f}",
            f"{run['cpu']:.0f}",
            f"{run['cpu'] / run['pages']:.2f}",
            f"{run['page_cpu']:.3f}",
            f"{run['memory']:.2f} GB",
            f"{pages / 1e6:.1f} MB",
            f"{pages / run['pages'] / 1e3:.0f} kB",
            f"{own / 1e6:.2f} MB",
        )
        lines.append(f"| {run['pages']:,} | {' | '.join(cells)} |")
    again = taken("rerun", jobs, folder, folder / f"run-{len(sizes[-1])}", sizes[-1])
    print("again", again, flush=True)
    return [
        *lines,
        "",
        f"The last run again, unchanged: **{again['wall']:.1f} s** ({again['cpu']:.1f} s of processor time), "
        f"{again['pages']} notebooks executed, {again['kept']:,} pages kept.",
    ]


def weight(out: Path) -> tuple[int, int]:
    """The bytes of the pages of units in a finished run's folder, and of all else in it."""
    sizes = {path: path.stat().st_size for path in out.rglob("*") if path.is_file()}
    pages = sum(size for path, size in sizes.items() if path.suffix == ".html" and path.parent != out)
    return pages, sum(sizes.values()) - pages


def machine() -> str:
    """What was measured on, with which versions."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    load = os.getloadavg()[1]
    return (
        f"Measured on {platform.machine()}, {os.cpu_count()} cores ({platform.system()}), with a load of {load:.1f} "
        f"from all that ran at the end; Python {platform.python_version()}, {versions}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=4, help="schools that every way makes")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of all ways; 0 leaves the ways as they stand")
    parser.add_argument("--sizes", nargs="*", default=["10", "100", "all"], help="runs of so many pages; none for none")
    parser.add_argument("--nation", nargs="*", type=int, default=[], help="runs of so many schools of a made-up nation")
    parser.add_argument("--jobs", type=int, default=2, help="workers of those runs")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-batch-") as temporary:
        folder = workspace_in(Path(temporary) / "workspace")
        schools, municipalities = units_in(folder)
        if chosen.rounds:
            picked = schools[:: max(len(schools) // chosen.pages, 1)][: chosen.pages]
            lines = [
                f"The same {len(picked)} schools by every way, in turns, medians of {chosen.rounds} rounds. What a run "
                "of ours, and the floor, does once",
                "before the first page is not counted here.",
                *ways_table(ways(folder, picked, chosen.rounds)),
            ]
            write("batch", "Many pages", lines)
        if chosen.sizes:
            every = [*municipalities, *schools]
            sizes = [
                every if size == "all" else every[:: max(len(every) // int(size), 1)][: int(size)]
                for size in chosen.sizes
            ]
            about = f"all {len(schools)} schools with a merit value and their {len(municipalities)} municipalities"
            lines = [f"Runs of up to {about}, with all that a run does.", *sizes_table(folder, sizes, chosen.jobs)]
            write("batch-growth", "More and more pages", lines)
        if chosen.nation:
            nation(Path(temporary) / "nation", chosen.nation, chosen.jobs)


def nation(folder: Path, sizes: list[int], jobs: int) -> None:
    """Runs of so many schools of a made-up nation, of as many as the largest."""
    from nation import write_nation

    from analysis.catalogue.workspace import Workspace
    from analysis.store import collect

    write_nation(folder, max(sizes), ROOT / "notebooks")
    units = collect(Workspace.read(folder), lambda line: None).units()
    schools = sorted(units.index[units["level"] == "school"])
    listed = [schools[:: len(schools) // size][:size] for size in sorted(sizes)]
    about = f"{len(schools):,} made-up schools with ten years of 24 measures; all are measured, and so many get a page."
    write("batch-nation", "A nation", [about, *sizes_table(folder, listed, jobs)])


def write(section: str, title: str, lines: list[str]) -> None:
    """Put a section into the page, with the machine it was measured on."""
    first, *rest = lines
    text = [f"## {title}", "", first]
    start = next(place for place, line in enumerate(rest) if line.startswith("|"))
    text += [*rest[:start], "`python bench/batch.py` measures again.", "", machine(), "", *rest[start:]]
    write_section(section, "\n".join(text))
    print("\n".join(text), flush=True)


if __name__ == "__main__":
    main()
