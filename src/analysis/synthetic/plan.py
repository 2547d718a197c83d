"""What the made-up municipality is meant to be: its schools, their sizes and who goes there.

All that is planted stands here or in `pupil_model`; what the seed decides is drawn in `effects`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.errors import UsageError
from analysis.synthetic.names import school_code

FIRST_YEAR, LAST_YEAR = 2015, 2024
"""the autumns of the first and the newest school year"""
YEARS = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
MIDDLE = (FIRST_YEAR + LAST_YEAR) / 2
MUNICIPALITY = "9901"
USUAL_PUPILS = 5500
FEWEST_PUPILS, MOST_PUPILS = 1000, 20000
STAGES = ((1, 3, "F–3", "f3"), (4, 6, "4–6", "46"), (7, 9, "7–9", "79"))
"""first grade, last grade, name and code of the teams"""


def code(number: int) -> str:
    """The code of a school of the municipality."""
    return school_code(MUNICIPALITY, number)


@dataclass(frozen=True)
class School:
    """A school as it is planned.

    ``classes`` per grade at the municipality's usual size; ``cohort`` instead says a fixed number of pupils per
    grade, taught in one group per stage. ``foreign`` is the share of foreign background among those who
    start here, ``high`` and ``low`` the shares with post-secondary and with compulsory education at
    home. ``feeds`` is the school for grades 7–9. ``successor`` carries on the series; ``receives`` takes over
    the pupils when a school is closed. ``like`` names the schools whose true values it carries on.
    """

    code: str
    name: str
    area: str
    first_grade: int
    last_grade: int
    classes: int = 0
    cohort: int = 0
    foreign: float = 0.2
    high: float = 0.55
    low: float = 0.07
    feeds: str = ""
    first_year: int = FIRST_YEAR
    last_year: int | None = None
    successor: str = ""
    receives: str = ""
    like: tuple[str, ...] = ()
    municipality: str = MUNICIPALITY

    @property
    def taken_over_by(self) -> str:
        """The school its pupils go to when it is no more."""
        return self.successor or self.receives

    def is_open(self, year: int) -> bool:
        """Whether there is teaching in this school year."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


@dataclass(frozen=True)
class Plan:
    """The municipality as it is planned, with the sizes asked for."""

    schools: tuple[School, ...]
    size: float
    """how large the municipality is beside its usual size"""

    def place(self, school: str) -> int:
        """The number of a school in the list."""
        return [each.code for each in self.schools].index(school)

    def cohort(self, school: School) -> int:
        """The pupils who start in grade 1 of a school in a year."""
        return school.cohort or max(4, round(school.classes * 22.4 * self.size))


NORTH, CENTRE, SOUTH = "9901-1", "9901-2", "9901-3"
LARGE, GAP_CLOSES, SMALL = code(1), code(2), code(3)
RISES, FALLS = code(5), code(12)
MERGED, CLOSED, RENAMED, NEW_NAME, MERGER = (code(7), code(8)), code(9), code(11), code(15), code(14)
FEW_ANSWER = code(13)
SCHOOLS = (
    School(LARGE, "Kvarnåsskolan", NORTH, 1, 9, 3, foreign=0.18, high=0.52),
    School(GAP_CLOSES, "Lärkviksskolan", SOUTH, 1, 9, 3, foreign=0.30, high=0.50),
    School(SMALL, "Hedsundskolan", NORTH, 1, 9, cohort=5, foreign=0.08, high=0.40),
    School(code(4), "Rosenlidsskolan", CENTRE, 1, 6, 3, foreign=0.10, high=0.74, low=0.03, feeds=code(12)),
    School(RISES, "Tranviksskolan", CENTRE, 1, 6, 4, foreign=0.20, high=0.60, feeds=code(12)),
    School(code(6), "Askmoskolan", SOUTH, 1, 6, 3, foreign=0.64, high=0.32, low=0.20, feeds=code(13)),
    School(
        code(7), "Linviksskolan", SOUTH, 1, 6, 2, foreign=0.45, high=0.40, low=0.14, feeds=code(13),
        last_year=2019, successor=MERGER,
    ),
    School(
        code(8), "Hasselviksskolan", SOUTH, 1, 6, 2, foreign=0.28, high=0.48, low=0.09, feeds=code(13),
        last_year=2019, successor=MERGER,
    ),
    School(
        CLOSED, "Videåsskolan", NORTH, 1, 6, 2, foreign=0.24, high=0.44, low=0.09, feeds=code(16), last_year=2018,
        receives=code(10),
    ),
    School(code(10), "Fyrmoskolan", NORTH, 1, 6, 2, foreign=0.22, high=0.48, feeds=code(16)),
    School(
        RENAMED, "Smedviksskolan", CENTRE, 1, 6, 3, foreign=0.16, high=0.62, feeds=code(16), last_year=2020,
        successor=NEW_NAME,
    ),
    School(FALLS, "Bergslidsskolan", CENTRE, 7, 9),
    School(FEW_ANSWER, "Ekmoskolan", SOUTH, 7, 9),
    School(
        MERGER, "Zinkviksskolan", SOUTH, 1, 6, 4, foreign=0.36, high=0.44, low=0.11, feeds=code(13),
        first_year=2020, like=MERGED,
    ),
    School(
        NEW_NAME, "Lodviksskolan", CENTRE, 1, 6, 3, foreign=0.16, high=0.62, feeds=code(16), first_year=2021,
        like=(RENAMED,),
    ),
    School(code(16), "Renlidsskolan", NORTH, 7, 9),
)  # fmt: skip
"""fourteen schools at first, twelve at last: two merge, one closes, one changes its name and code"""
RECEIVES_CLASSES = {code(10): (2019, 4)}
"""from this school year this school takes in so many classes per grade, as the closed school's children start there"""


def planned(pupils: int = USUAL_PUPILS) -> Plan:
    """The municipality with about so many pupils a year in grades 1–9."""
    if not FEWEST_PUPILS <= pupils <= MOST_PUPILS:
        raise UsageError(
            f"the number of pupils is from {FEWEST_PUPILS} to {MOST_PUPILS}, found: {pupils}\n"
            f"  mend:  choose a number between them; {USUAL_PUPILS} is the usual size"
        )
    return Plan(SCHOOLS, pupils / USUAL_PUPILS)


def in_year(school: School, year: int) -> School:
    """The school as it is planned for a year."""
    since, classes = RECEIVES_CLASSES.get(school.code, (year + 1, 0))
    return replace(school, classes=classes) if year >= since else school
