"""The same unit's pages of earlier school years, in the runs that lie beside this one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

YEAR = re.compile(r'<meta name="arshjul-school_year" content="([0-9]{4}/[0-9]{2})">')
HEAD = 4096
"""so many signs at the beginning of a page hold what it says of itself"""
SHORT = 8


@dataclass(frozen=True)
class Earlier:
    """A unit's page of an earlier school year, and where it lies as seen from the index."""

    unit_id: str
    school_year: str
    data: str
    address: str
    path: str

    @property
    def order(self) -> tuple[str, str]:
        """The newest year first."""
        return "".join(chr(ord("9") - int(each)) for each in self.school_year if each.isdigit()), self.address

    @property
    def edition(self) -> str:
        """The beginning of the data's hash, which tells two runs of one school year apart."""
        return self.data[:SHORT]


def earlier(run: Path, years: Mapping[str, str], audience: str, *, made_up: bool) -> list[Earlier]:
    """The pages of earlier school years that were made for the same readers, in runs beside the folder of a run.

    ``years`` is the school year of each unit's page in this run: one run may hold several, by country.

    Runs for other readers, and of made-up figures when these are not, are passed by.
    """
    found = []
    for written in sorted(run.resolve().parent.glob("*/manifest.json")):
        folder = written.parent
        if folder == run.resolve() or folder.is_symlink():
            continue
        content = _manifest(written)
        is_alike = content.get("made_up") is made_up and content.get("parameters", {}).get("audience") == audience
        for page in content.get("pages", ()) if is_alike else ():
            year = _year(folder / str(page["path"])) if page["state"] == "made" else ""
            if year and year < years.get(str(page["unit_id"]), ""):
                address = f"../{folder.name}/{page['path']}"
                found.append(Earlier(str(page["unit_id"]), year, str(content["data"]), address, str(page["path"])))
    return found


def _manifest(path: Path) -> dict[str, Any]:
    """What a run says of itself; nothing for a file of that name that is another program's."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return {}
    return content if isinstance(content, dict) and content.get("manifest") == 1 else {}


def _year(page: Path) -> str:
    if not page.is_file():
        return ""
    with page.open(encoding="utf-8") as file:
        found = YEAR.search(file.read(HEAD))
    return found.group(1) if found else ""
