"""How long a mixed model takes, beside lme4 and statsmodels, in the same run.

    python bench/statistics.py [--rounds 3] [--limit 180] [--rows 10000 100000 1000000]

Every fit runs in a process of its own on one core; the engines take turns, and reading the data is not timed.
An engine that passes the limit is stopped and not asked again for that size. lme4 is left out where Rscript
or lme4 is missing, and the table says so. The result goes into docs/performance.md between its markers.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != BENCH]  # it hides Python's own `statistics`
sys.path.insert(0, str(BENCH.parent / "tools"))

from performance_page import write_section  # noqa: E402

SCHOOLS = {10_000: 100, 100_000: 1_000, 1_000_000: 5_000}
MODELS = ("intercept", "slope")
ENGINES = ("arshjul", "lme4", "statsmodels")
ONE_CORE = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
Run = dict[str, float]


def write_data(folder: Path, rows: int, schools: int) -> None:
    """Pupils with one background variable, schools with an intercept and a slope of their own."""
    import numpy as np

    random = np.random.default_rng(rows)
    school = random.integers(0, schools, rows)
    x = random.normal(0, 1, rows)
    own, steeper = random.normal(0, 15, schools)[school], random.normal(0, 3, schools)[school]
    y = 200 + 8 * x + own + steeper * x + random.normal(0, 60, rows)
    for name, values in (("y", y), ("x", x), ("school", school.astype(float))):
        values.tofile(folder / f"{name}.bin")


def one_fit(engine: str, folder: Path, model: str) -> None:
    """Fits once in this process and prints seconds, deviance and peak memory."""
    import resource
    import time

    import numpy as np

    y, x, school = (np.fromfile(folder / f"{name}.bin") for name in ("y", "x", "school"))
    design, groups = np.column_stack([np.ones(len(y)), x]), school.astype(np.int64)
    varying = design if model == "slope" else design[:, :1]
    if engine == "arshjul":
        import pandas  # noqa: F401 - loaded before the clock starts, as the others' libraries are
        import scipy.optimize  # noqa: F401

        from analysis.statistics.mixed_model import fit

        start = time.perf_counter()
        deviance = fit(y, design, groups, varying).deviance
    else:
        from statsmodels.regression.mixed_linear_model import MixedLM

        start = time.perf_counter()
        deviance = -2 * MixedLM(y, design, groups, exog_re=varying).fit(reml=True).llf
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "deviance": float(deviance), "memory": peak}))


def measured(engine: str, folder: Path, rows: int, model: str, limit: float) -> Run | None:
    """One timed fit in a new process; None when it passed the limit."""
    command = [sys.executable, str(BENCH / "statistics.py"), "--fit", engine, str(folder), model]
    if engine == "lme4":
        command = ["Rscript", str(BENCH / "mixed_model.R"), str(folder), str(rows), model]
    environment = os.environ | ONE_CORE | {"PYTHONPATH": str(BENCH.parent / "src")}
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=limit + 60, env=environment
        ).stdout
    except subprocess.TimeoutExpired:
        return None
    if engine == "lme4":
        seconds, deviance, memory = (float(each) for each in answer.split()[:3])
        found = {"seconds": seconds, "deviance": deviance, "memory": memory}
    else:
        found = json.loads(answer.splitlines()[-1])
    return found if found["seconds"] <= limit else None


def has_lme4() -> bool:
    """Whether R and lme4 are on this machine."""
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", 'quit(status = !requireNamespace("lme4", quietly = TRUE))']
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def compared(rows: int, model: str, engines: list[str], rounds: int, limit: float) -> dict[str, list[Run]]:
    """Each engine's runs, taken in turns; an engine that was stopped has none."""
    runs: dict[str, list[Run]] = {engine: [] for engine in engines}
    stopped: set[str] = set()
    with tempfile.TemporaryDirectory() as name:
        write_data(Path(name), rows, SCHOOLS[rows])
        for turn in range(rounds):
            for engine in [each for each in engines if each not in stopped]:
                found = measured(engine, Path(name), rows, model, limit)
                said = "stopped" if found is None else f"{found['seconds']:.3f} s"
                print(f"{rows} {model} {engine} {turn + 1}: {said}", file=sys.stderr, flush=True)
                if found is None:
                    stopped.add(engine)
                    runs[engine] = []
                else:
                    runs[engine].append(found)
    return runs


def median(runs: list[Run], quantity: str) -> float:
    values = sorted(each[quantity] for each in runs)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def line(rows: int, model: str, runs: dict[str, list[Run]], limit: float) -> str:
    """One row of the table: medians, how many times longer the others took, memory, and the deviances."""
    own = median(runs["arshjul"], "seconds")
    memory = median(runs["arshjul"], "memory")
    cells = [f"{rows:,}", f"{SCHOOLS[rows]:,}", model, f"{own:.3f} s", f"{memory:.0f} MB"]
    for engine in ENGINES[1:]:
        if engine not in runs:
            cells += ["not here", "–"]
        elif not runs[engine]:
            cells += [f"> {limit:.0f} s", f"> {limit / own:.0f} ×"]
        else:
            seconds = median(runs[engine], "seconds")
            cells += [f"{seconds:.2f} s, {median(runs[engine], 'memory'):.0f} MB", f"{seconds / own:.0f} ×"]
    cells += [apart(runs, engine) for engine in ENGINES[1:]]
    return "| " + " | ".join(cells) + " |"


def apart(runs: dict[str, list[Run]], engine: str) -> str:
    """Årshjul's deviance minus the engine's: above zero the engine found a higher likelihood."""
    if not runs.get(engine):
        return "–"
    difference = median(runs["arshjul"], "deviance") - median(runs[engine], "deviance")
    return f"{difference:+.1e}" if math.isfinite(difference) else "its likelihood is not finite"


def machine() -> str:
    """The processor, cores, system and versions, in one sentence."""
    import numpy
    import scipy
    import statsmodels

    names = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((each.split(":", 1)[1].strip() for each in names if each.startswith("model name")), platform.machine())
    versions = f"numpy {numpy.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}"
    if has_lme4():
        script = 'cat(as.character(getRversion()), "with lme4", as.character(packageVersion("lme4")))'
        said = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True).stdout
        versions += f", R {said}"
    return f"{model}, {os.cpu_count()} cores ({platform.system()}); Python {platform.python_version()}, {versions}"


def section(lines: list[str], rounds: int) -> str:
    head = "pupils | schools | random | Årshjul | memory | lme4 | ratio | statsmodels | ratio"
    head += " | deviance − lme4's | deviance − statsmodels'"
    return "\n".join(
        [
            "## Mixed models",
            "",
            "Pupils in schools, one background variable, REML, a random intercept or intercept and slope per school.",
            f"Medians of {rounds} runs in turns, each in a process of its own on one core, reading the data not",
            "counted; peak memory is that of the whole process. Årshjul's time includes degrees of freedom and",
            "every school's effect, the others' only the fit. The last columns are Årshjul's deviance minus the",
            "other's: below zero, the other stopped at a lower likelihood.",
            "`python bench/statistics.py` measures again.",
            "",
            f"Measured on {machine()}.",
            "",
            f"| {head} |",
            "|" + "---:|" * len(head.split("|")),
            *lines,
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=180, help="seconds after which an engine is stopped")
    parser.add_argument("--rows", type=int, nargs="+", choices=sorted(SCHOOLS), default=sorted(SCHOOLS))
    parser.add_argument("--dry", action="store_true", help="print the section and write nothing")
    parser.add_argument("--fit", nargs=3, metavar=("ENGINE", "FOLDER", "MODEL"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.fit:
        one_fit(asked.fit[0], Path(asked.fit[1]), asked.fit[2])
        return
    engines = [each for each in ENGINES if each != "lme4" or has_lme4()]
    lines = []
    for rows in asked.rows:
        for model in MODELS:
            lines.append(line(rows, model, compared(rows, model, engines, asked.rounds, asked.limit), asked.limit))
    text = section(lines, asked.rounds)
    print(text)
    if not asked.dry:
        write_section("mixed model", text)


if __name__ == "__main__":
    main()
