"""Every wording of every question: what it says, which way and with what, and that it names no cause.

The texts stand in `golden`, one file for each question and language; ``GOLDEN=write pytest`` writes them anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from tests.properties.claims import CLAIMS
from tests.properties.said import LANGUAGES, NOT_OF_DIRECTION, STRENGTH, UNSURE, headings, measured, said

from analysis.analyses import ANALYSES
from analysis.model.words import Direction

GOLDEN = Path(__file__).parent / "golden"
KINDS = [(question, kind) for question in ANALYSES for kind in headings(question)]
ESTIMATED = [(question, kind) for question, kind in KINDS if kind.removeprefix("growth_") in {*STRENGTH, *UNSURE}
             or kind in {*STRENGTH, *UNSURE}]  # fmt: skip
NO_NUMBER = re.compile(r"(?<![\w-])(nan|None|inf|NaT|<NA>)(?![\w-])|[{}]")
CAUSE = re.compile(
    r"effekt|ledde till|beror på|orsak|førte til|skyldes|årsak|effect|\bcaused?\b|led to|because of", re.I
)
UNCERTAINTY = {
    "sv": r"95\s%|gränserna|sannolikhet", "nb": r"95\s%|grensene|sannsynlighet", "en": r"95%|limits|probability",
}  # fmt: skip
COUNT = re.compile(r"\d(?:\s+\S+){0,3}?\s+(?:elever|pupils)\b")
"""how many pupils: a number, and at most three words between it and them"""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("question", ANALYSES)
def test_every_wording_is_the_golden_one(question: str, lang: str) -> None:
    texts = []
    for kind in headings(question):
        name, finding = said(question, kind, lang)
        texts.append(f"[{kind}] {name}\n{finding.headline}\n{finding.brief}\n{finding.sentence}\n")
    path, found = GOLDEN / f"{question}-{lang}.txt", "\n".join(texts).replace("\u00a0", "~")
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("question", "kind"), KINDS)
def test_no_wording_has_a_missing_number_or_a_cause(question: str, kind: str, lang: str) -> None:
    _, finding = said(question, kind, lang)
    for text in (finding.headline, finding.brief, finding.sentence):
        assert NO_NUMBER.search(text) is None and CAUSE.search(text) is None, text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("question", "kind"), ESTIMATED)
def test_a_sentence_with_an_estimate_has_size_uncertainty_and_number_of_pupils(question, kind, lang) -> None:
    _, finding = said(question, kind, lang)
    assert re.search(UNCERTAINTY[lang], finding.sentence), finding.sentence
    assert COUNT.search(finding.sentence), finding.sentence
    assert len(re.findall(r"\d+[.,]\d|\d+\s?%", finding.sentence)) >= 2, finding.sentence


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize(("question", "kind"), ESTIMATED)
def test_what_is_good_follows_the_sign_and_the_direction_of_the_measure(question, kind, direction) -> None:
    _, finding = said(question, kind, "sv", direction)
    strength = STRENGTH.get(kind.removeprefix("growth_") if question == "value_added" else kind, 0)
    if question == "goals":  # a target is met or not, whichever way the measure is good
        wanted = None if not strength else strength > 0
    elif not strength or question in NOT_OF_DIRECTION or direction == Direction.CONTEXT:
        wanted = None
    else:
        wanted = (strength > 0) == (direction == Direction.HIGHER)
    assert finding.good is wanted, finding.sentence


@pytest.mark.parametrize("name", CLAIMS)
def test_the_verdicts_sign_is_that_of_the_interval_it_rests_on(name: str) -> None:
    claim, estimates = CLAIMS[name], measured(name).estimates
    question = measured(name).question
    seen = 0
    for _, row in estimates[estimates["verdict"].isin([*STRENGTH, *UNSURE])].iterrows():
        strength = STRENGTH.get(row["verdict"], 0)
        if question == "goals":
            chance = row["probability_now"]
            assert np.sign(chance - 0.5) == np.sign(strength) or not strength
        elif question == "segregation":
            change = 2 if row["slope_low"] > 0 else -2 if row["slope_high"] < 0 else 0
            assert row["verdict"] in ("beyond_random", "indistinguishable_from_random") or strength == change
        elif row["verdict"] == "schools_differ" or (row["verdict"] == "no_certain_difference" and "between" in name):
            assert (row["low"] > 0) == (row["verdict"] == "schools_differ")
        elif row["verdict"] != "depends_on_model":
            low, high = (float(row[each]) for each in claim.rests_on)
            certain = 2 if low > 0 else -2 if high < 0 else 0
            assert certain == (strength if abs(strength) == 2 else 0), (row["verdict"], low, high)
        seen += 1
    assert seen
