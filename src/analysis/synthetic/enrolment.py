"""Who goes where, year by year: pupils start, move up, change school, come and go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.synthetic.background import Background, Whole
from analysis.synthetic.classes import PUPILS_IN_A_CLASS, Classes, stage_of
from analysis.synthetic.plan import FIRST_YEAR, LARGE, LAST_YEAR, SMALL, YEARS, Plan, in_year
from analysis.synthetic.register import Register

LEAVE, CHOOSE_ANOTHER = 0.025, 0.05
"""the share that moves away in a year, and the share that goes to another school for grades 7–9 than the usual"""
SMALLEST_GROUP = 10
"""the size of the planted group that is just large enough to be shown"""
FOUR = 4
"""pupils in grade 9 of the smallest school in the newest year"""
LEAST_IN_A_CLASS, MOST_IN_A_CLASS = 16, 26


@dataclass(frozen=True)
class Roll:
    """Pupils with their grade, school and group, one place each; all are numbers in their lists."""

    pupil: Whole
    grade: Whole
    school: Whole
    group: Whole

    def at(self, places: npt.NDArray[np.generic]) -> Roll:
        """Some of them."""
        return Roll(self.pupil[places], self.grade[places], self.school[places], self.group[places])

    def with_more(self, more: Roll) -> Roll:
        """These and then those."""
        names = ("pupil", "grade", "school", "group")
        return Roll(*(np.concatenate((getattr(self, name), getattr(more, name))) for name in names))


@dataclass(frozen=True)
class Enrolment:
    """One place per pupil and school year, with who the pupils are and the groups there were."""

    year: Whole
    roll: Roll
    background: Background
    entry: Whole
    """the school each pupil started in, or came to, by pupil"""
    classes: Classes
    smallest_group: int
    """the group that has exactly the smallest size in the newest year"""


def enrolled(plan: Plan, rng: np.random.Generator) -> Enrolment:
    """Ten school years of pupils who start, move up, change school, come and go."""
    town = _Town(plan, rng)
    years = [town.first()]
    for year in YEARS[1:]:
        years.append(town.next(years[-1], year))
    together = years[0]
    for each in years[1:]:
        together = together.with_more(each)
    when = np.repeat(np.array(YEARS), [len(each.pupil) for each in years])
    return Enrolment(
        when, together, town.register.background(), town.register.entry(), town.classes, town.smallest_group
    )


class _Town:
    """The municipality while its years pass."""

    def __init__(self, plan: Plan, rng: np.random.Generator) -> None:
        self.plan, self.rng = plan, rng
        self.classes = Classes()
        self.register = Register(plan, rng)
        self.small = plan.place(SMALL)
        self.mixed = [self.classes.new(self.small, FIRST_YEAR, stage, is_mixed=True) for stage in range(3)]
        self.smallest_group = -1
        self.least = min(LEAST_IN_A_CLASS, max(4, round(0.8 * PUPILS_IN_A_CLASS * plan.size)))

    def first(self) -> Roll:
        """The first school year, with pupils in every grade."""
        found = self._empty()
        for grade in range(1, 10):
            found = found.with_more(self._starters(FIRST_YEAR, grade))
        return self._grouped(self._moved_on(found, found.grade >= 7), FIRST_YEAR, found.grade > 0)

    def next(self, before: Roll, year: int) -> Roll:
        """The school year after."""
        roll = Roll(before.pupil, before.grade + 1, before.school, before.group)
        roll = roll.at(roll.grade <= 9)
        roll = self._moved_on(roll, roll.grade == 7)
        roll = self._taken_over(roll, year)
        stays = self._staying(roll)
        gone = int((~stays).sum())
        roll = roll.at(stays)
        if year == LAST_YEAR:
            roll = self._with_smallest_group(roll)
        roll = roll.with_more(self._starters(year, 1))
        roll = self._grouped(roll, year, np.isin(roll.grade, (1, 4, 7)))
        return roll.with_more(self._joiners(roll, year, gone))

    def _empty(self) -> Roll:
        nobody = np.zeros(0, dtype=np.int64)
        return Roll(nobody, nobody, nobody, nobody)

    def _starters(self, year: int, grade: int) -> Roll:
        """Those who started in grade 1 so many years ago that they are in this grade now."""
        open_now = [
            (place, self.plan.cohort(in_year(school, year)))
            for place, school in enumerate(self.plan.schools)
            if school.first_grade == 1 and school.is_open(year)
        ]
        in_nine = year - (grade - 1) + 8 == LAST_YEAR
        counts = [FOUR if place == self.small and in_nine else count for place, count in open_now]
        school = np.repeat([place for place, _ in open_now], counts).astype(np.int64)
        pupil = self.register.starters(school, year - (grade - 1))
        return Roll(pupil, np.full(len(school), grade), school, np.full(len(school), -1))

    def _moved_on(self, roll: Roll, who: npt.NDArray[np.bool_]) -> Roll:
        """Those whose school ends with grade 6 go to the school for grades 7–9, some to another one."""
        feeds = np.array([self.plan.place(each.feeds) if each.feeds else -1 for each in self.plan.schools])
        upper = np.unique(feeds[feeds >= 0])
        target = feeds[roll.school]
        moves = who & (target >= 0)
        other = self.rng.random(len(target)) < CHOOSE_ANOTHER
        target = np.where(other, self.rng.choice(upper, len(target)), target)
        return Roll(roll.pupil, roll.grade, np.where(moves, target, roll.school), roll.group)

    def _taken_over(self, roll: Roll, year: int) -> Roll:
        """Pupils of a school that is no more, at the school that takes over; groups within a stage stay together."""
        school, group = roll.school.copy(), roll.group.copy()
        for place, each in enumerate(self.plan.schools):
            here = roll.school == place
            if each.is_open(year) or not here.any():
                continue
            target = self.plan.place(each.taken_over_by)
            school[here] = target
            for old in np.unique(group[here & ~np.isin(roll.grade, (4, 7))]).tolist():
                new = self.classes.new(target, self.classes.start[old], self.classes.stage[old], like=old)
                group[group == old] = new
        return Roll(roll.pupil, roll.grade, school, group)

    def _staying(self, roll: Roll) -> npt.NDArray[np.bool_]:
        """Everyone but those who move away; no group becomes too small."""
        order = self.rng.permutation(len(roll.pupil))
        groups = roll.group[order]
        sorted_places = np.argsort(groups, kind="stable")
        starts = np.r_[0, np.flatnonzero(np.diff(groups[sorted_places])) + 1]
        sizes = np.diff(np.r_[starts, len(groups)])
        rank = np.arange(len(groups)) - np.repeat(starts, sizes)
        may_go = order[sorted_places[(rank < np.repeat(np.maximum(0, sizes - self.least), sizes))]]
        may_go = may_go[roll.school[may_go] != self.small]
        wanted = min(len(may_go), round(LEAVE * len(roll.pupil)))
        stays = np.ones(len(roll.pupil), dtype=bool)
        stays[self.rng.permutation(may_go)[:wanted]] = False
        return stays

    def _with_smallest_group(self, roll: Roll) -> Roll:
        """One group in grade 9 of the largest F–9 school loses all but ten pupils."""
        here = (roll.school == self.plan.place(LARGE)) & (roll.grade == 9)
        groups, sizes = np.unique(roll.group[here], return_counts=True)
        self.smallest_group = int(groups[np.argmax(sizes)])
        members = np.flatnonzero(roll.group == self.smallest_group)
        stays = np.ones(len(roll.pupil), dtype=bool)
        stays[self.rng.permutation(members)[SMALLEST_GROUP:]] = False
        return roll.at(stays)

    def _grouped(self, roll: Roll, year: int, who: npt.NDArray[np.bool_]) -> Roll:
        """Those who begin a stage, in groups of about twenty-one; the smallest school has one group per stage."""
        group = roll.group.copy()
        keys = roll.school * 10 + roll.grade
        for key in np.unique(keys[who]).tolist():
            members = np.flatnonzero(who & (keys == key))
            school, grade = divmod(key, 10)
            stage = stage_of(grade)
            if school == self.small:
                group[members] = self.mixed[stage]
                continue
            start = year - (grade - 1) % 3
            count = max(1, round(len(members) / (PUPILS_IN_A_CLASS * min(1.0, max(0.6, self.plan.size)))))
            new = np.array([self.classes.new(school, start, stage) for _ in range(count)])
            group[self.rng.permutation(members)] = new[np.arange(len(members)) % count]
        return Roll(roll.pupil, roll.grade, roll.school, group)

    def _joiners(self, roll: Roll, year: int, wanted: int) -> Roll:
        """Pupils who come from elsewhere, as many as left, where there are places."""
        groups, first, sizes = np.unique(roll.group, return_index=True, return_counts=True)
        free = np.maximum(0, MOST_IN_A_CLASS - sizes)
        free[np.isin(groups, [*self.mixed, self.smallest_group])] = 0
        places = self.rng.permutation(np.repeat(first, free))[:wanted]
        pupil = self.register.joiners(roll.school[places], year)
        return Roll(pupil, roll.grade[places], roll.school[places], roll.group[places])
