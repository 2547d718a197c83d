"""What every question starts from: the rows of a level, each with its chance variance."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from analysis.model.indicator import Indicator
from analysis.model.observations import Observations
from analysis.model.words import ALL, Status
from analysis.statistics.intervals import interval, wilson
from analysis.statistics.lines import slopes
from analysis.statistics.noise import binomial_variance, own_variance, pooled_dispersion, pooled_noise

LADDER = ("group", "team", "school", "area", "municipality", "region", "nation")
ABSENCE = (
    (Status.WITHHELD, "withheld"),
    (Status.ROUNDED, "withheld"),
    (Status.NOT_YET, "missing"),
    (Status.NOT_APPLICABLE, "missing"),
    (Status.MISSING, "missing"),
)
"""the verdict when a unit has no number, by the first of these statuses that it has"""


ONLY_ONE = 0.99
"""a unit with this share of the pupils of a unit above is that unit, and is not held against it"""


@dataclass(frozen=True)
class Noise:
    """Where the chance variance of one cohort is known from, and its numbers.

    ``noise`` is published, binomial, between_years, pupil_sd or own_years. ``dispersion`` multiplies a
    published or binomial variance when schools' figures vary more around their own lines than it says.
    """

    noise: str
    noise_df: float = float("inf")
    pupil_sd: float = float("nan")
    year_sd: float = float("nan")
    dispersion: float = 1.0


@dataclass(frozen=True)
class NoisyRows:
    """The rows of one level and group up to a year, each with ``variance``, ``df``, ``low``, ``high``, ``noise``."""

    rows: pd.DataFrame
    noise: Noise
    group: str = ALL

    def details(self) -> dict[str, object]:
        """The numbers of the noise, for the method's text."""
        return dict(asdict(self.noise))


def noisy_rows(observations: Observations, level: str, year: int, group: str = ALL) -> NoisyRows:
    """The figures of a level up to `year`, each with its chance: computed once, then kept with the observations.

    See `_noisy_rows`. What is returned may be changed freely.
    """
    key = ("noisy_rows", level, year, group)
    if key not in observations.derived:
        observations.derived[key] = _noisy_rows(observations, level, year, group)
    kept: NoisyRows = observations.derived[key]
    return NoisyRows(kept.rows.copy(deep=False), kept.noise, group)


def _noisy_rows(observations: Observations, level: str, year: int, group: str) -> NoisyRows:
    """The figures of a level up to `year` and how far chance alone would move each of them.

    Variance by the indicator's ``noise``; a unit and segment where no given figure has one gets the
    residual variance of its own straight line for all of them (Student t with years - 2 df). ``low`` and
    ``high``: 95 % interval of the single value, Wilson for percentages of n, kept within the scale.
    """
    indicator = observations.indicator
    rows = observations.at(level, group)
    rows = rows[rows["year"] <= year].reset_index(drop=True)
    rows["segment"] = rows["year"].map({each: indicator.segment(int(each)) for each in rows["year"].unique()})
    rows["given"] = (rows["status"] == Status.GIVEN) & rows["value"].notna()
    units, segments = pd.factorize(rows["unit_id"])[0], rows["segment"].to_numpy(np.int64)
    codes = pd.factorize(units * (segments.max(initial=0) + 1) + segments)[0].astype(np.int64)
    noise = _known_variance(rows, codes, indicator)
    _fill_from_own_years(rows, codes, indicator)
    _set_value_interval(rows, indicator, noise)
    return NoisyRows(rows, noise, group)


def rounding_variance(indicator: Indicator) -> float:
    """The variance of rounding alone: step²/12, the step never finer than the published decimals."""
    return float(max(indicator.rounding, 10.0**-indicator.decimals) ** 2 / 12)


def _known_variance(rows: pd.DataFrame, codes: np.ndarray, indicator: Indicator) -> Noise:
    """Sets ``variance`` and ``df`` where the indicator's noise gives them, NaN elsewhere."""
    given, n = rows["given"].to_numpy(bool), rows["n"].to_numpy(float)
    value, x = rows["value"].to_numpy(float), rows["year"].to_numpy(float)
    rows["variance"], rows["df"], rows["noise"] = np.nan, np.inf, indicator.noise
    if indicator.noise == "between_years":
        usable = given & (n > 0)
        pooled = pooled_noise(codes[usable], x[usable], value[usable], n[usable], codes.max(initial=-1) + 1)
        if pooled is not None:
            rows.loc[usable, "variance"], rows["df"] = pooled.variance(n[usable]), pooled.df
            return Noise("between_years", pooled.df, pooled.pupil_sd, pooled.year_sd)
        if indicator.pupil_sd is not None and usable.any():
            rows.loc[usable, "variance"] = indicator.pupil_sd**2 / n[usable] + rounding_variance(indicator)
            rows["noise"] = "pupil_sd"
            return Noise("pupil_sd", pupil_sd=indicator.pupil_sd)
        return Noise("own_years")
    stated = rows["se"].to_numpy(float) ** 2 if indicator.noise == "published" else binomial_variance(value, n)
    stated = np.where(given & (stated > 0), stated + rounding_variance(indicator), np.nan)
    known = np.isfinite(stated)
    if not known.any():
        return Noise("own_years")
    fit = slopes(codes[known], x[known], value[known], 1 / stated[known], codes.max(initial=-1) + 1)
    dispersion, _ = pooled_dispersion(fit)
    rows["variance"] = stated * dispersion
    return Noise(indicator.noise, dispersion=dispersion)


def _fill_from_own_years(rows: pd.DataFrame, codes: np.ndarray, indicator: Indicator) -> None:
    """Units whose given figures all have unknown variance get the residual variance of their own line.

    A figure of unknown variance beside others of known variance stands alone: it has no interval and no
    say in a line, and takes nothing from the others.
    """
    given = rows["given"].to_numpy(bool)
    lacking = np.ones(codes.max(initial=-1) + 1, dtype=bool)
    lacking[codes[given & rows["variance"].notna().to_numpy()]] = False
    own = lacking[codes] & given
    value, x = rows["value"].to_numpy(float), rows["year"].to_numpy(float)
    variance, df = own_variance(codes[own], x[own], value[own], len(lacking), rounding_variance(indicator))
    rows.loc[own, "variance"], rows.loc[own, "df"] = variance[codes[own]], df[codes[own]]
    rows.loc[own, "noise"] = "own_years"


def _set_value_interval(rows: pd.DataFrame, indicator: Indicator, noise: Noise) -> None:
    """Sets ``low`` and ``high`` of each value."""
    value = rows["value"].to_numpy(float)
    low, high = interval(value, np.sqrt(rows["variance"].to_numpy(float)), rows["df"].to_numpy(float))
    if indicator.noise == "binomial":
        share_low, share_high = wilson(value / 100, rows["n"].to_numpy(float) / noise.dispersion)
        shares = (rows["noise"] == "binomial").to_numpy(bool)
        low, high = np.where(shares, 100 * share_low, low), np.where(shares, 100 * share_high, high)
    within = (indicator.minimum, indicator.maximum)
    rows["low"] = np.where(rows["given"], np.clip(low, *within), np.nan)
    rows["high"] = np.where(rows["given"], np.clip(high, *within), np.nan)


def unit_ids(observations: Observations, level: str) -> pd.Index:
    """Every unit of the level in the indicator's country, those without figures too."""
    key = ("unit_ids", level)
    if key not in observations.derived:
        units = observations.units
        mine = (units["level"] == level) & (units["country"] == observations.indicator.country)
        observations.derived[key] = units.index[mine.to_numpy(bool)].rename("unit_id")
    chosen: pd.Index = observations.derived[key]
    return chosen


def unanswered(rows: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """The verdict of each unit when nothing more is known: why it has no number, or too_few when it has some.

    ``verdict`` is withheld, missing or too_few; ``reason`` the status behind it (withheld, rounded, not_yet,
    not_applicable, missing, too_few). No row at all is missing.
    """
    verdicts = np.full(len(ids), "missing", dtype=object)
    reasons = verdicts.copy()
    codes, names = pd.factorize(rows["unit_id"])
    places = np.append(ids.get_indexer(pd.Index(names)), -1)[codes]
    kinds, statuses = pd.factorize(rows["status"])
    found = {str(status): places[kinds == kind] for kind, status in enumerate(statuses)}
    for status, verdict in reversed(ABSENCE):
        having = found.get(str(status), places[:0])
        having = having[having >= 0]
        verdicts[having], reasons[having] = verdict, str(status)
    given = places[rows["given"].to_numpy(bool) & (places >= 0)]
    verdicts[given], reasons[given] = "too_few", "too_few"
    return pd.DataFrame({"verdict": verdicts, "reason": reasons}, index=ids, dtype="str")


def values_of(rows: pd.DataFrame, ids: pd.Index, year: int) -> pd.DataFrame:
    """The value of `year` with its interval and n, per unit: columns of an estimate; NaN where not given."""
    now = rows[(rows["year"] == year) & rows["given"]].set_index("unit_id")
    return (
        now[["value", "low", "high", "n"]]
        .rename(columns={"low": "value_low", "high": "value_high"})
        .reindex(ids)
        .astype(float)
    )


def levels_above(level: str) -> tuple[str, ...]:
    """The steps above a level, nearest first."""
    return LADDER[LADDER.index(level) + 1 :] if level in LADDER else ()


def above(observations: Observations, ids: pd.Index, level: str) -> pd.Series[str]:
    """The unit of `level` that each unit belongs to; an empty text where it belongs to none."""
    column = f"{level}_id"
    return observations.units[column].reindex(ids).fillna("").astype(str)


def nearest_reference(observations: Observations, ids: pd.Index, level: str, year: int) -> pd.DataFrame:
    """The values, up to `year`, of the nearest unit above each unit: ``unit_id``, ``year``, ``reference``.

    Nearest is the lowest level with a value in `year`, or where none has one, with a value at all;
    ``reference_level`` names it. A unit above of whose pupils in `year` the unit has nearly all is passed over
    (`ONLY_ONE`): the unit would stand beside itself. No rows for a unit above which no level has a figure.
    """
    rows = observations.rows
    own = rows[(rows["level"] == level) & (rows["group"] == ALL) & (rows["year"] == year)].set_index("unit_id")["n"]
    found = []
    for order, step in enumerate(levels_above(level)):
        chosen = rows[(rows["level"] == step) & (rows["group"] == ALL) & (rows["year"] <= year)]
        chosen = chosen[chosen["status"] == Status.GIVEN]
        if len(chosen):
            parents = above(observations, ids, step)
            parent = pd.DataFrame({"unit_id": parents.index, "parent": parents.to_numpy()})
            now = chosen[chosen["year"] == year].set_index("unit_id")["n"]
            share = parent["unit_id"].map(own).astype(float) / parent["parent"].map(now).astype(float)
            value = chosen[["unit_id", "year", "value"]].rename(columns={"unit_id": "parent", "value": "reference"})
            apart = parent[~(share >= ONLY_ONE)]
            found.append(apart.merge(value, on="parent").assign(reference_level=step, order=order))
    if not any(map(len, found)):
        kinds = {"unit_id": "str", "year": "int64", "reference": "float64", "reference_level": "str"}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    every = pd.concat(found, ignore_index=True)
    is_of_now = (every["year"] == year).groupby([every["unit_id"], every["order"]]).transform("any")
    rank = every["order"] + np.where(is_of_now, 0, len(LADDER))
    return every[rank == rank.groupby(every["unit_id"]).transform("min")].drop(columns="order")


def series_of(observations: Observations, noisy: NoisyRows, ids: pd.Index, level: str, year: int) -> pd.DataFrame:
    """The rows shown beside an answer, with the ``reference`` value of the nearest level above.

    `noisy` are the level's rows up to `year`, `ids` its units: computed once for each group of pupils, then kept.
    """
    key = ("series_of", level, year, noisy.group)
    if key not in observations.derived:
        observations.derived[key] = _series_of(observations, noisy, ids, level, year)
    kept: pd.DataFrame = observations.derived[key]
    return kept.copy(deep=False)


def _series_of(observations: Observations, noisy: NoisyRows, ids: pd.Index, level: str, year: int) -> pd.DataFrame:
    columns = ["unit_id", "year", "group", "value", "low", "high", "status", "mark", "n", "segment", "noise", "source"]
    rows = noisy.rows[[*columns, "given"]]
    reference = nearest_reference(observations, ids, level, year)
    merged = rows.merge(
        reference[["unit_id", "year", "reference", "reference_level"]], on=["unit_id", "year"], how="left"
    )
    merged["value"] = merged["value"].where(merged["given"])
    return merged


def parent_value(observations: Observations, ids: pd.Index, step: str, year: int) -> np.ndarray:
    """The value in `year` of the unit of level `step` that each unit belongs to; NaN where there is none."""
    rows = observations.at(step)
    now = rows[(rows["year"] == year) & (rows["status"] == Status.GIVEN)].set_index("unit_id")["value"]
    return above(observations, ids, step).map(now).to_numpy(float)
