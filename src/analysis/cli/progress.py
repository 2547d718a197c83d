"""How a long command says how far it has come.

On a terminal one line is written over and over, with the time that is left; into a file or a pipe
every step is a plain line. Colour is used only on a terminal and never when `NO_COLOR` is set.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import TextIO

_STEP = re.compile(r"(?P<word>\w+)\s+(?P<done>\d+)/(?P<total>\d+)\s(?P<rest>.*)", re.DOTALL)
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_ERASE_LINE = "\r\x1b[K"


class Progress:
    """Tell the user what is being done; called with one line of text, like `print`.

    A line of the form ``page 3/73 Alafors skola`` is a step of a counted whole: on a terminal it takes
    the place of the step before it. A step that says FAILED stays, and so does every other line. The
    time left is the mean time of the steps done so far, times the steps that remain.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._started = clock()
        self._step_is_shown = False
        self._is_live = self._stream.isatty() and environment.get("TERM") != "dumb"
        self._is_coloured = self._is_live and not environment.get("NO_COLOR")

    def __call__(self, text: str) -> None:
        step = _STEP.fullmatch(text)
        if step is None:
            self._started = self._clock()
        if step is None or not self._is_live:
            self._keep(text)
            return
        done, total = int(step["done"]), int(step["total"])
        if "FAILED" in text:
            self._keep(text)
        elif done < total:
            self._write_over(step, time_left((self._clock() - self._started) / max(done, 1) * (total - done)))
        else:
            self._write_over(step, "")
            self.close()

    def close(self) -> None:
        """Leave the line that is being written over, so that the next output starts on its own."""
        if self._step_is_shown:
            self._write("\n")
            self._step_is_shown = False

    def _keep(self, text: str) -> None:
        self._write(f"{_ERASE_LINE if self._step_is_shown else ''}{text}\n")
        self._step_is_shown = False

    def _write_over(self, step: re.Match[str], left: str) -> None:
        count = f"{step['done']}/{step['total']}"
        count = f"{_BOLD}{count}{_PLAIN}" if self._is_coloured else count
        self._write(f"{_ERASE_LINE}{step['word']} {count} {step['rest']}{left}")
        self._step_is_shown = True

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Events:
    """Tell a program what is being done: one JSON object per line on standard output.

    Every object has ``event``; a line without facts of its own is the event ``note`` with its ``text``.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream

    def __call__(self, text: str) -> None:
        facts = getattr(text, "facts", None) or {"event": "note", "text": str(text)}
        self._stream.write(json.dumps(facts, ensure_ascii=False) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Nothing is left to be said."""


def time_left(seconds: float) -> str:
    """How long is left, in words one can act on.

    >>> time_left(8.2), time_left(95), time_left(5400)
    (' · about 9 s left', ' · about 2 min left', ' · about 1 h 30 min left')
    """
    return f" · about {in_words(seconds)} left"


def in_words(seconds: float) -> str:
    """A length of time, rounded to what one plans by.

    >>> in_words(95)
    '2 min'
    """
    whole = max(1, int(seconds + 0.999))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
