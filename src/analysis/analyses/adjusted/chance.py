"""How far chance alone moves an adjusted value: counted on the adjusted values themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.analyses.adjusted.fit import Fit
from analysis.analyses.rows import Noise, rounding_variance
from analysis.model.indicator import Indicator
from analysis.statistics.lines import slopes
from analysis.statistics.noise import pooled_dispersion, pooled_noise


def with_own_chance(fit: Fit, noise: Noise, indicator: Indicator) -> tuple[Fit, Noise]:
    """The model with each row's ``variance`` estimated from its left-out residuals, and the numbers of it.

    A value varies around its unit's own line with the pupils' background; the residual does not, but varies with
    chance in the background. So the pooled noise (``between_years``) or the dispersion (``published``,
    ``binomial``) is estimated anew around each unit's line of residuals. A variance known otherwise, or too few
    degrees of freedom, stays as it was. The model keeps the degrees of freedom of what was estimated
    (``chance_df``); a dispersion held at 1 leaves the stated variances as they are, known.
    """
    rows, learnt_from = fit.rows, float("inf")
    mine = (rows["noise"] == noise.noise).to_numpy(bool) & np.isfinite(rows["left_out"].to_numpy(float))
    years, n, left_out = (rows[name].to_numpy(float) for name in ("year", "n", "left_out"))
    variance, units = rows["variance"].to_numpy(float).copy(), int(fit.codes.max()) + 1
    if noise.noise == "between_years":
        mine &= n > 0
        found = pooled_noise(fit.codes[mine], years[mine], left_out[mine], n[mine], units)
        if found is None:
            return fit, noise
        variance[mine] = np.maximum(found.variance(n[mine]), rounding_variance(indicator))
        learnt_from = found.df
        again = replace(noise, noise_df=found.df, pupil_sd=found.pupil_sd, year_sd=found.year_sd)
    elif noise.noise in ("published", "binomial"):
        stated = variance / noise.dispersion
        mine &= stated > 0
        lines = slopes(fit.codes[mine], years[mine], left_out[mine], 1 / stated[mine], units)
        dispersion, degrees = pooled_dispersion(lines)
        learnt_from = degrees if dispersion > 1 else learnt_from
        variance[mine] = stated[mine] * dispersion
        again = replace(noise, dispersion=dispersion)
    else:
        return fit, noise
    return replace(fit, rows=rows.assign(variance=variance), chance_df=learnt_from), again
