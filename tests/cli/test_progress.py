from __future__ import annotations

import io
from collections.abc import Mapping

import pytest

from analysis.cli.progress import Progress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def told(stream: io.StringIO, environment: Mapping[str, str], seconds: float = 2.0) -> str:
    clock = Clock()
    tell = Progress(stream, clock, environment)
    tell("pages    2 planned")
    for line in ("page     1/2 Alafors skola", "page     2/2 Surte skola"):
        clock.now += seconds
        tell(line)
    tell.close()
    return stream.getvalue()


def test_a_pipe_gets_every_step_as_a_plain_line() -> None:
    assert told(io.StringIO(), {}) == "pages    2 planned\npage     1/2 Alafors skola\npage     2/2 Surte skola\n"


def test_a_terminal_gets_one_line_with_the_time_that_is_left() -> None:
    found = told(Screen(), {"NO_COLOR": "1"})
    assert found == (
        "pages    2 planned\n\r\x1b[Kpage 1/2 Alafors skola · about 2 s left\r\x1b[Kpage 2/2 Surte skola\n"
    )


def test_no_color_is_respected() -> None:
    assert "\x1b[1m" in told(Screen(), {})
    assert "\x1b[1m" not in told(Screen(), {"NO_COLOR": "1"})


def test_a_dumb_terminal_gets_plain_lines() -> None:
    assert "\r" not in told(Screen(), {"TERM": "dumb"})


def test_a_page_that_failed_stays_on_the_screen() -> None:
    screen = Screen()
    tell = Progress(screen, Clock(), {"NO_COLOR": "1"})
    tell("page 1/3 Alafors skola")
    tell("page 2/3 Surte skola FAILED the gate is closed\n  found: 'x'")
    tell("page 3/3 Nolskolan")
    assert screen.getvalue() == (
        "\r\x1b[Kpage 1/3 Alafors skola · about 1 s left"
        "\r\x1b[Kpage 2/3 Surte skola FAILED the gate is closed\n  found: 'x'\n"
        "\r\x1b[Kpage 3/3 Nolskolan\n"
    )


@pytest.mark.parametrize(("seconds", "known"), [(0, "1 s"), (89, "89 s"), (90, "2 min"), (3600, "1 h 0 min")])
def test_the_time_left_is_in_words_one_can_act_on(seconds: float, known: str) -> None:
    from analysis.cli.progress import time_left

    assert time_left(seconds) == f" · about {known} left"
