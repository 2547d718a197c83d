"""From schools to the levels above, once: never an average of averages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.catalogue import indicators
from analysis.model import Status
from analysis.store.notes import Notes
from analysis.store.sources.places import OWN_FOLDERS

UPPER = {"area": "area_id", "municipality": "municipality_id", "region": "region_id", "nation": "nation_id"}
KEY = ["upper_id", "indicator", "year", "group"]
ENOUGH = 0.5
"""the share of the pupils that must stand behind a computed value for it to be given"""
ABSENT = "absent"
"""the status, in here only, of a school that has a row the year before or after but not this year"""
SHORT_OF_ALL = 2.5
"""pupils: ``~100`` means that one to four pupils lack what the others have; the middle of one and four"""


def with_pupils(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with ``n`` filled in where the source gives none.

    A count is its own ``n``. Otherwise the catalogue's ``n_from`` of the same unit and year is used;
    it counts all pupils, so it is used for the group ``all`` only.
    """
    given = rows[rows["status"] == Status.GIVEN]
    counts = given[given["group"] == "all"].set_index(["indicator", "unit_id", "year"])["value"]
    filled = rows["n"].copy()
    for name, measure in indicators().items():
        here = (rows["indicator"] == name) & (rows["group"] == "all") & filled.isna()
        if measure.unit == "count":
            filled = filled.where(~here, rows["value"])
        elif measure.n_from is not None and here.any() and measure.n_from in counts.index:
            keys = pd.MultiIndex.from_frame(rows.loc[here, ["unit_id", "year"]])
            filled.loc[here] = counts.loc[measure.n_from].reindex(keys).to_numpy()
    return rows.assign(n=filled)


def computed(
    rows: pd.DataFrame, units: pd.DataFrame, notes: Notes, whole: frozenset[str] = frozenset(("se", "no"))
) -> pd.DataFrame:
    """Rows of every area, municipality, county and nation, computed from its schools.

    Means are weighted with pupils. ``coverage`` is the share of the pupils of all schools that have a
    row that year, given or withheld, who stand behind the value; below one half no value is given. A
    withheld cell is never used, and what the publisher withholds for the upper unit is not computed. A
    share published as ``~100`` counts as 2.5 pupils short of all, and not as covered. The standard error
    is that of the weighted mean when every school has one. Counts are summed, and given only when every
    school's count is.
    """
    schools = rows[rows["level"] == "school"].join(units[list(UPPER.values())], on="unit_id")
    schools = _with_absent(schools.assign(pupils=_pupils(rows, schools, whole)))
    aggregation = schools["indicator"].map({name: measure.aggregation for name, measure in indicators().items()})
    parts = []
    for level, column in UPPER.items():
        below = schools[schools[column] != ""]
        if below.empty:
            continue
        below = below.assign(upper_id=below[column])
        for way, lift in (("pupil_weights", _means), ("sum", _sums)):
            parts.append(lift(below[aggregation.loc[below.index] == way]).assign(level=level))
    if not parts:
        return rows.head(0).assign(file="", row=0)
    lifted = pd.concat(parts, ignore_index=True).rename(columns={"upper_id": "unit_id"})
    empty = lifted["status"] == ""
    reasons = lifted["indicator"] + ", " + lifted["level"] + ": no school below has a figure and a number of pupils"
    for text, count in reasons[empty].value_counts().items():
        notes.add("not computed", "", str(text), int(count))
    lifted = _withheld_as_published(lifted[~empty], rows)
    return lifted.assign(origin="computed", source=lifted["indicator"].map(_sources(schools)), mark="", file="", row=0)


def _withheld_as_published(lifted: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The computed rows, without a figure wherever the publisher withholds the same one."""
    key = ["unit_id", "indicator", "year", "group"]
    hidden = rows.loc[rows["status"] == Status.WITHHELD, key].assign(hidden=True)
    is_hidden = lifted[key].merge(hidden, on=key, how="left")["hidden"].notna().to_numpy()
    return lifted.assign(
        value=lifted["value"].mask(is_hidden),
        se=lifted["se"].mask(is_hidden),
        status=lifted["status"].mask(is_hidden, Status.WITHHELD.value),
    )


def _sources(schools: pd.DataFrame) -> dict[str, str]:
    """The source of each indicator's computed rows: the catalogue's, unless all its schools' rows are one's own."""
    held = schools.groupby("indicator")["source"].agg(set)
    own = {name: max(found) for name, found in held.items() if found <= set(OWN_FOLDERS)}
    return {name: own.get(name, measure.source) for name, measure in indicators().items()}


def _with_absent(schools: pd.DataFrame) -> pd.DataFrame:
    """The rows, and an empty one for each school and year without a row beside a year that has one.

    So a year in which few schools have a row is not taken for whole: the others' pupils, as many as in
    the year beside it, are counted as not covered. Years beside the first and the last in the data are
    years for every school or for none.
    """
    key = ["unit_id", "indicator", "group"]
    held = pd.MultiIndex.from_frame(schools[[*key, "year"]])
    years = set(zip(schools["indicator"], schools["group"], schools["year"], strict=True))
    parts = []
    for step in (1, -1):
        beside = schools.assign(year=schools["year"] + step, value=np.nan, n=np.nan, se=np.nan, status=ABSENT, mark="")
        lacking = ~pd.MultiIndex.from_frame(beside[[*key, "year"]]).isin(held)
        real = [each in years for each in zip(beside["indicator"], beside["group"], beside["year"], strict=True)]
        parts.append(beside[lacking & np.array(real, dtype=bool)])
    absent = pd.concat(parts).drop_duplicates([*key, "year"])
    filled: pd.DataFrame = pd.concat([schools, absent[absent["pupils"] > 0]], ignore_index=True)
    return filled


def _pupils(rows: pd.DataFrame, schools: pd.DataFrame, whole: frozenset[str]) -> pd.Series[float]:
    """Pupils of each school, for the coverage: unknown numbers are replaced by typical ones.

    A withheld school whose number is hidden counts as the country's average such school that year: the
    nation's official number less what the schools show, over the number of such schools (`smallest_n`
    where the nation has no figure). A given figure without a number counts as the average school.
    """
    key = ["country", "indicator", "year", "group"]
    known = schools.assign(country=schools["unit_id"].str[:2])
    shown = known.groupby(key)["n"].transform("sum")
    hidden = known["n"].isna() & (known["status"] == Status.WITHHELD)
    nation = rows[rows["level"] == "nation"].assign(country=rows["unit_id"].str[:2])
    nation = nation.loc[nation["country"].isin(whole), [*key, "n"]].rename(columns={"n": "official"})
    official = known[key].merge(nation, on=key, how="left").set_index(known.index)["official"]
    of_hidden = known.assign(hidden=hidden).groupby(key)["hidden"].transform("sum")
    smallest_numbers = {name: float(each.smallest_n) for name, each in indicators().items()}
    smallest = known["indicator"].map(smallest_numbers).astype("float64")
    typical = ((official - shown) / of_hidden.where(of_hidden > 0)).clip(lower=1).fillna(smallest)
    average = known.groupby(key)["n"].transform("mean").fillna(smallest)
    return known["n"].fillna(typical.where(hidden, average))


def _means(below: pd.DataFrame) -> pd.DataFrame:
    status, n = below["status"], below["n"]
    given = (status == Status.GIVEN) & (n > 0)
    bound = (status == Status.ROUNDED) & (n > 0)
    in_view = status.isin([Status.GIVEN, Status.ROUNDED, Status.WITHHELD, ABSENT])
    parts = below[KEY].assign(
        behind=n.where(given, 0.0),
        weight=n.where(given | bound, 0.0),
        total=(n * below["value"]).where(given, 0.0) + (100 * n - 100 * SHORT_OF_ALL).where(bound, 0.0),
        variance=((n * below["se"]) ** 2).where(given, 0.0),
        without_error=((given & below["se"].isna()) | bound).astype(float),
        everyone=below["pupils"].where(in_view, 0.0),
        withheld=(status == Status.WITHHELD).astype(float),
    )
    sums = parts.groupby(KEY, as_index=False).sum()
    coverage = sums["behind"] / sums["everyone"].where(sums["everyone"] > 0)
    enough = coverage >= ENOUGH
    status_above = np.select(
        [enough, sums["behind"] > 0, sums["withheld"] > 0, sums["weight"] > 0],
        [Status.GIVEN, Status.MISSING, Status.WITHHELD, Status.MISSING],
        "",
    )
    weight = sums["weight"].where(sums["weight"] > 0)
    return sums[KEY].assign(
        value=(sums["total"] / weight).where(enough),
        status=status_above,
        n=weight,
        se=(np.sqrt(sums["variance"]) / weight).where(enough & (sums["without_error"] == 0)),
        coverage=coverage.fillna(0.0),
    )


def _sums(below: pd.DataFrame) -> pd.DataFrame:
    given = below["status"] == Status.GIVEN
    in_view = below["status"].isin([Status.GIVEN, Status.ROUNDED, Status.WITHHELD])
    parts = below[KEY].assign(
        value=below["value"].where(given, 0.0), given=given.astype(float), in_view=in_view.astype(float)
    )
    sums = parts.groupby(KEY, as_index=False).sum()
    coverage = sums["given"] / sums["in_view"].where(sums["in_view"] > 0)
    whole = coverage == 1
    status = np.select([whole, sums["in_view"] > 0], [Status.GIVEN, Status.MISSING], "")
    value = sums["value"].where(whole)
    return sums[KEY].assign(value=value, status=status, n=value, se=np.nan, coverage=coverage.fillna(0.0))
