"""The two times a run speaks with the storage that its pages go to: before the first page, and after the last."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable

from analysis.batch.journal import Journal
from analysis.batch.limits import Limits
from analysis.batch.placing import Place
from analysis.batch.storage import Proven, Storage
from analysis.batch.workers import Reply, side_by_side
from analysis.errors import ArshjulError, UsageError

NAME = "stored"
"""what it is called in the journal"""
PATIENCE = 120.0
"""seconds that a storage may take to answer before a page is made; s3fs tries several times"""


def refuse_unusable(url: str) -> None:
    """Raise UsageError or ArshjulError, before a page is made, unless the run can be put there.

    It is tried in a process of its own: s3fs starts a thread, and pages are forked from a process that has none.
    """
    _, outcome = next(side_by_side(deque([0]), lambda number: _tried(url), 1, Limits(seconds=PATIENCE)))
    if outcome.reply is None:
        found = f"nothing in {PATIENCE:g} s" if outcome.code == "TIMEOUT" else outcome.reason
        raise ArshjulError(
            f"the place that --out names must answer\n  found: {url}: {found} ({outcome.code})\n"
            "  mend:  see that AWS_ENDPOINT_URL names a server that can be reached from here"
        )
    if "error" in outcome.reply:
        raise (UsageError if outcome.reply.get("is_usage") else ArshjulError)(str(outcome.reply["error"]))


def _tried(url: str) -> Reply:
    try:
        with Storage.at(url) as place:
            place.try_out()
    except ArshjulError as error:
        return {"error": str(error), "is_usage": isinstance(error, UsageError)}
    return {}


def store(url: str, place: Place, journal: Journal, tell: Callable[[str], None]) -> None:
    """Put the run's folder, as it was put in place on this machine, where the URL says.

    What is proven to be there is written down as it is proven, so that an upload which was broken off goes on.
    Raises ArshjulError when the storage refuses; the run on this machine is whole then.
    """
    proven: Proven = json.loads(journal.about(NAME) or "{}")

    def note(known: Proven) -> None:
        journal.tell(**{NAME: json.dumps(known, sort_keys=True)})

    with Storage.at(url) as there:
        sent = there.put(place.out, proven, note, tell)
    tell(f"stored   {sent} files sent, all proven, at {url}")
