"""What pupils answered, one number per pupil or per option, and what those who did not answer may hide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats, interval, welch_df, wilson
from analysis.statistics.lines import Codes
from analysis.statistics.refusal import CannotFitError


@dataclass(frozen=True)
class Index:
    """Each respondent's index (NaN with too few answers), the mean, and how many counted and did not.

    95 % interval of the mean by Student t with ``counted`` - 1 degrees of freedom.
    """

    values: Floats
    mean: float
    sd: float
    low: float
    high: float
    counted: int
    not_counted: int


def survey_index(answers: npt.ArrayLike, fewest_items: int | None = None) -> Index:
    """One number per respondent: the mean of the questions answered, when enough of them are.

    A respondent counts who answered at least `fewest_items` (default: more than half) of the questions; the
    others are counted as such. Answers already on the index's scale (10, 6.67, 3.33 and 0 for four options),
    NaN for no answer or don't know.

    >>> found = survey_index([[4, 2, float("nan")], [1, float("nan"), float("nan")], [5, 5, 5]])
    >>> found.values.tolist(), found.counted, found.not_counted
    ([3.0, nan, 5.0], 2, 1)
    """
    rows = np.asarray(answers, dtype=float)
    least = rows.shape[1] // 2 + 1 if fewest_items is None else fewest_items
    if not 1 <= least <= rows.shape[1]:
        raise ValueError(f"between 1 and {rows.shape[1]} questions can be asked for, got: {least}")
    given = np.isfinite(rows).sum(axis=1)
    enough = given >= least
    values = np.where(enough, np.nansum(rows, axis=1) / np.maximum(given, 1), np.nan)
    counted = int(enough.sum())
    if counted < 2:
        raise CannotFitError("too_few_answers", f"{counted} respondents answered {least} questions; two are needed")
    mean, sd = float(np.nanmean(values)), float(np.nanstd(values, ddof=1))
    low, high = interval(mean, sd / np.sqrt(counted), counted - 1)
    return Index(values, mean, sd, float(low), float(high), counted, len(rows) - counted)


@dataclass(frozen=True)
class Shares:
    """How many chose each option, their share of those who answered, and its 95 % Wilson interval."""

    counts: npt.NDArray[np.int64]
    shares: Floats
    low: Floats
    high: Floats
    answered: int
    not_answered: int


def distribution(answers: npt.ArrayLike, options: npt.ArrayLike) -> Shares:
    """How the answers to a question are spread over its options.

    Shares of those who answered (NaN: no answer or don't know), each with a Wilson interval of its own. An
    answer that is not among the options is refused.

    >>> found = distribution([1, 2, 2, 4, float("nan")], [1, 2, 3, 4])
    >>> found.shares.tolist(), found.answered, found.not_answered
    ([0.25, 0.5, 0.0, 0.25], 4, 1)
    """
    given, wanted = np.asarray(answers, dtype=float), np.asarray(options, dtype=float)
    known = given[np.isfinite(given)]
    strange = np.setdiff1d(known, wanted)
    if len(strange):
        raise CannotFitError("out_of_range", f"answers outside the options: {strange.tolist()}")
    if len(known) == 0:
        raise CannotFitError("too_few_answers", "nobody has answered")
    counts = (known[:, None] == wanted).sum(axis=0).astype(np.int64)
    shares = counts / len(known)
    return Shares(counts, shares, *wilson(shares, len(known)), len(known), len(given) - len(known))


def positive_share(answers: npt.ArrayLike, options: npt.ArrayLike, positive: npt.ArrayLike) -> Shares:
    """How many of those who answered are positive: one share, with a 95 % Wilson interval.

    >>> float(positive_share([1, 2, 3, 4, float("nan")], [1, 2, 3, 4], [3, 4]).shares[0])
    0.5
    """
    given = np.asarray(answers, dtype=float)
    asked = distribution(given, options)
    is_positive = np.isin(given, np.asarray(positive, dtype=float)).astype(float)
    found = distribution(np.where(np.isfinite(given), is_positive, np.nan), [1.0, 0.0])
    one = slice(0, 1)
    return Shares(
        found.counts[one], found.shares[one], found.low[one], found.high[one], asked.answered, asked.not_answered
    )


@dataclass(frozen=True)
class ResponseBounds:
    """The response rate, and between what the figure of all lies at worst and under a stated assumption."""

    rate: float
    worst_low: float
    worst_high: float
    plausible_low: float
    plausible_high: float


def response_bounds(
    figure: float, answered: int, asked: int, lowest: float, highest: float, unlike: float
) -> ResponseBounds:
    """What the figure could be had everyone answered.

    With response rate r the figure of all is r·figure + (1 - r)·m. At worst m, the mean of those who did not
    answer, lies anywhere from `lowest` to `highest` (Manski 1989); plausibly no more than `unlike` from
    those who did, which is an assumption to be stated beside the figure. Chance is not in these bounds.

    >>> found = response_bounds(80.0, 75, 100, 0.0, 100.0, unlike=20.0)
    >>> found.rate, (found.worst_low, found.worst_high), (found.plausible_low, found.plausible_high)
    (0.75, (60.0, 85.0), (75.0, 85.0))
    """
    if not 0 < answered <= asked:
        raise CannotFitError("too_few_answers", f"{answered} of {asked} have answered")
    if not lowest <= figure <= highest or unlike < 0:
        raise ValueError(f"the figure lies between {lowest:g} and {highest:g} and may not be unlike by less than 0")
    rate = answered / asked
    limits = response_limits(np.array([figure]), np.array([rate]), lowest, highest, np.array([unlike]))
    return ResponseBounds(rate, *(float(each[0]) for each in limits))


def response_limits(
    figure: Floats, rate: Floats, lowest: float, highest: float, unlike: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """The bounds of `response_bounds` for many figures at once: worst low and high, plausible low and high.

    >>> found = response_limits(np.array([80.0]), np.array([0.75]), 0.0, 100.0, np.array([20.0]))
    >>> [float(each[0]) for each in found]
    [60.0, 85.0, 75.0, 85.0]
    """
    silent = (
        np.full_like(figure, lowest), np.full_like(figure, highest),
        np.maximum(figure - unlike, lowest), np.minimum(figure + unlike, highest),
    )  # fmt: skip
    first, second, third, fourth = (rate * figure + (1 - rate) * mean for mean in silent)
    return first, second, third, fourth


@dataclass(frozen=True)
class Means:
    """The mean of each place's answers with its standard deviation, variance and 95 % interval; NaN below two."""

    n: Floats
    mean: Floats
    sd: Floats
    variance: Floats
    low: Floats
    high: Floats


def means(codes: Codes, values: Floats, places: int) -> Means:
    """The mean answer of each place, for many places at once.

    `values` are finite, one per pupil, `codes` the place of each. Variance of the mean s²/n; 95 % interval by
    Student t with n - 1 degrees of freedom.

    >>> found = means(np.array([0, 0, 0, 1]), np.array([2.0, 4.0, 6.0, 5.0]), 2)
    >>> found.n.tolist(), found.mean.tolist(), found.sd.tolist()
    ([3.0, 1.0], [4.0, 5.0], [2.0, nan])
    """
    n = np.bincount(codes, minlength=places).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(codes, values, places) / n
        squares = np.bincount(codes, (values - mean[codes]) ** 2, places)
        sd = np.where(n >= 2, np.sqrt(squares / np.where(n >= 2, n - 1, 1.0)), np.nan)
        variance = sd**2 / n
    low, high = interval(mean, np.sqrt(variance), n - 1)
    return Means(n, mean, sd, variance, low, high)


@dataclass(frozen=True)
class Differences:
    """Each place's mean minus that of the whole it is part of, with standard error and degrees of freedom."""

    difference: Floats
    se: Floats
    df: Floats


def difference_from_whole(part: Means, whole: Means) -> Differences:
    """How far each place is from the whole that it is itself a part of, row by row.

    With w the part's share of the whole's answers the difference is (1 - w)·(part - the others); its standard
    error is (1 - w) times Welch's of two independent means, with his degrees of freedom. NaN where nobody, or
    fewer than two, are left when the part is taken away.
    """
    others = whole.n - part.n
    weight = np.where(whole.n > 0, part.n / np.where(whole.n > 0, whole.n, 1.0), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = (whole.n * whole.mean - part.n * part.mean) / others
        squares = [(each.n - 1) * each.sd**2 + each.n * each.mean**2 for each in (whole, part)]
        spread = np.maximum(squares[0] - squares[1] - others * rest**2, 0.0) / (others - 1)
        variance = np.where(others >= 2, spread / others, np.nan)
        se = (1 - weight) * np.sqrt(part.variance + variance)
        df = welch_df(np.stack([part.variance, variance]), np.stack([part.n - 1, others - 1]))
    known = (others >= 2) & np.isfinite(se)
    difference = np.where(known, part.mean - whole.mean, np.nan)
    return Differences(difference, np.where(known, se, np.nan), np.where(known, df, np.nan))
