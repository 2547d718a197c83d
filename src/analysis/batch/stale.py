"""Which pages of a folder are still what this run would make."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis import __version__
from analysis.batch.placing import Place
from analysis.report.page import PageRecord
from analysis.report.parameters import PageRequest

KEYS = "keys.json"
_CODE = (".py", ".toml", ".html", ".j2", ".css")


@cache
def code() -> str:
    """The program that makes the pages: its version and a hash of every file of it that has a say."""
    root = Path(str(files("analysis")))
    digest = sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in _CODE:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"arshjul {__version__} {digest.hexdigest()[:12]}"


def key(request: PageRequest, data: str, pages: Mapping[str, str], decision: str = "") -> str:
    """A hash of all that decides a page: parameters, notebook, data, program, what may be seen, what to link to."""
    notebook = sha256(request.notebook.read_bytes()).hexdigest() if request.notebook.exists() else ""
    plan = sha256("\n".join(sorted(pages)).encode()).hexdigest()
    made_from = [request.parameters, notebook, data, code(), plan, *([decision] if decision else [])]
    return sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def unchanged(place: Place, keys: Mapping[str, str]) -> dict[str, PageRecord]:
    """The pages that were made from the very same things and still lie there whole."""
    path = place.work / KEYS
    if not path.exists():
        return {}
    kept = {}
    for unit_id, (made_from, record) in _read(path).items():
        page = PageRecord(**record)
        file = place.out / page.path
        if keys.get(unit_id) == made_from and file.exists() and _hash(file) == page.sha256:
            kept[unit_id] = page
    return kept


def remember(place: Place, records: Sequence[PageRecord], keys: Mapping[str, str]) -> None:
    """Write down what each page was made from."""
    entries = {
        record.unit_id: [keys[record.unit_id], dataclasses.asdict(record)]
        for record in records
        if record.state == "made"
    }
    path = place.work / KEYS
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(entries, ensure_ascii=False, indent=0, sort_keys=True), encoding="utf-8")
    os.replace(beside, path)


def _read(path: Path) -> dict[str, Any]:
    """What was written down; nothing, when the file is broken: then every page is made anew."""
    try:
        entries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return entries


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
