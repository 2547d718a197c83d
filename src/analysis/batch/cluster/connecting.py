"""The way to a Dask scheduler: one that is there already, or one of the run's own on this machine."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from analysis.batch.cluster import versions
from analysis.batch.stopping import at_most
from analysis.errors import ArshjulError, PageFailed, UsageError

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 20.0
"""seconds that a scheduler may take to answer"""
HERE = "127.0.0.1"
SCHEMES = ("tcp", "tls")
OURS = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.scheduler.allowed-failures": 0,
}
"""how the run's own cluster is set up: nothing is served over HTTP, and a worker's loss is told at once"""


def check(scheduler: str) -> None:
    """Refuse what cannot be meant before anything is read.

    Raises UsageError for an address that is none, and when the packages are not installed.
    """
    if importlib.util.find_spec("distributed") is None:
        raise UsageError(
            "--on dask needs the package distributed\n  found: it is not installed\n"
            "  mend:  pip install 'arshjul[dask]', here and on every worker"
        )
    if not hasattr(os, "fork"):
        raise UsageError("--on dask needs a system on which processes can be forked, such as Linux, here and there")
    if not scheduler:
        return
    found = urlsplit(scheduler)
    with contextlib.suppress(ValueError):
        if found.scheme in SCHEMES and found.hostname and found.port and not (found.username or found.path):
            return
    raise UsageError(
        "--scheduler: an address of the form tcp://HOST:PORT or tls://HOST:PORT is needed\n"
        "  mend:  `dask scheduler` says which address it has"
    )


def reach(scheduler: str) -> None:
    """Raise ArshjulError unless something answers at the address: known before anything is measured."""
    if not scheduler:
        return
    found = urlsplit(scheduler)
    try:
        socket.create_connection((found.hostname or "", found.port or 0), PATIENCE).close()
    except OSError as error:
        raise _unreachable(scheduler, error.strerror or type(error).__name__) from None


def _unreachable(scheduler: str, found: str) -> ArshjulError:
    return ArshjulError(
        f"a Dask scheduler must answer at the address that --scheduler names\n  found: {scheduler}: {found}\n"
        f"  mend:  start one (`dask scheduler --host {HERE}`, and `dask worker ADDRESS`), correct the address, or leave"
        " out --scheduler to use workers on this machine"
    )


@contextlib.contextmanager
def connected(scheduler: str, workers: int) -> Iterator[Client]:
    """A client of the scheduler, or of a cluster of the run's own with so many workers, which ends with it.

    The run's own cluster is one process per worker with one thread, listens on 127.0.0.1 only, and speaks TLS with a
    certificate that is made for it and kept in memory: other users of the machine cannot reach it. Raises
    ArshjulError when the scheduler does not answer as one.
    """
    import cloudpickle
    import dask
    from distributed import Client

    class Quiet(Client):
        """One that is closed where it was opened; what never came to be is not waited for when it is forgotten."""

        def __del__(self) -> None:
            """Nothing is left to be done."""

    cloudpickle.register_pickle_by_value(versions)  # asked of workers that may lack the program
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what a run says, it says itself
    with contextlib.ExitStack() as stack:
        if not scheduler:
            stack.enter_context(dask.config.set(OURS))
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="arshjul-", ignore_cleanup_errors=True))
            cluster = stack.enter_context(_own(workers, folder))
            yield stack.enter_context(Client(cluster, timeout=PATIENCE, set_as_default=False))
            return
        try:
            with at_most(2 * PATIENCE):  # Dask waits for ever for one that listens and says nothing
                client = Quiet(scheduler, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TypeError, PageFailed):
            raise _unreachable(scheduler, "it does not answer as a Dask scheduler does") from None
        yield stack.enter_context(client)


def _own(workers: int, folder: str) -> contextlib.AbstractContextManager[object]:
    """A cluster whose processes are started from a thread that Ctrl-C does not reach, so that they do not hear it.

    The thread takes over what is blocked where it is started. The resource tracker must run before, for starting it
    ends the blocking.
    """
    from distributed import LocalCluster

    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return _started(LocalCluster, workers, folder)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _started(
    cluster: Callable[..., contextlib.AbstractContextManager[object]], workers: int, folder: str
) -> contextlib.AbstractContextManager[object]:
    return cluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host=HERE,
        security=True,
        dashboard_address=None,
        scheduler_kwargs={"dashboard": False, "dashboard_address": f"{HERE}:0"},
        worker_dashboard_address=None,
        memory_limit=0,  # pages have limits of their own
        local_directory=folder,
        silence_logs=logging.CRITICAL,
    )
