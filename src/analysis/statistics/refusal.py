"""A model that cannot be fitted gives no number; it says why."""

from __future__ import annotations


class CannotFitError(ValueError):
    """The model cannot be fitted to these figures; ``reason`` is the key, the text says why and how to mend it.

    >>> CannotFitError("collinear").reason
    'collinear'
    >>> str(CannotFitError("collinear", "column 'girls' follows from the others: leave it out"))
    "column 'girls' follows from the others: leave it out"
    """

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(text or reason)
        self.reason = reason
