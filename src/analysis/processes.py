"""The same work for several numbers, side by side."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_work: list[Callable[[int], Any]] = []
"""what the processes forked from this one do; inherited and not sent, so that nothing need be written down"""


def shared_out(work: Callable[[int], Answer], number: int) -> list[Answer]:
    """`work` of 0 … `number` − 1, in order, in as many processes as this one may use cores.

    Where processes cannot be forked, one after the other in this one. An exception of any is raised here.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if min(cores, number) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return [work(each) for each in range(number)]
    _work.append(work)
    try:
        with ProcessPoolExecutor(min(cores, number), multiprocessing.get_context("fork")) as pool:
            return list(pool.map(_one, range(number)))
    finally:
        _work.pop()


def _one(number: int) -> Any:
    return _work[-1](number)
