"""One run at a time: a lock that the system itself lets go of when the run ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from analysis.errors import Locked, UsageError

_HELD: set[int] = set()
"""the open files that hold locks of this process"""
PATIENCE = 0.7
"""seconds that a lock may still be held by the pages of a run that was killed, which the system ends just then"""


@contextlib.contextmanager
def locked(file: Path, *, shared: bool = False, wait: bool = False) -> Iterator[None]:
    """Hold the lock of a file while something is done; several may hold it together when all want it ``shared``.

    The lock (``flock``) belongs to the open file, so it ends with the process and the pages it has forked, and is
    never stale. The file stays and says which process was the last to hold it. Raises Locked when another holds it
    and does not let go within `PATIENCE`, unless ``wait``, and UsageError where the file cannot be written. Where
    there is no such lock (Windows) nothing is locked.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UsageError(
            f"the folder of pages must be writable\n  found: {file.parent}: {error.strerror}\n"
            "  mend:  free room on the disk, or change the folder's permissions"
        ) from error
    _HELD.add(handle)
    try:
        _take(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        if not shared:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        _HELD.discard(handle)
        os.close(handle)


def _take(handle: int, kind: int) -> None:
    import fcntl

    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, kind)
            return
        except BlockingIOError:
            if time.monotonic() < until:
                time.sleep(0.02)
                continue
        holder = os.pread(handle, 20, 0).decode().strip()
        raise Locked(
            f"one run at a time works in a workspace\n  found: another is at work{_process(holder)}\n"
            "  mend:  wait until it is done, or stop it"
        )


def _process(holder: str) -> str:
    return f", process {holder}" if holder.isdigit() else ""


def keep_to_oneself() -> None:
    """In the process of a page: hold the parent's lock until this process ends, but not in any that it forks."""
    os.register_at_fork(after_in_child=_let_go)


def _let_go() -> None:
    for handle in _HELD:
        with contextlib.suppress(OSError):
            os.close(handle)
    _HELD.clear()
