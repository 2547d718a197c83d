"""Work done side by side, each piece in a process of its own that cannot harm the next."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from analysis.batch import limits as system
from analysis.batch.inbox import Inbox
from analysis.batch.limits import Limits
from analysis.batch.locking import keep_to_oneself
from analysis.batch.stopping import SIGNALS, unhurried
from analysis.errors import ArshjulError

Reply = dict[str, Any]
LOOK = 0.25
"""seconds between two looks at what the pages' processes use"""
SWEEPS = 200
LOST = "WORKER_LOST"
"""the code of a page that is lost with the machine that makes it"""
UNTRIED = frozenset({"KERNEL_DIED", "RESOURCE"})
"""causes that may be the machine's and not the page's: such a page is tried once more"""


@dataclass(frozen=True)
class Outcome:
    """What became of one piece of work: its reply, or why there is none; what it took. ``memory`` is in bytes."""

    reply: Reply | None
    code: str = ""
    reason: str = ""
    seconds: float = 0.0
    memory: int = 0


@dataclass
class _Child:
    number: int
    pid: int
    reader: int
    handle: int | None
    began: float
    text: bytearray = field(default_factory=bytearray)
    code: str = ""
    reason: str = ""
    is_read: bool = False
    is_done: bool = False


def side_by_side(
    waiting: deque[int],
    work: Callable[[int], Reply],
    jobs: int,
    limits: Limits | None = None,
    inbox: Inbox | None = None,
) -> Generator[tuple[int, Outcome]]:
    """Yield ``(number, outcome)`` for each piece of work in the queue, as they are done.

    Each piece runs in a child forked from this process, so it sees all that was prepared here and leaves
    nothing behind: neither state nor processes. A child that dies or goes beyond its limits gives an outcome with
    the code and the reason; the others go on. More may be put into the queue meanwhile, also by an ``inbox`` that is
    waited for as long as it is open. Where there is no fork the pieces run here, one by one.
    """
    if not hasattr(os, "fork"):
        while waiting:
            number = waiting.popleft()
            began = time.monotonic()
            yield number, Outcome(_guarded(work, number), seconds=time.monotonic() - began)
        return
    with contextlib.closing(_Workers(work, limits or Limits(), inbox)) as workers:
        while inbox.is_open if inbox is not None else waiting or workers.running:
            while waiting and len(workers.running) < jobs:
                workers.start(waiting.popleft())
            for child in workers.ended():
                yield child.number, workers.outcome(child)


class _Workers:
    """The children that are at work."""

    def __init__(self, work: Callable[[int], Reply], limits: Limits, inbox: Inbox | None = None) -> None:
        self.work, self.limits, self.inbox = work, limits, inbox
        self.running: list[_Child] = []
        self.selector = selectors.DefaultSelector()
        if inbox is not None:
            self.selector.register(inbox, selectors.EVENT_READ)
        self.own = system.children()
        self.adopts = system.adopt()
        self.looked = time.monotonic()

    def start(self, number: int) -> None:
        """Fork a child for one piece."""
        sys.stdout.flush()
        sys.stderr.flush()
        with unhurried():
            reader, writer = os.pipe()
            began = time.monotonic()
            parent, pid = os.getpid(), os.fork()
            if pid == 0:
                self._be_child(number, reader, writer, parent)
            os.close(writer)
            os.set_blocking(reader, False)
            handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
            child = _Child(number, pid, reader, handle, began)
            self.running.append(child)
            self.selector.register(reader, selectors.EVENT_READ, child)
            if handle is not None:
                self.selector.register(handle, selectors.EVENT_READ, child)

    def _be_child(self, number: int, reader: int, writer: int, parent: int) -> None:
        status = 1
        try:
            system.end_with(parent)
            os.setsid()
            for each in SIGNALS:
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            os.close(reader)
            for other in self.running:
                os.close(other.reader)
            if self.inbox is not None:
                os.close(self.inbox.fileno())
            keep_to_oneself()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # nobody is there to be asked
            system.hold(self.limits)
            reply = _guarded(self.work, number)
            with os.fdopen(writer, "wb") as stream:
                stream.write(json.dumps(reply).encode())
            status = 0
        finally:
            os._exit(status)

    def ended(self) -> list[_Child]:
        """The children that ended, or were ended because they went beyond a limit, since the last look."""
        for key, _ in self.selector.select(timeout=LOOK):
            if key.data is None and self.inbox is not None:
                self.inbox.take()
                continue
            child: _Child = key.data
            self._read(child)
            if key.fd == child.handle:
                child.is_done = True
        if time.monotonic() - self.looked >= LOOK:
            self._look()
        done = [child for child in self.running if child.is_done]
        for child in done:
            self._read(child)
        return done

    def _read(self, child: _Child) -> None:
        with contextlib.suppress(BlockingIOError):
            while not child.is_read and (part := os.read(child.reader, 1 << 16)):
                if len(child.text) <= self.limits.reply:
                    child.text += part
            if not child.is_read:
                child.is_read = True  # first, so that a signal in between cannot have it unregistered twice
                self.selector.unregister(child.reader)
                child.is_done = child.is_done or child.handle is None
        if len(child.text) > self.limits.reply:
            self._end(child, "OUTPUT_TOO_LARGE", f"it told more than {self.limits.reply:,} bytes of itself")

    def _look(self) -> None:
        self.looked = now = time.monotonic()
        for child in self.running:
            if now - child.began > self.limits.seconds:
                self._end(child, "TIMEOUT", f"its time was up: a page may take {self.limits.seconds:g} s")
            elif system.burden(child.pid) > self.limits.processes:
                most = self.limits.processes
                self._end(child, "RESOURCE", f"it started more processes and threads than a page may have, {most}")

    def _end(self, child: _Child, code: str, reason: str) -> None:
        if not child.is_done:
            child.code, child.reason, child.is_done = code, reason, True
            _kill(child.pid)

    def outcome(self, child: _Child) -> Outcome:
        """What became of a child that is done; nothing it started is left."""
        with unhurried():
            status, memory = self._gone(child)
        seconds = time.monotonic() - child.began
        if child.code:
            return Outcome(None, child.code, child.reason, seconds, memory)
        with contextlib.suppress(ValueError):
            return Outcome(json.loads(bytes(child.text)), "", "", seconds, memory)
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            hint = "; it may have run out of memory" if number in (signal.SIGKILL, signal.SIGABRT) else ""
            reason = f"its process was ended by signal {number}{hint}"
            return Outcome(None, "KERNEL_DIED", reason, seconds, memory)
        reason = f"its process ended with exit code {os.waitstatus_to_exitcode(status)} and no reply"
        return Outcome(None, "KERNEL_DIED", reason, seconds, memory)

    def _gone(self, child: _Child) -> tuple[int, int]:
        if not child.is_read:
            self.selector.unregister(child.reader)
        os.close(child.reader)
        if child.handle is not None:
            self.selector.unregister(child.handle)
            os.close(child.handle)
        elif child.is_read:
            _kill(child.pid)  # it has told all, and has nothing more to do
        self.running.remove(child)
        _, status, used = os.wait4(child.pid, 0)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        self._sweep()
        return status, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)

    def _sweep(self) -> None:
        """End what pages have left behind: processes that have become ours and that we did not start."""
        for _ in range(SWEEPS if self.adopts else 0):
            left = system.children() - self.own - {each.pid for each in self.running}
            if not left:
                return
            for pid in left:
                _kill(pid)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)

    def close(self) -> None:
        """End every child."""
        with unhurried():
            for child in list(self.running):
                _kill(child.pid)
                self._gone(child)
            self.selector.close()


def _guarded(work: Callable[[int], Reply], number: int) -> Reply:
    try:
        return work(number)
    except MemoryError:
        return {"error": "it ran out of memory", "code": "MEMORY"}
    except Exception as error:  # one page's failure is that page's alone
        reason = str(error) if isinstance(error, ArshjulError) else type(error).__name__
        return {"error": reason, "code": str(getattr(error, "code", "PAGE"))}


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
