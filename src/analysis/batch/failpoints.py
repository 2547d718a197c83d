"""Places at which a test may end the run as a power cut would."""

from __future__ import annotations

import os
import signal

VARIABLE = "ARSHJUL_FAIL_AT"
_passed = 0


def passed(step: str) -> None:
    """Say that a step has been passed. Does nothing, unless a test has asked for the end of the process here.

    With ``ARSHJUL_FAIL_AT=7`` the process is killed, unannounced, at the seventh step it passes, whichever that is;
    with ``ARSHJUL_FAIL_AT=placed`` at the first step of that name.
    """
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    global _passed
    _passed += 1
    if wanted in (str(_passed), step):
        os.kill(os.getpid(), signal.SIGKILL)
