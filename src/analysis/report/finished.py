"""A finished run, as it lies in its folder: which pages it holds and what they are about.

Light to read: what opens, serves, packs or prints pages needs neither the snapshot nor the notebooks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from analysis.errors import ArshjulError, UsageError
from analysis.store.names import find_unit

MANIFEST, INDEX = "manifest.json", "index.html"
VERSION = 1


@dataclass(frozen=True)
class Finished:
    """A run in its folder, with its manifest."""

    folder: Path
    manifest: dict[str, Any] = field(hash=False)

    @classmethod
    def read(cls, folder: Path) -> Finished:
        """The run in a folder. Raises UsageError for a folder that holds none, or one of an earlier version."""
        file = folder / MANIFEST
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UsageError(
                f"the folder of a run is needed, as `arshjul build` writes it\n  found: {folder} holds no {MANIFEST}\n"
                "  mend:  name a folder in reports/, or make one: arshjul build"
            ) from None
        except ValueError as error:
            raise UsageError(f"{file}: the manifest of a run is JSON\n  found: {error}") from None
        if not isinstance(content, dict) or content.get("manifest") != VERSION or "units" not in content:
            raise UsageError(
                f"{file}: a manifest of this version is needed\n  found: one of another version\n"
                "  mend:  make the run anew: arshjul build --force"
            )
        return cls(folder, content)

    @classmethod
    def chosen(cls, folder: Path | None, reports: Path) -> Finished:
        """The run in this folder, or else the one in the reports that was written last."""
        return cls.read(folder if folder is not None else newest(reports))

    @classmethod
    def around(cls, page: Path) -> Finished:
        """The run that a page belongs to. Raises UsageError for a file that is no page of a run."""
        if not page.is_file():
            raise UsageError(f"a page of a run is needed\n  found: {page} is no file")
        found = cls.read(page.resolve().parent.parent)
        found.record(page)
        return found

    @property
    def lang(self) -> str:
        """The language of the site's own pages."""
        return str(self.manifest["parameters"]["lang"])

    @property
    def audience(self) -> str:
        """Who reads the pages."""
        return str(self.manifest["parameters"]["audience"])

    @property
    def school_years(self) -> str:
        """The school year or years of the pages."""
        return str(self.manifest["parameters"]["school_years"])

    @property
    def pages(self) -> list[dict[str, Any]]:
        """What became of each page."""
        return list(self.manifest["pages"])

    @property
    def units(self) -> dict[str, dict[str, Any]]:
        """The units with a page and all above them, by id."""
        return {str(each["unit_id"]): each for each in self.manifest["units"]}

    def find(self, text: str) -> dict[str, Any]:
        """The page about the unit with this code, name or id. Raises UsageError when there is none that was made."""
        pages = {str(page["unit_id"]): page for page in self.pages if page["state"] == "made"}
        unit = find_unit(text, [each for unit_id, each in self.units.items() if unit_id in pages])
        return pages[str(unit["unit_id"])]

    def record(self, page: Path) -> dict[str, Any]:
        """What the manifest says of the page in a file."""
        root = self.folder.resolve()
        path = page.resolve()
        for each in self.pages:
            if root / str(each["path"]) == path and each["state"] == "made":
                return dict(each)
        raise UsageError(f"a page that the run made is needed\n  found: {page} is not among the pages of {self.folder}")

    def above(self, unit_id: str) -> Iterator[str]:
        """The ids of all units above one, nearest first."""
        parent = self.units[unit_id].get("parent_id")
        while isinstance(parent, str) and parent in self.units:
            yield parent
            parent = self.units[parent].get("parent_id")

    def below(self, unit_id: str) -> list[str]:
        """The ids of all units below one, by id."""
        return [each for each in sorted(self.units) if unit_id in self.above(each)]

    def html(self, page: dict[str, Any]) -> str:
        """The page as it was made. Raises ArshjulError for one that is gone or has been changed since."""
        file = self.folder / str(page["path"])
        content = file.read_bytes() if file.is_file() else b""
        if sha256(content).hexdigest() != page["sha256"]:
            what = "it has been changed" if content else "it is gone"
            raise ArshjulError(
                f"{file}: a page is passed on as it was made\n  found: {what} since\n"
                "  mend:  make the run anew: arshjul build"
            )
        return content.decode("utf-8")


def newest(reports: Path) -> Path:
    """The folder of the run in the reports that was written last. Raises UsageError when there is none."""
    written = [each for each in sorted(reports.glob(f"*/{MANIFEST}")) if not each.is_symlink()]
    if not written:
        raise UsageError(f"there is no finished run in {reports}\n  mend:  make one: arshjul build, or arshjul demo")
    return max(written, key=lambda each: each.stat().st_mtime).parent
