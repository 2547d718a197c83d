"""In the run: pages made by a cluster's workers, checked as they come back, and put in the run's stage."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat

from analysis.batch.cluster.connecting import connected
from analysis.batch.cluster.crew import Crew
from analysis.batch.cluster.parcel import packed
from analysis.batch.cluster.seats import News
from analysis.batch.limits import Limits
from analysis.batch.making import Task
from analysis.batch.workers import LOST, Outcome
from analysis.errors import PageFailed
from analysis.publish.seen import Figures
from analysis.report.gate import check
from analysis.report.parameters import PageRequest
from analysis.report.writing import publish


@dataclass(frozen=True)
class OnDask:
    """Makes pages on the workers of a cluster: those of a scheduler, or so many of the run's own."""

    scheduler: str
    workers: int
    tell: Callable[[str], None]
    figures: Figures
    requests: Sequence[PageRequest]
    css: str
    work: Path
    """where executed notebooks are kept"""

    def __call__(
        self, waiting: deque[int], todo: Sequence[Task], stage: Path, limits: Limits
    ) -> Generator[tuple[int, Outcome]]:
        """Yield ``(number, outcome)`` for each page in the queue, as they are done; more may be put in meanwhile.

        A page whose worker is lost has the code WORKER_LOST. Raises as `analysis.batch.cluster.crew.Crew.work` and
        `analysis.batch.cluster.connecting.connected` do.
        """
        asked = {request.unit_id: request for request in self.requests}
        parcel = packed(self.figures, [asked[each.unit_id] for each in todo], self.css, limits)
        units = [each.unit_id for each in todo]
        least = max(self.workers, 1)
        self.tell(f"workers  {len(parcel) / 1e6:.1f} MB are sent to each, at {self.scheduler or 'this machine'}")
        with connected(self.scheduler, least) as client:
            crew = Crew(client, parcel, limits, least, self.tell)
            with contextlib.closing(crew):
                for news in crew.work(waiting, units):
                    yield news.number, self._outcome(asked[units[news.number]], news, stage)

    def _outcome(self, request: PageRequest, news: News, stage: Path) -> Outcome:
        if news.answer is None:
            return Outcome(None, LOST, news.reason)
        outcome = Outcome(**news.answer["outcome"])
        try:
            notebook = _kept(news.answer, request, self.work)
            if outcome.reply is None or outcome.reply.get("state") != "made":
                return outcome
            return _received(outcome, news.answer.get("page", b""), notebook, request, stage)
        except PageFailed as error:
            return Outcome({"error": str(error), "code": error.code}, "", "", outcome.seconds, outcome.memory)


def _kept(answer: dict[str, Any], request: PageRequest, work: Path) -> bytes:
    """The executed notebook, which is kept as it is after a run on one machine."""
    notebook: bytes = answer.get("notebook", b"")
    if notebook:
        publish(notebook, work / "notebooks" / f"{request.safe_name}.ipynb")
    return notebook


def _received(outcome: Outcome, page: bytes, notebook: bytes, request: PageRequest, stage: Path) -> Outcome:
    """Put a page in the stage, when it is what was made and passes the gate here too.

    Only here is it known which codes and keys must not leave, so only here can the gate look for them.
    """
    if not notebook:
        raise PageFailed(f"{request.path}: a page comes back with its executed notebook, and this one did not")
    if outcome.reply is None or sha256(page).hexdigest() != outcome.reply["sha256"]:
        return Outcome(None, LOST, "what came back is not what was made: its hash is another", outcome.seconds)
    check(page.decode(), nbformat.reads(notebook.decode(), as_version=4), request)  # type: ignore[no-untyped-call]
    publish(page, stage / request.path)
    return outcome
