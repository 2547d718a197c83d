"""What a run says while it is at work: lines for people, each with its facts for programs."""

from __future__ import annotations

from typing import Any


class Line(str):
    """A line of text that carries what it says as facts, too.

    >>> line = Line("page 3/73 Alafors skola", event="page", unit="se:school:1")
    >>> print(line, line.facts["unit"])
    page 3/73 Alafors skola se:school:1
    """

    facts: dict[str, Any]

    def __new__(cls, text: str, **facts: Any) -> Line:
        """The text with its facts; ``event`` names what has happened."""
        line = super().__new__(cls, text)
        line.facts = facts
        return line
