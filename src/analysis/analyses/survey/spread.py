"""How the answers to each statement are spread over its options, for every unit at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.catalogue.surveys import Survey
from analysis.statistics.intervals import wilson

FEWEST_SHOWN = 10
"""the spread over options is shown where at least this many have answered the statement"""


@dataclass(frozen=True)
class Spread:
    """``counts``: units, statements, options (as answered). ``names`` are the statements' ids."""

    survey: Survey
    names: tuple[str, ...]
    counts: npt.NDArray[np.float64]

    def positive(self) -> npt.NDArray[np.float64]:
        """How many answers to each statement of each unit are positive; disagreeing when it is reversed."""
        good = np.array([value in self.survey.positive for value, _ in self.survey.options])
        turned = np.array([self.survey.statements[name].reversed for name in self.names], dtype=bool)
        chosen = np.where(turned[:, None], good[::-1][None, :], good[None, :])
        return np.asarray((self.counts * chosen[None]).sum(axis=2), dtype=float)

    def positive_share(self) -> npt.NDArray[np.float64]:
        """The share of all answers of each unit that are positive; NaN without answers."""
        answers = self.counts.sum(axis=(1, 2))
        return np.where(answers > 0, self.positive().sum(axis=1) / np.where(answers > 0, answers, 1.0), np.nan)

    def rows(self, ids: pd.Index, year: int, shown: npt.NDArray[np.bool_]) -> pd.DataFrame:
        """One row per unit, statement and option (``group`` "statement"): the share in per cent with its interval.

        Only where `shown` and at least ten have answered the statement. ``positive`` repeats the statement's
        share of positive answers with its Wilson interval; ``n`` is those who answered it.
        """
        answered = self.counts.sum(axis=2)
        kept = shown[:, None] & (answered >= FEWEST_SHOWN)
        unit, statement, option = np.nonzero(np.broadcast_to(kept[..., None], self.counts.shape))
        n = answered[unit, statement]
        share, positive = self.counts[unit, statement, option] / n, self.positive()[unit, statement] / n
        low, high = wilson(share, n)
        positive_low, positive_high = wilson(positive, n)
        return pd.DataFrame(
            {
                "unit_id": ids[unit], "year": year, "group": "statement",
                "statement": np.array(self.names, dtype=object)[statement],
                "option": np.array([value for value, _ in self.survey.options])[option],
                "value": 100 * share, "low": 100 * low, "high": 100 * high, "n": n, "status": "given", "mark": "",
                "given": True, "positive": 100 * positive, "positive_low": 100 * positive_low,
                "positive_high": 100 * positive_high,
            }
        )  # fmt: skip


def spread_of_answers(survey: Survey, indicator: str, pupils: pd.DataFrame, units: int) -> Spread:
    """Counts the answers of `pupils` (with ``place``) to the statements of one index."""
    names = tuple(name for name in survey.statements_of(indicator) if name in pupils.columns)
    counts = np.zeros((units, len(names), len(survey.options)))
    place = pupils["place"].to_numpy(np.int64)
    for which, name in enumerate(names):
        option = option_places(survey, name, pupils[name].to_numpy(float))
        known = option >= 0
        flat = np.bincount(place[known] * len(survey.options) + option[known], minlength=units * len(survey.options))
        counts[:, which, :] = flat.reshape(units, -1)
    return Spread(survey, names, counts)


def option_places(survey: Survey, statement: str, answers: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Which option each answer is, -1 for none; an answer that is no option of the survey is an error."""
    values = np.array([value for value, _ in survey.options])
    known = np.isfinite(answers)
    away = np.abs(np.where(known, answers, values[0])[:, None] - values[None, :])
    if len(answers) and away.min(axis=1).max() > 1e-6:
        strange = sorted({float(each) for each in answers[away.min(axis=1) > 1e-6]})
        raise ValueError(
            f"an answer to {survey.id} is one of {values.tolist()} or blank, found for {statement}: {strange[:3]}; "
            f"mend: write the option's value in the answers, or the option in surveys.toml"
        )
    return np.where(known, away.argmin(axis=1), -1).astype(np.int64)
