"""The questions that must be asked, as `questions.toml` says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from analysis.catalogue.level_list import levels
from analysis.catalogue.reading import tables, texts
from analysis.errors import UsageError
from analysis.model import Texts

ROLES = ("administration", "owner", "board")
"""who asks besides the levels"""
KINDS = ("describe", "cause", "effect", "equity", "act", "support")


@dataclass(frozen=True)
class RequiredQuestion:
    """A question that must be asked of whom it concerns (``of``) when its ``trigger`` fires."""

    of: tuple[str, ...]
    trigger: str
    kind: str
    text: Texts = field(hash=False)


@lru_cache(maxsize=1)
def required_questions() -> tuple[RequiredQuestion, ...]:
    """Every required question, in the order of the catalogue."""
    return tuple(_question(number, table) for number, table in enumerate(tables("questions.toml")["question"], start=1))


def _question(number: int, table: dict[str, object]) -> RequiredQuestion:
    where = f"questions.toml: question {number}"
    of, kind = tuple(str(each) for each in _list(table["of"])), str(table["kind"])
    wrong = [each for each in of if each not in (*levels(), *ROLES)]
    if wrong or kind not in KINDS:
        raise UsageError(
            f"{where}: it is of a level or of {', '.join(ROLES)}, and of a known kind; found: {of}, {kind}"
        )
    return RequiredQuestion(of, str(table["trigger"]), kind, texts(table, where))


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else [found]
