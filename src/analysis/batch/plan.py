"""Which pages are still what this run would make, and why the others are not."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import __version__
from analysis.batch.journal import Entry
from analysis.batch.placing import Place

if TYPE_CHECKING:
    from analysis.report.parameters import PageRequest

_CODE = (".py", ".toml", ".html", ".j2", ".css", ".js")
WORDS = {
    "parameters": "its parameters have changed",
    "notebook": "the notebook has changed",
    "program": "the program has changed",
    "template": "the template has changed",
    "look": "the workspace's colours or logo have changed",
    "packages": "other versions of packages are installed",
    "links": "other pages are near it",
    "own": "the unit's own figures have changed",
    "below": "figures of the units below have changed",
    "others": "figures of other units that it shows have changed",
    "units": "the list of units has changed",
    "plans": "what is written or taken part in has changed",
    "earlier": "other reports have been made since",
}
"""why a page is made anew, by what it was made from"""
FIGURES = ("own", "below", "others", "units", "plans")
"""what is known only after all is measured"""
COLLECTED = ("data", "seen")
"""when these two are the same, so are the figures, and nothing need be measured to know it"""
NEW, GONE, FORCED = "it was not made before", "its file is not what was made", "asked for with --force"


@cache
def program() -> str:
    """The program that makes the pages: its version and a hash of every file of it that has a say."""
    return f"arshjul {__version__} {_hash_of_files(Path(str(files('analysis'))))[:12]}"


@cache
def _without_template() -> str:
    return _hash_of_files(Path(str(files("analysis"))), leave_out="report/template/")


@cache
def _template() -> str:
    return _hash_of_files(Path(str(files("analysis"))) / "report" / "template")


def _hash_of_files(root: Path, leave_out: str = "\0") -> str:
    digest = sha256()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix in _CODE and not name.startswith(leave_out):
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def packages() -> str:
    """A hash of Python's version and of every installed package's."""
    found = sorted({f"{each.name}=={each.version}" for each in distributions()})
    return hashed([platform.python_version(), *found])


def hashed(content: object) -> str:
    """A hash of whatever can be written as JSON."""
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def made_from(
    request: PageRequest,
    data: str,
    seen: str,
    links: Mapping[str, str],
    *,
    earlier: Iterable[Mapping[str, str]] = (),
    look: str = "",
) -> dict[str, str]:
    """A hash of each thing that decides a page, apart from its figures (`analysis.batch.fingerprints`).

    ``data`` names the snapshot and ``seen`` the decision on what its readers may see: when both are what they were,
    so are the figures. ``links`` are the pages of this run that the page may link to, ``earlier`` the reports made
    before that it lists, ``look`` the workspace's own look.
    """
    notebook = request.notebook
    return {
        "parameters": hashed([request.parameters, request.unit_name, request.is_made_up]),
        "notebook": sha256(notebook.read_bytes()).hexdigest() if notebook.is_file() else "",
        "program": _without_template(),
        "template": _template(),
        "packages": packages(),
        "look": look,
        "links": hashed(dict(links)),
        "earlier": hashed([dict(each) for each in earlier]),
        "data": data,
        "seen": seen,
    }


def figures_of(found: Mapping[str, str]) -> str:
    """One hash of all figures that a page may show: what the page says that it was made from."""
    return hashed([found[name] for name in FIGURES])


@dataclass(frozen=True)
class Step:
    """What is to be done about one page: nothing, or to make it for these reasons.

    ``must_measure``: whether it is kept cannot be told before all figures are measured.
    """

    kept: Entry | None = None
    reasons: tuple[str, ...] = ()
    must_measure: bool = False


def step(entry: Entry | None, wanted: Mapping[str, str], place: Place, *, force: bool = False) -> Step:
    """Whether a page is kept, judged by all that ``wanted`` says it is made from, with the figures or without.

    A page is kept when it was made from the very same things, and its file has the bytes that were written down.
    """
    if force:
        return Step(reasons=(FORCED,))
    if entry is None:
        return Step(reasons=(NEW,))
    if entry.state != "made":
        return Step(reasons=(f"it failed the last time ({entry.code})",))
    old = entry.made_from
    changed = [name for name in wanted if name in WORDS and old.get(name) != wanted[name]]
    collected_anew = any(old.get(name) != wanted[name] for name in COLLECTED)
    reasons = tuple(WORDS[name] for name in changed)
    if collected_anew and not set(FIGURES) <= set(wanted):
        return Step(reasons=reasons, must_measure=True)
    if not reasons and place.file(entry.path, entry.sha256) is None:
        reasons = (GONE,)
    return Step(reasons=reasons) if reasons else Step(kept=entry)


def seconds_left(entries: Iterable[Entry], levels: Iterable[str], jobs: int) -> float | None:
    """How long pages of these levels will take, as the journal knows such pages; None when it knows none.

    The mean seconds of the level's pages, of all pages where it has none, divided by the jobs.
    """
    made = [each for each in entries if each.state == "made" and each.seconds > 0]
    if not made:
        return None
    every = sum(each.seconds for each in made) / len(made)
    of_level: dict[str, list[float]] = {}
    for each in made:
        of_level.setdefault(each.level, []).append(each.seconds)
    means = {level: sum(found) / len(found) for level, found in of_level.items()}
    return sum(means.get(level, every) for level in levels) / max(jobs, 1)
