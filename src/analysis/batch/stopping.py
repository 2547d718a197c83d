"""How a run ends when it is told to: in order, with a journal that can be read and no process left."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from analysis.errors import Interrupted, PageFailed, Terminated

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_told: list[Interrupted] = []
"""what a signal has asked for since the run began, also when whatever ran just then took it for its own error"""


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn Ctrl-C into Interrupted (exit code 130) and SIGTERM into Terminated (143) while something is done.

    Only the main thread of a process is told of signals; in any other this changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _told.clear()
    before = {each: signal.signal(each, _stop) for each in SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    kept = "\n  the pages made so far are kept: the same command, or `arshjul retry`, makes the rest"
    if number == signal.SIGTERM:
        _told.append(Terminated(f"the run was ended from outside{kept}"))
    else:
        _told.append(Interrupted(f"stopped by the user{kept}"))
    raise _told[-1]


def stop_if_told() -> None:
    """Raise what a signal has asked for, when a notebook's cell, run in this process, has swallowed it."""
    if _told:
        raise _told[-1]


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise PageFailed (`TIMEOUT`) in what this process itself does for longer than so many seconds by the clock.

    Only the main thread of a process is told of signals; in any other, and where there is no such clock, this changes
    nothing.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda number, frame: _time_is_up(seconds))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _time_is_up(seconds: float) -> None:
    raise PageFailed(f"its time was up: a page may take {seconds:g} s", "TIMEOUT")


@contextlib.contextmanager
def unhurried() -> Iterator[None]:
    """Let signals wait while something is done that must not be left halfway, such as starting a process."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
