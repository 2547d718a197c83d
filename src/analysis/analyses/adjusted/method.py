"""How the adjusted values are made, with the numbers of the models."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analysis.analyses.wording import Wording, noise_in_words
from analysis.model.language import join, number, span
from analysis.model.observations import Result


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The three kinds of adjusted value: our model with coefficients, SALSA's form anew, SALSA as published.

    Standard errors, n, R², σ_u, how many models were tried, and how much of the differences is not chance.
    """
    wording = Wording("adjusted", result.indicator, lang)
    noise, fit = noise_in_words(result, unit_id, wording), result.details.get("fit")
    if not isinstance(fit, Mapping):
        return " ".join([wording.text("explain_refused", noise=noise), *_salsa(result, wording)])
    sigma = float(str(result.details["sigma_u"]))
    main = wording.text(
        "explain",
        weights=wording.text("weighted" if fit["weights"] == "n_pupils" else "unweighted"),
        coefficients=_coefficients(fit, wording),
        n=number(fit["n"], 0, lang),
        clusters=number(fit["clusters"], 0, lang),
        r2=number(fit["r2"], 2, lang),
        sigma_u=number(sigma, 1, lang) if math.isfinite(sigma) else wording.text("no_value"),
        noise=noise,
    )
    parts = [main, *_origin(fit, wording), *_models(result, wording), *_sureness(result, wording)]
    return " ".join([*parts, *_replica(result, wording), *_salsa(result, wording)])


def _coefficients(fit: Mapping[str, object], wording: Wording) -> str:
    """Each figure of the background with its coefficient and standard error."""
    found, errors = fit["coefficients"], fit["se"]
    if not isinstance(found, Mapping) or not isinstance(errors, Mapping):
        raise TypeError("a fit's summary carries coefficients and standard errors by name")
    named = [name for name in found if f"predictor_{name}" in wording.texts]
    said = [
        wording.text(
            "coefficient",
            name=wording.text(f"predictor_{name}"),
            value=number(found[name], 2, wording.lang),
            se=number(errors[name], 2, wording.lang),
        )
        for name in named
    ]
    return join(said, wording.lang)


def _origin(fit: Mapping[str, object], wording: Wording) -> list[str]:
    found = fit["coefficients"]
    return [wording.text("origin_replaced")] if isinstance(found, Mapping) and "foreign_background" in found else []


def _models(result: Result, wording: Wording) -> list[str]:
    """How many models were tried and could not be fitted, and for how many units the sign depends on them."""
    tried = result.details.get("models")
    if not isinstance(tried, list):
        return []
    composition = result.details["composition"]
    shares = []
    if isinstance(composition, Mapping) and "reason" not in composition:
        shares = [
            f"{wording.text(f'predictor_{name}')} {number(each, 2, wording.lang)}" for name, each in composition.items()
        ]
    said = wording.text(
        "explain_models",
        models=str(len(tried)),
        refused=str(sum("reason" in each for each in tried)),
        depends=str(result.details["depends_on_model"]),
    )
    if not shares:
        return [said]
    return [said, wording.text("explain_composition", shares=join(shares, wording.lang))]


def _sureness(result: Result, wording: Wording) -> list[str]:
    """Reliability of one year and of several, and how alike two years running are."""
    said = []
    for key in ("reliability", "over_years_reliability"):
        share = result.details.get(key)
        if isinstance(share, Mapping):
            said.append(wording.text(f"explain_{key}", **_share(share, wording)))
    alike = result.details.get("stability")
    if isinstance(alike, Mapping) and all(math.isfinite(alike[name]) for name in ("low", "high", "expected")):
        expected = number(alike["expected"], 2, wording.lang)
        said.append(wording.text("explain_stability", expected=expected, **_share(alike, wording)))
    return said


def _share(share: Mapping[str, float], wording: Wording) -> dict[str, str]:
    return {
        "value": number(share["value"], 2, wording.lang),
        "span": span(share["low"], share["high"], 2, wording.lang),
        "units": number(share["units"], 0, wording.lang),
    }


def _replica(result: Result, wording: Wording) -> list[str]:
    told = result.details["replica"]
    if not isinstance(told, Mapping) or "reason" in told:
        return [wording.text("explain_replica_refused")]
    return [
        wording.text(
            "explain_replica",
            weights=wording.text("weighted" if told["weights"] == "n_pupils" else "unweighted"),
            coefficients=_coefficients(told, wording),
            n=number(told["n"], 0, wording.lang),
            r2=number(told["r2"], 2, wording.lang),
        )
    ]


def _salsa(result: Result, wording: Wording) -> list[str]:
    """The caveats of SALSA as published, where any unit has its figures."""
    return [wording.text("explain_salsa")] if result.estimates["salsa_deviation"].notna().any() else []
