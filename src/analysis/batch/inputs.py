"""The files that a run is made from: the same at its end as at its start, or its pages are not put in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.batch.placing import hash_of


@dataclass(frozen=True)
class Inputs:
    """The hashes of the files at the start of a run: those of the data, and the notebook of each unit's page."""

    data: Mapping[Path, str]
    notebooks: Mapping[str, Path]
    read: Mapping[Path, str]

    @classmethod
    def of(cls, data: Mapping[Path, str], notebooks: Mapping[str, Path]) -> Inputs:
        """What the files of the data were when they were collected, and what the notebooks are now."""
        return cls(data, notebooks, {path: hash_of(path) for path in set(notebooks.values())})

    def spoilt(self) -> dict[str, str]:
        """The units whose page was made from a file that is another one now, or gone, and which file that is.

        All pages of the run rest on the data; a notebook is that of one level.
        """
        data, notebooks = _changed(self.data), _changed(self.read)
        found = {}
        for unit, notebook in self.notebooks.items():
            if data or notebook in notebooks:
                name = data[0].name if data else notebook.name
                found[unit] = f"{name} has changed, or is gone, since the run began"
        return found


def _changed(files: Mapping[Path, str]) -> list[Path]:
    """The files that are not what they were."""
    return [path for path, known in files.items() if hash_of(path) != known]
