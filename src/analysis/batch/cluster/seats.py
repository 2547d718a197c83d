"""The workers of a cluster, each with what it is making, and what they tell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Seat:
    """One worker: its address, how many pages it makes at a time, and which."""

    address: str
    threads: int
    loads: int = 0
    state: str = "new"
    """new, loading, ready, or left: nothing more is given to it"""
    busy: dict[int, float] = field(default_factory=dict)
    """the numbers of the pages that it is making, and since when"""
    since: float = 0.0
    """when it was last sent what it is to load"""


@dataclass(frozen=True)
class News:
    """What became of a page: the worker's answer, or why there is none."""

    number: int
    answer: dict[str, Any] | None
    reason: str = ""
