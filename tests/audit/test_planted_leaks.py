"""Two hundred safe releases, each with a leak planted in it: all the leaks are found, and none where there is none.

A base release is safe by construction: every hidden figure stands in an exchange of eight, girls and boys who passed or
not at two schools, where five pupils can move without changing one released figure. The two tables before and after the
exchange are the proof, and the tests add them up without the attacker.
"""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from analysis.audit.attack import Leak, findings
from analysis.audit.equations import system

SCHOOLS = [f"school {number}" for number in range(1, 9)]
DIMENSIONS = {"gender": ("girls", "boys"), "background": ("foreign", "swedish", "unknown")}
WIDTH = 5
Place = tuple[str, str, str]
Rows = list[dict[str, object]]


def _row(unit: str, group: str, part: str, value: float, **other: object) -> dict[str, object]:
    dimension = next((name for name, groups in DIMENSIONS.items() if group in groups), "all")
    row: dict[str, object] = {
        "release": "this", "indicator": "passed", "unit_id": unit, "level": "school",
        "parent_id": "municipality" if unit in SCHOOLS else "", "group_dimension": dimension, "group": group,
        "year": 2024, "part": part, "value": value, "low": np.nan, "high": np.nan, "is_open": False, "decimals": np.nan,
    }  # fmt: skip
    return row | other


class Base:
    """One safe release: the true figures, those hidden, and the two schools of the first exchange."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.true: dict[Place, int] = {}
        self.schools = list(self.random.permutation(SCHOOLS))
        small = {(self.schools[0], "girls", "k"), (self.schools[2], "boys", "k")}
        for school in SCHOOLS:
            for group, part in product(DIMENSIONS["gender"], ("k", "rest")):
                few = (school, group, part) in small
                self._count(
                    school, group, part, int(self.random.integers(1, 5) if few else self.random.integers(10, 40))
                )
            for part in ("k", "rest"):
                self._divide(school, part)
        self.exchanges = [self._exchange(0, 1, "girls"), self._exchange(2, 3, "boys")]
        self.hidden = {place for exchange in self.exchanges for place in exchange}

    def _count(self, school: str, group: str, part: str, count: int) -> None:
        for at in product((school, "municipality"), (group, "all"), (part, "n")):
            self.true[at] = self.true.get(at, 0) + count

    def _divide(self, school: str, part: str) -> None:
        """The same pupils by background, a few of them unknown."""
        total, unknown = self.true[school, "all", part], int(self.random.integers(0, 4))
        foreign = int(self.random.integers(2, total - unknown - 1))
        for group, count in zip(DIMENSIONS["background"], (foreign, total - unknown - foreign, unknown), strict=True):
            for at in product((school, "municipality"), (group,), (part, "n")):
                self.true[at] = self.true.get(at, 0) + count

    def _exchange(self, first: int, second: int, group: str) -> dict[Place, int]:
        """Five pupils moved round: which figures change, and by how much."""
        other = "boys" if group == "girls" else "girls"
        signs = {(school, each, part): WIDTH * a * b * c
                 for school, a in ((self.schools[first], 1), (self.schools[second], -1))
                 for each, b in ((group, 1), (other, -1)) for part, c in (("k", 1), ("rest", -1))}  # fmt: skip
        return signs

    def rows(self) -> Rows:
        return [
            _row(unit, group, part, np.nan if (unit, group, part) in self.hidden else value)
            for (unit, group, part), value in self.true.items()
        ]

    def target(self) -> Place:
        return (self.schools[0], "girls", "k")


def _audited(base: Base, rows: Rows, **other: pd.DataFrame) -> list[Leak]:
    """The leaks among the figures that the base hides."""
    known = system(pd.DataFrame(rows), **other)
    cells = known.cells
    places = zip(cells["unit_id"], cells["group"], cells["part"], strict=True)
    is_this = ((cells["year"] == "2024") & (cells["indicator"] == "passed")).to_numpy()
    return findings(known, WIDTH, [n for n, place in enumerate(places) if is_this[n] and place in base.hidden])


def opened(base: Base) -> list[Leak]:
    place = list(base.exchanges[0])[int(base.random.integers(8))]
    return _audited(base, [*base.rows(), _row(*place, base.true[place])])


def summed(base: Base) -> list[Leak]:
    """An area of the school and another one that is shown."""
    school, other = base.schools[0], base.schools[4]
    units = pd.DataFrame({"unit_id": [*SCHOOLS, school, other], "parent_id": ["municipality"] * 8 + ["area"] * 2})
    total = base.true[school, "girls", "k"] + base.true[other, "girls", "k"]
    return _audited(base, [*base.rows(), _row("area", "girls", "k", total)], units=units)


def shared(base: Base) -> list[Leak]:
    """A percentage with one decimal beside n, at the school or at the one that protects it."""
    school = base.schools[int(base.random.integers(2))]
    share = round(100 * base.true[school, "girls", "k"] / base.true[school, "girls", "n"], 1)
    return _audited(base, [*base.rows(), _row(school, "girls", "share", share, decimals=1)])


def _earlier(base: Base) -> dict[int, tuple[int, int]]:
    return {year: (int(base.random.integers(12, 40)), 50) for year in (2022, 2023)}


def _windows(kind: str, weight: float) -> pd.DataFrame:
    return pd.DataFrame({"window": "2022-2024", "year": [2022, 2023, 2024], "weight": weight, "kind": kind})


def pooled(base: Base) -> list[Leak]:
    """Three years together, two of them shown."""
    earlier, target = _earlier(base), base.target()
    rows = [_row(*target, k, year=year) for year, (k, _) in earlier.items()]
    total = base.true[target] + sum(k for k, _ in earlier.values())
    rows.append(_row(*target, total, year="2022-2024"))
    return _audited(base, [*base.rows(), *rows], windows=_windows("pooled", 1))


def averaged(base: Base) -> list[Leak]:
    """The mean of three years' percentages with one decimal."""
    earlier, (school, group, _) = _earlier(base), base.target()
    rows = [_row(school, group, part, value, year=year)
            for year, both in earlier.items() for part, value in zip(("k", "n"), both, strict=True)]  # fmt: skip
    years = [*earlier.values(), (base.true[base.target()], base.true[school, group, "n"])]
    mean = round(float(np.mean([100 * k / n for k, n in years])), 1)
    rows.append(_row(school, group, "share", mean, year="2022-2024", decimals=1))
    return _audited(base, [*base.rows(), *rows], windows=_windows("mean", 1 / 3))


def released_before(base: Base) -> list[Leak]:
    """An earlier release with a lower threshold showed what is five or more, so only the small ones were hidden."""
    rows = [row | {"release": "before"} for row in Base.rows(base)]
    for row in rows:
        place = (str(row["unit_id"]), str(row["group"]), str(row["part"]))
        row["value"] = base.true[place] if base.true[place] >= 5 else np.nan
    return _audited(base, [*base.rows(), *rows])


def crossed(base: Base) -> list[Leak]:
    """Girls who passed, by background."""
    school, _, _ = base.target()
    total = base.true[base.target()]
    first = int(base.random.integers(0, total + 1))
    counts = zip(DIMENSIONS["background"], (first, total - first, 0), strict=True)
    rows = [_row(school, f"{group}×girls", "k", value, group_dimension="background×gender") for group, value in counts]
    return _audited(base, [*base.rows(), *rows])


def open_elsewhere(base: Base) -> list[Leak]:
    """The authority's own figure for the boys."""
    school, _, _ = base.target()
    row = _row(school, "boys", "k", base.true[school, "boys", "k"], is_open=True, release="authority")
    return _audited(base, [*base.rows(), row])


def averaged_points(base: Base) -> list[Leak]:
    """A mean with two decimals and n, where the sum is one point for each who passed."""
    school, group, _ = base.target()
    mean = round(base.true[base.target()] / base.true[school, group, "n"], 2)
    rows = [row | {"part": "sum"} for row in base.rows() if row["part"] == "k"]
    known = system(pd.DataFrame([*base.rows(), *rows, _row(school, group, "mean", mean, decimals=2)]))
    cells = known.cells
    return findings(known, WIDTH, np.flatnonzero((cells["part"] == "sum") & cells["is_hidden"]).tolist())


def bounded(base: Base) -> list[Leak]:
    """A mark that tells the small from the others: 1 to 4."""
    rows = [row | {"low": 1, "high": 4} if (row["unit_id"], row["group"], row["part"]) == base.target() else row
            for row in base.rows()]  # fmt: skip
    return _audited(base, rows)


LEAKS = [
    opened, summed, shared, pooled, averaged, released_before, crossed, open_elsewhere, averaged_points, bounded,
]  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
@pytest.mark.parametrize("seed", range(20))
def test_the_planted_leak_is_found_and_the_safe_release_has_none(leak, seed: int) -> None:  # type: ignore[no-untyped-def]
    base = Base(1000 * LEAKS.index(leak) + seed)
    assert _audited(base, base.rows()) == []
    found = leak(base)
    assert found
    assert all(each.high - each.low < WIDTH and each.through for each in found)


@pytest.mark.parametrize("seed", range(20))
def test_the_exchange_changes_no_released_figure_and_leaves_none_below_nought(seed: int) -> None:
    base = Base(seed)
    for exchange in base.exchanges:
        moved = dict(base.true)
        for (school, group, part), change in exchange.items():
            for at in product((school, "municipality"), (group, "all"), (part, "n")):
                moved[at] += change
        assert {place for place in moved if moved[place] != base.true[place]} == set(exchange)
        assert all(abs(moved[place] - base.true[place]) == WIDTH for place in exchange)
        assert min(moved.values()) >= 0
