"""What a run was made from, and what became of each page. Holds no clock, no machine and no path."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from analysis.report.origin import UNKNOWN, Code, code, lock_hash
from analysis.report.page import PageRecord
from analysis.report.site.not_shown import cause
from analysis.report.writing import publish

__all__ = ["Code", "as_text", "code", "lock_hash", "versions", "write"]

PACKAGES = ("arshjul", "papermill", "nbconvert", "nbformat", "ipython", "pandas", "numpy", "statsmodels", "matplotlib")
NAMED = ("unit_id", "level", "name", "code", "parent_id")
"""what the manifest says of a unit"""


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
