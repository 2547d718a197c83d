"""How a folder becomes a question: its texts are read, its functions are found when first called."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from analysis.analyses.wording import LANGUAGES, words
from analysis.model import Analysis, Texts


@dataclass(frozen=True)
class Deferred:
    """A function that is imported when it is first called, so that a record is light to read."""

    module: str
    name: str

    def __call__(self, *positional: Any, **named: Any) -> Any:
        return getattr(import_module(self.module), self.name)(*positional, **named)


@dataclass(frozen=True)
class Plain(Deferred):
    """A function that gives a drawing, as one that gives the figure matplotlib makes of it."""

    def __call__(self, *positional: Any, **named: Any) -> Any:
        drawing = super().__call__(*positional, **named)
        return None if drawing is None else drawing.figure()


def record(id: str) -> Analysis:
    """The record of the question in the folder `id`: measure.py, words.py, figure.py and table.py."""
    room = f"analysis.analyses.{id}"
    return Analysis(
        id=id,
        title=_texts(id, "title"),
        question=_texts(id, "question"),
        measure=Deferred(f"{room}.measure", "measure"),
        say=Deferred(f"{room}.words", "say"),
        draw=Plain(f"{room}.figure", "draw"),
        drawing=Deferred(f"{room}.figure", "draw"),
        describe=Deferred(f"{room}.words", "describe"),
        tabulate=Deferred(f"{room}.table", "tabulate"),
        explain=Deferred(f"{room}.words", "explain"),
        may_be_used_for=_texts(id, "may_be_used_for"),
        may_not_be_used_for=_texts(id, "may_not_be_used_for"),
    )


def _texts(id: str, key: str) -> Texts:
    return {lang: words(id, lang)[key] for lang in LANGUAGES}
