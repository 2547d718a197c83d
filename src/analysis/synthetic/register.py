"""The pupils there ever were, each with the background of the school they started in or came to."""

from __future__ import annotations

from functools import reduce

import numpy as np

from analysis.synthetic.background import Background, Whole, drawn
from analysis.synthetic.normal import Floats
from analysis.synthetic.plan import FIRST_YEAR, Plan


class Register:
    """Numbers for pupils as they turn up."""

    def __init__(self, plan: Plan, rng: np.random.Generator) -> None:
        self.rng = rng
        self.shares = planned_shares(plan)
        self._backgrounds: list[Background] = []
        self._entries: list[Whole] = []
        self._count = 0

    def starters(self, school: Whole, year: int) -> Whole:
        """Pupils who were there from grade 1 or the first year on.

        Of those with foreign background 7 % were newly arrived then, 10 % of those there in the first year.
        """
        foreign, high, low = self.shares[school].T
        share = 0.07 if year > FIRST_YEAR else 0.10
        who = drawn(self.rng, foreign, high, low, year=max(year, FIRST_YEAR), newly_arrived=share)
        return self._added(school, who)

    def joiners(self, school: Whole, year: int) -> Whole:
        """Pupils who came later: more have foreign background, and many of them are newly arrived."""
        foreign, high, low = self.shares[school].T
        share = 0.75 if year <= FIRST_YEAR + 2 else 0.60
        return self._added(school, drawn(self.rng, 0.6 * foreign + 0.3, high, low, year=year, newly_arrived=share))

    def background(self) -> Background:
        """Who all of them are, by number."""
        return reduce(Background.with_more, self._backgrounds)

    def entry(self) -> Whole:
        """The school each of them started in or came to, by number."""
        return np.concatenate(self._entries)

    def _added(self, school: Whole, who: Background) -> Whole:
        self._backgrounds.append(who)
        self._entries.append(school)
        self._count += len(school)
        return np.arange(self._count - len(school), self._count)


def planned_shares(plan: Plan) -> Floats:
    """Foreign background, post-secondary and compulsory education at home, by school.

    A school for grades 7–9 has the mean of the schools its pupils come from, weighted with their sizes.
    """
    found = np.array([[each.foreign, each.high, each.low] for each in plan.schools])
    for place, school in enumerate(plan.schools):
        sources = [number for number, each in enumerate(plan.schools) if each.feeds == school.code]
        if sources:
            sizes = [plan.cohort(plan.schools[number]) for number in sources]
            found[place] = np.average(found[sources], axis=0, weights=sizes)
    return found
