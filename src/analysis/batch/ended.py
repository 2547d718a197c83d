"""What became of a run: its pages, and what they took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Took:
    """What one page took: seconds, the largest memory of its process and its own size, in bytes; what was too much."""

    name: str
    seconds: float
    memory: int
    bytes: int
    over: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunSummary:
    """What became of a run. ``failed`` holds (unit id, name, reason), ``codes`` the cause in one word by unit id.

    ``units`` are the ids of the units whose pages the run was about, ``why`` holds (unit id, name, reasons) of pages
    that were not up to date, ``seconds_left`` how long they would take, as far as it is known.
    """

    made: int
    kept: int
    failed: tuple[tuple[str, str, str], ...]
    out: Path
    seconds: float
    planned: int
    units: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict, hash=False)
    slowest: tuple[Took, ...] = ()
    beyond_budget: tuple[Took, ...] = ()
    why: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    seconds_left: float | None = None
    shard: tuple[int, int] | None = None
    url: str = ""

    @property
    def index(self) -> str:
        """Where the run's first page lies."""
        return f"{self.url.rstrip('/')}/index.html" if self.url else str(self.out / "index.html")

    @property
    def is_in_place(self) -> bool:
        """Whether the pages were put in place; those of a shard wait for the others."""
        return self.shard is None

    @property
    def then(self) -> str:
        """What to do with a shard."""
        number, count = self.shard or (1, 1)
        return f"shard {number} of {count} is done; when all are: arshjul join"
