"""One file for one recipient: a unit's page with those above or below it, and a site over just these."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.report import leaks, site
from analysis.report.finished import INDEX, MANIFEST, Finished
from analysis.report.manifest import as_text
from analysis.report.page import PageRecord
from analysis.report.parameters import safe_name
from analysis.report.writing import publish

EPOCH = (1980, 1, 1, 0, 0, 0)
"""the time of every file in a pack: the first that the form can hold"""
MODE = 0o644
UNIX = 3


def chosen(run: Finished, unit_id: str, *, above: bool, below: bool) -> list[str]:
    """The ids of the units whose pages go into a pack, the unit's own among them; those without a page are left out."""
    wanted = {unit_id, *(run.above(unit_id) if above else ()), *(run.below(unit_id) if below else ())}
    return [str(page["unit_id"]) for page in run.pages if page["unit_id"] in wanted and page["state"] == "made"]


def pack(run: Finished, unit_id: str, units: Iterable[str], place: Path) -> Path:
    """Write the pages of these units with an index of their own as a zip file, and return its place.

    The same pages give the same bytes. Every page is the one that passed the gate, byte for byte; the index, the other
    pages of the site and the manifest are made anew, so that they name no unit but these, those above them, and those
    their pages link to. Raises ArshjulError for a page that has been changed since it was made, and GateClosed for
    what may not leave.
    """
    wanted = set(units)
    name = f"{safe_name(unit_id)}-{run.school_years.replace('/', '-').replace(', ', '-')}"
    pages = [page for page in run.pages if page["unit_id"] in wanted]
    known = {unit for each in wanted for unit in (each, *run.above(each))}
    with tempfile.TemporaryDirectory(prefix="arshjul-") as folder:
        out = Path(folder)
        for page in pages:
            publish(run.html(page).encode(), out / str(page["path"]))
        records = [PageRecord(**{**page, "seconds": 0.0}) for page in pages]
        site.write(
            out,
            records,
            run.units.values(),
            lang=run.lang,
            school_year=" · ".join(run.school_years.split(", ")),
            made_up=bool(run.manifest["made_up"]),
            audience=run.audience,
        )
        shown = {**run.manifest, "pages": pages, "units": [run.units[each] for each in sorted(known)]}
        publish(as_text(shown).encode(), out / MANIFEST)
        leaks.refuse(leaks.scan_folder(out, leaks.in_use()))
        files = {f"{name}/{path.relative_to(out).as_posix()}": path.read_bytes() for path in _files(out)}
    publish(zipped(files), place / f"{name}.zip")
    return place / f"{name}.zip"


def _files(folder: Path) -> list[Path]:
    """The files of a run: the index first, for whoever looks into the pack, then the rest by name."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(found, key=lambda path: (path.parent != folder, path.name != INDEX, path.as_posix()))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip file with these files in this order, the same bytes for the same files.

    >>> zipped({"a": b"1"}) == zipped({"a": b"1"})
    True
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, UNIX, MODE << 16
            archive.writestr(entry, content, compresslevel=9)
    return buffer.getvalue()
