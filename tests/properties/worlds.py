"""Small made-up towns, one for each question and each kind of figures it is asked of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.catalogue import indicator, survey
from analysis.model.observations import PUPIL_COLUMNS, ROW_COLUMNS, TARGET_COLUMNS, Observations

YEAR = 2023
REGION = "se:region:01"
STEPS = ("group", "team", "school", "area", "municipality", "region", "nation")
Figures = Callable[[np.random.Generator, np.ndarray, np.ndarray], np.ndarray]
NOTHING = pd.DataFrame({"unit_id": pd.Series(dtype="str"), "year": pd.Series(dtype="int64")})


@dataclass(frozen=True)
class World:
    """What is asked: a question, at a level and for a year, of the observations."""

    question: str
    level: str
    observations: Observations
    year: int = YEAR


def school(place: int) -> str:
    """The id of a school."""
    return f"se:school:{place:08d}"


def town(place: int) -> str:
    """The id of a municipality."""
    return f"se:municipality:{9900 + place}"


def units_of(schools: int, towns: int, country: str = "se") -> pd.DataFrame:
    """Schools spread over the municipalities of one county."""
    rows: list[tuple[str | None, ...]] = [(REGION, "region", "Länet", None, None, None)]
    rows += [(town(place), "municipality", f"Staden {place}", None, town(place), REGION) for place in range(towns)]
    for place in range(schools):
        rows.append((school(place), "school", f"Skola {place}", school(place), town(place % towns), REGION))
    names = ["unit_id", "level", "name", "school_id", "municipality_id", "region_id"]
    frame = pd.DataFrame(rows, columns=names).assign(country=country, code="", team_id=None, area_id=None)
    frame["nation_id"], frame["parent_id"] = None, frame["municipality_id"]
    return frame.set_index("unit_id")


def rows_of(cells: pd.DataFrame, group: str = "all") -> pd.DataFrame:
    """Rows from cells with ``unit_id``, ``level``, ``year``, ``value`` and ``n``; NaN is withheld; se is 10/√n."""
    given = cells["value"].notna()
    rows = cells.assign(group=group, status=np.where(given, "given", "withheld"), mark=np.where(given, "", ".."))
    rows["n"] = rows["n"].where(given)
    rows = rows.assign(se=10 / np.sqrt(rows["n"]), source="made", origin="official", coverage=1.0)
    return rows[list(ROW_COLUMNS)]


def cells_of(random: np.random.Generator, schools: int, towns: int, years: int, figures: Figures) -> pd.DataFrame:
    """A figure per school and year, and the means of their pupils for municipalities and county.

    The last school is withheld every year, and one cell in twenty of the others.
    """
    place, year = np.repeat(np.arange(schools), years), np.tile(np.arange(YEAR + 1 - years, YEAR + 1), schools)
    n = random.integers(25, 90, schools)[place] + random.integers(0, 12, len(place))
    value = figures(random, place, year)
    seen = (place < schools - 1) & ((random.random(len(place)) > 0.05) | (year == YEAR))
    cells = pd.DataFrame({"unit_id": [school(int(each)) for each in place], "level": "school", "year": year})
    cells["value"], cells["n"] = np.where(seen, value, np.nan), n.astype(float)
    above = [cells]
    for level, unit in (
        ("municipality", [town(int(each) % towns) for each in place]),
        ("region", [REGION] * len(place)),
    ):
        parts = pd.DataFrame({"unit_id": unit, "year": year, "n": n.astype(float), "sum": n * value})
        sums = parts.groupby(["unit_id", "year"], as_index=False)[["n", "sum"]].sum()
        above.append(sums.assign(level=level, value=sums["sum"] / sums["n"])[list(cells.columns)])
    return pd.concat(above, ignore_index=True)


def drifting(middle: float, between: float, drift: float, chance: float) -> Figures:
    """Figures around each school's own line."""

    def made(random: np.random.Generator, place: np.ndarray, year: np.ndarray) -> np.ndarray:
        schools = int(place.max()) + 1
        own, slope = random.normal(0, between, schools)[place], random.normal(0, drift, schools)[place]
        figures: np.ndarray = middle + own + slope * (year - YEAR) + random.normal(0, chance, len(place))
        return figures

    return made


def figures_world(
    question: str, id: str, middle: float, spread: tuple[float, float, float], seed: int, size: int, **changes: object
) -> World:
    """Figures of schools, girls, boys, municipalities and county, with the composition of schools and two targets."""
    random = np.random.default_rng(seed)
    schools, towns, years = size, 2 + size % 3, 5 + seed % 4
    figures = drifting(middle, *spread)
    parts = [rows_of(cells_of(random, schools, towns, years, figures), group) for group in ("all", "girls", "boys")]
    rows = pd.concat(parts, ignore_index=True)
    rows["n"] = rows["n"].where(rows["group"] == "all", np.floor(rows["n"] / 2))
    wide = pd.MultiIndex.from_product([[school(each) for each in range(schools)], range(YEAR + 1 - years, YEAR + 1)])
    context = wide.to_frame(index=False, name=["unit_id", "year"])
    for name, low, high in (("parents_education", 30, 85), ("foreign_background", 5, 60), ("girls", 42, 57)):
        context[name] = np.repeat(random.uniform(low, high, schools), years) + random.normal(0, 1, len(context))
    context["pupils_grade_1_9"] = np.repeat(random.integers(200, 600, schools), years).astype(float)
    targets = [
        ["a", REGION, "goal", middle + 3.0, YEAR + 2, "council"],
        ["b", school(1), "minimum", middle, YEAR, "school"],
    ]
    targets += [["c", town(0), "gap_reduction", 4.0, YEAR + 1, "administration"]]
    settings = {"country": "se", "breaks": (), "rounding": 0.0, "decimals": 6} | changes
    chosen = replace(indicator(id), **settings)  # type: ignore[arg-type]
    held = pd.DataFrame(targets, columns=list(TARGET_COLUMNS))
    return World(question, "school", Observations(chosen, rows, units_of(schools, towns), context, targets=held))


def points(question: str) -> Callable[[int, int], World]:
    """Points whose chance is estimated from schools' own lines."""
    return lambda seed, size: figures_world(question, "merit_value", 220.0, (12.0, 2.0, 7.0), seed, size)


def tests(question: str) -> Callable[[int, int], World]:
    """Points with a published standard error, around lines that they scatter about a little less than it says."""
    return lambda seed, size: figures_world(question, "np8_reading", 50.0, (3.0, 0.4, 0.8), seed, size)


def shares(question: str) -> Callable[[int, int], World]:
    """Percentages of the pupils, around lines that they scatter about less than chance alone would make them."""
    spread = (9.0, 0.7, 1.0)
    return lambda seed, size: figures_world(question, "eligible_vocational", 60.0, spread, seed, size)


def many_points(seed: int, size: int) -> World:
    """Points of more than thirty schools, so that the background can be adjusted for."""
    return points("adjusted")(seed, size + 21)


def pupils_world(question: str, level: str, seed: int, size: int) -> World:
    """Pupils of three cohorts with sex, origin, parents' education, an earlier result, and the rows made of them."""
    random = np.random.default_rng(seed)
    schools, towns, cohorts = 8 + size % 3, 2, 4
    per_cohort = random.integers(32, 44, schools)
    place = np.repeat(np.arange(schools), per_cohort * cohorts)
    year = np.concatenate([np.repeat(np.arange(YEAR + 1 - cohorts, YEAR + 1), each) for each in per_cohort])
    count = len(place)
    prior = 12 + 3 * random.normal(size=count) + random.normal(0, 1, schools)[place]
    education = random.choice([1.0, 2.0, 3.0, np.nan], count, p=[0.15, 0.4, 0.4, 0.05])
    girl = random.random(count) < 0.5
    value = 150 + 6 * prior + 8 * np.nan_to_num(education, nan=2.0) + 12 * girl
    value += random.normal(0, 10, schools)[place] + random.normal(0, 25, count)
    pupils = pd.DataFrame(
        {
            "year": year, "grade": 9, "group_id": [f"se:group:{a}-{b}" for a, b in zip(place, year, strict=True)],
            "team_id": "", "school_id": [school(int(each)) for each in place], "area_id": "",
            "municipality_id": [town(int(each) % towns) for each in place], "sex": np.where(girl, "girl", "boy"),
            "parents_education": education, "support": random.random(count) < 0.25,
            "origin": random.choice(["domestic", "foreign_background", "newly_arrived"], count, p=[0.6, 0.25, 0.15]),
            "value": value, "prior": np.where(random.random(count) < 0.05, np.nan, prior),
        }
    )[list(PUPIL_COLUMNS)]  # fmt: skip
    parts = [pupils.assign(unit_id=pupils[f"{each}_id"], level=each) for each in ("school", "municipality")]
    cells = pd.concat(parts).groupby(["unit_id", "level", "year"])["value"].agg(value="mean", n="size").reset_index()
    chosen = replace(indicator("merit_value"), breaks=(), pupil_sd=None)
    units = units_of(schools, towns)
    return World(question, level, Observations(chosen, rows_of(cells.astype({"n": float})), units, NOTHING, pupils))


def of_pupils(question: str, level: str) -> Callable[[int, int], World]:
    """The pupils, asked at one level."""
    return lambda seed, size: pupils_world(question, level, seed, size)


def two_grades(question: str) -> Callable[[int, int], World]:
    """The same test in grades 8 and 9, without a published standard error."""

    def made(seed: int, size: int) -> World:
        changes = {"noise": "between_years", "pupil_sd": None}
        world = figures_world(question, "np9_reading", 52.0, (3.0, 0.3, 1.5), seed, size, **changes)
        observed = world.observations
        random = np.random.default_rng(seed + 1)
        own = observed.rows[(observed.rows["level"] == "school") & (observed.rows["group"] == "all")].dropna(subset="n")
        beside = own[["unit_id", "year"]].assign(prior_n=own["n"] + 5)
        beside["prior_value"] = own["value"] - 2 + random.normal(0, 1.5, len(own))
        context = beside[["unit_id", "year", "prior_value", "prior_n"]].reset_index(drop=True)
        return replace(world, observations=replace(observed, context=context))

    return made


def spread_out(seed: int, size: int) -> World:
    """Shares of a group in the schools of a few municipalities, whole numbers of pupils."""
    random = np.random.default_rng(seed)
    towns, years = 3, 5
    schools = towns * (5 + size % 3)
    place, year = np.repeat(np.arange(schools), years), np.tile(np.arange(YEAR + 1 - years, YEAR + 1), schools)
    n = random.integers(60, 300, schools)[place].astype(float)
    chance = np.clip(random.normal(0.35, 0.12, schools), 0.05, 0.8)[place]
    cells = pd.DataFrame({"unit_id": [school(int(each)) for each in place], "level": "school", "year": year})
    cells["value"], cells["n"] = 100 * random.binomial(n.astype(int), chance) / n, n
    chosen = replace(indicator("foreign_background"), country="se", breaks=())
    return World("segregation", "municipality", Observations(chosen, rows_of(cells), units_of(schools, towns), NOTHING))


def answering(seed: int, size: int) -> World:
    """Pupils' answers to the statements of an index; one in ten does not answer, one school not at all."""
    random, asked = np.random.default_rng(seed), survey("school_survey")
    schools, towns, id = 5 + size % 4, 2, "survey_safety"
    place = np.repeat(np.arange(schools), random.integers(12, 40, schools))
    own = random.normal(6.5, 1, schools)[place] + random.normal(0, 1.2, len(place))
    pupils = pd.DataFrame({name: [""] * len(place) for name in PUPIL_COLUMNS})
    pupils["year"], pupils["grade"] = YEAR, 8
    pupils["school_id"] = [school(int(each)) for each in place]
    pupils["municipality_id"] = [town(int(each) % towns) for each in place]
    silent = (random.random(len(place)) < 0.1) | (place == schools - 1)
    options, scored = np.array([10.0, 6.67, 3.33, 0.0]), []
    for name in asked.statements_of(id):
        wanted = own + random.normal(0, 1.5, len(place))
        turned = options[np.abs(wanted[:, None] - options).argmin(axis=1)]
        scored.append(np.where(silent, np.nan, turned))
        pupils[name] = np.where(silent, np.nan, [asked.scored(name, each) for each in turned])
    pupils = pupils.assign(value=np.mean(scored, axis=0), prior=np.nan)
    rows = pd.DataFrame({name: pd.Series(dtype="object") for name in ROW_COLUMNS})
    return World("survey", "school", Observations(indicator(id), rows, units_of(schools, towns), NOTHING, pupils))


def answers_published(seed: int, size: int) -> World:
    """The same index as published for schools and municipalities, with its own standard error."""
    return figures_world("survey", "survey_safety", 5.0, (0.2, 0.02, 0.1), seed, size)
