"""What holds for the answer to each question when its figures are doubled or moved, and what does not, with why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.properties import worlds
from tests.properties.worlds import World

SAME, DOUBLED, NOT_LOWER, NOT_HIGHER, FURTHER_OUT, OTHER = (
    "same", "doubled", "not lower", "not higher", "further from zero", "other"
)  # fmt: skip
"""what becomes of a column; OTHER promises nothing and always stands with its reason"""
Why = tuple[str, str]

COUNTED = ("n", "smallest_n", "pooled_n", "invited", "newest_n", "without_prior")
ERRORS = ("se", "slope_se", "sd", "p_value", "gap_p", "change_p", "by_chance")
SPREAD_KNOWN_BETTER = "τ² is what is left when chance is taken away; half the chance leaves more of it"
PASSES_ADDED = "a share's chance has two passes and two fails added, a smaller part of twice as many pupils"
BY_VARIANCE = "years are weighted by what is known of their chance, whose proportions change with the number of pupils"
OF_THE_SHARE = "the chance of a share depends on the share, so another level is another chance"
A_RATIO = "a ratio of means depends on where the scale has its zero"
NOT_A_LEVEL = "shares of a composition have no common level that can be moved"


def _all(relation: str, why: str, *columns: str) -> dict[str, Why]:
    return dict.fromkeys(columns, (relation, why))


@dataclass(frozen=True)
class Claim:
    """A question asked of one kind of figures: what its verdict rests on, and what its columns do.

    Under ``by`` more for every value the columns ``moved`` are as much higher and all others the same, but for
    ``not_moved``. With every pupil twice the numbers of pupils are doubled, errors and intervals not larger and all
    else the same, but for ``not_doubled``. ``close`` is what equal numbers may differ by, of themselves and on their
    scale: sums in another order, or the last step of a search.
    """

    make: Callable[[int, int], World]
    rests_on: tuple[str, ...] = ("low", "high")
    moved: tuple[str, ...] = ("value", "value_low", "value_high", "municipality")
    by: float = 2.0
    close: float = 1e-6
    not_moved: Mapping[str, Why] = field(default_factory=dict)
    not_doubled: Mapping[str, Why] = field(default_factory=dict)


VALUE = ("value", "value_low", "value_high", "municipality")
LINE = ("estimate", "se", "df", "low", "high", "low80", "high80")
DRAWN = ("shrunken", "shrunken_low", "shrunken_high", "shrinkage_weight")
POOLED = ("pooled", "pooled_low", "pooled_high")
AHEAD = tuple(f"{name}{end}" for name in ("next", "later") for end in ("", "_low", "_high", "_low80", "_high80"))
LIMITS = ("limit_low", "limit_high", "limit_low998", "limit_high998")
FUNNEL = ("se", "low", "high", "low80", "high80")
COMPARED = ("municipality", "region", "similar", "history", "target")
ENDS = tuple(f"{name}_{end}" for name in COMPARED for end in ("low", "high", "low80", "high80"))
RELATIVE = ("relative", "relative_low", "relative_high")
STANDARDISED = ("standardised", "standardised_low", "standardised_high")
GAP_SLOPE = ("gap_slope", "gap_slope_low", "gap_slope_high")
AVERAGE = ("average", "average_low", "average_high", "average_raw", "municipality")
BOUNDS = ("worst_low", "worst_high", "plausible_low", "plausible_high")
SHARE_ENDS = ("value_low", "value_high")
INDICES = (
    "estimate", "se", "low", "high", "counted", "by_chance", "p_value", "isolation", "eta2", "entropy",
    "entropy_between", "entropy_within", "slope", "slope_se", "slope_low", "slope_high",
)  # fmt: skip

CLAIMS: dict[str, Claim] = {
    "trend of points": Claim(worlds.points("trend"), moved=(*VALUE, *POOLED)),
    "trend of tests": Claim(worlds.tests("trend"), moved=(*VALUE, *POOLED)),
    "trend of shares": Claim(
        worlds.shares("trend"),
        moved=("value", "pooled", "municipality"),
        not_moved=_all(
            OTHER, OF_THE_SHARE, *SHARE_ENDS, *LINE, *DRAWN, "pooled_low", "pooled_high",
            "change_year", "change_p", "change_size",
        ),
        not_doubled=_all(OTHER, BY_VARIANCE, "estimate", *DRAWN, "change_year", "change_p", "change_size"),
    ),
    "forecast of tests": Claim(worlds.tests("forecast"), moved=(*VALUE, *AHEAD)),
    "forecast of shares": Claim(
        worlds.shares("forecast"),
        moved=("value", "municipality"),
        not_moved=_all(OTHER, OF_THE_SHARE, *SHARE_ENDS, *LINE, *AHEAD, "shrunken", "shrinkage_weight"),
        not_doubled=_all(OTHER, BY_VARIANCE, *LINE, *AHEAD, "shrunken", "shrinkage_weight"),
    ),
    "level of points": Claim(worlds.points("level"), moved=(*VALUE, *COMPARED)),
    "level of shares": Claim(
        worlds.shares("level"),
        moved=("value", *COMPARED),
        not_moved=_all(OTHER, OF_THE_SHARE, *SHARE_ENDS, *ENDS, *LINE[1:]),
    ),
    "funnel of points": Claim(worlds.points("funnel"), moved=(*VALUE, "reference", *LIMITS)),
    "funnel of shares": Claim(
        worlds.shares("funnel"),
        moved=("value", "reference", "municipality"),
        not_moved=_all(OTHER, OF_THE_SHARE, *SHARE_ENDS, *FUNNEL, *LIMITS),
        not_doubled=_all(OTHER, SPREAD_KNOWN_BETTER, *FUNNEL, *LIMITS),
    ),
    "goals of points": Claim(
        worlds.points("goals"), ("probability_now",), (*VALUE, "target", "estimate", "low", "high", *DRAWN[:3]),
    ),
    "goals of shares": Claim(
        worlds.shares("goals"), ("probability_now",), ("value", "target", "estimate", "municipality"),
        not_moved=_all(
            OTHER, OF_THE_SHARE, *SHARE_ENDS, "se", "low", "high", *DRAWN, "probability_now", "probability_due",
        ),
        not_doubled=_all(NOT_LOWER, SPREAD_KNOWN_BETTER, "shrinkage_weight")
        | _all(OTHER, SPREAD_KNOWN_BETTER, *DRAWN[:3], "probability_now", "probability_due"),
    ),
    "equity by figures": Claim(
        worlds.points("equity"),
        not_moved=_all(OTHER, A_RATIO, *RELATIVE),
        not_doubled=_all(
            OTHER, "a pupil's spread is judged from how cohorts of n scatter: twice the n and the same scatter is more",
            *STANDARDISED,
        ),
    ),
    "equity by pupils": Claim(
        worlds.of_pupils("equity", "school"),
        not_moved=_all(OTHER, A_RATIO, *RELATIVE),
        not_doubled=_all(FURTHER_OUT, "the standard deviation it is counted in divides by n - 1", "standardised")
        | _all(OTHER, BY_VARIANCE, *GAP_SLOPE)
        | _all(NOT_LOWER, "a year counts when both groups are large enough, which twice as many may be",
               "gap_slope_years"),
    ),
    "equity between schools": Claim(
        worlds.of_pupils("equity", "municipality"),
        moved=("value", "value_low", "value_high", "lowest", "highest"),
        not_doubled=_all(NOT_LOWER, SPREAD_KNOWN_BETTER, "between_share", "between_low")
        | _all(OTHER, SPREAD_KNOWN_BETTER, "between_high"),
    ),
    "segregation": Claim(
        worlds.spread_out,
        moved=(),
        not_moved=_all(OTHER, NOT_A_LEVEL, "value", *INDICES),
        not_doubled=_all(NOT_LOWER, "what lots give is taken away, and lots give less with more pupils", "estimate",
                         "isolation", "eta2", "entropy")
        | _all(OTHER, "each year has another part taken away that lots give", "slope", "slope_se", "slope_low",
               "slope_high", "entropy_between", "entropy_within"),
    ),
    "adjusted": Claim(
        worlds.many_points,
        ("shrunken_low", "shrunken_high"),
        moved=(*VALUE, "expected", "replica_expected"),
        not_doubled=_all(
            OTHER, "one model tried takes the chance in the composition away, of which there is half with twice the n",
            "model_low", "model_high", "models_same",
        ),
    ),
    "value added of pupils": Claim(
        worlds.of_pupils("value_added", "school"),
        ("shrunken_low", "shrunken_high"),
        close=1e-5,  # the likelihood is searched until it is flat, which its own tests know coefficients to
        moved=("value", "expected", "municipality"),
        not_doubled=_all(
            OTHER, "generalised least squares: the line weighs schools by how much they differ beyond chance",
            "estimate", "expected", "shrunken", "newest",
        ) | _all(NOT_LOWER, SPREAD_KNOWN_BETTER, "shrinkage_weight"),
    ),
    "value added of schools": Claim(
        worlds.two_grades("value_added"), moved=("value", "prior_mean", "expected", "municipality")
    ),
    "growth": Claim(worlds.two_grades("growth"), moved=AVERAGE),
    "survey of pupils": Claim(
        worlds.answering,
        by=0.5,
        not_moved=_all(OTHER, "non-response is bounded by the scale's two ends, which stay", *BOUNDS),
    ),
    "survey as published": Claim(worlds.answers_published, by=0.25),
}  # fmt: skip
"""every question, of every kind of figures it takes"""
