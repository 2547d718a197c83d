"""One page of each kind made and thrown away, so that the pages' own processes have nothing left to import."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

from analysis.batch.stopping import at_most, stop_if_told
from analysis.report.page import make
from analysis.report.parameters import PageRequest


def rehearse(requests: Iterable[PageRequest], seconds: float) -> None:
    """Make one page of each notebook and country, and throw it away: then no page's process imports anything.

    Why one cannot be made is told by its own process, in which it is made again. Each takes at most so many seconds.
    """
    firsts = {(each.notebook, each.unit_id.split(":")[0]): each for each in reversed(list(requests))}
    for request in firsts.values():
        with tempfile.TemporaryDirectory(prefix="arshjul-") as folder, at_most(seconds):
            make(request, Path(folder), Path(folder))
        stop_if_told()


def threads_besides() -> list[str]:
    """The names of this process's threads besides the main one: a fork takes none of them along."""
    return sorted(each.name for each in threading.enumerate() if each is not threading.main_thread())
