"""What runs inside a Dask worker: it starts the press beside it, hands it pages, and hands back what came of them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from multiprocessing import Pipe
from typing import Any

from analysis.batch.cluster.parcel import name_of

LEFT_OVER = 30.0
"""seconds that a press may take to end when its worker has hung up, before it is ended"""


class Press:
    """The press beside this worker, and the pages that are being made in it."""

    def __init__(self) -> None:
        here, there = Pipe()
        self.line = here
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "analysis.batch.cluster.press", str(there.fileno())],
            pass_fds=(there.fileno(),),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        there.close()
        self.sending = threading.Lock()
        self.answers: dict[str, dict[str, Any]] = {}
        self.heard = threading.Condition()
        self.is_gone = False
        self.first: dict[str, Any] = {}

    def start(self, parcel: bytes, *, is_rehearsed: bool) -> dict[str, Any]:
        """Send what pages are made from, and wait until it is loaded: ``pid``, or why there is none."""
        try:
            self.line.send({"parcel": parcel, "is_rehearsed": is_rehearsed})
            self.first = self.line.recv()
        except (EOFError, OSError):
            self.first = {"died": self.close()}
        if "pid" in self.first:
            threading.Thread(target=self._listen, name="arshjul-press", daemon=True).start()
        return self.first

    def _listen(self) -> None:
        """Take what the press says, until it is gone."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                answer = self.line.recv()
                with self.heard:
                    self.answers[answer["unit"]] = answer
                    self.heard.notify_all()
        with self.heard:
            self.is_gone = True
            self.heard.notify_all()

    def page(self, unit: str) -> dict[str, Any]:
        """Have a page made, and wait for it. A press that is gone gives ``{"died": ...}``."""
        try:
            with self.sending:
                self.line.send(unit)
        except OSError:
            return {"died": self.close()}
        with self.heard:
            self.heard.wait_for(lambda: unit in self.answers or self.is_gone)
            if unit in self.answers:
                return self.answers.pop(unit)
        return {"died": self.close()}

    def close(self) -> str:
        """Hang up, and wait until the press has ended with all its pages; how it ended, in words."""
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(self.line.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)  # closing it would not wake the thread that listens
        try:
            code = self.process.wait(LEFT_OVER)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            code = self.process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"


_PRESSES: dict[str, Press] = {}
_STARTING = threading.Lock()


def load(parcel: bytes, name: str, *, is_rehearsed: bool = True) -> dict[str, Any]:
    """Start the press beside this worker with what was sent, once; in a Dask task.

    Gives the press's process, or why there is none: ``error``, or ``died`` when it ended before it was ready.
    """
    with _STARTING:
        known = _PRESSES.get(name)
        if known is not None and not known.is_gone and known.process.poll() is None:
            return known.first
        if name_of(parcel) != name:
            return {"error": "what arrived is not what was sent: its hash is another"}
        press = _PRESSES[name] = Press()  # known while it loads, so that it is ended with a run that is stopped then
        found = press.start(parcel, is_rehearsed=is_rehearsed)
        if "pid" not in found:
            _PRESSES.pop(name, None)
            press.close()
        return found


def page(name: str, unit: str) -> dict[str, Any]:
    """Make a page in the press beside this worker; in a Dask task. ``died`` when there is none."""
    press = _PRESSES.get(name)
    return {"died": "not there"} if press is None else press.page(unit)


def close(name: str) -> str:
    """End the press with all its pages; outside any task."""
    press = _PRESSES.pop(name, None)
    return "" if press is None else press.close()
