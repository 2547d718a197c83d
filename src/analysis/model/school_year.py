"""The school year (sv *läsår*, nb *skoleår*)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

_FORMS = re.compile(r"^\s*(?P<start>\d{4}|\d{2})\s*[/\-–]\s*(?P<end>\d{4}|\d{2})\s*$")


@dataclass(frozen=True, order=True)
class SchoolYear:
    """A school year, known by the calendar year of its autumn.

    >>> str(SchoolYear(2024))
    '2024/25'
    >>> SchoolYear.parse("24/25") == SchoolYear.parse("2024-2025") == SchoolYear(2024)
    True
    >>> str(SchoolYear.parse("1999/00"))
    '1999/00'
    """

    first: ClassVar[int] = 1990
    last: ClassVar[int] = 2100
    start: int

    def __post_init__(self) -> None:
        if not self.first <= self.start <= self.last:
            raise ValueError(f"a school year starts between {self.first} and {self.last}, got: {self.start}")

    def __str__(self) -> str:
        return f"{self.start}/{(self.start + 1) % 100:02d}"

    @classmethod
    def parse(cls, text: str) -> SchoolYear:
        """The school year written as 2024/25, 2024-25, 24/25, 2024/2025 or 2024 (its autumn)."""
        if re.fullmatch(r"\s*\d{4}\s*", text):
            return cls(int(text))
        match = _FORMS.match(text)
        if match is None:
            raise ValueError(f"a school year is written 2024/25, got: {text!r}")
        first, last = match.groups()
        start = int(first) if len(first) == 4 else 2000 + int(first)
        end = int(last) if len(last) == 4 else start + (int(last) - start) % 100
        if end != start + 1:
            raise ValueError(f"a school year spans two following years, got: {text!r}")
        return cls(start)
