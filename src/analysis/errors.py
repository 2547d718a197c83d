"""One tree of errors, one exit code per kind.

::

    ArshjulError                  1   something the user can mend
    ├── UsageError                2   an unknown unit, indicator, level, year, setting or parameter
    │   └── ParameterError        2   a report's parameter is unknown, missing or of the wrong type
    ├── AuditFailed               3   something withheld can be worked out from a release: nothing is published
    │   └── Contradiction         3   what was released cannot all be true, so it cannot be audited
    ├── InputRefused              4   a file breaks a rule: file, row, rule, what was found, how to mend it
    ├── PageFailed                1   one page could not be made; the others are not touched
    │   └── GateClosed            1   a page was made and did not pass the gate; nothing is published
    ├── RunStopped                1   page after page failed for one cause, so the run stopped itself
    ├── Locked                   75   another run is at work in the workspace; try again when it is done
    └── Interrupted             130   the user stopped the run
        └── Terminated          143   the system, or another program, ended the run
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ArshjulError(Exception):
    """Something went wrong that the user can mend; the text says how."""

    exit_code = 1


class UsageError(ArshjulError):
    """The command, the settings or a name in them is not right."""

    exit_code = 2


class ParameterError(UsageError):
    """A report's parameter is unknown, missing or of the wrong type."""


class AuditFailed(ArshjulError):
    """Something that is withheld can be worked out from what would be released; nothing of it is published."""

    exit_code = 3


class Contradiction(AuditFailed):
    """What was released cannot all be true: sums that do not add up, or one figure given twice, differently."""


class InputRefused(ArshjulError):
    """A file breaks a rule and is not read: nothing of it is used.

    The text is always: rule, what was found, where, and how to mend it.
    """

    exit_code = 4

    def __init__(
        self, rule: str, *, file: str, found: str, mend: str, row: int | None = None, column: str | None = None
    ) -> None:
        where = file
        if row is not None:
            where += f", row {row}"
        if column is not None:
            where += f", column {column!r}"
        super().__init__(f"{where}: {rule}\n  found: {found}\n  mend:  {mend}")
        self.rule, self.file, self.found, self.mend = rule, file, found, mend
        self.row, self.column = row, column


class PageFailed(ArshjulError):
    """One page could not be made; the other pages of the run are not touched.

    ``code`` says in one word why, so that pages can be counted by cause: see `docs/batch.md`.
    """

    code = "PAGE"

    def __init__(self, text: str = "", code: str = "") -> None:
        super().__init__(text)
        self.code = code or type(self).code


class GateClosed(PageFailed):
    """A page was made but did not pass the gate, so it was not published."""

    code = "GATE"


class RunStopped(ArshjulError):
    """Page after page failed for one and the same cause; nothing was put in place, what was made is kept."""


class Locked(ArshjulError):
    """Another run is at work in the workspace."""

    exit_code = 75


class Interrupted(ArshjulError):
    """The user stopped the run."""

    exit_code = 130


class Terminated(Interrupted):
    """The system, or another program, ended the run."""

    exit_code = 143


def nearest(word: str, known: Iterable[str]) -> str:
    """A suggestion for a mistyped name: `` Did you mean 'merit_value'?`` or nothing.

    >>> nearest("merit_valeu", ["merit_value", "girls"])
    " Did you mean 'merit_value'?"
    >>> nearest("xyz", ["merit_value"])
    ''
    """
    lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return f" Did you mean {lower[close[0]]!r}?" if close else ""
