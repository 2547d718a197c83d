"""The reports made before, as their runs have left them: an index of what there is and how to know it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from analysis import catalogue
from analysis.model import Column, Table
from analysis.publish.part import Part, display_part
from analysis.publish.seen import Seen
from analysis.publish.words import word

MANIFEST = "manifest.json"
OWN = "archive_index"
SHORT = 12


def archived(reports: Path) -> tuple[Mapping[str, str], ...]:
    """Every page of every run in a folder of reports, from the runs' own manifests, in order of run and page.

    A page has ``run``, ``unit``, ``year``, ``report``, ``path``, ``audience``, ``data`` and ``sha256``. Left out are
    runs in hidden folders, pages that were not made, and the archive's own pages, which would list themselves.
    """
    found: list[Mapping[str, str]] = []
    for manifest in sorted(reports.glob(f"[!.]*/{MANIFEST}")):
        run = json.loads(manifest.read_text(encoding="utf-8"))
        asked = run["parameters"]
        if asked.get("report") == OWN:
            continue
        found += [
            {
                "run": manifest.parent.name,
                "unit": page["unit_id"],
                "year": asked["school_years"],
                "report": asked.get("report", catalogue.USUAL),
                "path": page["path"],
                "audience": asked.get("audience", "public"),
                "data": run["data"][:SHORT],
                "sha256": page["sha256"][:SHORT],
            }
            for page in run["pages"]
            if page["state"] == "made"
        ]
    return tuple(found)


def archive(seen: Seen) -> None:
    """The reports about the unit that have been made: kind, school year, run, and the marks by which each is known.

    Those for everybody and for the page's own readers; that there are others is not told.
    """
    readers = ("public", seen.audience)
    mine = [each for each in seen.figures.run.archive if each["unit"] == seen.unit_id and each["audience"] in readers]
    if not mine:
        display_part(seen, Part("archive", empty=((word("empty_archive", seen.lang), "reports/"),)))
        return
    rows = [
        (
            catalogue.report_kind(each["report"]).name[seen.lang],
            each["year"],
            f"{each['run']}/{each['path']}",
            word(f"audience_{each['audience']}", seen.lang),
            each["data"],
            each["sha256"],
        )
        for each in mine
    ]
    keys = ("report", "year", "file", "audience", "data", "hash")
    columns = tuple(Column(word(f"archive_{key}", seen.lang)) for key in keys)
    display_part(seen, Part("archive", tables=(Table(word("archive_caption", seen.lang), columns, tuple(rows)),)))
