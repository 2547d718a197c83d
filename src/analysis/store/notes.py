"""What was skipped, normalised or left outside, counted by kind and file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Notes:
    """Everything that did not go into the store as it stood, in plain words.

    Nothing is left out silently: each row or cell that is skipped, joined or not stored is counted here.
    """

    counted: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, kind: str, file: str, text: str, count: int = 1) -> None:
        """Count something once more, or so many times; nothing is counted when `count` is 0."""
        if count:
            self.counted[kind, file, text] += count

    def table(self) -> list[dict[str, str | int]]:
        """The notes in order: kind, file, text and count."""
        return [
            {"kind": kind, "file": file, "text": text, "count": count}
            for (kind, file, text), count in sorted(self.counted.items())
        ]
