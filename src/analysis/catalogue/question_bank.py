"""The questions that must be asked, as `questions.toml` says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from analysis.catalogue.level_list import levels
from analysis.catalogue.reading import tables, texts
from analysis.catalogue.report_kinds import report_kinds
from analysis.errors import UsageError
from analysis.model import Texts

ROLES = ("administration", "owner", "board", "programme")
"""who asks besides the levels; of a programme, whoever has to judge it"""
KINDS = ("describe", "cause", "effect", "equity", "act", "support")


@dataclass(frozen=True)
class RequiredQuestion:
    """A question that must be asked of whom it concerns (``of``) when its ``trigger`` fires; ``id`` is its name."""

    id: str
    of: tuple[str, ...]
    trigger: str
    kind: str
    text: Texts = field(hash=False)


@lru_cache(maxsize=1)
def required_questions() -> tuple[RequiredQuestion, ...]:
    """Every required question, in the order of the catalogue."""
    found = tuple(
        _question(number, table) for number, table in enumerate(tables("questions.toml")["question"], start=1)
    )
    if len({each.id for each in found}) < len(found):
        raise UsageError("questions.toml: every question has an id of its own; found one twice")
    return found


def may_answer(level: str) -> tuple[str, ...]:
    """The ids of the questions that a unit of a level may be asked, in any kind of report about it.

    >>> may_answer("region")[:3]
    ('efforts_tried', 'networks', 'practice_changed')
    """
    whose = {level, *(each.asked_of(level) for each in report_kinds().values() if level in each.levels)}
    return tuple(each.id for each in required_questions() if whose & set(each.of))


def _question(number: int, table: dict[str, object]) -> RequiredQuestion:
    where = f"questions.toml: question {number}"
    of, kind = tuple(str(each) for each in _list(table["of"])), str(table["kind"])
    wrong = [each for each in of if each not in (*levels(), *ROLES)]
    if wrong or kind not in KINDS:
        raise UsageError(
            f"{where}: it is of a level or of {', '.join(ROLES)}, and of a known kind; found: {of}, {kind}"
        )
    return RequiredQuestion(str(table["id"]), of, str(table["trigger"]), kind, texts(table, where))


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else [found]
