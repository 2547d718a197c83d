"""Who the pupils are: drawn from the shares planned for the school they start in."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from analysis.synthetic.normal import Floats

Whole = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
YEARS_NEWLY_ARRIVED = 4
NEVER = -9999
"""the year of arrival of a pupil who was always here"""


@dataclass(frozen=True)
class Background:
    """Who the pupils are, one place per pupil; ``education`` is the true one, known or not."""

    girl: Truths
    education: Whole
    education_known: Truths
    foreign: Truths
    arrived: Whole
    support: Truths
    chance_foreign: Floats
    """the share of foreign background that the pupil was drawn with"""

    def is_newly_arrived(self, year: npt.ArrayLike) -> Truths:
        """Whether the pupil has come to the country within the last four years."""
        since = np.asarray(year) - self.arrived
        return np.asarray((since >= 0) & (since < YEARS_NEWLY_ARRIVED), dtype=bool)

    def at(self, places: Whole) -> Background:
        """The same for some of the pupils, in that order."""
        return Background(*(getattr(self, each.name)[places] for each in fields(self)))

    def with_more(self, more: Background) -> Background:
        """These pupils and then those."""
        pairs = ((getattr(self, each.name), getattr(more, each.name)) for each in fields(self))
        return Background(*(np.concatenate(pair) for pair in pairs))


def drawn(
    rng: np.random.Generator,
    foreign: Floats,
    high: Floats,
    low: Floats,
    *,
    year: npt.ArrayLike,
    newly_arrived: float,
) -> Background:
    """One pupil per place, with the shares of foreign background and education at home given there.

    ``newly_arrived`` is the share of those with foreign background who arrived within the last four
    years. Education at home is lower among pupils with foreign background (−0.10 in ``high``, +0.06 in ``low``),
    and is not known for 2 % (12 % of the newly arrived). Special support: 10 % of boys, 6 % of girls.
    """
    count = len(foreign)
    girl = rng.random(count) < 0.49
    is_foreign = rng.random(count) < foreign
    is_new = is_foreign & (rng.random(count) < newly_arrived)
    arrived = np.where(is_new, np.asarray(year) - rng.integers(0, YEARS_NEWLY_ARRIVED, count), NEVER)
    place = rng.random(count)
    more = np.where(is_foreign, low + 0.06, low)
    most = np.where(is_foreign, high - 0.10, high)
    education = np.where(place < more, 1, np.where(place > 1 - most, 3, 2)).astype(np.int64)
    known = rng.random(count) >= np.where(is_new, 0.12, 0.02)
    support = rng.random(count) < np.where(girl, 0.06, 0.10)
    return Background(
        girl, education, known, is_foreign, arrived.astype(np.int64), support, np.asarray(foreign, dtype=float)
    )
