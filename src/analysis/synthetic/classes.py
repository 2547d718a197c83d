"""The groups (klasser) of the municipality: who is taught together from one grade to the end of its stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.synthetic.plan import STAGES, School

PUPILS_IN_A_CLASS = 22.0


def stage_of(grade: int) -> int:
    """The number of the stage a grade belongs to.

    >>> stage_of(3), stage_of(4)
    (0, 1)
    """
    return (grade - 1) // 3


@dataclass
class Classes:
    """Every group there ever was, by its number; ``like`` is the group it was under another school code, or −1."""

    school: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    stage: list[int] = field(default_factory=list)
    letter: list[str] = field(default_factory=list)
    like: list[int] = field(default_factory=list)

    def new(self, school: int, start: int, stage: int, *, like: int = -1, is_mixed: bool = False) -> int:
        """The number of a new group that begins its stage in the year `start`; a mixed one holds the whole stage."""
        beside = sum(
            (each == school and year == start and level == stage)
            for each, year, level in zip(self.school, self.start, self.stage, strict=True)
        )
        letter = "" if is_mixed else chr(65 + beside % 26) + (str(beside // 26 + 1) if beside >= 26 else "")
        for column, value in ((self.school, school), (self.start, start), (self.stage, stage), (self.like, like)):
            column.append(value)
        self.letter.append(letter)
        return len(self.school) - 1

    def root(self, group: int) -> int:
        """The group it began as, before its school changed code."""
        while self.like[group] >= 0:
            group = self.like[group]
        return group

    def code(self, group: int, school: School) -> str:
        """The group's code, as ``99990101-2022-7a``: where, from when, from which grade."""
        first = STAGES[self.stage[group]][0]
        if not self.letter[group]:
            return f"{school.code}-{first}-{first + 2}"
        return f"{school.code}-{self.start[group]}-{first}{self.letter[group].lower()}"

    def name(self, group: int, school: School) -> str:
        """The group's name, as ``Klass 7–9 A, 2022–2025, Kvarnåsskolan``."""
        first, last = STAGES[self.stage[group]][:2]
        if not self.letter[group]:
            return f"Klass {first}–{last}, {school.name}"
        years = f"{self.start[group]}–{self.start[group] + 3}"
        return f"Klass {first}–{last} {self.letter[group]}, {years}, {school.name}"
