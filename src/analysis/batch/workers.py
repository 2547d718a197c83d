"""Work done side by side, each piece in a process of its own that cannot harm the next."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.errors import ArshjulError

Reply = dict[str, Any]
DEADLINE = 180.0


@dataclass
class _Child:
    number: int
    pid: int
    reader: int
    ends: float
    text: bytes = b""


def side_by_side(
    count: int, work: Callable[[int], Reply], jobs: int, *, deadline: float = DEADLINE
) -> Iterator[tuple[int, Reply]]:
    """Yield ``(number, reply)`` for each of `count` pieces of work, as they are done.

    Each piece runs in a child forked from this process, so it sees all that was prepared here and leaves
    nothing behind. A child that dies, or is not done after `deadline` seconds, gives the reply
    ``{"error": reason}``; the others go on. Where there is no fork the pieces run here, one by one.
    """
    if not hasattr(os, "fork"):
        for number in range(count):
            yield number, _guarded(work, number)
        return
    waiting = list(range(count))
    running: dict[int, _Child] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    child = _start(waiting.pop(0), work, deadline, list(running))
                    running[child.reader] = child
                    selector.register(child.reader, selectors.EVENT_READ)
                for child in _ready(selector, running):
                    selector.unregister(child.reader)
                    del running[child.reader]
                    yield child.number, _reply(child)
        finally:
            for child in running.values():
                _kill(child)


def _guarded(work: Callable[[int], Reply], number: int) -> Reply:
    try:
        return work(number)
    except Exception as error:  # one page's failure is that page's alone
        return {"error": str(error) if isinstance(error, ArshjulError) else type(error).__name__}


def _start(number: int, work: Callable[[int], Reply], deadline: float, inherited: Sequence[int]) -> _Child:
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writer)
        return _Child(number, pid, reader, time.monotonic() + deadline)
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for each in (reader, *inherited):
            os.close(each)
        with os.fdopen(writer, "wb") as stream:
            stream.write(json.dumps(_guarded(work, number)).encode())
        status = 0
    finally:
        os._exit(status)


def _ready(selector: selectors.BaseSelector, running: dict[int, _Child]) -> list[_Child]:
    """The children that are done: they closed their pipe, or their time is up."""
    done = []
    for key, _ in selector.select(timeout=0.5):
        child = running[int(key.fd)]
        part = os.read(child.reader, 1 << 16)
        child.text += part
        if not part:
            done.append(child)
    late = [child for child in running.values() if child not in done and time.monotonic() > child.ends]
    for child in late:
        _signal(child)
        child.text = b""
    return done + late


def _signal(child: _Child) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(child.pid, signal.SIGKILL)


def _kill(child: _Child) -> None:
    _signal(child)
    os.close(child.reader)
    os.waitpid(child.pid, 0)


def _reply(child: _Child) -> Reply:
    os.close(child.reader)
    _, status = os.waitpid(child.pid, 0)
    if os.WIFSIGNALED(status):
        late = time.monotonic() > child.ends
        reason = "its time was up" if late else f"its process was ended by signal {os.WTERMSIG(status)}"
        return {"error": reason}
    try:
        reply: Reply = json.loads(child.text)
    except ValueError:
        return {"error": f"its process ended with exit code {os.waitstatus_to_exitcode(status)} and no reply"}
    return reply
