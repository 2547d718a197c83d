"""One comparison of each unit's value: the difference, its standard error, degrees of freedom and intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.statistics.intervals import Floats, interval, welch_df


def difference(own: pd.DataFrame, reference: Floats, parts: tuple[Floats, Floats], df: Floats | None) -> pd.DataFrame:
    """One comparison: reference, difference, standard error, degrees of freedom and both intervals.

    `parts` are the variances that come from the unit and from the reference, `df` the reference's degrees of
    freedom; None when both variances are one and the same estimate, whose degrees of freedom then hold.
    """
    apart = own["value"].to_numpy(float) - reference
    se = np.sqrt(parts[0] + parts[1])
    own_df = own["df"].to_numpy(float)
    degrees = own_df if df is None else welch_df(np.stack(parts), np.stack([own_df, df]))
    low, high = interval(apart, se, degrees)
    low80, high80 = interval(apart, se, degrees, 0.80)
    columns: Mapping[str, Floats] = {
        "reference": reference,
        "diff": apart,
        "se": se,
        "df": degrees,
        "low": low,
        "high": high,
        "low80": low80,
        "high80": high80,
    }
    return pd.DataFrame(columns, index=own.index)
