"""What a run was made from, and what became of each page. Holds no clock, no machine and no path."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from analysis.report.page import PageRecord, publish
from analysis.report.site.not_shown import cause

PACKAGES = ("arshjul", "papermill", "nbconvert", "nbformat", "ipython", "pandas", "numpy", "statsmodels", "matplotlib")
UNKNOWN = "unknown"
NAMED = ("unit_id", "level", "name", "code", "parent_id")
"""what the manifest says of a unit"""


@dataclass(frozen=True)
class Code:
    """The code a run was made with: its commit, and whether files were changed since."""

    commit: str
    modified: bool

    def __str__(self) -> str:
        return f"{self.commit[:12]}{' (modified)' if self.modified else ''}"


def code(root: Path) -> Code:
    """The code in a folder, as git knows it; unknown outside git."""
    commit = _git(root, "rev-parse", "HEAD")
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    if commit is None or changed is None:
        return Code(UNKNOWN, False)
    return Code(commit, bool(changed))


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def lock_hash(root: Path, names: Iterable[str] = ("requirements.lock", "uv.lock", "requirements.txt")) -> str:
    """The hash of the first lock file there is in a folder; unknown when there is none."""
    for name in names:
        if (root / name).is_file():
            return sha256((root / name).read_bytes()).hexdigest()
    return UNKNOWN


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that can move a figure or a page."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = UNKNOWN
    return found


def write(
    out: Path,
    records: Iterable[PageRecord],
    *,
    data: str,
    made_by: Code,
    lock: str,
    template: str,
    parameters: dict[str, str],
    made_up: bool,
    units: Iterable[Mapping[str, object]] = (),
) -> Path:
    """Write manifest.json into the folder of a run and return its place.

    ``made_up`` says whether the figures are. ``units`` are those of the snapshot; the ones with a page, and those above
    them, are named, so that the folder can be read without the snapshot. The same pages give the same bytes: records
    are sorted, and how long a page took is left to the journal. Why a page was not made is told by its kind only
    (`analysis.report.site.not_shown.cause`), for an error's text may hold a figure.
    """
    found = sorted(records, key=lambda each: (each.level, each.unit_id))
    pages = [asdict(record) for record in found]
    for page in pages:
        del page["seconds"]
        page["reason"] = cause(page["reason"], page["code"]) if page["reason"] else ""
    content = {
        "manifest": 1,
        "data": data,
        "made_up": made_up,
        "code": asdict(made_by),
        "lock": lock,
        "template": template,
        "parameters": parameters,
        "versions": versions(),
        "pages": pages,
        "units": _named(found, units),
    }
    path = out / "manifest.json"
    publish(as_text(content).encode(), path)
    return path


def as_text(content: Mapping[str, object]) -> str:
    """A manifest as it is written: the same text for the same content."""
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _named(records: Iterable[PageRecord], units: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """The units with a page and all above them, by id."""
    known = {str(unit["unit_id"]): unit for unit in units}
    wanted: set[str] = set()
    for record in records:
        each: object = record.unit_id
        while isinstance(each, str) and each in known and each not in wanted:
            wanted.add(each)
            each = known[each].get("parent_id")
    return [{name: known[each].get(name) for name in NAMED} for each in sorted(wanted)]
