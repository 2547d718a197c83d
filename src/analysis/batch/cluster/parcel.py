"""What a worker needs to make pages: measured figures, notebooks and what is asked for, as one parcel of bytes.

Nothing in it is more than the readers of the pages may see: it holds neither pupils nor the workspace's key, and
figures that are withheld are gone from it. A worker needs no folder of the run's machine.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.batch.limits import Limits
from analysis.errors import ArshjulError
from analysis.model import by_unit
from analysis.publish.seen import WRITTEN, Figures, Run
from analysis.report.parameters import PageRequest

if TYPE_CHECKING:
    import pandas as pd

    from analysis.model.observations import Observations, Result
    from analysis.publish.disclosure.decision import Decision

QUICK = 1
"""zlib's quickest level: a fifth of the bytes in a second and a half, where a slower one saves little more"""


@dataclass(frozen=True)
class SentSnapshot:
    """What pages read of a snapshot beside its measured figures."""

    public_name: str
    is_made_up: bool
    is_protected: bool
    all_units: pd.DataFrame
    written: Mapping[str, pd.DataFrame]
    """what units have written, of those whose pages the readers may see"""

    def units(self) -> pd.DataFrame:
        """Every unit, as `analysis.store.Snapshot.units` gives them."""
        return self.all_units.copy()


class SentFigures(Figures):
    """Figures that were measured elsewhere: they are read, and nothing is ever measured here."""

    def __init__(
        self,
        snapshot: SentSnapshot,
        run: Run,
        readers: tuple[str, str],
        observations: dict[str, Observations],
        results: dict[tuple[str, str, str, int], Result],
    ) -> None:
        super().__init__(snapshot, run, *readers)
        self._observations, self._results = observations, results
        for rows in [*(each.rows for each in observations.values()), *(each.series for each in results.values())]:
            by_unit.remember(rows)

    def observations(self, indicator: str) -> Observations:
        """The rows of one indicator. Raises ArshjulError for one that was not sent."""
        if indicator not in self._observations:
            raise ArshjulError(f"the figures of {indicator!r} were not sent with the run, so no page may show them")
        return self._observations[indicator]

    def result(self, question: str, indicator: str, level: str, year: int) -> Result:
        """The question's answer. Raises ArshjulError for one that was not measured before the pages."""
        key = (question, indicator, level, year)
        if key not in self._results:
            raise ArshjulError(f"{question} of {indicator!r} was not measured before the pages, so none may show it")
        return self._results[key]

    def written(self, table: str) -> pd.DataFrame:
        """What units have written, as it was sent."""
        found: pd.DataFrame = self.snapshot.written[table]
        return found.copy()

    @property
    def decision(self) -> Decision:
        """What may be seen was decided where the figures were measured."""
        raise ArshjulError("what may be seen is decided where the figures are, and not by a worker")


@dataclass(frozen=True)
class Parcel:
    """What is sent, opened: the figures, what is asked for by unit, and the notebooks by name."""

    figures: SentFigures
    requests: Mapping[str, PageRequest]
    notebooks: Mapping[str, bytes]
    css: str
    limits: Limits


def packed(figures: Figures, requests: Sequence[PageRequest], css: str, limits: Limits) -> bytes:
    """The parcel of a run whose figures have been measured, compressed."""
    snapshot, (observations, results) = figures.snapshot, figures.measured()
    sent = SentSnapshot(
        snapshot.public_name,
        snapshot.is_made_up,
        snapshot.is_protected,
        snapshot.units(),
        {name: figures.written(name) for name in WRITTEN},
    )
    notebooks = {each.notebook.name: each.notebook for each in requests}
    content: dict[str, Any] = {
        "snapshot": sent,
        "run": figures.run,
        "readers": (figures.audience, figures.school),
        "observations": {name: _without_pupils(each) for name, each in observations.items()},
        "results": results,
        "requests": {each.unit_id: replace(each, notebook=Path(each.notebook.name)) for each in requests},
        "notebooks": {name: path.read_bytes() for name, path in notebooks.items()},
        "css": css,
        "limits": limits,
    }
    return zlib.compress(pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL), QUICK)


def _without_pupils(observations: Observations) -> Observations:
    """The rows about units alone; what was worked out from them beside is left behind, too."""
    return replace(observations, pupils=observations.pupils.iloc[:0])


def name_of(parcel: bytes) -> str:
    """The hash by which a parcel is known."""
    return sha256(parcel).hexdigest()


def opened(parcel: bytes, folder: Path) -> Parcel:
    """The parcel, its notebooks written into a folder. Only a parcel that this run has sent is ever opened."""
    content = pickle.loads(zlib.decompress(parcel))
    figures = SentFigures(*(content[name] for name in ("snapshot", "run", "readers", "observations", "results")))
    for name, notebook in content["notebooks"].items():
        (folder / name).write_bytes(notebook)
    requests = {unit: replace(each, notebook=folder / each.notebook.name) for unit, each in content["requests"].items()}
    return Parcel(figures, requests, content["notebooks"], content["css"], content["limits"])
