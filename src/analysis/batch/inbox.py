"""A place from which more work comes while other work is done."""

from __future__ import annotations

from typing import Protocol


class Inbox(Protocol):
    """Where those who want work done put their wishes."""

    @property
    def is_open(self) -> bool:
        """Whether more may come; when none may, what is under way is ended."""

    def fileno(self) -> int:
        """The open file that can be read when something has come."""

    def take(self) -> None:
        """Put what has come into the queue."""
