"""The ladder of levels: every unit with a page under the units it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analysis import catalogue
from analysis.report.page import PageRecord
from analysis.report.site.rendering import words


@dataclass
class Step:
    """A unit on the ladder, with the units below it."""

    unit_id: str
    level: str
    name: str
    code: str
    path: str = ""
    note: str = ""
    below: list[Step] = field(default_factory=list)
    below_name: str = ""

    @property
    def leaves(self) -> bool:
        """Whether nothing stands below the units below."""
        return not any(each.below for each in self.below)


def ladder(records: Iterable[PageRecord], known: Mapping[str, Mapping[str, object]], lang: str) -> list[Step]:
    """The units with a page and those above them, as trees, by name in every step."""
    texts = words(lang)
    steps: dict[str, Step] = {}
    for record in records:
        step = _step(steps, known, record.unit_id)
        step.path = record.path
        step.note = "" if record.state == "made" else texts["failed" if record.state == "failed" else "absent"]
        parent = known[record.unit_id].get("parent_id")
        while isinstance(parent, str) and parent in known:
            _step(steps, known, parent)
            parent = known[parent].get("parent_id")
    tops: list[Step] = []
    for step in sorted(steps.values(), key=lambda each: (each.name.casefold(), each.code)):
        parent = known[step.unit_id].get("parent_id")
        (steps[parent].below if isinstance(parent, str) and parent in steps else tops).append(step)
    for step in steps.values():
        if step.below:
            step.below_name = catalogue.level(step.below[0].level).plural[lang].lower()
    return tops


def _step(steps: dict[str, Step], known: Mapping[str, Mapping[str, object]], unit_id: str) -> Step:
    unit = known[unit_id]
    return steps.setdefault(unit_id, Step(unit_id, str(unit["level"]), str(unit["name"]), str(unit["code"])))
