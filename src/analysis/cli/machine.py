"""The conditions of the machine: Python, packages, fonts and browser."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from analysis.cli.doctor import Condition, State
from analysis.cli.place import installation
from analysis.report.printing import BROWSERS

OLDEST_PYTHON = (3, 11)
FONT = "DejaVu Sans"


def python() -> Condition:
    """Python is new enough."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Condition("Python", State.OK, f"{version} ({sys.executable})")
    return Condition("Python", State.WRONG, version, "install Python 3.11 or newer, then: make setup")


def requirements() -> Condition:
    """Every package the product itself needs is installed, in a version it can use."""
    if installed("arshjul") is None:
        return Condition("packages", State.WRONG, "arshjul itself is not installed", "make setup")
    needed = [Requirement(text) for text in metadata.requires("arshjul") or ()]
    needed = [each for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
    faults = []
    for requirement in needed:
        found = installed(requirement.name)
        if found is None:
            faults.append(f"{requirement.name} is not installed")
        elif not requirement.specifier.contains(found, prereleases=True):
            faults.append(f"{requirement.name} is {found}, needed {requirement.specifier}")
    if faults:
        return Condition("packages", State.WRONG, "; ".join(faults), "make setup")
    return Condition("packages", State.OK, f"all {len(needed)} needed are installed")


def lock(path: Path | None = None) -> Condition:
    """The installed packages are the ones that were locked, so that two machines give the same page."""
    path = installation() / "requirements.lock" if path is None else path
    if not path.is_file():
        mend = "install from a clone of the repository with: make setup"
        return Condition("lock", State.NOTE, f"no {path.name} beside the installation, versions not compared", mend)
    pinned = [(name, wanted, installed(name)) for name, wanted in locked(path)]
    other = [f"{name} is {found}, locked {wanted}" for name, wanted, found in pinned if found not in (None, wanted)]
    absent = sum(found is None for _, _, found in pinned)
    same = len(pinned) - absent - len(other)
    counted = f"{same} of {len(pinned)} packages as locked, {absent} not installed"
    if other:
        return Condition("lock", State.NOTE, f"{counted}; {'; '.join(other)}", "make setup")
    return Condition("lock", State.OK, counted)


def locked(path: Path) -> Iterator[tuple[str, str]]:
    """Name and version of every package the lock gives for this machine's Python."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            requirement = Requirement(line.rstrip("\\").strip())
            if requirement.marker is None or requirement.marker.evaluate():
                yield requirement.name, str(requirement.specifier).removeprefix("==")


def installed(name: str) -> str | None:
    """The installed version of a package, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def fonts() -> Condition:
    """The font that text in figures is measured with is there."""
    from matplotlib.font_manager import findfont

    try:
        return Condition("fonts", State.OK, f"{FONT} ({findfont(FONT, fallback_to_default=False)})")
    except ValueError:
        return Condition("fonts", State.WRONG, f"{FONT} was not found", "make setup: matplotlib brings the font")


def chromium() -> Condition:
    """A browser to print pages and draw documents' figures with; nobody needs it to make pages."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        return Condition(
            "Chromium",
            State.NOTE,
            "not installed; `arshjul paper` and the tests of `make test` use it",
            "apt-get install chromium",
        )
    return Condition("Chromium", State.OK, found)
