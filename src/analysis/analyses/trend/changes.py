"""Whether a unit's years lie on two levels, and from which school year on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes, Fits
from analysis.statistics.multiple import scan
from analysis.statistics.step_changes import Mask, step_changes

SIGNIFICANT = 0.05


def changes(
    points: tuple[Codes, Floats, Floats, Floats], fit: Fits, is_own: Mask, rounding: float, ids: pd.Index
) -> tuple[pd.DataFrame, dict[str, object]]:
    """From which school year a unit's figures lie on a new level, if they do.

    `points` are codes, years, values and variances. Sup-F for one change of a weighted mean (`step_changes`: at
    least eight given years, 15 % and two of them left on each side; the variance of the years is known unless it
    `is_own`, and never below `rounding`). A change is found when p < 0.05 and two levels leave less scatter than a
    straight line does (`fit`): a steady rise is a trend, not a change of level. Where a year is missing just
    before the change, it lies somewhere between.
    """
    found = step_changes(*points, len(ids), ~is_own, rounding)
    is_found = (found.p_value < SIGNIFICANT) & (found.chi2 < fit.chi2)
    columns = {
        "change_year": np.where(is_found, found.first_after, np.nan),
        "change_p": found.p_value,
        "change_size": np.where(is_found, found.size, np.nan),
    }
    details: dict[str, object] = {
        "change_tested": int(np.isfinite(found.p_value).sum()),
        "change_flagged": int(is_found.sum()),
        "change_flagged_fdr": int((scan(found.p_value).is_found & is_found).sum()),
    }
    return pd.DataFrame(columns, index=ids), details
